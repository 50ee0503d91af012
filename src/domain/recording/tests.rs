use jiff::civil::date;

use crate::domain::client::Capacity::{self, *};
use crate::domain::client::Registration;
use crate::domain::consent::{Channel, Consent, Evidence, Objection, Spent, Stance};
use crate::domain::id::{ConsentId, EvidenceReference};
use crate::domain::recording::{ConsentRefused, Draft};
use crate::domain::testing::*;
use crate::domain::time::{Period, Timestamp};

fn draft(stance: Stance, who: &str, capacity: Capacity) -> Draft {
    Draft {
        id: ConsentId::from_bytes([9; 16]),
        custodian: custodian(),
        stance,
        period: between(today(), days_ago(-10)),
        grantor: grantor(who, capacity),
        grantor_fields: None,
        evidence: evidence(),
    }
}

fn yes(purpose: &str, codes: &[&str]) -> Draft {
    draft(permit(purpose, codes).stance, "client", Youth)
}

fn record(draft: Draft, client: &Registration) -> Result<Consent, ConsentRefused> {
    draft.record(client, &catalogue(), &purposes(), today())
}

#[test]
fn a_recorded_permit_counts_from_now_and_lists_each_field_once() {
    let consent = record(yes("WON", &["C02", "C01", "C02"]), &aged(16)).unwrap();
    assert_eq!((consent.version, consent.grants.len()), (1, 1));
    assert_eq!(consent.grants[0].given_at, today());
    assert_eq!(consent.permit().unwrap().fields, fields(&["C01", "C02"]));
    assert_eq!(lack(&aged(16), &[consent], "WON", "C01", today()), None);
}

#[test]
fn a_permit_holds_only_what_its_purpose_may_carry_and_on_explicit_only_when_listed() {
    let table = [
        ("OND", vec!["E01", "B01"], Ok(())),
        ("CRI", vec!["H05"], Ok(())),
        ("REG", vec!["H05"], Ok(())),
        ("WON", vec!["B01"], Err(ConsentRefused::FieldOutsidePurpose(field("B01")))),
        ("OND", vec!["E01", "D01"], Err(ConsentRefused::FieldOutsidePurpose(field("D01")))),
        ("WON", vec!["C01", "C99"], Err(ConsentRefused::UnknownField(field("C99")))),
        ("ZZZ", vec!["C01"], Err(ConsentRefused::UnknownPurpose)),
        ("WON", vec![], Err(ConsentRefused::FieldsMissing)),
    ];
    for (purpose, codes, expected) in table {
        assert_eq!(record(yes(purpose, &codes), &aged(16)).map(|_| ()), expected, "{purpose} {codes:?}");
    }
}

#[test]
fn a_period_longer_than_the_purpose_allows_or_without_an_end_is_refused_not_shortened() {
    let last_days = [
        ("CAS", date(2027, 5, 22), "C01"),
        ("REG", date(2027, 5, 22), "B02"),
        ("CON", date(2026, 12, 6), "A05"),
        ("WON", date(2027, 11, 22), "C01"),
        ("SCH", date(2027, 11, 22), "C02"),
        ("THU", date(2027, 11, 22), "C01"),
        ("OND", date(2027, 11, 22), "E01"),
        ("CRI", date(2027, 11, 22), "C02"),
    ];
    for (purpose, last_day, code) in last_days {
        let until = |until| Draft { period: between(today(), until), ..yes(purpose, &[code]) };
        let latest = Timestamp::end_of(last_day);
        let too_long = Some(ConsentRefused::PeriodTooLong(latest));
        assert_eq!(record(until(latest), &aged(16)).err(), None, "{purpose}");
        assert_eq!(record(until(latest.plus(1)), &aged(16)).err(), too_long, "{purpose}");
        assert_eq!(record(until(Timestamp::END), &aged(16)).err(), too_long, "{purpose}");
    }
    let no_end = Draft { period: always(), ..draft(Stance::Objection(to_all()), "client", Youth) };
    let from_today = Period::new(today(), Timestamp::END).unwrap();
    assert!(record(Draft { period: from_today, ..no_end }, &aged(16)).is_ok(), "an objection may last");
}

#[test]
fn nothing_is_backdated() {
    let midnight = Timestamp::start_of(today().date());
    for (from, expected) in [(midnight, None), (midnight.plus(-1), Some(ConsentRefused::StartsInThePast))] {
        let consent =
            record(Draft { period: between(from, days_ago(-5)), ..yes("WON", &["C01"]) }, &aged(16));
        assert_eq!(consent.as_ref().err(), expected.as_ref());
        assert!(consent.ok().is_none_or(|c| c.grants[0].given_at == today()));
    }
}

