//! A disk that fails under a SQLite ledger, at every write of every kind. The test runs itself again on a disk that it controls.
//!
//! After a write that failed there are two futures, and both are looked at: the gateway closes its files and opens them again, or it
//! is killed at that moment, and what is in the files is all there is. A disk that takes nothing from the n-th operation on and files
//! that are taken away then are a gateway that was killed at that operation.

use std::process::Command;

use super::*;
use crate::store::tests::disk::{At, BROKEN, Disk, FULL, Fault, Of};
use crate::store::tests::faults::{Heard, Kind, Scene, every_kind_is_written, shuffled};

type OnFile = Scene<File>;

#[tokio::test]
async fn every_kind_of_write_is_tried() {
    every_kind_is_written::<File>().await;
}

/// Runs this test again with the disk between it and its files; `None` where that is what is running.
fn on_a_disk_of_its_own(test: &str) -> Option<Disk> {
    if let Some(disk) = Disk::own("/ledger.db") {
        return Some(disk);
    }
    let dir = TempDir::new();
    let disk = Disk::new(&dir.0, "/ledger.db");
    let test = format!("store::tests::sqlite::faults::{test}");
    let mut again = Command::new(std::env::current_exe().unwrap());
    let done = again.args([&test, "--exact", "--nocapture"]).envs(disk.environment()).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    print!("{said}");
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains("1 passed"), "{test} is not the name of this test: {said}");
    None
}

/// The files as a gateway leaves them that is killed now.
fn killed(scene: &OnFile) -> TempDir {
    let Database::File(file) = &scene.world.database else { panic!("not a file") };
    let dir = TempDir::new();
    for beside in ["", "-wal"] {
        let name = |file: &std::path::Path| format!("{}{beside}", file.display());
        std::fs::copy(name(file), name(&dir.file())).unwrap();
    }
    dir
}

/// What became of the faults.
#[derive(Default, Debug)]
struct Count {
    faults: u32,
    refused: u32,
    stopped: u32,
    kept: usize,
    lost: usize,
}

/// Looks at both futures, and goes on in one of them. The disk is well again.
async fn restarted(scene: &mut OnFile, random: &mut Random, count: &mut Count) {
    let dead = killed(scene);
    scene.world.ledger.stopped().await;
    scene.world.store.close().await;
    let closed = Store::open(&scene.world.database, 1).await.unwrap();
    let crashed = Store::open(&dead.file(), 1).await.unwrap();
    for store in [&closed, &crashed] {
        match scene.holds_in(store).await.len() {
            0 => count.lost += 1,
            found => count.kept += found,
        }
    }
    if random.below(2) == 0 {
        crashed.close().await;
        scene.goes_on_in(closed).await;
    } else {
        closed.close().await;
        scene.world.database = Database::File(dead.file());
        scene.world.dir = dead;
        scene.goes_on_in(crashed).await;
    }
}

