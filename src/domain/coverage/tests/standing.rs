//! Standing counts twice, permits are exact, and grants are not added up (rulings 1, 7, 8, 10, 11, 12 and 18).

use jiff::civil::date;

use crate::domain::client::Capacity::*;
use crate::domain::consent::{Ask, Consent, Spent};
use crate::domain::lack::Lack;
use crate::domain::testing::*;
use crate::domain::time::Timestamp;

#[test]
fn a_yes_given_at_eleven_does_not_count_at_twelve() {
    let client = born(date(2014, 11, 20)).with_parents();
    let at = |given| [permit("WON", &["C01"]).parents_yes(days_ago(9)).yes("client", Youth, given)];
    assert_eq!(lack(&client, &at(days_ago(3)), "WON", "C01", today()), Some(Lack::YouthMissing));
    assert_eq!(lack(&client, &at(days_ago(1)), "WON", "C01", today()), None);
}

#[test]
fn a_yes_from_before_having_authority_or_after_losing_it_does_not_count() {
    let period = between(days_ago(10), days_ago(-10));
    let client = aged(9).with_during("mother", ParentAuthority, period).with("father", ParentAuthority);
    let given = |at| {
        [permit("WON", &["C01"]).yes("father", ParentAuthority, days_ago(50)).yes(
            "mother",
            ParentAuthority,
            at,
        )]
    };
    assert_eq!(lack(&client, &given(days_ago(11)), "WON", "C01", today()), Some(Lack::MissingHolder));
    assert_eq!(lack(&client, &given(days_ago(10)), "WON", "C01", today()), None);
    assert_eq!(
        lack(&client, &given(days_ago(10)), "WON", "C01", days_ago(-10)),
        None,
        "the father decides alone"
    );
    let alone = aged(9).with_during("mother", ParentAuthority, period);
    let gone = lack(&alone, &given(days_ago(10)), "WON", "C01", days_ago(-10));
    assert_eq!(gone, Some(Lack::NobodyCompetent));
}

#[test]
fn a_partner_who_agreed_while_the_client_decided_did_not_agree_for_the_client() {
    let client = aged(30).with("partner", Partner).judged(false, date(2026, 11, 20), None);
    let given = |at| [permit("WON", &["C01"]).yes("partner", Partner, at)];
    assert_eq!(lack(&client, &given(days_ago(5)), "WON", "C01", today()), Some(Lack::RepresentativeMissing));
    assert_eq!(lack(&client, &given(days_ago(1)), "WON", "C01", today()), None);
}

#[test]
fn a_parent_who_agreed_while_a_court_had_put_another_in_their_place_did_not_agree() {
    let order = between(days_ago(20), days_ago(2));
    let client =
        aged(9).with("mother", ParentAuthority).with_order(order, Some(in_place_of(&["mother"], &["WON"])));
    let given = |at| [permit("WON", &["C01"]).yes("mother", ParentAuthority, at)];
    assert_eq!(lack(&client, &given(days_ago(5)), "WON", "C01", today()), Some(Lack::MissingHolder));
    assert_eq!(lack(&client, &given(days_ago(1)), "WON", "C01", today()), None);
}

#[test]
fn a_yes_of_a_youth_who_was_unable_then_does_not_count_when_able_now() {
    let client = aged(16).unable().judged(true, date(2026, 11, 20), None);
    let given = |at| [permit("WON", &["C01"]).yes("client", Youth, at)];
    assert_eq!(lack(&client, &given(days_ago(5)), "WON", "C01", today()), Some(Lack::YouthMissing));
    assert_eq!(lack(&client, &given(days_ago(1)), "WON", "C01", today()), None);
}

#[test]
fn the_grants_of_two_consents_are_not_added_up() {
    let mother = permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(5));
    let father = permit("WON", &["C01"]).yes("father", ParentAuthority, days_ago(5));
    let client = aged(9).with_parents();
    assert_eq!(lack(&client, &[mother, father], "WON", "C01", today()), Some(Lack::MissingHolder));
}

