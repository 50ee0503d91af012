//! Each ground from the file to what is heard: a registration, the example parties, and the fields of rules.md.

use super::*;
use crate::domain::{Authority, ClientNotice, Initiative, Order, PersonRef, Question, Source, TeamMember};

const GGZ_DRENTHE: &str = "00000099000000000102";
const INSTITUTION: &str = "00000099000000000401";
const BOARD: &str = "00000099000000000402";
const VEILIG_THUIS: &str = "00000099000000000403";
const AMBULANCE: &str = "00000099000000000404";

fn june(from: i8, until: i8) -> Period {
    Period::new(noon(from), noon(until)).unwrap()
}

/// A child of ten with one parent, a colleague at another provider, and a supervision order in June.
fn child() -> Registration {
    let parent = Grantor { person: PersonRef::parse("mother").unwrap(), capacity: Capacity::ParentAuthority };
    let hats = [hat(GGZ_DRENTHE, "fact-behandelaar"), hat(ASSEN, "wijkteam")];
    Registration {
        birth_date: date(2016, 2, 3),
        authority: vec![Authority {
            holder: parent,
            period: Period::new(Timestamp::start_of(date(2016, 2, 3)), Timestamp::END).unwrap(),
            source: Source::AuthorityRegister,
            checked_on: date(2026, 1, 5),
        }],
        orders: vec![Order {
            reference: CustodianReference::parse("order-1").unwrap(),
            carried_out_by: hat(INSTITUTION, "jeugdbeschermer"),
            period: june(1, 30),
            replaces: None,
        }],
        team: hats.into_iter().map(|hat| TeamMember { hat, period: june(1, 30) }).collect(),
        ..client()
    }
}

/// All that any ground asks.
fn everything() -> GroundEvidence {
    GroundEvidence {
        answered: (1..=15)
            .filter_map(|n| Ground::parse(&format!("R{n:02}")))
            .flat_map(|ground| Question::of(ground).iter().copied())
            .collect(),
        note: Some(EvidenceReference::parse("note-1").unwrap()),
        representative: Some(PersonRef::parse("mother").unwrap()),
        informed: true,
        order: Some(CustodianReference::parse("order-1").unwrap()),
        initiative: Some(Initiative::OnRequest),
        consulted: Some(RequesterRef::from_bytes([9; 16])),
        notice: Some(ClientNotice::Told),
    }
}

fn asks<'a>(covenant: &'a Covenant, ground: &'a str, who: (&str, &str), purpose: &'a str) -> Ask<'a> {
    super::Question {
        recipient: hat(who.0, who.1),
        purpose,
        ground,
        agenda: if purpose == "CAS" { &[LifeDomain::Housing, LifeDomain::Family] } else { &[] },
        evidence: Some(everything()),
        ..housing(covenant)
    }
}

