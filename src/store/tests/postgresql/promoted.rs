//! A standby that takes the server's place: with all that was answered the ledger goes on in it, and without it is not written to.

use super::lost::wired_to;
use super::*;
use crate::store::tests::faults::{Heard, Kind, Scene};

/// Two servers, a ledger in the first one, and a wire to it.
async fn replicated() -> (Cluster, Cluster, super::wire::Wire, Scene<Server>) {
    let first = Cluster::start(&[]);
    let (world, wire) = wired_to(&first).await;
    let standby = first.standby();
    (first, standby, wire, Scene::of(world).await.with_old().await)
}

#[tokio::test]
async fn a_promoted_standby_that_has_all_that_was_answered_goes_on_with_it() {
    let (first, standby, wire, mut scene) = replicated().await;
    first.waits_for_standby();
    for kind in Kind::ALL {
        let write = scene.ready(*kind).await;
        assert_eq!(scene.write(write).await, Heard::Sealed, "{kind:?}");
    }
    scene.holds().await;
    let write = scene.ready(Kind::ConsentWithdrawn).await;
    first.kill();
    // Nobody was promoted yet: a standby takes no writes.
    wire.lead_to(standby.port);
    assert_eq!(scene.write(write.clone()).await, Heard::NotRecorded);
    standby.promote();
    assert_eq!(scene.write(write).await, Heard::Sealed);
    scene.goes_on().await;
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Expired) {
        let write = scene.ready(*kind).await;
        assert_eq!(scene.write(write).await, Heard::Sealed, "{kind:?}");
    }
    scene.holds().await;
}

#[tokio::test]
async fn a_promoted_standby_that_lacks_what_was_answered_is_not_written_to() {
    let (first, standby, wire, mut scene) = replicated().await;
    scene.goes_on().await;
    standby.has_all_of(&first);
    standby.kill();
    let write = scene.ready(Kind::ConsentWithdrawn).await;
    assert_eq!(scene.write(write).await, Heard::Sealed);
    let write = scene.ready(Kind::Released).await;
    first.kill();
    standby.resume();
    wire.lead_to(standby.port);
    standby.promote();
    let before = standby.sql(&name_of(&scene.world), "select size from ledger_head");
    let (heard, words) = scene.tried(write).await;
    assert_eq!((heard, words), (Heard::NotRecorded, Error::Older.to_string()));
    scene.world.ledger.stopped().await;
    assert_eq!(standby.sql(&name_of(&scene.world), "select size from ledger_head"), before);
    // The server that has it all comes back: the ledger goes on there.
    first.resume();
    wire.lead_to(first.port);
    standby.kill();
    let store = Store::open(&scene.world.database, 2).await.unwrap();
    scene.goes_on_in(store).await;
    scene.goes_on().await;
}

fn name_of(world: &World) -> String {
    let Database::Postgres(postgres) = &world.database else { panic!("not PostgreSQL") };
    postgres.database.clone()
}
