//! Releases without consent: nothing takes one off a list but an entry that says why.

use super::*;
use crate::store::{Backlog, Worklist, WorklistPage};

const HOUR: i64 = 3_600_000;

/// What a professional of Assen gets about client 1 on this ground, with answers of its own or resting on those of an entry.
pub(in crate::store) fn released(ground: &str, revision: i64, answered_in: Option<u64>) -> Entry {
    let ground = Ground::parse(ground).unwrap();
    let deadlines = Deadlines::parse(include_str!("../../../../policies/deadlines.toml")).unwrap();
    with(ask(1, Some(revision)), |d| {
        d.ground = ground;
        d.purpose = PurposeCode::parse("CRI").unwrap();
        d.answered_in = answered_in;
        let own_answers = ground.is_emergency() && answered_in.is_none();
        let answers_until = own_answers.then_some(NOON.plus(4 * HOUR));
        d.follow_up = deadlines.after_release(ground, NOON, None).map(|f| FollowUp { answers_until, ..f });
    })
}

fn by(mut entry: Entry, number: u8, oin: &str) -> Entry {
    if let Some(actor) = &mut entry.actor {
        (actor.requester, actor.hat.organisation) = (requester(number), organisation(oin));
    }
    entry
}

fn note() -> EvidenceReference {
    EvidenceReference::parse("dossier/17").unwrap()
}

pub(in crate::store) fn reviewed(about: u64, revision: i64, verdict: ReviewVerdict) -> Entry {
    let review = EmergencyReview { custodian: organisation(ACCARE), entry: about, verdict, note: note() };
    by(entry(Some(client(1)), Some(revision), Event::EmergencyReviewed(review)), 8, ACCARE)
}

pub(in crate::store) fn told(about: u64, revision: i64) -> Entry {
    let (custodian, told, how) = (organisation(ACCARE), PersonRef::client(), ToldHow::Letter);
    let notice = NoticeGiven { custodian, entry: about, told, how, note: note() };
    by(entry(Some(client(1)), Some(revision), Event::ClientNotified(notice)), 8, ACCARE)
}

fn delayed(about: u64, revision: i64) -> Entry {
    let (custodian, reason, until) = (organisation(ACCARE), DelayReason::OutOfReach, NOON.plus(100 * HOUR));
    let delay = NoticeDelay { custodian, entry: about, reason, note: note(), until };
    by(entry(Some(client(1)), Some(revision), Event::NoticeDelayed(delay)), 8, ACCARE)
}

/// Client 1 is registered, so that the next entry is number 2, on revision 1.
pub(in crate::store) async fn with_a_client() -> World {
    let world = World::new().await;
    world.sealed(registered(1, None)).await;
    world
}

async fn listed(store: &Store, list: Worklist, all: bool) -> Vec<u64> {
    let page = WorklistPage { list, all, after: None, limit: 50 };
    let releases = store.worklist(&organisation(ACCARE), page).await.unwrap();
    releases.iter().map(|release| release.entry).collect()
}

#[tokio::test]
async fn a_release_stays_on_its_lists_until_an_entry_closes_it_also_across_a_restart() {
    use Worklist::{Emergencies, Notices};
    let world = with_a_client().await;
    world.sealed(released("R09", 1, None)).await;
    world.sealed(released("R05", 1, None)).await;
    world.sealed(delayed(2, 1)).await;
    world.sealed(reviewed(2, 2, ReviewVerdict::NeedsFollowUp)).await;
    world.audited(6).await;
    assert_eq!(listed(&world.store, Emergencies, false).await, [2], "only an emergency, and not judged yet");
    assert_eq!(listed(&world.store, Notices, false).await, [2, 3]);
    let release = world.store.unconsented_release(2).await.unwrap().unwrap();
    assert_eq!((release.tell_by, release.delayed_in), (NOON.plus(100 * HOUR), Some(4)));

    world.store.close().await;
    let store = Store::open(&world.database, 1).await.unwrap();
    assert_eq!(listed(&store, Emergencies, false).await, [2]);
    assert_eq!(listed(&store, Notices, false).await, [2, 3]);
    let backlog = Backlog { reviews: 1, reviews_overdue: 0, notices: 2, notices_overdue: 1 };
    assert_eq!(store.backlog(NOON.plus(72 * HOUR)).await.unwrap(), backlog);

    let world = World { ledger: Ledger::start(&store, signing_key()), store, ..world };
    world.sealed(told(2, 3)).await;
    world.sealed(reviewed(2, 4, ReviewVerdict::Justified)).await;
    assert_eq!(listed(&world.store, Emergencies, false).await, [0_u64; 0]);
    assert_eq!(listed(&world.store, Notices, false).await, [3]);
    assert_eq!(listed(&world.store, Emergencies, true).await, [2], "what is done can be found again");
    assert_eq!(listed(&world.store, Notices, true).await, [2, 3]);
    world.audited(8).await;
}

