use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::*;
use crate::contract::v1;
use crate::domain::{Actor, AuthenticationLevel, ClientRef, LifeDomain, RequesterRef, Timestamp, TraceId};
use crate::gateway::{CovenantInForce, Requester};
use crate::grpc::caller::Caller;
use crate::identity::PseudonymKey;
use crate::policy::Covenant;

const ACCARE: &str = "00000099000000000101";
const ASSEN: &str = "00000099000000000201";

pub(in crate::grpc::parse) fn caller() -> Caller {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let covenant = Covenant::load(&root.join("policies"), &root.join("deploy/parties.toml")).unwrap();
    let party = covenant.parties.get(&OrganisationId::parse(ASSEN).unwrap()).unwrap();
    let hat = Hat { organisation: party.id.clone(), role: party.roles[0].role.clone() };
    let actor = Actor { requester: RequesterRef::from_bytes([1; 16]), hat, level: AuthenticationLevel::High };
    Caller {
        requester: Requester { actor, trace: TraceId::from_bytes([2; 16]) },
        covenant: Arc::new(CovenantInForce { covenant: Arc::new(covenant), party_revision: 1 }),
    }
}

fn key() -> PseudonymKey {
    PseudonymKey::new(&Zeroizing::new([1; 32])).unwrap()
}

fn client() -> ClientRef {
    ClientRef::from_bytes([3; 16])
}

