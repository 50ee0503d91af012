use crate::domain::deadlines::Deadlines;
use crate::domain::entry::{AuthenticationLevel, Nonce};
use crate::domain::event::{DisclosureEvent, ReleasedFields};
use crate::domain::evidence::DelayReason;
use crate::domain::follow_up::{EmergencyReview, FollowUp, NoticeDelay, NoticeGiven, ToldHow};
use crate::domain::id::{
    CovenantDigest, EvidenceReference, Hat, OrganisationId, PersonRef, RequestId, RequesterRef, Role, TraceId,
};
use crate::domain::purpose::PurposeCode;
use crate::domain::testing::{custodian, fields, team};

use super::*;

const HOUR: i64 = 3_600_000;
/// Sunday 22 November 2026, 12.00 in Amsterdam.
const NOON: Timestamp = Timestamp(1_795_345_200_000);

fn deadlines() -> Deadlines {
    Deadlines::parse(include_str!("../../../policies/deadlines.toml")).unwrap()
}

/// What a release on this ground leaves to be done, with answers of its own.
fn left(ground: &str) -> Option<FollowUp> {
    let ground = Ground::parse(ground).unwrap();
    let follow_up = deadlines().after_release(ground, NOON, None)?;
    let answers_until = ground.is_emergency().then_some(NOON.plus(4 * HOUR));
    Some(FollowUp { answers_until, ..follow_up })
}

fn by(number: u8, role: &str) -> Actor {
    let hat = Hat { organisation: team().organisation, role: Role::parse(role).unwrap() };
    Actor { requester: RequesterRef::from_bytes([number; 16]), hat, level: AuthenticationLevel::High }
}

fn entry(at: Timestamp, actor: Actor, event: Event) -> Entry {
    Entry {
        format: Entry::format(),
        at,
        nonce: Nonce::new([1; 16]),
        trace: TraceId::from_bytes([2; 16]),
        covenant: CovenantDigest::parse(&"c0".repeat(32)).unwrap(),
        parties: 1,
        client: Some(ClientRef::from_bytes([4; 16])),
        revision: Some(1),
        actor: Some(actor),
        event,
    }
}

fn disclosed(ground: &str, answered_in: Option<u64>, follow_up: Option<FollowUp>, released: bool) -> Entry {
    let group = ReleasedFields { rule: ground.to_owned(), consent: None, fields: fields(&["A03"]) };
    let event = DisclosureEvent {
        request: RequestId::parse("0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d11").unwrap(),
        repeat_of: None,
        custodian: custodian(),
        purpose: PurposeCode::parse("CRI").unwrap(),
        life_domains: vec![],
        ground: Ground::parse(ground).unwrap(),
        evidence: None,
        related: false,
        released: if released { vec![group] } else { vec![] },
        withheld: vec![],
        failure: None,
        spends: vec![],
        answered_in,
        follow_up,
    };
    entry(NOON, by(7, "crisisdienst"), Event::Disclosure(event))
}

fn release(ground: &str) -> UnconsentedRelease {
    UnconsentedRelease::of(9, &disclosed(ground, None, left(ground), true)).unwrap().unwrap()
}

fn note() -> EvidenceReference {
    EvidenceReference::parse("dossier/2026-17").unwrap()
}

fn review(officer: u8, entry_index: u64, verdict: ReviewVerdict) -> Entry {
    let event = EmergencyReview { custodian: custodian(), entry: entry_index, verdict, note: note() };
    entry(NOON.plus(HOUR), by(officer, "privacy-officer"), Event::EmergencyReviewed(event))
}

fn told() -> Entry {
    let (told, how) = (PersonRef::client(), ToldHow::Letter);
    let event = NoticeGiven { custodian: custodian(), entry: 9, told, how, note: note() };
    entry(NOON.plus(HOUR), by(8, "fact-behandelaar"), Event::ClientNotified(event))
}

fn delayed(until: Timestamp) -> Entry {
    let event = NoticeDelay {
        custodian: custodian(),
        entry: 9,
        reason: DelayReason::HarmToClient,
        note: note(),
        until,
    };
    entry(NOON.plus(HOUR), by(8, "fact-behandelaar"), Event::NoticeDelayed(event))
}

#[test]
fn every_release_without_consent_waits_for_its_notice_and_every_emergency_for_its_review() {
    for number in 1..=15 {
        let ground = format!("R{number:02}");
        let release = UnconsentedRelease::of(9, &disclosed(&ground, None, left(&ground), true)).unwrap();
        assert_eq!(release.is_some(), number > 4, "{ground}");
        let Some(release) = release else { continue };
        assert_eq!(release.tell_by, NOON.plus(72 * HOUR));
        assert!(
            !release.notice_is_overdue(release.tell_by.plus(-1))
                && release.notice_is_overdue(release.tell_by)
        );
        assert_eq!(release.review_by.is_some(), [9, 10, 15].contains(&number), "{ground}");
    }
}

#[test]
fn a_release_cannot_be_recorded_without_what_it_leaves_to_be_done() {
    let whole = left("R09").unwrap();
    let unreviewed = FollowUp { review_by: None, ..whole };
    let unanswered = FollowUp { answers_until: None, ..whole };
    let wrong = [
        ("R05", None, None, true),
        ("R09", None, None, true),
        ("R09", None, Some(unreviewed), true),
        ("R09", None, Some(unanswered), true),
        ("R09", Some(3), Some(whole), true),
        ("R05", None, Some(whole), true),
        ("R01", None, Some(whole), true),
        ("R09", None, Some(whole), false),
        ("R05", Some(3), None, false),
    ];
    for (ground, answered_in, follow_up, released) in wrong {
        let entry = disclosed(ground, answered_in, follow_up, released);
        assert!(
            UnconsentedRelease::of(9, &entry).is_err(),
            "{ground} {answered_in:?} {follow_up:?} {released}"
        );
    }
    for (ground, answered_in, follow_up, released) in [
        ("R01", None, None, true),
        ("R09", None, None, false),
        ("R09", Some(3), None, false),
        ("R09", Some(3), Some(unanswered), true),
    ] {
        let entry = disclosed(ground, answered_in, follow_up, released);
        assert!(
            UnconsentedRelease::of(9, &entry).is_ok(),
            "{ground} {answered_in:?} {follow_up:?} {released}"
        );
    }
}

