use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::domain::{
    Authority, Catalogue, Channel, ConsentId, ConsentProfile, CustodianReference, Evidence,
    EvidenceReference, Grant, Hat, Objection, OrganisationId, Period, PersonRef, PurposeCode, Purposes,
    RequestId, RequesterRef, Role, Source, Spent, Stance,
};

fn catalogue() -> Catalogue {
    let purposes = Purposes::parse(include_str!("../../../policies/purposes.toml")).unwrap();
    Catalogue::parse(include_str!("../../../policies/catalogue.toml"), &purposes).unwrap()
}

fn terms(catalogue: &Catalogue) -> Terms<'_> {
    Terms { catalogue, profile: ConsentProfile::Dual }
}

fn day(month: i8, day: i8) -> Timestamp {
    Timestamp::start_of(date(2026, month, day))
}

fn person(reference: &str, capacity: Capacity) -> Grantor {
    Grantor { person: PersonRef::parse(reference).unwrap(), capacity }
}

/// Somebody of 14 with one parent who has authority.
fn registration() -> Registration {
    let parent = Authority {
        holder: person("parent-1", Capacity::ParentAuthority),
        period: Period::new(day(1, 1), Timestamp::END).unwrap(),
        source: Source::AuthorityRegister,
        checked_on: date(2026, 1, 1),
    };
    Registration {
        reference: CustodianReference::parse("record-1").unwrap(),
        birth_date: date(2012, 3, 4),
        authority: vec![parent],
        parents: vec![],
        orders: vec![],
        competence: vec![],
        team: vec![],
        withheld: vec![],
    }
}

fn stance(codes: &[&str]) -> Stance {
    let role = Role::parse("wijkteam").unwrap();
    Stance::Permit(Permit {
        recipient: Hat { organisation: OrganisationId::parse("00000099000000000201").unwrap(), role },
        purpose: PurposeCode::parse("WON").unwrap(),
        fields: codes.iter().map(|code| FieldCode::parse(code).unwrap()).collect(),
        single_use: false,
    })
}

/// From February until June, given by these people on 1 January.
fn consent(stance: Stance, by: &[Grantor]) -> Consent {
    let given = |by: &Grantor| Grant { by: by.clone(), given_at: day(1, 2), fields: None, withdrawn: None };
    Consent {
        id: ConsentId::from_bytes([1; 16]),
        version: 1,
        custodian: OrganisationId::parse("00000099000000000101").unwrap(),
        stance,
        period: Period::new(day(2, 1), day(6, 1)).unwrap(),
        grants: by.iter().map(given).collect(),
        evidence: Evidence {
            channel: Channel::Written,
            text_version: EvidenceReference::parse("text-1").unwrap(),
            language: EvidenceReference::parse("nl").unwrap(),
            note: None,
            recorded_by: RequesterRef::from_bytes([1; 16]),
            refusal_explained: true,
        },
        struck: BTreeMap::new(),
        withdrawn: None,
        overrides: vec![],
        spent: None,
    }
}

#[test]
fn a_consent_is_incomplete_until_everyone_agreed_and_names_who_must_still() {
    let (catalogue, registration) = (catalogue(), registration());
    let youth = person("client", Capacity::Youth);
    let parent = person("parent-1", Capacity::ParentAuthority);
    let half = consent(stance(&["C01"]), std::slice::from_ref(&youth));
    assert_eq!(half.status(&registration, terms(&catalogue), day(3, 1)), ConsentStatus::Incomplete);
    let waiting = half.waiting_for(&registration, terms(&catalogue), day(3, 1));
    assert_eq!(waiting, [Waiting { who: Extra::Person(parent.clone()), fields: vec![] }]);

    let whole = consent(stance(&["C01"]), &[youth, parent]);
    for (at, status) in [
        (day(1, 15), ConsentStatus::NotYetInForce),
        (day(2, 1), ConsentStatus::InForce),
        (day(6, 1), ConsentStatus::Expired),
    ] {
        assert_eq!(whole.status(&registration, terms(&catalogue), at), status, "{}", at.rfc3339());
        assert_eq!(whole.waiting_for(&registration, terms(&catalogue), at), []);
    }
}

#[test]
fn a_field_about_another_person_waits_for_that_person() {
    let (catalogue, registration) = (catalogue(), registration());
    let both = [person("client", Capacity::Youth), person("parent-1", Capacity::ParentAuthority)];
    let named = consent(stance(&["C01", "G02"]), &both);
    assert_eq!(named.status(&registration, terms(&catalogue), day(3, 1)), ConsentStatus::InForce);
    let waiting = named.waiting_for(&registration, terms(&catalogue), day(3, 1));
    let fields = vec![FieldCode::parse("G02").unwrap()];
    assert_eq!(waiting, [Waiting { who: Extra::AnyDataSubject, fields }]);
    let alone = consent(stance(&["G02"]), &both);
    assert_eq!(alone.status(&registration, terms(&catalogue), day(3, 1)), ConsentStatus::Incomplete);
}

#[test]
fn what_ended_stays_ended_and_waits_for_nobody() {
    let (catalogue, registration) = (catalogue(), registration());
    let mut withdrawn = consent(stance(&["C01"]), &[]);
    withdrawn.withdrawn = Some(day(2, 2));
    let mut spent = consent(stance(&["C01"]), &[]);
    let request = RequestId::parse("0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d11").unwrap();
    spent.spent = Some(Spent { organisation: spent.custodian.clone(), request, at: day(2, 2) });
    for (ended, status) in [(withdrawn, ConsentStatus::Withdrawn), (spent, ConsentStatus::Expired)] {
        assert_eq!(ended.status(&registration, terms(&catalogue), day(3, 1)), status);
        assert_eq!(ended.waiting_for(&registration, terms(&catalogue), day(3, 1)), []);
    }
}

#[test]
fn an_objection_needs_nobody_else() {
    let objection = Stance::Objection(Objection { recipient: None, role: None, purpose: None, fields: None });
    let no = consent(objection, &[person("client", Capacity::Youth)]);
    assert_eq!(no.status(&registration(), terms(&catalogue()), day(3, 1)), ConsentStatus::InForce);
    assert_eq!(no.waiting_for(&registration(), terms(&catalogue()), day(3, 1)), []);
}
