//! The services over an in-memory connection: a real gateway, store and covenant, and tokens of their own.

mod house;
mod retention;

use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::ambient::SystemClock;
use crate::contract::v1;
use crate::contract::v1::audit_service_client::AuditServiceClient;
use crate::contract::v1::client_name::Name;
use crate::contract::v1::consent_service_client::ConsentServiceClient;
use crate::contract::v1::disclosure_service_client::DisclosureServiceClient;
use crate::domain::Clock;
use house::House;

const ACCARE: &str = "00000099000000000101";
const ASSEN: &str = "00000099000000000201";
/// Asks for Assen.
const ROLE: &str = "wijkteam";
const BSN: &str = "999993653";

#[expect(clippy::unnecessary_wraps, reason = "as the message holds it")]
fn client() -> Option<v1::ClientName> {
    Some(v1::ClientName { name: Some(Name::Bsn(BSN.to_owned())) })
}

fn disclose(client: Option<v1::ClientName>, fields: &[&str]) -> v1::DiscloseRequest {
    v1::DiscloseRequest {
        request_id: "0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d11".to_owned(),
        client,
        custodian: ACCARE.to_owned(),
        purpose: "housing".to_owned(),
        life_domains: vec![],
        requested_fields: fields.iter().map(ToString::to_string).collect(),
        ground: "R01".to_owned(),
        evidence: None,
    }
}

fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    assert!(!status.message().contains(BSN));
    details.error_info().unwrap().reason.clone()
}

