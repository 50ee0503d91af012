//! Whether consent covers a field now: gate A on ground R01.
//!
//! Decided field by field, from the registration and all consents of one client at one custodian, for one recipient,
//! purpose and moment. A yes needs one consent in force that names exactly this, that everyone who must agree agreed
//! to with standing both then and now (ruling 8), and that no objection blocks (rulings 1 and 16). Everything else is
//! a [`Lack`], which the ledger keeps and the requester does not hear.

use crate::domain::authority::Extra;
use crate::domain::client::{Capacity, Grantor, Registration};
use crate::domain::consent::{Ask, Consent, Grant, Objection, Permit};
use crate::domain::field::Field;
use crate::domain::field_set::FieldSet;
use crate::domain::id::{ConsentId, PersonRef};
use crate::domain::lack::Lack;
use crate::domain::relation::{end_of_force, everyone_agreed};
use crate::domain::time::Timestamp;

/// Whether one field is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// By this consent, in this version.
    Covered {
        /// Which consent.
        consent: ConsentId,
        /// Which version of it.
        version: u32,
        /// Whether it passes a holder's refusal by an override (T1-05): to be found and reviewed.
        overridden: bool,
    },
    /// Not, and what is lacking.
    Lacking(Lack),
}

/// The people and the consents of one client at one custodian, asked one question.
pub struct ConsentQuestion<'a> {
    pub(super) registration: &'a Registration,
    pub(super) consents: &'a [Consent],
    pub(super) ask: Ask<'a>,
    pub(super) ladder: Option<Vec<Grantor>>,
    permits: Vec<Carried<'a>>,
}

/// A permit for this recipient and purpose, and the grants of the ladder that carry it, or why they do not.
struct Carried<'a> {
    consent: &'a Consent,
    fields: FieldSet,
    grants: Result<Vec<&'a Grant>, Lack>,
}

impl<'a> ConsentQuestion<'a> {
    /// Reads once what is the same for all fields: who must agree, and who of them did.
    pub fn new(registration: &'a Registration, consents: &'a [Consent], ask: Ask<'a>) -> Self {
        let ladder = registration.must_agree(ask.purpose, ask.profile, ask.at).ok();
        let mut question = Self { registration, consents, ask, ladder, permits: Vec::new() };
        if let Some(ladder) = &question.ladder {
            let fits = |permit: &&Permit| permit.recipient == *ask.recipient && permit.purpose == ask.purpose;
            let permits = consents.iter().filter_map(|c| Some((c, c.permit().filter(fits)?)));
            let carried = permits.map(|(consent, permit)| {
                let grants = ladder.iter().map(|grantor| question.grant(consent, grantor)).collect();
                Carried { consent, fields: permit.fields.iter().collect(), grants }
            });
            question.permits = carried.collect();
        }
        question
    }

    /// Whether consent covers this field.
    pub fn cover(&self, field: &Field) -> Coverage {
        let Some(ladder) = &self.ladder else { return Coverage::Lacking(Lack::NobodyCompetent) };
        let extras = self.registration.extras(field, self.ask.at);
        let mut nearest = Lack::NoConsent;
        for carried in self.permits.iter().filter(|c| c.fields.contains(field.code)) {
            match self.covered_by(carried, field, ladder, &extras) {
                Ok(overridden) => {
                    let (consent, version) = (carried.consent.id.clone(), carried.consent.version);
                    return Coverage::Covered { consent, version, overridden };
                }
                Err(lack) => nearest = nearest.max(lack),
            }
        }
        // A no explains better than a yes that is missing, but not one that the nearest consent passes.
        if nearest < Lack::DataSubjectRefused {
            let refusals = self.blocking(field, ladder, &extras).map(|(_, by)| Lack::refused(by.capacity));
            nearest = refusals.max().unwrap_or(nearest);
        }
        Coverage::Lacking(nearest)
    }

    /// Whether this consent covers the field by an override, or why it does not cover it.
    fn covered_by(
        &self,
        Carried { consent, grants, .. }: &Carried<'_>,
        field: &Field,
        ladder: &[Grantor],
        extras: &[Extra],
    ) -> Result<bool, Lack> {
        if !consent.keeps(field.code) {
            return Err(self.ended(consent, field, Lack::ConsentWithdrawn));
        }
        if self.ask.at >= consent.period.until() || consent.spent_by_other(&self.ask) {
            return Err(self.ended(consent, field, Lack::ConsentExpired));
        }
        let passed = consent.passed_by_override(self.consents, field.code, ladder, self.ask.at);
        let others =
            if passed.is_empty() { None } else { Some(self.grants_of_others(consent, ladder, &passed)?) };
        let ladder_grants = match &others {
            Some(others) => others,
            None => grants.as_ref().map_err(|lack| *lack)?,
        };
        let own = self.own_grants(consent, field, extras)?;
        if self.ask.at < consent.period.from() {
            return Err(Lack::NotYetInForce);
        }
        let needed = || ladder_grants.iter().chain(&own).copied();
        let mut overridden = ladder_grants.len() < ladder.len();
        let mut refused = None;
        for (objection, by) in self.blocking(field, ladder, extras) {
            if self.passes(consent, field, needed(), &objection, by) {
                continue;
            }
            if passed.iter().any(|holder| holder.person == by.person && by.capacity.decides())
                && consent.override_in_force(self.ask.at).is_some_and(|o| objection.given_at <= o.decided_at)
            {
                overridden = true;
            } else {
                refused = refused.max(Some(Lack::refused(by.capacity)));
            }
        }
        refused.map_or(Ok(overridden), Err)
    }

