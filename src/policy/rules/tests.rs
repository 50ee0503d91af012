use std::hash::{BuildHasher, RandomState};

use jiff::civil::date;

use super::*;
use crate::domain::{Ground, Hat, Involvement, OrganisationId, PartyKind, PurposeCode, Role};
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
        own_organisation: false,
        purpose: PurposeCode::parse("CAS").unwrap(),
        purpose_has_agenda: true,
        ground: Ground::CONSENT,
        ground_in_force: true,
        ground_fits_purpose: true,
        evidence_complete: true,
        has_second_factor: true,
        related: true,
        involvement: Involvement { registered: true, ..Involvement::default() },
    }
}

fn at() -> Timestamp {
    Timestamp::start_of(date(2026, 6, 10))
}

fn covered() -> FieldFacts {
    FieldFacts {
        domain: "housing",
        sensitivity: "K2",
        membership: "member",
        direction: "agreed",
        on_agenda: true,
        coverage: "covered",
        is_objected: false,
        is_withheld_from_representative: false,
        others_agreed: true,
    }
}

fn ground(number: u8) -> Ground {
    Ground::parse(&format!("R{number:02}")).unwrap()
}

/// A request, and a field in it, that everything about this ground is right for.
fn opened(number: u8) -> (Situation, FieldFacts) {
    let (recipient_kind, purpose, direction) = match number {
        1 => (PartyKind::Municipality, "CAS", "agreed"),
        2..=4 => (PartyKind::Care, "CAS", "agreed"),
        5 => (PartyKind::VeiligThuis, "MEL", "by-ceiling"),
        6 => (PartyKind::Gi, "GIO", "by-ceiling"),
        7 => (PartyKind::Rvdk, "RVK", "by-ceiling"),
        9 | 10 => (PartyKind::EmergencyService, "CRI", "by-ceiling"),
        _ => (PartyKind::Municipality, "CRI", "agreed"),
    };
    let about = Situation {
        recipient_kind,
        own_organisation: number == 3,
        purpose: PurposeCode::parse(purpose).unwrap(),
        ground: ground(number),
        involvement: Involvement {
            registered: true,
            in_treatment_team: number == 2,
            holds_order: number == 6,
            hands_to_representative: number == 3,
        },
        ..situation()
    };
    (about, FieldFacts { direction, coverage: if number == 1 { "covered" } else { "none" }, ..covered() })
}

fn withheld(told: Told, rule: &str) -> Decision {
    Decision::Withhold { told, rule: rule.into() }
}

/// What has to be changed in a covered field to withhold it.
type Change = fn(&mut Situation, &mut FieldFacts);

#[test]
fn a_covered_field_is_released_by_r01_and_each_forbid_alone_withholds_it_with_its_reason() {
    let rules = Rules::parse(&shipped()).unwrap();
    assert_eq!(rules.decide(at(), &situation(), covered()), Decision::Release { rule: "R01".into() });
    let table: [(Change, Told, &str); 11] = [
        (|_, f| f.membership = "outside", Told::OutsidePurpose, "field-outside-purpose"),
        (|_, f| f.direction = "against", Told::OutsidePurpose, "field-against-direction"),
        (|_, f| f.direction = "by-ceiling", Told::OutsidePurpose, "field-against-direction"),
        (|_, f| f.on_agenda = false, Told::OutsideAgenda, "field-outside-agenda"),
        (|s, _| s.ground_fits_purpose = false, Told::GroundNotAvailable, "ground-not-for-purpose"),
        (|s, _| s.ground_in_force = false, Told::GroundNotInForce, "ground-not-in-force"),
        (
            |s, _| s.recipient_has_legal_basis = false,
            Told::RecipientNotEntitled,
            "recipient-without-legal-basis",
        ),
        (|_, f| f.coverage = "none", Told::NoConsent, "no-consent"),
        (|_, f| f.coverage = "withdrawn", Told::ConsentWithdrawn, "consent-withdrawn"),
        (|_, f| f.coverage = "expired", Told::ConsentExpired, "consent-expired"),
        (|s, _| s.ground = ground(11), Told::GroundNotAvailable, "ground-not-available"),
    ];
    for (change, told, rule) in table {
        let (mut about, mut field) = (situation(), covered());
        change(&mut about, &mut field);
        assert_eq!(rules.decide(at(), &about, field), withheld(told, rule), "{rule}");
    }
}

