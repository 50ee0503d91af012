//! The end of retention: what is old enough goes, what something rests on stays, and every proof goes on verifying.

use super::*;
use crate::ledger::{Checkpoint, Hash, Receipt, verify_consistency};
use crate::store::{EntryFilter, ExpiryPlan, Register};

const DAY: i64 = 86_400_000;
/// Six years later.
pub(in crate::store) const LATER: Timestamp = Timestamp(NOON.0 + 6 * 366 * DAY);
/// The entries of [`old`] that say something about a client for whom it still matters.
const STAY: [u64; 8] = [0, 4, 5, 7, 9, 10, 11, 12];

/// An old entry, emptied.
const EMPTY: &str = "update entry set at = 0, event = '', client = null, custodian = null, recipient = null, \
    requester = null, purpose = null, outcome = '', revision = null, request_key = null, body = substr(body, 1, 0) where idx = 3";

pub(in crate::store) fn at(entry: Entry, at: Timestamp) -> Entry {
    Entry { at, ..entry }
}

fn objection(number: u8) -> Consent {
    let all = Objection { recipient: None, role: None, purpose: None, fields: None };
    let period = Period::new(NOON, Timestamp::END).unwrap();
    Consent { stance: Stance::Objection(all), period, ..consent(number, false) }
}

fn treated(number: u8) -> Entry {
    let mut entry = registered(number, None);
    if let Event::Registered { registration, .. } = &mut entry.event {
        let hat = Hat { organisation: organisation(ACCARE), role: Role::parse("fact-behandelaar").unwrap() };
        registration.team = vec![TeamMember { hat, period: Period::new(NOON, LATER.plus(DAY)).unwrap() }];
    }
    entry
}

fn by_law(number: u8, revision: i64) -> Entry {
    with(ask(number, Some(revision)), |d| {
        d.ground = Ground::REPORT;
        d.follow_up = Some(FollowUp { tell_by: NOON.plus(3 * DAY), review_by: None, answers_until: None });
    })
}

/// Six years old: a client of whom all is over (1 to 3), one who objects (4 to 6), one who is still treated (7, 8), one who was
/// never told (9, 10), one about whom there is a young entry (11 to 13, and the last), and many questions about nobody known.
pub(in crate::store) async fn old() -> (World, Vec<Sealed>) {
    let world = World::empty().await;
    let mut entries = vec![
        adopted('a', 'a', 1),
        registered(1, None),
        recorded(1, 1, &consent(1, false)),
        ask(1, Some(2)),
        registered(2, None),
        recorded(2, 1, &objection(2)),
        ask(2, Some(2)),
        treated(3),
        ask(3, Some(1)),
        registered(4, None),
        by_law(4, 1),
        registered(5, None),
        recorded(5, 1, &consent(5, false)),
        ask(5, Some(2)),
    ];
    entries.extend((0..260).map(|_| ask(9, None)));
    entries.push(at(ask(5, Some(2)), LATER));
    let mut sealed = Vec::new();
    for entry in entries {
        sealed.push(world.sealed(entry).await);
    }
    world.audited(275).await;
    (world, sealed)
}

pub(in crate::store) async fn plan(world: &World) -> ExpiryPlan {
    world.store.plan_expiry(LATER).await.unwrap().unwrap()
}

pub(in crate::store) async fn expire(world: &World, plan: ExpiryPlan) -> String {
    let mut entry = at(entry(None, None, Event::Expired(plan.expiry.clone())), LATER);
    entry.actor = None;
    name(&world.ledger.expire(entry, plan).await)
}

pub(in crate::store) async fn expired() -> (World, Vec<Sealed>) {
    let (world, sealed) = old().await;
    let plan = plan(&world).await;
    assert_eq!((plan.entries(), plan.expiry.before, plan.expiry.kept), (266, 274, 8));
    assert_eq!(expire(&world, plan).await, "sealed 275");
    (world, sealed)
}

#[tokio::test]
async fn every_receipt_and_every_consistency_proof_stays_valid_when_old_entries_are_gone() {
    let (world, sealed) = expired().await;
    assert_eq!(world.audit().await.unwrap().gone, 266);
    let (_, newest) = world.store.checkpoint().await.unwrap();
    let newest = Checkpoint::parse_and_verify(&newest, ORIGIN, &world.key).unwrap();
    let proves = |receipt: &Receipt, leaf: Hash| receipt.verify_leaf(&leaf, ORIGIN, &world.key).unwrap();
    for (index, Sealed { leaf, receipt, .. }) in (0_u64..).zip(&sealed) {
        let before = proves(receipt, *leaf);
        let after = world.store.receipt(index).await.unwrap().unwrap();
        assert_eq!(proves(&after, *leaf), newest, "{index}");
        let (proof, _) = world.store.consistency(before.size).await.unwrap().unwrap();
        verify_consistency(before.size, newest.size, &before.root, &newest.root, &proof).unwrap();
    }
}

