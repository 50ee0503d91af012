use super::*;
use crate::store::dialect::sqlite;

async fn some(world: &World, entries: usize) {
    for _ in 0..entries {
        world.sealed(ask(1, None)).await;
    }
}

#[tokio::test]
async fn the_log_is_moved_into_the_database_file_while_the_writer_goes_on() {
    let world = World::new().await;
    let length = || std::fs::metadata(world.dir.file()).unwrap().len();
    let before = length();
    some(&world, 70).await;
    for _ in 0..1_000 {
        if length() > before {
            break;
        }
        some(&world, 1).await;
    }
    assert!(length() > before, "nothing was moved");
    world.audit().await.expect("a clean audit");
}

#[tokio::test]
async fn a_log_that_grew_too_long_is_begun_anew() {
    let world = World::new().await;
    let log = world.dir.0.join("ledger.db-wal");
    some(&world, 40).await;
    let longest = std::fs::metadata(&log).unwrap().len();
    for _ in 0..5 {
        sqlite::move_log(&mut world.store.mover.acquire().await.unwrap(), 1).await.unwrap();
        some(&world, 20).await;
    }
    assert_eq!(std::fs::metadata(&log).unwrap().len(), longest, "the room of the log is used again");
    world.audited(141).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_room_of_the_log_is_used_again_while_many_write() {
    let world = World::new().await;
    let length = |of: &str| std::fs::metadata(world.dir.0.join(of)).unwrap().len();
    let mut writing = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let ledger = world.ledger.clone();
        writing.spawn(async move {
            for _ in 0..400 {
                let sealed = ledger.seal(Submission { entry: ask(1, None), spent: vec![] }).await.unwrap();
                assert!(matches!(sealed, SealOutcome::Sealed(_)));
            }
        });
    }
    while let Some(wrote) = writing.join_next().await {
        wrote.unwrap();
    }
    let (log, file) = (length("ledger.db-wal"), length("ledger.db"));
    assert!(log < 4 * file, "the log has {log} bytes, the database {file}: it was never begun anew");
}
