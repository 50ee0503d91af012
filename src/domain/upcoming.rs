//! What will change about a consent by itself, for the custodian's own people: so that nobody finds out at the table.
//!
//! A forecast from what is registered today. It says nothing about objections, as [`Consent::status`] does not.

use jiff::Span;

use crate::domain::client::{Grantor, Registration};
use crate::domain::consent::{Consent, Permit};
use crate::domain::id::{CustodianReference, WithholdingId};
use crate::domain::profile::Terms;
use crate::domain::representation::WithheldItems;
use crate::domain::standing::{ConsentStatus, Waiting};
use crate::domain::time::{Timestamp, birthday};

/// How far ahead is looked, in days.
const HORIZON_DAYS: i64 = 60;

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// The client turns 12, 16 or 18.
    Birthday(i16),
    /// The period begins.
    PeriodBegins,
    /// The period ends.
    PeriodEnds,
    /// Somebody begins to decide for the client.
    AuthorityBegins(Grantor),
    /// Somebody ends to decide for the client.
    AuthorityEnds(Grantor),
    /// A court order begins.
    OrderBegins(CustodianReference),
    /// A court order ends.
    OrderEnds(CustodianReference),
    /// An override of a refusal ends.
    OverrideEnds,
    /// It is a year ago that this person's authority was checked.
    AuthorityCheckDue(Grantor),
    /// It is a year ago that the client's competence was judged.
    CompetenceCheckDue,
    /// What is withheld from representatives is to be looked at again.
    WithholdingReviewDue(WithholdingId),
}

/// What becomes of the consent then, if nobody does anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// It begins to count, or goes on.
    Continues,
    /// It does not count until these have agreed.
    Suspended(Vec<Waiting>),
    /// It ends for good.
    Expires,
    /// Nothing by itself: somebody is to look.
    Look,
}

/// One thing that will happen, or that is overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    /// When.
    pub at: Timestamp,
    /// What.
    pub occasion: Occasion,
    /// What becomes of the consent.
    pub then: Then,
}

impl Consent {
    /// What will change within sixty days, soonest first; what is overdue comes before. Nothing where it has ended.
    pub fn upcoming(&self, registration: &Registration, terms: Terms<'_>, now: Timestamp) -> Vec<Upcoming> {
        let ended = [ConsentStatus::Withdrawn, ConsentStatus::Expired];
        if ended.contains(&self.status(registration, terms, now)) {
            return Vec::new();
        }
        let horizon = Timestamp::end_of(now.date().saturating_add(Span::new().days(HORIZON_DAYS)));
        let coming = |at: Timestamp| now < at && at <= horizon;
        let changes = self.changes(registration).into_iter().filter(|(at, _)| coming(*at));
        let mut upcoming: Vec<Upcoming> = changes
            .map(|(at, occasion)| {
                let then = self.then(&occasion, registration, terms, at);
                Upcoming { at, occasion, then }
            })
            .collect();
        let looks = self.permit().map(|permit| registration.looks(permit, now)).unwrap_or_default();
        let due = looks.into_iter().filter(|(at, _)| *at <= horizon);
        upcoming.extend(due.map(|(at, occasion)| Upcoming { at, occasion, then: Then::Look }));
        upcoming.sort_by_key(|change| change.at);
        upcoming
    }

    fn then(
        &self,
        occasion: &Occasion,
        registration: &Registration,
        terms: Terms<'_>,
        at: Timestamp,
    ) -> Then {
        match self.status(registration, terms, at) {
            ConsentStatus::Expired | ConsentStatus::Withdrawn => Then::Expires,
            ConsentStatus::InForce | ConsentStatus::NotYetInForce => Then::Continues,
            // What representatives alone carried ends with their authority (T1, birthday transitions; vector 24).
            ConsentStatus::Incomplete if *occasion == Occasion::Birthday(18) && !self.has_clients_yes() => {
                Then::Expires
            }
            ConsentStatus::Incomplete => Then::Suspended(self.waiting_for(registration, terms, at)),
        }
    }

    fn has_clients_yes(&self) -> bool {
        self.grants.iter().any(|g| g.by.capacity.is_client() && g.withdrawn.is_none())
    }

    /// What changes who must agree, or whether it counts.
    fn changes(&self, registration: &Registration) -> Vec<(Timestamp, Occasion)> {
        let mut changes =
            vec![(self.period.from(), Occasion::PeriodBegins), (self.period.until(), Occasion::PeriodEnds)];
        if self.permit().is_none() {
            return changes;
        }
        let birthdays = [12, 16, 18].map(|age| {
            (Timestamp::start_of(birthday(registration.birth_date, age)), Occasion::Birthday(age))
        });
        changes.extend(birthdays);
        for authority in &registration.authority {
            let holder = || authority.holder.clone();
            changes.push((authority.period.from(), Occasion::AuthorityBegins(holder())));
            changes.push((authority.period.until(), Occasion::AuthorityEnds(holder())));
        }
        for order in &registration.orders {
            changes.push((order.period.from(), Occasion::OrderBegins(order.reference.clone())));
            changes.push((order.period.until(), Occasion::OrderEnds(order.reference.clone())));
        }
        let decided = self.overrides.iter().filter(|o| o.confirmed.is_some() && o.revoked.is_none());
        changes.extend(decided.map(|o| (o.until, Occasion::OverrideEnds)));
        changes
    }
}

impl Registration {
    /// What somebody is to look at again for this permit (T1, after 1.3: at least yearly).
    fn looks(&self, permit: &Permit, now: Timestamp) -> Vec<(Timestamp, Occasion)> {
        let a_year_after =
            |day: jiff::civil::Date| Timestamp::start_of(day.saturating_add(Span::new().years(1)));
        let mut looks: Vec<(Timestamp, Occasion)> = self
            .in_force(now)
            .map(|a| (a_year_after(a.checked_on), Occasion::AuthorityCheckDue(a.holder.clone())))
            .collect();
        let judged = self.competence.iter();
        let judged =
            judged.filter(|a| a.about.is_none_or(|about| about == permit.purpose)).map(|a| a.from).max();
        looks.extend(judged.map(|day| (a_year_after(day), Occasion::CompetenceCheckDue)));
        let concerns = |items: &WithheldItems| match items {
            WithheldItems::Fields(fields) => fields.iter().any(|code| permit.fields.contains(code)),
            WithheldItems::Entries(_) => true,
        };
        let withheld = self.withheld.iter().filter(|w| concerns(&w.items));
        looks.extend(
            withheld
                .map(|w| (Timestamp::start_of(w.review_on), Occasion::WithholdingReviewDue(w.id.clone()))),
        );
        looks
    }
}

#[cfg(test)]
mod tests;
