use jiff::civil::date;

use crate::domain::authority::Extra;
use crate::domain::client::Capacity::{self, *};
use crate::domain::client::Registration;
use crate::domain::consent::Consent;
use crate::domain::id::{EvidenceReference, RequesterRef, WithholdingId};
use crate::domain::overriding::{Exception, OverrideDecision};
use crate::domain::representation::{WithheldItems, Withholding, WithholdingReason};
use crate::domain::testing::*;
use crate::domain::time::Timestamp;
use crate::domain::upcoming::*;
use crate::domain::{ConsentProfile, Waiting};

fn upcoming(consent: &Consent, client: &Registration) -> Vec<Upcoming> {
    consent.upcoming(client, terms(&catalogue()), today())
}

fn waits_for(who: &str, capacity: Capacity) -> Then {
    Then::Suspended(vec![Waiting { who: Extra::Person(grantor(who, capacity)), fields: vec![] }])
}

/// Somebody who turns that age on 1 January 2027, forty days from today.
fn turning(age: i16) -> Registration {
    born(date(2027 - age, 1, 1)).with_parents()
}

fn by_parents() -> Consent {
    permit("WON", &["C01"]).parents_yes(days_ago(9))
}

#[test]
fn a_birthday_is_foretold_with_who_must_still_agree() {
    let new_year = Timestamp::start_of(date(2027, 1, 1));
    let by_all = || by_parents().yes("client", Youth, days_ago(9));
    let table = [
        ("the youth must agree too", 12, turning(12), by_parents(), waits_for("client", Youth)),
        ("the youth decides alone, and agreed", 16, turning(16), by_all(), Then::Continues),
        ("the youth decides alone, and did not", 16, turning(16), by_parents(), waits_for("client", Youth)),
        (
            "unable, the parents go on",
            16,
            turning(16).judged(false, date(2026, 6, 1), None),
            by_parents(),
            Then::Continues,
        ),
        (
            "what parents alone carried ends",
            18,
            turning(18).judged(false, date(2026, 6, 1), None),
            by_parents(),
            Then::Expires,
        ),
        (
            "the own yes goes on",
            18,
            turning(18),
            permit("WON", &["C01"]).yes("client", Youth, days_ago(9)),
            Then::Continues,
        ),
    ];
    for (case, age, client, consent, then) in table {
        let expected = Upcoming { at: new_year, occasion: Occasion::Birthday(age), then };
        assert_eq!(upcoming(&consent, &client), [expected], "{case}");
    }
}

#[test]
fn only_sixty_days_are_looked_ahead_and_the_last_day_counts() {
    let ends = |days: i64| {
        let consent = by_parents().during(between(days_ago(100), days_ago(-days)));
        upcoming(&consent, &aged(9).with_parents()).len()
    };
    assert_eq!([ends(1), ends(59), ends(60), ends(61)], [1, 1, 1, 0]);
}

#[test]
fn ends_and_beginnings_of_period_authority_and_orders_are_foretold() {
    let soon = days_ago(-20);
    let until_soon = between(days_ago(300), soon);
    let from_soon = between(soon, days_ago(-300));
    let one = permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(9));
    let with_order =
        |period| aged(9).with_parents().with_order(period, Some(in_place_of(&["father"], &["WON"])));
    let by_order = one.clone().yes("institution", CourtOrder, days_ago(9));
    let order = crate::domain::CustodianReference::parse("order-1").unwrap();
    let table = [
        (by_parents().during(until_soon), aged(9).with_parents(), Occasion::PeriodEnds, Then::Expires),
        (by_parents().during(from_soon), aged(9).with_parents(), Occasion::PeriodBegins, Then::Continues),
        (
            one.clone(),
            aged(9).with("mother", ParentAuthority).with_during("father", ParentAuthority, from_soon),
            Occasion::AuthorityBegins(grantor("father", ParentAuthority)),
            waits_for("father", ParentAuthority),
        ),
        (
            by_parents(),
            aged(9).with("mother", ParentAuthority).with_during("father", ParentAuthority, until_soon),
            Occasion::AuthorityEnds(grantor("father", ParentAuthority)),
            Then::Continues,
        ),
        (
            by_order,
            with_order(until_soon),
            Occasion::OrderEnds(order.clone()),
            waits_for("father", ParentAuthority),
        ),
        (
            by_parents(),
            with_order(from_soon),
            Occasion::OrderBegins(order),
            waits_for("institution", CourtOrder),
        ),
    ];
    for (consent, client, occasion, then) in table {
        let case = format!("{occasion:?}");
        assert_eq!(upcoming(&consent, &client), [Upcoming { at: soon, occasion, then }], "{case}");
    }
}

