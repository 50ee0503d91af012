//! Who must agree: the age ladder (rules.md T1), over people and dates.
//!
//! What is always true here:
//! 1. Age, authority, competence and orders are read at the moment asked about, never at the moment of recording.
//! 2. The empty set never means agreed: where nobody is competent to agree, the answer is [`NobodyCompetent`] (ruling 21).
//! 3. The ladder applies to every custodian, municipalities and schools too (ruling 9).

use crate::domain::client::{Authority, Capacity, Grantor, Registration, Replacement};
use crate::domain::field::{Field, ThirdPerson};
use crate::domain::id::PersonRef;
use crate::domain::ladder::{Who, who_agrees};
use crate::domain::profile::ConsentProfile;
use crate::domain::purpose::PurposeCode;
use crate::domain::time::{Timestamp, age_on};

/// Nobody is registered who could agree: the consent ground is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NobodyCompetent;

/// What a field asks beside the ladder: the agreement of people whose own data it holds, or of the administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extra {
    /// This person, in this capacity.
    Person(Grantor),
    /// Anybody whom the field names: at least one agreement that lists it (ruling 10).
    AnyDataSubject,
}

impl Registration {
    /// The client's age in years.
    pub fn age(&self, at: Timestamp) -> i16 {
        age_on(self.birth_date, at.date())
    }

    /// Whether the client can decide about this purpose; able unless judged otherwise.
    pub fn competent(&self, purpose: Option<PurposeCode>, at: Timestamp) -> bool {
        self.competence
            .iter()
            .filter(|a| Timestamp::start_of(a.from) <= at && (a.about.is_none() || a.about == purpose))
            .max_by_key(|a| a.from)
            .is_none_or(|a| a.able)
    }

    /// Who must agree to sharing for this purpose at this moment (T1), as the custodian's profile reads the law.
    pub fn must_agree(
        &self,
        purpose: PurposeCode,
        profile: ConsentProfile,
        at: Timestamp,
    ) -> Result<Vec<Grantor>, NobodyCompetent> {
        let age = self.age(at);
        let capacity = if age < 18 { Capacity::Youth } else { Capacity::Adult };
        let client = Grantor { person: PersonRef::client(), capacity };
        let people = match who_agrees(age, self.competent(Some(purpose), at)) {
            None => Vec::new(),
            Some(Who::Legal) => self.legal(purpose, at),
            Some(Who::Client) => vec![client],
            Some(Who::Representatives) => self.representatives(at),
            Some(Who::ClientAndLegal) if profile == ConsentProfile::StrictWgbo => vec![client],
            Some(Who::ClientAndLegal) => {
                let legal = self.legal(purpose, at);
                if legal.is_empty() { legal } else { [vec![client], legal].concat() }
            }
        };
        if people.is_empty() { Err(NobodyCompetent) } else { Ok(people) }
    }

    /// What this field asks beside [`Self::must_agree`].
    pub fn extras(&self, field: &Field, at: Timestamp) -> Vec<Extra> {
        let mut extras = Vec::new();
        if field.needs_administrator() {
            let administrators = self.in_force(at).filter(|a| a.holder.capacity == Capacity::Administrator);
            extras.extend(administrators.map(|a| Extra::Person(a.holder.clone())));
        }
        match field.third_person {
            None => {}
            Some(ThirdPerson::Named) => extras.push(Extra::AnyDataSubject),
            Some(ThirdPerson::Parents) => {
                let parents = self.all_parents();
                if parents.is_empty() {
                    extras.push(Extra::AnyDataSubject);
                }
                let own_data = |person| Extra::Person(Grantor { person, capacity: Capacity::DataSubject });
                extras.extend(parents.into_iter().map(own_data));
            }
        }
        extras
    }

