//! What is PostgreSQL's own.
//!
//! What is always true here: a session that writes is at READ COMMITTED, so that what it reads after it got the lock is what
//! the one before it committed; a session that reads sees one moment per transaction, and can write nothing.

use sqlx::{AnyConnection, Connection as _};

use crate::store::dialect::Use;
use crate::store::{Error, MIGRATIONS};

/// What must hold in every session that writes. Whoever holds the lock and says nothing for ten seconds loses it: a gateway
/// that hangs does not hold up the others. No plan is compiled: where nothing is known yet of a table's size the server takes
/// a statement of a millisecond for a long one, and compiles for half a second each time.
const WRITING: &str = "set default_transaction_isolation = 'read committed'; set lock_timeout = '5s'; \
     set idle_in_transaction_session_timeout = '10s'; set jit = off";
/// What must hold in every session that reads.
const READING: &str = "set default_transaction_isolation = 'repeatable read'; set default_transaction_read_only = on; \
     set lock_timeout = '5s'; set jit = off";
/// Answered means durable; an operator may ask for more than that, such as that a standby has it as well.
const SYNCHRONOUS: &str = "set synchronous_commit = on";

/// Append-only, enforced by the engine too.
const GUARD: &str = include_str!("postgres.sql");
/// Everything of the schema that is ours, a line a part.
const SCHEMA: &str = include_str!("postgres_schema.sql");
/// Gateways that start at once change the schema one after the other.
const LOCK: &str = "select cast(pg_advisory_xact_lock(6013427165) as text)";

/// The least version, as PostgreSQL counts.
const LEAST_VERSION: i64 = 150_000;

/// See [`super::begin`].
pub(in crate::store) const BEGIN: &str = "begin isolation level read committed; \
     update ledger_head set size = size where id = 1 \
     returning size, at, frontier, checkpoint, covenant, parties, party_revision, \
     (select max(version) from _sqlx_migrations) as version, \
     cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as clock";

/// See [`super::pulse`].
pub(in crate::store) const PULSE: &str = "select size, at, covenant, party_revision, \
     cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as clock from ledger_head where id = 1";

/// See [`super::prepare`].
pub(super) async fn prepare(connection: &mut AnyConnection, used: Use) -> Result<(), sqlx::Error> {
    let settings = if used == Use::Writing { WRITING } else { READING };
    sqlx::raw_sql(settings).execute(&mut *connection).await?;
    if used == Use::Writing {
        let (fsync, pages, synchronous): (String, String, String) = sqlx::query_as(
            "select current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')",
        )
        .fetch_one(&mut *connection)
        .await?;
        if fsync != "on" || pages != "on" {
            return Err(sqlx::Error::Configuration("fsync or full_page_writes is off".into()));
        }
        if matches!(synchronous.as_str(), "off" | "local") {
            sqlx::raw_sql(SYNCHRONOUS).execute(connection).await?;
        }
    }
    Ok(())
}

/// See [`super::check`].
pub(super) async fn check(connection: &mut AnyConnection) -> Result<(), Error> {
    let (version, encoding, fsync, pages): (i64, String, String, String) = sqlx::query_as(
        "select cast(current_setting('server_version_num') as bigint), current_setting('server_encoding'), \
         current_setting('fsync'), current_setting('full_page_writes')",
    )
    .fetch_one(connection)
    .await?;
    match (version >= LEAST_VERSION, encoding.as_str(), fsync.as_str(), pages.as_str()) {
        (true, "UTF8", "on", "on") => Ok(()),
        (false, ..) => Err(Error::Unfit("PostgreSQL 15 or newer is needed")),
        (_, "UTF8", ..) => Err(Error::Unfit("fsync and full_page_writes must be on")),
        _ => Err(Error::Unfit("its encoding must be UTF8")),
    }
}

/// See [`super::guard`]. What a new database has is made beside it, and taken back.
pub(super) async fn guard(connection: &mut AnyConnection) -> Result<bool, Error> {
    let mut tx = connection.begin().await?;
    sqlx::query(LOCK).execute(&mut *tx).await?;
    sqlx::raw_sql("savepoint beside; create schema sluis_expected; set local search_path = sluis_expected")
        .execute(&mut *tx)
        .await?;
    for migration in MIGRATIONS.iter() {
        sqlx::raw_sql(migration.sql.clone()).execute(&mut *tx).await?;
    }
    sqlx::raw_sql(GUARD).execute(&mut *tx).await?;
    let expected = schema(&mut tx).await?;
    sqlx::raw_sql("rollback to savepoint beside").execute(&mut *tx).await?;
    let mut found = schema(&mut tx).await?;
    if found != expected {
        sqlx::raw_sql(GUARD).execute(&mut *tx).await?;
        found = schema(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(found == expected)
}

async fn schema(connection: &mut AnyConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(SCHEMA).persistent(false).fetch_all(connection).await
}

/// Makes the room of what was deleted free.
pub(super) async fn vacuum(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    // One at a time: as one text they would be one transaction, in which there is no vacuum.
    for text in [
        "vacuum entry",
        "vacuum client",
        "vacuum registration",
        "vacuum consent",
        "vacuum unconsented_release",
        "vacuum covenant",
    ] {
        sqlx::raw_sql(text).execute(&mut *connection).await?;
    }
    Ok(())
}

/// See [`super::is_sound`]. More than that `pg_amcheck` finds, for which a gateway has no right.
pub(super) async fn is_sound(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let unsound: i64 = sqlx::query_scalar(
        "select count(*) from pg_index i join pg_class c on c.oid = i.indrelid \
         where c.relnamespace = cast(current_schema() as regnamespace) and not (i.indisvalid and i.indisready)",
    )
    .fetch_one(connection)
    .await?;
    Ok(unsound == 0)
}

/// See [`super::passes`]: the classes 08 (connection), 40 (rolled back), 53 (no room), 57 (stopped by an operator) and 58 (the
/// system around it), and refusals that the next server may not have.
pub(super) fn passes(error: &sqlx::Error) -> bool {
    const CODES: [&str; 6] = [
        "55P03", // no turn in time
        "25006", // a standby, which takes no writes
        "25P03", // idle for too long while it held the lock
        "28P01", "28000", // the password is being changed
        "3D000", // not restored yet
    ];
    match error {
        sqlx::Error::Database(refused) => refused.code().is_some_and(|code| {
            CODES.contains(&code.as_ref())
                || ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class))
        }),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_) => {
            true
        }
        _ => false,
    }
}