#[tokio::test]
async fn what_nothing_rests_on_is_gone_and_what_something_rests_on_stays() {
    let (world, _) = expired().await;
    for index in 0..274 {
        let stays = STAY.contains(&index);
        let row = world.store.entry(index).await;
        assert_eq!(matches!(row, Ok(Some(_))), stays, "{index}");
        assert_eq!(matches!(row, Err(Error::Expired)), !stays, "{index}");
    }
    let register = Register::new(&world.store, 10);
    for (number, revision) in [(1, None), (2, Some(2)), (3, Some(1)), (4, Some(1)), (5, Some(2))] {
        assert_eq!(register.current(&client(number)).await.unwrap().revision, revision, "client {number}");
    }
    assert_eq!(world.store.plan_expiry(LATER).await.unwrap(), None, "nothing more can go");
    // Who reads the ledger is not shown what is gone.
    for side in [ACCARE, ASSEN, EMMEN] {
        let rows = world.store.entries(&organisation(side), &EntryFilter::default(), 500).await.unwrap();
        assert!(rows.iter().all(|row| STAY.contains(&row.index) || row.index >= 274), "{side}");
    }
    // A client of whom all is gone begins anew.
    world.sealed(at(registered(1, None), LATER)).await;
    world.audited(277).await;
}

#[tokio::test]
async fn nothing_goes_a_day_too_early_and_each_covenant_has_its_own_years() {
    let (world, _) = old().await;
    let five_years = NOON.plus(5 * 365 * DAY + DAY);
    assert_eq!(world.store.plan_expiry(five_years).await.unwrap(), None);
    assert!(world.store.plan_expiry(five_years.plus(2 * DAY)).await.unwrap().is_some());
    // An entry cannot say so too early either: the audit would not believe it.
    let plan = plan(&world).await;
    let mut early = at(entry(None, None, Event::Expired(plan.expiry.clone())), LATER.plus(-30_000));
    early.actor = None;
    assert_eq!(name(&world.ledger.expire(early, plan).await), "sealed 275", "half a minute is no matter");
    world.audited(276).await;
}

#[tokio::test]
async fn a_client_who_comes_back_meanwhile_keeps_everything() {
    let (world, _) = old().await;
    let overtaken = plan(&world).await;
    world.sealed(at(ask(1, Some(2)), LATER)).await;
    assert_eq!(expire(&world, overtaken).await, "stale");
    world.audited(276).await;
    assert!(matches!(world.store.entry(1).await, Ok(Some(_))));
    let again = plan(&world).await;
    assert_eq!(again.expiry.kept, 10, "the registration and the consent of client 1 too");
    let late = again.clone();
    assert_eq!(expire(&world, again).await, "sealed 276");
    assert_eq!(expire(&world, late).await, "stale", "what another gateway did is not done again");
    world.audited(277).await;
}

#[tokio::test]
async fn the_engine_lets_go_of_nothing_but_by_an_entry_that_says_so() {
    let (world, _) = old().await;
    let refused = async |statement: &'static str| {
        let done = sqlx::query(statement).execute(&world.store.writer).await;
        assert!(done.is_err(), "{statement}");
    };
    for statement in [
        EMPTY,
        "delete from entry where idx = 3",
        "update retention set before = 10, until = 0, entry = 5",
        "insert into retention values (2, 5, 10, 0)",
        "delete from retention",
        "delete from covenant",
        "delete from unconsented_release",
    ] {
        refused(statement).await;
    }
    world.audited(275).await;
    let expiry = plan(&world).await;
    assert_eq!(expire(&world, expiry).await, "sealed 275");
    for statement in [
        "delete from entry where idx = 3",
        "update entry set leaf = substr(leaf, 1, 1) where idx = 3",
        "update entry set body = leaf where idx = 3",
        "update entry set body = substr(body, 1, 0) where idx = 5",
        "update entry set outcome = 'done' where idx = 274",
        "update retention set before = 0, until = 0, entry = -1",
        "update retention set before = 275",
        "delete from covenant",
        "delete from unconsented_release",
    ] {
        refused(statement).await;
    }
    world.audited(276).await;
    // The engine cannot tell which of the old entries stay; the entry that says so can, and the audit asks it.
    sqlx::query("update entry set at = 0, event = '', client = null, custodian = null, recipient = null, requester = null, \
        purpose = null, outcome = '', revision = null, request_key = null, body = substr(body, 1, 0) where idx = 10")
        .execute(&world.store.writer)
        .await
        .unwrap();
    assert!(matches!(world.audit().await, Err(AuditProblem::Retention)));
}

#[tokio::test]
async fn a_covenant_goes_with_the_last_entry_that_was_decided_under_it() {
    let world = World::empty().await;
    let under = |rules, entry: Entry| Entry { covenant: covenant(rules, 'a').digest().unwrap(), ..entry };
    world.sealed(adopted('b', 'a', 1)).await;
    world.sealed(under('b', ask(9, None))).await;
    world.sealed(adopted('c', 'a', 1)).await;
    world.sealed(under('c', treated(3))).await;
    world.sealed(adopted('d', 'a', 1)).await;
    world.sealed(at(adopted('a', 'a', 1), LATER)).await;
    world.sealed(at(ask(9, None), LATER)).await;
    let expiry = plan(&world).await;
    assert_eq!((expiry.expiry.before, expiry.entries()), (5, 1));
    assert_eq!(expire(&world, expiry).await, "sealed 7");
    for (rules, kept) in [('a', true), ('b', false), ('c', true), ('d', false)] {
        let digest = covenant(rules, 'a').digest().unwrap();
        assert_eq!(world.store.kept_covenant(&digest).await.unwrap().is_some(), kept, "{rules}");
    }
    world.audited(8).await;
}
