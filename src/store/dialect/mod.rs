//! The few honest differences between database engines. Everything else is one SQL text.

pub(super) mod postgres;
pub(super) mod sqlite;

use sqlx::AnyConnection;

use crate::store::Error;

/// Which engine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Writing,
    Reading,
}

impl Engine {
    /// The one behind this connection.
    pub fn of(connection: &AnyConnection) -> Self {
        if connection.backend_name() == "PostgreSQL" { Self::Postgres } else { Self::Sqlite }
    }
}

/// Sets a new connection up and reads back what durability rests on.
pub(super) async fn prepare(connection: &mut AnyConnection, used: Use) -> Result<(), sqlx::Error> {
    match Engine::of(connection) {
        Engine::Sqlite => sqlite::prepare(connection).await,
        Engine::Postgres => postgres::prepare(connection, used).await,
    }
}

/// Refuses a database that cannot be one of ours, before any statement touches its tables.
pub(super) async fn check(connection: &mut AnyConnection) -> Result<(), Error> {
    match Engine::of(connection) {
        Engine::Sqlite => sqlite::schema_is_text(connection).await,
        Engine::Postgres => postgres::check(connection).await,
    }
}

/// Installs the triggers, and checks that the schema is word for word what a new database has: no other trigger, no
/// other column, no missing index.
pub(super) async fn guard(connection: &mut AnyConnection) -> Result<(), Error> {
    const CHANGED: Error = Error::Corrupt("its tables, indexes or append-only triggers were changed");
    let same = match Engine::of(connection) {
        Engine::Sqlite => sqlite::guard(connection).await?,
        Engine::Postgres => postgres::guard(connection).await?,
    };
    if same { Ok(()) } else { Err(CHANGED) }
}

/// Makes sure that what was deleted is not left lying about in what the engine keeps beside its tables.
pub(super) async fn let_go(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    match Engine::of(connection) {
        Engine::Sqlite => sqlite::empty_log(connection).await,
        Engine::Postgres => postgres::vacuum(connection).await,
    }
}

/// Whether the engine finds every table and index whole.
pub(super) async fn is_sound(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    match Engine::of(connection) {
        Engine::Sqlite => sqlite::is_sound(connection).await,
        Engine::Postgres => postgres::is_sound(connection).await,
    }
}

/// Begins a transaction with the lock on the head, and gives the head, the newest migration, and the engine's own clock
/// where that is another machine's.
pub(super) fn begin(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => sqlite::BEGIN,
        Engine::Postgres => postgres::BEGIN,
    }
}

/// The newest head at a glance, without a lock, and the engine's own clock where that is another machine's.
pub(super) fn pulse(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => sqlite::PULSE,
        Engine::Postgres => postgres::PULSE,
    }
}

/// The placeholder marks of a multi-row insert. PostgreSQL has numbers; SQLite resolves those in quadratic time (seal.md §0).
pub(super) fn marks(engine: Engine, columns: usize, rows: usize) -> String {
    let row = |row: usize| match engine {
        Engine::Sqlite => vec!["?".to_owned(); columns],
        Engine::Postgres => (1..=columns).map(|column| format!("${}", row * columns + column)).collect(),
    };
    (0..rows).map(|n| format!("({})", row(n).join(", "))).collect::<Vec<_>>().join(", ")
}

/// Whether a write that failed before its commit is over without a trace, and the next may succeed: for want of room, of a
/// turn, or of a connection. Any other failure is unexplained: stop (threats.md §1, fsync).
pub(super) fn passes(engine: Engine, error: &sqlx::Error) -> bool {
    match engine {
        Engine::Sqlite => sqlite::nothing_written(error),
        Engine::Postgres => postgres::passes(error),
    }
}