#[tokio::test]
async fn a_worklist_is_one_custodians_and_comes_in_pages_oldest_first() {
    let world = with_a_client().await;
    world.one_batch((0..5).map(|_| released("R10", 1, None)).collect()).await;
    let page = |after| WorklistPage { list: Worklist::Emergencies, all: false, after, limit: 2 };
    let mut found = Vec::new();
    loop {
        let after = found.last().copied();
        let next = world.store.worklist(&organisation(ACCARE), page(after)).await.unwrap();
        if next.is_empty() {
            break;
        }
        found.extend(next.iter().map(|release| release.entry));
    }
    assert_eq!(found, [2, 3, 4, 5, 6]);
    assert!(world.store.worklist(&organisation(ASSEN), page(None)).await.unwrap().is_empty());
    world.audited(7).await;
}

#[tokio::test]
async fn a_release_that_would_leave_its_client_untold_is_not_sealed() {
    let world = with_a_client().await;
    for ground in ["R05", "R09", "R15"] {
        let silent = with(released(ground, 1, None), |d| d.follow_up = None);
        assert!(matches!(world.seal(silent).await, Err(Error::Corrupt(_))), "{ground}");
    }
    world.sealed(released("R09", 1, None)).await;
    world.audited(3).await;
}

#[tokio::test]
async fn of_two_officers_who_judge_at_once_one_decides_again() {
    let world = with_a_client().await;
    world.sealed(released("R09", 1, None)).await;
    let (yes, no) = (ReviewVerdict::Justified, ReviewVerdict::NotJustified);
    let outcomes = world.one_batch(vec![reviewed(2, 1, yes), reviewed(2, 1, no), ask(1, Some(1))]).await;
    assert_eq!(outcomes, ["sealed 4", "stale", "sealed 3"]);
    assert_eq!(name(&world.seal(told(2, 1)).await), "stale", "decided before the review");
    world.sealed(told(2, 2)).await;
    world.audited(6).await;
}

#[tokio::test]
async fn the_audit_refuses_answers_that_do_not_hold() {
    let in_time = |answered_in| released("R09", 1, Some(answered_in));
    let late = |mut entry: Entry, after| {
        entry.at = NOON.plus(after);
        entry
    };
    let table: [(&str, Entry, bool); 7] = [
        ("the same professional", in_time(2), true),
        ("just in time", late(in_time(2), 4 * HOUR - 1), true),
        ("too late", late(in_time(2), 4 * HOUR), false),
        ("a colleague", by(in_time(2), 9, ASSEN), false),
        ("another organisation", by(in_time(2), 7, EMMEN), false),
        ("another ground", released("R10", 1, Some(2)), false),
        ("an entry without answers", in_time(1), false),
    ];
    for (which, entry, holds) in table {
        let world = with_a_client().await;
        world.sealed(released("R09", 1, None)).await;
        world.sealed(entry).await;
        let audit = world.audit().await;
        assert_eq!(audit.is_ok(), holds, "{which}");
        assert!(holds || matches!(audit, Err(AuditProblem::Entry { index: 3, .. })), "{which}");
    }
}

#[tokio::test]
async fn the_engine_itself_drops_no_release_and_makes_nobody_untold() {
    let world = with_a_client().await;
    world.sealed(released("R09", 1, None)).await;
    world.sealed(told(2, 1)).await;
    for change in [
        "delete from unconsented_release",
        "update unconsented_release set tell_by = 1 where tell_by is null",
    ] {
        let error = sqlx::raw_sql(change).execute(&world.store.writer).await.unwrap_err();
        assert!(
            error.to_string().contains("not dropped") || error.to_string().contains("stays told"),
            "{change}"
        );
    }
    world.audited(4).await;
}
