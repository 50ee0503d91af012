//! One record of the ledger, in its one canonical encoding.
//!
//! What is always true here:
//! 1. An entry holds pseudonyms and codes: no value, no BSN, no name, no free text.
//! 2. The encoding is versioned JSON with a fixed order of members and no spaces; an encoding that does not decode to
//!    an entry with exactly the same encoding is not an entry.
//! 3. The random nonce makes the leaf hash say nothing about the entry, so an entry can be deleted after its
//!    retention while every proof keeps verifying (threats.md T24).
//! 4. Changes hold the whole new state, so that the ledger alone can rebuild every table and replay every decision.

use crate::domain::consent::Spent;
use crate::domain::consultation::ConsultOutcome;
use crate::domain::destruction::DestructionRequest;
use crate::domain::event::{Event, Outcome};
use crate::domain::follow_up::{EmergencyReview, NoticeDelay, NoticeGiven};
use crate::domain::id::{ClientRef, ConsentId, CovenantDigest, Hat, OrganisationId, RequesterRef, TraceId};
use crate::domain::purpose::PurposeCode;
use crate::domain::time::{Randomness, Timestamp};

/// The most bytes an entry may have: what a C2SP entry bundle can hold.
pub const MAX_ENTRY_BYTES: usize = 65_535;
/// Room for most entries at once.
const USUAL_ENTRY_BYTES: usize = 2_048;

const FORMAT: u8 = 1;

/// A random 128-bit number, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Nonce(TraceId);

impl Nonce {
    /// From 16 random bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(TraceId::from_bytes(bytes))
    }
}

/// How sure it is that the professional is who the token says (eIDAS, Regulation (EU) 910/2014 art. 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthenticationLevel {
    /// *Laag*.
    Low,
    /// *Substantieel*.
    Substantial,
    /// *Hoog*.
    High,
}

impl AuthenticationLevel {
    /// As the claim `acr` spells it.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Low, Self::Substantial, Self::High].into_iter().find(|level| level.as_str() == text)
    }

    /// As the claim `acr` spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The professional, as a pseudonym.
    pub requester: RequesterRef,
    /// In which hat; the organisation is the responsible one.
    pub hat: Hat,
    /// How sure that is.
    pub level: AuthenticationLevel,
}

/// One record of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Version of the encoding.
    pub format: u8,
    /// When it was decided.
    pub at: Timestamp,
    /// 128 random bits.
    pub nonce: Nonce,
    /// Ties it to the records of the systems around it.
    pub trace: TraceId,
    /// The covenant it was decided under.
    pub covenant: CovenantDigest,
    /// The revision of the parties it was decided under.
    pub parties: i64,
    /// Whom it is about.
    pub client: Option<ClientRef>,
    /// The revision of the client's registration and consents it was decided on; absent while the client is unknown.
    pub revision: Option<i64>,
    /// Who did it; absent for what the gateway does itself.
    pub actor: Option<Actor>,
    /// What happened.
    pub event: Event,
}

/// Why bytes are not an entry, or an entry cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryProblem {
    /// Larger than [`MAX_ENTRY_BYTES`].
    #[error("an entry is at most {MAX_ENTRY_BYTES} bytes")]
    TooLarge,
    /// Not an entry, or not in its canonical encoding.
    #[error("not an entry in its canonical encoding")]
    NotCanonical,
}

impl Entry {
    /// What the gateway does itself, about no client.
    pub fn by_the_gateway(
        at: Timestamp,
        randomness: &dyn Randomness,
        covenant: CovenantDigest,
        parties: i64,
        event: Event,
    ) -> Self {
        let mut random = [[0; 16]; 2];
        for bytes in &mut random {
            randomness.fill(bytes);
        }
        let [nonce, trace] = random;
        Self {
            format: FORMAT,
            at,
            nonce: Nonce::new(nonce),
            trace: TraceId::from_bytes(trace),
            covenant,
            parties,
            client: None,
            revision: None,
            actor: None,
            event,
        }
    }

    /// The version of the encoding that this gateway writes.
    pub fn format() -> u8 {
        FORMAT
    }

    /// The canonical encoding.
    pub fn encode(&self) -> Result<Vec<u8>, EntryProblem> {
        let mut bytes = Vec::with_capacity(USUAL_ENTRY_BYTES);
        serde_json::to_writer(&mut bytes, self).map_err(|_| EntryProblem::NotCanonical)?;
        if bytes.len() > MAX_ENTRY_BYTES { Err(EntryProblem::TooLarge) } else { Ok(bytes) }
    }

