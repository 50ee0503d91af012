//! What professionals decide in `ConsentService`: passing a refusal, withholding from representatives.

use super::{Input, MOST};
use crate::contract::v1;
use crate::domain::{Catalogue, ClientRef, ConsentId, EvidenceReference, WithheldItems};
use crate::gateway::{OverrideRequest, WithholdRequest};
use crate::grpc::codes;
use crate::grpc::refusal::Refusal;

/// Reads a decision to pass a refusal.
pub(in crate::grpc) fn overriding(
    client: ClientRef,
    wire: &v1::OverrideRefusalRequest,
) -> Result<OverrideRequest, Refusal> {
    let v1::OverrideRefusalRequest { client: _, consent_id, exception, note_reference, until } = wire;
    let mut input = Input::default();
    let consent = input.id("consent_id", consent_id, ConsentId::parse);
    let text = "say whether it is a considered wish or serious harm";
    let exception = input.need("exception", codes::exception(*exception), "EXCEPTION_MISSING", text);
    let note = input.id("note_reference", note_reference, EvidenceReference::parse);
    let until = input.last("until", until);
    let text = "say until when, three months at most";
    let until = input.need("until", until, "OVERRIDE_END_MISSING", text);
    input.finish(|| {
        Some(OverrideRequest { client, consent: consent?, exception: exception?, note: note?, until: until? })
    })
}

/// Reads what is withheld from representatives.
pub(in crate::grpc) fn withholding(
    client: ClientRef,
    wire: &v1::WithholdFromRepresentativeRequest,
    catalogue: &Catalogue,
) -> Result<WithholdRequest, Refusal> {
    let v1::WithholdFromRepresentativeRequest {
        client: _,
        fields,
        entries,
        reason,
        note_reference,
        review_on,
    } = wire;
    let mut input = Input::default();
    let named = input.fields_if_present("fields", fields, catalogue);
    if entries.len() > MOST {
        input.wrong("entries", "TOO_MANY", format!("list at most {MOST}"));
    }
    let items = match (named, entries.is_empty()) {
        (Some(mut fields), true) => {
            fields.sort_unstable();
            Some(WithheldItems::Fields(fields))
        }
        (None, false) => {
            let mut entries = entries.clone();
            entries.sort_unstable();
            entries.dedup();
            Some(WithheldItems::Entries(entries))
        }
        _ => input.need("fields", None, "NOTHING_NAMED", "name either fields or entries"),
    };
    let text = "say whether help, trust or safety is at risk";
    let reason = input.need("reason", codes::withholding_reason(*reason), "REASON_MISSING", text);
    let note = input.id("note_reference", note_reference, EvidenceReference::parse);
    let review_on = input.day("review_on", review_on);
    input.finish(|| {
        Some(WithholdRequest { client, items: items?, reason: reason?, note: note?, review_on: review_on? })
    })
}
