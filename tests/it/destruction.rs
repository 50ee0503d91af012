//! A client asks for the file to be destroyed: the custodian destroys it, and the ledger keeps that it was asked, without content.

use sluis::contract::v1::*;
use tonic::Code;

use crate::harness::*;
use crate::records;

fn asked(client: &str, person: &str) -> RecordDestructionRequest {
    RecordDestructionRequest {
        client: named(client),
        person: person.into(),
        outcome: DestructionOutcome::Partly.into(),
        note_reference: "dossier/2026-77".into(),
    }
}

async fn events(caller: &Caller, client: &str, reader: &str) -> Vec<String> {
    let request =
        GetOwnOverviewRequest { client: named(client), reader: reader.into(), ..Default::default() };
    let answer = caller.audit().get_own_overview(request).await.unwrap().into_inner();
    answer.lines.into_iter().map(|line| line.event).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_destroy_a_file_leaves_an_entry_without_content_and_takes_none_away() {
    let records = records::file(&[("acc-1", "één")]);
    let gateway = TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records))])).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(41);
    let registration = Some(registration("acc-1", &born(14)));
    let registered = RegisterClientRequest { client: named(&client), registration };
    care.consents().register_client(registered).await.unwrap();

    let answer = care.consents().record_destruction(asked(&client, "client")).await.unwrap().into_inner();
    let listed = ListEntriesRequest { client_bsn: client.clone(), ..Default::default() };
    let entries = officer.audit().list_entries(listed).await.unwrap().into_inner().entries;
    let entry = entries.iter().find(|entry| entry.index == answer.entry_index).unwrap();
    assert_eq!((entry.event.as_str(), entry.outcome.as_str()), ("destruction-requested", "done"));
    let whole: serde_json::Value = serde_json::from_slice(&entry.entry).unwrap();
    let expected = serde_json::json!({
        "custodian": ACCARE, "asked_by": "client", "outcome": "partly", "note": "dossier/2026-77"
    });
    assert_eq!(whole["event"]["destruction_requested"], expected);
    assert!(entries.iter().any(|entry| entry.event == "registered"), "what was recorded before stays");

    let event = "destruction-requested".to_owned();
    assert!(events(&officer, &client, "client").await.contains(&event), "the client reads it");
    assert!(!events(&officer, &client, "parent-1").await.contains(&event), "a parent does not");

    let wrong = RecordDestructionRequest { outcome: 0, ..asked(&client, "client") };
    let (code, _, fields) = refusal(&care.consents().record_destruction(wrong).await.err().unwrap());
    assert_eq!((code, fields), (Code::InvalidArgument, vec!["outcome".to_owned()]));
    let unknown = care.consents().record_destruction(asked(&bsn(42), "client")).await.err().unwrap();
    assert_eq!(refusal(&unknown).1, "CLIENT_NOT_REGISTERED");
    let other = municipality.consents().record_destruction(asked(&client, "client")).await.err().unwrap();
    assert_eq!(refusal(&other).1, "CLIENT_NOT_REGISTERED");
    let (_, audit) = gateway.finish().await;
    assert!(audit.size > answer.entry_index);
}
