//! A yes against a no (rulings 1, 4, 16 and 22).

use crate::domain::client::Capacity::{self, *};
use crate::domain::client::Registration;
use crate::domain::consent::{Consent, Objection};
use crate::domain::lack::Lack;
use crate::domain::testing::*;

/// Everybody who must agree for a client of 14, did so ten days ago.
fn all_agreed() -> Consent {
    permit("WON", &["C01", "C02"]).yes("client", Youth, days_ago(10)).parents_yes(days_ago(10))
}

fn answer(client: &Registration, consents: &[Consent]) -> Option<Lack> {
    lack(client, consents, "WON", "C01", today())
}

#[test]
fn an_exact_no_wins_whatever_the_dates_and_a_broader_no_only_when_it_is_not_older_than_every_yes() {
    let exact = || to_exactly("WON", &["C01"]);
    let organisation = Some(team().organisation);
    let broad: [(&str, Objection); 6] = [
        ("all", to_all()),
        ("any role", Objection { role: None, ..exact() }),
        ("any recipient", Objection { recipient: None, role: None, ..exact() }),
        ("any purpose", Objection { purpose: None, ..exact() }),
        ("all fields", Objection { fields: None, ..exact() }),
        ("this organisation", Objection { recipient: organisation, ..to_all() }),
    ];
    let who = [("client", Youth, Lack::YouthRefused), ("father", ParentAuthority, Lack::HolderRefused)];
    let client = aged(14).with_parents();
    for (name, capacity, refused) in who {
        for (age, older) in [(11, true), (10, false), (9, false)] {
            let against = |o: &Objection| {
                answer(&client, &[all_agreed(), no(name, capacity, days_ago(age), o.clone())])
            };
            assert_eq!(against(&exact()), Some(refused), "{name}, exact, {age} days ago");
            for (case, objection) in &broad {
                let expected = if older { None } else { Some(refused) };
                assert_eq!(against(objection), expected, "{name}, {case}, {age} days ago");
            }
        }
    }
}

#[test]
fn a_no_blocks_only_what_it_is_about() {
    let exact = || to_exactly("WON", &["C01"]);
    let elsewhere = hat("00000009999999990000", "wijkteam");
    let beside = [
        ("another field", Objection { fields: Some(fields(&["C02"])), ..exact() }),
        ("another purpose", Objection { purpose: Some(purpose("CAS")), ..exact() }),
        ("another role", Objection { role: Some(hat("00000009999999990000", "wonen").role), ..exact() }),
        ("another organisation", Objection { recipient: Some(elsewhere.organisation), ..exact() }),
    ];
    for (case, objection) in beside {
        let consents = [all_agreed(), no("father", ParentAuthority, days_ago(1), objection)];
        assert_eq!(answer(&aged(14).with_parents(), &consents), None, "{case}");
    }
}

#[test]
fn the_length_of_a_list_of_fields_does_not_matter() {
    let long = to_exactly("WON", &["C01", "C02", "C03", "C04"]);
    let consents = [all_agreed(), no("father", ParentAuthority, days_ago(50), long)];
    assert_eq!(answer(&aged(14).with_parents(), &consents), Some(Lack::HolderRefused));
}

#[test]
fn every_grant_that_is_needed_must_be_later_than_a_broader_no() {
    let client = aged(14).with_parents();
    let broad = no("father", ParentAuthority, days_ago(10), to_all());
    let mixed = |mother| {
        permit("WON", &["C01"])
            .yes("client", Youth, days_ago(9))
            .yes("father", ParentAuthority, days_ago(9))
            .yes("mother", ParentAuthority, mother)
    };
    assert_eq!(answer(&client, &[mixed(days_ago(9)), broad.clone()]), None);
    assert_eq!(answer(&client, &[mixed(days_ago(11)), broad.clone()]), Some(Lack::HolderRefused));
    let repeated = mixed(days_ago(11)).yes("mother", ParentAuthority, days_ago(8));
    assert_eq!(answer(&client, &[repeated, broad]), None, "a repeated yes counts from its own moment");
}

#[test]
fn one_no_is_enough_and_another_consent_does_not_go_round_it() {
    let client = aged(14).with_parents();
    let broad = no("client", Youth, days_ago(5), to_all());
    let later = permit("WON", &["C01"]).yes("client", Youth, days_ago(4)).parents_yes(days_ago(4));
    assert_eq!(answer(&client, &[all_agreed(), broad.clone()]), Some(Lack::YouthRefused));
    assert_eq!(answer(&client, &[all_agreed(), broad.clone(), later.clone()]), None);
    let father = no("father", ParentAuthority, days_ago(3), to_all());
    assert_eq!(answer(&client, &[broad, later, father]), Some(Lack::HolderRefused));
}

