use jiff::civil::date;

use super::*;
use crate::domain::client::Capacity::*;
use crate::domain::consent::{Ask, Consent};
use crate::domain::id::CustodianReference;
use crate::domain::testing::*;

fn named(order: &str, person: &str) -> GroundEvidence {
    GroundEvidence {
        order: Some(CustodianReference::parse(order).unwrap()),
        representative: Some(self::person(person)),
        ..GroundEvidence::default()
    }
}

fn person(name: &str) -> PersonRef {
    crate::domain::testing::person(name)
}

fn involvement(hat: &Hat, client: Option<&Registration>) -> Involvement {
    Involvement::of(hat, client, Some(&named("order-1", "mother")), purpose("CAS"), today())
}

#[test]
fn nobody_is_tied_to_a_client_whom_the_custodian_did_not_register() {
    assert_eq!(involvement(&team(), None), Involvement::default());
    assert!(involvement(&team(), Some(&aged(16))).registered);
}

#[test]
fn a_hat_is_in_the_treatment_team_on_its_days_only() {
    for (from, until, expected) in [(9, -9, true), (0, -9, true), (9, 0, false), (-1, -9, false)] {
        let client = aged(16).with_member(team(), between(days_ago(from), days_ago(until)));
        assert_eq!(involvement(&team(), Some(&client)).in_treatment_team, expected, "{from} {until}");
        assert!(!involvement(&institution(), Some(&client)).in_treatment_team);
    }
}

#[test]
fn an_order_is_held_by_who_carries_it_out_names_it_while_it_lasts_and_the_client_is_a_minor() {
    for (from, until, expected) in [(9, -9, true), (0, -9, true), (9, 0, false), (-1, -9, false)] {
        let client = aged(16).with_order(between(days_ago(from), days_ago(until)), None);
        assert_eq!(involvement(&institution(), Some(&client)).holds_order, expected, "{from} {until}");
        assert!(!involvement(&team(), Some(&client)).holds_order);
        let other = named("order-2", "mother");
        let other = Involvement::of(&institution(), Some(&client), Some(&other), purpose("GIO"), today());
        assert!(!other.holds_order, "another order");
    }
    let adult = aged(18).with_order(always(), None);
    assert!(!involvement(&institution(), Some(&adult)).holds_order, "an order ends at eighteen");
    let unnamed = aged(16).with_order(always(), None);
    let unnamed = Involvement::of(&institution(), Some(&unnamed), None, purpose("GIO"), today());
    assert!(!unnamed.holds_order);
}

#[test]
fn who_represents_follows_age_authority_and_competence() {
    let table: Vec<(Registration, &str, bool)> = vec![
        (aged(11).with_parents(), "mother", true),
        (aged(15).with_parents(), "father", true),
        (aged(15), "father", false),
        (aged(16).with_parents(), "mother", false),
        (aged(17).with_parents().unable(), "mother", true),
        (aged(18).with_parents(), "mother", false),
        (aged(18).with_parents().unable(), "mother", false),
        (aged(14).with_parents().with("voogd", Guardian), "voogd", true),
        (aged(14).with_parents().with("voogd", Guardian), "mother", false),
        (aged(19).with("mentor", Mentor), "mentor", false),
        (aged(19).with("mentor", Mentor).unable(), "mentor", true),
        (aged(19).with("mentor", Mentor).with("partner", Partner).unable(), "partner", false),
        (aged(11).with("money", Administrator), "money", false),
        (aged(15).with_parents(), "client", false),
        (
            aged(11).with_parents().with_order(always(), Some(in_place_of(&["mother", "father"], &["CAS"]))),
            "institution",
            true,
        ),
    ];
    for (at, (client, name, expected)) in table.into_iter().enumerate() {
        assert_eq!(
            client.is_represented_by(&person(name), purpose("CAS"), today()),
            expected,
            "row {at}: {name}"
        );
    }
    let sixteen = date(2026, 11, 22);
    assert!(!born(date(2010, 11, 22)).with_parents().is_represented_by(
        &person("mother"),
        purpose("CAS"),
        noon(sixteen)
    ));
}

fn asked(client: &Registration, consents: &[Consent], code: &str) -> (bool, bool) {
    let (recipient, request) = (team(), request(1));
    let ask = Ask {
        recipient: &recipient,
        purpose: purpose("CAS"),
        request: &request,
        profile: crate::domain::ConsentProfile::Dual,
        at: today(),
    };
    let question = ConsentQuestion::new(client, consents, ask);
    let catalogue = catalogue();
    let field = catalogue.field(field(code)).unwrap();
    (question.is_objected(field), question.others_agreed(field))
}

#[test]
fn a_no_that_counts_stands_against_sharing_without_consent() {
    let client = aged(16);
    let no = |who, capacity| vec![no(who, capacity, days_ago(1), to_all())];
    assert!(asked(&client, &no("client", Youth), "C01").0);
    assert!(!asked(&client, &no("mother", ParentAuthority), "C01").0, "a youth of sixteen decides alone");
    let child = aged(11).with_parents();
    assert!(asked(&child, &no("father", ParentAuthority), "C01").0);
    assert!(!asked(&child, &no("client", Youth), "C01").0, "before twelve it is shown, and does not block");
    assert!(!asked(&client, &[], "C01").0);
    assert!(asked(&aged(14), &no("client", Youth), "C01").0, "also where nobody could agree");
    let elsewhere =
        vec![crate::domain::testing::no("client", Youth, days_ago(1), to_exactly("WON", &["C01"]))];
    assert!(!asked(&client, &elsewhere, "C01").0);
}

#[test]
fn whose_own_data_a_field_holds_agrees_to_it_in_a_consent() {
    let client = aged(16).with_parents();
    assert!(asked(&client, &[], "C01").1, "about nobody else");
    for code in ["A10", "A12", "G02", "G03", "G04"] {
        assert!(!asked(&client, &[], code).1, "{code}");
        let agreed = permit("CAS", &[code]).yes_about("mother", &[code], days_ago(9));
        let both = agreed.clone().yes_about("father", &[code], days_ago(9));
        assert_eq!(asked(&client, &[agreed], code).1, code != "G03", "{code}");
        assert!(asked(&client, std::slice::from_ref(&both), code).1, "{code}");
        let over = both.during(between(days_ago(9), days_ago(1)));
        assert!(!asked(&client, &[over], code).1, "{code}");
    }
}