#[test]
fn the_end_of_an_override_suspends_the_consent() {
    let client = aged(14).with_parents();
    let no = no("father", ParentAuthority, days_ago(8), to_all());
    let own =
        permit("WON", &["C01"]).yes("client", Youth, days_ago(9)).yes("mother", ParentAuthority, days_ago(9));
    let decision = OverrideDecision {
        exception: Exception::SeriousHarm,
        note: EvidenceReference::parse("note-1").unwrap(),
        by: RequesterRef::from_bytes([1; 16]),
        until: days_ago(-10),
    };
    let others = std::slice::from_ref(&no);
    let decided = own.override_refusal(decision, &client, others, ConsentProfile::Dual, days_ago(7)).unwrap();
    assert_eq!(upcoming(&decided, &client), [], "it was never confirmed");
    let second = RequesterRef::from_bytes([2; 16]);
    let whole =
        decided.confirm_override(&second, &client, others, ConsentProfile::Dual, days_ago(6)).unwrap();
    let then = waits_for("father", ParentAuthority);
    let expected = Upcoming { at: days_ago(-10), occasion: Occasion::OverrideEnds, then };
    assert_eq!(upcoming(&whole, &client), [expected]);
}

#[test]
fn checks_of_a_year_ago_and_reviews_are_due_also_when_overdue() {
    let withholding = |items| Withholding {
        id: WithholdingId::from_bytes([1; 16]),
        items,
        reason: WithholdingReason::Safety,
        note: EvidenceReference::parse("note-1").unwrap(),
        by: RequesterRef::from_bytes([1; 16]),
        at: days_ago(100),
        review_on: date(2026, 11, 1),
    };
    let mut client = aged(9).with("mother", ParentAuthority).judged(false, date(2026, 1, 10), Some("WON"));
    client = client.judged(false, date(2025, 1, 10), Some("SCH"));
    client.authority[0].checked_on = date(2025, 12, 1);
    client.withheld = vec![
        withholding(WithheldItems::Fields(fields(&["C01"]))),
        withholding(WithheldItems::Fields(fields(&["C02"]))),
    ];
    let consent = permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(9));
    let due = |day, occasion| Upcoming { at: Timestamp::start_of(day), occasion, then: Then::Look };
    assert_eq!(
        upcoming(&consent, &client),
        [
            due(date(2026, 11, 1), Occasion::WithholdingReviewDue(WithholdingId::from_bytes([1; 16]))),
            due(date(2026, 12, 1), Occasion::AuthorityCheckDue(grantor("mother", ParentAuthority))),
            due(date(2027, 1, 10), Occasion::CompetenceCheckDue),
        ]
    );
}

#[test]
fn nothing_is_foretold_of_what_ended_and_of_an_objection_only_its_end() {
    let ended = by_parents().during(between(days_ago(100), days_ago(1)));
    assert_eq!(upcoming(&ended, &turning(12)), []);
    let taken_back = by_parents();
    let client = turning(12);
    let taken_back =
        taken_back.withdraw(&person("mother"), None, &client, terms(&catalogue()), days_ago(1)).unwrap();
    assert_eq!(upcoming(&taken_back, &client), []);
    let objection = no("mother", ParentAuthority, days_ago(9), to_all());
    assert_eq!(upcoming(&objection, &client), []);
    let objection = objection.during(between(days_ago(9), days_ago(-9)));
    let end = Upcoming { at: days_ago(-9), occasion: Occasion::PeriodEnds, then: Then::Expires };
    assert_eq!(upcoming(&objection, &client), [end]);
}
