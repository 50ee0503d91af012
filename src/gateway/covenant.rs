//! Bringing a covenant into force: an entry first, then the rules.

use std::sync::Arc;

use crate::domain::{Actor, Entry, Event, Nonce, TraceId};
use crate::gateway::{ATTEMPTS, Error, Gateway};
use crate::policy::Covenant;
use crate::store::SealOutcome;

/// The covenant that decisions are made under, and the revision of its parties.
#[derive(Clone)]
pub struct CovenantInForce {
    /// The rules.
    pub covenant: Arc<Covenant>,
    /// Counts up with every change of the list of parties.
    pub party_revision: i64,
}

/// Why a covenant did not come into force. The one before stays.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// Its entry could not be written.
    #[error("the covenant could not be recorded: {0}")]
    Store(#[from] crate::store::Error),
    /// Another replica keeps bringing another covenant into force.
    #[error("another gateway keeps adopting another covenant; give all replicas the same")]
    Contended,
}

impl Gateway {
    /// The covenant in force.
    pub fn covenant(&self) -> Arc<CovenantInForce> {
        self.covenant.load_full()
    }

    /// Records the covenant in the ledger and decides by it from then on. One that is in force already is not
    /// recorded again.
    pub async fn adopt(&self, covenant: Arc<Covenant>) -> Result<(), AdoptError> {
        for _ in 0..ATTEMPTS {
            let (digest, parties, revision) = self.store.covenant().await?;
            if digest == covenant.digest.as_str() {
                self.covenant.store(Arc::new(CovenantInForce { covenant, party_revision: revision }));
                return Ok(());
            }
            let next = revision + i64::from(parties != covenant.parties_digest.as_str());
            let entry = Entry {
                format: Entry::format(),
                at: self.clock.decide_at()?,
                nonce: Nonce::new(self.random()),
                trace: TraceId::from_bytes(self.random()),
                covenant: covenant.digest.clone(),
                parties: next,
                client: None,
                revision: None,
                actor: None::<Actor>,
                event: Event::CovenantAdopted { parties: covenant.parties_digest.clone() },
            };
            if let SealOutcome::Sealed(_) = self.ledger.adopt(entry, covenant.files.clone()).await? {
                self.covenant.store(Arc::new(CovenantInForce { covenant, party_revision: next }));
                return Ok(());
            }
        }
        Err(AdoptError::Contended)
    }
}

impl From<AdoptError> for Error {
    fn from(error: AdoptError) -> Self {
        match error {
            AdoptError::Store(error) => Self::Store(error),
            AdoptError::Contended => Self::Contended,
        }
    }
}
