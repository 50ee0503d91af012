use crate::domain::client::Capacity::*;
use crate::domain::client::Registration;
use crate::domain::consent::Consent;
use crate::domain::recording::ConsentRefused;
use crate::domain::testing::*;

/// At 14, with an agreement of an aunt about herself: everybody who must agree, did.
fn complete() -> Consent {
    permit("CAS", &["C01", "C02", "G02"])
        .yes("client", Youth, days_ago(9))
        .parents_yes(days_ago(9))
        .yes_about("aunt", &["G02"], days_ago(9))
}

fn client() -> Registration {
    aged(14).with_parents()
}

fn withdraw(
    consent: &Consent,
    client: &Registration,
    who: &str,
    only: &[&str],
) -> Result<Consent, ConsentRefused> {
    let only = fields(only);
    let only = (!only.is_empty()).then_some(only.as_slice());
    consent.withdraw(&person(who), only, client, terms(&catalogue()), days_ago(1))
}

/// Which of the three fields are open.
fn open(client: &Registration, consent: &Consent) -> Vec<&'static str> {
    let open = |code: &&str| lack(client, std::slice::from_ref(consent), "CAS", code, today()).is_none();
    ["C01", "C02", "G02"].into_iter().filter(open).collect()
}

#[test]
fn everybody_takes_back_the_own_yes_whole_or_by_field_and_what_needed_it_ends_for_good() {
    let table: [(&str, &[&str], &[&str]); 8] = [
        ("client", &[], &[]),
        ("client", &["C01"], &["C02", "G02"]),
        ("mother", &[], &[]),
        ("father", &["C01", "C02"], &["G02"]),
        ("father", &["G02"], &["C01", "C02"]),
        ("aunt", &[], &["C01", "C02"]),
        ("aunt", &["G02"], &["C01", "C02"]),
        ("mother", &["C01", "C02", "G02"], &[]),
    ];
    assert_eq!(open(&client(), &complete()), ["C01", "C02", "G02"]);
    for (who, only, left) in table {
        let after = withdraw(&complete(), &client(), who, only).unwrap();
        assert_eq!(open(&client(), &after), left, "{who} {only:?}");
        assert_eq!(after.version, complete().version + 1, "{who} {only:?}");
        assert_eq!(after.withdrawn, left.is_empty().then(|| days_ago(1)), "{who} {only:?}");
        // A new yes in the same consent does not bring it back.
        let again =
            after.parents_yes(today()).yes("client", Youth, today()).yes_about("aunt", &["G02"], today());
        assert_eq!(open(&client(), &again), left, "{who} {only:?}, again");
    }
}

#[test]
fn who_gave_nothing_takes_nothing_back() {
    let without_father = permit("CAS", &["C01"]).yes("mother", ParentAuthority, days_ago(9));
    for who in ["father", "step-parent", "institution"] {
        let outcome = withdraw(&without_father, &client(), who, &[]);
        assert_eq!(outcome, Err(ConsentRefused::NotTheGrantor), "{who}");
    }
    // Below sixteen the youth does not stand in the place of the parents; an objection is open to the youth.
    assert_eq!(withdraw(&without_father, &client(), "client", &[]), Err(ConsentRefused::NotTheGrantor));
}

#[test]
fn a_field_that_is_not_in_the_consent_or_does_not_rest_on_the_person_is_refused() {
    let not_there = Err(ConsentRefused::FieldNotInConsent(field("C03")));
    assert_eq!(withdraw(&complete(), &client(), "client", &["C03"]), not_there);
    for only in [&["C01"][..], &["G02", "C01"]] {
        assert_eq!(
            withdraw(&complete(), &client(), "aunt", only),
            Err(ConsentRefused::NotNeeded),
            "{only:?}"
        );
    }
}

#[test]
fn what_ended_is_not_withdrawn_again() {
    let ended = withdraw(&complete(), &client(), "client", &[]).unwrap();
    assert_eq!(withdraw(&ended, &client(), "mother", &[]), Err(ConsentRefused::Ended));
}

#[test]
fn a_yes_that_is_not_needed_is_taken_back_and_the_consent_stays() {
    let at_16 = aged(16).with_parents();
    let after = withdraw(&complete(), &at_16, "mother", &[]).unwrap();
    assert_eq!(open(&at_16, &after), ["C01", "C02", "G02"]);
    assert_eq!(
        open(&aged(16).with_parents().unable(), &after),
        [""; 0],
        "but it is gone when it is needed later"
    );
    assert_eq!(withdraw(&complete(), &at_16, "mother", &["C01"]), Err(ConsentRefused::NotNeeded));
}

#[test]
fn a_client_of_twelve_or_older_always_ends_what_the_client_agreed_to() {
    for client in [aged(12), aged(14).unable(), aged(16), aged(17).unable(), aged(19), aged(19).unable()] {
        let client = client.with_parents();
        let after = withdraw(&complete(), &client, "client", &[]).unwrap();
        assert!(after.withdrawn.is_some(), "{}", client.age(today()));
        let after = withdraw(&complete(), &client, "client", &["C01"]).unwrap();
        assert!(after.struck.contains_key(&field("C01")), "{}", client.age(today()));
    }
}

