//! Reading the ledger is recorded before what was read is handed over.

use crate::domain::{ClientRef, Entry, Event, LogRead, Nonce};
use crate::gateway::{ATTEMPTS, Error, Gateway, Requester};
use crate::store::{SealOutcome, Sealed, Submission};

impl Gateway {
    /// Records that somebody reads this of the ledger; `client` is whom it was narrowed to. Hand nothing over unless
    /// this succeeded.
    pub async fn record_log_read(
        &self,
        requester: &Requester,
        client: Option<&ClientRef>,
        read: &LogRead,
    ) -> Result<Sealed, Error> {
        for _ in 0..ATTEMPTS {
            let covenant = self.covenant();
            let revision = match client {
                Some(client) => self.register.current(client).await?.revision,
                None => None,
            };
            let entry = Entry {
                format: Entry::format(),
                at: self.clock.decide_at()?,
                nonce: Nonce::new(self.random()),
                trace: requester.trace.clone(),
                covenant: covenant.covenant.digest.clone(),
                parties: covenant.party_revision,
                client: client.cloned(),
                revision,
                actor: Some(requester.actor.clone()),
                event: Event::LogRead(Box::new(read.clone())),
            };
            match self.submit(Submission { entry, spent: vec![] }).await? {
                SealOutcome::Sealed(sealed) => return Ok(sealed),
                SealOutcome::Stale | SealOutcome::Repeat(_) => {
                    if let Some(client) = client {
                        self.register.forget(client);
                    }
                }
            }
        }
        Err(Error::Contended)
    }
}
