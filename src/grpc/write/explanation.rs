//! A ruling decided again, as the officers of one side may see it: what the requester heard, and for the custodian's own
//! officers what it rested on.

use super::consent::grant;
use super::{entry, field_id};
use crate::contract::v1::{ExplainEntryResponse, ExplainedField, ExplainedVerdict};
use crate::domain::OrganisationId;
use crate::policy::{Covenant, ReplayedField, Said};
use crate::projection::words;
use crate::store::Explanation;

/// Writes an explanation: for this side, or whole for whoever holds the ledger itself.
pub fn explanation(explained: Explanation, side: Option<&OrganisationId>) -> ExplainEntryResponse {
    let Explanation { row, covenant, replayed } = explained;
    let whole = side.is_none_or(|side| entry::is_whole_for(&row.entry, side));
    let (fields, differences) = replayed
        .as_ref()
        .map_or((&[][..], &[][..]), |again| (again.fields.as_slice(), again.differences.as_slice()));
    ExplainEntryResponse {
        covenant: covenant.digest.to_string(),
        client_revision: row.entry.revision.unwrap_or_default(),
        decided: replayed.is_some(),
        same: differences.is_empty(),
        fields: fields.iter().map(|again| field(again, whole, &covenant)).collect(),
        differences: differences.iter().map(ToString::to_string).collect(),
        entry: Some(entry::written(row, whole, &covenant)),
    }
}

fn field(again: &ReplayedField, whole: bool, covenant: &Covenant) -> ExplainedField {
    let agreed = again.agreed.iter().filter(|_| whole).map(|given| grant(given, covenant)).collect();
    ExplainedField {
        field: field_id(again.field, &covenant.catalogue),
        recorded: Some(verdict(&again.recorded, "released", whole)),
        again: Some(verdict(&again.again, "permitted", whole)),
        same: again.same,
        agreed,
    }
}

fn verdict(said: &Said, yes: &str, whole: bool) -> ExplainedVerdict {
    let verdict = if said.released { yes } else { "withheld" }.to_owned();
    let reason = said.told.map(|told| told.code().to_owned()).unwrap_or_default();
    let heard = ExplainedVerdict { verdict, reason, ..Default::default() };
    if !whole {
        return heard;
    }
    let (consent_id, consent_version) =
        said.consent.as_ref().map(|(id, version)| (id.to_string(), *version)).unwrap_or_default();
    ExplainedVerdict {
        rule: said.rule.clone().unwrap_or_default(),
        fine_reason: said.because.map(words::because_code).unwrap_or_default(),
        consent_id,
        consent_version,
        ..heard
    }
}
