use crate::domain::client::Capacity::*;
use crate::domain::client::Registration;
use crate::domain::consent::Consent;
use crate::domain::id::{EvidenceReference, RequesterRef};
use crate::domain::lack::Lack;
use crate::domain::overriding::{Exception, OverrideDecision, OverrideRefused};
use crate::domain::relation::is_related;
use crate::domain::testing::*;
use crate::domain::time::Timestamp;
use crate::domain::{ConsentProfile, ConsentStatus};
use ConsentProfile::{Dual, StrictWgbo};
use jiff::civil::date;

/// Who refuses, as what.
type Refusing = &'static [(&'static str, crate::domain::Capacity)];

fn professional(number: u8) -> RequesterRef {
    RequesterRef::from_bytes([number; 16])
}

fn decision(until: Timestamp) -> OverrideDecision {
    let note = EvidenceReference::parse("note-7").unwrap();
    OverrideDecision { exception: Exception::ConsideredWish, note, by: professional(1), until }
}

fn client() -> Registration {
    aged(14).with_parents()
}

/// The youth and the mother agreed nine days ago.
fn agreed() -> Consent {
    permit("WON", &["C01", "C02"]).yes("client", Youth, days_ago(9)).yes(
        "mother",
        ParentAuthority,
        days_ago(9),
    )
}

fn father_refuses(codes: &[&str]) -> Consent {
    no("father", ParentAuthority, days_ago(8), to_exactly("WON", codes))
}

/// Decided seven days ago, confirmed six days ago, ten days to go.
fn overridden(consent: &Consent, client: &Registration, others: &[Consent]) -> Consent {
    let ten_days = decision(days_ago(-10));
    let decided = consent.override_refusal(ten_days, client, others, Dual, days_ago(7)).unwrap();
    decided.confirm_override(&professional(2), client, others, Dual, days_ago(6)).unwrap()
}

fn lack_at(client: &Registration, consents: &[&Consent], code: &str, at: Timestamp) -> Option<Lack> {
    let consents: Vec<Consent> = consents.iter().copied().cloned().collect();
    lack(client, &consents, "WON", code, at)
}

#[test]
fn a_recorded_refusal_is_passed_from_the_second_professional_on_until_the_last_day_and_only_for_what_was_refused()
 {
    let no = father_refuses(&["C01"]);
    let decided = agreed()
        .override_refusal(decision(days_ago(-10)), &client(), std::slice::from_ref(&no), Dual, days_ago(7))
        .unwrap();
    let alone = Some(Lack::HolderRefused);
    assert_eq!(lack_at(&client(), &[&decided, &no], "C01", today()), alone, "one professional is not enough");
    let whole = overridden(&agreed(), &client(), std::slice::from_ref(&no));
    for (at, expected) in [
        (days_ago(6).plus(-1), alone),
        (days_ago(6), None),
        (today(), None),
        (days_ago(-10).plus(-1), None),
        (days_ago(-10), alone),
    ] {
        assert_eq!(lack_at(&client(), &[&whole, &no], "C01", at), expected, "{}", at.rfc3339());
    }
    // About the other field the father is silent.
    assert_eq!(lack_at(&client(), &[&whole, &no], "C02", today()), Some(Lack::MissingHolder));
    assert_eq!(whole.status(&client(), terms(&catalogue()), today()), ConsentStatus::InForce);
    assert!(is_related(
        &team(),
        &custodian(),
        Some((&client(), &[whole.clone(), no.clone()])),
        terms(&catalogue()),
        today()
    ));
    let revoked = whole.revoke_override(days_ago(1)).unwrap();
    assert_eq!(lack_at(&client(), &[&revoked, &no], "C01", today()), alone, "revoked");
    assert_eq!(whole.version, agreed().version + 2);
}

