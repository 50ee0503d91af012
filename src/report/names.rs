//! What things are called: by the names that the contract uses, and organisations by their own.

use crate::domain::{
    Because, DisclosureEvent, Entry, Event, FieldCode, OrganisationId, PurposeCode, Timestamp,
};
use crate::projection::Reader;
use crate::report::table::Cell;

pub(super) fn field(reader: &Reader<'_>, code: FieldCode) -> String {
    reader.catalogue.field(code).map_or_else(|| code.to_string(), |field| field.id.clone())
}

pub(super) fn fields(reader: &Reader<'_>, codes: impl IntoIterator<Item = FieldCode>) -> Cell {
    let names: Vec<String> = codes.into_iter().map(|code| field(reader, code)).collect();
    Cell::Text(names.join(" "))
}

pub(super) fn purpose(reader: &Reader<'_>, code: PurposeCode) -> Cell {
    Cell::Text(reader.purposes.get(code).map_or_else(|| code.to_string(), |purpose| purpose.id.clone()))
}

pub(super) fn organisation(reader: &Reader<'_>, id: &OrganisationId) -> Cell {
    Cell::Text(reader.parties.get(id).map_or_else(|| id.to_string(), |party| party.name.clone()))
}

/// The Dutch calendar month of a moment, as `2026-11`.
pub(super) fn month(at: Timestamp) -> String {
    let day = at.date();
    format!("{:04}-{:02}", day.year(), day.month())
}

/// A fine reason as its entry spells it; empty for one that the requester heard as well.
pub(super) fn fine(because: Because) -> String {
    let written = match because {
        Because::Rule(_) => return String::new(),
        Because::Lack(lack) => serde_json::to_value(lack),
        Because::Custodian(failure) => serde_json::to_value(failure),
        Because::NoValue => serde_json::to_value(because),
    };
    written.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The disclosure that this entry is.
pub(super) fn disclosure(entry: &Entry) -> Option<&DisclosureEvent> {
    match &entry.event {
        Event::Disclosure(disclosure) => Some(disclosure),
        _ => None,
    }
}

/// The fields that were released.
pub(super) fn released(disclosure: &DisclosureEvent) -> impl Iterator<Item = FieldCode> {
    disclosure.released.iter().flat_map(|group| &group.fields).copied()
}