    /// What never was in force did not end: the requester would hear that somebody had not agreed yet (ruling 2).
    fn ended(&self, consent: &Consent, field: &Field, how: Lack) -> Lack {
        let end =
            end_of_force(consent, field, self.registration, self.consents, self.ask.profile, self.ask.at);
        if end.is_some() { how } else { Lack::NoConsent }
    }

    /// The latest grant of somebody of the ladder, given with standing and not taken back.
    fn grant<'c>(&self, consent: &'c Consent, grantor: &Grantor) -> Result<&'c Grant, Lack> {
        let live = |g: &&Grant| g.withdrawn.is_none() && g.is_about(None) && g.by.is_same(grantor);
        let theirs = consent.grants.iter().filter(live);
        let latest = theirs.filter(|g| self.had_standing(g)).max_by_key(|g| g.given_at);
        latest.ok_or_else(|| self.why_missing(consent, grantor))
    }

    /// A yes from before having authority does not count (ruling 8).
    fn had_standing(&self, yes: &Grant) -> bool {
        self.registration.can_agree(&yes.by, self.ask.purpose, yes.given_at)
    }

    /// The grants of the ladder where an override passes some of it: theirs need not be there.
    fn grants_of_others<'c>(
        &self,
        consent: &'c Consent,
        ladder: &[Grantor],
        passed: &[&Grantor],
    ) -> Result<Vec<&'c Grant>, Lack> {
        let grants = ladder.iter().map(|grantor| (grantor, self.grant(consent, grantor)));
        grants.filter(|(by, grant)| grant.is_ok() || !passed.contains(by)).map(|(_, grant)| grant).collect()
    }

    /// What a field asks beside the ladder: the agreement of each whose own data it holds, and of the administrator.
    fn own_grants<'c>(
        &self,
        consent: &'c Consent,
        field: &Field,
        extras: &[Extra],
    ) -> Result<Vec<&'c Grant>, Lack> {
        let about = |person: Option<&PersonRef>| {
            let grants = consent.data_subject_grants(field.code);
            let own = grants.filter(|g| person.is_none_or(|person| g.by.person == *person));
            own.max_by_key(|g| g.given_at).ok_or(Lack::DataSubjectMissing)
        };
        let own = extras.iter().map(|extra| match extra {
            Extra::AnyDataSubject => about(None),
            Extra::Person(by) if by.capacity == Capacity::DataSubject => about(Some(&by.person)),
            Extra::Person(by) => self.grant(consent, by),
        });
        own.collect()
    }

    /// A consent that somebody else carried while they could (parents until 18, a guardian until discharged) lost
    /// its authority; otherwise the person simply has not agreed.
    fn why_missing(&self, consent: &Consent, grantor: &Grantor) -> Lack {
        let carried = |g: &Grant| {
            everyone_agreed(consent, None, self.registration, self.consents, self.ask.profile, g.given_at)
        };
        let lost = grantor.capacity == Capacity::Adult && consent.grants.iter().any(carried);
        if lost { Lack::ExpiredWithAuthority } else { Lack::missing(grantor.capacity) }
    }

    /// The objections in force against this, by people whose no counts now.
    pub(super) fn blocking(
        &self,
        field: &Field,
        ladder: &[Grantor],
        extras: &[Extra],
    ) -> impl Iterator<Item = (ObjectionAt<'a>, &'a Grantor)> {
        self.consents.iter().filter_map(move |consent| {
            let (objection, no) =
                consent.objection_to(self.ask.recipient, self.ask.purpose, field.code, self.ask.at)?;
            let counts = self.no_counts(no, ladder, extras);
            counts.then_some((ObjectionAt { objection, given_at: no.given_at }, &no.by))
        })
    }

    /// A no needs standing at disclosure only; the client's counts from the twelfth birthday on (rulings 8 and 16).
    fn no_counts(&self, no: &Grant, ladder: &[Grantor], extras: &[Extra]) -> bool {
        if no.by.capacity.is_client() {
            return self.registration.age(self.ask.at) >= 12;
        }
        if no.by.capacity == Capacity::DataSubject && extras.contains(&Extra::AnyDataSubject) {
            return true;
        }
        let decides = || no.by.capacity.decides() && ladder.iter().any(|g| g.person == no.by.person);
        decides() || extras.contains(&Extra::Person(no.by.clone()))
    }

    /// An exact permit passes a broader objection only if every grant it needs is later, and whoever objected agreed
    /// later too: nobody else lifts a no (rulings 1, 16 and 22).
    fn passes<'c>(
        &self,
        consent: &Consent,
        field: &Field,
        mut needed: impl Iterator<Item = &'c Grant>,
        objection: &ObjectionAt<'_>,
        by: &Grantor,
    ) -> bool {
        let later = |g: &Grant| g.given_at > objection.given_at;
        let mut own = consent.grants.iter().filter(|g| {
            g.withdrawn.is_none()
                && g.by.person == by.person
                && g.by.capacity.decides() == by.capacity.decides()
                && g.is_about(Some(field.code))
                && self.had_standing(g)
        });
        !objection.objection.is_exact() && needed.all(later) && own.any(later)
    }
}

pub(super) struct ObjectionAt<'a> {
    objection: &'a Objection,
    given_at: Timestamp,
}

#[cfg(test)]
mod tests;
