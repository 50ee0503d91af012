//! Consents, as the custodian's own people see them.

use super::{end, field_ids, purpose_id};
use crate::contract::v1;
use crate::contract::v1::consent::Stance as Written;
use crate::domain::{Capacity, Consent, Extra, Grant, Registration, Stance, Timestamp, Waiting};
use crate::grpc::codes;
use crate::policy::Covenant;

/// A consent and how it stands now.
pub(in crate::grpc) fn consent(
    consent: &Consent,
    registration: &Registration,
    covenant: &Covenant,
    now: Timestamp,
) -> v1::Consent {
    let catalogue = &covenant.catalogue;
    let terms = covenant.terms(&consent.custodian);
    let waiting = consent.waiting_for(registration, terms, now);
    let period = v1::Period { from: consent.period.from().rfc3339(), until: end(consent.period.until()) };
    v1::Consent {
        consent_id: consent.id.to_string(),
        version: consent.version,
        stance: Some(stance(&consent.stance, covenant)),
        period: Some(period),
        status: codes::status_to_wire(consent.status(registration, terms, now)).into(),
        grants: consent.grants.iter().map(|given| grant(given, covenant)).collect(),
        withdrawn_fields: field_ids(&consent.struck.keys().copied().collect::<Vec<_>>(), catalogue),
        waiting_for: waiting.iter().map(|waiting| awaited(waiting, covenant)).collect(),
    }
}

fn stance(stance: &Stance, covenant: &Covenant) -> Written {
    let purpose = |code| purpose_id(code, &covenant.purposes);
    match stance {
        Stance::Permit(permit) => Written::Permit(v1::Permit {
            recipient_organisation: permit.recipient.organisation.to_string(),
            recipient_role: permit.recipient.role.to_string(),
            purpose: purpose(permit.purpose),
            fields: field_ids(&permit.fields, &covenant.catalogue),
        }),
        Stance::Objection(objection) => Written::Objection(v1::Objection {
            recipient_organisation: objection.recipient.as_ref().map(ToString::to_string).unwrap_or_default(),
            recipient_role: objection.role.as_ref().map(ToString::to_string).unwrap_or_default(),
            purpose: objection.purpose.map(purpose).unwrap_or_default(),
            fields: field_ids(objection.fields.as_deref().unwrap_or_default(), &covenant.catalogue),
        }),
    }
}

fn grant(grant: &Grant, covenant: &Covenant) -> v1::Grant {
    let fields = grant.fields.as_deref().unwrap_or_default();
    v1::Grant {
        grantor: Some(v1::Grantor {
            person: grant.by.person.to_string(),
            capacity: codes::capacity_to_wire(grant.by.capacity).into(),
            fields: field_ids(fields, &covenant.catalogue),
        }),
        given_at: grant.given_at.rfc3339(),
        withdrawn_at: grant.withdrawn.map(Timestamp::rfc3339).unwrap_or_default(),
    }
}

/// Somebody whom a field names, but no registration, has no reference yet.
fn awaited(waiting: &Waiting, covenant: &Covenant) -> v1::Grantor {
    let (person, capacity) = match &waiting.who {
        Extra::Person(grantor) => (grantor.person.to_string(), grantor.capacity),
        Extra::AnyDataSubject => (String::new(), Capacity::DataSubject),
    };
    let fields = field_ids(&waiting.fields, &covenant.catalogue);
    v1::Grantor { person, capacity: codes::capacity_to_wire(capacity).into(), fields }
}
