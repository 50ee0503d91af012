//! A server, and a connection to it, that fail at every write of every kind, and fail again while it is found out what became of it.

use super::lost::wired;
use super::wire::Cut::{Kept, Lost};
use super::wire::Message::{Begin, Commit};
use super::wire::{Cut, Message};
use super::*;
use crate::store::tests::disk::{At, BROKEN, Disk, FULL, Fault, Of};
use crate::store::tests::faults::{Heard, Kind, Scene, every_kind_is_written, shuffled};

type OnServer = Scene<Server>;

#[tokio::test]
async fn every_kind_of_write_is_tried() {
    every_kind_is_written::<Server>().await;
}

/// What is cut, one after the other: a batch that was sent is looked for, and that may be cut as well, and the batch that is sent again.
const CUTS: [&[(Message, Cut)]; 10] = [
    &[(Begin, Lost)],
    &[(Begin, Kept)],
    &[(Commit, Lost)],
    &[(Commit, Kept)],
    &[(Begin, Kept), (Commit, Kept)],
    &[(Commit, Lost), (Begin, Lost)],
    &[(Commit, Kept), (Begin, Kept)],
    &[(Commit, Lost), (Commit, Kept)],
    &[(Commit, Kept), (Begin, Lost), (Begin, Kept)],
    &[(Commit, Lost), (Begin, Kept), (Commit, Lost), (Begin, Lost), (Commit, Kept)],
];

#[tokio::test]
async fn whatever_is_cut_and_cut_again_every_kind_of_write_is_done_once_or_not_at_all() {
    let seed = new_seed();
    println!("seed {seed:#x}");
    let (mut random, mut done, mut not_done) = (Random(seed), 0, 0);
    let (world, wire) = wired().await;
    let mut scene = OnServer::of(world).await.with_old().await;
    for kind in shuffled(&mut random) {
        for cuts in CUTS {
            if kind == Kind::Expired && !scene.has_old().await {
                continue;
            }
            let write = scene.ready(kind).await;
            wire.cut(cuts);
            // A machine that is busy may take too long to find out: that is said, and never anything else.
            match scene.write(write).await {
                Heard::Sealed => done += 1,
                Heard::NotRecorded | Heard::Unknown => not_done += 1,
            }
            wire.mend();
        }
        scene.goes_on().await;
    }
    let cuts = CUTS.len();
    println!("{done} writes of {} kinds done, {not_done} not, each cut in {cuts} ways", Kind::ALL.len());
    assert!(done > not_done, "{done}, {not_done}");
}

#[tokio::test]
async fn a_commit_that_is_lost_three_times_is_given_up_and_is_nowhere() {
    let (world, wire) = wired().await;
    let mut scene = OnServer::of(world).await.with_old().await;
    for kind in [Kind::Released, Kind::ConsentWithdrawn, Kind::CovenantAdopted, Kind::Expired] {
        let write = scene.ready(kind).await;
        wire.cut(&[(Commit, Lost); 3]);
        assert_ne!(scene.write(write).await, Heard::Sealed, "{kind:?}");
        scene.goes_on().await;
    }
}

/// Refuses every write to a table that is named in `full.tables`, as a server does that has no room for it; `commit` is one too.
const NO_ROOM: &str = "create schema full_disk; create table full_disk.tables (name text); \
     create function full_disk.refuse() returns trigger language plpgsql as $$ begin \
     if exists (select from full_disk.tables where name = tg_argv[0]) then raise sqlstate '53100'; end if; \
     return coalesce(new, old); end $$; grant usage on schema full_disk to public; \
     grant all on full_disk.tables to public;";
const TABLES: [&str; 9] = [
    "entry",
    "tile",
    "ledger_head",
    "client",
    "registration",
    "consent",
    "unconsented_release",
    "covenant",
    "retention",
];

#[tokio::test]
async fn a_server_without_room_at_any_statement_or_at_the_commit_costs_answers_and_nothing_else() {
    let (mut faults, seed) = (0, new_seed());
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    let mut scene = OnServer::new().await.with_old().await;
    let cluster = Cluster::shared();
    let Database::Postgres(postgres) = scene.world.database.clone() else { panic!("not PostgreSQL") };
    let mut text = NO_ROOM.to_owned();
    for table in TABLES {
        text += &format!(
            "create trigger full_disk before insert or update or delete on {table} for each row \
             execute function full_disk.refuse('{table}');"
        );
    }
    text += "create constraint trigger full_disk_at_commit after insert on entry deferrable initially deferred \
         for each row execute function full_disk.refuse('commit')";
    cluster.sql(&postgres.database, &text);
    for kind in shuffled(&mut random) {
        let mut write = scene.ready(kind).await;
        for table in TABLES.iter().chain([&"commit"]) {
            let fill = sqlx::query("insert into full_disk.tables values ($1)").bind(*table);
            fill.execute(&scene.world.store.mover).await.unwrap();
            let (heard, words) = scene.tried(write.clone()).await;
            sqlx::raw_sql("delete from full_disk.tables").execute(&scene.world.store.mover).await.unwrap();
            match heard {
                Heard::NotRecorded => {
                    assert_eq!(words, Error::Refused.to_string());
                    faults += 1;
                    scene.holds().await;
                }
                // It has nothing to write there.
                Heard::Sealed if kind == Kind::Expired => break,
                Heard::Sealed => write = scene.ready(kind).await,
                Heard::Unknown => panic!("{kind:?}, {table}: {words}"),
            }
        }
        scene.goes_on().await;
    }
    println!("{faults} refusals for want of room, of {} kinds of write", Kind::ALL.len());
    assert!(faults >= Kind::ALL.len() * 3);
}

