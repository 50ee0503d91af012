//! Who reads the overview of what was done with a client's data, and what of it (rules.md §6, T1b, ruling 26).
//!
//! What is always true here:
//! 1. Who reads is decided at that moment, by age, competence and authority as registered: the client from twelve on, and those who
//!    represent the client then. Nobody else.
//! 2. What is left out leaves no trace: what follows it up, who looked at it and what else is told of that consent are left out with it,
//!    and what is left says nothing of how many there are.
//! 3. Somebody who represents the client reads of a release without consent only once they were told of it themselves, and never what
//!    Veilig Thuis or the Child Care and Protection Board asked otherwise (T1b-7).
//! 4. The client reads of every release without consent, but for the time that telling is put off for a recorded reason.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::client::Registration;
use crate::domain::consent::{Consent, Stance};
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::field::FieldCode;
use crate::domain::ground::Ground;
use crate::domain::id::{ConsentId, OrganisationId, PersonRef};
use crate::domain::log_read::{LogRead, LogView};
use crate::domain::party::{Parties, PartyKind};
use crate::domain::representation::{WithheldItems, Withholding};
use crate::domain::time::Timestamp;

/// From this age on the client reads the own overview.
const READS_SELF_FROM: i16 = 12;

/// Why somebody does not read the overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OverviewRefused {
    /// Those who represent the client read it.
    #[error("reader: the client is younger than twelve; hand the overview to who represents the client")]
    ClientTooYoung,
    /// No authority, or not any more, or the client decides alone.
    #[error("reader: does not represent this client now, by age, competence and authority as registered")]
    NotARepresentative,
}

impl Registration {
    /// Whether this person, the client or somebody else, reads the overview at this moment.
    pub fn may_read_overview(&self, reader: &PersonRef, at: Timestamp) -> Result<(), OverviewRefused> {
        if reader.is_client() {
            let old_enough = self.age(at) >= READS_SELF_FROM;
            return if old_enough { Ok(()) } else { Err(OverviewRefused::ClientTooYoung) };
        }
        let represents = self.represented_by(at).iter().any(|holder| holder.person == *reader);
        if represents { Ok(()) } else { Err(OverviewRefused::NotARepresentative) }
    }
}

/// Why an entry is left out: for the officer of the organisation, never for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// A professional withholds it, or all the fields that it is about, from who represents the client (T1b-3).
    Withheld,
    /// It is the decision to withhold something.
    Withholding,
    /// A release without consent, or the question for one, of which this reader was not told.
    NotTold,
    /// Telling the client is put off, for a recorded reason.
    PutOff,
    /// Veilig Thuis or the Board did it (T1b-7).
    Confidential,
    /// It follows, or shows, something that is left out.
    WithAnother,
}

impl LeftOut {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Withheld => "withheld",
            Self::Withholding => "withholding",
            Self::NotTold => "not-told",
            Self::PutOff => "put-off",
            Self::Confidential => "confidential",
            Self::WithAnother => "with-another",
        }
    }
}

/// What became of telling about a release without consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Whose data.
    pub custodian: OrganisationId,
    /// On which ground.
    pub ground: Ground,
    /// Who was told.
    pub told: Option<PersonRef>,
    /// Whether telling is put off now.
    pub put_off: bool,
}

/// An overview in the making: takes the entries of a client in their order.
pub struct OverviewFilter<'a> {
    reader: &'a PersonRef,
    parties: &'a Parties,
    withheld: Vec<&'a Withholding>,
    tellings: &'a BTreeMap<u64, Telling>,
    left_out: BTreeSet<u64>,
    consents: BTreeSet<ConsentId>,
}

impl<'a> OverviewFilter<'a> {
    /// For this reader, by what all custodians withhold of this client, and what became of each release without consent.
    pub fn new(
        reader: &'a PersonRef,
        parties: &'a Parties,
        registrations: impl Iterator<Item = &'a Registration>,
        tellings: &'a BTreeMap<u64, Telling>,
    ) -> Self {
        let withheld = registrations.flat_map(|registration| &registration.withheld).collect();
        Self { reader, parties, withheld, tellings, left_out: BTreeSet::new(), consents: BTreeSet::new() }
    }

    /// The entry as the reader may know it, or why it is left out.
    pub fn take(&mut self, index: u64, entry: &Entry) -> Result<Entry, LeftOut> {
        let shown = match self.reason(index, entry) {
            Some(reason) => Err(reason),
            None if self.reader.is_client() => Ok(entry.clone()),
            None => self.event(&entry.event).map(|event| Entry { event, ..entry.clone() }),
        };
        if shown.is_err() {
            self.left_out.insert(index);
            self.consents.extend(entry.event.consent().map(|consent| consent.id.clone()));
        }
        shown
    }

    /// A consent as the reader may know it, after all entries were taken.
    pub fn consent(&self, consent: &Consent) -> Option<Consent> {
        if self.reader.is_client() {
            return Some(consent.clone());
        }
        let known = !self.consents.contains(&consent.id);
        known.then(|| self.pruned(consent).ok()).flatten()
    }

