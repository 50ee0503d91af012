//! Withholding fields and entries from those who represent a client (T1b-3, T1b-7), by the custodian's professionals.

use crate::domain::{
    ClientRef, Event, EvidenceReference, Registration, RegistrationChange, Timestamp, WithheldItems,
    Withholding, WithholdingId, WithholdingReason, WithholdingRefused,
};
use crate::gateway::{ATTEMPTS, Basis, ConsentError, Error, Gateway, Requester};
use crate::store::Sealed;

/// What a professional withholds.
#[derive(Debug, Clone)]
pub struct WithholdRequest {
    /// About whom.
    pub client: ClientRef,
    /// What.
    pub items: WithheldItems,
    /// Why.
    pub reason: WithholdingReason,
    /// Where the written reasons are.
    pub note: EvidenceReference,
    /// When somebody looks again.
    pub review_on: jiff::civil::Date,
}

/// What happened to a registration.
type Happened = fn(Box<RegistrationChange>) -> Event;

impl From<WithholdingRefused> for Error {
    fn from(refused: WithholdingRefused) -> Self {
        Self::Consent(ConsentError::Withholding(refused))
    }
}

impl Gateway {
    /// Withholds something from all who represent the client, until it is lifted.
    pub async fn withhold(
        &self,
        requester: &Requester,
        request: &WithholdRequest,
    ) -> Result<(Withholding, Sealed), Error> {
        if let WithheldItems::Entries(entries) = &request.items {
            for index in entries {
                self.check_entry(requester, &request.client, *index).await?;
            }
        }
        let id = WithholdingId::from_bytes(self.random());
        let withholding = |at| Withholding {
            id: id.clone(),
            items: request.items.clone(),
            reason: request.reason,
            note: request.note.clone(),
            by: requester.actor.requester.clone(),
            at,
            review_on: request.review_on,
        };
        let decide = |registration: &mut Registration, now| {
            let withholding = withholding(now);
            withholding.check()?;
            registration.withheld.push(withholding);
            Ok(Event::WithheldFromRepresentatives as Happened)
        };
        let (at, sealed) = self.change_registration(requester, &request.client, &id, decide).await?;
        Ok((withholding(at), sealed))
    }

    /// Ends a withholding.
    pub async fn lift_withholding(
        &self,
        requester: &Requester,
        client: &ClientRef,
        id: &WithholdingId,
    ) -> Result<Sealed, Error> {
        let decide = |registration: &mut Registration, _| {
            let before = registration.withheld.len();
            registration.withheld.retain(|w| w.id != *id);
            if registration.withheld.len() == before {
                return Err(Error::NotFound("withholding"));
            }
            Ok(Event::WithholdingLifted as Happened)
        };
        Ok(self.change_registration(requester, client, id, decide).await?.1)
    }

    /// An entry can be withheld only where it is about this client at the caller's organisation.
    async fn check_entry(&self, requester: &Requester, client: &ClientRef, index: u64) -> Result<(), Error> {
        let row = self.store.entry(index).await?;
        let own = row.is_some_and(|row| {
            row.entry.client.as_ref() == Some(client)
                && row.entry.custodian() == Some(&requester.actor.hat.organisation)
        });
        if own { Ok(()) } else { Err(WithholdingRefused::NotThisClients(index).into()) }
    }

    async fn change_registration(
        &self,
        requester: &Requester,
        client: &ClientRef,
        id: &WithholdingId,
        decide: impl Fn(&mut Registration, Timestamp) -> Result<Happened, Error>,
    ) -> Result<(Timestamp, Sealed), Error> {
        let custodian = &requester.actor.hat.organisation;
        for _ in 0..ATTEMPTS {
            let now = self.clock.decide_at()?;
            let covenant = self.covenant();
            // Decided on what is stored, not on what is remembered, as every change is.
            let current = self.register.anew(client).await?;
            let file = current.at(custodian).ok_or(ConsentError::NotRegistered)?;
            let mut registration = file.registration.clone();
            let happened = decide(&mut registration, now)?;
            let change =
                RegistrationChange { custodian: custodian.clone(), withholding: id.clone(), registration };
            let basis = Basis { at: now, covenant: &covenant, client, revision: current.revision };
            let entry = self.entry(requester, &basis, happened(Box::new(change)));
            if let Some(sealed) = self.seal(client, entry).await? {
                self.register.forget(client);
                return Ok((now, sealed));
            }
        }
        Err(Error::Contended)
    }
}
