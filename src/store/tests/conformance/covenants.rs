//! The covenants that were in force are kept whole, and nobody changes them.

use super::*;

#[tokio::test]
async fn every_covenant_that_was_in_force_is_kept_whole_also_after_the_next_one() {
    let world = World::new().await;
    world.sealed(adopted('b', 'a', 1)).await;
    world.sealed(adopted('a', 'a', 1)).await;
    for (rules, parties) in [('a', 'a'), ('b', 'a')] {
        let files = covenant(rules, parties);
        let kept = world.store.kept_covenant(&files.digest().unwrap()).await.unwrap();
        assert_eq!(kept, Some(files), "{rules}");
    }
    assert_eq!(world.store.kept_covenant(&digest('c')).await.unwrap(), None, "it never was in force");
    world.audited(3).await;
}

#[tokio::test]
async fn a_covenant_comes_into_force_with_its_own_files_or_not_at_all() {
    let world = World::new().await;
    for (files, why) in [(covenant('c', 'b'), "other rules"), (covenant('b', 'c'), "other parties")] {
        let refused = world.ledger.adopt(adopted('b', 'b', 2), Arc::new(files)).await;
        assert!(matches!(refused, Err(Error::Corrupt(_))), "{why}");
    }
    let without = Submission { entry: adopted('b', 'b', 2), spent: vec![] };
    assert!(matches!(world.ledger.seal(without).await, Err(Error::Corrupt(_))));
    assert!(matches!(
        world.ledger.adopt(ask(1, None), Arc::new(covenant('a', 'a'))).await,
        Err(Error::Corrupt(_))
    ));
    world.audited(1).await;
}

#[tokio::test]
async fn every_covenant_that_came_into_force_is_found_again_newest_first_and_page_by_page() {
    let world = World::new().await;
    world.sealed(ask(1, None)).await;
    world.sealed(adopted('b', 'a', 1)).await;
    world.sealed(adopted('a', 'a', 1)).await;
    world.sealed(adopted('c', 'b', 2)).await;
    let found = async |before, limit| {
        let found = world.store.adopted(before, limit).await.unwrap();
        let told = |one: crate::store::Adopted| (one.index, one.covenant, one.party_revision, one.is_kept);
        found.into_iter().map(told).collect::<Vec<_>>()
    };
    let named = |rules, parties| covenant(rules, parties).digest().unwrap();
    let all = [
        (4, named('c', 'b'), 2, true),
        (3, named('a', 'a'), 1, true),
        (2, named('b', 'a'), 1, true),
        (0, named('a', 'a'), 1, true),
    ];
    assert_eq!(found(u64::MAX, 9).await, all);
    assert_eq!(found(4, 2).await, all[1..3]);
    assert_eq!(found(0, 9).await, []);
}
