//! Where each client's entries stand: in a long ledger, in one that was begun without it, and after somebody changed it.

use sqlx::Connection as _;

use super::conformance::places::{GROWN, grown};
use super::*;
use crate::store::places::regrown::Places;
use crate::store::places::{self, Place};

const LONG: u64 = 140_000;

/// A ledger of two whole runs of 65,536 entries and more, of 256 clients and nobody: only what stands in the columns.
const ENTRIES: &str = "insert into entry (idx, at, event, client, outcome, body, leaf) \
     with recursive n (i) as (select 0 union all select i + 1 from n where i < 139999) \
     select i, 0, 'disclosure', case when i % 7 = 0 then null \
     else lower(hex(randomblob(1))) || '000000000000000000000000000000' end, 'done', x'', x'' from n";

async fn long() -> (TempDir, Store) {
    let dir = TempDir::new();
    let store = Store::open(&dir.file(), 2).await.unwrap();
    let mut writer = store.writer.acquire().await.unwrap();
    let mut tx = writer.begin().await.unwrap();
    sqlx::query(ENTRIES).execute(&mut *tx).await.unwrap();
    sqlx::query("update ledger_head set size = 140000").execute(&mut *tx).await.unwrap();
    for part in [0..5_000, 5_000..70_001, 70_001..LONG] {
        places::store(&mut tx, part.start, part.end).await.unwrap();
    }
    tx.commit().await.unwrap();
    drop(writer);
    (dir, store)
}

async fn all_of(store: &Store) -> Vec<Place> {
    let text = "select idx, client from entry where client is not null order by idx";
    let rows: Vec<(i64, String)> = sqlx::query_as(text).fetch_all(&store.readers).await.unwrap();
    rows.iter().map(|(index, client)| Place::of(client, u64::try_from(*index).unwrap()).unwrap()).collect()
}

/// As the audit reads them: a page at a time, and here all at once.
async fn regrown(store: &Store, seen: &[Place]) -> Result<(), AuditProblem> {
    let mut reader = store.readers.acquire().await.unwrap();
    let mut all = Places::of(LONG);
    all.grow(&mut reader, &mut seen.to_vec(), LONG).await?;
    all.finish(&mut reader).await
}

#[tokio::test]
async fn in_a_long_ledger_a_client_is_found_in_the_same_few_sheets() {
    let (_dir, store) = long().await;
    regrown(&store, &all_of(&store).await).await.unwrap();
    for (byte, within) in [(0, 0..LONG), (255, 0..u64::MAX), (0x80, 70_000..131_073), (0x0f, 65_535..65_537)]
    {
        let client = ClientRef::parse(&format!("{byte:02x}{:030}", 0)).unwrap();
        let text = "select idx from entry where client = $1 and idx >= $2 and idx < $3 order by idx";
        let expected: Vec<i64> = sqlx::query_scalar(text)
            .bind(client.to_string())
            .bind(i64::try_from(within.start).unwrap())
            .bind(i64::try_from(within.end.min(LONG)).unwrap())
            .fetch_all(&store.readers)
            .await
            .unwrap();
        let found = store.places(&client, within).await.unwrap();
        assert_eq!(found.iter().map(|place| i64::try_from(*place).unwrap()).collect::<Vec<_>>(), expected);
    }
    // What is read of it: one sheet of the upper level, at most 31 of the lower one, and less than 32 buckets of the index.
    let sheets: Vec<(i64, i64)> =
        sqlx::query_as("select level, count(*) from client_place group by level order by level")
            .fetch_all(&store.readers)
            .await
            .unwrap();
    assert_eq!(sheets, [(1, 546 - 15), (2, 546 - 255)]);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn no_statement_reads_the_whole_ledger_for_it() {
    let (_dir, store) = long().await;
    for text in [places::SORTED, places::NEWEST] {
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("explain query plan {text}")))
                .bind(0)
                .bind("3")
                .bind("4")
                .fetch_all(&store.readers)
                .await
                .unwrap();
        let plan: Vec<String> = plan.into_iter().map(|row| row.3).collect();
        assert!(plan.iter().any(|step| step.contains("SEARCH e USING INDEX entry_client")), "{plan:?}");
    }
}

#[tokio::test]
async fn a_changed_or_missing_sheet_is_found_and_hides_nothing_without_a_word() {
    let (_dir, store) = long().await;
    let seen = all_of(&store).await;
    let run = async |text: &'static str| sqlx::raw_sql(text).execute(&store.writer).await;
    for text in ["delete from client_place", "update client_place set places = places || x'00'"] {
        let refused = run(text).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{text}: {refused}");
    }
    run("update client_place set places = x''").await.unwrap_err();
    run("drop trigger place_no_update; drop trigger place_no_delete; create table kept as select * from client_place")
        .await
        .unwrap();
    let back = "delete from client_place; insert into client_place select * from kept";
    let first = ClientRef::parse(&"0".repeat(32)).unwrap();
    for (change, hides) in [
        ("delete from client_place where level = 2 and run = 0 and part = 0", true),
        ("delete from client_place where level = 1 and run = 32 and part = 0", true),
        ("delete from client_place where level = 1 and run = 0 and part = 0", false),
        ("update client_place set places = substr(places, 25) where level = 1 and part = 0", false),
        ("update client_place set places = substr(places, 25) where level = 2 and part = 0", false),
        ("update client_place set places = substr(places, 2) where level = 2 and part = 0", true),
        ("update client_place set places = x'' where level = 2 and part = 34", false),
        ("insert into client_place values (3, 0, 0, x'')", false),
        ("insert into client_place values (1, 40, 0, x'')", false),
    ] {
        run(change).await.unwrap();
        assert!(regrown(&store, &seen).await.is_err(), "{change}");
        assert_eq!(store.places(&first, 0..LONG).await.is_err(), hides, "{change}");
        run(back).await.unwrap();
    }
    regrown(&store, &seen).await.unwrap();
}

#[tokio::test]
async fn a_ledger_that_was_begun_without_them_gets_them_when_it_is_opened() {
    let (world, _) = grown(&mut Random(7)).await;
    let text = "select level, run, part, hex(places) from client_place order by level, run, part";
    let sheets = async || -> Vec<(i64, i64, i64, String)> {
        sqlx::query_as(text).fetch_all(&world.store.readers).await.unwrap()
    };
    let before = sheets().await;
    sqlx::raw_sql("drop trigger place_no_delete; delete from client_place")
        .execute(&world.store.writer)
        .await
        .unwrap();
    assert!(matches!(world.audit().await, Err(AuditProblem::Projection("client_place"))));
    Store::open(&world.dir.file(), 1).await.unwrap().close().await;
    assert_eq!(sheets().await, before);
    world.audited(GROWN).await;
}
