//! A request is answered as new exactly once (ruling 24).

use super::*;

fn first(number: u64) -> Entry {
    with(ask(1, None), |d| d.request = request(number))
}

fn by(oin: &str, mut entry: Entry) -> Entry {
    if let Some(actor) = &mut entry.actor {
        actor.hat.organisation = organisation(oin);
    }
    entry
}

#[tokio::test]
async fn the_same_request_again_is_told_which_entry_was_the_first() {
    let world = World::new().await;
    world.sealed(ask(2, None)).await;
    assert_eq!(name(&world.seal(first(1)).await), "sealed 2");
    assert_eq!(name(&world.seal(first(1)).await), "repeat of 2");
    for expected in 3..5 {
        let repeat = with(first(1), |d| d.repeat_of = Some(2));
        assert_eq!(name(&world.seal(repeat).await), format!("sealed {expected}"));
        assert_eq!(name(&world.seal(first(1)).await), "repeat of 2");
    }
    let stored = world.store.entry(3).await.unwrap().unwrap();
    let Event::Disclosure(disclosure) = stored.entry.event else { panic!("not a disclosure") };
    assert_eq!(disclosure.repeat_of, Some(2));
    world.audited(5).await;
}

#[tokio::test]
async fn the_same_request_twice_in_one_batch_is_sealed_once() {
    let world = World::new().await;
    let outcomes = world.one_batch(vec![first(1), ask(2, None), first(1), first(2), first(1)]).await;
    assert_eq!(outcomes, ["sealed 1", "sealed 2", "stale", "sealed 3", "stale"]);
    let outcomes = world.one_batch(vec![first(1), first(3), first(2)]).await;
    assert_eq!(outcomes, ["repeat of 1", "sealed 4", "repeat of 3"]);
    world.audited(5).await;
}

#[tokio::test]
async fn a_request_whose_first_attempt_was_stale_is_not_a_repeat() {
    let world = World::new().await;
    let stale = Entry { revision: Some(4), ..first(1) };
    let outcomes = world.one_batch(vec![stale.clone(), first(1)]).await;
    assert_eq!(outcomes, ["stale", "stale"]);
    assert_eq!(name(&world.seal(stale).await), "stale");
    assert_eq!(name(&world.seal(first(1)).await), "sealed 1");
    world.audited(2).await;
}

#[tokio::test]
async fn another_organisation_may_have_made_up_the_same_id() {
    let world = World::new().await;
    let outcomes =
        world.one_batch(vec![first(1), by(EMMEN, first(1)), by(EMMEN, first(1)), by(ACCARE, first(1))]).await;
    assert_eq!(outcomes, ["sealed 1", "sealed 2", "stale", "sealed 3"]);
    assert_eq!(name(&world.seal(by(EMMEN, first(1))).await), "repeat of 2");
    world.audited(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_send_one_request_at_the_same_time_exactly_one_is_first() {
    let world = World::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for place in 0..200 {
        let (ledger, id) = (world.ledger.clone(), place % 10);
        tasks.spawn(async move {
            loop {
                match ledger.seal(Submission { entry: first(id), spent: vec![] }).await {
                    Ok(SealOutcome::Sealed(sealed)) => return (id, Some(sealed.index), sealed.index),
                    Ok(SealOutcome::Repeat(index)) => return (id, None, index),
                    Ok(SealOutcome::Stale) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    let mut firsts = BTreeMap::new();
    let mut named = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (id, first, index) = done.unwrap();
        named.push((id, index));
        if let Some(first) = first {
            assert_eq!(firsts.insert(id, first), None, "two firsts of request {id}");
        }
    }
    assert_eq!(firsts.len(), 10);
    assert!(named.iter().all(|(id, index)| firsts[id] == *index));
    world.audited(11).await;
}
