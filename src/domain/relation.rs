//! Whether somebody has a relation to a client at a custodian: only then do they hear more than `NO_CONSENT` (ruling 3).
//!
//! Related is whoever is the custodian, is named in a permit or order that is in force or ended less than twelve
//! months ago, or is in the registered treatment relation. A draft, an incomplete or a future permit relates nobody,
//! nor does an objection. The stricter reading is taken: a relation counts at the custodian that recorded it.

use jiff::Span;

use crate::domain::authority::Extra;
use crate::domain::client::{Capacity, Grantor, Registration};
use crate::domain::consent::{Consent, Grant};
use crate::domain::field::Field;
use crate::domain::id::{Hat, OrganisationId};
use crate::domain::profile::{ConsentProfile, Terms};
use crate::domain::time::Timestamp;

/// Whether this hat is related to the client at this custodian.
pub fn is_related(
    hat: &Hat,
    custodian: &OrganisationId,
    file: Option<(&Registration, &[Consent])>,
    terms: Terms<'_>,
    at: Timestamp,
) -> bool {
    let Some((registration, consents)) = file else { return false };
    let named = |consent: &&Consent| consent.permit().is_some_and(|p| p.recipient == *hat);
    hat.organisation == *custodian
        || registration.team.iter().any(|m| m.hat == *hat && m.period.contains(at))
        || registration
            .orders
            .iter()
            .any(|o| o.carried_out_by == *hat && o.period.from() <= at && recently(o.period.until(), at))
        || consents.iter().filter(named).any(|consent| {
            let fields = consent.permit().into_iter().flat_map(|p| &p.fields);
            fields
                .filter_map(|code| terms.catalogue.field(*code))
                .filter_map(|field| end_of_force(consent, field, registration, consents, terms.profile, at))
                .any(|end| recently(end, at))
        })
}

/// When a permit ceases or ceased to open this field, if it is or was in force for it: begun, and agreed to by everyone
/// at its last moment.
pub(super) fn end_of_force(
    consent: &Consent,
    field: &Field,
    registration: &Registration,
    consents: &[Consent],
    profile: ConsentProfile,
    at: Timestamp,
) -> Option<Timestamp> {
    consent.permit()?;
    let spent = consent.spent.as_ref().map(|s| s.at.plus(1));
    let struck = consent.struck.get(&field.code).copied();
    let ends = [Some(consent.period.until()), consent.withdrawn, struck, spent];
    let end = ends.into_iter().flatten().min()?;
    let last = at.min(end.plus(-1));
    (consent.period.from() <= last
        && everyone_agreed(consent, Some(field), registration, consents, profile, last))
    .then_some(end)
}

/// Whether everyone who had to agree at that moment, to this field or to the whole, had agreed then with standing.
pub(super) fn everyone_agreed(
    consent: &Consent,
    field: Option<&Field>,
    registration: &Registration,
    consents: &[Consent],
    profile: ConsentProfile,
    then: Timestamp,
) -> bool {
    let Some(permit) = consent.permit() else { return false };
    let given = |g: &&Grant| {
        g.given_at <= then
            && g.withdrawn.is_none_or(|taken| taken > then)
            && g.is_about(field.map(|field| field.code))
            && registration.can_agree(&g.by, permit.purpose, g.given_at)
    };
    let gave = |person: &Grantor| consent.grants.iter().filter(given).any(|g| g.by.is_same(person));
    let agreed = |extra: &Extra| match extra {
        Extra::Person(person) => gave(person),
        Extra::AnyDataSubject => {
            consent.grants.iter().filter(given).any(|g| g.by.capacity == Capacity::DataSubject)
        }
    };
    let extras = field.map(|field| registration.extras(field, then)).unwrap_or_default();
    let Ok(ladder) = registration.must_agree(permit.purpose, profile, then) else { return false };
    let passed = field.map(|field| consent.passed_by_override(consents, field.code, &ladder, then));
    let passed = passed.unwrap_or_default();
    ladder.iter().all(|person| gave(person) || passed.contains(&person)) && extras.iter().all(agreed)
}

/// Not ended, or less than twelve months ago: the day on which it ended is not counted, and the last one is counted
/// whole (Regulation (EEC, Euratom) 1182/71, art. 3).
fn recently(end: Timestamp, at: Timestamp) -> bool {
    at < end || at < Timestamp::end_of(end.plus(-1).date().saturating_add(Span::new().months(12)))
}

#[cfg(test)]
mod tests;