#[test]
fn only_the_refusal_that_was_weighed_is_passed() {
    let no = father_refuses(&["C01"]);
    let whole = overridden(&agreed(), &client(), std::slice::from_ref(&no));
    let later = no_to_all("father", ParentAuthority, days_ago(2));
    let mother = no_to_all("mother", ParentAuthority, days_ago(2));
    let youth = no_to_all("client", Youth, days_ago(20));
    let lifted = no.withdraw(&person("father"), None, &client(), terms(&catalogue()), days_ago(2)).unwrap();
    let refused = Some(Lack::HolderRefused);
    let table: [(&str, &[&Consent], Option<Lack>); 6] = [
        ("as decided", &[&whole, &no], None),
        ("the father refuses anew", &[&whole, &no, &later], refused),
        ("the mother refuses now", &[&whole, &no, &mother], refused),
        ("the client had refused everything", &[&whole, &no, &youth], None),
        (
            "the client refuses everything now",
            &[&whole, &no, &no_to_all("client", Youth, days_ago(2))],
            Some(Lack::YouthRefused),
        ),
        ("the father lifted the no and is silent", &[&whole, &lifted], Some(Lack::MissingHolder)),
    ];
    for (case, consents, expected) in table {
        assert_eq!(lack_at(&client(), consents, "C01", today()), expected, "{case}");
    }
}

fn no_to_all(who: &str, capacity: crate::domain::Capacity, at: Timestamp) -> Consent {
    no(who, capacity, at, to_all())
}

#[test]
fn both_parents_a_guardian_and_whom_a_court_put_in_their_place_can_be_passed() {
    let by_court = client().with_order(always(), Some(in_place_of(&["father"], &["WON"])));
    let table: [(&str, Registration, Refusing); 3] = [
        ("both parents", client(), &[("mother", ParentAuthority), ("father", ParentAuthority)]),
        ("a guardian", aged(14).with("guardian", Guardian), &[("guardian", Guardian)]),
        ("an institution", by_court, &[("mother", ParentAuthority), ("institution", CourtOrder)]),
    ];
    for (case, client, refusing) in table {
        let own = permit("WON", &["C01"]).yes("client", Youth, days_ago(9));
        let mut all: Vec<Consent> =
            refusing.iter().map(|(who, capacity)| no_to_all(who, *capacity, days_ago(8))).collect();
        all.push(overridden(&own, &client, &all));
        assert_eq!(lack(&client, &all, "WON", "C01", today()), None, "{case}");
        all.remove(0);
        assert!(lack(&client, &all, "WON", "C01", today()).is_some(), "{case}, one silent");
    }
}

#[test]
fn it_counts_only_while_the_client_is_competent_and_twelve_to_fifteen() {
    let no = father_refuses(&["C01"]);
    let whole = overridden(&agreed(), &client(), std::slice::from_ref(&no));
    let table = [
        (aged(11), Some(Lack::HolderRefused)),
        (aged(12), None),
        (aged(15), None),
        (aged(14).unable(), Some(Lack::HolderRefused)),
        (aged(16), None),
        (aged(16).unable(), Some(Lack::HolderRefused)),
    ];
    for (client, expected) in table {
        let client = client.with_parents();
        assert_eq!(lack_at(&client, &[&whole, &no], "C01", today()), expected, "{}", client.age(today()));
    }
}

