//! What is SQLite's own.

use sqlx::{AnyConnection, Connection};

use crate::store::{Error, MIGRATIONS};

/// What must hold on every SQLite connection: durable before acknowledged (promise 2). A page holds five entries or so, and
/// a commit some twenty: pages of 8 KiB make half as many frames in the log as those of 4.
const SQLITE_PRAGMAS: &str = "pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000; \
     pragma foreign_keys = on; pragma wal_autocheckpoint = 0; pragma recursive_triggers = on; pragma trusted_schema = off; pragma secure_delete = on; pragma temp_store = memory; pragma cache_size = -16384;";

/// Append-only, enforced by the engine too: no code of ours, nor an idle hand at the prompt, edits the record.
const SQLITE_TRIGGERS: &str = "
create trigger if not exists entry_no_update before update on entry when coalesce(
        old.idx < (select before from retention where id = 1) and new.idx = old.idx and new.leaf = old.leaf
        and new.at = 0 and new.event = '' and new.client is null and new.custodian is null and new.recipient is null
        and new.requester is null and new.purpose is null and new.outcome = '' and new.revision is null
        and new.request_key is null and new.body = x'', 0) = 0
    begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists entry_no_delete before delete on entry begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists tile_no_update before update on tile begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists tile_no_delete before delete on tile begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists place_no_update before update on client_place when
        new.level <> old.level or new.run <> old.run or new.part <> old.part or length(new.places) >= length(old.places)
        or coalesce((select before from retention where id = 1), 0) = 0
    begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists place_no_delete before delete on client_place begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists covenant_no_update before update on covenant begin select raise(abort, 'a covenant stays what it was'); end;
create trigger if not exists covenant_no_delete before delete on covenant
    when old.digest = (select covenant from ledger_head where id = 1)
        or coalesce((select before from retention where id = 1), 0) = 0
    begin select raise(abort, 'a covenant stays what it was'); end;
create trigger if not exists retention_by_entry before update on retention when coalesce(
        new.before > old.before and exists (select 1 from entry e where e.idx = new.entry and e.event = 'expired'
            and json_extract(cast(e.body as text), '$.event.expired.before') = new.before
            and json_extract(cast(e.body as text), '$.event.expired.until') = new.until), 0) = 0
    begin select raise(abort, 'retention ends by an entry of the ledger'); end;
create trigger if not exists retention_no_delete before delete on retention
    begin select raise(abort, 'retention ends by an entry of the ledger'); end;
create trigger if not exists release_no_delete before delete on unconsented_release
    when old.tell_by is not null or old.review_by is not null
        or old.entry >= coalesce((select before from retention where id = 1), 0)
    begin select raise(abort, 'what is to be done is not dropped'); end;
create trigger if not exists release_stays_told before update on unconsented_release when old.tell_by is null and new.tell_by is not null
    begin select raise(abort, 'a client who was told stays told'); end;
create trigger if not exists head_no_delete before delete on ledger_head begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists head_no_shrink before update on ledger_head when new.size < old.size
    begin select raise(abort, 'the ledger is append-only'); end;
";

/// Sets a new connection up and reads back what durability rests on.
pub(in crate::store) async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
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

/// See [`super::pulse`].
pub(in crate::store) const PULSE: &str =
    "select size, at, covenant, party_revision, cast(null as bigint) as clock from ledger_head where id = 1";

/// See [`super::begin`]. The clock is this machine's.
pub(in crate::store) const BEGIN: &str = "begin; update ledger_head set size = size where id = 1 \
     returning size, at, frontier, checkpoint, covenant, parties, party_revision, \
     (select max(version) from _sqlx_migrations) as version, cast(null as bigint) as clock";

/// See [`super::guard`].
pub(in crate::store) async fn guard(connection: &mut AnyConnection) -> Result<bool, Error> {
    let mut new = AnyConnection::connect("sqlite::memory:").await?;
    MIGRATIONS.run_direct(None, &mut new, false).await?;
    sqlx::raw_sql(SQLITE_TRIGGERS).execute(&mut new).await?;
    sqlx::raw_sql(SQLITE_TRIGGERS).execute(&mut *connection).await?;
    let same = schema(&mut new).await? == schema(connection).await?;
    new.close().await?;
    Ok(same)
}

async fn schema(
    connection: &mut AnyConnection,
) -> Result<Vec<(String, String, Option<String>)>, sqlx::Error> {
    sqlx::query_as(
        "select type, name, sql from sqlite_master where tbl_name <> '_sqlx_migrations' order by type, name",
    )
    .fetch_all(connection)
    .await
}

/// Refuses a schema that is not text before any statement touches its tables: the driver would stop without a word.
pub(in crate::store) async fn schema_is_text(connection: &mut AnyConnection) -> Result<(), Error> {
    let schema: Vec<Vec<u8>> =
        sqlx::query_scalar("select cast(sql as blob) from sqlite_master where sql is not null")
            .fetch_all(connection)
            .await?;
    if schema.iter().all(|sql| std::str::from_utf8(sql).is_ok()) {
        Ok(())
    } else {
        Err(Error::Corrupt("the schema"))
    }
}

/// Moves what is in the write-ahead log into the database file. Nobody waits for it, unless so many pages were written
/// without a pause that the log never came to its end: then the writer waits for the rest, and begins it anew.
pub(in crate::store) async fn move_log(
    connection: &mut AnyConnection,
    longest: i64,
) -> Result<(), sqlx::Error> {
    let (_, pages, _): (i64, i64, i64) =
        sqlx::query_as("pragma wal_checkpoint(passive)").fetch_one(&mut *connection).await?;
    if pages > longest {
        sqlx::query("pragma wal_checkpoint(restart)").fetch_one(connection).await?;
    }
    Ok(())
}

/// Moves the little that is left of the log, and waits for nobody: if nothing is left, the next write begins it anew.
pub(in crate::store) async fn move_rest(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::query("pragma wal_checkpoint(passive)").fetch_one(connection).await.map(|_| ())
}

/// Moves all that is in the write-ahead log into the database file and empties it, so that what was deleted is gone from there
/// too. Whoever still reads an older state keeps it from that; the next time will do.
pub(in crate::store) async fn empty_log(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(connection).await?;
    Ok(())
}

/// Whether the engine finds every table and index whole, and each index in agreement with its table: a damaged index
/// would hide an objection from a lookup while every row is as it should be.
pub(in crate::store) async fn is_sound(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let found: Vec<String> = sqlx::query_scalar("select integrity_check from pragma_integrity_check")
        .fetch_all(connection)
        .await?;
    Ok(found == ["ok"])
}

/// Whether the engine refused for want of room or of its turn, with nothing written: refuse, and go on. Any other
/// failure of a write leaves it unknown what is durable: stop (threats.md §1, fsync).
pub(in crate::store) fn nothing_written(error: &sqlx::Error) -> bool {
    const BUSY: &str = "5";
    const FULL: &str = "13";
    match error {
        sqlx::Error::Database(database) => matches!(database.code().as_deref(), Some(BUSY | FULL)),
        sqlx::Error::PoolTimedOut => true,
        _ => false,
    }
}
