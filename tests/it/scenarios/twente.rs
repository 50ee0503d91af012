//! Twente: fourteen municipalities under one regional covenant, each with roles and legal bases of its own.
//!
//! A family has several problems at once. What is a parent's own (needs, debts) goes only with that parent's own yes; safety
//! is on the table beside two other domains at most; the mentor whom the girl chose agrees for herself and decides for nobody.

use std::fmt::Write;

use serde_json::json;
use sluis::contract::v1::*;

use super::*;

/// The municipality, who works there with families, and for what the municipality may receive.
const FOURTEEN: [(&str, &str, &str); 14] = [
    ("Almelo", "wijkteam", "CAS REG WON SCH THU CRI"),
    ("Borne", "wijkteam", "CAS REG THU"),
    ("Dinkelland", "consulent", "CAS REG THU"),
    ("Enschede", "wijkcoach", "CAS REG WON SCH THU CRI"),
    ("Haaksbergen", "consulent", "CAS REG WON THU"),
    ("Hellendoorn", "consulent", "CAS REG SCH THU"),
    ("Hengelo", "wijkteam", "CAS REG WON SCH THU CRI"),
    ("Hof van Twente", "consulent", "CAS REG THU CRI"),
    ("Losser", "wijkteam", "CAS REG WON THU"),
    ("Oldenzaal", "wijkcoach", "CAS REG WON SCH THU"),
    ("Rijssen-Holten", "consulent", "CAS REG THU"),
    ("Tubbergen", "consulent", "CAS REG THU"),
    ("Twenterand", "wijkteam", "CAS REG WON THU"),
    ("Wierden", "consulent", "CAS REG SCH THU"),
];
const ENSCHEDE: usize = 3;
const TUBBERGEN: usize = 11;

fn id(municipality: usize) -> String {
    format!("000000990000000005{municipality:02}")
}

/// One covenant for the region: the shipped parties and the fourteen.
fn region() -> String {
    let mut parties = shipped_parties();
    for (n, (name, role, purposes)) in FOURTEEN.iter().enumerate() {
        let basis = |code: &str| {
            format!("{{ purpose = \"{code}\", basis = \"Vastgesteld door de jurist van {name}\" }}")
        };
        let bases: Vec<String> = purposes.split(' ').map(basis).collect();
        let may = "may = [\"ask\", \"record-consent\"]";
        write!(
            parties,
            "\n[[party]]\nid = \"{}\"\nname = \"Gemeente {name}\"\nkind = \"municipality\"\nmay_use_bsn = true\n\
             role = [{{ role = \"{role}\", label = \"Hulp aan gezinnen\", {may} }}]\nlegal_basis = [{}]\n",
            id(n),
            bases.join(", "),
        )
        .unwrap();
    }
    parties
}

async fn gateway() -> TestGateway {
    let record = json!({
        "person.name": "Milou (verzonnen)",
        "person.chosen-supporter": { "role": "Voetbaltrainer", "phone": "053 000 00 00" },
        "support.agreements": "Iedere maandag bellen de wijkcoach en de begeleider",
        "housing.situation": "with-parents",
        "money.worries": "several",
        "family.parents-need": "Moeder wil hulp bij haar schulden, vader bij de opvoeding",
        "safety.agreements": "Bij ruzie belt zij haar trainer",
    });
    TestGateway::start(Setting::among(&region(), vec![(AMBIQ, holding("milou", &record))])).await
}

fn ordered(until: &str) -> Order {
    Order {
        reference: "C/08/2026-12".into(),
        organisation: INSTITUTION.into(),
        role: "jeugdbeschermer".into(),
        period: Some(Period { from: in_days(-30), until: until.into() }),
        replaces: None,
    }
}

