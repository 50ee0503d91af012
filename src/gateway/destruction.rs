//! Recording that a client's file was asked to be destroyed, by the custodian's own people.

use crate::domain::{ClientRef, DestructionOutcome, DestructionRequest, Event, EvidenceReference, PersonRef};
use crate::gateway::{ATTEMPTS, Basis, ConsentError, Error, Gateway, Requester};
use crate::store::Sealed;

impl Gateway {
    /// Records the request and what came of it. Nothing else changes: what the custodian no longer has is not disclosed, because it
    /// is not there.
    pub async fn record_destruction(
        &self,
        requester: &Requester,
        client: &ClientRef,
        asked_by: &PersonRef,
        outcome: DestructionOutcome,
        note: &EvidenceReference,
    ) -> Result<Sealed, Error> {
        let custodian = &requester.actor.hat.organisation;
        for _ in 0..ATTEMPTS {
            let at = self.clock.decide_at()?;
            let covenant = self.covenant();
            let current = self.register.current(client).await?;
            current.at(custodian).ok_or(ConsentError::NotRegistered)?;
            let request = DestructionRequest {
                custodian: custodian.clone(),
                asked_by: asked_by.clone(),
                outcome,
                note: note.clone(),
            };
            let basis = Basis { at, covenant: &covenant, client, revision: current.revision };
            let entry = self.entry(requester, &basis, Event::DestructionRequested(request));
            if let Some(sealed) = self.seal(client, entry).await? {
                return Ok(sealed);
            }
        }
        Err(Error::Contended)
    }
}
