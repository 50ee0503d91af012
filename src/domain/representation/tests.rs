use jiff::civil::date;

use crate::domain::client::Capacity::*;
use crate::domain::client::Registration;
use crate::domain::id::{EvidenceReference, RequesterRef, WithholdingId};
use crate::domain::lack::Lack;
use crate::domain::representation::*;
use crate::domain::testing::*;

/// Who asks, of whom, what an able client's representative sees, and an unable one's.
type Row =
    (&'static str, &'static [i16], fn(Registration) -> Registration, Result<(), Lack>, Result<(), Lack>);

fn sees(client: &Registration, who: &str, code: &str) -> Result<(), Lack> {
    let catalogue = catalogue();
    may_see(client, &person(who), purpose("WON"), catalogue.field(field(code)).unwrap(), today())
}

fn withholding(items: WithheldItems) -> Withholding {
    Withholding {
        id: WithholdingId::from_bytes([1; 16]),
        items,
        reason: WithholdingReason::TrustAtRisk,
        note: EvidenceReference::parse("note-1").unwrap(),
        by: RequesterRef::from_bytes([1; 16]),
        at: days_ago(10),
        review_on: date(2026, 12, 1),
    }
}

#[test]
fn who_represents_the_client_sees_and_nobody_else_does() {
    let no = Err(Lack::NotARepresentative);
    let parents: fn(Registration) -> Registration = Registration::with_parents;
    let guardian: fn(Registration) -> Registration = |r| r.with_parents().with("guardian", Guardian);
    let mentor: fn(Registration) -> Registration =
        |r| r.with_parents().with("mentor", Mentor).with("sister", Relative);
    // T1b-1, T1b-5, T1b-6.
    let table: [Row; 9] = [
        ("mother", &[0, 11, 12, 15], parents, Ok(()), Ok(())),
        ("mother", &[16, 17], parents, no, Ok(())),
        ("mother", &[18, 40], parents, no, no),
        ("mother", &[9, 14, 17], guardian, no, no),
        ("guardian", &[9, 14], guardian, Ok(()), Ok(())),
        ("guardian", &[16, 17], guardian, no, Ok(())),
        ("mentor", &[18, 40], mentor, no, Ok(())),
        ("sister", &[18, 40], mentor, no, no),
        ("step-parent", &[9, 14, 17, 40], parents, no, no),
    ];
    for (who, ages, registered, able, unable) in table {
        for &age in ages {
            assert_eq!(sees(&registered(aged(age)), who, "C01"), able, "{who} of {age}");
            let record = may_see_entry(&registered(aged(age)), &person(who), 7, today());
            assert_eq!(record, able, "the record, {who} of {age}");
            assert_eq!(sees(&registered(aged(age)).unable(), who, "C01"), unable, "{who} of {age}, unable");
        }
    }
}

#[test]
fn authority_that_ended_opens_nothing_and_a_judgement_about_one_purpose_not_the_whole_record() {
    let before = between(days_ago(3000), days_ago(1));
    let no = Err(Lack::NotARepresentative);
    assert_eq!(sees(&aged(9).with_during("mother", ParentAuthority, before), "mother", "C01"), no);
    let about_housing = aged(17).with_parents().judged(false, date(2026, 1, 1), Some("WON"));
    assert_eq!(sees(&about_housing, "mother", "C01"), Ok(()), "for that purpose");
    assert_eq!(may_see_entry(&about_housing, &person("mother"), 7, today()), no, "but not the whole record");
    let mut without_authority = aged(9).with("mother", ParentAuthority);
    without_authority.parents = vec![person("father")];
    assert_eq!(sees(&without_authority, "father", "C01"), no);
}

#[test]
fn what_a_professional_withholds_is_not_seen_also_past_its_review_date() {
    let mut client = aged(14).with_parents();
    client.withheld = vec![
        withholding(WithheldItems::Fields(fields(&["C02", "H03"]))),
        withholding(WithheldItems::Entries(vec![7])),
    ];
    let withheld = Err(Lack::WithheldFromRepresentative);
    assert_eq!(sees(&client, "father", "C01"), Ok(()));
    assert_eq!(sees(&client, "father", "C02"), withheld);
    assert_eq!(
        sees(&client, "stranger", "C02"),
        Err(Lack::NotARepresentative),
        "who is nobody hears nothing"
    );
    for at in [today(), days_ago(-300)] {
        assert_eq!(may_see_entry(&client, &person("father"), 7, at), withheld, "{}", at.rfc3339());
        assert_eq!(may_see_entry(&client, &person("father"), 8, at), Ok(()), "{}", at.rfc3339());
    }
}

#[test]
fn a_parent_does_not_see_what_a_field_holds_of_somebody_else() {
    let catalogue = catalogue();
    for field in catalogue.fields() {
        let expected = if field.third_person.is_some() { Err(Lack::DataSubjectMissing) } else { Ok(()) };
        assert_eq!(
            may_see(&aged(9).with_parents(), &person("mother"), purpose("WON"), field, today()),
            expected,
            "{}",
            field.code
        );
    }
}

#[test]
fn a_withholding_names_something_and_is_looked_at_again_within_a_year() {
    let on = |review_on| Withholding { review_on, ..withholding(WithheldItems::Entries(vec![1])) };
    let refused = Err(WithholdingRefused::ReviewDate);
    for (review_on, expected) in [
        (date(2026, 11, 12), refused),
        (date(2026, 11, 13), Ok(())),
        (date(2027, 11, 12), Ok(())),
        (date(2027, 11, 13), refused),
    ] {
        assert_eq!(on(review_on).check(), expected, "{review_on}");
    }
    for nothing in [WithheldItems::Entries(vec![]), WithheldItems::Fields(vec![])] {
        assert_eq!(withholding(nothing).check(), Err(WithholdingRefused::NothingNamed));
    }
}