#[test]
fn the_no_of_a_client_blocks_from_the_twelfth_birthday_also_when_unable_and_only_the_client_lifts_it() {
    let unable = |age| aged(age).with_parents().unable();
    let table = [
        (aged(11).with_parents(), None),
        (unable(12), Some(Lack::YouthRefused)),
        (unable(15), Some(Lack::YouthRefused)),
        (unable(17), Some(Lack::YouthRefused)),
    ];
    for (client, expected) in table {
        // The no came long before the parents' yes: theirs does not lift it.
        let consents =
            [permit("WON", &["C01"]).parents_yes(days_ago(1)), no("client", Youth, days_ago(90), to_all())];
        assert_eq!(answer(&client, &consents), expected, "{}", client.age(today()));
    }
}

#[test]
fn a_no_given_at_eleven_blocks_from_twelve_on() {
    let client = born(jiff::civil::date(2014, 11, 22)).with_parents();
    let refusal = no("client", Youth, days_ago(30), to_exactly("WON", &["C01"]));
    let all = permit("WON", &["C01"]).parents_yes(days_ago(5)).yes("client", Youth, today());
    assert_eq!(lack(&client, &[all.clone(), refusal.clone()], "WON", "C01", days_ago(1)), None);
    assert_eq!(answer(&client, &[all, refusal]), Some(Lack::YouthRefused));
}

#[test]
fn a_no_counts_only_while_the_person_has_standing_in_whatever_capacity() {
    let yes = permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(5));
    let ended = between(days_ago(3000), days_ago(2));
    let father_lost = aged(9).with("mother", ParentAuthority).with_during("father", ParentAuthority, ended);
    let refusal = no("father", ParentAuthority, days_ago(4), to_all());
    assert_eq!(answer(&father_lost, &[yes, refusal]), None);

    let now_mentor = aged(30).unable().with("mother", Mentor);
    let consents = [
        permit("WON", &["C01"]).yes("mother", Mentor, days_ago(5)),
        no("mother", ParentAuthority, days_ago(4), to_all()),
    ];
    assert_eq!(answer(&now_mentor, &consents), Some(Lack::HolderRefused));
}

#[test]
fn a_lifted_or_ended_no_does_not_block_and_a_field_lifted_from_it_neither() {
    let client = aged(14).with_parents();
    let refusal = no("father", ParentAuthority, days_ago(5), to_exactly("WON", &["C01", "C02"]));
    let father = person("father");
    let lift = |only: Option<&[_]>| {
        refusal.withdraw(&father, only, &client, terms(&catalogue()), days_ago(1)).unwrap()
    };
    assert_eq!(answer(&client, &[all_agreed(), lift(None)]), None);
    assert_eq!(answer(&client, &[all_agreed(), lift(Some(&fields(&["C01"])))]), None);
    assert_eq!(answer(&client, &[all_agreed(), lift(Some(&fields(&["C02"])))]), Some(Lack::HolderRefused));
    let ended = refusal.during(between(days_ago(5), today()));
    assert_eq!(answer(&client, &[all_agreed(), ended]), None);
}

#[test]
fn an_administrator_blocks_money_and_nothing_else() {
    let client = aged(19).with("administrator", Administrator);
    let own = || permit("SCH", &["D01", "C02"]).yes("client", Adult, days_ago(5));
    let asked = |consents: &[Consent], code| lack(&client, consents, "SCH", code, today());
    assert_eq!(asked(&[own()], "D01"), Some(Lack::AdministratorMissing));
    assert_eq!(asked(&[own()], "C02"), None);
    let both = own().yes("administrator", Administrator, days_ago(5));
    assert_eq!(asked(std::slice::from_ref(&both), "D01"), None);
    let refused = [both, no("administrator", Administrator, days_ago(4), to_all())];
    assert_eq!(asked(&refused, "D01"), Some(Lack::AdministratorRefused));
    assert_eq!(asked(&refused, "C02"), None);
}

#[test]
fn nobody_else_lifts_the_no_of_somebody_whom_a_field_may_name() {
    let client = aged(16);
    let ask = |consents: &[Consent]| lack(&client, consents, "CAS", "G02", today());
    let yes = |who: &str, at| permit("CAS", &["G02"]).yes("client", Youth, at).yes_about(who, &["G02"], at);
    let refusal = |capacity: Capacity| no("neighbour", capacity, days_ago(5), to_all());
    assert_eq!(ask(&[yes("aunt", days_ago(4))]), None);
    assert_eq!(ask(&[yes("aunt", days_ago(4)), refusal(DataSubject)]), Some(Lack::DataSubjectRefused));
    assert_eq!(ask(&[yes("neighbour", days_ago(4)), refusal(DataSubject)]), None);
    let repeated = yes("neighbour", days_ago(6)).yes("client", Youth, days_ago(4)).yes_about(
        "neighbour",
        &["G02"],
        days_ago(4),
    );
    assert_eq!(ask(&[repeated, refusal(DataSubject)]), None, "a repeated yes counts from its own moment");
    let c01 = permit("CAS", &["C01"]).yes("client", Youth, days_ago(9));
    assert_eq!(
        lack(&client, &[c01, refusal(DataSubject)], "CAS", "C01", today()),
        None,
        "no say in the rest"
    );
}