#[test]
fn a_consultation_is_single_use_whatever_was_asked() {
    assert!(record(yes("CON", &["A05"]), &aged(16)).unwrap().permit().unwrap().single_use);
    assert!(!record(yes("WON", &["C01"]), &aged(16)).unwrap().permit().unwrap().single_use);
}

#[test]
fn without_a_note_of_a_spoken_consent_or_the_explanation_about_refusing_it_is_refused() {
    let note = Some(EvidenceReference::parse("note-1").unwrap());
    let table = [
        (Evidence { refusal_explained: false, ..evidence() }, false),
        (Evidence { channel: Channel::Verbal, ..evidence() }, false),
        (Evidence { channel: Channel::Verbal, note, ..evidence() }, true),
        (Evidence { channel: Channel::Portal, ..evidence() }, true),
    ];
    for (row, (evidence, accepted)) in table.into_iter().enumerate() {
        let outcome = record(Draft { evidence, ..yes("WON", &["C01"]) }, &aged(16));
        let incomplete = matches!(outcome, Err(ConsentRefused::EvidenceIncomplete(_)));
        assert_eq!((outcome.is_ok(), incomplete), (accepted, !accepted), "row {row}");
    }
}

#[test]
fn only_somebody_who_may_decide_now_can_agree() {
    let supervised = aged(9).with_parents().with_order(always(), None);
    let table: [(&str, Registration, &str, Capacity, bool); 12] = [
        ("a youth of 12", aged(12).with_parents(), "client", Youth, true),
        ("a child of 11", aged(11).with_parents(), "client", Youth, false),
        ("a youth who is unable", aged(16).unable(), "client", Youth, false),
        ("an adult called a youth", aged(18), "client", Youth, false),
        ("a parent with authority", aged(9).with_parents(), "mother", ParentAuthority, true),
        ("a parent of an adult", aged(18).with_parents(), "mother", ParentAuthority, false),
        (
            "a parent without authority",
            aged(9).with("mother", ParentAuthority),
            "father",
            ParentAuthority,
            false,
        ),
        ("an institution that supervises (vector 11)", supervised, "institution", CourtOrder, false),
        ("a mentor of an able adult", aged(30).with("mentor", Mentor), "mentor", Mentor, false),
        ("a mentor", aged(30).unable().with("mentor", Mentor), "mentor", Mentor, true),
        (
            "an administrator",
            aged(30).with("administrator", Administrator),
            "administrator",
            Administrator,
            true,
        ),
        ("somebody else as the client", aged(16), "mother", Youth, false),
    ];
    for (case, client, who, capacity, accepted) in table {
        let outcome = record(draft(permit("WON", &["C01"]).stance, who, capacity), &client);
        let expected = if accepted { None } else { Some(ConsentRefused::NotAConsentGiver) };
        assert_eq!(outcome.err(), expected, "{case}");
    }
}

#[test]
fn an_objection_is_recorded_of_a_client_of_any_age_and_of_nobody_without_a_say() {
    let objects = |client: Registration, who, capacity| {
        record(draft(Stance::Objection(to_all()), who, capacity), &client).map(|_| ())
    };
    for age in [6, 11, 12, 17] {
        assert_eq!(objects(aged(age), "client", Youth), Ok(()), "{age}");
        assert_eq!(objects(aged(age).unable(), "client", Youth), Ok(()), "{age}, unable");
    }
    assert_eq!(objects(aged(9).with_parents(), "mother", ParentAuthority), Ok(()));
    let refused = Err(ConsentRefused::NotAConsentGiver);
    assert_eq!(objects(aged(9), "father", ParentAuthority), refused);
    assert_eq!(objects(aged(9).with_order(always(), None), "institution", CourtOrder), refused);
    assert_eq!(objects(aged(16), "mother", Youth), refused);
}

#[test]
fn an_objection_names_purposes_and_fields_that_exist_and_not_none_at_all() {
    let table = [
        (Objection { purpose: Some(purpose("ZZZ")), ..to_all() }, ConsentRefused::UnknownPurpose),
        (
            Objection { fields: Some(fields(&["C01", "C99"])), ..to_all() },
            ConsentRefused::UnknownField(field("C99")),
        ),
        (Objection { fields: Some(vec![]), ..to_all() }, ConsentRefused::FieldsMissing),
    ];
    for (objection, refused) in table {
        let outcome = record(draft(Stance::Objection(objection), "client", Youth), &aged(16));
        assert_eq!(outcome.err(), Some(refused));
    }
}

