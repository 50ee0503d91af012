//! What opening a file sets up, checks and refuses.

use super::*;

#[tokio::test]
async fn every_connection_is_durable_before_it_answers() {
    let world = World::empty().await;
    for (pool, connections) in [(&world.store.writer, 1), (&world.store.readers, 2)] {
        let mut held = Vec::new();
        for _ in 0..connections {
            held.push(pool.acquire().await.unwrap());
        }
        for connection in &mut held {
            let mut text =
                async |sql| -> String { sqlx::query_scalar(sql).fetch_one(&mut **connection).await.unwrap() };
            assert_eq!(text("select journal_mode from pragma_journal_mode").await, "wal");
            assert_eq!(text("select cast(synchronous as text) from pragma_synchronous").await, "2");
        }
    }
}

#[tokio::test]
async fn the_engine_refuses_to_change_or_delete_what_was_recorded() {
    let world = World::new().await;
    world.one_batch((1..256).map(|_| ask(1, None)).collect()).await;
    for statement in [
        "update entry set outcome = 'released' where idx = 1",
        "update entry set idx = 300 where idx = 255",
        "delete from entry where idx = 255",
        "delete from entry",
        "update tile set root = hashes",
        "delete from tile",
        "update ledger_head set size = size - 1",
        "delete from ledger_head",
        "replace into ledger_head select * from ledger_head",
        "replace into entry select * from entry where idx = 3",
        "insert or replace into tile select * from tile",
    ] {
        for pool in [&world.store.writer, &world.store.readers] {
            let refused = sqlx::query(statement).execute(pool).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{statement}: {refused}");
        }
    }
    world.audited(256).await;
}

#[tokio::test]
async fn dropped_triggers_are_back_after_opening_and_other_triggers_are_refused() {
    let world = World::new().await;
    let file = world.dir.file();
    let run = async |statement: &'static str| {
        sqlx::raw_sql(statement).execute(&world.store.writer).await.unwrap();
    };
    run("drop trigger entry_no_update; drop trigger head_no_shrink").await;
    assert!(sqlx::query("update entry set outcome = 'done'").execute(&world.store.writer).await.is_ok());
    Store::open(&file, 1).await.unwrap();
    assert!(sqlx::query("update entry set outcome = 'x'").execute(&world.store.writer).await.is_err());

    run("create trigger extra after insert on entry begin select 1; end").await;
    assert!(matches!(Store::open(&file, 1).await, Err(Error::Corrupt(_))));
    run("drop trigger extra; drop trigger entry_no_update").await;
    run("create trigger entry_no_update before update on entry begin select 1; end").await;
    assert!(matches!(Store::open(&file, 1).await, Err(Error::Corrupt(_))));
    run("drop trigger entry_no_update").await;
    Store::open(&file, 1).await.unwrap();
    for change in [
        "drop index consent_client",
        "alter table tile rename column root to roof",
        "create table a (b text)",
    ] {
        let world = World::new().await;
        sqlx::raw_sql(change).execute(&world.store.writer).await.unwrap();
        assert!(matches!(Store::open(&world.dir.file(), 1).await, Err(Error::Corrupt(_))), "{change}");
    }
}

#[tokio::test]
async fn a_file_is_opened_under_the_very_name_it_was_given() {
    let dir = TempDir::new();
    for name in ["a b.db", "50%41.db", "what?.db", "n#1.db", "Ünder.db", "UPPER.db"] {
        let file = dir.0.join(name);
        Store::open(&file, 1).await.unwrap().close().await;
        assert!(file.is_file(), "{name}");
    }
}

#[tokio::test]
async fn what_is_not_a_database_is_refused() {
    let dir = TempDir::new();
    std::fs::write(dir.file(), "not a database at all, but long enough to have a header".repeat(40)).unwrap();
    assert!(Store::open(&dir.file(), 1).await.is_err());
}

#[tokio::test]
async fn a_schema_that_is_not_text_is_refused_and_never_waited_for() {
    let world = World::new().await;
    let file = world.dir.file();
    let spoil = "pragma writable_schema = on; \
         update sqlite_master set sql = replace(sql, 'bigint', cast(x'626967fe6e74' as text)) where name = 'entry'";
    sqlx::raw_sql(spoil).execute(&world.store.writer).await.unwrap();
    world.store.close().await;
    let minute = std::time::Duration::from_mins(1);
    let opened = tokio::time::timeout(minute, Store::open(&file, 1)).await.expect("it is not waited for");
    assert!(matches!(opened, Err(Error::Corrupt("the schema"))));
    let to_verify =
        tokio::time::timeout(minute, Store::open_to_verify(&file)).await.expect("it is not waited for");
    assert!(matches!(to_verify, Err(Error::Corrupt("the schema"))));
}
