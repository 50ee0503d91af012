//! What somebody with the file in hand changes in the tables beside the entries, and what is left of what is gone.

use super::conformance::release::{released, reviewed, told, with_a_client};
use super::conformance::retention::{expire, expired, old, plan};
use super::tampering::{Intruder, change_every_column};
use super::*;

#[tokio::test]
async fn a_covenant_that_was_kept_cannot_be_changed_or_dropped_and_a_changed_one_is_no_answer() {
    let world = World::new().await;
    let mut connection = world.store.writer.acquire().await.unwrap();
    for text in ["update covenant set files = '{}'", "delete from covenant"] {
        assert!(sqlx::query(text).execute(&mut *connection).await.is_err(), "{text}");
    }
    for text in ["drop trigger covenant_no_update", "update covenant set files = replace(files, 'a', 'b')"] {
        sqlx::query(text).execute(&mut *connection).await.unwrap();
    }
    drop(connection);
    assert!(matches!(world.store.kept_covenant(&digest('a')).await, Err(Error::Corrupt(_))));
    assert!(matches!(world.audit().await, Err(AuditProblem::Projection("covenant"))));
}
#[tokio::test]
async fn a_changed_or_forged_release_is_found() {
    let world = with_a_client().await;
    world.sealed(released("R09", 1, None)).await;
    world.sealed(released("R09", 1, Some(2))).await;
    world.sealed(told(3, 1)).await;
    world.sealed(reviewed(3, 2, ReviewVerdict::NotJustified)).await;
    let mut intruder = Intruder::enter(&world).await;
    change_every_column(&world, &mut intruder, &|table, _| table == "unconsented_release").await;
    for change in [
        "delete from unconsented_release where entry = 2",
        "delete from unconsented_release",
        "insert into unconsented_release select 9, client, custodian, ground, tell_by, review_by, body \
         from unconsented_release where entry = 3",
    ] {
        let problem = intruder.tamper(&world, change).await.unwrap();
        assert!(matches!(problem, AuditProblem::Projection("unconsented_release")), "{problem:?}");
        intruder.restore_all().await;
    }
    world.audited(6).await;
}
#[tokio::test]
async fn what_is_gone_is_nowhere_in_the_file() {
    let (world, _) = old().await;
    let row = world.store.entry(3).await.unwrap().unwrap();
    let Event::Disclosure(asked) = row.entry.event else { panic!("a disclosure") };
    let needles =
        [client(1).to_string(), asked.request.to_string(), "dossier-1\"".to_owned(), client(9).to_string()];
    let expiry = plan(&world).await;
    assert_eq!(expire(&world, expiry).await, "sealed 275");
    world.store.empty_log().await.unwrap();
    world.store.close().await;
    let mut bytes = std::fs::read(world.dir.file()).unwrap();
    bytes.extend(std::fs::read(world.dir.0.join("ledger.db-wal")).unwrap_or_default());
    for needle in needles {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle.as_bytes()), "{needle}");
    }
    let kept = client(5).to_string();
    assert!(bytes.windows(kept.len()).any(|window| window == kept.as_bytes()), "the search finds what stays");
}

#[tokio::test]
async fn whatever_is_changed_after_the_end_of_retention_is_found() {
    let (world, _) = expired().await;
    let mut intruder = Intruder::enter(&world).await;
    change_every_column(&world, &mut intruder, &|table, row| {
        !matches!(table, "entry" | "tile") || matches!(row, 2..=5 | 276)
    })
    .await;
    for gap in ["idx = 3", "idx = 5", "idx = 274"] {
        intruder.tamper(&world, &format!("delete from entry where {gap}")).await.unwrap();
        intruder.restore_all().await;
    }
    world.audited(276).await;
}

#[tokio::test]
async fn the_covenants_that_came_into_force_are_found_without_the_entries_between_them() {
    let world = World::new().await;
    #[expect(clippy::disallowed_methods, reason = "the plan of a static text")]
    let text = sqlx::AssertSqlSafe(format!("explain query plan {}", crate::store::covenants::ADOPTED));
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(text).bind(9).bind(9).fetch_all(&world.store.readers).await.unwrap();
    assert!(matches!(plan.as_slice(), [(.., how)] if how.contains("entry_adopted")), "{plan:?}");
}
