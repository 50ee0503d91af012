//! How the gateway is: whether it can decide and record now, and why not.

use std::time::Duration;

use crate::domain::OrganisationId;
use crate::gateway::Gateway;
use crate::store::{self, PoolUse, Pulse};

/// How long the database may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// How far the clock may lie from the ledger's and the database's, in milliseconds: as the seal has it.
const CLOCK_TOLERANCE: i64 = 60_000;

/// Why nothing is decided or recorded now.
#[derive(Debug, thiserror::Error)]
pub enum Ailment {
    /// The writer ended.
    #[error("the ledger has stopped writing")]
    LedgerStopped,
    /// A batch failed a moment ago, and none was written since.
    #[error("the ledger could not write a moment ago: look at the disk or the database")]
    LedgerRefuses,
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Store(#[source] store::Error),
    /// The database does not answer in time.
    #[error("the database does not answer in time")]
    StoreSlow,
    /// The clock went back.
    #[error("the clock is behind the ledger; check the time of this machine")]
    ClockBehind,
    /// The clock is ahead.
    #[error("the clock is ahead of the database's; check the time of both machines")]
    ClockAhead,
    /// Another gateway has newer rules.
    #[error("another covenant is in force than this gateway's")]
    OtherCovenant,
}

/// How the gateway is.
#[derive(Debug)]
pub struct Condition {
    /// The ledger at a glance, if the database answered.
    pub pulse: Option<Pulse>,
    /// What keeps it from deciding, if anything does.
    pub ailment: Option<Ailment>,
}

impl Gateway {
    /// How it is now.
    pub async fn condition(&self) -> Condition {
        let pulse = match tokio::time::timeout(PATIENCE, self.store.pulse()).await {
            Ok(Ok(pulse)) => pulse,
            Ok(Err(error)) => return Condition { pulse: None, ailment: Some(Ailment::Store(error)) },
            Err(_) => return Condition { pulse: None, ailment: Some(Ailment::StoreSlow) },
        };
        let ailment = self.ailment(&pulse);
        Condition { pulse: Some(pulse), ailment }
    }

    fn ailment(&self, pulse: &Pulse) -> Option<Ailment> {
        let (now, rules) = (self.now().0, self.covenant());
        let ahead = pulse.clock.is_some_and(|clock| now > clock.0.saturating_add(CLOCK_TOLERANCE));
        let behind = self.clock.is_behind() || now < pulse.at.0.saturating_sub(CLOCK_TOLERANCE);
        let other =
            pulse.covenant != rules.covenant.digest.as_str() || pulse.party_revision != rules.party_revision;
        match () {
            () if !self.ledger.writes() => Some(Ailment::LedgerStopped),
            () if self.ledger.is_in_trouble() => Some(Ailment::LedgerRefuses),
            () if behind => Some(Ailment::ClockBehind),
            () if ahead => Some(Ailment::ClockAhead),
            () if other => Some(Ailment::OtherCovenant),
            () => None,
        }
    }

    /// Which custodians' systems can be reached now. Asks each, beside one another.
    pub async fn reachable(&self) -> Vec<(OrganisationId, bool)> {
        self.custodians.reachable().await
    }

    /// How the connections to the database are used.
    pub fn pools(&self) -> [PoolUse; 2] {
        self.store.pools()
    }

    /// How many clients' files are in memory.
    pub fn remembered_clients(&self) -> u64 {
        self.register.remembered()
    }
}
