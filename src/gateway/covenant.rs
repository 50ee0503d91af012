//! Bringing a covenant into force: an entry first, then the rules.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::{CovenantDigest, Entry, Event};
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

/// How long a request waits for the rules in force.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why a covenant did not come into force. The one before stays.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// Its entry could not be written.
    #[error("the covenant could not be recorded: {0}")]
    Store(#[from] crate::store::Error),
    /// Another replica keeps bringing another covenant into force.
    #[error("another gateway keeps adopting another covenant; give all replicas the same")]
    Contended,
    /// Other gateways decide by another one.
    #[error(
        "the covenant {in_force} is in force in this database, and the files of covenant.policies and covenant.parties are {own}. Give \
         this gateway the same files as the others; to bring these into force, change them under a running gateway, or start \
         one with --adopt-covenant"
    )]
    Other {
        /// The digest of the one in force.
        in_force: String,
        /// The digest of the own files.
        own: CovenantDigest,
    },
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
                self.decide_by(CovenantInForce { covenant, party_revision: revision });
                return Ok(());
            }
            let next = revision + i64::from(parties != covenant.parties_digest.as_str());
            let (at, digest) = (self.clock.decide_at()?, covenant.digest.clone());
            let event = Event::CovenantAdopted { parties: covenant.parties_digest.clone() };
            let entry = Entry::by_the_gateway(at, &*self.randomness, digest, next, event);
            if let SealOutcome::Sealed(_) = self.ledger.adopt(entry, covenant.files.clone()).await? {
                self.decide_by(CovenantInForce { covenant, party_revision: next });
                return Ok(());
            }
        }
        Err(AdoptError::Contended)
    }

    /// Fails if another covenant is in force.
    pub(super) async fn confirm(&self, covenant: &Covenant) -> Result<(), AdoptError> {
        let (in_force, ..) = self.store.covenant().await?;
        if in_force.is_empty() || in_force == covenant.digest.as_str() {
            Ok(())
        } else {
            Err(AdoptError::Other { in_force, own: covenant.digest.clone() })
        }
    }

    /// Whether this covenant is the one in force; if so it is decided by, with the revision that its parties have now.
    pub async fn is_in_force(&self, covenant: Arc<Covenant>) -> Result<bool, AdoptError> {
        let (digest, _, party_revision) = self.store.covenant().await?;
        let same = digest == covenant.digest.as_str();
        if same && party_revision != self.covenant().party_revision {
            self.decide_by(CovenantInForce { covenant, party_revision });
        }
        Ok(same)
    }

    fn decide_by(&self, rules: CovenantInForce) {
        self.covenant.store(Arc::new(rules));
        self.adopted.notify_waiters();
    }

    /// Returns when another gateway was found to have brought another covenant into force.
    pub async fn outdated(&self) {
        self.outdated.notified().await;
    }

    /// Whether decisions are made by other rules now than these. If not yet, has them looked for, and waits a moment.
    pub(super) async fn has_other_rules(&self, covenant: &CovenantDigest, parties: i64) -> bool {
        let mut adopted = std::pin::pin!(self.adopted.notified());
        adopted.as_mut().enable();
        let others = || {
            let rules = self.covenant();
            rules.covenant.digest != *covenant || rules.party_revision != parties
        };
        if others() {
            return true;
        }
        self.outdated.notify_one();
        let _ = tokio::time::timeout(PATIENCE, adopted).await;
        others()
    }
}

impl From<AdoptError> for Error {
    fn from(error: AdoptError) -> Self {
        match error {
            AdoptError::Store(error) => Self::Store(error),
            AdoptError::Contended => Self::Contended,
            AdoptError::Other { .. } => Self::Store(crate::store::Error::OtherCovenant),
        }
    }
}
