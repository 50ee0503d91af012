//! What an entry was decided on must still hold when it is sealed (promise 3).

use super::*;

/// A ledger in which client 1 is at revision 2, with consent 1.
async fn with_a_consent() -> World {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    world.sealed(recorded(1, 1, &consent(1, false))).await;
    world
}

#[tokio::test]
async fn an_answer_decided_on_another_revision_is_stale_and_not_stored() {
    let world = with_a_consent().await;
    for revision in [None, Some(0), Some(1), Some(3), Some(-2), Some(i64::MAX)] {
        assert_eq!(name(&world.seal(ask(1, revision)).await), "stale", "{revision:?}");
    }
    assert_eq!(name(&world.seal(ask(1, Some(2))).await), "sealed 3");
    world.audited(4).await;
}

#[tokio::test]
async fn after_a_withdrawal_is_answered_nothing_rests_on_what_was_before() {
    let world = with_a_consent().await;
    world.sealed(withdrawn(1, 2, &consent(1, false))).await;
    assert_eq!(name(&world.seal(ask(1, Some(2))).await), "stale");
    assert_eq!(name(&world.seal(ask(1, Some(3))).await), "sealed 4");
    world.audited(5).await;
}

#[tokio::test]
async fn within_a_batch_whoever_asked_comes_before_whoever_changed() {
    let world = with_a_consent().await;
    let outcomes = world
        .one_batch(vec![
            withdrawn(1, 2, &consent(1, false)),
            ask(1, Some(2)),
            ask(1, Some(1)),
            ask(2, None),
            ask(1, Some(2)),
        ])
        .await;
    assert_eq!(outcomes, ["sealed 6", "sealed 3", "stale", "sealed 4", "sealed 5"]);
    world.audited(7).await;
}

#[tokio::test]
async fn of_two_changes_for_one_client_in_a_batch_one_is_sealed() {
    let world = with_a_consent().await;
    let outcomes = world
        .one_batch(vec![
            recorded(1, 2, &consent(2, false)),
            withdrawn(1, 2, &consent(1, false)),
            registered(2, None),
            registered(2, None),
        ])
        .await;
    assert_eq!(outcomes, ["sealed 3", "stale", "sealed 4", "stale"]);
    world.sealed(withdrawn(1, 3, &consent(1, false))).await;
    world.audited(6).await;
}

#[tokio::test]
async fn an_answer_about_an_unknown_client_is_sealed_until_the_client_is_registered() {
    let world = World::new().await;
    assert_eq!(name(&world.seal(ask(9, None)).await), "sealed 1");
    let outcomes = world.one_batch(vec![registered(9, None), ask(9, None)]).await;
    assert_eq!(outcomes, ["sealed 3", "sealed 2"]);
    assert_eq!(name(&world.seal(ask(9, None)).await), "stale");
    assert_eq!(name(&world.seal(registered(9, None)).await), "stale");
    assert_eq!(name(&world.seal(ask(9, Some(1))).await), "sealed 4");
    world.audited(5).await;
}

#[tokio::test]
async fn under_a_new_covenant_nothing_decided_under_the_old_one_is_sealed() {
    let world = World::new().await;
    let outcomes = world
        .one_batch(vec![
            adopted('b', 'b', 2),
            ask(1, None),
            registered(1, None),
            adopted('c', 'a', 1),
            ask(2, None),
        ])
        .await;
    assert_eq!(outcomes, ["sealed 4", "sealed 1", "sealed 3", "stale", "sealed 2"]);
    assert_eq!(name(&world.seal(ask(2, None)).await), "other rules");
    assert_eq!(name(&world.seal(registered(2, None)).await), "other rules");
    let under = |covenant, parties| Entry { covenant: digest(covenant), parties, ..ask(2, None) };
    assert_eq!(name(&world.seal(under('b', 1)).await), "other rules");
    assert_eq!(name(&world.seal(under('a', 2)).await), "other rules");
    assert_eq!(name(&world.seal(under('b', 3)).await), "other rules");
    assert_eq!(name(&world.seal(under('b', 2)).await), "sealed 5");
    let (in_force, parties, revision) = world.store.covenant().await.unwrap();
    assert_eq!(
        (in_force.as_str(), parties.as_str(), revision),
        (digest('b').as_str(), covenant('b', 'b').parties_digest().unwrap().as_str(), 2)
    );
    world.audited(6).await;
}

