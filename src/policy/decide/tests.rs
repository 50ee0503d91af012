use jiff::civil::date;

use super::*;
use crate::domain::{
    Capacity, Channel, ConsentId, CustodianReference, Draft, Evidence, EvidenceReference, Grantor, Lack,
    Objection, Period, Permit, PersonRef, RequesterRef, Role, Stance,
};
use crate::policy::Bundle;
use crate::policy::covenant::tests::{shipped, with_rule};

mod by_ground;

const ACCARE: &str = "00000099000000000101";
const ASSEN: &str = "00000099000000000201";
const MIDDEN_DRENTHE: &str = "00000099000000000203";
const SCHOOL: &str = "00000099000000000301";

fn load(bundle: &Bundle) -> Covenant {
    Covenant::from_bundle(bundle).unwrap()
}

fn hat(organisation: &str, role: &str) -> Hat {
    Hat { organisation: OrganisationId::parse(organisation).unwrap(), role: Role::parse(role).unwrap() }
}

fn codes(row: &str) -> Vec<FieldCode> {
    row.split_whitespace().map(|code| FieldCode::parse(code).unwrap()).collect()
}

fn purpose(code: &str) -> PurposeCode {
    PurposeCode::parse(code).unwrap()
}

fn noon(day: i8) -> Timestamp {
    Timestamp::start_of(date(2026, 6, day)).plus(43_200_000)
}

/// A client of 17 who decides alone (T1-07).
fn client() -> Registration {
    Registration {
        reference: CustodianReference::parse("record-1").unwrap(),
        birth_date: date(2009, 2, 3),
        authority: vec![],
        parents: vec![],
        orders: vec![],
        competence: vec![],
        team: vec![],
        withheld: vec![],
    }
}

/// The client says this on 1 June, for three months.
fn says(covenant: &Covenant, stance: Stance) -> Consent {
    let youth = Grantor { person: PersonRef::client(), capacity: Capacity::Youth };
    let draft = Draft {
        id: ConsentId::from_bytes([7; 16]),
        custodian: OrganisationId::parse(ACCARE).unwrap(),
        stance,
        period: Period::new(noon(1), Timestamp::start_of(date(2026, 9, 1))).unwrap(),
        grantor: youth,
        grantor_fields: None,
        evidence: Evidence {
            channel: Channel::Written,
            text_version: EvidenceReference::parse("text-1").unwrap(),
            language: EvidenceReference::parse("nl").unwrap(),
            note: None,
            recorded_by: RequesterRef::from_bytes([1; 16]),
            refusal_explained: true,
        },
    };
    draft.record(&client(), &covenant.catalogue, &covenant.purposes, noon(1)).unwrap()
}

fn permit(covenant: &Covenant, recipient: &Hat, code: &str, fields: &str) -> Consent {
    let mut fields = codes(fields);
    fields.sort();
    let recipient = recipient.clone();
    says(covenant, Stance::Permit(Permit { recipient, purpose: purpose(code), fields, single_use: false }))
}

fn objection(covenant: &Covenant) -> Consent {
    says(covenant, Stance::Objection(Objection { recipient: None, role: None, purpose: None, fields: None }))
}

/// One question to a covenant.
struct Question<'a> {
    covenant: &'a Covenant,
    recipient: Hat,
    custodian: &'a str,
    purpose: &'a str,
    agenda: &'a [LifeDomain],
    ground: &'a str,
    evidence: Option<GroundEvidence>,
    ticket: bool,
    level: AuthenticationLevel,
    at: Timestamp,
}

fn housing(covenant: &Covenant) -> Question<'_> {
    Question {
        covenant,
        recipient: hat(ASSEN, "wonen"),
        custodian: ACCARE,
        purpose: "WON",
        agenda: &[],
        ground: "R01",
        evidence: None,
        ticket: false,
        level: AuthenticationLevel::Substantial,
        at: noon(10),
    }
}

impl Question<'_> {
    fn ruling(&self, fields: &str, file: Option<(&Registration, &[Consent])>) -> Ruling {
        let inquiry = Inquiry {
            recipient: &self.recipient,
            custodian: &OrganisationId::parse(self.custodian).unwrap(),
            purpose: purpose(self.purpose),
            life_domains: self.agenda,
            ground: Ground::parse(self.ground).unwrap(),
            evidence: self.evidence.as_ref(),
            ticket: self.ticket,
            level: self.level,
            fields: &codes(fields),
            request: &RequestId::parse("0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d11").unwrap(),
            at: self.at,
        };
        self.covenant.decide(&inquiry, file)
    }

    /// What the requester hears per field.
    fn heard(&self, fields: &str, file: Option<(&Registration, &[Consent])>) -> String {
        let ruling = self.ruling(fields, file);
        let word = |(code, verdict): &(FieldCode, Verdict)| match verdict {
            Verdict::Permitted { .. } => format!("{code} RELEASED"),
            Verdict::Withheld { told, .. } => format!("{code} {}", told.code()),
        };
        ruling.verdicts().iter().map(word).collect::<Vec<_>>().join(", ")
    }
}

