//! Letting go of entries whose retention is over: an entry says so, and in its commit they go.

use crate::domain::{Entry, Event};
use crate::gateway::{ATTEMPTS, Error, Gateway};
use crate::store::SealOutcome;

/// What went.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct LetGo {
    /// Entries, of which a leaf hash stays.
    pub entries: usize,
    /// Clients who are not known any more.
    pub clients: usize,
}

impl Gateway {
    /// Lets go of all that can go now, a part at a time.
    pub async fn expire(&self) -> Result<LetGo, Error> {
        let (mut gone, mut overtaken) = (LetGo::default(), 0);
        while overtaken < ATTEMPTS {
            let at = self.clock.decide_at()?;
            let Some(plan) = self.store.plan_expiry(at).await? else {
                if gone.entries > 0 {
                    self.store.empty_log().await?;
                }
                return Ok(gone);
            };
            let covenant = self.covenant();
            let (digest, parties) = (covenant.covenant.digest.clone(), covenant.party_revision);
            let event = Event::Expired(plan.expiry.clone());
            let entry = Entry::by_the_gateway(at, &*self.randomness, digest, parties, event);
            let part = LetGo { entries: plan.entries(), clients: plan.clients() };
            match self.ledger.expire(entry, plan).await? {
                SealOutcome::Sealed(_) => {
                    gone.entries += part.entries;
                    gone.clients += part.clients;
                }
                SealOutcome::Stale | SealOutcome::Repeat(_) => overtaken += 1,
            }
        }
        Err(Error::Contended)
    }
}
