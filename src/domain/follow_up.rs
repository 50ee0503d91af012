//! What a release without consent leaves to be done: the client is told, and an emergency is reviewed.
//!
//! What is always true here:
//! 1. "Without consent" is not "without knowledge" (rules.md 2.3): every such release opens a notice, and only an entry that
//!    says the client was told closes it. Telling can be put off, with a reason and a day on which it is looked at again.
//! 2. The deadlines are in the entry of the release itself, as the covenant set them then.
//! 3. Why somebody decided so stands in the custodian's file; here is the reference to it, and never a text.

use crate::domain::evidence::DelayReason;
use crate::domain::id::{EvidenceReference, OrganisationId, PersonRef};
use crate::domain::time::Timestamp;

/// What a release without consent leaves to be done, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// The client is told before this moment.
    pub tell_by: Timestamp,
    /// After an emergency: a privacy officer has judged it before this moment.
    pub review_by: Option<Timestamp>,
    /// Where this entry carries the answers of an emergency: until when the professional need not repeat them (ruling 25).
    pub answers_until: Option<Timestamp>,
}

/// A privacy officer's judgement of an emergency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewVerdict {
    /// It could not have waited for consent.
    Justified,
    /// It should not have happened.
    NotJustified,
    /// Not known yet; it stays on the list.
    NeedsFollowUp,
}

impl ReviewVerdict {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Justified => "justified",
            Self::NotJustified => "not_justified",
            Self::NeedsFollowUp => "needs_follow_up",
        }
    }

    /// From the stored name.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Justified, Self::NotJustified, Self::NeedsFollowUp];
        all.into_iter().find(|verdict| verdict.as_str() == text)
    }

    /// Whether nothing is left to be judged.
    pub fn is_final(self) -> bool {
        self != Self::NeedsFollowUp
    }
}

/// How the client was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToldHow {
    /// In a conversation.
    Conversation,
    /// By telephone.
    Telephone,
    /// By letter.
    Letter,
    /// In the client's portal.
    Portal,
}

/// An emergency was judged, by the officer who is the actor of the entry.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyReview {
    /// Whose data was released.
    pub custodian: OrganisationId,
    /// By which entry.
    pub entry: u64,
    /// How it was judged.
    pub verdict: ReviewVerdict,
    /// Where the custodian's file says why.
    pub note: EvidenceReference,
}

/// The client was told of a release, by the actor of the entry.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeGiven {
    /// Whose data was released.
    pub custodian: OrganisationId,
    /// By which entry.
    pub entry: u64,
    /// Who was told: the client, or who stands in the client's place.
    pub told: PersonRef,
    /// How.
    pub how: ToldHow,
    /// Where the custodian's file says so.
    pub note: EvidenceReference,
}

/// Telling the client of a release was put off, by the actor of the entry.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeDelay {
    /// Whose data was released.
    pub custodian: OrganisationId,
    /// By which entry.
    pub entry: u64,
    /// Why.
    pub reason: DelayReason,
    /// Where the custodian's file says more.
    pub note: EvidenceReference,
    /// It is looked at again before this moment: the end of the review date.
    pub until: Timestamp,
}