#[tokio::test]
async fn a_disk_that_is_full_from_any_write_on_costs_answers_and_nothing_else() {
    let Some(disk) =
        on_a_disk_of_its_own("a_disk_that_is_full_from_any_write_on_costs_answers_and_nothing_else")
    else {
        return;
    };
    let seed = new_seed();
    println!("seed {seed:#x}");
    let (mut random, mut count) = (Random(seed), Count::default());
    let mut scene = OnFile::new().await;
    for kind in shuffled(&mut random) {
        if kind == Kind::Expired {
            scene = OnFile::new().await.with_old().await;
        }
        let mut write = scene.ready(kind).await;
        let mut nth = 1;
        loop {
            let fault = if random.below(2) == 0 { Fault::Fails(FULL) } else { Fault::HalfThenFails(FULL) };
            disk.fails(At { of: Of::Both, nth, stays: true, fault });
            let (heard, words) = scene.tried(write.clone()).await;
            let (_, hits) = disk.mend();
            if hits == 0 {
                assert_eq!(heard, Heard::Sealed, "{kind:?} at operation {nth}: {words}");
                break;
            }
            count.faults += 1;
            match heard {
                // The fault came after the commit: the log was being moved.
                Heard::Sealed => break,
                Heard::NotRecorded => {
                    count.refused += 1;
                    scene.holds().await;
                    // Killed now, it would find nothing either of what it said is not there. Every fourth time, for the time it takes.
                    if random.below(4) == 0 {
                        let dead = killed(&scene);
                        let crashed = Store::open(&dead.file(), 1).await.unwrap();
                        assert!(scene.holds_in(&crashed).await.is_empty());
                        crashed.close().await;
                    }
                }
                Heard::Unknown => {
                    count.stopped += 1;
                    restarted(&mut scene, &mut random, &mut count).await;
                    if kind == Kind::Expired {
                        scene = OnFile::new().await.with_old().await;
                    }
                    write = scene.ready(kind).await;
                }
            }
            // Of the hundreds of an end of retention, ever fewer.
            nth += 1 + nth / 24;
        }
        scene.goes_on().await;
    }
    println!("{} kinds of write on a full disk: {count:?}", Kind::ALL.len());
    assert!(usize::try_from(count.faults).unwrap() > Kind::ALL.len() && count.refused > 0);
}

#[tokio::test]
async fn a_disk_that_fails_once_stops_the_writer_and_whatever_became_of_it_the_next_start_knows() {
    let Some(disk) = on_a_disk_of_its_own(
        "a_disk_that_fails_once_stops_the_writer_and_whatever_became_of_it_the_next_start_knows",
    ) else {
        return;
    };
    let seed = new_seed();
    println!("seed {seed:#x}");
    let (mut random, mut count) = (Random(seed), Count::default());
    let mut scene = OnFile::new().await;
    for kind in shuffled(&mut random) {
        // The write fails, the flush fails, and the flush is done though it says otherwise.
        for (of, fault) in [
            (Of::Writes, Fault::Fails(BROKEN)),
            (Of::Flushes, Fault::Fails(BROKEN)),
            (Of::Flushes, Fault::DoneThenFails(BROKEN)),
        ] {
            if kind == Kind::Expired {
                scene = OnFile::new().await.with_old().await;
            }
            let write = scene.ready(kind).await;
            let nth = if of == Of::Writes { 1 + u32::try_from(random.below(8)).unwrap() } else { 1 };
            disk.fails(At { of, nth, stays: false, fault });
            let (heard, words) = scene.tried(write).await;
            let (_, hits) = disk.mend();
            count.faults += hits;
            match heard {
                Heard::Unknown => {
                    count.stopped += 1;
                    // While it starts again the disk is full, so far as it writes at all.
                    disk.fails(At { of: Of::Both, nth: 1, stays: true, fault: Fault::Fails(FULL) });
                    let dead = killed(&scene);
                    let _ = Store::open(&dead.file(), 1).await;
                    count.faults += disk.mend().1.min(1);
                    restarted(&mut scene, &mut random, &mut count).await;
                }
                _ => assert_eq!((heard, hits), (Heard::Sealed, 0), "{kind:?}, {fault:?} at {nth}: {words}"),
            }
        }
        scene.goes_on().await;
    }
    println!("{} kinds of write on a disk that fails once: {count:?}", Kind::ALL.len());
    assert!(count.kept > 0 && count.lost > 0, "{count:?}");
}

#[tokio::test]
async fn a_slow_disk_answers_late_and_truly() {
    let Some(disk) = on_a_disk_of_its_own("a_slow_disk_answers_late_and_truly") else { return };
    let mut scene = OnFile::new().await.with_old().await;
    for kind in Kind::ALL {
        let write = scene.ready(*kind).await;
        disk.fails(At { of: Of::Flushes, nth: 1, stays: true, fault: Fault::Slow(20) });
        assert_eq!(scene.write(write).await, Heard::Sealed, "{kind:?}");
        assert!(disk.mend().1 > 0, "{kind:?} was answered before it was flushed");
    }
    scene.holds().await;
}
