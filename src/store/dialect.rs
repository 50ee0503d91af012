//! The few honest differences between database engines. Everything else is one SQL text.

use sqlx::AnyConnection;

use crate::store::Error;

/// What must hold on every SQLite connection: durable before acknowledged (promise 2).
const SQLITE_PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000; \
     pragma foreign_keys = on; pragma trusted_schema = off; pragma temp_store = memory;";

/// Append-only, enforced by the engine too: no code of ours, nor an idle hand at the prompt, edits the record.
const SQLITE_TRIGGERS: &str = "
create trigger if not exists entry_no_update before update on entry begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists entry_no_delete before delete on entry begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists tile_no_update before update on tile begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists tile_no_delete before delete on tile begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists head_no_delete before delete on ledger_head begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists head_no_shrink before update on ledger_head when new.size < old.size
    begin select raise(abort, 'the ledger is append-only'); end;
";

const TRIGGERS: i64 = 6;

/// Sets a new connection up and reads back what durability rests on.
pub(super) async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(SQLITE_PRAGMAS).execute(&mut *connection).await?;
    let journal: String = sqlx::query_scalar("select journal_mode from pragma_journal_mode")
        .fetch_one(&mut *connection)
        .await?;
    let synchronous: i64 =
        sqlx::query_scalar("select synchronous from pragma_synchronous").fetch_one(&mut *connection).await?;
    if journal == "wal" && synchronous == 2 {
        Ok(())
    } else {
        Err(sqlx::Error::Configuration("the database refuses WAL with synchronous FULL".into()))
    }
}

/// Installs the triggers and checks that they are all there.
pub(super) async fn guard(connection: &mut AnyConnection) -> Result<(), Error> {
    sqlx::raw_sql(SQLITE_TRIGGERS).execute(&mut *connection).await?;
    let count: i64 = sqlx::query_scalar("select count(*) from sqlite_master where type = 'trigger'")
        .fetch_one(&mut *connection)
        .await?;
    if count == TRIGGERS { Ok(()) } else { Err(Error::Corrupt("the append-only triggers")) }
}

/// The placeholder marks of a multi-row insert. SQLite resolves `$n` in quadratic time (seal.md §0).
pub(super) fn marks(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row.as_str(); rows].join(", ")
}

/// Whether the engine refused for want of room or of its turn, with nothing written: refuse, and go on. Any other
/// failure of a write leaves it unknown what is durable: stop (threats.md §1, fsync).
pub(super) fn nothing_written(error: &sqlx::Error) -> bool {
    const BUSY: &str = "5";
    const FULL: &str = "13";
    match error {
        sqlx::Error::Database(database) => matches!(database.code().as_deref(), Some(BUSY | FULL)),
        sqlx::Error::PoolTimedOut => true,
        _ => false,
    }
}