    /// Reads an entry, and refuses one that is not in its canonical encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryProblem> {
        let entry: Self = serde_json::from_slice(bytes).map_err(|_| EntryProblem::NotCanonical)?;
        if entry.format == FORMAT && entry.encode()? == bytes {
            Ok(entry)
        } else {
            Err(EntryProblem::NotCanonical)
        }
    }

    /// Whether it is about the record itself, rather than about what was done with clients' data.
    pub fn is_about_the_record(&self) -> bool {
        matches!(self.event, Event::LogRead(_) | Event::LedgerResumed(_) | Event::Expired(_))
    }

    /// The stored and filtered name of the event.
    pub fn event_name(&self) -> &'static str {
        match self.event {
            Event::Disclosure(_) => "disclosure",
            Event::Previewed(_) => "previewed",
            Event::Consulted(_) => "consulted",
            Event::Refused { .. } => "refused",
            Event::Registered { .. } => "registered",
            Event::ConsentRecorded(_) => "consent-recorded",
            Event::GrantAdded(_) => "grant-added",
            Event::ConsentWithdrawn(_) => "consent-withdrawn",
            Event::RefusalOverridden(_) => "refusal-overridden",
            Event::OverrideConfirmed(_) => "override-confirmed",
            Event::OverrideRevoked(_) => "override-revoked",
            Event::WithheldFromRepresentatives(_) => "withheld-from-representatives",
            Event::WithholdingLifted(_) => "withholding-lifted",
            Event::EmergencyReviewed(_) => "emergency-reviewed",
            Event::ClientNotified(_) => "client-notified",
            Event::NoticeDelayed(_) => "notice-delayed",
            Event::SampleJudged(_) => "sample-judged",
            Event::DestructionRequested(_) => "destruction-requested",
            Event::LogRead(_) => "log-read",
            Event::LedgerResumed(_) => "ledger-resumed",
            Event::Expired(_) => "expired",
            Event::CovenantAdopted { .. } => "covenant-adopted",
        }
    }

    /// Whose data it is about.
    pub fn custodian(&self) -> Option<&OrganisationId> {
        match &self.event {
            Event::Disclosure(d) => Some(&d.custodian),
            Event::Previewed(p) => Some(&p.custodian),
            // Whose side it is on beside the asker's.
            Event::Consulted(c) => Some(&c.consulted.organisation),
            // The own record, whoever held the data.
            Event::SampleJudged(_) => self.actor.as_ref().map(|actor| &actor.hat.organisation),
            Event::EmergencyReviewed(EmergencyReview { custodian, .. })
            | Event::ClientNotified(NoticeGiven { custodian, .. })
            | Event::NoticeDelayed(NoticeDelay { custodian, .. })
            | Event::DestructionRequested(DestructionRequest { custodian, .. }) => Some(custodian),
            changed => {
                let registered = changed.registration().map(|(custodian, _)| custodian);
                registered.or_else(|| changed.consent().map(|c| &c.custodian))
            }
        }
    }

    /// For what.
    pub fn purpose(&self) -> Option<PurposeCode> {
        match &self.event {
            Event::Disclosure(d) => Some(d.purpose),
            Event::Previewed(p) => Some(p.purpose),
            Event::Consulted(c) => Some(c.purpose),
            changed => changed.consent().and_then(|c| c.permit()).map(|p| p.purpose),
        }
    }

    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        match &self.event {
            Event::Disclosure(d) if d.failure.is_some() => Outcome::Failed,
            Event::Disclosure(d) => match (d.released.is_empty(), d.withheld.is_empty()) {
                (true, _) => Outcome::Withheld,
                (false, true) => Outcome::Released,
                (false, false) => Outcome::Partial,
            },
            Event::Consulted(c) if c.outcome != ConsultOutcome::Accepted => Outcome::Withheld,
            Event::Refused { .. } => Outcome::Withheld,
            _ => Outcome::Done,
        }
    }

    /// Which consents this entry spends, and by which use.
    pub fn spends(&self) -> Option<(&[ConsentId], Spent)> {
        let Event::Disclosure(d) = &self.event else { return None };
        let organisation = self.actor.as_ref().filter(|_| !d.spends.is_empty())?.hat.organisation.clone();
        Some((&d.spends, Spent { organisation, request: d.request.clone(), at: self.at }))
    }
}

#[cfg(test)]
mod tests;