type Ask<'a> = super::Question<'a>;
/// A ground, who asks, for what, what is changed, and what is heard.
type Row = (&'static str, (&'static str, &'static str), &'static str, Change, &'static str);
type Change = fn(&mut Ask<'_>, &mut Registration);

const COLLEAGUE: (&str, &str) = (GGZ_DRENTHE, "fact-behandelaar");
const OWN: (&str, &str) = (ACCARE, "fact-behandelaar");
const TEAM: (&str, &str) = (ASSEN, "wijkteam");
const GI: (&str, &str) = (INSTITUTION, "jeugdbeschermer");
const RVDK: (&str, &str) = (BOARD, "raadsonderzoeker");
const VT: (&str, &str) = (VEILIG_THUIS, "medewerker-veilig-thuis");
const CRISIS: (&str, &str) = (AMBULANCE, "crisisdienst");

#[test]
fn each_ground_releases_up_to_its_own_ceiling_and_not_beyond() {
    let covenant = load(&shipped());
    let table = [
        ("R02", COLLEAGUE, "CAS", "A03 C01", "E01 OUTSIDE_AGENDA"),
        ("R03", OWN, "THU", "A03 I01", "D01 OUTSIDE_PURPOSE"),
        ("R04", OWN, "REG", "A03 B03", "C01 OUTSIDE_PURPOSE"),
        ("R05", VT, "MEL", "A03 A10 G01 H04", "B01 NO_CONSENT"),
        ("R06", GI, "GIO", "A03 A10 B01 E01 I03", "H04 OUTSIDE_PURPOSE"),
        ("R07", RVDK, "RVK", "A03 B05 I01", "C01 NO_CONSENT"),
        ("R09", CRISIS, "CRI", "A03 A10 H01 H04 J02", "C01 NO_CONSENT"),
        ("R10", CRISIS, "CRI", "A03 D07", "H05 NO_CONSENT"),
        ("R10", TEAM, "CRI", "A03 H01", "H05 OUTSIDE_PURPOSE"),
        ("R15", TEAM, "CRI", "A03 H01", "J02 OUTSIDE_PURPOSE"),
    ];
    for (ground, who, purpose, inside, outside) in table {
        let question = asks(&covenant, ground, who, purpose);
        let (child, no) = (child(), [objection(&covenant)]);
        let file = Some((&child, &no[..0]));
        let permitted = question.ruling(inside, file).permitted();
        assert_eq!(permitted, codes(inside), "{ground}: {}", question.heard(inside, file));
        let heard = question.heard(outside.split_once(' ').unwrap().0, file);
        assert_eq!(heard, outside, "{ground}");
        let by_rule = question.ruling(inside, file);
        let released = Verdict::Permitted { rule: ground.into(), consent: None };
        assert!(by_rule.verdicts().iter().all(|(_, verdict)| *verdict == released));
    }
}

#[test]
fn what_a_ground_lacks_is_heard_as_ruling_2_and_3_say() {
    let covenant = load(&shipped());
    let incomplete: Change = |q, _| q.evidence = None;
    let one_less: Change = |q, _| {
        q.evidence.as_mut().unwrap().answered.pop_last();
    };
    let low: Change = |q, _| q.level = AuthenticationLevel::Low;
    let later: Change = |q, _| q.at = Timestamp::start_of(date(2026, 7, 1));
    let nobody: Change = |_, r| (r.team.clear(), r.orders.clear()).0;
    let table: Vec<Row> = vec![
        // Vector 13: in the treatment team, in a municipal hat.
        ("R02", TEAM, "CAS", |_, _| (), "GROUND_NOT_AVAILABLE"),
        ("R02", COLLEAGUE, "CAS", nobody, "NO_CONSENT"),
        ("R02", COLLEAGUE, "CAS", later, "NO_CONSENT"),
        ("R02", OWN, "CAS", |_, _| (), "NO_CONSENT"),
        ("R03", COLLEAGUE, "CAS", |_, _| (), "GROUND_NOT_AVAILABLE"),
        ("R03", OWN, "CAS", incomplete, "EMERGENCY_INCOMPLETE"),
        ("R03", OWN, "CAS", |_, r| r.birth_date = date(2009, 2, 3), "NO_CONSENT"),
        ("R03", OWN, "CAS", |_, r| r.authority.clear(), "NO_CONSENT"),
        ("R04", TEAM, "CAS", |_, _| (), "GROUND_NOT_AVAILABLE"),
        ("R04", OWN, "CAS", incomplete, "EMERGENCY_INCOMPLETE"),
        ("R04", COLLEAGUE, "CAS", nobody, "NO_CONSENT"),
        ("R05", VT, "MEL", incomplete, "EMERGENCY_INCOMPLETE"),
        ("R05", VT, "MEL", |q, _| q.purpose = "CRI", "GROUND_NOT_AVAILABLE"),
        ("R05", TEAM, "CRI", |_, _| (), "GROUND_NOT_AVAILABLE"),
        ("R06", GI, "GIO", incomplete, "EMERGENCY_INCOMPLETE"),
        ("R06", GI, "GIO", nobody, "NO_CONSENT"),
        ("R06", GI, "GIO", later, "NO_CONSENT"),
        (
            "R06",
            GI,
            "GIO",
            |_, r| r.orders[0].reference = CustodianReference::parse("o-2").unwrap(),
            "NO_CONSENT",
        ),
        ("R07", RVDK, "RVK", incomplete, "EMERGENCY_INCOMPLETE"),
        ("R09", CRISIS, "CRI", one_less, "EMERGENCY_INCOMPLETE"),
        ("R09", CRISIS, "CRI", low, "EMERGENCY_INCOMPLETE"),
        ("R10", CRISIS, "CRI", one_less, "EMERGENCY_INCOMPLETE"),
        ("R10", CRISIS, "CRI", low, "EMERGENCY_INCOMPLETE"),
        ("R10", VT, "CRI", |_, _| (), "GROUND_NOT_AVAILABLE"),
        ("R15", TEAM, "CRI", one_less, "EMERGENCY_INCOMPLETE"),
        ("R15", CRISIS, "CRI", |_, _| (), "GROUND_NOT_AVAILABLE"),
        ("R08", TEAM, "CRI", |_, _| (), "GROUND_NOT_IN_FORCE"),
        ("R13", TEAM, "CAS", |_, _| (), "GROUND_NOT_IN_FORCE"),
        ("R14", GI, "GIO", |_, _| (), "GROUND_NOT_IN_FORCE"),
        ("R11", TEAM, "CAS", |_, _| (), "GROUND_NOT_AVAILABLE"),
        ("R12", TEAM, "CON", |_, _| (), "GROUND_NOT_AVAILABLE"),
    ];
    for (at, (ground, who, purpose, change, told)) in table.into_iter().enumerate() {
        let (mut question, mut registration) = (asks(&covenant, ground, who, purpose), child());
        change(&mut question, &mut registration);
        let heard = question.heard("A03", Some((&registration, &[])));
        // What is outside the purpose comes first; A03 is in every purpose but consultation.
        let told = if purpose == "CON" { "OUTSIDE_PURPOSE" } else { told };
        assert_eq!(heard, format!("A03 {told}"), "row {at}: {ground}");
    }
}

#[test]
fn a_ticket_stands_in_for_the_answers_of_an_emergency_and_of_nothing_else() {
    let covenant = load(&shipped());
    let table = [
        ("R09", CRISIS, "CRI", "RELEASED"),
        ("R10", CRISIS, "CRI", "RELEASED"),
        ("R15", TEAM, "CRI", "RELEASED"),
        ("R05", VT, "MEL", "EMERGENCY_INCOMPLETE"),
        ("R07", RVDK, "RVK", "EMERGENCY_INCOMPLETE"),
    ];
    for (ground, who, purpose, heard) in table {
        let question =
            super::Question { evidence: None, ticket: true, ..asks(&covenant, ground, who, purpose) };
        assert_eq!(question.heard("A03", Some((&child(), &[]))), format!("A03 {heard}"), "{ground}");
    }
}

#[test]
fn an_objection_binds_the_grounds_of_trust_and_not_the_law_or_an_emergency() {
    let covenant = load(&shipped());
    let table = [
        ("R02", COLLEAGUE, "CAS", "NO_CONSENT"),
        ("R03", OWN, "CAS", "NO_CONSENT"),
        ("R04", OWN, "CAS", "NO_CONSENT"),
        ("R05", VT, "MEL", "RELEASED"),
        ("R06", GI, "GIO", "RELEASED"),
        ("R07", RVDK, "RVK", "RELEASED"),
        ("R09", CRISIS, "CRI", "RELEASED"),
        ("R10", CRISIS, "CRI", "RELEASED"),
        ("R15", TEAM, "CRI", "RELEASED"),
    ];
    let registration = Registration { birth_date: date(2012, 2, 3), ..child() };
    let no = [objection(&covenant)];
    for (ground, who, purpose, heard) in table {
        let question = asks(&covenant, ground, who, purpose);
        assert_eq!(question.heard("A03", Some((&registration, &no))), format!("A03 {heard}"), "{ground}");
    }
}

#[test]
fn what_is_about_others_too_needs_their_agreement_in_trust_and_not_by_law() {
    let covenant = load(&shipped());
    let registration = child();
    for (ground, who, purpose, heard) in [
        ("R02", COLLEAGUE, "CRI", "NO_CONSENT"),
        ("R06", GI, "GIO", "RELEASED"),
        ("R09", CRISIS, "CRI", "RELEASED"),
    ] {
        let question = asks(&covenant, ground, who, purpose);
        assert_eq!(question.heard("A10", Some((&registration, &[]))), format!("A10 {heard}"), "{ground}");
    }
}

#[test]
fn to_somebody_unrelated_a_registered_client_is_like_an_unknown_one_until_something_is_released() {
    let covenant = load(&shipped());
    let stranger = (MIDDEN_DRENTHE, "wijkteam");
    for ground in ["R01", "R02", "R03", "R04"] {
        for evidence in [None, Some(everything())] {
            let question = super::Question { evidence, ..asks(&covenant, ground, stranger, "CAS") };
            assert_eq!(question.heard("A03 D01", None), "A03 NO_CONSENT, D01 NO_CONSENT", "{ground}");
            assert_eq!(question.heard("A03 D01", Some((&child(), &[]))), question.heard("A03 D01", None));
        }
    }
    for (ground, who, purpose) in
        [("R05", VT, "MEL"), ("R06", GI, "GIO"), ("R07", RVDK, "RVK"), ("R09", CRISIS, "CRI")]
    {
        let asked = || asks(&covenant, ground, who, purpose);
        assert_eq!(asked().heard("A03", None), "A03 NO_CONSENT", "{ground}");
        let incomplete = super::Question { evidence: None, ..asked() };
        let unknown = Registration { orders: vec![], team: vec![], ..child() };
        for file in [None, Some((&unknown, &[][..]))] {
            assert_eq!(
                incomplete.heard("A03 D02", file),
                "A03 EMERGENCY_INCOMPLETE, D02 NO_CONSENT",
                "{ground}"
            );
        }
    }
}
