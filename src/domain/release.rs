//! A release without consent, and what became of it, as the entries since then say.
//!
//! What may follow on what is said here once: the gateway asks before it records, the writer when it records, and the audit
//! when it reads the ledger again from its beginning.

use crate::domain::entry::{Actor, Entry};
use crate::domain::event::Event;
use crate::domain::follow_up::ReviewVerdict;
use crate::domain::ground::Ground;
use crate::domain::id::{ClientRef, OrganisationId};
use crate::domain::time::Timestamp;

/// A release on a ground that does not rest on the client's trust, and what became of its notice and review.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnconsentedRelease {
    /// The entry of the release.
    pub entry: u64,
    /// About whom.
    pub client: ClientRef,
    /// Whose data.
    pub custodian: OrganisationId,
    /// Who got it.
    pub actor: Actor,
    /// On which ground.
    pub ground: Ground,
    /// When.
    pub at: Timestamp,
    /// Where it carries the answers of an emergency: until when they hold.
    pub answers_until: Option<Timestamp>,
    /// The client is told before this moment; later while that is put off.
    pub tell_by: Timestamp,
    /// The newest entry that put it off.
    pub delayed_in: Option<u64>,
    /// The entry that says that the client was told.
    pub told_in: Option<u64>,
    /// After an emergency: it is judged before this moment.
    pub review_by: Option<Timestamp>,
    /// The newest verdict, and its entry.
    pub reviewed: Option<(u64, ReviewVerdict)>,
}

/// Why a release cannot be followed up so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FollowUpRefused {
    /// Only R09, R10 and R15 are reviewed.
    #[error("entry: is not an emergency, so there is nothing to review")]
    NotAnEmergency,
    /// Four eyes.
    #[error("you asked for this release yourself; another officer of your organisation must review it")]
    OwnRelease,
    /// There is a final verdict.
    #[error("this release was reviewed before, and that verdict stands")]
    Reviewed,
    /// The notice is closed.
    #[error("the client was told of this release before")]
    Told,
    /// A delay ends on a later day.
    #[error("review_on: must be a day after today")]
    ReviewNotLater,
    /// A delay does not last for ever.
    #[error("review_on: is too far away; look at it again sooner, and put it off again if need be")]
    ReviewTooLate,
    /// It is about another release.
    #[error("entry: is not a release without consent of this client's data")]
    NotThisRelease,
}

impl UnconsentedRelease {
    /// The release that this entry is; `None` if it is none. A release without consent that leaves its client untold, or an
    /// emergency unreviewed, is an error: nothing can drop it silently.
    pub fn of(index: u64, entry: &Entry) -> Result<Option<Self>, &'static str> {
        let Event::Disclosure(d) = &entry.event else { return Ok(None) };
        if d.released.is_empty() || d.ground.rests_on_trust() {
            return match (d.follow_up, d.answered_in) {
                (None, None) => Ok(None),
                (None, Some(_)) if d.ground.is_emergency() => Ok(None),
                _ => Err("leaves something to be done that it cannot"),
            };
        }
        let (Some(follow_up), Some(client), Some(actor)) = (d.follow_up, &entry.client, &entry.actor) else {
            return Err("releases without consent and leaves the client untold");
        };
        let emergency = d.ground.is_emergency();
        let answered = follow_up.answers_until.is_some() != d.answered_in.is_some();
        if follow_up.review_by.is_some() != emergency || (emergency && !answered) {
            return Err("is an emergency without its review or its answers, or has them without being one");
        }
        Ok(Some(Self {
            entry: index,
            client: client.clone(),
            custodian: d.custodian.clone(),
            actor: actor.clone(),
            ground: d.ground,
            at: entry.at,
            answers_until: follow_up.answers_until,
            tell_by: follow_up.tell_by,
            delayed_in: None,
            told_in: None,
            review_by: follow_up.review_by,
            reviewed: None,
        }))
    }

    /// Takes an entry that follows this release up, at this index.
    pub fn take(&mut self, index: u64, entry: &Entry) -> Result<(), FollowUpRefused> {
        let (about, custodian) = entry.event.follows_up().ok_or(FollowUpRefused::NotThisRelease)?;
        if about != self.entry || *custodian != self.custodian || entry.client.as_ref() != Some(&self.client)
        {
            return Err(FollowUpRefused::NotThisRelease);
        }
        match &entry.event {
            Event::EmergencyReviewed(review) => {
                self.review_by.ok_or(FollowUpRefused::NotAnEmergency)?;
                if entry.actor.as_ref().is_none_or(|actor| actor.requester == self.actor.requester) {
                    return Err(FollowUpRefused::OwnRelease);
                }
                if self.is_reviewed() {
                    return Err(FollowUpRefused::Reviewed);
                }
                self.reviewed = Some((index, review.verdict));
            }
            _ if self.told_in.is_some() => return Err(FollowUpRefused::Told),
            Event::NoticeDelayed(delay) => {
                if delay.until <= Timestamp::end_of(entry.at.date()) {
                    return Err(FollowUpRefused::ReviewNotLater);
                }
                (self.tell_by, self.delayed_in) = (delay.until, Some(index));
            }
            _ => self.told_in = Some(index),
        }
        Ok(())
    }

    /// Whether there is a verdict that leaves nothing to be judged.
    pub fn is_reviewed(&self) -> bool {
        self.reviewed.is_some_and(|(_, verdict)| verdict.is_final())
    }

    /// Whether the review is still to be done, and late.
    pub fn review_is_overdue(&self, now: Timestamp) -> bool {
        !self.is_reviewed() && self.review_by.is_some_and(|by| now >= by)
    }

    /// Whether the client is still to be told, and late.
    pub fn notice_is_overdue(&self, now: Timestamp) -> bool {
        self.told_in.is_none() && now >= self.tell_by
    }

    /// Whether the answers that were given here hold for another ask (ruling 25): by the same professional in the same hat, about
    /// the same client at the same custodian, on the same ground, in time.
    pub fn answers(
        &self,
        actor: &Actor,
        client: &ClientRef,
        custodian: &OrganisationId,
        ground: Ground,
        at: Timestamp,
    ) -> bool {
        (&actor.requester, &actor.hat) == (&self.actor.requester, &self.actor.hat)
            && (client, custodian, ground) == (&self.client, &self.custodian, self.ground)
            && self.at <= at
            && self.answers_until.is_some_and(|until| at < until)
    }
}

#[cfg(test)]
mod tests;
