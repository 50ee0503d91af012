//! The only place that says sqlx: the ledger's tables and what is projected from them.
//!
//! What is always true here:
//! 1. The only way to write is [`Ledger::seal`]: a change commits together with its entry or not at all.
//! 2. A commit is durable before it is answered (WAL, synchronous FULL, read back on every connection).
//! 3. Every SQL text is static and portable; what differs between engines is in `dialect`.
//!    On PostgreSQL any number of gateways write: what one keeps in memory counts only if the database says so under the lock.
//! 4. The tables beside the ledger are a projection: the audit rebuilds them from the entries and compares.

mod address;
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
mod glance;
mod history;
mod judged;
mod known;
mod leaves;
mod meters;
mod period;
mod places;
mod projection;
mod proofs;
mod pulse;
mod queue;
mod register;
mod regrown;
mod release;
mod replay;
mod sealing;
mod search;
#[cfg(test)]
mod tests;
mod tiles;
mod waiting;
mod wal;
mod writer;

use std::path::PathBuf;

use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Transaction};

use crate::ledger::Frontier;
use crate::store::dialect::{Engine, Use};

pub use address::{Database, Postgres};
pub use audit::{Audit, AuditProblem, Progress};
pub use covenants::Adopted;
pub use entries::EntryRow;
pub use expiry::ExpiryPlan;
pub use pulse::{PoolUse, Pulse};
pub use register::{ClientFile, CustodianFile, Register};
pub use release::{Backlog, Worklist, WorklistPage};
pub use replay::{Explanation, Replay, ReplayProblem, ReplayedPart};
pub use search::{EntryFilter, Side};
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
    /// The clock says a later time than the database's.
    #[error("the clock is ahead of the database's; check the time of both machines")]
    ClockAhead,
    /// The connection was lost while it was being written, and it could not be found out in time whether it was.
    #[error("the connection to the database was lost: it is unknown whether it was recorded")]
    Unknown,
    /// It was decided by other rules than those that are in force.
    #[error(
        "another covenant is in force than this gateway's; give every gateway the same policies and parties"
    )]
    OtherCovenant,
    /// The ledger is another gateway's.
    #[error(
        "the ledger is signed by another key than ledger.key; give every gateway of this database the same"
    )]
    OtherKey,
    /// It forgot what was answered.
    #[error("the database is older than what this gateway wrote to it: put the newest one back")]
    Older,
    /// A newer program changed the schema meanwhile.
    #[error("another version of the program changed the schema; restart with that version")]
    OtherVersion,
    /// The database is not one that a ledger can be kept in.
    #[error("the database cannot be used: {0}")]
    Unfit(&'static str),
}

/// The connections: one that writes, one that moves what was written, several that read.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    check_clock: bool,
    writer: AnyPool,
    mover: AnyPool,
    readers: AnyPool,
    /// Read ahead of an audit, where more than one connection may read.
    file: Option<PathBuf>,
}

impl Store {
    /// Opens the database, makes a SQLite file if it is not there, and brings the schema up to date.
    pub async fn open(database: impl Into<Database>, readers: u32) -> Result<Self, Error> {
        let database = database.into();
        sqlx::any::install_default_drivers();
        let options = database.options(true)?;
        // By hand: a pool would try again until its time is up, and lose the cause.
        let mut first = AnyConnection::connect_with(&options).await.map_err(address::explain)?;
        let engine = Engine::of(&first);
        if engine == Engine::Postgres {
            dialect::check(&mut first).await?;
        }
        dialect::prepare(&mut first, Use::Writing).await?;
        if engine == Engine::Sqlite {
            dialect::check(&mut first).await?;
        }
        MIGRATIONS.run_direct(None, &mut first, false).await?;
        dialect::guard(&mut first).await?;
        sqlx::query(
            "insert into ledger_head (id, size, at, frontier, checkpoint, covenant, parties, party_revision) \
             values (1, 0, 0, $1, '', '', '', 0) on conflict (id) do nothing",
        )
        .bind(Frontier::new().to_bytes())
        .execute(&mut first)
        .await?;
        places::begin(&mut first, engine).await?;
        first.close().await?;
        let writer = pool(engine, Use::Writing, 1).connect_with(options.clone()).await?;
        let mover = match engine {
            Engine::Sqlite => pool(engine, Use::Writing, 1).connect_with(options.clone()).await?,
            Engine::Postgres => {
                pool(engine, Use::Writing, 1).min_connections(0).connect_lazy_with(options.clone())
            }
        };
        let readers = pool(engine, Use::Reading, readers.max(1)).connect_with(options).await?;
        let check_clock = matches!(database, Database::Postgres(Postgres { check_clock: true, .. }));
        let file = database.file().filter(|_| readers.options().get_max_connections() > 1);
        Ok(Self { engine, check_clock, writer, mover, readers, file })
    }

    /// Opens an existing database to verify it, without bringing anything up to date.
    pub async fn open_to_verify(database: impl Into<Database>) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let database = database.into();
        let options = database.options(false)?;
        let mut first = AnyConnection::connect_with(&options).await.map_err(address::explain)?;
        let engine = Engine::of(&first);
        dialect::check(&mut first).await?;
        first.close().await?;
        let readers = pool(engine, Use::Reading, 1).connect_with(options).await?;
        let (writer, mover, file) = (readers.clone(), readers.clone(), database.file());
        Ok(Self { engine, check_clock: false, writer, mover, readers, file })
    }

    /// Whether other gateways may write here as well.
    pub fn is_shared(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// A transaction that sees one moment of the database.
    async fn snapshot(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.readers.begin().await
    }

    /// Lets go of what was deleted and may still stand in what the engine keeps beside its tables.
    pub async fn empty_log(&self) -> Result<(), Error> {
        Ok(dialect::let_go(&mut *self.mover.acquire().await?).await?)
    }

    /// Closes every connection, after which a file can be copied or moved.
    pub async fn close(&self) {
        self.readers.close().await;
        self.mover.close().await;
        self.writer.close().await;
    }
}

fn pool(engine: Engine, used: Use, connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .min_connections(connections)
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        // A server can go away and come back. The writer finds that out by itself, without asking first.
        .test_before_acquire(engine == Engine::Postgres && used == Use::Reading)
        .acquire_timeout(std::time::Duration::from_secs(5))
        .after_connect(move |connection, _| Box::pin(dialect::prepare(connection, used)))
}
