//! Passing a holder's recorded refusal (T1-05; ruling 14): one professional of the custodian decides, a second confirms with
//! a token of their own, and either ends it. Each step is an entry.

use crate::domain::{
    ClientRef, ConsentId, Event, EvidenceReference, Exception, OverrideDecision, OverrideRefused, Timestamp,
};
use crate::gateway::consent::find;
use crate::gateway::{Changed, ConsentError, Error, Gateway, Requester};

/// A professional decides to pass a refusal.
#[derive(Debug, Clone)]
pub struct OverrideRequest {
    /// About whom.
    pub client: ClientRef,
    /// The permit that it is bound to.
    pub consent: ConsentId,
    /// Why.
    pub exception: Exception,
    /// Where the written reasons are.
    pub note: EvidenceReference,
    /// Until when (exclusive).
    pub until: Timestamp,
}

impl From<OverrideRefused> for Error {
    fn from(refused: OverrideRefused) -> Self {
        Self::Consent(ConsentError::Override(refused))
    }
}

impl Gateway {
    /// Decides to pass the refusals that are on record. Opens nothing until it is confirmed.
    pub async fn override_refusal(
        &self,
        requester: &Requester,
        request: &OverrideRequest,
    ) -> Result<Changed, Error> {
        self.change(requester, &request.client, |file, covenant, now| {
            let consent = find(file, &request.consent)?;
            let decision = OverrideDecision {
                exception: request.exception,
                note: request.note.clone(),
                by: requester.actor.requester.clone(),
                until: request.until,
            };
            let profile = covenant.covenant.terms(&consent.custodian).profile;
            let next =
                consent.override_refusal(decision, &file.registration, &file.consents, profile, now)?;
            Ok((next.clone(), Event::RefusalOverridden(next)))
        })
        .await
    }

    /// The second professional's own decision: from then on it counts.
    pub async fn confirm_override(
        &self,
        requester: &Requester,
        client: &ClientRef,
        consent: &ConsentId,
    ) -> Result<Changed, Error> {
        self.change(requester, client, |file, covenant, now| {
            let consent = find(file, consent)?;
            let profile = covenant.covenant.terms(&consent.custodian).profile;
            let by = &requester.actor.requester;
            let next = consent.confirm_override(by, &file.registration, &file.consents, profile, now)?;
            Ok((next.clone(), Event::OverrideConfirmed(next)))
        })
        .await
    }

    /// Ends it. When this returns, no later answer of any replica rests on it.
    pub async fn revoke_override(
        &self,
        requester: &Requester,
        client: &ClientRef,
        consent: &ConsentId,
    ) -> Result<Changed, Error> {
        self.change(requester, client, |file, _, now| {
            let next = find(file, consent)?.revoke_override(now)?;
            Ok((next.clone(), Event::OverrideRevoked(next)))
        })
        .await
    }
}
