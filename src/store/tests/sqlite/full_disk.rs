//! A full disk, and other failures of the engine: refuse, half-write nothing, go on or stop.

use super::*;

/// The writer's database may grow no further than it is, until the writer's connection is replaced.
async fn fill(world: &World) {
    let mut writer = world.store.writer.acquire().await.unwrap();
    // So far that even what fits on pages already there does not: one entry is larger than a page.
    sqlx::raw_sql("pragma max_page_count = 1").execute(&mut *writer).await.unwrap();
}

fn large(number: u8, revision: Option<i64>) -> Entry {
    with(ask(number, revision), |d| {
        for group in &mut d.released {
            group.rule = "x".repeat(20_000);
        }
    })
}

#[tokio::test]
async fn on_a_full_disk_every_seal_is_refused_and_nothing_is_half_written() {
    let world = World::new().await;
    for count in [1, 2, 5, 200] {
        fill(&world).await;
        let before = world.audit().await.unwrap();
        let outcomes = world.one_batch((0..count).map(|_| large(1, None)).collect()).await;
        assert_eq!(outcomes, vec![Error::Refused.to_string(); count]);
        assert_eq!(world.audit().await.unwrap(), before);
        assert!(world.ledger.writes());
    }
    assert_eq!(world.sealed(large(1, None)).await.index, 1);
    world.audited(2).await;
}

#[tokio::test]
async fn after_a_full_disk_a_seal_is_as_durable_as_before() {
    let world = World::new().await;
    fill(&world).await;
    assert_eq!(name(&world.seal(large(1, None)).await), Error::Refused.to_string());
    // A batch that is rolled back in between: a driver that lost count of its transactions would leave this one open.
    assert_eq!(name(&world.seal(ask(1, Some(9))).await), "stale");
    let sealed = world.sealed(ask(1, None)).await;
    assert!(world.store.entry(sealed.index).await.unwrap().is_some(), "answered, but not committed");
    let other = Store::open(&world.dir.file(), 1).await.unwrap();
    assert_eq!(other.audit(&world.key, &|_, _| ()).await.unwrap().size, 2);
}

#[tokio::test]
async fn a_full_disk_during_a_change_leaves_the_tables_beside_the_ledger_alone() {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    fill(&world).await;
    let mut entry = registered(1, Some(1));
    if let Event::Registered { registration, .. } = &mut entry.event {
        registration.parents = (0..2000).map(|n| PersonRef::parse(&format!("ouder-{n}")).unwrap()).collect();
    }
    assert_eq!(name(&world.seal(entry).await), Error::Refused.to_string());
    world.audited(2).await;
    world.sealed(ask(1, Some(1))).await;
    world.audited(3).await;
}

#[tokio::test]
async fn an_unknown_write_error_stops_the_writer_for_good() {
    let world = World::new().await;
    let mut writer = world.store.writer.acquire().await.unwrap();
    sqlx::raw_sql("create trigger broken before insert on entry begin select raise(abort, 'no'); end")
        .execute(&mut *writer)
        .await
        .unwrap();
    drop(writer);
    assert_eq!(name(&world.seal(ask(1, None)).await), Error::Stopped.to_string());
    assert!(!world.ledger.writes(), "a health check must see it as soon as anyone does");
    world.ledger.stopped().await;
    assert_eq!(name(&world.seal(ask(1, None)).await), Error::Stopped.to_string());
    world.audited(1).await;
}
