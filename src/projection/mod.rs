//! One entry of the ledger in the forms that the field uses.
//!
//! What is always true here:
//! 1. A projection is a pure function of an entry, its place, and the words of the covenant. It reads nothing else.
//! 2. Nothing is lost silently: what a form does not carry stands in its list ([`Format::drops`]), and a test changes every
//!    part of every entry to see that the list is exact.
//! 3. The other side of a disclosure gets what its requester heard: no fine reasons, no rules, no consents, and never the
//!    gateway's own pseudonym of a client; each organisation reads its own handle.
//! 4. A form without room for a proof still leads to one: the leaf hash, or the span id made of it.

mod account;
mod audit_event;
mod columns;
mod decision_log;
pub mod dossier;
mod nen7513;
mod phrase;
mod plain;
mod processing_log;
pub mod words;

use crate::domain::{Catalogue, Entry, FieldCode, OrganisationId, Parties, PurposeCode, Purposes};

pub use account::{Account, Released, Withheld};
pub use columns::csv_cell;
pub use phrase::{Phrase, Piece};
pub use plain::{Days, Line, consent_line};
pub use processing_log::{ProcessingRecord, Status, Version};

/// For whom a projection is made, and by whose words.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The organisation that reads: its side of the ledger, its handles.
    pub side: &'a OrganisationId,
    /// The name of the ledger, as on its checkpoints.
    pub origin: &'a str,
    /// What fields are called.
    pub catalogue: &'a Catalogue,
    /// What purposes are called.
    pub purposes: &'a Purposes,
    /// What organisations and roles are called, and where their registers of processing activities are.
    pub parties: &'a Parties,
}

/// An entry and its place, to be projected.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// Where it stands in the ledger.
    pub index: u64,
    /// Its leaf hash (RFC 6962).
    pub leaf: [u8; 32],
    /// What it says.
    pub entry: &'a Entry,
    /// Its canonical encoding, of which the leaf is the hash.
    pub body: &'a [u8],
    /// How the reader's organisation names the client.
    pub client: Option<&'a str>,
    /// For whom.
    pub reader: Reader<'a>,
}

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// What NEN 7513 asks, by its own names: a JSON object a line. Carries the entry itself.
    Nen7513,
    /// A FHIR R4 AuditEvent a line; a disclosure as the IHE BALP profile of the reader's side. Carries the entry itself.
    AuditEvent,
    /// A line of the Logboek Dataverwerkingen: without users.
    ProcessingLog(Version),
    /// A record of the Authorization Decision Log: what was asked and decided.
    DecisionLog,
    /// For a spreadsheet.
    Csv,
    /// For the client: a line of plain Dutch.
    PlainDutch,
    /// For the client: a line of plain English.
    PlainEnglish,
}

/// A form cannot hold it: serde's word, never content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entry cannot be written in this format")]
pub struct NotProjected;

impl Format {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Nen7513,
        Self::AuditEvent,
        Self::ProcessingLog(Version::V1),
        Self::ProcessingLog(Version::V0_7),
        Self::DecisionLog,
        Self::Csv,
        Self::PlainDutch,
        Self::PlainEnglish,
    ];

    /// The name on the wire and the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Nen7513 => "nen7513",
            Self::AuditEvent => "fhir",
            Self::ProcessingLog(Version::V1) => "ldv",
            Self::ProcessingLog(Version::V0_7) => "ldv-0.7",
            Self::DecisionLog => "adl",
            Self::Csv => "csv",
            Self::PlainDutch => "plain-nl",
            Self::PlainEnglish => "plain-en",
        }
    }

    /// The format of that name.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.id() == id)
    }

    /// Whether it is about one client, who must be named.
    pub fn is_for_a_client(self) -> bool {
        matches!(self, Self::PlainDutch | Self::PlainEnglish)
    }

    /// The first line of a file, where the form has one.
    pub fn heading(self) -> Option<String> {
        (self == Self::Csv).then(columns::heading)
    }

    /// The parts of an entry that this form does not carry, as paths: `*` is any one member. For the custodian's side and for
    /// what is about nobody; `whole` is false for the other side of a disclosure.
    pub fn drops(self, whole: bool) -> &'static [&'static str] {
        match (self, whole) {
            (Self::Nen7513 | Self::AuditEvent, true) => &[],
            (Self::Nen7513, false) => nen7513::DROPS_FOR_RECIPIENTS,
            (Self::AuditEvent, false) => audit_event::DROPS_FOR_RECIPIENTS,
            (Self::ProcessingLog(_), _) => processing_log::DROPS,
            (Self::DecisionLog, true) => decision_log::DROPS,
            (Self::DecisionLog, false) => decision_log::DROPS_FOR_RECIPIENTS,
            (Self::Csv, true) => columns::DROPS,
            (Self::Csv, false) => columns::DROPS_FOR_RECIPIENTS,
            (Self::PlainDutch | Self::PlainEnglish, true) => plain::DROPS,
            (Self::PlainDutch | Self::PlainEnglish, false) => plain::DROPS_FOR_RECIPIENTS,
        }
    }

    /// The entry in this form, without a line end; `None` where the form has no word for such an event.
    pub fn project(self, record: &Record<'_>) -> Result<Option<String>, NotProjected> {
        match self {
            Self::Nen7513 => json(&nen7513::record(record)?).map(Some),
            Self::AuditEvent => json(&audit_event::audit_event(record)).map(Some),
            Self::ProcessingLog(version) => {
                processing_log::record(record).map(|line| json(&line.written(version))).transpose()
            }
            Self::DecisionLog => decision_log::record(record).map(|line| json(&line)).transpose(),
            Self::Csv => Ok(Some(columns::row(record))),
            Self::PlainDutch => Ok(plain::line(record, plain::Tongue::Dutch).map(|line| line.to_string())),
            Self::PlainEnglish => {
                Ok(plain::line(record, plain::Tongue::English).map(|line| line.to_string()))
            }
        }
    }

    /// What ends a line of a file in this form.
    pub fn line_end(self) -> &'static str {
        if self == Self::Csv { "\r\n" } else { "\n" }
    }
}

impl Record<'_> {
    /// Whether the reader sees all of it: the custodian's own officers, and everyone where it is about nobody.
    pub fn is_whole(&self) -> bool {
        self.entry.client.is_none() || self.entry.custodian() == Some(self.reader.side)
    }

    /// The record as a line of the Logboek Dataverwerkingen; `None` for an entry about nobody.
    pub fn processing(&self) -> Option<ProcessingRecord> {
        processing_log::record(self)
    }

    /// The entry's own span: the first eight bytes of its leaf hash, which the nonce makes random and which lead to the entry.
    fn span_id(&self) -> String {
        hex(self.leaf.get(..8).unwrap_or_default())
    }

    fn field(&self, code: FieldCode) -> String {
        self.reader.catalogue.field(code).map_or_else(|| code.to_string(), |field| field.id.clone())
    }

    fn purpose(&self, code: PurposeCode) -> String {
        self.reader.purposes.get(code).map_or_else(|| code.to_string(), |purpose| purpose.id.clone())
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, NotProjected> {
    serde_json::to_string(value).map_err(|_| NotProjected)
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
pub(crate) mod tests;
