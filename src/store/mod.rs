//! The only place that says sqlx: the ledger's tables and what is projected from them.
//!
//! What is always true here:
//! 1. The only way to write is [`Ledger::seal`]: a change commits together with its entry or not at all.
//! 2. A commit is durable before it is answered (WAL, synchronous FULL, read back on every connection).
//! 3. Every SQL text is static and portable; what differs between engines is in `dialect`.
//! 4. The tables beside the ledger are a projection: the audit rebuilds them from the entries and compares.

mod ahead;
mod audit;
mod batch;
mod change;
mod columns;
mod covenants;
mod dialect;
mod entries;
mod expiry;
mod fold;
mod forward;
mod glance;
mod history;
mod leaves;
mod projection;
mod proofs;
mod register;
mod regrown;
mod release;
mod replay;
#[cfg(test)]
mod tests;
mod tiles;
mod waiting;
mod wal;
mod writer;

use std::path::{Path, PathBuf};

use crate::ledger::Frontier;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection};

pub use audit::{Audit, AuditProblem, Progress};
pub use entries::{EntryFilter, EntryRow, Side};
pub use expiry::ExpiryPlan;
pub use register::{ClientFile, CustodianFile, Register};
pub use release::{Backlog, Worklist, WorklistPage};
pub use replay::{Explanation, Replay, ReplayProblem, ReplayedPart};
pub use writer::{Ledger, SealOutcome, Sealed, Submission};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// What went wrong in the store. Holds no client data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not answer, or refused.
    #[error("the store is unavailable")]
    Unavailable(#[from] sqlx::Error),
    /// What is stored cannot be right.
    #[error("the store is corrupt: {0}")]
    Corrupt(&'static str),
    /// The schema is another version's.
    #[error("the store has another schema: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// The entry cannot be one.
    #[error(transparent)]
    Entry(#[from] crate::domain::EntryProblem),
    /// The writer stopped: it is unknown what is durable. Restart; the audit at start finds out.
    #[error("the ledger has stopped writing; restart the gateway")]
    Stopped,
    /// There is no room, or no turn in time. Nothing was written.
    #[error("the ledger cannot write now")]
    Refused,
    /// Its retention is over, and what it said is gone. Its receipt can still be had.
    #[error("the entry was deleted when its retention ended; its receipt can still be had")]
    Expired,
    /// The clock says an earlier time than the ledger.
    #[error("the clock is behind the ledger; check the time of this machine")]
    ClockBehind,
}

/// The connections: one that writes, one that moves what was written, several that read.
#[derive(Clone)]
pub struct Store {
    writer: AnyPool,
    mover: AnyPool,
    readers: AnyPool,
    /// Read ahead of an audit, where more than one connection may read.
    file: Option<PathBuf>,
}

impl Store {
    /// Opens the database file, makes it if it is not there, and brings the schema up to date.
    pub async fn open(file: &Path, readers: u32) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let path = file.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let url = format!("sqlite://{path}?mode=rwc");
        let options: AnyConnectOptions = url.parse().map_err(Error::Unavailable)?;
        let options = options.disable_statement_logging();
        // By hand: a pool would try again until its time is up, and lose the cause.
        let mut first = AnyConnection::connect_with(&options).await?;
        dialect::prepare(&mut first).await?;
        dialect::schema_is_text(&mut first).await?;
        MIGRATIONS.run_direct(None, &mut first, false).await?;
        dialect::guard(&mut first).await?;
        sqlx::query(
            "insert into ledger_head (id, size, at, frontier, checkpoint, covenant, parties, party_revision) \
             values (1, 0, 0, $1, '', '', '', 0) on conflict (id) do nothing",
        )
        .bind(Frontier::new().to_bytes())
        .execute(&mut first)
        .await?;
        first.close().await?;
        let writer = pool(1).connect_with(options.clone()).await?;
        let mover = pool(1).connect_with(options.clone()).await?;
        let readers = pool(readers.max(1)).connect_with(options).await?;
        let file = (readers.options().get_max_connections() > 1).then(|| file.to_owned());
        Ok(Self { writer, mover, readers, file })
    }

    /// Opens an existing database to verify it, without bringing anything up to date.
    pub async fn open_to_verify(file: &Path) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}?mode=rw", file.display());
        let options: AnyConnectOptions = url.parse().map_err(Error::Unavailable)?;
        let readers = pool(1).connect_with(options.disable_statement_logging()).await?;
        dialect::schema_is_text(&mut *readers.acquire().await?).await?;
        Ok(Self { writer: readers.clone(), mover: readers.clone(), readers, file: Some(file.to_owned()) })
    }

    /// Empties the write-ahead log, in which what was deleted may still stand.
    pub async fn empty_log(&self) -> Result<(), Error> {
        Ok(dialect::empty_log(&mut *self.mover.acquire().await?).await?)
    }

    /// Closes every connection, after which the file can be copied or moved.
    pub async fn close(&self) {
        self.readers.close().await;
        self.mover.close().await;
        self.writer.close().await;
    }
}

fn pool(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .min_connections(connections)
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(std::time::Duration::from_secs(5))
        .after_connect(|connection, _| Box::pin(dialect::prepare(connection)))
}
