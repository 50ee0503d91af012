//! Entries of the ledger, as the officers of one side may see them.
//!
//! The entry itself holds fine reasons (who objected, who did not agree), so only the custodian's own officers get it; the
//! other side gets what its requester heard.

use super::{field_id, field_ids, purpose_id};
use crate::contract::v1::{EntryWithheld, LedgerEntry, LogReading};
use crate::domain::{Entry, Event, FieldCode, OrganisationId, Told};
use crate::policy::Covenant;
use crate::store::EntryRow;

/// Writes an entry for this side.
pub(in crate::grpc) fn entry(row: EntryRow, side: &OrganisationId, covenant: &Covenant) -> LedgerEntry {
    let whole = is_whole_for(&row.entry, side);
    written(row, whole, covenant)
}

/// Whether the officers of this side may see all of it.
pub(super) fn is_whole_for(entry: &Entry, side: &OrganisationId) -> bool {
    entry.client.is_none() || entry.custodian() == Some(side)
}

/// Writes an entry, with its fine reasons or without.
pub(super) fn written(row: EntryRow, whole: bool, covenant: &Covenant) -> LedgerEntry {
    let EntryRow { index, entry, body, leaf } = row;
    let catalogue = &covenant.catalogue;
    let withheld = |(code, told): (FieldCode, Told)| EntryWithheld {
        field: field_id(code, catalogue),
        reason: told.code().to_owned(),
    };
    let (ground, released, withheld_fields) = match &entry.event {
        Event::Disclosure(d) => {
            let released = d.released.iter().flat_map(|group| &group.fields).copied().collect();
            let told = d.withheld.iter().flat_map(|g| g.fields.iter().map(|code| (*code, g.told)));
            (d.ground.to_string(), released, told.map(withheld).collect())
        }
        Event::Previewed(p) => {
            let told = p.withheld.iter().copied().map(withheld).collect();
            (p.ground.to_string(), p.permitted.clone(), told)
        }
        Event::Consulted(_) => ("R12".to_owned(), Vec::new(), Vec::new()),
        _ => (String::new(), Vec::new(), Vec::new()),
    };
    let actor = entry.actor.as_ref();
    LedgerEntry {
        index,
        at: entry.at.rfc3339(),
        event: entry.event_name().to_owned(),
        custodian: entry.custodian().map(ToString::to_string).unwrap_or_default(),
        recipient: actor.map(|a| a.hat.organisation.to_string()).unwrap_or_default(),
        purpose: entry.purpose().map(|code| purpose_id(code, &covenant.purposes)).unwrap_or_default(),
        outcome: entry.outcome().as_str().to_owned(),
        requester: actor.map(|a| a.requester.to_string()).unwrap_or_default(),
        role: actor.map(|a| a.hat.role.to_string()).unwrap_or_default(),
        ground,
        released_fields: field_ids(&released, catalogue),
        withheld_fields,
        leaf: leaf.0.to_vec(),
        entry: if whole { body } else { Vec::new() },
        about_entry: about(&entry.event),
        read: read(&entry.event),
    }
}

fn read(event: &Event) -> Option<LogReading> {
    let Event::LogRead(read) = event else { return None };
    Some(LogReading { view: read.view.name().to_owned(), from: read.from, until: read.until })
}

/// The entry that this one follows up or judges, or whose answers it rests on; 0 is no release, and stands for none.
fn about(event: &Event) -> u64 {
    let answered_in = match event {
        Event::Disclosure(d) => d.answered_in,
        _ => None,
    };
    event.comes_after().or(answered_in).unwrap_or_default()
}