#[tokio::test]
async fn a_covenant_counts_the_parties_up_only_when_they_change() {
    let world = World::new().await;
    for (parties, revision, outcome) in
        [('a', 2, "stale"), ('a', 1, "sealed 1"), ('b', 1, "stale"), ('b', 3, "stale"), ('b', 2, "sealed 2")]
    {
        assert_eq!(name(&world.seal(adopted('d', parties, revision)).await), outcome, "{parties} {revision}");
    }
    world.audited(3).await;
}

#[tokio::test]
async fn nothing_is_sealed_before_the_first_covenant() {
    let world = World::empty().await;
    world.audited(0).await;
    assert_eq!(name(&world.seal(ask(1, None)).await), "other rules");
    assert_eq!(name(&world.seal(Entry { parties: 0, ..ask(1, None) }).await), "other rules");
    assert!(world.store.receipt(0).await.unwrap().is_none());
    assert_eq!(world.store.checkpoint().await.unwrap(), (0, String::new()));
    world.audited(0).await;
}

#[tokio::test]
async fn a_decision_more_than_a_minute_before_the_newest_entry_is_refused() {
    let world = World::new().await;
    let at = |offset| Entry { at: NOON.plus(offset), ..ask(1, None) };
    world.sealed(at(100_000)).await;
    for offset in [39_999, 0, -1_000_000] {
        assert!(matches!(world.seal(at(offset)).await, Err(Error::ClockBehind)), "{offset}");
    }
    assert!(matches!(world.seal(Entry { at: Timestamp(i64::MIN), ..at(0) }).await, Err(Error::ClockBehind)));
    assert_eq!(name(&world.seal(at(40_000)).await), "sealed 2");
    let outcomes = world.one_batch(vec![at(39_999), at(100_001), at(40_000)]).await;
    assert_eq!(outcomes, [Error::ClockBehind.to_string().as_str(), "sealed 3", "stale"], "also of one batch");
    assert!(matches!(world.seal(at(40_000)).await, Err(Error::ClockBehind)));
    world.audited(4).await;
}

#[tokio::test]
async fn a_release_that_spends_single_uses_changes_each_of_their_consents_with_it() {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    let [one, other] = [consent(1, true), consent(2, true)];
    world.sealed(recorded(1, 1, &one)).await;
    world.sealed(recorded(1, 2, &other)).await;
    let entry = with(ask(1, Some(3)), |d| d.spends = vec![one.id.clone(), other.id.clone()]);
    let (_, by) = entry.spends().unwrap();
    let spent = [one.spend(by.clone()), other.spend(by.clone())].to_vec();
    let elsewhere = one.spend(Spent { organisation: organisation(EMMEN), ..by });
    let wrong: [Vec<Consent>; 6] = [
        vec![],
        vec![spent[0].clone()],
        vec![spent[0].clone(), other.clone()],
        vec![spent[0].clone(), Consent { id: consent(3, true).id, ..spent[1].clone() }],
        vec![elsewhere, spent[1].clone()],
        vec![spent[1].clone(), spent[0].clone()],
    ];
    for spent in wrong {
        let refused = world.ledger.seal(Submission { entry: entry.clone(), spent }).await;
        assert!(matches!(refused, Err(Error::Corrupt(_))), "{}", name(&refused));
    }
    let none = world.ledger.seal(Submission { entry: ask(1, Some(3)), spent: spent.clone() }).await;
    assert!(matches!(none, Err(Error::Corrupt(_))), "{}", name(&none));
    world.audited(4).await;

    let again = with(entry.clone(), |d| d.request = new_request());
    let by = again.spends().unwrap().1;
    let second = vec![one.spend(by.clone()), other.spend(by)];
    let first = world.ledger.seal(Submission { entry, spent: spent.clone() }).await;
    assert_eq!(name(&first), "sealed 4");
    let second = world.ledger.seal(Submission { entry: again, spent: second }).await;
    assert_eq!(name(&second), "stale");
    let register = crate::store::Register::new(&world.store, 10);
    let file = register.current(&client(1)).await.unwrap();
    assert_eq!(file.revision, Some(4));
    assert_eq!(file.at(&organisation(ACCARE)).unwrap().consents, spent);
    world.audited(5).await;
}

#[tokio::test]
async fn a_consent_is_recorded_once_and_changed_only_by_its_own_client() {
    for event in [
        recorded(1, 2, &consent(1, false)),
        recorded(2, 1, &consent(1, false)),
        withdrawn(2, 1, &consent(1, false)),
        withdrawn(1, 2, &consent(5, false)),
    ] {
        let world = with_a_consent().await;
        world.sealed(registered(2, None)).await;
        assert_eq!(name(&world.seal(event).await), Error::Stopped.to_string());
        world.audited(4).await;
    }
}
