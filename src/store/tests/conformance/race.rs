//! Many ask while one withdraws: the withdrawal is a barrier (promise 3).

use super::*;
use crate::store::Register;

/// One professional, who decides on what the register says and seals until it holds. Gives what was sealed when, and on
/// which revision.
async fn keep_asking(ledger: Ledger, register: Register, seed: u64, rounds: usize) -> Vec<(u64, i64)> {
    let mut random = Random(seed);
    let mut sealed = Vec::new();
    for _ in 0..rounds {
        loop {
            let file = register.current(&client(1)).await.unwrap();
            for _ in 0..random.below(4) {
                tokio::task::yield_now().await;
            }
            let entry = ask(1, file.revision);
            match ledger.seal(Submission { entry, spent: vec![] }).await {
                Ok(SealOutcome::Sealed(proof)) => {
                    sealed.push((proof.index, file.revision.unwrap()));
                    break;
                }
                Ok(SealOutcome::Stale) => register.forget(&client(1)),
                other => panic!("{}", name(&other)),
            }
        }
    }
    sealed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn once_a_withdrawal_is_answered_no_later_answer_rests_on_the_consent() {
    let seed = new_seed();
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    for _ in 0..6 {
        let world = World::new().await;
        world.sealed(registered(1, None)).await;
        world.sealed(recorded(1, 1, &consent(1, false))).await;
        let register = Register::new(&world.store, 100);
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..12 {
            asking.spawn(keep_asking(world.ledger.clone(), register.clone(), random.next(), 15));
        }
        // Three entries there are before anybody asks, and one asked before the barrier.
        let wait = 4 + random.next() % 100;
        while world.store.checkpoint().await.unwrap().0 < wait {}
        let barrier = world.sealed(withdrawn(1, 2, &consent(1, false))).await.index;
        // Who asks only now, with a cache that nobody cleared, is told that it is stale, or rests on the withdrawal.
        for _ in 0..3 {
            asking.spawn(keep_asking(world.ledger.clone(), register.clone(), random.next(), 5));
        }
        let (mut before, mut after) = (0, 0);
        while let Some(sealed) = asking.join_next().await {
            for (index, revision) in sealed.unwrap() {
                assert_eq!(revision, if index < barrier { 2 } else { 3 }, "entry {index}, barrier {barrier}");
                *if index < barrier { &mut before } else { &mut after } += 1;
            }
        }
        println!("{before} before the barrier, {after} after");
        assert!(before > 0 && after > 0);
        assert_eq!(before + after, 12 * 15 + 3 * 5);
        world.audited(4 + 12 * 15 + 3 * 5).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_change_counts_although_all_are_made_at_once() {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    let register = Register::new(&world.store, 100);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=20 {
        let (ledger, register) = (world.ledger.clone(), register.clone());
        tasks.spawn(async move {
            loop {
                let revision = register.current(&client(1)).await.unwrap().revision.unwrap();
                let entry = recorded(1, revision, &consent(number, false));
                match ledger.seal(Submission { entry, spent: vec![] }).await {
                    Ok(SealOutcome::Sealed(_)) => return,
                    Ok(SealOutcome::Stale) => register.forget(&client(1)),
                    other => panic!("{}", name(&other)),
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    register.forget(&client(1));
    let file = register.current(&client(1)).await.unwrap();
    assert_eq!(file.revision, Some(21));
    assert_eq!(file.at(&organisation(ACCARE)).unwrap().consents.len(), 20);
    world.audited(22).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_is_being_registered_can_be_read_at_any_moment() {
    let world = World::new().await;
    let register = Register::new(&world.store, 1000);
    let reading = {
        let register = register.clone();
        tokio::spawn(async move {
            for number in 1..=120 {
                loop {
                    register.forget(&client(number));
                    let file = register.current(&client(number)).await.expect("a file that can be read");
                    if file.revision == Some(2) {
                        break;
                    }
                }
            }
        })
    };
    for number in 1..=120 {
        world.sealed(registered(number, None)).await;
        world.sealed(recorded(number, 1, &consent(number, false))).await;
    }
    reading.await.unwrap();
    world.audited(241).await;
}
