//! Every row of T1, as a lawyer would read it out: who said yes, who says no, and what is lacking then.

use crate::domain::client::Capacity::{self, *};
use crate::domain::client::Registration;
use crate::domain::consent::Consent;
use crate::domain::lack::Lack::{self, *};
use crate::domain::testing::no as refuses;
use crate::domain::testing::*;

type People = &'static [(&'static str, Capacity)];
/// The row, the client, who agreed nine days ago, who objected eight days ago, and what is lacking.
type Row = (&'static str, Registration, People, People, Option<Lack>);

const BOTH: People = &[("mother", ParentAuthority), ("father", ParentAuthority)];
const ALL: People = &[("client", Youth), ("mother", ParentAuthority), ("father", ParentAuthority)];
const MOTHER: People = &[("mother", ParentAuthority)];
const FATHER: People = &[("father", ParentAuthority)];
const YOUTH: People = &[("client", Youth)];
const ADULT: People = &[("client", Adult)];
const YOUTH_AND_MOTHER: People = &[("client", Youth), ("mother", ParentAuthority)];
const GUARDIAN: People = &[("guardian", Guardian)];
const YOUTH_AND_GUARDIAN: People = &[("client", Youth), ("guardian", Guardian)];
const INSTITUTION: People = &[("institution", CourtOrder)];
const MOTHER_AND_INSTITUTION: People = &[("mother", ParentAuthority), ("institution", CourtOrder)];
const MENTOR: People = &[("mentor", Mentor)];
const SISTER: People = &[("sister", Relative)];
const STEP_PARENT: People = &[("step-parent", ParentAuthority)];
const NOBODY: People = &[];

fn consents(yes: People, no: People) -> Vec<Consent> {
    let agree =
        |consent: Consent, (who, capacity): &(&str, Capacity)| consent.yes(who, *capacity, days_ago(9));
    let permit = yes.iter().fold(permit("WON", &["C01"]), agree);
    let refusals = no.iter().map(|(who, capacity)| refuses(who, *capacity, days_ago(8), to_all()));
    std::iter::once(permit).chain(refusals).collect()
}

fn holds(table: impl IntoIterator<Item = Row>) {
    for (row, client, yes, no, expected) in table {
        let outcome = lack(&client, &consents(yes, no), "WON", "C01", today());
        assert_eq!(outcome, expected, "{row}: yes {yes:?}, no {no:?}");
    }
}

#[test]
fn the_rows_about_age_and_competence() {
    let two = |age| aged(age).with_parents();
    let one = |age| aged(age).with("mother", ParentAuthority);
    holds([
        ("T1-01", two(9), BOTH, NOBODY, None),
        ("T1-01", two(9), MOTHER, NOBODY, Some(MissingHolder)),
        ("T1-01", two(9), BOTH, FATHER, Some(HolderRefused)),
        ("T1-01", two(9), BOTH, YOUTH, None),
        ("T1-02", one(9), MOTHER, NOBODY, None),
        ("T1-02", one(9), MOTHER, MOTHER, Some(HolderRefused)),
        ("T1-03", two(14), ALL, NOBODY, None),
        ("T1-03", two(14), YOUTH_AND_MOTHER, NOBODY, Some(MissingHolder)),
        ("T1-03", two(14), ALL, FATHER, Some(HolderRefused)),
        ("T1-03", two(14), ALL, YOUTH, Some(YouthRefused)),
        ("T1-04", two(14), BOTH, YOUTH, Some(YouthRefused)),
        ("T1-04", two(14), BOTH, NOBODY, Some(YouthMissing)),
        ("T1-05", two(14), YOUTH_AND_MOTHER, FATHER, Some(HolderRefused)),
        ("T1-06", two(14).unable(), BOTH, NOBODY, None),
        ("T1-06", two(14).unable(), BOTH, MOTHER, Some(HolderRefused)),
        ("T1-07", two(16), YOUTH, NOBODY, None),
        ("T1-07", two(16), YOUTH, BOTH, None),
        ("T1-07", two(16), ALL, YOUTH, Some(YouthRefused)),
        ("T1-08", two(17).unable(), BOTH, NOBODY, None),
        ("T1-08", two(17).unable(), YOUTH, NOBODY, Some(MissingHolder)),
        ("T1-08", two(17).unable(), BOTH, FATHER, Some(HolderRefused)),
        ("T1-09", two(18), ADULT, BOTH, None),
        ("T1-09", two(18), ADULT, ADULT, Some(YouthRefused)),
    ]);
}

#[test]
fn the_rows_about_who_stands_in_whose_place() {
    let adult = || aged(30).unable().with("mentor", Mentor).with("sister", Relative);
    let guarded = |age| aged(age).with_parents().with("guardian", Guardian);
    let supervised = aged(9).with_parents().with_order(always(), None);
    let replaced = || aged(9).with_parents().with_order(always(), Some(in_place_of(&["father"], &["WON"])));
    let elsewhere = aged(9).with_parents().with_order(always(), Some(in_place_of(&["father"], &["THU"])));
    let mut without_authority = aged(9).with("mother", ParentAuthority);
    without_authority.parents = vec![person("mother"), person("father")];
    holds([
        ("T1-10", adult(), MENTOR, NOBODY, None),
        ("T1-10", adult(), SISTER, NOBODY, Some(RepresentativeMissing)),
        ("T1-10", adult(), MENTOR, MENTOR, Some(RepresentativeRefused)),
        ("T1-10", adult(), MENTOR, SISTER, None),
        ("T1-12", guarded(9), GUARDIAN, BOTH, None),
        ("T1-12", guarded(14), YOUTH_AND_GUARDIAN, NOBODY, None),
        ("T1-12", guarded(14), YOUTH_AND_GUARDIAN, GUARDIAN, Some(HolderRefused)),
        ("T1-12", guarded(16), YOUTH, GUARDIAN, None),
        ("T1-13", supervised.clone(), INSTITUTION, NOBODY, Some(MissingHolder)),
        ("T1-13", supervised, BOTH, NOBODY, None),
        ("T1-14", replaced(), MOTHER_AND_INSTITUTION, FATHER, None),
        ("T1-14", replaced(), BOTH, NOBODY, Some(MissingHolder)),
        ("T1-14", replaced(), MOTHER_AND_INSTITUTION, INSTITUTION, Some(HolderRefused)),
        ("T1-14", elsewhere, MOTHER_AND_INSTITUTION, NOBODY, Some(MissingHolder)),
        ("T1-15", aged(9).with_parents(), MOTHER, NOBODY, Some(MissingHolder)),
        ("T1-16", without_authority.clone(), FATHER, NOBODY, Some(MissingHolder)),
        ("T1-16", without_authority, MOTHER, FATHER, None),
        ("T1-17", aged(9).with_parents(), MOTHER, NOBODY, Some(MissingHolder)),
        ("T1-19", aged(9).with("mother", ParentAuthority), STEP_PARENT, NOBODY, Some(MissingHolder)),
        ("T1-19", aged(9).with("mother", ParentAuthority), MOTHER, STEP_PARENT, None),
    ]);
}

#[test]
fn the_rows_about_money_and_about_data_of_somebody_else() {
    let money = permit("SCH", &["C02", "D01"]).yes("client", Adult, days_ago(9));
    let client = aged(19).with("administrator", Administrator);
    let open = |consents: &[Consent], code| lack(&client, consents, "SCH", code, today());
    assert_eq!(open(std::slice::from_ref(&money), "C02"), None, "T1-11");
    assert_eq!(open(std::slice::from_ref(&money), "D01"), Some(AdministratorMissing), "T1-11");
    let whole = money.yes("administrator", Administrator, days_ago(9));
    assert_eq!(open(std::slice::from_ref(&whole), "D01"), None, "T1-11");
    let refusal = no("administrator", Administrator, days_ago(8), to_all());
    let both = [whole, refusal];
    assert_eq!((open(&both, "D01"), open(&both, "C02")), (Some(AdministratorRefused), None), "T1-11");

    let mut youth = aged(16);
    youth.parents = vec![person("mother")];
    let needs = permit("CAS", &["C01", "G03"]).yes("client", Youth, days_ago(9));
    let open = |consents: &[Consent]| lack(&youth, consents, "CAS", "G03", today());
    assert_eq!(open(std::slice::from_ref(&needs)), Some(DataSubjectMissing), "T1-18");
    let about_child = needs.clone().yes("mother", ParentAuthority, days_ago(9));
    assert_eq!(
        open(&[about_child]),
        Some(DataSubjectMissing),
        "T1-18: about the child is not about the parent"
    );
    let own = needs.yes_about("mother", &["G03"], days_ago(9));
    assert_eq!(open(std::slice::from_ref(&own)), None, "T1-18");
    let refusal = no("mother", DataSubject, days_ago(8), to_all());
    assert_eq!(open(&[own, refusal]), Some(DataSubjectRefused), "T1-18");
}
