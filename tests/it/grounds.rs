//! Grounds other than consent, over the wire: what each asks, what is heard, and what is kept.

use sluis::contract::v1::client_notice::When;
use sluis::contract::v1::ground_evidence::Ground;
use sluis::contract::v1::*;

use crate::harness::*;
use crate::records;

async fn gateway() -> TestGateway {
    TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "grond")])))]))
        .await
}

fn on(ground: &str, request: DiscloseRequest, evidence: Option<GroundEvidence>) -> DiscloseRequest {
    DiscloseRequest { ground: ground.into(), request_id: request_id(), evidence, ..request }
}

fn noted(ground: Ground) -> Option<GroundEvidence> {
    let notice = Some(ClientNotice { when: Some(When::Told(true)) });
    Some(GroundEvidence { ground: Some(ground), note_reference: "note-7".into(), notice })
}

const ANSWER: &str = "Dit antwoord is geheim en staat in het dossier.";

fn emergency() -> EmergencyEvidence {
    EmergencyEvidence {
        consent: ANSWER.into(),
        damage: ANSWER.into(),
        conscience: ANSWER.into(),
        subsidiarity: ANSWER.into(),
        effectiveness: ANSWER.into(),
        proportionality: ANSWER.into(),
        consulted: "colleague-1".into(),
    }
}

async fn register(care: &Caller, client: &str, registration: Registration) {
    let request = RegisterClientRequest { client: named(client), registration: Some(registration) };
    care.consents().register_client(request).await.unwrap();
}

async fn answer(caller: &Caller, request: DiscloseRequest) -> DiscloseResponse {
    caller.disclosures().disclose(request).await.unwrap().into_inner()
}

/// The entry of an answer, as the custodian's officer reads it.
async fn entry(gateway: &TestGateway, index: u64) -> String {
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let entry = officer.audit().get_entry(GetEntryRequest { index }).await.unwrap().into_inner();
    String::from_utf8(entry.entry.unwrap().entry).unwrap()
}

const ORDER: &str = "C/19/2026-1";

/// A child for whom the institution carries out an order.
fn supervised() -> Registration {
    let order = Order {
        reference: ORDER.into(),
        organisation: INSTITUTION.into(),
        role: "jeugdbeschermer".into(),
        period: Some(Period { from: in_days(-30), until: in_days(300) }),
        replaces: None,
    };
    Registration { orders: vec![order], ..registration("acc-1", &born(10)) }
}

fn by_order(order: &str) -> Option<GroundEvidence> {
    noted(Ground::SupervisionOrder(SupervisionOrderEvidence {
        order: order.into(),
        initiative: Initiative::OnRequest.into(),
        necessity: ANSWER.into(),
    }))
}

/// The entry of a release without consent that is no emergency.
pub async fn released_by_order(gateway: &TestGateway, client: &str) -> u64 {
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    register(&care, client, supervised()).await;
    let institution = gateway.party(INSTITUTION, "jeugdbeschermer").await;
    let asked = ask(client, ACCARE, "supervision-order", &["person.name"]);
    let given = answer(&institution, on("R06", asked, by_order(ORDER))).await;
    assert_eq!(released(&given), ["person.name"]);
    given.entry_index
}

