//! Faults, at every kind of write. Each engine has faults of its own; what is written, and what holds after every fault, is the same
//! on both.
//!
//! What is always true here: a kind of write is an event of the ledger, so a new event without a write of it here does not compile.

mod kinds;
mod scene;

pub(in crate::store) use kinds::{Brings, Kind, Write};
pub(in crate::store) use scene::{Heard, Scene};

use super::*;

/// In an order of its own every time.
pub(in crate::store) fn shuffled(random: &mut Random) -> Vec<Kind> {
    let mut kinds = Kind::ALL.to_vec();
    for last in (1..kinds.len()).rev() {
        kinds.swap(last, random.below(last + 1));
    }
    kinds
}

/// Without any fault: what the faults below begin from.
pub(in crate::store) async fn every_kind_is_written<E: TestEngine>() {
    let mut changes = std::collections::BTreeSet::new();
    let mut scene = Scene::<E>::new().await.with_old().await;
    for kind in Kind::ALL {
        let write = scene.ready(*kind).await;
        assert_eq!(write.kind(), *kind);
        changes.insert(write.change());
        assert_eq!(scene.write(write).await, Heard::Sealed, "{kind:?}");
        scene.holds().await;
    }
    let expected =
        ["consents", "covenant", "expired", "follow-up", "judged", "none", "registration", "release"];
    assert_eq!(changes.into_iter().collect::<Vec<_>>(), expected);
    println!("{} kinds of write", Kind::ALL.len());
}
