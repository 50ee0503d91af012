//! How a consent stands at a moment, for the custodian's own people: what they see before anybody asks.
//!
//! It says nothing about objections or about one recipient's request: that is what a preview is for.

use crate::domain::authority::Extra;
use crate::domain::client::{Capacity, Grantor, Registration};
use crate::domain::consent::{Consent, Permit};
use crate::domain::field::FieldCode;
use crate::domain::profile::Terms;
use crate::domain::time::Timestamp;

/// How a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentStatus {
    /// Not one field has the agreement of everyone who must agree, or somebody no longer can.
    Incomplete,
    /// Complete, but its period has not begun.
    NotYetInForce,
    /// At least one field is agreed to by everyone.
    InForce,
    /// The period is over, or the single use is spent.
    Expired,
    /// Taken back.
    Withdrawn,
}

impl ConsentStatus {
    /// The name in files and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::NotYetInForce => "not-yet-in-force",
            Self::InForce => "in-force",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Somebody who must still agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub who: Extra,
    /// To which fields; empty where it is to all.
    pub fields: Vec<FieldCode>,
}

impl Consent {
    /// How it stands at this moment.
    pub fn status(&self, registration: &Registration, terms: Terms<'_>, at: Timestamp) -> ConsentStatus {
        if self.withdrawn.is_some() {
            ConsentStatus::Withdrawn
        } else if self.spent.is_some() || at >= self.period.until() {
            ConsentStatus::Expired
        } else if self.permit().is_some_and(|p| !self.is_complete(p, registration, terms, at)) {
            ConsentStatus::Incomplete
        } else if at < self.period.from() {
            ConsentStatus::NotYetInForce
        } else {
            ConsentStatus::InForce
        }
    }

    /// Who must still agree at this moment. Nobody where it has ended, where it is an objection, or where nobody is
    /// competent to agree.
    pub fn waiting_for(&self, registration: &Registration, terms: Terms<'_>, at: Timestamp) -> Vec<Waiting> {
        let Some(permit) = self.permit() else { return Vec::new() };
        if self.withdrawn.is_some() || self.spent.is_some() || at >= self.period.until() {
            return Vec::new();
        }
        let ladder = registration.must_agree(permit.purpose, terms.profile, at).unwrap_or_default();
        let missing = ladder.into_iter().filter(|person| !self.agreed(person, permit, registration, at));
        let mut waiting: Vec<Waiting> =
            missing.map(|person| Waiting { who: Extra::Person(person), fields: Vec::new() }).collect();
        for code in permit.fields.iter().copied().filter(|code| self.keeps(*code)) {
            for who in self.extras_missing(code, permit, registration, terms, at) {
                match waiting.iter_mut().find(|w| w.who == who && !w.fields.is_empty()) {
                    Some(known) => known.fields.push(code),
                    None => waiting.push(Waiting { who, fields: vec![code] }),
                }
            }
        }
        waiting
    }

    fn is_complete(
        &self,
        permit: &Permit,
        registration: &Registration,
        terms: Terms<'_>,
        at: Timestamp,
    ) -> bool {
        let Ok(ladder) = registration.must_agree(permit.purpose, terms.profile, at) else { return false };
        let whole = |code: &FieldCode| {
            self.keeps(*code) && self.extras_missing(*code, permit, registration, terms, at).is_empty()
        };
        ladder.iter().all(|person| self.agreed(person, permit, registration, at))
            && permit.fields.iter().any(whole)
    }

    /// Agreed, or is passed by an override (T1-05).
    fn agreed(&self, person: &Grantor, permit: &Permit, registration: &Registration, at: Timestamp) -> bool {
        self.grant_of(person).is_some_and(|g| registration.can_agree(&g.by, permit.purpose, g.given_at))
            || self.override_in_force(at).is_some_and(|decided| decided.passes(person))
    }

    fn extras_missing(
        &self,
        code: FieldCode,
        permit: &Permit,
        registration: &Registration,
        terms: Terms<'_>,
        at: Timestamp,
    ) -> Vec<Extra> {
        let extras =
            terms.catalogue.field(code).map(|field| registration.extras(field, at)).unwrap_or_default();
        let given = |extra: &Extra| match extra {
            Extra::Person(person) if person.capacity == Capacity::DataSubject => {
                self.data_subject_grants(code).any(|g| g.by.person == person.person)
            }
            Extra::Person(person) => self.agreed(person, permit, registration, at),
            Extra::AnyDataSubject => self.data_subject_grants(code).next().is_some(),
        };
        extras.into_iter().filter(|extra| !given(extra)).collect()
    }
}

#[cfg(test)]
mod tests;