#[test]
fn who_now_stands_in_a_grantors_place_can_end_the_consent() {
    let by_parents = permit("CAS", &["C01"]).parents_yes(days_ago(90));
    let before = between(days_ago(3000), days_ago(2));
    let lost = |r: Registration| {
        r.with_during("mother", ParentAuthority, before).with_during("father", ParentAuthority, before)
    };
    let ordered = in_place_of(&["mother", "father"], &["CAS"]);
    let table: [(&str, Registration, &str, bool); 8] = [
        ("a guardian", lost(aged(9)).with("guardian", Guardian), "guardian", true),
        (
            "whom a court put there",
            aged(9).with_parents().with_order(always(), Some(ordered)),
            "institution",
            true,
        ),
        ("the youth at 16", aged(16).with_parents(), "client", true),
        ("the adult at 18", aged(18).with_parents(), "client", true),
        ("the mentor of an unable adult", aged(18).unable().with("mentor", Mentor), "mentor", true),
        ("a mere supervisor", aged(9).with_parents().with_order(always(), None), "institution", false),
        ("a guardian who is not", lost(aged(9)), "guardian", false),
        ("a youth of 14", aged(14).with_parents(), "client", false),
    ];
    for (case, client, who, may) in table {
        let outcome = withdraw(&by_parents, &client, who, &[]);
        assert_eq!(outcome.is_ok_and(|c| c.withdrawn.is_some()), may, "{case}");
    }
    let by_client = permit("CAS", &["C01"]).yes("client", Adult, days_ago(90));
    let mentored = aged(30).unable().with("mentor", Mentor);
    let outcome = withdraw(&by_client, &mentored, "mentor", &[]);
    assert_eq!(outcome, Err(ConsentRefused::NotTheGrantor), "nobody stands in the place of the client");
    let by_mentor = permit("CAS", &["C01"]).yes("mentor", Mentor, days_ago(90));
    let able_again = aged(30).with("mentor", Mentor);
    assert!(withdraw(&by_mentor, &able_again, "client", &[]).is_ok(), "the client who decides again");
}

#[test]
fn where_two_agreed_to_a_field_that_may_name_them_either_closes_it() {
    let both = complete().yes_about("uncle", &["G02"], days_ago(9));
    for who in ["aunt", "uncle"] {
        for only in [&[][..], &["G02"]] {
            let after = withdraw(&both, &client(), who, only).unwrap();
            assert_eq!(open(&client(), &after), ["C01", "C02"], "{who} {only:?}");
        }
    }
}

#[test]
fn an_administrator_closes_the_fields_about_money() {
    let client = aged(19).with("administrator", Administrator);
    let consent = permit("SCH", &["D01", "C02"]).yes("client", Adult, days_ago(9)).yes(
        "administrator",
        Administrator,
        days_ago(9),
    );
    let after = withdraw(&consent, &client, "administrator", &[]).unwrap();
    let lacking = |code| lack(&client, std::slice::from_ref(&after), "SCH", code, today()).is_some();
    assert_eq!((lacking("D01"), lacking("C02")), (true, false));
}

#[test]
fn in_doubt_a_withdrawal_ends_the_consent() {
    let nobody = aged(14);
    assert!(withdraw(&complete(), &nobody, "mother", &[]).unwrap().withdrawn.is_some());
}

#[test]
fn only_who_objected_lifts_the_objection_whole_or_by_field() {
    let exact = no("father", ParentAuthority, days_ago(9), to_exactly("CAS", &["C01", "C02"]));
    let broad = no("client", Youth, days_ago(9), to_all());
    for other in ["mother", "client", "institution"] {
        assert_eq!(withdraw(&exact, &client(), other, &[]), Err(ConsentRefused::NotTheGrantor), "{other}");
    }
    for other in ["mother", "father"] {
        assert_eq!(withdraw(&broad, &client(), other, &[]), Err(ConsentRefused::NotTheGrantor), "{other}");
    }
    assert!(withdraw(&exact, &client(), "father", &[]).unwrap().withdrawn.is_some());
    let by_field = withdraw(&exact, &client(), "father", &["C01"]).unwrap();
    assert!(!by_field.keeps(field("C01")) && by_field.keeps(field("C02")));
    let rest = withdraw(&by_field, &client(), "father", &["C02"]).unwrap();
    assert!(rest.withdrawn.is_some());
    assert_eq!(withdraw(&rest, &client(), "father", &[]), Err(ConsentRefused::Ended));
    assert_eq!(withdraw(&broad, &client(), "client", &["C01"]), Err(ConsentRefused::ObjectionIsBroad));
    assert!(withdraw(&broad, &client(), "client", &[]).is_ok());
}