#[test]
fn of_several_reasons_the_one_about_the_request_is_told_then_gate_b_then_gate_a() {
    let rules = Rules::parse(&shipped()).unwrap();
    let (mut about, mut field) = (situation(), covered());
    let changes: [(Change, Told); 6] = [
        (|_, f| f.coverage = "none", Told::NoConsent),
        (|s, _| s.recipient_has_legal_basis = false, Told::RecipientNotEntitled),
        (|s, _| s.ground_in_force = false, Told::GroundNotInForce),
        (|s, _| s.ground = ground(12), Told::GroundNotAvailable),
        (|_, f| f.on_agenda = false, Told::OutsideAgenda),
        (|_, f| f.membership = "outside", Told::OutsidePurpose),
    ];
    for (change, expected) in changes {
        change(&mut about, &mut field);
        let Decision::Withhold { told, .. } = rules.decide(at(), &about, field) else { panic!("released") };
        assert_eq!(told, expected);
    }
}

#[test]
fn the_basics_are_always_on_the_agenda_and_without_an_agenda_nothing_is_off_it() {
    let rules = Rules::parse(&shipped()).unwrap();
    let released = Decision::Release { rule: "R01".into() };
    for domain in ["person", "support"] {
        assert_eq!(
            rules.decide(at(), &situation(), FieldFacts { domain, on_agenda: false, ..covered() }),
            released
        );
    }
    let housing = Situation { purpose_has_agenda: false, ..situation() };
    assert_eq!(rules.decide(at(), &housing, FieldFacts { on_agenda: false, ..covered() }), released);
}

#[test]
fn an_on_explicit_field_goes_on_consent_that_covers_it_and_on_nothing_else() {
    let rules = Rules::parse(&shipped()).unwrap();
    let explicit = FieldFacts { membership: "on-explicit", ..covered() };
    assert_eq!(rules.decide(at(), &situation(), explicit), Decision::Release { rule: "R01".into() });
    let lacking = FieldFacts { coverage: "none", ..explicit };
    assert_eq!(rules.decide(at(), &situation(), lacking), withheld(Told::NoConsent, "no-consent"));
    for number in 2..=15 {
        let (about, field) = opened(number);
        let decision = rules.decide(at(), &about, FieldFacts { membership: "on-explicit", ..field });
        assert_eq!(decision, withheld(Told::OutsidePurpose, "field-outside-purpose"), "R{number:02}");
    }
}

#[test]
fn a_rule_that_fails_to_evaluate_withholds_what_the_others_permit() {
    let overflow = "9223372036854775807 + 1 > 0";
    for effect in ["forbid", "permit"] {
        let reason = if effect == "permit" { "RELEASED" } else { "OUTSIDE_PURPOSE" };
        let rule = format!(
            "@id(\"overflow\") @reason(\"{reason}\") @source(\"none\") @in_force_from(\"2000-01-01\") {effect} (principal, action, resource) when {{ {overflow} }};"
        );
        let rules = Rules::parse(&with_rule(&rule)).unwrap();
        assert_eq!(rules.decide(at(), &situation(), covered()), Decision::closed(EVALUATION_ERROR));
    }
}

#[test]
fn a_word_that_the_schema_does_not_have_withholds() {
    let rules = Rules::parse(&shipped()).unwrap();
    let odd = FieldFacts { coverage: "covered?", ..covered() };
    assert_eq!(rules.decide(at(), &situation(), odd), Decision::closed(EVALUATION_ERROR));
}

