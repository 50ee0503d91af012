//! A line of the Logboek Dataverwerkingen (Logius): which processing, of whose data, when, and how it ended.
//!
//! What is always true here:
//! 1. There is no user in it: the standard keeps users out of its lines (decision "geen gebruikers in logregels"). They are
//!    in the NEN 7513 record and the ledger, by the same trace.
//! 2. No attribute outside `dpl.core`: extensions may be used only once adopted. The span id is the beginning of the
//!    entry's leaf hash, so a line leads to its entry all the same.
//! 3. One line per entry, none left out for sampling; an entry about nobody processes nobody's data and has no line.
//!
//! The standard publishes no schema file. [`Version::V1`] is the interface table of `sections/specificaties.md` at 01340ad;
//! [`Version::V0_7`] is that of October 2024 (12d9011), for logbooks that still speak it.

use serde_json::{Map, Value, json};

use super::{Reader, Record};
use crate::domain::Outcome;

/// What a line does not say.
pub(super) const DROPS: &[&str] = &[
    "format",
    "nonce",
    "covenant",
    "parties",
    "client",
    "revision",
    "actor.requester",
    "actor.hat.role",
    "actor.level",
    "event.*.custodian",
    "event.*.request",
    "event.*.repeat_of",
    "event.*.life_domains",
    "event.*.ground",
    "event.*.evidence",
    "event.*.related",
    "event.*.released",
    "event.*.withheld",
    "event.*.failure",
    "event.*.spends",
    "event.*.answered_in",
    "event.*.follow_up",
    "event.*.recipient",
    "event.*.supposing",
    "event.*.permitted",
    "event.*.method",
    "event.*.reason",
    "event.*.registration",
    "event.*.withholding",
    "event.*.id",
    "event.*.version",
    "event.*.stance.permit.recipient",
    "event.*.stance.permit.fields",
    "event.*.stance.permit.single_use",
    "event.*.stance.objection",
    "event.*.period",
    "event.*.grants",
    "event.*.struck",
    "event.*.withdrawn",
    "event.*.overrides",
    "event.*.spent",
    "event.*.entry",
    "event.*.verdict",
    "event.*.note",
    "event.*.seed",
    "event.*.told",
    "event.*.how",
    "event.*.until",
    "event.consulted",
    "event.destruction_requested",
    "event.covenant_adopted",
    "event.ledger_resumed",
    "event.expired",
    "event.log_read",
];

/// Which writing of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `span_id`, `status`, attributes as an object.
    V1,
    /// `operation_id`, `status_code`, attributes as a list.
    V0_7,
}

/// How the processing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// As it should; also where nothing was given.
    Unset,
    /// Something broke.
    Error,
}

/// A line, whatever the version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessingRecord {
    /// 32 hexadecimal characters.
    pub trace_id: String,
    /// 16 hexadecimal characters.
    pub span_id: String,
    /// How it ended.
    pub status: Status,
    /// What people call it.
    pub name: &'static str,
    /// Milliseconds since 1970; the ledger keeps one moment, so it is start and end.
    pub at: u64,
    /// `dpl.core.processing_activity_id`.
    pub activity: String,
    /// `dpl.core.data_subject_id`: the client, by the encrypted handle of the organisation whose logbook it is.
    pub subject: String,
    /// `dpl.core.foreign_operation.processor`, where another organisation called.
    pub caller: Option<String>,
    /// The ledger it comes from.
    pub origin: String,
}

/// `dpl.core.data_subject_id_type`: a handle, and whose.
pub const SUBJECT_TYPE: &str = "urn:sluis:client-handle";

/// The entry as a line; `None` for an entry about nobody.
pub(super) fn record(record: &Record<'_>) -> Option<ProcessingRecord> {
    let entry = record.entry;
    let subject = record.client?.to_owned();
    let caller = entry.actor.as_ref().map(|actor| &actor.hat.organisation);
    let caller = caller.filter(|caller| *caller != record.reader.side);
    let purpose = entry.purpose().map(|code| record.purpose(code));
    Some(ProcessingRecord {
        trace_id: entry.trace.to_string(),
        span_id: record.span_id(),
        status: if entry.outcome() == Outcome::Failed { Status::Error } else { Status::Unset },
        name: super::plain::title(entry.event_name()),
        at: u64::try_from(entry.at.0).unwrap_or_default(),
        activity: activity(&record.reader, purpose.as_deref(), entry.event_name()),
        subject,
        caller: caller.map(|caller| format!("urn:sluis:organisation:{caller}")),
        origin: record.reader.origin.to_owned(),
    })
}

/// The activity in the organisation's register of processing activities (AVG art. 30): by purpose, or by what was recorded.
fn activity(reader: &Reader<'_>, purpose: Option<&str>, event: &str) -> String {
    let register = reader.parties.get(reader.side).and_then(|party| party.activities.as_deref());
    let (register, id) = (register.unwrap_or("urn:sluis:activity:"), purpose.unwrap_or(event));
    format!("{register}{id}")
}

impl ProcessingRecord {
    /// The attributes, by name.
    pub fn attributes(&self) -> Vec<(&'static str, &str)> {
        let mut attributes = vec![
            ("dpl.core.processing_activity_id", self.activity.as_str()),
            ("dpl.core.data_subject_id", self.subject.as_str()),
            ("dpl.core.data_subject_id_type", SUBJECT_TYPE),
        ];
        attributes
            .extend(self.caller.as_deref().map(|caller| ("dpl.core.foreign_operation.processor", caller)));
        attributes
    }

    /// What the line came from, by name (OpenTelemetry's conventions for a resource).
    pub fn resource(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("service.name", "sluis"),
            ("service.version", env!("CARGO_PKG_VERSION")),
            ("service.instance.id", self.origin.as_str()),
        ]
    }

    /// As this version of the standard writes it.
    pub(super) fn written(&self, version: Version) -> Value {
        match version {
            Version::V1 => json!({
                "trace_id": self.trace_id,
                "span_id": self.span_id,
                "status": match self.status { Status::Unset => "Unset", Status::Error => "Error" },
                "name": self.name,
                "start_time": self.at,
                "end_time": self.at,
                "resource": { "attributes": object(self.resource()) },
                "attributes": object(self.attributes()),
            }),
            Version::V0_7 => json!({
                "trace_id": self.trace_id,
                "operation_id": self.span_id,
                "status_code": match self.status {
                    Status::Unset => "STATUS_CODE_OK",
                    Status::Error => "STATUS_CODE_ERROR",
                },
                "name": self.name,
                "start_time": self.at,
                "end_time": self.at,
                "resource": { "attributes": list(self.resource()) },
                "attributes": list(self.attributes()),
            }),
        }
    }
}

fn object(pairs: Vec<(&'static str, &str)>) -> Map<String, Value> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect()
}

fn list(pairs: Vec<(&'static str, &str)>) -> Vec<Value> {
    pairs.into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}
