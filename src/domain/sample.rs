//! What an officer makes of an entry that was drawn for a sample (rules.md §7, P6).
//!
//! What is always true here:
//! 1. A verdict is about the officer's own record: it is on the own side of the ledger, and the other side of the disclosure does not
//!    read it.
//! 2. Nobody judges what they asked themselves (four eyes).
//! 3. What is done about it is chosen from a list, and why stands in the organisation's own file: here is a reference to it, and
//!    never a text.
//! 4. A later verdict of the same sample counts in the place of an earlier one, and both stay.

use crate::domain::entry::{Actor, Entry};
use crate::domain::event::Event;
use crate::domain::id::{ClientRef, EvidenceReference, OrganisationId, SampleSeed};

/// Whether an entry is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleVerdict {
    /// *In orde.*
    InOrder,
    /// *Niet in orde.*
    NotInOrder,
    /// *Nadere vraag*: a later verdict answers it.
    FurtherQuestion,
}

impl SampleVerdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::InOrder, Self::NotInOrder, Self::FurtherQuestion];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InOrder => "in_order",
            Self::NotInOrder => "not_in_order",
            Self::FurtherQuestion => "further_question",
        }
    }

    /// From the stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }
}

/// What is done about an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleFollowUp {
    /// Nothing.
    Nothing,
    /// A talk with the professional.
    Talk,
    /// What was recorded or released is put right (GDPR art. 16 and 19).
    Correction,
    /// The procedure for data breaches begins (GDPR art. 33).
    BreachProcedure,
    /// Somebody's access was changed.
    AccessAdjusted,
}

impl SampleFollowUp {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Nothing, Self::Talk, Self::Correction, Self::BreachProcedure, Self::AccessAdjusted];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Talk => "talk",
            Self::Correction => "correction",
            Self::BreachProcedure => "breach_procedure",
            Self::AccessAdjusted => "access_adjusted",
        }
    }

    /// From the stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|follow_up| follow_up.as_str() == text)
    }
}

/// An entry of a sample was judged, by the officer who is the actor of the entry that says so.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleJudgement {
    /// Which entry.
    pub entry: u64,
    /// Which sample: what it is drawn by. Whether an entry is drawn depends on its index and this, whatever the period.
    pub seed: SampleSeed,
    /// Whether it is as it should be.
    pub verdict: SampleVerdict,
    /// What is done about it.
    pub follow_up: SampleFollowUp,
    /// Where the organisation's own file says why; it may be absent where all is in order.
    pub note: Option<EvidenceReference>,
}

/// Why an entry cannot be judged so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SampleRefused {
    /// It is no request that a sample could draw, or of other organisations.
    #[error("entry: is not a request on your organisation's side that a sample could draw")]
    NotDrawable,
    /// Four eyes.
    #[error("you asked this yourself; another officer of your organisation must judge it")]
    OwnRequest,
    /// Both cannot be.
    #[error(
        "follow_up: an entry that is in order leaves nothing to be done; choose nothing, or another verdict"
    )]
    NothingToFollowUp,
    /// Somebody will ask why.
    #[error("note_reference: say where your own file says why; only what is in order needs no reference")]
    NoteMissing,
}

impl SampleJudgement {
    /// Whether its parts agree with each other.
    pub fn is_whole(&self) -> Result<(), SampleRefused> {
        match (self.verdict, self.follow_up, &self.note) {
            (SampleVerdict::InOrder, SampleFollowUp::Nothing, _) => Ok(()),
            (SampleVerdict::InOrder, _, _) => Err(SampleRefused::NothingToFollowUp),
            (_, _, None) => Err(SampleRefused::NoteMissing),
            _ => Ok(()),
        }
    }

    /// Whether this officer may judge this entry so.
    pub fn holds_for(&self, officer: &Actor, judged: &Entry) -> Result<(), SampleRefused> {
        let drawn = Drawable::of(judged).filter(|drawn| drawn.is_on_side(&officer.hat.organisation));
        if drawn.ok_or(SampleRefused::NotDrawable)?.is_by(officer) {
            return Err(SampleRefused::OwnRequest);
        }
        self.is_whole()
    }
}

/// A request that a sample can draw: the first of its id, for a repeat is the same question again.
#[derive(Debug, Clone, Copy)]
pub struct Drawable<'a> {
    /// About whom.
    pub client: &'a ClientRef,
    asker: &'a Actor,
    entry: &'a Entry,
}

impl<'a> Drawable<'a> {
    /// What this entry is, if it is one.
    pub fn of(entry: &'a Entry) -> Option<Self> {
        let Event::Disclosure(asked) = &entry.event else { return None };
        let (client, asker) = (entry.client.as_ref()?, entry.actor.as_ref()?);
        asked.repeat_of.is_none().then_some(Self { client, asker, entry })
    }

    /// Whether it was asked by or of this organisation.
    pub fn is_on_side(&self, own: &OrganisationId) -> bool {
        self.asker.hat.organisation == *own || self.entry.custodian() == Some(own)
    }

    /// Whether this officer asked it.
    pub fn is_by(&self, officer: &Actor) -> bool {
        self.asker.requester == officer.requester
    }
}

#[cfg(test)]
mod tests;
