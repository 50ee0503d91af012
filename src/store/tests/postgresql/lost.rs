//! Connections that are lost, at the worst moments: nothing is written twice, and nothing is taken for written that is not.

use super::wire::Cut::{Kept, Lost};
use super::wire::{Message, Wire};
use super::*;

/// A ledger in a server that is reached through a wire.
pub(super) async fn wired() -> (World, Wire) {
    wired_to(Cluster::shared()).await
}

/// The same in this server.
pub(super) async fn wired_to(cluster: &Cluster) -> (World, Wire) {
    let wire = Wire::to(cluster.port).await;
    let world = World::in_database(wire.through(&database_of(cluster))).await;
    world.sealed(adopted('a', 'a', 1)).await;
    (world, wire)
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_looked_for_and_found_or_done_again_exactly_once() {
    let (world, wire) = wired().await;
    world.sealed(registered(1, None)).await;
    let mut size = 2;
    for round in 0..6 {
        let fault = [Lost, Kept][round % 2];
        wire.cut(&[(Message::Commit, fault)]);
        let sealed = world.sealed(ask(1, Some(1))).await;
        assert_eq!(sealed.index, size, "{fault:?}");
        size += 1;
        let row = world.store.entry(sealed.index).await.unwrap().unwrap();
        sealed.receipt.verify(&row.body, ORIGIN, &world.key).unwrap();
        world.audited(size).await;
    }
    // So is a change of what decisions rest on.
    for (number, fault) in [(1, Lost), (2, Kept)] {
        wire.cut(&[(Message::Commit, fault)]);
        world.sealed(recorded(1, i64::from(number), &consent(number, false))).await;
        assert_eq!(name(&world.seal(ask(1, Some(i64::from(number)))).await), "stale", "{fault:?}");
    }
    world.audited(size + 2).await;
}

#[tokio::test]
async fn a_batch_whose_answer_was_lost_is_answered_whole() {
    let (world, wire) = wired().await;
    for fault in [Lost, Kept] {
        let before = world.audit().await.unwrap().size;
        wire.cut(&[(Message::Commit, fault)]);
        let outcomes = world.one_batch((0..100).map(|_| ask(1, None)).collect()).await;
        let expected: Vec<String> = (before..before + 100).map(|index| format!("sealed {index}")).collect();
        assert_eq!(outcomes, expected, "{fault:?}");
        world.audited(before + 100).await;
    }
}

#[tokio::test]
async fn what_cannot_be_found_out_is_said_to_be_unknown_and_the_gateway_goes_on() {
    let (world, wire) = wired().await;
    for (fault, more) in [(Lost, 0), (Kept, 1)] {
        let before = world.audit().await.unwrap().size;
        wire.cut(&[(Message::Commit, fault)]);
        wire.down.store(true, Ordering::SeqCst);
        assert_eq!(name(&world.seal(ask(1, None)).await), Error::Unknown.to_string());
        assert!(world.ledger.writes());
        wire.down.store(false, Ordering::SeqCst);
        world.sealed(ask(1, None)).await;
        world.audited(before + more + 1).await;
    }
}

#[tokio::test]
async fn a_server_that_was_restarted_meanwhile_is_found_again_without_anybody_noticing() {
    let cluster = Cluster::start(&[]);
    let database = database_of(&cluster);
    let store = Store::open(&database, 2).await.unwrap();
    let ledger = Ledger::start(&store, signing_key());
    assert_eq!(name(&hand_in(&ledger, adopted('a', 'a', 1)).await), "sealed 0");
    for round in 1..4 {
        cluster.kill();
        cluster.resume();
        assert_eq!(name(&hand_in(&ledger, ask(1, None)).await), format!("sealed {round}"));
        assert_eq!(store.checkpoint().await.unwrap().0, round + 1);
    }
    let audit = store.audit(signing_key().verifier(), &|_, _| ()).await.unwrap();
    assert_eq!(audit.size, 4);
}

#[tokio::test]
async fn while_the_server_is_gone_everything_is_refused_and_afterwards_nothing_is() {
    let cluster = Cluster::start(&[]);
    let database = database_of(&cluster);
    let store = Store::open(&database, 2).await.unwrap();
    let ledger = Ledger::start(&store, signing_key());
    assert_eq!(name(&hand_in(&ledger, adopted('a', 'a', 1)).await), "sealed 0");
    cluster.kill();
    assert_eq!(name(&hand_in(&ledger, ask(1, None)).await), Error::Refused.to_string());
    assert!(matches!(store.checkpoint().await, Err(Error::Unavailable(_))));
    assert!(ledger.writes());
    cluster.resume();
    assert_eq!(name(&hand_in(&ledger, ask(1, None)).await), "sealed 1");
    assert_eq!(store.audit(signing_key().verifier(), &|_, _| ()).await.unwrap().size, 2);
}

#[tokio::test]
async fn a_promoted_server_that_forgot_what_was_answered_is_not_written_to() {
    // It is shorter, or others have written to it since: then its length shows nothing.
    for (written_since, known_by) in [(0, "its length"), (1, "its beginning"), (300, "its beginning")] {
        let world = World::new().await;
        let Database::Postgres(postgres) = &world.database else { panic!("not PostgreSQL") };
        let (cluster, name_of) = (Cluster::shared(), &postgres.database);
        let sql = |text: &str| cluster.sql(name_of, text);
        world.sealed(ask(1, None)).await;
        sql("create schema aside; create table aside.head as table ledger_head");
        world.sealed(ask(1, None)).await;
        sql(
            "set session_replication_role = replica; delete from entry where idx = 2; delete from ledger_head; \
             insert into ledger_head table aside.head; drop schema aside cascade",
        );
        if written_since > 0 {
            let other = Store::open(&world.database, 1).await.unwrap();
            let ledger = Ledger::start(&other, signing_key());
            for _ in 0..written_since {
                let sealed = ledger.seal(Submission { entry: ask(2, None), spent: vec![] }).await;
                assert!(matches!(sealed, Ok(SealOutcome::Sealed(_))), "{}", name(&sealed));
            }
            drop(ledger);
            other.close().await;
        }
        sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'sluis'",
        );
        assert_eq!(name(&world.seal(ask(1, None)).await), Error::Older.to_string(), "{known_by}");
        world.ledger.stopped().await;
        world.audited(2 + written_since).await;
    }
}