#[test]
fn where_no_rule_speaks_nothing_is_released() {
    let mut bundle = shipped();
    let closing: Vec<String> = bundle.rules().map(|(name, _)| name.to_owned()).collect();
    for file in closing.iter().filter(|name| *name != "grounds.cedar") {
        bundle.insert(file, String::new());
    }
    let rules = Rules::parse(&bundle).unwrap();
    let uncovered = FieldFacts { coverage: "none", ..covered() };
    assert_eq!(rules.decide(at(), &situation(), uncovered), Decision::closed(DEFAULT_DENY));
}

/// What rules.md T2 says in so many words.
fn opens(about: &Situation, field: FieldFacts) -> bool {
    let (to, from, tie) = (about.recipient_kind, about.custodian_kind, about.involvement);
    let number: u8 = about.ground.to_string()[1..].parse().unwrap();
    let reasoned = tie.registered && about.evidence_complete;
    let in_trust = about.related && !field.is_objected && field.others_agreed && tie.registered;
    let in_care = to == PartyKind::Care && from == PartyKind::Care;
    let glass = reasoned && about.has_second_factor && about.purpose.as_str() == "CRI";
    let shelter = [PartyKind::Care, PartyKind::Municipality];
    let by_ground = match number {
        1 => field.coverage == "covered",
        2 => in_care && tie.in_treatment_team && in_trust,
        3 => {
            let seen = tie.hands_to_representative && !field.is_withheld_from_representative;
            about.own_organisation && reasoned && seen && in_trust
        }
        4 => in_care && reasoned && in_trust,
        5 => to == PartyKind::VeiligThuis && reasoned,
        6 => to == PartyKind::Gi && reasoned && tie.holds_order,
        7 => to == PartyKind::Rvdk && reasoned,
        9 => glass,
        10 => glass && (to == PartyKind::EmergencyService || shelter.contains(&to)),
        15 => glass && shelter.contains(&to),
        _ => false,
    };
    by_ground
        && about.recipient_has_legal_basis
        && (!about.purpose_has_agenda || field.on_agenda || field.domain == "person")
        && about.ground_in_force
        && about.ground_fits_purpose
        && (field.membership == "member" || (field.membership == "on-explicit" && number == 1))
        && (field.direction == "agreed" || (field.direction == "by-ceiling" && number > 4))
}

#[test]
fn each_ground_opens_by_its_own_permit_when_everything_is_right_and_five_never_do() {
    let rules = Rules::parse(&shipped()).unwrap();
    for number in 1..=15 {
        let (about, field) = opened(number);
        let opened = !matches!(number, 8 | 11..=14);
        assert_eq!(opens(&about, field), opened, "R{number:02}");
        let decision = rules.decide(at(), &about, field);
        if opened {
            assert_eq!(decision, Decision::Release { rule: format!("R{number:02}").into() });
        } else {
            assert!(matches!(decision, Decision::Withhold { .. }), "R{number:02}");
        }
        assert_eq!(rules.in_force(ground(number), at()), opened, "R{number:02}");
    }
}

