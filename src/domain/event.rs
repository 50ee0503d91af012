//! What an entry can say happened.

use crate::domain::client::Registration;
use crate::domain::consent::Consent;
use crate::domain::consultation::ConsultEvent;
use crate::domain::destruction::DestructionRequest;
use crate::domain::disclosure::Disclosure;
use crate::domain::evidence::GroundEvidence;
use crate::domain::field::{FieldCode, LifeDomain};
use crate::domain::follow_up::{EmergencyReview, FollowUp, NoticeDelay, NoticeGiven};
use crate::domain::ground::Ground;
use crate::domain::id::{ConsentId, CovenantDigest, OrganisationId, RequestId, WithholdingId};
use crate::domain::log_read::LogRead;
use crate::domain::preview::PreviewEvent;
use crate::domain::purpose::PurposeCode;
use crate::domain::resumption::LedgerResumed;
use crate::domain::retention::Expiry;
use crate::domain::ruling::{Because, CustodianFailure, Told};
use crate::domain::sample::SampleJudgement;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Somebody asked, and got this.
    Disclosure(DisclosureEvent),
    /// Somebody asked what a recipient would get, without getting it.
    Previewed(PreviewEvent),
    /// Somebody asked another party to think along, about nobody in particular.
    Consulted(ConsultEvent),
    /// Somebody asked for a client in a way that could not be answered.
    Refused {
        /// What was called.
        method: String,
        /// The stable code of the refusal.
        reason: String,
    },
    /// A custodian registered a client, or registered anew.
    Registered {
        /// Which custodian.
        custodian: OrganisationId,
        /// What, whole.
        registration: Registration,
    },
    /// A consent or objection was recorded.
    ConsentRecorded(Consent),
    /// Another person agreed; the whole new version.
    GrantAdded(Consent),
    /// A consent or objection was taken back, whole or by field; the whole new version.
    ConsentWithdrawn(Consent),
    /// A professional decided to pass a holder's refusal (T1-05); the whole new version.
    RefusalOverridden(Consent),
    /// A second professional confirmed that; the whole new version.
    OverrideConfirmed(Consent),
    /// It was ended; the whole new version.
    OverrideRevoked(Consent),
    /// A professional withheld something from representatives (T1b-3); the whole new registration.
    WithheldFromRepresentatives(Box<RegistrationChange>),
    /// That was ended; the whole new registration.
    WithholdingLifted(Box<RegistrationChange>),
    /// A privacy officer of the custodian judged an emergency release.
    EmergencyReviewed(EmergencyReview),
    /// The client was told of a release without consent.
    ClientNotified(NoticeGiven),
    /// Telling the client was put off.
    NoticeDelayed(NoticeDelay),
    /// A privacy officer judged an entry that was drawn for a sample.
    SampleJudged(SampleJudgement),
    /// The client's file was asked to be destroyed.
    DestructionRequested(DestructionRequest),
    /// Somebody read the ledger.
    LogRead(Box<LogRead>),
    /// The operator had the ledger go on against the checkpoint in the second place.
    LedgerResumed(LedgerResumed),
    /// The retention of the oldest entries ended.
    Expired(Expiry),
    /// A covenant came into force.
    CovenantAdopted {
        /// The digest of its list of parties.
        parties: CovenantDigest,
    },
}

/// What a decision made of a registration.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationChange {
    /// Which custodian.
    pub custodian: OrganisationId,
    /// Which withholding.
    pub withholding: WithholdingId,
    /// The registration, whole.
    pub registration: Registration,
}

impl Event {
    /// The consent in its new version, if that is what happened.
    pub fn consent(&self) -> Option<&Consent> {
        match self {
            Self::ConsentRecorded(consent)
            | Self::GrantAdded(consent)
            | Self::ConsentWithdrawn(consent)
            | Self::RefusalOverridden(consent)
            | Self::OverrideConfirmed(consent)
            | Self::OverrideRevoked(consent) => Some(consent),
            _ => None,
        }
    }

    /// The registration as it is from then on, and at which custodian, if that is what happened.
    pub fn registration(&self) -> Option<(&OrganisationId, &Registration)> {
        match self {
            Self::Registered { custodian, registration } => Some((custodian, registration)),
            Self::WithheldFromRepresentatives(change) | Self::WithholdingLifted(change) => {
                Some((&change.custodian, &change.registration))
            }
            _ => None,
        }
    }
}

