//! Values on the wire (`proto/sluis/v1/field.proto`), both ways.
//!
//! Only the form is read here; whether the catalogue allows the value is checked where the answer is.

use super::calendar_day;
use crate::contract::v1;
use crate::contract::v1::value::Kind;
use crate::domain::{Contact, Content, Value};

/// The message holds no value, or a date that is not written as YYYY-MM-DD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a value: set exactly one kind, and write a date as YYYY-MM-DD")]
pub struct NotAValue;

/// Reads a value. An absent message is not a value.
pub fn from_wire(wire: Option<v1::Value>) -> Result<Value, NotAValue> {
    Ok(match wire.and_then(|value| value.kind).ok_or(NotAValue)? {
        Kind::Text(text) => Value::Text(Content::from(text)),
        Kind::Code(code) => Value::Code(Content::from(code)),
        Kind::Date(day) => Value::Date(calendar_day(&day).ok_or(NotAValue)?),
        Kind::YesNo(yes) => Value::YesNo(yes),
        Kind::Contact(contact) => Value::Contact(Box::new(Contact {
            name: part(contact.name),
            role: part(contact.role),
            organisation: part(contact.organisation),
            phone: part(contact.phone),
            email: part(contact.email),
        })),
    })
}

/// Writes a value.
pub fn to_wire(value: Value) -> v1::Value {
    let kind = match value {
        Value::Text(text) => Kind::Text(text.into_text()),
        Value::Code(code) => Kind::Code(code.into_text()),
        Value::Date(day) => Kind::Date(day.to_string()),
        Value::YesNo(yes) => Kind::YesNo(yes),
        Value::Contact(mut contact) => Kind::Contact(v1::Contact {
            name: text(contact.name.take()),
            role: text(contact.role.take()),
            organisation: text(contact.organisation.take()),
            phone: text(contact.phone.take()),
            email: text(contact.email.take()),
        }),
    };
    v1::Value { kind: Some(kind) }
}

fn part(text: String) -> Option<Content> {
    (!text.is_empty()).then(|| Content::from(text))
}

fn text(part: Option<Content>) -> String {
    part.map(Content::into_text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn content(text: &str) -> Content {
        Content::from(text.to_owned())
    }

    #[test]
    fn a_value_of_each_kind_comes_back_as_it_went() {
        let contact = Contact {
            name: Some(content("Voorbeeld")),
            role: None,
            organisation: Some(content("Wijkteam")),
            phone: Some(content("112")),
            email: None,
        };
        let values = [
            Value::Text(content("thuis")),
            Value::Code(content("low")),
            Value::Date(date(2026, 11, 22)),
            Value::YesNo(true),
            Value::YesNo(false),
            Value::Contact(Box::new(contact)),
        ];
        for value in values {
            assert!(from_wire(Some(to_wire(value.clone()))) == Ok(value));
        }
    }

    #[test]
    fn a_message_without_a_kind_is_not_a_value() {
        assert!(from_wire(None) == Err(NotAValue));
        assert!(from_wire(Some(v1::Value { kind: None })) == Err(NotAValue));
    }

    #[test]
    fn a_date_is_written_in_one_way_only() {
        let others =
            ["", "2026-2-1", "20260201", "2026-02-30", "2026-02-01T00:00", "+002026-02-01", "01-02-2026"];
        for text in others.into_iter().chain(["2026-02-01 ", "-002026-02-01", "2026-W05-7", "2026-02-01Z"]) {
            let wire = v1::Value { kind: Some(Kind::Date(text.to_owned())) };
            assert!(from_wire(Some(wire)) == Err(NotAValue), "{text:?}");
        }
    }
}
