use jiff::civil::date;

use crate::domain::client::Capacity::*;
use crate::domain::client::Registration;
use crate::domain::consent::{Consent, Spent};
use crate::domain::id::Hat;
use crate::domain::relation::is_related;
use crate::domain::testing::*;
use crate::domain::time::Timestamp;

fn related(hat: &Hat, client: &Registration, consents: &[Consent]) -> bool {
    is_related(hat, &custodian(), Some((client, consents)), terms(&catalogue()), today())
}

fn other_role() -> Hat {
    hat(team().organisation.as_str(), "wonen")
}

#[test]
fn the_custodian_is_related_in_any_role_and_nobody_is_to_an_unknown_client() {
    let own = hat(custodian().as_str(), "behandelaar");
    assert!(related(&own, &aged(16), &[]));
    assert!(!related(&team(), &aged(16), &[]));
    assert!(!is_related(&own, &custodian(), None, terms(&catalogue()), today()));
}

#[test]
fn a_member_of_the_treatment_team_is_related_while_a_member() {
    let table = [(9, -9, true), (9, 1, false), (-1, -9, false), (0, -9, true), (9, 0, false)];
    for (from, until, expected) in table {
        let client = aged(16).with_member(team(), between(days_ago(from), days_ago(until)));
        assert_eq!(related(&team(), &client, &[]), expected, "{from} {until}");
        assert!(!related(&other_role(), &client, &[]));
    }
}

#[test]
fn who_carries_out_an_order_is_related_until_twelve_months_after_it() {
    let table = [(9, -9, true), (900, 335, true), (900, 395, false), (-1, -9, false)];
    for (from, until, expected) in table {
        let client = aged(16).with_order(between(days_ago(from), days_ago(until)), None);
        assert_eq!(related(&institution(), &client, &[]), expected, "{from} {until}");
    }
}

#[test]
fn who_is_named_in_a_permit_is_related_if_it_is_in_force_or_ended_less_than_twelve_months_ago() {
    let client = aged(17);
    let agreed = |from, until| {
        permit("WON", &["C01"]).during(between(days_ago(from), days_ago(until))).yes(
            "client",
            Youth,
            days_ago(from),
        )
    };
    let withdrawn = |consent: Consent, days| {
        consent.withdraw(&person("client"), None, &client, terms(&catalogue()), days_ago(days)).unwrap()
    };
    let spent = |consent: Consent, days| {
        consent.spend(Spent { organisation: team().organisation, request: request(1), at: days_ago(days) })
    };
    let table = [
        ("in force", agreed(9, -9), true),
        ("begins now", agreed(0, -9), true),
        ("in the future", agreed(-1, -9).yes("client", Youth, days_ago(9)), false),
        ("ended now", agreed(9, 0), true),
        ("ended eleven months ago", agreed(500, 335), true),
        ("ended thirteen months ago", agreed(500, 395), false),
        ("withdrawn eleven months ago", withdrawn(agreed(500, 200), 335), true),
        ("withdrawn thirteen months ago", withdrawn(agreed(500, 200), 395), false),
        ("withdrawn before it began", withdrawn(agreed(-1, -9).yes("client", Youth, days_ago(9)), 1), false),
        ("spent eleven months ago", spent(agreed(500, 200), 335), true),
        ("spent thirteen months ago", spent(agreed(500, 200), 395), false),
        ("a draft", permit("WON", &["C01"]), false),
        ("an objection", no("client", Youth, days_ago(9), to_exactly("WON", &["C01"])), false),
        (
            "a yes without standing",
            permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(9)),
            false,
        ),
    ];
    for (case, consent, expected) in table {
        assert_eq!(related(&team(), &client, std::slice::from_ref(&consent)), expected, "{case}");
        assert!(!related(&other_role(), &client, &[consent]), "{case}, in another role");
    }
}

#[test]
fn a_permit_that_only_one_of_two_holders_agreed_to_relates_nobody_not_even_when_taken_back() {
    let client = aged(9).with_parents();
    let half = permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(9));
    assert!(!related(&team(), &client, std::slice::from_ref(&half)));
    let taken_back =
        half.withdraw(&person("mother"), None, &client, terms(&catalogue()), days_ago(1)).unwrap();
    assert!(!related(&team(), &client, &[taken_back]));
    let whole = half.yes("father", ParentAuthority, days_ago(8));
    assert!(related(&team(), &client, std::slice::from_ref(&whole)));
    let ended = whole.withdraw(&person("father"), None, &client, terms(&catalogue()), days_ago(1)).unwrap();
    assert!(related(&team(), &client, &[ended]), "it was in force until yesterday");
}

#[test]
fn a_permit_that_opens_no_field_for_want_of_a_third_person_relates_nobody() {
    let client = aged(17);
    let named = permit("CAS", &["G02"]).yes("client", Youth, days_ago(9));
    assert!(!related(&team(), &client, std::slice::from_ref(&named)));
    let agreed = named.clone().yes_about("sister", &["G02"], days_ago(8));
    assert!(related(&team(), &client, &[agreed]));
}

#[test]
fn twelve_months_are_counted_from_the_day_on_which_it_ended_also_in_a_leap_year() {
    let client = born(date(2000, 1, 1));
    let ended = permit("WON", &["C01"])
        .during(between(noon(date(2026, 3, 1)), Timestamp::end_of(date(2027, 2, 28))))
        .yes("client", Adult, noon(date(2026, 3, 1)));
    let last = Timestamp::end_of(date(2028, 2, 28));
    for (at, expected) in [(last.plus(-1), true), (last, false), (noon(date(2028, 2, 29)), false)] {
        let file = Some((&client, std::slice::from_ref(&ended)));
        let catalogue = catalogue();
        assert_eq!(
            is_related(&team(), &custodian(), file, terms(&catalogue), at),
            expected,
            "{}",
            at.rfc3339()
        );
    }
}