#[tokio::test(flavor = "multi_thread")]
async fn an_institution_gets_what_its_current_order_needs_and_another_order_opens_nothing() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let institution = gateway.party(INSTITUTION, "jeugdbeschermer").await;
    let (client, stranger) = (bsn(40), bsn(41));
    register(&care, &client, supervised()).await;
    register(&care, &stranger, registration("acc-2", &born(10))).await;
    let wanted = ["person.name", "housing.situation", "money.worries"];
    let asked = ask(&client, ACCARE, "supervision-order", &wanted);
    let given = answer(&institution, on("R06", asked.clone(), by_order(ORDER))).await;
    assert_eq!(released(&given), ["person.name", "housing.situation"]);
    assert_eq!(withheld(&given), [("money.worries", "OUTSIDE_PURPOSE")], "the ground has its own ceiling");
    let kept = entry(&gateway, given.entry_index).await;
    assert!(kept.contains("\"rule\":\"R06\"") && kept.contains("\"order\":\"C/19/2026-1\""), "{kept}");
    assert!(kept.contains("note-7") && kept.contains("necessity") && !kept.contains("geheim"), "{kept}");

    let other = answer(&institution, on("R06", asked.clone(), by_order("C/19/2025-9"))).await;
    assert!(withheld(&other).iter().all(|(_, reason)| *reason != "EMERGENCY_INCOMPLETE"));
    assert!(other.released.is_empty());
    let nothing = answer(&institution, on("R06", asked.clone(), None)).await;
    assert_eq!(withheld(&nothing)[0], ("person.name", "EMERGENCY_INCOMPLETE"));
    let consent = answer(&institution, on("R01", asked, None)).await;
    assert!(consent.released.is_empty(), "consent opens nothing towards an institution");

    // Without an order a registered client and an unknown one are the same bytes.
    let mut answers = Vec::new();
    for client in [&stranger, &bsn(42)] {
        let asked = ask(client, ACCARE, "supervision-order", &wanted);
        let given = answer(&institution, on("R06", asked, by_order(ORDER))).await;
        assert!(withheld(&given).iter().all(|(_, reason)| *reason == "NO_CONSENT"));
        let bare = DiscloseResponse { entry_index: 0, receipt: String::new(), leaf: Vec::new(), ..given };
        answers.push(prost::Message::encode_to_vec(&bare));
    }
    assert_eq!(answers[0], answers[1]);
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_of_six_answers_break_no_glass_and_six_release_crisis_fields_only() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let crisis = gateway.party(CRISIS_SERVICE, "crisisdienst").await;
    let client = bsn(43);
    register(&care, &client, registration("acc-1", &born(15))).await;

    let asked = ask(&client, ACCARE, "crisis", &["person.name", "housing.wish"]);
    let five = EmergencyEvidence { subsidiarity: "nee".into(), ..emergency() };
    let refused = answer(&crisis, on("R09", asked.clone(), noted(Ground::Emergency(five)))).await;
    assert!(refused.released.is_empty());
    assert_eq!(withheld(&refused)[0], ("person.name", "EMERGENCY_INCOMPLETE"));
    let kept = entry(&gateway, refused.entry_index).await;
    assert!(kept.contains("evidence-incomplete") && kept.contains("proportionality"), "{kept}");
    assert!(!kept.contains("subsidiarity"), "{kept}");

    let alone = EmergencyEvidence { consulted: "professional-1".into(), ..emergency() };
    let alone = answer(&crisis, on("R09", asked.clone(), noted(Ground::Emergency(alone)))).await;
    assert!(alone.released.is_empty(), "consulting oneself is consulting nobody");

    let six = noted(Ground::Emergency(emergency()));
    for ground in ["R09", "R10"] {
        let given = answer(&crisis, on(ground, asked.clone(), six.clone())).await;
        assert_eq!(released(&given), ["person.name"], "{ground}");
        assert_eq!(withheld(&given), [("housing.wish", "NO_CONSENT")], "{ground}");
        let kept = entry(&gateway, given.entry_index).await;
        assert!(!kept.contains("geheim") && !kept.contains("colleague-1"), "{kept}");
        assert!(kept.contains("\"notice\":\"told\"") && kept.contains("\"consulted\":\""), "{kept}");
    }
    let unknown =
        answer(&crisis, on("R09", ask(&bsn(44), ACCARE, "crisis", &["person.name"]), six.clone())).await;
    assert_eq!(withheld(&unknown), [("person.name", "NO_CONSENT")]);

    let named = EmergencyEvidence { damage: "Zie 123456782 in het dossier.".into(), ..emergency() };
    let status =
        crisis.disclosures().disclose(on("R09", asked, noted(Ground::Emergency(named)))).await.err().unwrap();
    assert_eq!(refusal(&status).1, "IDENTIFIER_DETECTED");
    assert!(!format!("{status:?}").contains("123456782"));
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_municipal_hat_at_the_teams_table_is_not_treatment_and_a_bill_is_no_law() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipal = gateway.party(ASSEN, "wijkteam").await;
    let colleague = gateway.party(GGZ_DRENTHE, "fact-behandelaar").await;
    let client = bsn(45);
    let member = |organisation: &str, role: &str| TeamMember {
        organisation: organisation.into(),
        role: role.into(),
        period: Some(Period { from: in_days(-10), until: in_days(10) }),
    };
    let team = vec![member(ASSEN, "wijkteam"), member(GGZ_DRENTHE, "fact-behandelaar")];
    register(&care, &client, Registration { team, ..registration("acc-1", &born(16)) }).await;

    let asked = DiscloseRequest {
        life_domains: owned(&["housing"]),
        ..ask(&client, ACCARE, "case-conference", &["person.name", "housing.situation"])
    };
    let told = |answer: &DiscloseResponse, reason: &str| {
        assert!(answer.released.is_empty());
        assert!(withheld(answer).iter().all(|(_, told)| *told == reason), "{:?}", withheld(answer));
    };
    told(&answer(&municipal, on("R02", asked.clone(), None)).await, "GROUND_NOT_AVAILABLE");
    told(&answer(&municipal, on("R13", asked.clone(), None)).await, "GROUND_NOT_IN_FORCE");
    let given = answer(&colleague, on("R02", asked.clone(), None)).await;
    assert_eq!(released(&given), ["person.name", "housing.situation"]);

    // Somebody outside the team hears what they would hear about an unknown client.
    let outside = gateway.party(HOOGEVEEN, "wijkteam").await;
    for ground in ["R01", "R02", "R04"] {
        told(&answer(&outside, on(ground, asked.clone(), None)).await, "NO_CONSENT");
    }

    // A no of the client stops the colleague too.
    let no = RecordConsentRequest {
        stance: Some(record_consent_request::Stance::Objection(Objection::default())),
        period: None,
        ..permit(&client, ASSEN, "wijkteam", "housing", &[])
    };
    care.consents().record_consent(no).await.unwrap();
    told(&answer(&colleague, on("R02", asked, None)).await, "NO_CONSENT");

    let order = RecordConsentRequest {
        ..permit(&client, INSTITUTION, "jeugdbeschermer", "supervision-order", &["person.name"])
    };
    let status = care.consents().record_consent(order).await.err().unwrap();
    assert_eq!(refusal(&status).1, "PURPOSE_WITHOUT_CONSENT");
    gateway.finish().await;
}