#[test]
fn what_is_covered_is_released_by_r01_in_the_order_asked_and_names_its_consent() {
    let covenant = load(&shipped());
    let question = housing(&covenant);
    let consent = permit(&covenant, &question.recipient, "WON", "A03 B02 B09 C01 C04");
    let ruling = question.ruling("C04 A03 B09 B02 C01", Some((&client(), std::slice::from_ref(&consent))));
    let released = Verdict::Permitted { rule: "R01".into(), consent: Some((consent.id, 1)) };
    let expected: Vec<_> = codes("C04 A03 B09 B02 C01").into_iter().map(|c| (c, released.clone())).collect();
    assert_eq!(ruling.verdicts(), expected);
    assert!(ruling.related());
}

#[test]
fn a_municipality_asks_nine_fields_gets_five_and_reads_why_not_the_other_four() {
    let covenant = load(&shipped());
    let question = housing(&covenant);
    let consent = permit(&covenant, &question.recipient, "WON", "A03 B02 B09 C01 C04");
    assert_eq!(
        question.heard("A03 B02 B09 C01 C04 C03 C05 D01 H04", Some((&client(), &[consent]))),
        "A03 RELEASED, B02 RELEASED, B09 RELEASED, C01 RELEASED, C04 RELEASED, \
         C03 NO_CONSENT, C05 OUTSIDE_PURPOSE, D01 OUTSIDE_PURPOSE, H04 OUTSIDE_PURPOSE"
    );
}

#[test]
fn consent_does_not_replace_the_recipients_own_legal_basis() {
    let covenant = load(&shipped());
    for (organisation, heard) in [(ASSEN, "A03 RELEASED"), (MIDDEN_DRENTHE, "A03 RECIPIENT_NOT_ENTITLED")] {
        let recipient = hat(organisation, "schuldhulp");
        let consent = permit(&covenant, &recipient, "SCH", "A03");
        let question = Question { recipient, purpose: "SCH", ..housing(&covenant) };
        assert_eq!(question.heard("A03", Some((&client(), &[consent]))), heard);
    }
}

#[test]
fn a_case_conference_is_about_one_to_three_life_domains_and_the_basics() {
    use LifeDomain::{Education, Housing, Money, Person, Work};
    let covenant = load(&shipped());
    let recipient = hat(ASSEN, "wijkteam");
    let consent = permit(&covenant, &recipient, "CAS", "A03 B02 C01 E01");
    let file = (&client(), &[consent][..]);
    let table: [(&[LifeDomain], &str, &str); 6] = [
        (&[Housing], "RELEASED", "OUTSIDE_AGENDA"),
        (&[Housing, Education, Work], "RELEASED", "RELEASED"),
        (&[Money], "OUTSIDE_AGENDA", "OUTSIDE_AGENDA"),
        (&[], "OUTSIDE_AGENDA", "OUTSIDE_AGENDA"),
        (&[Housing, Education, Work, Money], "OUTSIDE_AGENDA", "OUTSIDE_AGENDA"),
        (&[Housing, Person], "OUTSIDE_AGENDA", "OUTSIDE_AGENDA"),
    ];
    for (agenda, c01, e01) in table {
        let question =
            Question { recipient: recipient.clone(), purpose: "CAS", agenda, ..housing(&covenant) };
        let expected = format!("A03 RELEASED, B02 RELEASED, C01 {c01}, E01 {e01}");
        assert_eq!(question.heard("A03 B02 C01 E01", Some(file)), expected, "{agenda:?}");
    }
}

#[test]
fn somebody_unrelated_hears_no_consent_whoever_the_client_is_and_whatever_is_asked() {
    let covenant = load(&shipped());
    let other = permit(&covenant, &hat(ASSEN, "schuldhulp"), "SCH", "A03");
    let files: [&[Consent]; 3] = [&[], &[objection(&covenant)], &[other]];
    let table = [
        ("R01", "A03 NO_CONSENT, C05 NO_CONSENT, H04 NO_CONSENT"),
        ("R02", "A03 NO_CONSENT, C05 NO_CONSENT, H04 NO_CONSENT"),
        ("R08", "A03 GROUND_NOT_IN_FORCE, C05 NO_CONSENT, H04 NO_CONSENT"),
        ("R09", "A03 GROUND_NOT_AVAILABLE, C05 NO_CONSENT, H04 NO_CONSENT"),
        ("R13", "A03 GROUND_NOT_IN_FORCE, C05 NO_CONSENT, H04 NO_CONSENT"),
    ];
    for (ground, heard) in table {
        let question = Question { ground, ..housing(&covenant) };
        assert_eq!(question.heard("A03 C05 H04", None), heard);
        assert!(!question.ruling("A03", None).related());
        for consents in files {
            assert_eq!(question.heard("A03 C05 H04", Some((&client(), consents))), heard, "{ground}");
        }
    }
}

