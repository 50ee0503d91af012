//! A custodian in one JSON file: the embedded default, for a pilot, a demonstration and the stand-in server.
//!
//! The whole file is checked against the catalogue when it is opened; one wrong value refuses the whole, and a reload that
//! is refused leaves what was there. Errors name the record by its position, and never repeat what is in it.

mod written;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::civil::Date;
use zeroize::Zeroizing;

use super::{Answer, Answering, Custodian, Fetch};
use crate::domain::{
    Catalogue, Contact, Content, CustodianFailure, CustodianReference, FieldCode, FieldSet, Value,
    ValueProblem,
};

/// Why a records file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordsFileError {
    /// It cannot be read.
    #[error("the records file cannot be read ({0}); check its path and rights")]
    Unreadable(std::io::ErrorKind),
    /// Not the JSON that is expected.
    #[error(
        "the records file is wrong at line {line}, column {column}; write {{\"records\": {{\"<reference>\": {{\"<field id>\": value}}}}}}"
    )]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// One record is wrong.
    #[error("record {record} of the records file: {problem}")]
    Record {
        /// Its position in the file, from 1.
        record: usize,
        /// What is wrong.
        problem: RecordProblem,
    },
}

/// What is wrong with a record, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the error text is the documentation")]
pub enum RecordProblem {
    #[error("name it with a reference of 1 to 64 letters, digits and -_.:/ that is not a BSN")]
    Reference,
    #[error("an earlier record has the same reference; give each its own")]
    ReferenceTwice,
    #[error("write it as an object of fields")]
    NotAnObject,
    #[error("field {0} is not in the catalogue; correct or remove it")]
    UnknownField(String),
    #[error("field {0} is there twice; keep one")]
    FieldTwice(String),
    #[error("field {0}: a contact has name, role, organisation, phone and email, each a text and none twice")]
    ContactPart(String),
    #[error("field {field}: {problem}")]
    FieldValue { field: String, problem: ValueProblem },
}

/// Wiped when dropped, and without room to grow.
type KeptText = Zeroizing<Box<str>>;

/// A value as small as it can be kept: most are not contacts, and those are large.
enum Kept {
    Text(KeptText),
    Code(KeptText),
    Date(Date),
    YesNo(bool),
    Contact(Box<Contact>),
}

type Record = Box<[(FieldCode, Kept)]>;
type Records = HashMap<CustodianReference, Record>;

/// The records of one file, in memory.
pub struct RecordsFile {
    path: PathBuf,
    records: ArcSwap<Records>,
}

impl RecordsFile {
    /// Reads and checks the file.
    pub fn open(path: impl AsRef<Path>, catalogue: &Catalogue) -> Result<Self, RecordsFileError> {
        let path = path.as_ref().to_owned();
        let records = ArcSwap::from_pointee(load(&path, catalogue)?);
        Ok(Self { path, records })
    }

    /// Reads and checks the file again. If it is refused, the records that were there stay.
    pub fn reload(&self, catalogue: &Catalogue) -> Result<(), RecordsFileError> {
        self.records.store(load(&self.path, catalogue)?.into());
        Ok(())
    }

    /// How many records there are.
    pub fn count(&self) -> usize {
        self.records.load().len()
    }

    /// The values of these fields; a field without one is left out. `None` if there is no such record.
    pub fn values(
        &self,
        reference: &CustodianReference,
        fields: &[FieldCode],
    ) -> Option<Vec<(FieldCode, Value)>> {
        let records = self.records.load();
        let record = records.get(reference)?;
        let fields: FieldSet = fields.iter().collect();
        let asked = record.iter().filter(|(code, _)| fields.contains(*code));
        Some(asked.map(|(code, kept)| (*code, kept.value())).collect())
    }
}

impl Custodian for RecordsFile {
    fn fetch<'a>(&'a self, fetch: &'a Fetch, _deadline: Duration) -> Answering<'a> {
        let answer: Answer =
            self.values(&fetch.reference, &fetch.fields).ok_or(CustodianFailure::CustodianRecordUnknown);
        Box::pin(std::future::ready(answer))
    }
}

fn load(path: &Path, catalogue: &Catalogue) -> Result<Records, RecordsFileError> {
    let text = std::fs::read(path).map_err(|error| RecordsFileError::Unreadable(error.kind()))?;
    written::read(&Zeroizing::new(text), catalogue)
}

impl Kept {
    fn value(&self) -> Value {
        match self {
            Self::Text(text) => Value::Text(content(text)),
            Self::Code(code) => Value::Code(content(code)),
            Self::Date(day) => Value::Date(*day),
            Self::YesNo(yes) => Value::YesNo(*yes),
            Self::Contact(contact) => Value::Contact(contact.clone()),
        }
    }
}

impl From<Value> for Kept {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(kept(&text)),
            Value::Code(code) => Self::Code(kept(&code)),
            Value::Date(day) => Self::Date(day),
            Value::YesNo(yes) => Self::YesNo(yes),
            Value::Contact(contact) => Self::Contact(contact),
        }
    }
}

fn kept(content: &Content) -> KeptText {
    Zeroizing::new(content.as_str().into())
}

fn content(kept: &KeptText) -> Content {
    Content::from(kept.as_ref().to_owned())
}

#[cfg(test)]
mod tests;