/// A request and its answer, without values.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureEvent {
    /// Which request.
    pub request: RequestId,
    /// The first entry of this request, if this is a repeat (ruling 24).
    pub repeat_of: Option<u64>,
    /// Whose data.
    pub custodian: OrganisationId,
    /// For what.
    pub purpose: PurposeCode,
    /// The agenda of a case conference.
    pub life_domains: Vec<LifeDomain>,
    /// On which ground.
    pub ground: Ground,
    /// What was brought forward for it: which answers, references and dates; no text.
    pub evidence: Option<GroundEvidence>,
    /// Whether the requester has a relation to the client (ruling 3).
    pub related: bool,
    /// What was released, by what determined it.
    pub released: Vec<ReleasedFields>,
    /// What was withheld, by what determined it.
    pub withheld: Vec<WithheldFields>,
    /// What went wrong at the custodian.
    pub failure: Option<CustodianFailure>,
    /// The single uses that this release spent.
    pub spends: Vec<ConsentId>,
    /// The entry that carries the answers of this emergency, if this one does not (ruling 25).
    pub answered_in: Option<u64>,
    /// What a release without consent leaves to be done.
    pub follow_up: Option<FollowUp>,
}

/// Fields released by the same rule on the same consent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedFields {
    /// The rule.
    pub rule: String,
    /// The consent and its version.
    pub consent: Option<(ConsentId, u32)>,
    /// The fields, in the order asked.
    pub fields: Vec<FieldCode>,
}

/// Fields withheld for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithheldFields {
    /// The rule.
    pub rule: String,
    /// The fine reason.
    pub because: Because,
    /// What the requester heard.
    pub told: Told,
    /// The fields, in the order asked.
    pub fields: Vec<FieldCode>,
}

/// How a disclosure ended, for searching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every field was released.
    Released,
    /// Some fields were released.
    Partial,
    /// No field was released.
    Withheld,
    /// The custodian failed.
    Failed,
    /// Not a disclosure.
    Done,
}

impl Outcome {
    /// The stored and filtered name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Partial => "partial",
            Self::Withheld => "withheld",
            Self::Failed => "failed",
            Self::Done => "done",
        }
    }
}

impl Event {
    /// The release that it follows up, and whose data that was.
    pub fn follows_up(&self) -> Option<(u64, &OrganisationId)> {
        match self {
            Self::EmergencyReviewed(review) => Some((review.entry, &review.custodian)),
            Self::ClientNotified(notice) => Some((notice.entry, &notice.custodian)),
            Self::NoticeDelayed(delay) => Some((delay.entry, &delay.custodian)),
            _ => None,
        }
    }

    /// The entry that it comes after: the release that it follows up, or what it judges of a sample.
    pub fn comes_after(&self) -> Option<u64> {
        match self {
            Self::SampleJudged(judgement) => Some(judgement.entry),
            event => event.follows_up().map(|(about, _)| about),
        }
    }
}

impl DisclosureEvent {
    /// All fields that were asked, released first.
    pub fn asked(&self) -> impl Iterator<Item = FieldCode> {
        let released = self.released.iter().flat_map(|g| &g.fields);
        released.chain(self.withheld.iter().flat_map(|g| &g.fields)).copied()
    }

    /// Groups the verdicts of a disclosure by what determined them.
    pub fn group(disclosure: &Disclosure) -> (Vec<ReleasedFields>, Vec<WithheldFields>) {
        let mut released: Vec<ReleasedFields> = Vec::new();
        for field in disclosure.released() {
            match released.iter_mut().find(|g| *g.rule == *field.rule && g.consent == field.consent) {
                Some(group) => group.fields.push(field.field),
                None => released.push(ReleasedFields {
                    rule: field.rule.to_string(),
                    consent: field.consent.clone(),
                    fields: vec![field.field],
                }),
            }
        }
        let mut withheld: Vec<WithheldFields> = Vec::new();
        for field in disclosure.withheld() {
            let same = |g: &&mut WithheldFields| {
                *g.rule == *field.rule && g.because == field.because && g.told == field.told
            };
            match withheld.iter_mut().find(same) {
                Some(group) => group.fields.push(field.field),
                None => withheld.push(WithheldFields {
                    rule: field.rule.to_string(),
                    because: field.because,
                    told: field.told,
                    fields: vec![field.field],
                }),
            }
        }
        (released, withheld)
    }
}