fn words(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn asked() -> v1::DiscloseRequest {
    v1::DiscloseRequest {
        request_id: "0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d11".to_owned(),
        client: None,
        custodian: ACCARE.to_owned(),
        purpose: "housing".to_owned(),
        life_domains: vec![],
        requested_fields: words(&["housing.situation"]),
        ground: "R01".to_owned(),
        evidence: None,
    }
}

/// What is wrong with a request that differs from a good one in this.
fn wrong(change: impl Fn(&mut v1::DiscloseRequest)) -> Vec<(String, &'static str)> {
    let mut asked = asked();
    change(&mut asked);
    let read = disclosure::disclosure(|id| id.as_str() == ACCARE, &key(), &caller(), client(), &asked);
    let refusal = read.expect_err("refused");
    assert!(refusal.must_be_recorded());
    refusal.into_violations()
}

type Change = Box<dyn Fn(&mut v1::DiscloseRequest)>;

#[test]
fn a_request_that_is_not_exact_is_refused_with_the_path_and_the_reason() {
    let fields =
        |texts: &'static [&'static str]| -> Change { Box::new(move |r| r.requested_fields = words(texts)) };
    let agenda = |purpose: &'static str, texts: &'static [&'static str]| -> Change {
        Box::new(move |r| {
            purpose.clone_into(&mut r.purpose);
            r.life_domains = words(texts);
        })
    };
    let table: Vec<(Change, &str, &str)> = vec![
        (fields(&[]), "requested_fields", "FIELDS_MISSING"),
        (fields(&["*"]), "requested_fields[0]", "FIELD_WILDCARD"),
        (fields(&["housing.*"]), "requested_fields[0]", "FIELD_WILDCARD"),
        (fields(&["housing.situation", "C01"]), "requested_fields[1]", "FIELD_UNKNOWN"),
        (fields(&["housing.situation", ""]), "requested_fields[1]", "FIELD_UNKNOWN"),
        (fields(&["housing.situation", "housing.situation"]), "requested_fields[1]", "FIELD_DUPLICATE"),
        (
            Box::new(|r| r.requested_fields = words(&["housing.situation"; 63])),
            "requested_fields",
            "TOO_MANY",
        ),
        (Box::new(|r| r.request_id = "retry-1".to_owned()), "request_id", "MALFORMED"),
        (Box::new(|r| r.request_id.clear()), "request_id", "MALFORMED"),
        (Box::new(|r| r.custodian = ASSEN.to_owned()), "custodian", "CUSTODIAN_UNKNOWN"),
        (Box::new(|r| r.custodian.clear()), "custodian", "CUSTODIAN_UNKNOWN"),
        (Box::new(|r| r.purpose = "WON".to_owned()), "purpose", "PURPOSE_UNKNOWN"),
        (Box::new(|r| r.ground = "R16".to_owned()), "ground", "GROUND_UNKNOWN"),
        (Box::new(|r| r.ground.clear()), "ground", "GROUND_UNKNOWN"),
        (agenda("housing", &["housing"]), "life_domains", "AGENDA_INVALID"),
        (agenda("case-conference", &[]), "life_domains", "AGENDA_INVALID"),
        (
            agenda("case-conference", &["housing", "money", "work", "family"]),
            "life_domains",
            "AGENDA_INVALID",
        ),
        (agenda("case-conference", &["person"]), "life_domains[0]", "LIFE_DOMAIN_UNKNOWN"),
        (agenda("case-conference", &["work", "work"]), "life_domains[1]", "LIFE_DOMAIN_DUPLICATE"),
    ];
    for (at, (change, field, reason)) in table.into_iter().enumerate() {
        assert_eq!(wrong(change), [(field.to_owned(), reason)], "row {at}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_never_repeated() {
    let everything = |r: &mut v1::DiscloseRequest| {
        *r = v1::DiscloseRequest { requested_fields: words(&["999993653", "*"]), ..Default::default() };
    };
    let reasons: Vec<&str> = wrong(everything).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(
        reasons,
        [
            "MALFORMED",
            "CUSTODIAN_UNKNOWN",
            "PURPOSE_UNKNOWN",
            "FIELD_UNKNOWN",
            "FIELD_WILDCARD",
            "GROUND_UNKNOWN"
        ]
    );
    let mut bad = asked();
    everything(&mut bad);
    let refusal = disclosure::disclosure(|_| true, &key(), &caller(), client(), &bad).err().unwrap();
    assert!(!format!("{refusal:?}").contains("999993653"));
}

#[test]
fn a_good_request_is_read_whole_and_the_agenda_has_one_order() {
    let mut good = asked();
    good.purpose = "case-conference".to_owned();
    good.life_domains = words(&["work", "housing"]);
    let read = disclosure::disclosure(|_| true, &key(), &caller(), client(), &good).ok().unwrap();
    assert_eq!(read.life_domains, [LifeDomain::Housing, LifeDomain::Work]);
    assert_eq!(read.client, client());
    assert_eq!(read.fields.len(), 1);
}

#[test]
fn a_bare_end_date_lasts_through_that_day_and_a_bare_start_begins_it() {
    let mut input = Input::default();
    let wire = v1::Period { from: "2026-06-01".to_owned(), until: "2026-06-30".to_owned() };
    let period = input.period("period", Some(&wire)).unwrap();
    assert_eq!(period.from().rfc3339(), "2026-05-31T22:00:00Z");
    assert_eq!(period.until().rfc3339(), "2026-06-30T22:00:00Z");
    let open = v1::Period { from: "2026-06-01T10:00:00+02:00".to_owned(), until: String::new() };
    let period = input.period("period", Some(&open)).unwrap();
    assert_eq!((period.from().rfc3339().as_str(), period.until()), ("2026-06-01T08:00:00Z", Timestamp::END));

    for (from, until, field) in [
        ("", "2026-06-30", "period.from"),
        ("2026-6-1", "", "period.from"),
        ("2026-06-01", "tomorrow", "period.until"),
        ("2026-06-01", "2026-05-31", "period"),
    ] {
        let mut input = Input::default();
        let wire = v1::Period { from: from.to_owned(), until: until.to_owned() };
        input.period("period", Some(&wire));
        let refusal = input.finish(|| Some(())).unwrap_err();
        assert_eq!(refusal.violations()[0].0, field, "{from} {until}");
    }
}

fn registered() -> v1::Registration {
    let period = Some(v1::Period { from: "2012-03-04".to_owned(), until: String::new() });
    v1::Registration {
        custodian_reference: "record-1".to_owned(),
        birth_date: "2012-03-04".to_owned(),
        authority: vec![v1::Authority {
            person: "parent-1".to_owned(),
            capacity: v1::Capacity::ParentAuthority.into(),
            period,
            source: v1::AuthoritySource::AuthorityRegister.into(),
            checked_on: "2026-01-05".to_owned(),
        }],
        ..v1::Registration::default()
    }
}

#[test]
fn a_registration_comes_back_as_it_went() {
    let caller = caller();
    let purposes = &caller.covenant.covenant.purposes;
    let now = Timestamp::start_of(jiff::civil::date(2026, 6, 1));
    let read = registration::registration(Some(&registered()), purposes, now).ok().unwrap();
    let wire = crate::grpc::write::registration::registration(&read, purposes);
    let again = registration::registration(Some(&wire), purposes, now).ok().unwrap();
    assert_eq!(read, again);
}

type RegistrationChange = fn(&mut v1::Registration);

#[test]
fn a_registration_without_its_sources_or_with_the_client_as_somebody_else_is_refused() {
    let caller = caller();
    let now = Timestamp::start_of(jiff::civil::date(2026, 6, 1));
    let table: [(RegistrationChange, &str, &str); 8] = [
        (|r| r.custodian_reference = "999993653".to_owned(), "registration.custodian_reference", "MALFORMED"),
        (|r| r.birth_date = "04-03-2012".to_owned(), "registration.birth_date", "DATE_MALFORMED"),
        (|r| r.birth_date = "2026-06-02".to_owned(), "registration.birth_date", "DATE_IN_THE_FUTURE"),
        (|r| r.authority[0].source = 0, "registration.authority[0].source", "SOURCE_MISSING"),
        (|r| r.authority[0].capacity = 1, "registration.authority[0].capacity", "CAPACITY_NOT_REGISTERED"),
        (
            |r| r.authority[0].person = "client".to_owned(),
            "registration.authority[0].person",
            "PERSON_IS_CLIENT",
        ),
        (|r| r.authority[0].period = None, "registration.authority[0].period.from", "PERIOD_FROM_MISSING"),
        (|r| r.parents = vec!["p".to_owned(); 21], "registration.parents", "TOO_MANY"),
    ];
    for (change, field, reason) in table {
        let mut wire = registered();
        change(&mut wire);
        let purposes = &caller.covenant.covenant.purposes;
        let refusal = registration::registration(Some(&wire), purposes, now).unwrap_err();
        assert_eq!(refusal.violations(), [(field, reason)]);
    }
}

type ConsentChange = fn(&mut v1::RecordConsentRequest);

#[test]
fn a_consent_says_who_what_and_how() {
    use v1::record_consent_request::Stance;
    let caller = caller();
    let permit = v1::Permit {
        recipient_organisation: ASSEN.to_owned(),
        recipient_role: caller.hat().role.to_string(),
        purpose: "housing".to_owned(),
        fields: words(&["housing.situation"]),
    };
    let good = v1::RecordConsentRequest {
        stance: Some(Stance::Permit(permit)),
        grantor: Some(v1::Grantor { person: "client".to_owned(), capacity: 1, fields: vec![] }),
        evidence: Some(v1::Evidence {
            channel: 1,
            text_version: "text-1".to_owned(),
            language: "nl".to_owned(),
            note_reference: String::new(),
            refusal_explained: true,
        }),
        ..v1::RecordConsentRequest::default()
    };
    assert!(consent::record(&caller, client(), &good).is_ok());

    let table: [(ConsentChange, &str, &str); 6] = [
        (|r| r.stance = None, "stance", "STANCE_MISSING"),
        (|r| r.grantor = None, "grantor", "GRANTOR_MISSING"),
        (|r| r.evidence = None, "evidence", "EVIDENCE_INCOMPLETE"),
        (|r| r.grantor.as_mut().unwrap().capacity = 99, "grantor.capacity", "CAPACITY_MISSING"),
        (
            |r| r.grantor.as_mut().unwrap().fields = words(&["housing.situation"]),
            "grantor.fields",
            "GRANTOR_FIELDS_NOT_ALLOWED",
        ),
        (
            |r| {
                let role = v1::Objection { recipient_role: "wijkteam".to_owned(), ..Default::default() };
                r.stance = Some(Stance::Objection(role));
            },
            "objection.recipient_organisation",
            "RECIPIENT_MISSING",
        ),
    ];
    for (change, field, reason) in table {
        let mut wire = good.clone();
        change(&mut wire);
        let refusal = consent::record(&caller, client(), &wire).unwrap_err();
        assert_eq!(refusal.violations(), [(field, reason)]);
    }
}

#[test]
fn a_page_of_the_ledger_has_bounds() {
    let caller = caller();
    let key = key();
    for (asked, size) in [(0, 50), (1, 1), (200, 200), (201, 200), (i32::MAX, 200)] {
        let wire = v1::ListEntriesRequest { page_size: asked, ..Default::default() };
        assert_eq!(audit::page(&key, &caller, &wire).unwrap().size, size);
    }
    let table = [
        (v1::ListEntriesRequest { page_size: -1, ..Default::default() }, "PAGE_SIZE"),
        (v1::ListEntriesRequest { page_token: "forged".to_owned(), ..Default::default() }, "PAGE_TOKEN"),
        (v1::ListEntriesRequest { outcome: "lost".to_owned(), ..Default::default() }, "OUTCOME_UNKNOWN"),
        (v1::ListEntriesRequest { from: "2026".to_owned(), ..Default::default() }, "MOMENT_MALFORMED"),
        (v1::ListEntriesRequest { client_bsn: "123456789".to_owned(), ..Default::default() }, "BSN_INVALID"),
    ];
    for (wire, reason) in table {
        assert_eq!(audit::page(&key, &caller, &wire).unwrap_err().reason(), reason);
    }
}