#[test]
fn the_ledger_keeps_what_is_lacking_and_a_related_requester_hears_only_that_consent_ended() {
    let covenant = load(&shipped());
    let question = housing(&covenant);
    let consent = permit(&covenant, &question.recipient, "WON", "A03 C01");
    let terms = covenant.terms(&consent.custodian);
    let withdrawn =
        consent.withdraw(&PersonRef::client(), Some(&codes("C01")), &client(), terms, noon(5)).unwrap();
    let lack = Because::Lack;
    let because_of = |question: &Question<'_>, consents: &[Consent]| {
        let ruling = question.ruling("C01", Some((&client(), consents)));
        assert!(ruling.related());
        ruling.verdicts()[0].1.clone()
    };
    assert_eq!(
        because_of(&question, &[withdrawn]),
        withheld(Told::ConsentWithdrawn, lack(Lack::ConsentWithdrawn), "consent-withdrawn".into())
    );
    let later = Question { at: Timestamp::start_of(date(2026, 9, 1)), ..housing(&covenant) };
    assert_eq!(
        because_of(&later, std::slice::from_ref(&consent)),
        withheld(Told::ConsentExpired, lack(Lack::ConsentExpired), "consent-expired".into())
    );
    let mut refused = objection(&covenant);
    refused.grants[0].given_at = noon(6);
    assert_eq!(
        because_of(&question, &[consent, refused]),
        withheld(Told::NoConsent, lack(Lack::YouthRefused), "no-consent".into())
    );
    let unknown = withheld(Told::NoConsent, lack(Lack::Unregistered), "no-consent".into());
    assert_eq!(question.ruling("C01", None).verdicts()[0].1, unknown);
}

#[test]
fn a_school_hears_that_somebody_is_in_care_only_when_the_consent_lists_it_by_itself() {
    let covenant = load(&shipped());
    let recipient = hat(SCHOOL, "ondersteuningscoordinator");
    let question = Question { recipient: recipient.clone(), purpose: "OND", ..housing(&covenant) };
    for (fields, heard) in [("A03", "B01 NO_CONSENT"), ("A03 B01", "B01 RELEASED")] {
        let consent = permit(&covenant, &recipient, "OND", fields);
        assert_eq!(question.heard("B01", Some((&client(), &[consent]))), heard);
    }
}

#[test]
fn what_the_covenant_does_not_know_is_withheld() {
    let covenant = load(&shipped());
    let consent = permit(&covenant, &hat(ASSEN, "wonen"), "WON", "A03");
    let file = (&client(), &[consent][..]);
    let questions = [
        Question { custodian: "00000099000000000999", ..housing(&covenant) },
        Question { recipient: hat("00000099000000000999", "wonen"), ..housing(&covenant) },
        Question { recipient: hat(ASSEN, "bakker"), ..housing(&covenant) },
        Question { recipient: hat(ASSEN, "privacy-officer"), ..housing(&covenant) },
        Question { purpose: "XXX", ..housing(&covenant) },
    ];
    assert_eq!(housing(&covenant).heard("A03 A99", Some(file)), "A03 RELEASED, A99 NO_CONSENT");
    for question in questions {
        assert_eq!(question.heard("A03 A99", Some(file)), "A03 NO_CONSENT, A99 NO_CONSENT");
        let closed = withheld(Told::NoConsent, Because::Rule(Told::NoConsent), DEFAULT_DENY.into());
        assert!(question.ruling("A03", Some(file)).verdicts().iter().all(|(_, verdict)| *verdict == closed));
    }
}

#[test]
fn a_careless_permit_cannot_release_on_consent_that_is_not_there() {
    let mut bundle = with_rule(
        "@id(\"all\") @reason(\"RELEASED\") @source(\"none\") @in_force_from(\"2000-01-01\") \
         permit (principal, action, resource);",
    );
    bundle.insert("consent.cedar", String::new());
    let covenant = load(&bundle);
    assert_eq!(housing(&covenant).heard("A03", Some((&client(), &[]))), "A03 NO_CONSENT");
    assert!(housing(&covenant).ruling("A03", None).permitted().is_empty());
}

#[test]
fn deciding_again_gives_the_same_ruling() {
    let covenant = load(&shipped());
    let question = housing(&covenant);
    let consent = permit(&covenant, &question.recipient, "WON", "A03 B02 C01");
    let file = Some((&client(), &[consent][..]));
    let all = covenant.catalogue.fields().map(|f| f.code.to_string()).collect::<Vec<_>>().join(" ");
    let first = question.ruling(&all, file);
    assert_eq!(first.permitted(), codes("A03 B02 C01"));
    assert_eq!(question.ruling(&all, file), first);
    let fresh = load(&shipped());
    assert_eq!(housing(&fresh).ruling(&all, file), first);
}