#[test]
fn a_period_includes_its_start_and_excludes_its_end() {
    let (from, until) = (days_ago(1), days_ago(-1));
    let consents = [permit("WON", &["C01"]).during(between(from, until)).yes("client", Youth, days_ago(2))];
    let table = [
        (from.plus(-1), Some(Lack::NotYetInForce)),
        (from, None),
        (until.plus(-1), None),
        (until, Some(Lack::ConsentExpired)),
    ];
    for (at, expected) in table {
        assert_eq!(lack(&aged(16), &consents, "WON", "C01", at), expected, "{}", at.rfc3339());
    }
}

#[test]
fn a_bare_end_date_lasts_through_that_day_in_amsterdam() {
    let last_day = date(2026, 11, 30);
    let period = between(days_ago(5), Timestamp::end_of(last_day));
    let consents = [permit("WON", &["C01"]).during(period).yes("client", Youth, days_ago(5))];
    let midnight = Timestamp::start_of(date(2026, 12, 1));
    assert_eq!(lack(&aged(16), &consents, "WON", "C01", midnight.plus(-1)), None);
    assert_eq!(lack(&aged(16), &consents, "WON", "C01", midnight), Some(Lack::ConsentExpired));
}

#[test]
fn a_single_use_is_spent_for_every_other_request_and_answered_again_for_the_same() {
    let spent = Spent { organisation: team().organisation, request: request(1), at: days_ago(1) };
    let elsewhere = Spent { organisation: institution().organisation, ..spent.clone() };
    let table = [
        (spent.clone(), 1, None),
        (spent, 2, Some(Lack::ConsentExpired)),
        (elsewhere, 1, Some(Lack::ConsentExpired)),
    ];
    for (spent, digit, expected) in table {
        let consents = [permit("CON", &["A05"]).yes("client", Youth, days_ago(5)).spend(spent)];
        let (recipient, request) = (team(), request(digit));
        let ask = Ask {
            recipient: &recipient,
            purpose: purpose("CON"),
            request: &request,
            profile: crate::domain::ConsentProfile::Dual,
            at: today(),
        };
        assert_eq!(lack_for(&aged(16), &consents, ask, "A05"), expected, "request {digit}");
    }
}

#[test]
fn a_field_on_explicit_passes_only_when_the_consent_lists_it() {
    let consents = |codes: &[&str]| [permit("OND", codes).yes("client", Youth, days_ago(5))];
    assert_eq!(lack(&aged(16), &consents(&["E01", "B01"]), "OND", "B01", today()), None);
    assert_eq!(lack(&aged(16), &consents(&["E01"]), "OND", "B01", today()), Some(Lack::NoConsent));
}

#[test]
fn what_the_parents_need_takes_the_own_agreement_of_each_registered_parent() {
    let client = aged(16).with_parents();
    let youth = permit("CAS", &["G03", "G02"]).yes("client", Youth, days_ago(5));
    let missing = Some(Lack::DataSubjectMissing);
    let table: [(Consent, Option<Lack>); 5] = [
        (youth.clone().parents_yes(days_ago(5)), missing),
        (youth.clone().yes_about("mother", &["G03"], days_ago(5)), missing),
        (
            youth.clone().yes_about("mother", &["G03"], days_ago(5)).yes_about(
                "father",
                &["G02"],
                days_ago(5),
            ),
            missing,
        ),
        (
            youth.clone().yes_about("mother", &["G03"], days_ago(5)).yes_about("aunt", &["G03"], days_ago(5)),
            missing,
        ),
        (youth.yes_about("mother", &["G03"], days_ago(5)).yes_about("father", &["G03"], days_ago(5)), None),
    ];
    for (row, (consent, expected)) in table.into_iter().enumerate() {
        assert_eq!(lack(&client, &[consent], "CAS", "G03", today()), expected, "row {row}");
    }
}

#[test]
fn a_field_that_names_somebody_takes_an_agreement_that_lists_it() {
    for code in ["A10", "A12", "G02", "G04"] {
        let youth = permit("CAS", &[code, "C01"]).yes("client", Youth, days_ago(5));
        let ask = |consent: Consent| lack(&aged(16), &[consent], "CAS", code, today());
        assert_eq!(ask(youth.clone()), Some(Lack::DataSubjectMissing), "{code}");
        let other = youth.clone().yes_about("aunt", &["C01"], days_ago(5));
        assert_eq!(ask(other), Some(Lack::DataSubjectMissing), "{code}");
        assert_eq!(ask(youth.yes_about("aunt", &[code], days_ago(5))), None, "{code}");
    }
}

