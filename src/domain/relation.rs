//! Whether somebody has a relation to a client at a custodian: only then do they hear more than `NO_CONSENT` (ruling 3).
//!
//! Related is whoever is the custodian, is named in a permit or order that is in force or ended less than twelve
//! months ago, or is in the registered treatment relation. A draft, an incomplete or a future permit relates nobody,
//! nor does an objection. The stricter reading is taken: a relation counts at the custodian that recorded it.

use jiff::Span;

use crate::domain::client::{Grantor, Registration};
use crate::domain::consent::Consent;
use crate::domain::id::{Hat, OrganisationId};
use crate::domain::profile::ConsentProfile;
use crate::domain::time::{Period, Timestamp};

/// Whether this hat is related to the client at this custodian.
pub fn is_related(
    hat: &Hat,
    custodian: &OrganisationId,
    file: Option<(&Registration, &[Consent])>,
    profile: ConsentProfile,
    at: Timestamp,
) -> bool {
    let Some((registration, consents)) = file else { return false };
    let recently = |period: Period| period.from() <= at && twelve_months_before(at) < period.until();
    hat.organisation == *custodian
        || registration.team.iter().any(|m| m.hat == *hat && m.period.contains(at))
        || registration.orders.iter().any(|o| o.carried_out_by == *hat && recently(o.period))
        || consents.iter().any(|c| {
            c.permit().is_some_and(|p| p.recipient == *hat)
                && in_force(c, registration, profile, at).is_some_and(recently)
        })
}

/// The period in which a permit was in force, if it was complete at its end, or is now.
pub(super) fn in_force(
    consent: &Consent,
    registration: &Registration,
    profile: ConsentProfile,
    at: Timestamp,
) -> Option<Period> {
    let permit = consent.permit()?;
    let ends =
        [Some(consent.period.until()), consent.withdrawn, consent.spent.as_ref().map(|s| s.at.plus(1))];
    let end = ends.into_iter().flatten().min()?;
    let last = at.min(end.plus(-1));
    let ladder = registration.must_agree(permit.purpose, profile, last).ok()?;
    let gave = |person: &Grantor| {
        consent.grants.iter().filter(|g| g.withdrawn.is_none_or(|w| w > last)).any(|g| {
            let same = g.by == *person || (g.by.capacity.is_client() && person.capacity.is_client());
            same && g.given_at <= last && registration.can_agree(&g.by, permit.purpose, g.given_at)
        })
    };
    let overridden =
        |person: &Grantor| consent.override_in_force(last).is_some_and(|decided| decided.passes(person));
    let complete = ladder.iter().all(|person| gave(person) || overridden(person));
    if complete { Period::new(consent.period.from(), end).ok() } else { None }
}

fn twelve_months_before(at: Timestamp) -> Timestamp {
    Timestamp::start_of(at.date().saturating_sub(Span::new().months(12)))
}

#[cfg(test)]
mod tests;
