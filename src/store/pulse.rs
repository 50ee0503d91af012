//! Whether the database answers, and what it says of the ledger: for health and metrics, never to decide by.

use crate::domain::Timestamp;
use crate::store::{Error, Store, dialect};

/// The ledger at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// How many entries it has.
    pub size: u64,
    /// When the newest was decided.
    pub at: Timestamp,
    /// The covenant in force.
    pub covenant: String,
    /// The revision of its parties.
    pub party_revision: i64,
    /// What the database's own clock says, where decisions are held against it.
    pub clock: Option<Timestamp>,
}

/// How the connections of one pool are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// For what: `readers` or `writer`.
    pub pool: &'static str,
    /// Connections that are used now.
    pub busy: u32,
    /// The most that there may be.
    pub most: u32,
}

impl Store {
    /// Asks for the newest head.
    pub async fn pulse(&self) -> Result<Pulse, Error> {
        let row: (i64, i64, String, i64, Option<i64>) =
            sqlx::query_as(dialect::pulse(self.engine)).fetch_one(&self.readers).await?;
        let (size, at, covenant, party_revision, clock) = row;
        Ok(Pulse {
            size: u64::try_from(size).map_err(|_| Error::Corrupt("the size"))?,
            at: Timestamp(at),
            covenant,
            party_revision,
            clock: clock.filter(|_| self.check_clock).map(Timestamp),
        })
    }

    /// How the connections are used.
    pub fn pools(&self) -> [PoolUse; 2] {
        [("readers", &self.readers), ("writer", &self.writer)].map(|(name, pool)| {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            PoolUse {
                pool: name,
                busy: pool.size().saturating_sub(idle),
                most: pool.options().get_max_connections(),
            }
        })
    }
}