#[test]
fn of_several_ended_consents_withdrawn_is_told_before_expired_and_anything_open_before_both() {
    let client = aged(16);
    let agreed = || permit("WON", &["C01"]).yes("client", Youth, days_ago(90));
    let expired = agreed().during(between(days_ago(100), days_ago(50)));
    let withdrawn =
        agreed().withdraw(&person("client"), None, &client, terms(&catalogue()), days_ago(1)).unwrap();
    let draft = permit("WON", &["C01"]);
    let future = agreed().during(between(days_ago(-1), days_ago(-9)));
    let table: [(&[&Consent], Lack); 5] = [
        (&[&expired], Lack::ConsentExpired),
        (&[&withdrawn, &expired], Lack::ConsentWithdrawn),
        (&[&expired, &withdrawn], Lack::ConsentWithdrawn),
        (&[&expired, &draft], Lack::YouthMissing),
        (&[&withdrawn, &future], Lack::NotYetInForce),
    ];
    for (row, (consents, expected)) in table.into_iter().enumerate() {
        let consents: Vec<Consent> = consents.iter().copied().cloned().collect();
        assert_eq!(lack(&client, &consents, "WON", "C01", today()), Some(expected), "row {row}");
    }
}

#[test]
fn what_never_was_in_force_did_not_end() {
    let client = aged(9).with_parents();
    let draft = permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(90));
    let lapsed = draft.clone().during(between(days_ago(100), days_ago(50)));
    let taken_back =
        draft.withdraw(&person("mother"), None, &client, terms(&catalogue()), days_ago(1)).unwrap();
    assert_eq!(lack(&client, &[lapsed], "WON", "C01", today()), Some(Lack::NoConsent));
    assert_eq!(lack(&client, &[taken_back], "WON", "C01", today()), Some(Lack::NoConsent));
}

#[test]
fn only_what_a_consent_once_opened_is_told_as_ended() {
    let client = aged(9).with_parents().with("administrator", Administrator);
    let taken = |consent: Consent| {
        consent
            .withdraw(&person("mother"), Some(&fields(&["C02"])), &client, terms(&catalogue()), days_ago(5))
            .unwrap()
    };
    let half = permit("SCH", &["C02", "D01"]).yes("mother", ParentAuthority, days_ago(9));
    let later = taken(half.clone()).yes("father", ParentAuthority, days_ago(1));
    let first = taken(half.yes("father", ParentAuthority, days_ago(8)));
    assert_eq!(lack(&client, &[later], "SCH", "C02", today()), Some(Lack::NoConsent), "before it was open");
    assert_eq!(
        lack(&client, std::slice::from_ref(&first), "SCH", "C02", today()),
        Some(Lack::ConsentWithdrawn)
    );
    let over = first.during(between(days_ago(100), days_ago(1)));
    assert_eq!(
        lack(&client, &[over], "SCH", "D01", today()),
        Some(Lack::NoConsent),
        "the administrator never agreed"
    );
}

#[test]
fn a_yes_without_standing_hides_no_earlier_one_and_lifts_no_objection() {
    let client = aged(14).with_parents().judged(false, date(2026, 11, 18), None);
    let agreed = permit("WON", &["C01"]).parents_yes(days_ago(9));
    let no = no("client", Youth, days_ago(10), to_all());
    let lifted = agreed.clone().yes("client", Youth, days_ago(8));
    assert_eq!(lack(&client, &[no.clone(), lifted], "WON", "C01", today()), None);
    let not_lifted = agreed.yes("client", Youth, days_ago(2));
    assert_eq!(lack(&client, &[no, not_lifted], "WON", "C01", today()), Some(Lack::YouthRefused));
    let able = aged(16).judged(false, date(2026, 11, 18), None).judged(true, date(2026, 11, 21), None);
    let twice = permit("WON", &["C01"]).yes("client", Youth, days_ago(9)).yes("client", Youth, days_ago(3));
    assert_eq!(lack(&able, &[twice], "WON", "C01", today()), None);
}