/// A server on a disk that fails, and a ledger in it.
async fn on_a_disk_of_its_own(files: &str) -> (Cluster, Disk, OnServer) {
    let mut disk = None;
    let cluster = Cluster::start_with(&["autovacuum = off", "restart_after_crash = on"], |folder| {
        let new = Disk::new(folder, files);
        let environment = new.environment();
        disk = Some(new);
        environment.into()
    });
    let world = World::in_database(database_of(&cluster)).await;
    world.sealed(adopted('a', 'a', 1)).await;
    let scene = OnServer::of(world).await.with_old().await;
    (cluster, disk.unwrap(), scene)
}

#[tokio::test]
async fn a_server_whose_log_fails_or_that_dies_at_its_write_or_flush_is_found_again_with_all_that_was_answered()
 {
    let seed = new_seed();
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    let (cluster, disk, mut scene) = on_a_disk_of_its_own("/pg_wal/").await;
    let (mut faults, mut done, mut refused) = (0, 0, 0);
    // Each at most once: what is old ends once.
    let mut kinds = shuffled(&mut random).into_iter();
    for (of, fault) in [
        (Of::Writes, Fault::Fails(FULL)),
        (Of::Flushes, Fault::Fails(BROKEN)),
        (Of::Flushes, Fault::DoneThenFails(BROKEN)),
        (Of::Writes, Fault::Killed),
        (Of::Flushes, Fault::DoneThenKilled),
    ] {
        for kind in kinds.by_ref().take(2) {
            let write = scene.ready(kind).await;
            disk.fails(At { of, nth: 1, stays: false, fault });
            let (heard, words) = scene.tried(write).await;
            faults += disk.mend().1;
            match heard {
                Heard::Sealed => done += 1,
                Heard::NotRecorded => refused += 1,
                Heard::Unknown => panic!("{kind:?}, {fault:?}: {words}"),
            }
            // It may still be starting again, and does so by itself.
            cluster.awaits();
            scene.goes_on().await;
        }
    }
    println!("{faults} faults of the server's log: {done} writes done all the same, {refused} refused");
    assert!(faults >= 10);

    // Full for good: the server does not come back until there is room, and then it does.
    let write = scene.ready(Kind::ConsentWithdrawn).await;
    disk.fails(At { of: Of::Both, nth: 1, stays: true, fault: Fault::Fails(FULL) });
    assert_ne!(scene.write(write).await, Heard::Sealed);
    assert!(disk.mend().1 > 0);
    cluster.revive();
    let write = scene.ready(Kind::ConsentWithdrawn).await;
    assert_eq!(scene.write(write).await, Heard::Sealed);
    scene.goes_on().await;
}

#[tokio::test]
async fn while_the_server_flushes_slowly_answers_are_late_and_true_and_another_gateway_waits_its_turn() {
    let (_cluster, disk, mut scene) = on_a_disk_of_its_own("/pg_wal/").await;
    let store = Store::open(&scene.world.database, 1).await.unwrap();
    let other = Ledger::start(&store, signing_key());
    let (write, second) = (scene.ready(Kind::ConsentWithdrawn).await, scene.ready(Kind::Released).await);
    // Longer than the other gateway waits for the lock: it tries again.
    disk.fails(At { of: Of::Flushes, nth: 1, stays: false, fault: Fault::Slow(6_000) });
    let waiting = async {
        while disk.hits() == 0 {
            tokio::task::yield_now().await;
        }
        let body = second.entry.encode().unwrap();
        (body, other.seal(Submission { entry: second.entry.clone(), spent: vec![] }).await)
    };
    let (heard, (body, late)) = tokio::join!(scene.write(write), waiting);
    assert_eq!(heard, Heard::Sealed);
    scene.heard_elsewhere(body, &second.entry, late);
    assert!(disk.mend().1 > 0);
    scene.goes_on().await;
}
