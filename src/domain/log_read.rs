//! That somebody read the ledger is itself in the ledger (NEN 7513 asks that access to the log is logged too).
//!
//! What is always true here: the record is sealed before what was read leaves, and says what could be in it: the form, a
//! range of entries, and what it was narrowed to. Whom it was narrowed to is the entry's own client.

use crate::domain::event::Outcome;
use crate::domain::event_kind::EventKind;
use crate::domain::id::{FileDigest, OrganisationId, RequesterRef};
use crate::domain::purpose::PurposeCode;
use crate::domain::time::Timestamp;

/// Somebody read the ledger.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRead {
    /// In which form.
    pub view: LogView,
    /// The first entry that could be in it.
    pub from: u64,
    /// The first entry after those that could be in it.
    pub until: u64,
    /// What it was narrowed to.
    pub filter: LogFilter,
}

/// In which form the ledger was read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogView {
    /// Whole entries of all parties, as bundles (C2SP tlog-tiles).
    Bundles,
    /// A page of entries.
    Listing,
    /// One entry.
    Entry,
    /// One entry, decided again.
    Explanation,
    /// What is to be done, or figures, by this name.
    Report(String),
    /// The client's own overview.
    Overview,
    /// A stream of entries in another form.
    Export(ExportedFile),
}

impl LogView {
    /// The name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::Bundles => "bundles",
            Self::Listing => "listing",
            Self::Entry => "entry",
            Self::Explanation => "explanation",
            Self::Report(name) => name,
            Self::Overview => "overview",
            Self::Export(_) => "export",
        }
    }
}

/// A file that was exported: what was in it can be proved by this entry.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedFile {
    /// In which format.
    pub format: String,
    /// How many records.
    pub records: u64,
    /// Of the whole file.
    pub sha256: FileDigest,
}

/// What a reading was narrowed to; an absent part narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogFilter {
    /// By a professional of this organisation.
    pub recipient: Option<OrganisationId>,
    /// About this organisation's data.
    pub custodian: Option<OrganisationId>,
    /// By this professional.
    pub requester: Option<RequesterRef>,
    /// For this purpose.
    pub purpose: Option<PurposeCode>,
    /// That ended so.
    pub outcome: Option<Outcome>,
    /// Decided not before.
    pub after: Option<Timestamp>,
    /// Decided before.
    pub before: Option<Timestamp>,
    /// Of this kind; not written where there is none, as before there were kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<EventKind>,
}