#[test]
fn an_override_is_refused_by_the_row_that_it_breaks() {
    use OverrideRefused::*;
    let no = father_refuses(&["C01"]);
    let only_parents = permit("WON", &["C01"]).parents_yes(days_ago(9));
    let withdrawn = |who: &str| {
        agreed()
            .yes("father", ParentAuthority, days_ago(9))
            .withdraw(&person(who), None, &client(), terms(&catalogue()), days_ago(8))
            .unwrap()
    };
    let elsewhere =
        super::super::testing::no("father", ParentAuthority, days_ago(8), to_exactly("CAS", &["C01"]));
    let without_authority = no_to_all("uncle", ParentAuthority, days_ago(8));
    let about_own_data = no_to_all("father", DataSubject, days_ago(8));
    let table: [(&str, Consent, Registration, Option<&Consent>, OverrideRefused); 13] = [
        ("silence", agreed(), client(), None, NobodyRefused),
        ("a no to something else", agreed(), client(), Some(&elsewhere), NobodyRefused),
        ("a no of somebody without authority", agreed(), client(), Some(&without_authority), NobodyRefused),
        ("a no about the own data", agreed(), client(), Some(&about_own_data), NobodyRefused),
        ("a parent took the yes back", withdrawn("father"), client(), Some(&no), Ended),
        ("the client took the yes back", withdrawn("client"), client(), Some(&no), Ended),
        ("the client did not agree", only_parents, client(), Some(&no), ClientHasNotAgreed),
        ("an objection", no.clone(), client(), Some(&no), NotAPermit),
        ("eleven", agreed(), aged(11).with_parents(), Some(&no), NotThisClient),
        ("sixteen", agreed(), aged(16).with_parents(), Some(&no), NotThisClient),
        ("unable", agreed(), client().unable(), Some(&no), NotThisClient),
        ("an adult", agreed(), aged(18).with_parents(), Some(&no), NotThisClient),
        ("nobody has authority", agreed(), aged(14), Some(&no), NotThisClient),
    ];
    for (case, consent, client, no, expected) in table {
        let others: Vec<Consent> = no.into_iter().cloned().collect();
        let outcome = consent.override_refusal(decision(days_ago(-10)), &client, &others, Dual, days_ago(7));
        assert_eq!(outcome.unwrap_err(), expected, "{case}");
        assert!(expected.to_string().starts_with("T1-0"), "{case}");
    }
    let strict =
        agreed().override_refusal(decision(days_ago(-10)), &client(), &[no], StrictWgbo, days_ago(7));
    assert_eq!(strict.unwrap_err(), NotThisClient, "where the client decides alone there is nothing to pass");
}

#[test]
fn it_lasts_three_months_at_most_through_the_last_day() {
    let no = father_refuses(&["C01"]);
    let at = noon(date(2026, 11, 30));
    let long = agreed().during(between(days_ago(100), days_ago(-300)));
    let until =
        |until| long.override_refusal(decision(until), &client(), std::slice::from_ref(&no), Dual, at);
    // There is no 30 February.
    let latest = Timestamp::end_of(date(2027, 2, 28));
    assert!(until(latest).is_ok());
    for wrong in [latest.plus(1), at, at.plus(-1), Timestamp::END] {
        assert_eq!(until(wrong).unwrap_err(), OverrideRefused::TooLong(latest), "{}", wrong.rfc3339());
    }
}

#[test]
fn a_second_professional_confirms_once_while_the_refusal_still_stands() {
    use OverrideRefused::*;
    let no = father_refuses(&["C01"]);
    let on_record = std::slice::from_ref(&no);
    let decided =
        agreed().override_refusal(decision(days_ago(-10)), &client(), on_record, Dual, days_ago(7)).unwrap();
    let confirm = |consent: &Consent, by, others: &[Consent], at| {
        consent.confirm_override(&professional(by), &client(), others, Dual, at)
    };
    assert_eq!(confirm(&decided, 1, on_record, today()).unwrap_err(), SamePerson);
    assert_eq!(confirm(&agreed(), 2, on_record, today()).unwrap_err(), NoneOnRecord);
    assert_eq!(confirm(&decided, 2, &[], today()).unwrap_err(), NobodyRefused);
    assert_eq!(confirm(&decided, 2, on_record, days_ago(-10)).unwrap_err(), NoneOnRecord, "too late");
    let revoked = decided.revoke_override(days_ago(1)).unwrap();
    assert_eq!(confirm(&revoked, 2, on_record, today()).unwrap_err(), NoneOnRecord);
    assert_eq!(revoked.revoke_override(today()).unwrap_err(), NoneOnRecord);
    let again = |consent: &Consent| {
        consent.override_refusal(decision(days_ago(-10)), &client(), on_record, Dual, today()).err()
    };
    assert_eq!(again(&decided), Some(AlreadyDecided));
    assert_eq!(again(&revoked), None, "after a revocation it can be decided anew");
    let whole = confirm(&decided, 2, on_record, today()).unwrap();
    assert_eq!(confirm(&whole, 3, on_record, today()).unwrap_err(), AlreadyConfirmed);
    // What is written past these functions counts no more than what they would write.
    let mut forged = whole;
    forged.overrides[0].confirmed.as_mut().unwrap().by = professional(1);
    assert_eq!(lack_at(&client(), &[&forged, &no], "C01", today()), Some(Lack::HolderRefused));
}
