//! Verdicts on the entries of samples: sealed where they may be, whoever hands them in, and found from the entry that they are about.

use super::release::with_a_client;
use super::retention::{LATER, at, expire, old, plan};
use super::*;
use crate::store::batch::Row;
use crate::store::fold::Fold;
use crate::store::projection::compare;

fn said(about: u64) -> SampleJudgement {
    SampleJudgement {
        entry: about,
        seed: SampleSeed::parse("2026-11").unwrap(),
        verdict: SampleVerdict::FurtherQuestion,
        follow_up: SampleFollowUp::Talk,
        note: Some(EvidenceReference::parse("dossier/17").unwrap()),
    }
}

/// By an officer of this organisation, about client 1.
fn judged(about: u64, officer: u8, oin: &str) -> Entry {
    let mut entry = entry(Some(client(1)), Some(1), Event::SampleJudged(said(about)));
    if let Some(actor) = &mut entry.actor {
        (actor.requester, actor.hat.organisation) = (requester(officer), organisation(oin));
    }
    entry
}

#[tokio::test]
async fn only_a_first_request_of_somebody_else_on_the_own_side_is_judged_whoever_hands_it_in() {
    let world = with_a_client().await;
    world.sealed(ask(1, Some(1))).await;
    world.sealed(with(ask(1, Some(1)), |asked| asked.repeat_of = Some(2))).await;
    world.sealed(ask(2, None)).await;
    for (what, entry) in [
        ("a stranger", judged(2, 8, EMMEN)),
        ("who asked it", judged(2, 7, ASSEN)),
        ("who asked it, in another hat", judged(2, 7, ACCARE)),
        ("a repeat", judged(3, 8, ACCARE)),
        ("another client's", judged(4, 8, ACCARE)),
        ("a registration", judged(1, 8, ACCARE)),
        ("itself", judged(5, 8, ACCARE)),
        ("nothing", judged(99, 8, ACCARE)),
        ("no index", judged(u64::MAX, 8, ACCARE)),
    ] {
        assert_eq!(name(&world.seal(entry).await), "stale", "{what}");
    }
    for oin in [ACCARE, ASSEN] {
        world.sealed(judged(2, 8, oin)).await;
    }
    world.audited(7).await;
}

#[tokio::test]
async fn the_audit_believes_no_verdict_that_the_writer_would_have_refused() {
    let world = with_a_client().await;
    world.sealed(ask(1, Some(1))).await;
    world.sealed(with(ask(1, Some(1)), |asked| asked.repeat_of = Some(2))).await;
    world.sealed(judged(2, 8, ACCARE)).await;
    let mut snapshot = world.store.snapshot().await.unwrap();
    for (what, forged) in [
        ("a stranger", judged(2, 8, EMMEN)),
        ("who asked it", judged(2, 7, ASSEN)),
        ("a repeat", judged(3, 8, ACCARE)),
        ("a verdict", judged(4, 8, ACCARE)),
        ("nothing", judged(99, 8, ACCARE)),
    ] {
        let mut fold = Fold::new(0);
        for row in world.store.all_from(0, 9).await.unwrap() {
            let key = Row::of(&row.entry).unwrap().request_key;
            fold.take(row.index, &row.entry, key.as_ref()).unwrap();
        }
        compare(&mut snapshot, &fold).await.expect("what was sealed holds");
        fold.take(5, &forged, None).unwrap();
        let problem = compare(&mut snapshot, &fold).await.expect_err(what);
        assert!(matches!(problem, AuditProblem::Entry { index: 5, .. }), "{what}: {problem:?}");
    }
}

#[tokio::test]
async fn a_verdict_that_contradicts_itself_is_nobodys() {
    let world = with_a_client().await;
    world.sealed(ask(1, Some(1))).await;
    let contradiction = SampleJudgement { verdict: SampleVerdict::InOrder, ..said(2) };
    let whole = judged(2, 8, ACCARE);
    for entry in [
        Entry { event: Event::SampleJudged(contradiction), ..whole.clone() },
        Entry { actor: None, ..whole.clone() },
        Entry { client: None, revision: None, ..whole },
    ] {
        assert!(matches!(world.seal(entry).await, Err(Error::Corrupt(_))));
    }
    world.audited(3).await;
}

#[tokio::test]
async fn what_a_side_said_of_an_entry_is_found_from_it_oldest_first_and_the_other_side_does_not_find_it() {
    let world = with_a_client().await;
    world.one_batch(vec![ask(1, Some(1)), ask(1, Some(1))]).await;
    let outcomes =
        world.one_batch(vec![judged(2, 8, ACCARE), judged(3, 8, ACCARE), judged(2, 9, ASSEN)]).await;
    assert_eq!(
        outcomes,
        ["sealed 4", "sealed 5", "sealed 6"],
        "a verdict changes nothing that another rests on"
    );
    world.sealed(judged(2, 9, ACCARE)).await;
    let found = async |oin, about| {
        let found = world.store.verdicts_on(&organisation(oin), &client(1), about).await.unwrap();
        assert!(
            found.iter().all(|(row, judgement)| row.entry.event == Event::SampleJudged(judgement.clone()))
        );
        found.iter().map(|(row, _)| row.index).collect::<Vec<_>>()
    };
    assert_eq!((found(ACCARE, 2).await, found(ACCARE, 3).await), (vec![4, 7], vec![5]));
    assert_eq!((found(ASSEN, 2).await, found(EMMEN, 2).await), (vec![6], vec![]));
    world.audited(8).await;
}

#[tokio::test]
async fn a_verdict_outlives_what_it_is_about_and_what_is_gone_is_not_judged() {
    let (world, _) = old().await;
    let judge = || {
        let entry = at(judged(3, 8, ACCARE), LATER);
        Entry { revision: Some(2), ..entry }
    };
    world.sealed(judge()).await;
    let plan = plan(&world).await;
    assert!(expire(&world, plan).await.starts_with("sealed"));
    assert!(matches!(world.store.entry(3).await, Err(Error::Expired)));
    assert!(world.audit().await.unwrap().gone > 0, "a clean audit");
    assert_eq!(name(&world.seal(judge()).await), "stale");
    assert_eq!(world.store.verdicts_on(&organisation(ACCARE), &client(1), 3).await.unwrap().len(), 1);
}