#[test]
fn another_person_agrees_in_a_new_version_and_a_data_subject_says_about_what() {
    let client = aged(14).with_parents();
    let first = record(yes("CAS", &["C01", "G03"]), &client).unwrap();
    let add = |by, about: Option<&[&str]>| first.add_grant(by, about.map(fields), &client, days_ago(-1));
    let second = add(grantor("mother", ParentAuthority), Some(&["C01"])).unwrap();
    assert_eq!((second.version, second.grants.len()), (2, 2));
    assert_eq!((second.grants[1].given_at, &second.grants[1].fields), (days_ago(-1), &None));
    let mother = || grantor("mother", DataSubject);
    assert_eq!(add(mother(), None), Err(ConsentRefused::DataSubjectFieldsMissing));
    assert_eq!(add(mother(), Some(&[])), Err(ConsentRefused::DataSubjectFieldsMissing));
    assert_eq!(add(mother(), Some(&["G03", "G02"])), Err(ConsentRefused::FieldNotInConsent(field("G02"))));
    assert_eq!(add(mother(), Some(&["G03"])).unwrap().grants[1].fields, Some(fields(&["G03"])));
    assert_eq!(add(grantor("step-parent", ParentAuthority), None), Err(ConsentRefused::NotAConsentGiver));
}

#[test]
fn what_ended_stays_ended_and_an_objection_is_one_persons_own() {
    let client = aged(16);
    let consent = record(yes("CON", &["A05"]), &client).unwrap();
    let again =
        |consent: &Consent, at| consent.add_grant(grantor("client", Youth), None, &client, at).map(|_| ());
    assert_eq!(again(&consent, days_ago(-1)), Ok(()), "a repeated yes");
    let spent = consent.spend(Spent { organisation: team().organisation, request: request(1), at: today() });
    let withdrawn = consent.withdraw(&person("client"), None, &client, terms(&catalogue()), today()).unwrap();
    assert_eq!(again(&spent, days_ago(-1)), Err(ConsentRefused::Ended));
    assert_eq!(again(&withdrawn, days_ago(-1)), Err(ConsentRefused::Ended));
    assert_eq!(again(&consent, days_ago(-10)), Err(ConsentRefused::Ended), "the period is over");
    let refusal = no("client", Youth, today(), to_all());
    assert_eq!(again(&refusal, today()), Err(ConsentRefused::ObjectionIsOnePersons));
}

#[test]
fn a_no_needs_no_note_and_no_explanation() {
    let registration = aged(14).with_parents();
    let spoken = Evidence { channel: Channel::Verbal, note: None, refusal_explained: false, ..evidence() };
    let objection = Draft { evidence: spoken, ..draft(Stance::Objection(to_all()), "client", Youth) };
    assert!(record(objection, &registration).is_ok());
}

#[test]
fn every_refusal_names_the_row_of_the_table_that_it_breaks() {
    use ConsentRefused as R;
    let latest = today();
    let rows = [
        (R::FieldOutsidePurpose(field("C01")), "T3-8"),
        (R::FieldsMissing, "T3-2"),
        (R::FieldNotInConsent(field("C01")), "T3-2"),
        (R::UnknownField(field("C01")), "T3-2"),
        (R::UnknownPurpose, "T3-8"),
        (R::PeriodTooLong(latest), "T3-9"),
        (R::PeriodEmpty, "T3-9"),
        (R::StartsInThePast, "T3-9"),
        (R::NotAConsentGiver, "T3-7"),
        (R::DataSubjectFieldsMissing, "T1-18"),
        (R::Ended, "T3-6"),
        (R::NotTheGrantor, "T3-6"),
        (R::NotNeeded, "T3-6"),
        (R::ObjectionIsBroad, "T3-6"),
        (R::ObjectionIsOnePersons, "T3-7"),
    ];
    for (refused, row) in rows {
        let text = refused.to_string();
        assert!(text.contains(&format!(": {row}: ")), "{text}");
    }
    let unexplained = Evidence { refusal_explained: false, ..evidence() };
    let spoken = Evidence { channel: Channel::Verbal, note: None, ..evidence() };
    for (evidence, row) in [(unexplained, "T3-1"), (spoken, "T3-5")] {
        let refused = record(Draft { evidence, ..yes("WON", &["C01"]) }, &aged(16)).unwrap_err().to_string();
        assert!(refused.contains(row), "{refused}");
    }
}