    fn reason(&self, index: u64, entry: &Entry) -> Option<LeftOut> {
        let about = entry.event.comes_after();
        if about.or_else(|| read_alone(&entry.event)).is_some_and(|index| self.left_out.contains(&index)) {
            return Some(LeftOut::WithAnother);
        }
        if self.reader.is_client() { self.put_off(index, entry) } else { self.withheld(index, entry) }
    }

    /// What was asked of a custodian on a ground of which the client is told later.
    fn put_off(&self, index: u64, entry: &Entry) -> Option<LeftOut> {
        let on = match &entry.event {
            Event::Disclosure(d) => (&d.custodian, d.ground, self.tellings.contains_key(&index)),
            Event::Previewed(p) => (&p.custodian, p.ground, false),
            _ => return None,
        };
        let (custodian, ground, released) = on;
        let same = |(release, telling): (&u64, &Telling)| {
            let about_it = if released {
                *release == index
            } else {
                telling.custodian == *custodian && telling.ground == ground
            };
            telling.put_off && about_it
        };
        self.tellings.iter().any(same).then_some(LeftOut::PutOff)
    }

    fn withheld(&self, index: u64, entry: &Entry) -> Option<LeftOut> {
        if self.withheld.iter().any(|withholding| withholding.covers_entry(index)) {
            return Some(LeftOut::Withheld);
        }
        if entry.event.consent().is_some_and(|consent| self.consents.contains(&consent.id)) {
            return Some(LeftOut::WithAnother);
        }
        match &entry.event {
            Event::DestructionRequested(asked) if asked.asked_by != *self.reader => {
                return Some(LeftOut::NotTold);
            }
            Event::WithheldFromRepresentatives(_) | Event::WithholdingLifted(_) => {
                return Some(LeftOut::Withholding);
            }
            Event::Disclosure(d) if !d.ground.rests_on_trust() => {
                let told = self.tellings.get(&index).and_then(|telling| telling.told.as_ref());
                return (told != Some(self.reader)).then_some(LeftOut::NotTold);
            }
            Event::Previewed(p) if !p.ground.rests_on_trust() => return Some(LeftOut::NotTold),
            _ => {}
        }
        let by = entry.actor.as_ref().and_then(|actor| self.parties.get(&actor.hat.organisation));
        let confidential = [PartyKind::VeiligThuis, PartyKind::Rvdk];
        by.is_some_and(|party| confidential.contains(&party.kind)).then_some(LeftOut::Confidential)
    }

    /// Whether this field is withheld from who represents the client.
    fn hides(&self, field: FieldCode) -> bool {
        self.withheld.iter().any(|withholding| withholding.covers_field(field))
    }

    /// The event without the fields that are withheld; left out where it was about nothing else.
    fn event(&self, event: &Event) -> Result<Event, LeftOut> {
        if !self.withheld.iter().any(|w| matches!(w.items, WithheldItems::Fields(_))) {
            return Ok(event.clone());
        }
        let mut shown = event.clone();
        let left = match &mut shown {
            Event::Disclosure(d) => {
                d.released.iter_mut().for_each(|group| group.fields.retain(|field| !self.hides(*field)));
                d.withheld.iter_mut().for_each(|group| group.fields.retain(|field| !self.hides(*field)));
                d.released.retain(|group| !group.fields.is_empty());
                d.withheld.retain(|group| !group.fields.is_empty());
                !d.released.is_empty() || !d.withheld.is_empty()
            }
            Event::Previewed(p) => {
                p.permitted.retain(|field| !self.hides(*field));
                p.withheld.retain(|(field, _)| !self.hides(*field));
                !p.permitted.is_empty() || !p.withheld.is_empty()
            }
            Event::ConsentRecorded(consent)
            | Event::GrantAdded(consent)
            | Event::ConsentWithdrawn(consent)
            | Event::RefusalOverridden(consent)
            | Event::OverrideConfirmed(consent)
            | Event::OverrideRevoked(consent) => {
                *consent = self.pruned(consent)?;
                true
            }
            _ => true,
        };
        if left { Ok(shown) } else { Err(LeftOut::Withheld) }
    }

    fn pruned(&self, consent: &Consent) -> Result<Consent, LeftOut> {
        let mut shown = consent.clone();
        let fields = match &mut shown.stance {
            Stance::Permit(permit) => Some(&mut permit.fields),
            Stance::Objection(objection) => objection.fields.as_mut(),
        };
        let Some(fields) = fields else { return Ok(shown) };
        fields.retain(|field| !self.hides(*field));
        // No fields would be read as all of them.
        if fields.is_empty() { Err(LeftOut::Withheld) } else { Ok(shown) }
    }
}

/// The one entry that somebody looked at.
fn read_alone(event: &Event) -> Option<u64> {
    let Event::LogRead(read) = event else { return None };
    let LogRead { view, from, .. } = &**read;
    matches!(view, LogView::Entry | LogView::Explanation).then_some(*from)
}

#[cfg(test)]
mod tests;
