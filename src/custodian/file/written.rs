//! The records file as written: JSON, read record by record so that the text is never held a second time as a whole.
//!
//! A parser's own error text may repeat what it read; only its line and column are kept.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Record, RecordProblem, Records, RecordsFileError};
use crate::custodian::calendar_day;
use crate::domain::{
    Catalogue, Contact, Content, CustodianReference, FieldCode, Value, ValueProblem, ValueType,
};

pub(super) fn read(text: &[u8], catalogue: &Catalogue) -> Result<Records, RecordsFileError> {
    let mut wrong = None;
    let mut json = serde_json::Deserializer::from_slice(text);
    let records = File { catalogue, wrong: &mut wrong }.deserialize(&mut json);
    let whole = records.and_then(|records| json.end().map(|()| records));
    whole.map_err(|error| match wrong {
        Some((record, problem)) => RecordsFileError::Record { record, problem },
        None => RecordsFileError::Syntax { line: error.line(), column: error.column() },
    })
}

/// `{"records": ...}` and nothing else.
struct File<'a> {
    catalogue: &'a Catalogue,
    wrong: &'a mut Option<(usize, RecordProblem)>,
}

impl<'de> DeserializeSeed<'de> for File<'_> {
    type Value = Records;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Records, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for File<'_> {
    type Value = Records;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut file: A) -> Result<Records, A::Error> {
        let Some("records") = file.next_key::<String>()?.as_deref() else { return Err(A::Error::custom("")) };
        let records = file.next_value_seed(All(self))?;
        if file.next_key::<IgnoredAny>()?.is_none() { Ok(records) } else { Err(A::Error::custom("")) }
    }
}

/// The object of all records.
struct All<'a>(File<'a>);

impl<'de> DeserializeSeed<'de> for All<'_> {
    type Value = Records;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Records, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for All<'_> {
    type Value = Records;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut file: A) -> Result<Records, A::Error> {
        let File { catalogue, wrong } = self.0;
        let mut records = Records::new();
        let mut position = 0;
        while let Some((reference, written)) = file.next_entry::<String, Written>()? {
            position += 1;
            if let Err(problem) = add(&mut records, &reference, written, catalogue) {
                *wrong = Some((position, problem));
                return Err(A::Error::custom(""));
            }
        }
        Ok(records)
    }
}

fn add(
    records: &mut Records,
    reference: &str,
    written: Written,
    catalogue: &Catalogue,
) -> Result<(), RecordProblem> {
    let reference = CustodianReference::parse(reference).map_err(|_| RecordProblem::Reference)?;
    let Written::Object(fields) = written else { return Err(RecordProblem::NotAnObject) };
    match records.insert(reference, record(fields, catalogue)?) {
        None => Ok(()),
        Some(_) => Err(RecordProblem::ReferenceTwice),
    }
}

fn record(fields: Vec<(String, Written)>, catalogue: &Catalogue) -> Result<Record, RecordProblem> {
    let mut record: Vec<(FieldCode, _)> = Vec::with_capacity(fields.len());
    for (id, written) in fields {
        let Some(field) = catalogue.by_id(&id) else { return Err(RecordProblem::UnknownField(shown(id))) };
        if record.iter().any(|(code, _)| *code == field.code) {
            return Err(RecordProblem::FieldTwice(id));
        }
        let value = written.value(&field.value).ok_or_else(|| RecordProblem::ContactPart(id.clone()))?;
        let value = value.and_then(|value| field.value.accept(value));
        let value = value.map_err(|problem| RecordProblem::FieldValue { field: id, problem })?;
        record.push((field.code, value.into()));
    }
    Ok(record.into())
}

/// An unknown id is shown if it is written like one, so that content in the wrong place is not repeated.
fn shown(id: String) -> String {
    let like_an_id = id.len() <= 60
        && id.split_once('.').is_some()
        && id.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'-');
    if like_an_id { id } else { "(not written like a field id)".to_owned() }
}

/// Any JSON value, as far as a record can hold it. Keys come as they are written, twice if they are there twice.
enum Written {
    Text(Content),
    YesNo(bool),
    Object(Vec<(String, Written)>),
    Other,
}

impl Written {
    /// The value in this form; `None` for a contact with a wrong part.
    fn value(self, form: &ValueType) -> Option<Result<Value, ValueProblem>> {
        Some(match (form, self) {
            (ValueType::Text { .. }, Self::Text(text)) => Ok(Value::Text(text)),
            (ValueType::Code { .. }, Self::Text(code)) => Ok(Value::Code(code)),
            (ValueType::Date, Self::Text(day)) => {
                calendar_day(day.as_str()).map(Value::Date).ok_or(ValueProblem::Implausible)
            }
            (ValueType::YesNo, Self::YesNo(yes)) => Ok(Value::YesNo(yes)),
            (ValueType::Contact, Self::Object(parts)) => Ok(Value::Contact(Box::new(contact(parts)?))),
            _ => Err(ValueProblem::WrongType),
        })
    }
}

fn contact(parts: Vec<(String, Written)>) -> Option<Contact> {
    let mut contact = Contact { name: None, role: None, organisation: None, phone: None, email: None };
    for (name, written) in parts {
        let part = match name.as_str() {
            "name" => &mut contact.name,
            "role" => &mut contact.role,
            "organisation" => &mut contact.organisation,
            "phone" => &mut contact.phone,
            "email" => &mut contact.email,
            _ => return None,
        };
        match written {
            Written::Text(text) if part.is_none() => *part = Some(text),
            _ => return None,
        }
    }
    Some(contact)
}

impl<'de> serde::Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Written;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Written, E> {
        Ok(Written::Text(Content::from(text.to_owned())))
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Written, E> {
        Ok(Written::YesNo(yes))
    }

    fn visit_unit<E>(self) -> Result<Written, E> {
        Ok(Written::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Written, E> {
        Ok(Written::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Written, E> {
        Ok(Written::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Written, E> {
        Ok(Written::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Written, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Written::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Written, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Written::Object(members))
    }
}