    /// Whether this person can give a yes in this capacity at this moment: standing, the first of the two times it
    /// counts (ruling 8). A parent whose place is taken has none, nor has a partner while the client decides.
    pub fn can_agree(&self, grantor: &Grantor, purpose: PurposeCode, at: Timestamp) -> bool {
        match grantor.capacity {
            Capacity::Youth => {
                grantor.person.is_client() && self.age(at) < 18 && self.client_can_agree(purpose, at)
            }
            Capacity::Adult => {
                grantor.person.is_client() && self.age(at) >= 18 && self.client_can_agree(purpose, at)
            }
            Capacity::ParentAuthority | Capacity::Guardian | Capacity::CourtOrder => {
                self.age(at) < 18 && self.legal(purpose, at).contains(grantor)
            }
            Capacity::Curator
            | Capacity::Mentor
            | Capacity::Proxy
            | Capacity::Partner
            | Capacity::Relative => {
                self.age(at) >= 18
                    && !self.competent(Some(purpose), at)
                    && self.representatives(at).contains(grantor)
            }
            Capacity::Administrator => self.in_force(at).any(|a| a.holder == *grantor),
            Capacity::DataSubject => !grantor.person.is_client(),
        }
    }

    /// Whether a no in this capacity can be recorded: also the client's own, at any age and also when judged unable
    /// (ruling 16).
    pub fn can_object(&self, grantor: &Grantor, at: Timestamp) -> bool {
        if grantor.capacity.is_client() {
            return grantor.person.is_client()
                && (grantor.capacity == Capacity::Adult) == (self.age(at) >= 18);
        }
        match grantor.capacity {
            Capacity::DataSubject => !grantor.person.is_client(),
            Capacity::CourtOrder => self
                .orders
                .iter()
                .filter(|o| o.period.contains(at))
                .filter_map(|o| o.replaces.as_ref())
                .any(|r| r.by == grantor.person),
            _ => self.in_force(at).any(|a| a.holder == *grantor),
        }
    }

    fn client_can_agree(&self, purpose: PurposeCode, at: Timestamp) -> bool {
        self.age(at) >= 12 && self.competent(Some(purpose), at)
    }

    pub(super) fn in_force(&self, at: Timestamp) -> impl Iterator<Item = &Authority> {
        self.authority.iter().filter(move |a| a.period.contains(at))
    }

    pub(super) fn holders(&self, capacity: Capacity, at: Timestamp) -> Vec<Grantor> {
        self.in_force(at).map(|a| a.holder.clone()).filter(|g| g.capacity == capacity).collect()
    }

    fn replacements(&self, purpose: PurposeCode, at: Timestamp) -> impl Iterator<Item = &Replacement> {
        self.orders
            .iter()
            .filter(move |o| o.period.contains(at) && self.age(at) < 18)
            .filter_map(|o| o.replaces.as_ref())
            .filter(move |r| r.names_information && r.scope.contains(&purpose))
    }

    /// Guardians, else all parents with authority, with court orders applied (T1-12, T1-14, T1-15).
    fn legal(&self, purpose: PurposeCode, at: Timestamp) -> Vec<Grantor> {
        let guardians = self.holders(Capacity::Guardian, at);
        if !guardians.is_empty() {
            return guardians;
        }
        let parents = self.holders(Capacity::ParentAuthority, at);
        let mut legal = parents.clone();
        for replacement in self.replacements(purpose, at) {
            if parents.iter().any(|g| replacement.parents.contains(&g.person)) {
                // Two orders about one parent: both must agree, for nobody here can say which of them prevails.
                legal.retain(|g| !replacement.parents.contains(&g.person));
                legal.push(Grantor { person: replacement.by.clone(), capacity: Capacity::CourtOrder });
            }
        }
        legal
    }

    /// The first available of curator or mentor, proxy, partner, relatives (WGBO 7:465(3); T1-10).
    pub(super) fn representatives(&self, at: Timestamp) -> Vec<Grantor> {
        [Capacity::Curator, Capacity::Mentor, Capacity::Proxy, Capacity::Partner, Capacity::Relative]
            .into_iter()
            .map(|capacity| self.holders(capacity, at))
            .find(|people| !people.is_empty())
            .unwrap_or_default()
    }

    fn all_parents(&self) -> Vec<PersonRef> {
        let holders = self.authority.iter().filter(|a| a.holder.capacity == Capacity::ParentAuthority);
        let mut parents: Vec<PersonRef> =
            holders.map(|a| a.holder.person.clone()).chain(self.parents.iter().cloned()).collect();
        parents.sort();
        parents.dedup();
        parents
    }
}

#[cfg(test)]
mod tests;