#[test]
fn whatever_a_ground_lacks_is_told_with_its_own_reason_by_its_own_rule() {
    use Told::{EmergencyIncomplete as Incomplete, GroundNotAvailable as NotAvailable, NoConsent};
    let rules = Rules::parse(&shipped()).unwrap();
    let table: Vec<(&[u8], Change, Told, &str)> = vec![
        (&[2, 4], |s, _| s.recipient_kind = KINDS[1], NotAvailable, "role-not-directly-involved"),
        (&[2, 4], |s, _| s.custodian_kind = KINDS[1], NotAvailable, "role-not-directly-involved"),
        (&[2], |s, _| s.involvement.in_treatment_team = false, NoConsent, "not-in-treatment-team"),
        (&[3], |s, _| s.own_organisation = false, NotAvailable, "representative-of-other-organisation"),
        (&[3], |s, _| s.involvement.hands_to_representative = false, NoConsent, "not-a-representative"),
        (&[3], |_, f| f.is_withheld_from_representative = true, NoConsent, "withheld-from-representative"),
        (&[2, 3, 4], |s, _| s.related = false, NoConsent, "unrelated"),
        (&[2, 3, 4], |_, f| f.is_objected = true, NoConsent, "objected"),
        (&[2, 3, 4], |_, f| f.others_agreed = false, NoConsent, "others-have-not-agreed"),
        (&[5], |s, _| s.recipient_kind = KINDS[1], NotAvailable, "report-to-veilig-thuis-only"),
        (&[6], |s, _| s.recipient_kind = KINDS[4], NotAvailable, "order-by-institution-only"),
        (&[6], |s, _| s.involvement.holds_order = false, NoConsent, "no-current-order"),
        (&[7], |s, _| s.recipient_kind = KINDS[3], NotAvailable, "inquiry-by-board-only"),
        (&[3, 4, 5, 6, 7, 9, 10, 15], |s, _| s.evidence_complete = false, Incomplete, "evidence-incomplete"),
        (
            &[5, 7, 9, 10, 15],
            |s, _| s.involvement = Involvement::default(),
            NoConsent,
            "client-not-registered",
        ),
        (&[9, 10, 15], |s, _| s.has_second_factor = false, Incomplete, "emergency-without-second-factor"),
        (&[10], |s, _| s.recipient_kind = KINDS[2], NotAvailable, "vital-interest-recipient"),
        (&[15], |s, _| s.recipient_kind = KINDS[6], NotAvailable, "outreach-recipient"),
        (
            &[9, 10, 15],
            |s, _| s.purpose = PurposeCode::parse("CAS").unwrap(),
            NotAvailable,
            "emergency-for-crisis-only",
        ),
        (&[8, 13, 14], |s, _| s.ground_in_force = false, Told::GroundNotInForce, "ground-not-in-force"),
        (&[11, 12], |_, _| (), NotAvailable, "ground-not-available"),
        (&[2, 3, 4], |_, f| f.direction = "by-ceiling", Told::OutsidePurpose, "field-against-direction"),
    ];
    for (grounds, change, told, rule) in table {
        for number in grounds {
            let (mut about, mut field) = opened(*number);
            change(&mut about, &mut field);
            assert_eq!(rules.decide(at(), &about, field), withheld(told, rule), "R{number:02}");
        }
    }
}

#[test]
fn a_statutory_ground_is_not_stopped_by_an_objection_or_by_others() {
    let rules = Rules::parse(&shipped()).unwrap();
    for number in [5, 6, 7, 9, 10, 15] {
        let (about, field) = opened(number);
        let field = FieldFacts { is_objected: true, others_agreed: false, ..field };
        let about = Situation { related: false, ..about };
        let released = Decision::Release { rule: format!("R{number:02}").into() };
        assert_eq!(rules.decide(at(), &about, field), released);
    }
}

#[test]
fn a_rule_takes_part_on_its_days_only_and_then_its_ground_is_in_force() {
    let text = shipped().text("grounds.cedar").to_owned();
    let from = text.replacen("\"2018-05-25\"", "\"2026-07-01\"", 1);
    let dated = from.replacen(
        "@in_force_from(\"2026-07-01\")",
        "@in_force_from(\"2026-07-01\")\n@in_force_until(\"2026-12-31\")",
        1,
    );
    let mut bundle = shipped();
    bundle.insert("grounds.cedar", dated);
    bundle.insert(
        "extra.cedar",
        "@id(\"summer\") @reason(\"OUTSIDE_PURPOSE\") @in_force_from(\"2026-08-01\") @in_force_until(\"2026-08-31\")
         forbid (principal, action, resource);"
            .to_owned(),
    );
    let rules = Rules::parse(&bundle).unwrap();
    let released = Decision::Release { rule: "R01".into() };
    let closed = Decision::closed(DEFAULT_DENY);
    let summer = withheld(Told::OutsidePurpose, "summer");
    let table = [
        (date(2026, 6, 30), false, &closed),
        (date(2026, 7, 1), true, &released),
        (date(2026, 7, 31), true, &released),
        (date(2026, 8, 1), true, &summer),
        (date(2026, 8, 31), true, &summer),
        (date(2026, 9, 1), true, &released),
        (date(2026, 12, 31), true, &released),
        (date(2027, 1, 1), false, &closed),
    ];
    for (day, in_force, decision) in table {
        let noon = Timestamp::start_of(day).plus(43_200_000);
        assert_eq!(rules.in_force(Ground::CONSENT, noon), in_force, "{day}");
        for _ in 0..2 {
            assert_eq!(rules.decide(noon, &situation(), covered()), *decision, "{day}");
        }
    }
}

