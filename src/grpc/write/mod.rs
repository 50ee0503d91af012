//! From the domain to the wire.

pub(super) mod consent;
pub(super) mod entry;
pub(super) mod explanation;
pub(super) mod follow_up;
pub(super) mod overview;
pub(super) mod registration;
pub(super) mod text;
pub(super) mod verdict;

use crate::domain::{Catalogue, FieldCode, PurposeCode, Purposes, Timestamp};

/// The id of a field; its code, if this covenant no longer has it.
pub(super) fn field_id(code: FieldCode, catalogue: &Catalogue) -> String {
    catalogue.field(code).map_or_else(|| code.to_string(), |field| field.id.clone())
}

pub(super) fn field_ids(codes: &[FieldCode], catalogue: &Catalogue) -> Vec<String> {
    codes.iter().map(|code| field_id(*code, catalogue)).collect()
}

/// The id of a purpose; its code, if this covenant no longer has it.
pub(super) fn purpose_id(code: PurposeCode, purposes: &Purposes) -> String {
    purposes.get(code).map_or_else(|| code.to_string(), |purpose| purpose.id.clone())
}

/// Empty for a period that does not end.
pub(super) fn end(until: Timestamp) -> String {
    if until == Timestamp::END { String::new() } else { until.rfc3339() }
}