fn noted(ground: ground_evidence::Ground) -> Option<GroundEvidence> {
    Some(GroundEvidence { ground: Some(ground), note_reference: "dossier/2026-51".into(), notice: None })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_with_several_problems_is_helped_and_each_person_speaks_for_what_is_their_own() {
    let gateway = gateway().await;
    let care = gateway.party(AMBIQ, "fact-behandelaar").await;
    let officer = gateway.party(AMBIQ, "privacy-officer").await;
    let milou = bsn(65);
    let (coach_role, all) = (FOURTEEN[ENSCHEDE].1, [CLIENT, MOTHER, FATHER]);
    let enschede = id(ENSCHEDE);
    let coach = gateway.party(&enschede, coach_role).await;

    // One covenant, fourteen municipalities, and no two need be the same.
    let parties = care.catalogue().list_parties(ListPartiesRequest {}).await.unwrap().into_inner().parties;
    let twente: Vec<&Party> = parties.iter().filter(|p| (0..14).any(|n| p.id == id(n))).collect();
    assert_eq!(twente.len(), 14);
    let may_receive =
        |purpose: &str| twente.iter().filter(|p| p.purposes.iter().any(|x| x == purpose)).count();
    assert_eq!((may_receive("case-conference"), may_receive("debt-support")), (14, 6));

    // Milou is thirteen; her parents share authority; a judge placed the family under supervision.
    let registered = Registration { orders: vec![ordered(&in_days(60))], ..registration("milou", &born(13)) };
    let file = ClientFile::open(&care, named(&milou), registered).await;
    let fields = [
        "person.name",
        "person.chosen-supporter",
        "money.worries",
        "family.parents-need",
        "safety.agreements",
    ];
    let consent = file.agree(&all, sharing((&enschede, coach_role), "case-conference", &fields)).await;

    // Everyone agreed "about Milou". That is not the parents' own need, and not her mentor's telephone number.
    let agenda = ["money", "family", "safety"];
    let table = conference(&agenda, ask(&milou, AMBIQ, "", &fields));
    let heard = answer(&coach, again(&table)).await;
    assert_eq!(released(&heard), ["person.name", "money.worries", "safety.agreements"]);
    let closed = [("person.chosen-supporter", "NO_CONSENT"), ("family.parents-need", "NO_CONSENT")];
    assert_eq!(withheld(&heard), closed);
    assert!(
        entry(&officer, &heard).await.contains("DATA_SUBJECT_MISSING"),
        "the file says whose yes is missing"
    );

    // The mother says yes for herself; the need is of two, so it waits for the father. Then it goes.
    let need = ["family.parents-need"];
    file.add(&consent, about_themselves(MOTHER.0, &need)).await;
    assert!(!released(&answer(&coach, again(&table)).await).contains(&need[0]), "the father has not said so");
    file.add(&consent, about_themselves(FATHER.0, &need)).await;
    assert!(released(&answer(&coach, again(&table)).await).contains(&need[0]));

    // Her football trainer is the mentor whom she chose. She can agree about her own number, and about nothing of Milou's.
    for capacity in [Capacity::Mentor, Capacity::ParentAuthority] {
        let proposal = sharing((&enschede, coach_role), "case-conference", &["safety.agreements"]);
        let status = file.try_record(grantor("trainer-1", capacity), proposal).await.err().unwrap();
        assert_eq!(refusal(&status).1, "GRANTOR_CANNOT_AGREE");
    }
    let supporter = ["person.chosen-supporter"];
    file.add(&consent, about_themselves("trainer-1", &supporter)).await;
    assert_eq!(
        released(&answer(&coach, again(&table)).await),
        fields,
        "now everybody spoke for what is theirs"
    );
    file.take_back("trainer-1", &consent, &[]).await;
    let without = answer(&coach, again(&table)).await;
    assert_eq!(
        withheld(&without),
        [("person.chosen-supporter", "CONSENT_WITHDRAWN")],
        "hers alone goes with her"
    );

    // Safety lies on the table beside two other domains. Four is everything at once, and refused; what is not on the agenda stays off.
    let four = conference(&["money", "family", "safety", "housing"], ask(&milou, AMBIQ, "", &fields));
    assert_eq!(refusal(&coach.disclosures().disclose(four).await.err().unwrap()).1, "AGENDA_INVALID");
    let off = conference(&agenda, ask(&milou, AMBIQ, "", &["safety.agreements", "housing.situation"]));
    let off = answer(&coach, off).await;
    assert_eq!(withheld(&off), [("housing.situation", "OUTSIDE_AGENDA")]);

    // The consent is for Enschede. In the thirteen other municipalities nobody hears anything.
    for (n, (name, role, _)) in FOURTEEN.iter().enumerate().filter(|(n, _)| *n != ENSCHEDE) {
        let neighbour = gateway.party(&id(n), role).await;
        let heard = answer(&neighbour, again(&table)).await;
        assert!(
            heard.released.is_empty() && withheld(&heard).iter().all(|(_, why)| *why == "NO_CONSENT"),
            "{name}"
        );
    }

    // The family moves to Tubbergen. There the role has another name, and the municipality has no basis for debt support.
    let tubbergen = id(TUBBERGEN);
    let debts = sharing((&tubbergen, coach_role), "debt-support", &["money.worries"]);
    let status = file.try_record(grantor(CLIENT.0, CLIENT.1), debts).await.err().unwrap();
    assert_eq!(refusal(&status).1, "RECIPIENT_UNKNOWN");
    let consultant = (tubbergen.as_str(), FOURTEEN[TUBBERGEN].1);
    file.agree(&all, sharing(consultant, "debt-support", &["money.worries"])).await;
    let consultant = gateway.party(consultant.0, consultant.1).await;
    let refused = answer(&consultant, ask(&milou, AMBIQ, "debt-support", &["money.worries"])).await;
    assert_nothing(&refused, "RECIPIENT_NOT_ENTITLED");

    // A parent may see what is agreed. Not the safety agreements: the professional withholds them, because Milou would no longer talk.
    let withhold = WithholdFromRepresentativeRequest {
        client: named(&milou),
        fields: owned(&["safety.agreements"]),
        entries: Vec::new(),
        reason: WithholdingReason::TrustAtRisk.into(),
        note_reference: "dossier/2026-52".into(),
        review_on: in_days(40),
    };
    care.consents().withhold_from_representative(withhold).await.unwrap();
    let father = RepresentativeEvidence { person: FATHER.0.into() };
    let evidence = noted(ground_evidence::Ground::Representative(father));
    let shown = ["support.agreements", "safety.agreements"];
    let shown = DiscloseRequest { evidence, ..conference(&["safety"], ask(&milou, AMBIQ, "", &shown)) };
    let shown = answer(&care, on("R03", &shown)).await;
    assert_eq!(released(&shown), ["support.agreements"]);
    assert_eq!(withheld(&shown), [("safety.agreements", "NO_CONSENT")]);
    assert!(entry(&officer, &shown).await.contains("withheld-from-representative"));

    // The institution that carries out the order agrees to nothing. What it needs for the order it gets by law, without asking the
    // father, who objects; and of the parents' own need nothing.
    let institution = gateway.party(INSTITUTION, "jeugdbeschermer").await;
    let sign = sharing((&enschede, coach_role), "case-conference", &["safety.agreements"]);
    let status = file.try_record(grantor(INSTITUTION, Capacity::Guardian), sign).await.err().unwrap();
    assert_eq!(refusal(&status).1, "GRANTOR_CANNOT_AGREE");
    file.object(FATHER, Objection::default()).await;
    assert_nothing(&answer(&coach, again(&table)).await, "NO_CONSENT");
    let order = SupervisionOrderEvidence {
        order: "C/08/2026-12".into(),
        initiative: Initiative::OnRequest.into(),
        necessity: "Zonder deze afspraken kan het plan niet worden uitgevoerd.".into(),
    };
    let evidence = noted(ground_evidence::Ground::SupervisionOrder(order));
    let needs = ["safety.agreements", "support.agreements", "family.parents-need"];
    let by_law = DiscloseRequest { evidence, ..ask(&milou, AMBIQ, "supervision-order", &needs) };
    let heard = answer(&institution, on("R06", &by_law)).await;
    assert_eq!(released(&heard), ["safety.agreements", "support.agreements"]);
    assert_eq!(withheld(&heard), [("family.parents-need", "OUTSIDE_PURPOSE")]);

    // The order ends, and with it what the institution may hear.
    let clock = SetClockRequest { now: format!("{}T12:00:00Z", in_days(62)) };
    care.development().set_clock(clock).await.unwrap();
    let by_law = DiscloseRequest { requested_fields: owned(&needs[..2]), ..by_law };
    assert_nothing(&answer(&institution, on("R06", &by_law)).await, "NO_CONSENT");
    gateway.finish().await;
}
