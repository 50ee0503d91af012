//! Consents, as the custodian's own people see them.

use super::{end, field_ids, purpose_id};
use crate::contract::v1;
use crate::contract::v1::consent::Stance as Written;
use crate::domain::{
    Capacity, Catalogue, Consent, Extra, Grant, Grantor, Occasion, RefusalOverride, Registration, Stance,
    Then, Timestamp, Upcoming, Waiting, WithheldItems, Withholding,
};
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
        upcoming: consent
            .upcoming(registration, terms, now)
            .iter()
            .map(|change| upcoming(change, covenant))
            .collect(),
        overrides: consent.overrides.iter().map(|decided| overriding(decided, now)).collect(),
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

pub(super) fn grant(grant: &Grant, covenant: &Covenant) -> v1::Grant {
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

fn overriding(decided: &RefusalOverride, now: Timestamp) -> v1::RefusalOverride {
    let confirmed = decided.confirmed.as_ref();
    let refusing = |by: &Grantor| v1::Grantor {
        person: by.person.to_string(),
        capacity: codes::capacity_to_wire(by.capacity).into(),
        fields: Vec::new(),
    };
    v1::RefusalOverride {
        exception: codes::exception_to_wire(decided.exception).into(),
        note_reference: decided.note.to_string(),
        refused_by: decided.refused_by.iter().map(refusing).collect(),
        decided_at: decided.decided_at.rfc3339(),
        confirmed_at: confirmed.map(|c| c.at.rfc3339()).unwrap_or_default(),
        until: decided.until.rfc3339(),
        revoked_at: decided.revoked.map(Timestamp::rfc3339).unwrap_or_default(),
        in_force: decided.is_in_force(now),
        decided_by: decided.decided_by.to_string(),
        confirmed_by: confirmed.map(|c| c.by.to_string()).unwrap_or_default(),
    }
}

fn upcoming(change: &Upcoming, covenant: &Covenant) -> v1::UpcomingChange {
    let (occasion, about) = match &change.occasion {
        Occasion::Birthday(age) => (v1::Occasion::Birthday, age.to_string()),
        Occasion::PeriodBegins => (v1::Occasion::PeriodBegins, String::new()),
        Occasion::PeriodEnds => (v1::Occasion::PeriodEnds, String::new()),
        Occasion::AuthorityBegins(holder) => (v1::Occasion::AuthorityBegins, holder.person.to_string()),
        Occasion::AuthorityEnds(holder) => (v1::Occasion::AuthorityEnds, holder.person.to_string()),
        Occasion::OrderBegins(order) => (v1::Occasion::OrderBegins, order.to_string()),
        Occasion::OrderEnds(order) => (v1::Occasion::OrderEnds, order.to_string()),
        Occasion::OverrideEnds => (v1::Occasion::OverrideEnds, String::new()),
        Occasion::AuthorityCheckDue(holder) => (v1::Occasion::AuthorityCheckDue, holder.person.to_string()),
        Occasion::CompetenceCheckDue => (v1::Occasion::CompetenceCheckDue, String::new()),
        Occasion::WithholdingReviewDue(id) => (v1::Occasion::WithholdingReviewDue, id.to_string()),
    };
    let (then, waiting) = match &change.then {
        Then::Continues => (v1::Outlook::Continues, &[][..]),
        Then::Suspended(waiting) => (v1::Outlook::Suspended, waiting.as_slice()),
        Then::Expires => (v1::Outlook::Expires, &[][..]),
        Then::Look => (v1::Outlook::Look, &[][..]),
    };
    v1::UpcomingChange {
        at: change.at.rfc3339(),
        occasion: occasion.into(),
        about,
        then: then.into(),
        waiting_for: waiting.iter().map(|waiting| awaited(waiting, covenant)).collect(),
    }
}

/// What is withheld from representatives.
pub(in crate::grpc) fn withholding(withholding: &Withholding, catalogue: &Catalogue) -> v1::Withholding {
    let (fields, entries) = match &withholding.items {
        WithheldItems::Fields(fields) => (field_ids(fields, catalogue), Vec::new()),
        WithheldItems::Entries(entries) => (Vec::new(), entries.clone()),
    };
    v1::Withholding {
        withholding_id: withholding.id.to_string(),
        fields,
        entries,
        reason: codes::withholding_reason_to_wire(withholding.reason).into(),
        note_reference: withholding.note.to_string(),
        withheld_by: withholding.by.to_string(),
        withheld_at: withholding.at.rfc3339(),
        review_on: withholding.review_on.to_string(),
    }
}

/// Somebody whom a field names, but no registration, has no reference yet.
pub(super) fn awaited(waiting: &Waiting, covenant: &Covenant) -> v1::Grantor {
    let (person, capacity) = match &waiting.who {
        Extra::Person(grantor) => (grantor.person.to_string(), grantor.capacity),
        Extra::AnyDataSubject => (String::new(), Capacity::DataSubject),
    };
    let fields = field_ids(&waiting.fields, &covenant.catalogue);
    v1::Grantor { person, capacity: codes::capacity_to_wire(capacity).into(), fields }
}
