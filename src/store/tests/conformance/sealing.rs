//! Sealing: gap-free, provable at once and afterwards, at every size around a tile.

use tokio::task::JoinSet;

use super::*;
use crate::ledger::{Checkpoint, verify_consistency};

/// Seals so many entries of unknown clients, one at a time or all at once.
async fn seal_many(world: &World, count: u64, at_once: bool) {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let (ledger, entry) = (world.ledger.clone(), ask(1, None));
        let body = entry.encode().unwrap();
        tasks.spawn(async move { (body, ledger.seal(Submission { entry, spent: vec![] }).await) });
        if !at_once {
            check(world, tasks.join_next().await.unwrap().unwrap());
        }
    }
    while let Some(done) = tasks.join_next().await {
        check(world, done.unwrap());
    }
}

fn check(world: &World, (body, outcome): (Vec<u8>, Result<SealOutcome, Error>)) {
    let Ok(SealOutcome::Sealed(sealed)) = outcome else { panic!("{}", name(&outcome)) };
    assert_eq!(sealed.receipt.index, sealed.index);
    let head = sealed.receipt.verify(&body, ORIGIN, &world.key).unwrap();
    assert!(head.size > sealed.index);
    assert!(sealed.receipt.verify(b"another entry", ORIGIN, &world.key).is_err());
}

/// Every entry is in its place, and every step-th receipt and consistency proof made afterwards verifies.
async fn verify_all(world: &World, size: u64, step: usize) {
    world.audited(size).await;
    let (stated, checkpoint) = world.store.checkpoint().await.unwrap();
    let head = Checkpoint::parse_and_verify(&checkpoint, ORIGIN, &world.key).unwrap();
    assert_eq!((stated, head.size), (size, size));
    let mut roots = crate::ledger::Frontier::new();
    for index in 0..size {
        let row = world.store.entry(index).await.unwrap().unwrap();
        let wanted = usize::try_from(index).unwrap() % step == 0 || index + 1 == size;
        if wanted {
            let receipt = world.store.receipt(index).await.unwrap().unwrap();
            assert_eq!(receipt.verify(&row.body, ORIGIN, &world.key).unwrap(), head, "{index}");
            let (proof, to) = world.store.consistency(index).await.unwrap().unwrap();
            assert_eq!(to, checkpoint);
            let verified = verify_consistency(index, size, &roots.root(), &head.root, &proof);
            assert_eq!(verified, Ok(()), "{index}");
        }
        roots.push(row.leaf);
    }
    assert_eq!(roots.root(), head.root);
    assert!(world.store.receipt(size).await.unwrap().is_none());
    assert!(world.store.entry(size).await.unwrap().is_none());
    assert!(world.store.consistency(size).await.unwrap().is_some());
    assert!(world.store.consistency(size + 1).await.unwrap().is_none());
    assert!(world.store.receipt(u64::MAX).await.unwrap().is_none());
}

#[tokio::test]
async fn entries_sealed_one_at_a_time_have_no_gaps_and_are_all_provable() {
    let world = World::new().await;
    let mut size = 1;
    for target in [2, 3, 255, 256, 257] {
        seal_many(&world, target - size, false).await;
        size = target;
        verify_all(&world, size, if size < 200 { 1 } else { 13 }).await;
    }
}

#[tokio::test]
async fn entries_sealed_all_at_once_have_no_gaps_and_are_all_provable() {
    for target in [2, 3, 255, 256, 257, 1000] {
        let world = World::new().await;
        seal_many(&world, target - 1, true).await;
        verify_all(&world, target, if target == 257 { 1 } else { 17 }).await;
    }
}

#[tokio::test]
async fn a_ledger_that_grows_in_leaps_is_provable_at_every_step() {
    let world = World::new().await;
    let mut size = 1;
    for target in [300, 600, 601, 2000] {
        seal_many(&world, target - size, true).await;
        size = target;
        verify_all(&world, size, 61).await;
    }
}

#[tokio::test]
#[ignore = "seals 66,000 entries; takes half a minute"]
async fn a_ledger_beyond_a_tile_of_tiles_is_provable_on_both_sides_of_it() {
    let world = World::new().await;
    let (mut size, started) = (1, std::time::Instant::now());
    while size < 65_900 {
        seal_many(&world, 3000, true).await;
        size += 3000;
    }
    println!("{size} entries sealed and their receipts verified in {:?}", started.elapsed());
    world.audited(size).await;
    let (_, checkpoint) = world.store.checkpoint().await.unwrap();
    let head = Checkpoint::parse_and_verify(&checkpoint, ORIGIN, &world.key).unwrap();
    for index in [0, 1, 255, 256, 40_000, 65_279, 65_280, 65_535, 65_536, 65_791, 65_792, size - 1] {
        let row = world.store.entry(index).await.unwrap().unwrap();
        let receipt = world.store.receipt(index).await.unwrap().unwrap();
        assert_eq!(receipt.verify(&row.body, ORIGIN, &world.key).unwrap(), head, "{index}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_and_fifty_six_waiters_share_commits() {
    let world = World::new().await;
    let started = std::time::Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..256 {
        let ledger = world.ledger.clone();
        tasks.spawn(async move {
            for _ in 0..10 {
                let outcome = ledger.seal(Submission { entry: ask(1, None), spent: vec![] }).await;
                assert!(matches!(outcome, Ok(SealOutcome::Sealed(_))), "{}", name(&outcome));
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    println!("2560 entries by 256 waiters: {:.0} a second", 2560.0 / started.elapsed().as_secs_f64());
    world.audited(2561).await;
}

#[tokio::test]
async fn an_entry_that_could_not_be_read_back_is_not_sealed() {
    let world = World::new().await;
    let other_format = Entry { format: 2, ..ask(1, None) };
    assert!(matches!(world.seal(other_format).await, Err(Error::Entry(_))));
    let too_large = with(ask(1, None), |d| d.released[0].rule = "x".repeat(70_000));
    assert!(matches!(world.seal(too_large).await, Err(Error::Entry(EntryProblem::TooLarge))));
    world.audited(1).await;
}

#[tokio::test]
async fn a_damaged_head_stops_the_writer_before_it_signs() {
    let world = World::new().await;
    let mut writer = world.store.writer.acquire().await.unwrap();
    sqlx::raw_sql("update ledger_head set size = 9").execute(&mut *writer).await.unwrap();
    drop(writer);
    assert_eq!(name(&world.seal(ask(1, None)).await), Error::Stopped.to_string());
    world.ledger.stopped().await;
    assert!(world.audit().await.is_err());
}
