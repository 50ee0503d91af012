use std::sync::Arc;

use crate::domain::disclosure::{Disclosure, FetchedValues};
use crate::domain::lack::Lack;
use crate::domain::ruling::{Because, CustodianFailure, Ruling, Told, Verdict};
use crate::domain::testing::*;
use crate::domain::value::{Content, Value};
use crate::domain::{DisclosureEvent, FieldCode};

const BORN: jiff::civil::Date = jiff::civil::date(2011, 3, 4);

fn rule() -> Arc<str> {
    "consent-covers".into()
}

fn permitted() -> Verdict {
    Verdict::Permitted { rule: rule(), consent: None }
}

fn withheld(told: Told, lack: Lack) -> Verdict {
    Verdict::Withheld { told, because: Because::Lack(lack), rule: rule() }
}

/// C01 and A06 are permitted, C02 is not.
fn ruling() -> Ruling {
    let expired = withheld(Told::ConsentExpired, Lack::ConsentExpired);
    let verdicts = vec![(field("C01"), permitted()), (field("C02"), expired), (field("A06"), permitted())];
    Ruling::new(verdicts, true, |_| false)
}

fn text(text: &str) -> Value {
    Value::Text(Content::from(text.to_owned()))
}

fn housing() -> (FieldCode, Value) {
    (field("C01"), Value::Code(Content::from("own-home".to_owned())))
}

fn check(answered: Vec<(FieldCode, Value)>) -> Result<FetchedValues, CustodianFailure> {
    FetchedValues::check(&ruling().permitted(), &catalogue(), BORN, answered)
}

fn told(disclosure: &Disclosure) -> Vec<(String, Told)> {
    disclosure.withheld().iter().map(|w| (w.field.to_string(), w.told)).collect()
}

#[test]
fn only_permitted_fields_are_asked_for_and_released() {
    assert_eq!(ruling().permitted(), fields(&["C01", "A06"]));
    let disclosure =
        Disclosure::release(ruling(), check(vec![(field("A06"), text("Voorbeeldstad")), housing()]));
    assert_eq!(disclosure.failure(), None);
    assert_eq!(told(&disclosure), [("C02".to_owned(), Told::ConsentExpired)]);
    let (released, withheld, receipt) = disclosure.sealed("receipt").open();
    let codes: Vec<_> = released.iter().map(|(code, _)| *code).collect();
    assert_eq!((codes, withheld.len(), receipt), (fields(&["C01", "A06"]), 1, "receipt"));
    assert!(released[0].1 == housing().1, "each field has its own value");
}

#[test]
fn a_value_that_was_fetched_for_a_field_that_is_withheld_does_not_come_out() {
    // Even when the wrong list was asked of the custodian.
    let answered = vec![housing(), (field("C02"), text("binnenkort"))];
    let fetched = FetchedValues::check(&fields(&["C01", "C02"]), &catalogue(), BORN, answered);
    let (released, withheld, ()) = Disclosure::release(ruling(), fetched).sealed(()).open();
    assert_eq!(released.into_iter().map(|(code, _)| code).collect::<Vec<_>>(), fields(&["C01"]));
    assert_eq!(withheld.into_iter().map(|w| w.field).collect::<Vec<_>>(), fields(&["C02", "A06"]));
}

#[test]
fn one_wrong_value_makes_the_whole_answer_invalid_and_nothing_of_it_is_released() {
    let invalid = || {
        vec![
            ("a field that was not asked", (field("C02"), text("binnenkort"))),
            ("a field that does not exist", (field("C99"), text("iets"))),
            ("a field answered twice", housing()),
            ("a value of another type", (field("A06"), Value::YesNo(true))),
            ("a value that is too long", (field("A06"), text(&"n".repeat(121)))),
            ("an empty value", (field("A06"), text(" "))),
            ("a value that holds a BSN", (field("A06"), text("123456782"))),
        ]
    };
    for (case, wrong) in invalid() {
        let fetched = check(vec![housing(), wrong]);
        assert_eq!(fetched.as_ref().err(), Some(&CustodianFailure::CustodianAnswerInvalid), "{case}");
        let disclosure = Disclosure::release(ruling(), fetched);
        assert!(disclosure.released().is_empty(), "{case}");
    }
}

