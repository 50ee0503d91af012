//! What ties somebody to a client apart from consent: the treatment team, a court order, representation (R02, R03, R06),
//! and what stands against sharing without it (rulings 4 and 10).

use crate::domain::authority::Extra;
use crate::domain::client::{Capacity, Grantor, Registration};
use crate::domain::coverage::ConsentQuestion;
use crate::domain::evidence::GroundEvidence;
use crate::domain::field::Field;
use crate::domain::id::{Hat, PersonRef};
use crate::domain::lack::Lack;
use crate::domain::purpose::PurposeCode;
use crate::domain::representation::may_see;
use crate::domain::time::Timestamp;

/// How somebody is tied to a client, by what the custodian registered. Nobody is tied to an unregistered client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that a rule asks about")]
pub struct Involvement {
    /// Whether the custodian registered the client.
    pub registered: bool,
    /// Whether this hat is in the registered treatment team now (ruling 29).
    pub in_treatment_team: bool,
    /// Whether this hat carries out the order that it names, and the order is current (R06; ruling 15).
    pub holds_order: bool,
    /// Whether the person to whom it is handed represents the client now (R03).
    pub hands_to_representative: bool,
}

impl Involvement {
    /// Reads the registration, for this hat, purpose and moment.
    pub fn of(
        hat: &Hat,
        registration: Option<&Registration>,
        evidence: Option<&GroundEvidence>,
        purpose: PurposeCode,
        at: Timestamp,
    ) -> Self {
        let Some(registration) = registration else { return Self::default() };
        let order = evidence.and_then(|e| e.order.as_ref());
        let person = evidence.and_then(|e| e.representative.as_ref());
        Self {
            registered: true,
            in_treatment_team: registration.team.iter().any(|m| m.hat == *hat && m.period.contains(at)),
            holds_order: registration.age(at) < 18
                && registration.orders.iter().any(|o| {
                    o.carried_out_by == *hat && o.period.contains(at) && order == Some(&o.reference)
                }),
            hands_to_representative: person.is_some_and(|p| registration.is_represented_by(p, purpose, at)),
        }
    }
}

impl Registration {
    /// Whether this person is not "another" to whom secrecy is owed (WGBO 7:457(3), Jeugdwet 7.3.11(2)(b)): who decides for
    /// a client under 16, or for an older one who is unable to. A youth of 16 who is able tells the parents alone
    /// (T1b-1, T1b-5).
    pub fn is_represented_by(&self, person: &PersonRef, purpose: PurposeCode, at: Timestamp) -> bool {
        use Capacity as C;
        let capacities: &[Capacity] = match (self.age(at), self.competent(Some(purpose), at)) {
            (..16, _) | (16..18, false) => &[C::ParentAuthority, C::Guardian, C::CourtOrder],
            (_, true) => &[],
            (_, false) => &[C::Curator, C::Mentor, C::Proxy, C::Partner, C::Relative],
        };
        let grantor = |capacity: &Capacity| Grantor { person: person.clone(), capacity: *capacity };
        capacities.iter().any(|capacity| self.can_agree(&grantor(capacity), purpose, at))
    }
}

impl ConsentQuestion<'_> {
    /// Whether an objection stands against this field, by somebody whose no counts now. It binds R02 to R04 too
    /// (ruling 4), and no permit passes it there.
    pub fn is_objected(&self, field: &Field) -> bool {
        let extras = self.registration.extras(field, self.ask.at);
        let ladder = self.ladder.as_deref().unwrap_or_default();
        self.blocking(field, ladder, &extras).next().is_some()
    }

    /// What withholds this field from this person, who represents the client, if anything does (T1b-3, T1b-5).
    pub fn withheld_from(&self, representative: &PersonRef, field: &Field) -> Option<Lack> {
        may_see(self.registration, representative, self.ask.purpose, field, self.ask.at).err()
    }

    /// Whether the people whose own data the field holds agreed that this recipient gets it for this purpose
    /// (ruling 10). Their agreement stands in a consent, also where the client's part of it is not complete.
    pub fn others_agreed(&self, field: &Field) -> bool {
        if field.third_person.is_none() {
            return true;
        }
        let extras = self.registration.extras(field, self.ask.at);
        let named = self.consents.iter().filter(|consent| {
            consent.keeps(field.code)
                && consent.period.contains(self.ask.at)
                && consent.permit().is_some_and(|p| p.names(self.ask.recipient, self.ask.purpose, field.code))
        });
        named.into_iter().any(|consent| {
            let agreed = |extra: &Extra| match extra {
                Extra::Person(who) if who.capacity == Capacity::DataSubject => {
                    consent.data_subject_grants(field.code).any(|g| g.by.person == who.person)
                }
                Extra::Person(_) => true,
                Extra::AnyDataSubject => consent.data_subject_grants(field.code).next().is_some(),
            };
            extras.iter().all(agreed)
        })
    }
}

#[cfg(test)]
mod tests;