#[test]
fn the_answers_hold_until_three_hours_fifty_nine_and_not_at_four_hours() {
    let release = release("R09");
    let (client, custodian, ground) = (release.client.clone(), custodian(), release.ground);
    let holds = |at| release.answers(&by(7, "crisisdienst"), &client, &custodian, ground, at);
    let second = 1_000;
    for (after, expected) in [
        (-1, false),
        (0, true),
        (4 * HOUR - second, true),
        (4 * HOUR - 1, true),
        (4 * HOUR, false),
        (5 * HOUR, false),
    ] {
        assert_eq!(holds(NOON.plus(after)), expected, "after {after} ms");
    }
}

#[test]
fn the_answers_hold_for_nobody_else_about_nobody_else_and_on_no_other_ground() {
    let release = release("R09");
    let (own, at) = (by(7, "crisisdienst"), NOON.plus(HOUR));
    let (client, custodian, ground) = (release.client.clone(), custodian(), release.ground);
    assert!(release.answers(&own, &client, &custodian, ground, at));
    let elsewhere = OrganisationId::parse("00000099000000009999").unwrap();
    let other_client = ClientRef::from_bytes([5; 16]);
    let vital = Ground::parse("R10").unwrap();
    assert!(!release.answers(&by(8, "crisisdienst"), &client, &custodian, ground, at), "a colleague");
    assert!(!release.answers(&by(7, "wijkteam"), &client, &custodian, ground, at), "another hat");
    assert!(!release.answers(&own, &other_client, &custodian, ground, at), "another client");
    assert!(!release.answers(&own, &client, &elsewhere, ground, at), "another custodian");
    assert!(!release.answers(&own, &client, &custodian, vital, at), "another ground");
    // A second ask on a ticket carries no answers, so it begins no new four hours.
    let resting = FollowUp { answers_until: None, ..left("R09").unwrap() };
    let second =
        UnconsentedRelease::of(10, &disclosed("R09", Some(9), Some(resting), true)).unwrap().unwrap();
    assert!(!second.answers(&own, &client, &custodian, ground, at));
}

#[test]
fn an_emergency_is_reviewed_by_anyone_but_the_professional_who_asked_and_only_until_the_verdict_is_final() {
    use ReviewVerdict::{Justified, NeedsFollowUp, NotJustified};
    let mut release = release("R10");
    let due = release.review_by.unwrap();
    assert_eq!(release.take(10, &review(7, 9, Justified)), Err(FollowUpRefused::OwnRelease));
    let nobody = Entry { actor: None, ..review(8, 9, Justified) };
    assert_eq!(release.take(10, &nobody), Err(FollowUpRefused::OwnRelease));
    assert!(release.review_is_overdue(due) && !release.review_is_overdue(due.plus(-1)));

    release.take(10, &review(8, 9, NeedsFollowUp)).unwrap();
    assert!(!release.is_reviewed() && release.review_is_overdue(due), "it stays on the list");
    release.take(11, &review(8, 9, NotJustified)).unwrap();
    assert_eq!(release.reviewed, Some((11, NotJustified)));
    assert!(release.is_reviewed() && !release.review_is_overdue(due));
    assert_eq!(release.take(12, &review(8, 9, Justified)), Err(FollowUpRefused::Reviewed));
    assert!(release.told_in.is_none(), "a review tells the client nothing");
}

#[test]
fn a_release_that_is_no_emergency_is_not_reviewed() {
    let refused = release("R05").take(10, &review(8, 9, ReviewVerdict::Justified));
    assert_eq!(refused, Err(FollowUpRefused::NotAnEmergency));
}

#[test]
fn telling_the_client_can_be_put_off_to_a_later_day_and_ends_with_telling() {
    let mut release = release("R05");
    let today = Timestamp::end_of(NOON.date());
    for until in [NOON, today.plus(-1), today] {
        assert_eq!(release.take(10, &delayed(until)), Err(FollowUpRefused::ReviewNotLater));
    }
    let later = today.plus(10 * 24 * HOUR);
    release.take(10, &delayed(later)).unwrap();
    assert_eq!((release.tell_by, release.delayed_in), (later, Some(10)));
    assert!(!release.notice_is_overdue(NOON.plus(73 * HOUR)) && release.notice_is_overdue(later));
    release.take(11, &told()).unwrap();
    assert_eq!(release.told_in, Some(11));
    assert!(!release.notice_is_overdue(later));
    assert_eq!(release.take(12, &told()), Err(FollowUpRefused::Told));
    assert_eq!(release.take(12, &delayed(later.plus(HOUR))), Err(FollowUpRefused::Told));
}

#[test]
fn what_is_about_another_release_client_or_custodian_is_not_taken() {
    let other = Some(ClientRef::from_bytes([5; 16]));
    let wrong = [
        review(8, 10, ReviewVerdict::Justified),
        Entry { client: other, ..review(8, 9, ReviewVerdict::Justified) },
        Entry { client: None, ..told() },
        disclosed("R01", None, None, true),
    ];
    for entry in wrong {
        assert_eq!(release("R09").take(11, &entry), Err(FollowUpRefused::NotThisRelease));
    }
}