#[test]
fn what_is_remembered_is_what_the_rules_say_and_only_what_t2_opens_is_released() {
    let seed = RandomState::new().hash_one("facts");
    let mut state = seed;
    let mut pick = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % n
    };
    let rules = Rules::parse(&shipped()).unwrap();
    let mut released = 0;
    for _ in 0..600 {
        let number = u8::try_from(pick(15) + 1).unwrap();
        let (right, field) = opened(number);
        // Mostly right, so that each single wrong fact is met alone.
        let mut about = Situation {
            recipient_kind: if pick(4) == 0 { KINDS[pick(7)] } else { right.recipient_kind },
            custodian_kind: if pick(6) == 0 { KINDS[pick(7)] } else { right.custodian_kind },
            own_organisation: right.own_organisation ^ (pick(12) == 0),
            recipient_has_legal_basis: pick(12) > 0,
            purpose_has_agenda: pick(2) == 0,
            ground_in_force: pick(12) > 0,
            ground_fits_purpose: pick(12) > 0,
            evidence_complete: pick(8) > 0,
            has_second_factor: pick(8) > 0,
            related: pick(8) > 0,
            purpose: if pick(8) == 0 { PurposeCode::parse("CRI").unwrap() } else { right.purpose },
            ..right
        };
        about.involvement.registered = pick(8) > 0;
        about.involvement.in_treatment_team ^= pick(8) == 0;
        about.involvement.holds_order ^= pick(8) == 0;
        about.involvement.hands_to_representative ^= pick(8) == 0;
        let field = FieldFacts {
            domain: ["person", "housing", "provisions"][pick(3)],
            sensitivity: ["K0", "K3", "KS"][pick(3)],
            membership: ["member", "member", "member", "on-explicit", "outside"][pick(5)],
            direction: [field.direction, field.direction, "agreed", "by-ceiling", "against"][pick(5)],
            on_agenda: pick(4) > 0,
            coverage: ["covered", "covered", "covered", "none", "withdrawn", "expired"][pick(6)],
            is_objected: pick(8) == 0,
            is_withheld_from_representative: pick(8) == 0,
            others_agreed: pick(8) > 0,
        };
        let preamble = rules.vocabulary.preamble(&about).ok();
        let decision = rules.evaluate(rules.edition(at()).unwrap(), about.ground, preamble.as_ref(), field);
        for _ in 0..2 {
            assert_eq!(rules.decide(at(), &about, field), decision, "seed {seed}");
        }
        let whole = rules.prepared(at(), &about, field).unwrap();
        assert_eq!(
            whole(),
            matches!(decision, Decision::Release { .. }),
            "seed {seed}: all rules, all words"
        );
        // Who is not registered is tied to nothing; such facts do not occur.
        let occurs = about.involvement.registered || about.involvement == Involvement::default();
        let expected = opens(&about, field);
        if occurs {
            let is_released = matches!(decision, Decision::Release { .. });
            assert_eq!(is_released, expected, "seed {seed}: {about:?} {field:?}");
        }
        released += usize::from(expected);
    }
    assert!(released > 0, "seed {seed}");
}