#[test]
fn a_custodian_that_fails_releases_nothing_and_the_ledger_knows_why() {
    use CustodianFailure::*;
    for failure in [CustodianUnavailable, CustodianTimeout, CustodianAnswerInvalid, CustodianRecordUnknown] {
        let disclosure = Disclosure::release(ruling(), Err(failure));
        assert!(disclosure.released().is_empty());
        assert_eq!(disclosure.failure(), Some(failure));
        let expected =
            [("C01", Told::NotAvailable), ("C02", Told::ConsentExpired), ("A06", Told::NotAvailable)];
        assert_eq!(told(&disclosure), expected.map(|(code, told)| (code.to_owned(), told)));
        assert_eq!(disclosure.withheld()[0].because, Because::Custodian(failure));
        assert_eq!(disclosure.withheld()[1].because, Because::Lack(Lack::ConsentExpired));
    }
}

#[test]
fn a_permitted_field_that_the_custodian_does_not_have_is_not_available() {
    let disclosure = Disclosure::release(ruling(), check(vec![housing()]));
    let expected = [("C02", Told::ConsentExpired), ("A06", Told::NotAvailable)];
    assert_eq!(told(&disclosure), expected.map(|(code, told)| (code.to_owned(), told)));
    assert_eq!(disclosure.withheld()[1].because, Because::NoValue);
}

#[test]
fn the_entry_groups_fields_by_what_determined_them_and_loses_none() {
    let disclosure = Disclosure::release(ruling(), check(vec![housing()]));
    let (released, withheld) = DisclosureEvent::group(&disclosure);
    assert_eq!(released.iter().map(|g| g.fields.clone()).collect::<Vec<_>>(), [fields(&["C01"])]);
    assert_eq!(
        withheld.iter().map(|g| g.fields.clone()).collect::<Vec<_>>(),
        [fields(&["C02"]), fields(&["A06"])]
    );
}

#[test]
fn somebody_unrelated_hears_no_consent_for_everything_but_what_the_request_alone_decides() {
    use Told::*;
    let all = [OutsidePurpose, OutsideAgenda, GroundNotAvailable, GroundNotInForce, RecipientNotEntitled];
    let all = all.into_iter().chain([
        EmergencyIncomplete,
        NoConsent,
        ConsentWithdrawn,
        ConsentExpired,
        NotAvailable,
    ]);
    for told in all {
        let heard = |related, tell_anyway| {
            let verdict = withheld(told, Lack::HolderRefused);
            match &Ruling::new(vec![(field("C01"), verdict)], related, tell_anyway).verdicts()[0].1 {
                Verdict::Withheld { told, because, .. } => (*told, *because),
                Verdict::Permitted { .. } => panic!("was withheld"),
            }
        };
        let because = Because::Lack(Lack::HolderRefused);
        assert_eq!(heard(true, |_| false), (told, because));
        assert_eq!(heard(false, |_| false), (NoConsent, because));
        let request_alone = matches!(told, GroundNotAvailable | GroundNotInForce | EmergencyIncomplete);
        let expected = if request_alone { told } else { NoConsent };
        assert_eq!(heard(false, Told::depends_on_request_alone), (expected, because));
        assert_eq!(Told::parse(told.code()), Some(told));
    }
}

#[test]
fn free_text_that_holds_the_birth_date_or_the_first_name_makes_the_whole_answer_invalid() {
    let text = |text: &str| Value::Text(Content::from(text.to_owned()));
    let answer = |name: &str, wish: &str| {
        let answered = vec![(field("A03"), text(name)), (field("C04"), text(wish))];
        FetchedValues::check(&fields(&["A03", "C04"]), &catalogue(), BORN, answered).is_ok()
    };
    assert!(answer("Testa Voorbeeld", "Een plek bij familie Voorbeeld, vanaf 1 mei 2026."));
    for wish in ["Testa wil rust.", "geb. 04-03-2011", "jarig op 4 maart 2011", "20110304"] {
        assert!(!answer("Testa Voorbeeld", wish), "{wish}");
    }
}