/// An adult client at Accare, who lets Assen have the housing situation.
async fn consented(house: &House) -> v1::RecordConsentResponse {
    let mut consents = ConsentServiceClient::new(house.connect(ACCARE).await);
    let registration = v1::Registration {
        custodian_reference: "record-1".to_owned(),
        birth_date: "1990-01-01".to_owned(),
        ..v1::Registration::default()
    };
    let register = v1::RegisterClientRequest { client: client(), registration: Some(registration) };
    consents.register_client(house.ask(ACCARE, "fact-behandelaar", register)).await.unwrap();
    let until = SystemClock.now().plus(86_400_000).rfc3339();
    let record = v1::RecordConsentRequest {
        client: client(),
        stance: Some(v1::record_consent_request::Stance::Permit(v1::Permit {
            recipient_organisation: ASSEN.to_owned(),
            recipient_role: ROLE.to_owned(),
            purpose: "housing".to_owned(),
            fields: vec!["housing.situation".to_owned()],
        })),
        period: Some(v1::Period { from: String::new(), until }),
        grantor: Some(v1::Grantor {
            person: "client".to_owned(),
            capacity: v1::Capacity::Adult.into(),
            fields: vec![],
        }),
        evidence: Some(v1::Evidence {
            channel: v1::Channel::Written.into(),
            text_version: "text-1".to_owned(),
            language: "nl".to_owned(),
            note_reference: String::new(),
            refusal_explained: true,
        }),
    };
    consents.record_consent(house.ask(ACCARE, "fact-behandelaar", record)).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_municipality_gets_what_consent_opens_a_reason_for_the_rest_and_nothing_after_withdrawal() {
    let house = House::open().await;
    let recorded = consented(&house).await;
    let consent = recorded.consent.unwrap();
    assert!(consent.status() == v1::ConsentStatus::InForce && consent.waiting_for.is_empty());

    let mut disclosures = DisclosureServiceClient::new(house.connect(ASSEN).await);
    let ask = disclose(client(), &["housing.wish", "housing.situation"]);
    let answer = disclosures.disclose(house.ask(ASSEN, ROLE, ask)).await.unwrap().into_inner();
    assert_eq!(answer.released.len(), 1);
    assert_eq!(answer.released[0].field, "housing.situation");
    assert_eq!(answer.withheld[0].reason, "NO_CONSENT");
    assert_eq!(answer.obligations, ["NORDSCLCD", "DELAU"]);
    assert!(answer.receipt.contains("sluis.example"));

    let mut by_handle = disclose(client(), &["housing.situation"]);
    by_handle.request_id = "0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d12".to_owned();
    by_handle.client = Some(v1::ClientName { name: Some(Name::Handle(recorded.recipient_client_handle)) });
    let answer = disclosures.disclose(house.ask(ASSEN, ROLE, by_handle)).await.unwrap().into_inner();
    assert_eq!(answer.released.len(), 1);

    let withdraw = v1::WithdrawConsentRequest {
        client: client(),
        consent_id: consent.consent_id,
        person: "client".to_owned(),
        fields: vec![],
    };
    let mut consents = ConsentServiceClient::new(house.connect(ACCARE).await);
    let withdraw = house.ask(ACCARE, "fact-behandelaar", withdraw);
    let withdrawn = consents.withdraw_consent(withdraw).await.unwrap().into_inner().consent.unwrap();
    assert!(withdrawn.status() == v1::ConsentStatus::Withdrawn);
    let mut again = disclose(client(), &["housing.situation"]);
    again.request_id = "0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d13".to_owned();
    let answer = disclosures.disclose(house.ask(ASSEN, ROLE, again)).await.unwrap().into_inner();
    assert!(answer.released.is_empty() && answer.obligations.is_empty());
    assert_eq!(answer.withheld[0].reason, "CONSENT_WITHDRAWN");
}

#[tokio::test]
async fn a_forged_handle_and_an_unknown_client_get_the_same_answer() {
    let house = House::open().await;
    let mut disclosures = DisclosureServiceClient::new(house.connect(ASSEN).await);
    let mut answers = Vec::new();
    for (at, name) in
        [Name::Handle("forged".to_owned()), Name::Bsn("123456782".to_owned())].into_iter().enumerate()
    {
        let mut ask = disclose(Some(v1::ClientName { name: Some(name) }), &["housing.situation"]);
        ask.request_id = format!("0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d1{at}");
        let answer = disclosures.disclose(house.ask(ASSEN, ROLE, ask)).await.unwrap().into_inner();
        answers.push((answer.withheld[0].reason.clone(), answer.withheld[0].text_nl.clone()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, "NO_CONSENT");
}

#[tokio::test]
async fn who_may_not_ask_or_asks_wrongly_is_refused_with_a_reason_and_recorded() {
    let house = House::open().await;
    let channel = house.connect(ASSEN).await;
    let mut disclosures = DisclosureServiceClient::new(channel.clone());

    let without = disclosures.disclose(Request::new(disclose(client(), &["*"]))).await.err().unwrap();
    assert_eq!((without.code(), reason(&without).as_str()), (Code::Unauthenticated, "TOKEN_MISSING"));
    for (role, fields, code, expected) in [
        (ROLE, "*", Code::InvalidArgument, "FIELD_WILDCARD"),
        ("nobody", "*", Code::PermissionDenied, "ROLE_UNKNOWN"),
        ("privacy-officer", "*", Code::PermissionDenied, "ROLE_MAY_NOT"),
    ] {
        let ask = house.ask(ASSEN, role, disclose(client(), &[fields]));
        let refused = disclosures.disclose(ask).await.err().unwrap();
        assert_eq!((refused.code(), reason(&refused).as_str()), (code, expected));
    }

    let mut audits = AuditServiceClient::new(channel);
    let list = v1::ListEntriesRequest { page_size: 2, client_bsn: BSN.to_owned(), ..Default::default() };
    let page =
        audits.list_entries(house.ask(ASSEN, "privacy-officer", list.clone())).await.unwrap().into_inner();
    let events: Vec<&str> = page.entries.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(events, ["refused", "refused"]);
    assert!(page.entries.iter().all(|entry| entry.entry.is_empty() && entry.leaf.len() == 32));
    let next = v1::ListEntriesRequest { page_token: page.next_page_token.clone(), ..list.clone() };
    let rest = audits.list_entries(house.ask(ASSEN, "privacy-officer", next)).await.unwrap().into_inner();
    assert_eq!((rest.entries.len(), rest.next_page_token.as_str()), (1, ""));
    let other =
        v1::ListEntriesRequest { page_token: page.next_page_token, outcome: "withheld".to_owned(), ..list };
    let refused = audits.list_entries(house.ask(ASSEN, "privacy-officer", other)).await.err().unwrap();
    assert_eq!(reason(&refused), "PAGE_TOKEN");
}
