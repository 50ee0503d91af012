use std::hash::{BuildHasher, RandomState};

use super::*;
use crate::domain::{Ground, Hat, OrganisationId, PartyKind, PurposeCode, Role};
use crate::policy::covenant::tests::{shipped, with_rule};

const KINDS: [PartyKind; 7] = [
    PartyKind::Care,
    PartyKind::Municipality,
    PartyKind::School,
    PartyKind::Gi,
    PartyKind::Rvdk,
    PartyKind::VeiligThuis,
    PartyKind::EmergencyService,
];

fn situation() -> Situation {
    let organisation = OrganisationId::parse("00000099000000000201").unwrap();
    Situation {
        recipient: Hat { organisation, role: Role::parse("wonen").unwrap() },
        recipient_kind: PartyKind::Municipality,
        recipient_has_legal_basis: true,
        custodian_kind: PartyKind::Care,
        purpose: PurposeCode::parse("CAS").unwrap(),
        purpose_has_agenda: true,
        ground: Ground::CONSENT,
        ground_fits_purpose: true,
    }
}

fn covered() -> FieldFacts {
    FieldFacts {
        domain: "housing",
        sensitivity: "K2",
        membership: "member",
        direction_fits: true,
        on_agenda: true,
        coverage: "covered",
    }
}

fn withheld(told: Told, rule: &str) -> Decision {
    Decision::Withhold { told, rule: rule.into() }
}

/// What has to be changed in a covered field to withhold it.
type Change = fn(&mut Situation, &mut FieldFacts);

#[test]
fn a_covered_field_is_released_by_r01_and_each_forbid_alone_withholds_it_with_its_reason() {
    let rules = Rules::parse(&shipped()).unwrap();
    assert_eq!(rules.decide(&situation(), covered()), Decision::Release { rule: "R01".into() });
    let table: [(Change, Told, &str); 12] = [
        (|_, f| f.membership = "outside", Told::OutsidePurpose, "field-outside-purpose"),
        (|_, f| f.direction_fits = false, Told::OutsidePurpose, "field-against-direction"),
        (|_, f| f.on_agenda = false, Told::OutsideAgenda, "field-outside-agenda"),
        (|s, _| s.ground_fits_purpose = false, Told::GroundNotAvailable, "ground-not-for-purpose"),
        (|s, _| s.ground = Ground::parse("R02").unwrap(), Told::GroundNotAvailable, "ground-not-available"),
        (|s, _| s.ground = Ground::parse("R09").unwrap(), Told::GroundNotAvailable, "ground-not-available"),
        (|s, _| s.ground = Ground::parse("R08").unwrap(), Told::GroundNotInForce, "ground-not-in-force"),
        (|s, _| s.ground = Ground::parse("R13").unwrap(), Told::GroundNotInForce, "ground-not-in-force"),
        (
            |s, _| s.recipient_has_legal_basis = false,
            Told::RecipientNotEntitled,
            "recipient-without-legal-basis",
        ),
        (|_, f| f.coverage = "none", Told::NoConsent, "no-consent"),
        (|_, f| f.coverage = "withdrawn", Told::ConsentWithdrawn, "consent-withdrawn"),
        (|_, f| f.coverage = "expired", Told::ConsentExpired, "consent-expired"),
    ];
    for (change, told, rule) in table {
        let (mut about, mut field) = (situation(), covered());
        change(&mut about, &mut field);
        assert_eq!(rules.decide(&about, field), withheld(told, rule), "{rule}");
    }
}

#[test]
fn of_several_reasons_the_one_about_the_request_is_told_then_gate_b_then_gate_a() {
    let rules = Rules::parse(&shipped()).unwrap();
    let (mut about, mut field) = (situation(), covered());
    let changes: [(Change, Told); 6] = [
        (|_, f| f.coverage = "none", Told::NoConsent),
        (|s, _| s.recipient_has_legal_basis = false, Told::RecipientNotEntitled),
        (|s, _| s.ground = Ground::parse("R13").unwrap(), Told::GroundNotInForce),
        (|s, _| s.ground = Ground::parse("R06").unwrap(), Told::GroundNotAvailable),
        (|_, f| f.on_agenda = false, Told::OutsideAgenda),
        (|_, f| f.membership = "outside", Told::OutsidePurpose),
    ];
    for (change, expected) in changes {
        change(&mut about, &mut field);
        let Decision::Withhold { told, .. } = rules.decide(&about, field) else { panic!("released") };
        assert_eq!(told, expected);
    }
}

