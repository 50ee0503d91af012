//! A client's own overview, and for its reviewer what it leaves out.

use super::{end, field_ids, purpose_id};
use crate::contract::v1;
use crate::domain::{Objection, Permit, Stance};
use crate::gateway::{LeftOutEntry, Overview, OverviewConsent};
use crate::grpc::codes;
use crate::policy::Covenant;
use crate::projection::Line;

/// The overview as its reader gets it.
pub(in crate::grpc) fn overview(
    overview: Overview,
    verifier_key: &str,
    covenant: &Covenant,
) -> v1::GetOwnOverviewResponse {
    let Overview { lines, consents, bases, checkpoint, sealed } = overview;
    let bases = bases.into_iter().map(|basis| v1::OverviewBasis {
        recipient: basis.recipient.to_string(),
        purpose: purpose_id(basis.purpose, &covenant.purposes),
        basis: basis.basis,
    });
    v1::GetOwnOverviewResponse {
        lines: lines.iter().map(line).collect(),
        consents: consents.into_iter().map(|one| consent(one, covenant)).collect(),
        bases: bases.collect(),
        checkpoint,
        verifier_key: verifier_key.to_owned(),
        entry_index: sealed.index,
        receipt: sealed.receipt.to_text(),
        leaf: sealed.leaf.0.to_vec(),
    }
}

/// What an overview leaves out.
pub(in crate::grpc) fn left_out(left_out: &LeftOutEntry) -> v1::LeftOutEntry {
    let LeftOutEntry { row, reason } = left_out;
    v1::LeftOutEntry {
        index: row.index,
        at: row.entry.at.rfc3339(),
        event: row.entry.event_name().to_owned(),
        reason: reason.as_str().to_owned(),
    }
}

fn line(line: &Line) -> v1::OverviewLine {
    v1::OverviewLine {
        at: line.at.rfc3339(),
        times: line.times,
        event: line.event.to_owned(),
        text: line.text.to_string(),
        emergency: line.emergency,
    }
}

fn consent(shown: OverviewConsent, covenant: &Covenant) -> v1::OverviewConsent {
    let OverviewConsent { consent, status, text } = shown;
    let purpose = |code| purpose_id(code, &covenant.purposes);
    let (permit, recipient, purpose, fields) = match &consent.stance {
        Stance::Permit(Permit { recipient, purpose: code, fields, .. }) => {
            (true, recipient.organisation.to_string(), purpose(*code), fields.as_slice())
        }
        Stance::Objection(Objection { recipient, purpose: code, fields, .. }) => {
            let recipient = recipient.as_ref().map(ToString::to_string).unwrap_or_default();
            (false, recipient, code.map(purpose).unwrap_or_default(), fields.as_deref().unwrap_or_default())
        }
    };
    let period = v1::Period { from: consent.period.from().rfc3339(), until: end(consent.period.until()) };
    v1::OverviewConsent {
        consent_id: consent.id.to_string(),
        permit,
        status: codes::status_to_wire(status).into(),
        recipient,
        purpose,
        fields: field_ids(fields, &covenant.catalogue),
        period: Some(period),
        text,
    }
}
