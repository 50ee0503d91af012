//! How a consent is taken back: by whoever gave it, whole or by field (AVG art. 7(3); ruling 22).
//!
//! What the consent needed ends for good; a grant that it does not need is only marked. In doubt a withdrawal ends
//! the consent.

use crate::domain::authority::Extra;
use crate::domain::client::{Grantor, Registration};
use crate::domain::consent::{Consent, Objection, Permit, Stance};
use crate::domain::field::FieldCode;
use crate::domain::id::PersonRef;
use crate::domain::profile::Terms;
use crate::domain::recording::ConsentRefused;
use crate::domain::time::Timestamp;

impl Consent {
    /// Somebody takes back what they gave, whole or by field. What the consent needed ends for good; a grant that it
    /// does not need is only marked (ruling 22).
    pub fn withdraw(
        &self,
        person: &PersonRef,
        only: Option<&[FieldCode]>,
        registration: &Registration,
        terms: Terms<'_>,
        now: Timestamp,
    ) -> Result<Self, ConsentRefused> {
        if self.withdrawn.is_some() {
            return Err(ConsentRefused::Ended);
        }
        match &self.stance {
            Stance::Objection(objection) => self.withdraw_objection(objection, person, only, now),
            Stance::Permit(permit) => self.withdraw_grant(permit, person, only, registration, terms, now),
        }
    }

    fn withdraw_objection(
        &self,
        objection: &Objection,
        person: &PersonRef,
        only: Option<&[FieldCode]>,
        now: Timestamp,
    ) -> Result<Self, ConsentRefused> {
        if !self.grants.iter().any(|g| g.by.person == *person) {
            return Err(ConsentRefused::NotTheGrantor);
        }
        let mut next = Self { version: self.version + 1, ..self.clone() };
        match (only, &objection.fields) {
            (None, _) => next.withdrawn = Some(now),
            (Some(_), None) => return Err(ConsentRefused::ObjectionIsBroad),
            (Some(only), Some(fields)) => next.strike(only, fields, now)?,
        }
        Ok(next)
    }

    fn withdraw_grant(
        &self,
        permit: &Permit,
        person: &PersonRef,
        only: Option<&[FieldCode]>,
        registration: &Registration,
        terms: Terms<'_>,
        now: Timestamp,
    ) -> Result<Self, ConsentRefused> {
        let gave = self.grants.iter().any(|g| g.by.person == *person && g.withdrawn.is_none());
        if !gave && !self.stands_in_place(permit, person, registration, terms, now) {
            return Err(ConsentRefused::NotTheGrantor);
        }
        let rests_on = |code: &FieldCode| self.rests_on(person, *code, permit, registration, terms, now);
        let mut next = Self { version: self.version + 1, ..self.clone() };
        if let Some(only) = only {
            if only.is_empty() || only.iter().any(|code| permit.fields.contains(code) && !rests_on(code)) {
                return Err(ConsentRefused::NotNeeded);
            }
            next.strike(only, &permit.fields, now)?;
        } else {
            let needed: Vec<FieldCode> = permit.fields.iter().copied().filter(rests_on).collect();
            for grant in next.grants.iter_mut().filter(|g| g.by.person == *person) {
                grant.withdrawn.get_or_insert(now);
            }
            next.strike(&needed, &permit.fields, now)?;
        }
        Ok(next)
    }

    /// Whether this field cannot be released without this person's grant. Where nobody is competent, and for the
    /// client from twelve on, always: in doubt a withdrawal ends the consent.
    fn rests_on(
        &self,
        person: &PersonRef,
        code: FieldCode,
        permit: &Permit,
        registration: &Registration,
        terms: Terms<'_>,
        now: Timestamp,
    ) -> bool {
        if person.is_client() && registration.age(now) >= 12 {
            return true;
        }
        let in_ladder = registration
            .must_agree(permit.purpose, terms.profile, now)
            .map_or(true, |l| l.iter().any(|g| g.person == *person));
        let extras =
            terms.catalogue.field(code).map(|field| registration.extras(field, now)).unwrap_or_default();
        let in_extras = extras.iter().any(|extra| match extra {
            Extra::Person(grantor) => grantor.person == *person && self.grant_of(grantor).is_some(),
            // Also beside somebody else's agreement: whom the field names is not known here.
            Extra::AnyDataSubject => self.data_subject_grants(code).any(|g| g.by.person == *person),
        });
        in_ladder || in_extras
    }

    /// Whether this person now decides in the place of somebody who gave a grant and no longer can (ruling 22). Nobody
    /// stands in the place of the client.
    fn stands_in_place(
        &self,
        permit: &Permit,
        person: &PersonRef,
        registration: &Registration,
        terms: Terms<'_>,
        now: Timestamp,
    ) -> bool {
        let Ok(ladder) = registration.must_agree(permit.purpose, terms.profile, now) else { return false };
        let replaced = |by: &Grantor| by.capacity.decides() && !by.person.is_client() && !ladder.contains(by);
        ladder.iter().any(|g| g.person == *person) && self.grants.iter().any(|g| replaced(&g.by))
    }

    fn strike(
        &mut self,
        fields: &[FieldCode],
        of: &[FieldCode],
        now: Timestamp,
    ) -> Result<(), ConsentRefused> {
        for code in fields {
            if !of.contains(code) {
                return Err(ConsentRefused::FieldNotInConsent(*code));
            }
            self.struck.entry(*code).or_insert(now);
        }
        if of.iter().all(|code| self.struck.contains_key(code)) {
            self.withdrawn = Some(now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