#[test]
fn the_basics_are_always_on_the_agenda_and_without_an_agenda_nothing_is_off_it() {
    let rules = Rules::parse(&shipped()).unwrap();
    let released = Decision::Release { rule: "R01".into() };
    for domain in ["person", "support"] {
        assert_eq!(
            rules.decide(&situation(), FieldFacts { domain, on_agenda: false, ..covered() }),
            released
        );
    }
    let housing = Situation { purpose_has_agenda: false, ..situation() };
    assert_eq!(rules.decide(&housing, FieldFacts { on_agenda: false, ..covered() }), released);
}

#[test]
fn an_on_explicit_field_goes_on_consent_that_covers_it_and_on_nothing_else() {
    let rules = Rules::parse(&shipped()).unwrap();
    let explicit = FieldFacts { membership: "on-explicit", ..covered() };
    assert_eq!(rules.decide(&situation(), explicit), Decision::Release { rule: "R01".into() });
    let lacking = FieldFacts { coverage: "none", ..explicit };
    assert_eq!(rules.decide(&situation(), lacking), withheld(Told::NoConsent, "no-consent"));
    let care = Situation { ground: Ground::parse("R02").unwrap(), ..situation() };
    assert_eq!(rules.decide(&care, explicit), withheld(Told::OutsidePurpose, "field-outside-purpose"));
}

#[test]
fn a_rule_that_fails_to_evaluate_withholds_what_the_others_permit() {
    let overflow = "9223372036854775807 + 1 > 0";
    for effect in ["forbid", "permit"] {
        let reason = if effect == "permit" { "RELEASED" } else { "OUTSIDE_PURPOSE" };
        let rule = format!(
            "@id(\"overflow\") @reason(\"{reason}\") {effect} (principal, action, resource) when {{ {overflow} }};"
        );
        let rules = Rules::parse(&with_rule(&rule)).unwrap();
        assert_eq!(rules.decide(&situation(), covered()), Decision::closed(EVALUATION_ERROR));
    }
}

#[test]
fn a_word_that_the_schema_does_not_have_withholds() {
    let rules = Rules::parse(&shipped()).unwrap();
    let odd = FieldFacts { coverage: "covered?", ..covered() };
    assert_eq!(rules.decide(&situation(), odd), Decision::closed(EVALUATION_ERROR));
}

#[test]
fn where_no_rule_speaks_nothing_is_released() {
    let mut bundle = shipped();
    for file in ["consent.cedar", "purpose.cedar", "recipient.cedar"] {
        bundle.insert(file, String::new());
    }
    let rules = Rules::parse(&bundle).unwrap();
    let uncovered = FieldFacts { coverage: "none", ..covered() };
    assert_eq!(rules.decide(&situation(), uncovered), Decision::closed(DEFAULT_DENY));
}

#[test]
fn what_is_remembered_is_what_the_rules_say_and_only_all_facts_right_release() {
    let seed = RandomState::new().hash_one("facts");
    let mut state = seed;
    let mut pick = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % n
    };
    let rules = Rules::parse(&shipped()).unwrap();
    let mut released = 0;
    for _ in 0..1_000 {
        let ground = if pick(2) == 0 {
            Ground::CONSENT
        } else {
            Ground::parse(["R02", "R08", "R10"][pick(3)]).unwrap()
        };
        let about = Situation {
            recipient_kind: KINDS[pick(7)],
            custodian_kind: KINDS[pick(7)],
            recipient_has_legal_basis: pick(4) > 0,
            purpose_has_agenda: pick(2) == 0,
            ground,
            ground_fits_purpose: pick(4) > 0,
            ..situation()
        };
        let field = FieldFacts {
            domain: ["person", "housing", "provisions"][pick(3)],
            sensitivity: ["K0", "K3", "KS"][pick(3)],
            membership: ["member", "member", "on-explicit", "outside"][pick(4)],
            direction_fits: pick(4) > 0,
            on_agenda: pick(2) == 0,
            coverage: ["covered", "covered", "covered", "none", "withdrawn", "expired"][pick(6)],
        };
        let decision = rules.evaluate(&about, field);
        for _ in 0..2 {
            assert_eq!(rules.decide(&about, field), decision, "seed {seed}");
        }
        let all_right = about.recipient_has_legal_basis
            && (!about.purpose_has_agenda || field.on_agenda || field.domain == "person")
            && about.ground == Ground::CONSENT
            && about.ground_fits_purpose
            && field.membership != "outside"
            && field.direction_fits
            && field.coverage == "covered";
        assert_eq!(
            matches!(decision, Decision::Release { .. }),
            all_right,
            "seed {seed}: {about:?} {field:?}"
        );
        released += usize::from(all_right);
    }
    assert!(released > 0, "seed {seed}");
}
