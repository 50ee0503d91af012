//! What bad input gets: a clear, typed error without client data, an entry where somebody was asked for, nothing released.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sluis::contract::v1::*;
use tonic::{Code, Status};

use crate::harness::caller::channel;
use crate::harness::*;
use crate::records;

async fn gateway() -> TestGateway {
    TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "twee")])))]))
        .await
}

fn good(client: &str) -> DiscloseRequest {
    ask(client, ACCARE, "housing", &["person.name", "housing.wish"])
}

/// How many entries the ledger has, by an officer's eyes.
async fn size(gateway: &TestGateway) -> u64 {
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let checkpoint =
        officer.audit().get_checkpoint(GetCheckpointRequest {}).await.unwrap().into_inner().checkpoint;
    checkpoint.lines().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_outside_its_form_is_refused_names_the_field_and_is_recorded() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(20);
    consented(&care, &client, "acc-1", &["person.name", "housing.wish"]).await;

    type Change = fn(DiscloseRequest) -> DiscloseRequest;
    let table: Vec<(&str, Change, &str)> = vec![
        ("no fields", |r| DiscloseRequest { requested_fields: vec![], ..r }, "requested_fields"),
        ("an asterisk", |r| DiscloseRequest { requested_fields: owned(&["*"]), ..r }, "requested_fields"),
        ("an empty field", |r| DiscloseRequest { requested_fields: owned(&[""]), ..r }, "requested_fields"),
        (
            "an unknown field",
            |r| DiscloseRequest { requested_fields: owned(&["person.diagnosis"]), ..r },
            "requested_fields",
        ),
        (
            "a code for an id",
            |r| DiscloseRequest { requested_fields: owned(&["C01"]), ..r },
            "requested_fields",
        ),
        (
            "a field twice",
            |r| DiscloseRequest { requested_fields: owned(&["person.name", "person.name"]), ..r },
            "requested_fields",
        ),
        (
            "more fields than there are",
            |r| DiscloseRequest { requested_fields: (0..100).map(|n| format!("person.x{n}")).collect(), ..r },
            "requested_fields",
        ),
        ("an unknown purpose", |r| DiscloseRequest { purpose: "curiosity".into(), ..r }, "purpose"),
        ("no purpose", |r| DiscloseRequest { purpose: String::new(), ..r }, "purpose"),
        ("an unknown ground", |r| DiscloseRequest { ground: "R99".into(), ..r }, "ground"),
        ("no ground", |r| DiscloseRequest { ground: String::new(), ..r }, "ground"),
        (
            "an agenda without a conference",
            |r| DiscloseRequest { life_domains: owned(&["housing"]), ..r },
            "life_domains",
        ),
        (
            "a conference without an agenda",
            |r| DiscloseRequest { purpose: "case-conference".into(), ..r },
            "life_domains",
        ),
        (
            "a conference about everything",
            |r| DiscloseRequest {
                purpose: "case-conference".into(),
                life_domains: owned(&["housing", "money", "education", "work"]),
                ..r
            },
            "life_domains",
        ),
        (
            "an unknown custodian",
            |r| DiscloseRequest { custodian: "00000099999999999999".into(), ..r },
            "custodian",
        ),
        ("no request id", |r| DiscloseRequest { request_id: String::new(), ..r }, "request_id"),
        ("a request id that is no UUID", |r| DiscloseRequest { request_id: "1".into(), ..r }, "request_id"),
    ];
    for (what, change, field) in table {
        let before = size(&gateway).await;
        let status = municipality.disclosures().disclose(change(good(&client))).await.err().expect(what);
        let (code, reason, fields) = refusal(&status);
        assert_eq!(code, Code::InvalidArgument, "{what}: {status:?}");
        assert!(
            !reason.is_empty() && reason.chars().all(|c| c.is_ascii_uppercase() || c == '_'),
            "{what}: {reason}"
        );
        assert!(fields.iter().any(|f| f.starts_with(field)), "{what}: {fields:?}");
        assert!(!format!("{status:?}").contains(&client), "{what}: the error repeats the client");
        assert_eq!(size(&gateway).await, before + 1, "{what}: is recorded");
    }
    for (what, name) in
        [("fails its check", named("123456789")), ("is missing", None), ("is empty", named(""))]
    {
        let status = municipality
            .disclosures()
            .disclose(DiscloseRequest { client: name, ..good(&client) })
            .await
            .err()
            .expect(what);
        assert_eq!(refusal(&status).0, Code::InvalidArgument, "{what}");
        assert!(!format!("{status:?}").contains("123456789"), "{what}");
    }
    let still = municipality.disclosures().disclose(good(&client)).await.unwrap().into_inner();
    assert_eq!(released(&still).len(), 2, "a good request is still answered");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purpose_without_the_recipients_own_legal_basis_yields_nothing_even_with_consent() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(MIDDEN_DRENTHE, "schuldhulp").await;
    let client = bsn(21);
    let registered = RegisterClientRequest {
        client: named(&client),
        registration: Some(registration("acc-1", &born(16))),
    };
    care.consents().register_client(registered).await.unwrap();
    care.consents()
        .record_consent(permit(&client, MIDDEN_DRENTHE, "schuldhulp", "debt-support", &["person.name"]))
        .await
        .unwrap();
    let answer = municipality
        .disclosures()
        .disclose(ask(&client, ACCARE, "debt-support", &["person.name"]))
        .await
        .unwrap();
    assert_eq!(withheld(answer.get_ref()), [("person.name", "RECIPIENT_NOT_ENTITLED")]);
    gateway.finish().await;
}

/// Signs with the issuer's real key what no issuer would.
fn forge(gateway: &TestGateway, header: &Value, change: impl Fn(&mut Value)) -> String {
    let good = gateway.setting.token(ASSEN, "wijkteam", "professional-1", ASSEN);
    let mut parts = good.split('.');
    let decode =
        |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    let mut head = decode(parts.next().unwrap());
    let mut claims = decode(parts.next().unwrap());
    for (name, value) in header.as_object().unwrap() {
        head[name] = value.clone();
    }
    change(&mut claims);
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&head), encode(&claims));
    let pem = std::fs::read_to_string(gateway.setting.path().join(ASSEN).join("issuer.key.pem")).unwrap();
    let jwks = std::fs::read_to_string(gateway.setting.path().join(ASSEN).join("issuer.jwks.json")).unwrap();
    let signature = match head["alg"].as_str().unwrap() {
        "none" => String::new(),
        "HS256" => {
            let key = jsonwebtoken::EncodingKey::from_secret(jwks.as_bytes());
            jsonwebtoken::crypto::sign(signed.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap()
        }
        _ => {
            let pair = rcgen::KeyPair::from_pem(&pem).unwrap();
            let key = jsonwebtoken::EncodingKey::from_ec_der(pair.serialized_der());
            jsonwebtoken::crypto::sign(signed.as_bytes(), &key, jsonwebtoken::Algorithm::ES256).unwrap()
        }
    };
    format!("{signed}.{signature}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_exactly_right_is_refused() {
    let gateway = gateway().await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let now = jiff::Timestamp::now().as_second();
    let nothing = json!({});
    let set = |name: &'static str, value: Value| move |claims: &mut Value| claims[name] = value.clone();
    let setting = &gateway.setting;
    let tampered = {
        let good = setting.token(ASSEN, "wijkteam", "professional-1", ASSEN);
        let flip = if good.ends_with('A') { "B" } else { "A" };
        format!("{}{flip}", &good[..good.len() - 1])
    };
    let table: Vec<(&str, Option<String>)> = vec![
        ("TOKEN_MISSING", None),
        ("TOKEN_MALFORMED", Some("not-a-token".into())),
        (
            "TOKEN_EXPIRED",
            Some(forge(&gateway, &nothing, |c| {
                c["nbf"] = json!(now - 600);
                c["iat"] = json!(now - 600);
                c["exp"] = json!(now - 1);
            })),
        ),
        ("TOKEN_NOT_YET_VALID", Some(forge(&gateway, &nothing, set("nbf", json!(now + 300))))),
        ("TOKEN_AUDIENCE", Some(forge(&gateway, &nothing, set("aud", json!("https://other.test"))))),
        (
            "TOKEN_UNBOUND",
            Some(forge(&gateway, &nothing, |c| drop(c.as_object_mut().unwrap().remove("cnf")))),
        ),
        (
            "TOKEN_BOUND_TO_OTHER_CERTIFICATE",
            Some(setting.token(ASSEN, "wijkteam", "professional-1", HOOGEVEEN)),
        ),
        ("TOKEN_ALGORITHM", Some(forge(&gateway, &json!({"alg": "none"}), |_| {}))),
        ("TOKEN_ALGORITHM", Some(forge(&gateway, &json!({"alg": "HS256"}), |_| {}))),
        ("TOKEN_CLAIM", Some(forge(&gateway, &nothing, set("exp", json!((now + 300).to_string()))))),
        ("TOKEN_ORGANISATION", Some(forge(&gateway, &nothing, set("organisation", json!(HOOGEVEEN))))),
        ("TOKEN_LIFETIME", Some(forge(&gateway, &nothing, set("exp", json!(now + 86_400))))),
    ];
    for (reason, token) in table {
        let status =
            municipality.with_token(token).disclosures().disclose(good(&bsn(22))).await.err().expect(reason);
        assert_eq!(refusal(&status).0, Code::Unauthenticated, "{reason}: {status:?}");
        assert_eq!(refusal(&status).1, reason);
    }
    let status =
        municipality.with_token(Some(tampered)).disclosures().disclose(good(&bsn(22))).await.err().unwrap();
    assert_eq!(refusal(&status).0, Code::Unauthenticated);

    // The token of one organisation over the connection of another, both genuine.
    let other = gateway.party(HOOGEVEEN, "wijkteam").await;
    let status = other
        .with_token(municipality.token.clone())
        .disclosures()
        .disclose(good(&bsn(22)))
        .await
        .err()
        .unwrap();
    assert_eq!(refusal(&status).0, Code::Unauthenticated);
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_certificate_of_the_covenants_ca_nobody_gets_as_far_as_a_question() {
    let gateway = gateway().await;
    let elsewhere = Setting::new(vec![]);
    let ask_over =
        async |channel: Result<tonic::transport::Channel, tonic::transport::Error>| -> Result<(), Status> {
            let Ok(channel) = channel else { return Err(Status::unavailable("no connection")) };
            let party = Caller { channel, token: None };
            let party =
                party.with_token(Some(gateway.setting.token(ASSEN, "wijkteam", "professional-1", ASSEN)));
            party.disclosures().disclose(good(&bsn(23))).await.map(|_| ())
        };
    let none = ask_over(channel(&gateway.setting, gateway.address, None).await).await.err().unwrap();
    assert_ne!(none.code(), Code::Ok);
    assert!(refusal(&none).1.is_empty(), "the gateway itself never answered");

    // A certificate for Assen by a CA that the gateway does not know, towards the right server certificate.
    let ca = std::fs::read(gateway.setting.path().join("ca/ca.pem")).unwrap();
    std::fs::write(elsewhere.path().join("ca/ca.pem"), ca).unwrap();
    let foreign = ask_over(channel(&elsewhere, gateway.address, Some(ASSEN)).await).await.err().unwrap();
    assert!(refusal(&foreign).1.is_empty(), "the gateway itself never answered");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_may_do_what_the_covenant_says_and_no_more() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let client = bsn(24);
    consented(&care, &client, "acc-1", &["person.name"]).await;

    let housing = gateway.party(ASSEN, "wonen").await;
    let registered =
        RegisterClientRequest { client: named(&client), registration: Some(registration("x", &born(16))) };
    let status = housing.consents().register_client(registered).await.err().unwrap();
    assert_eq!(refusal(&status).0, Code::PermissionDenied, "{status:?}");
    let status = housing.audit().list_entries(ListEntriesRequest::default()).await.err().unwrap();
    assert_eq!(refusal(&status).0, Code::PermissionDenied);
    let officer = gateway.party(ASSEN, "privacy-officer").await;
    let status = officer.disclosures().disclose(good(&client)).await.err().unwrap();
    assert_eq!(refusal(&status).0, Code::PermissionDenied);
    let unknown = gateway.party(ASSEN, "burgemeester").await;
    let status = unknown.disclosures().disclose(good(&client)).await.err().unwrap();
    assert_eq!(refusal(&status).1, "ROLE_UNKNOWN");

    // Another custodian's consents are not there, and neither is its client.
    let other = gateway.party(GGZ_DRENTHE, "fact-behandelaar").await;
    let status =
        other.consents().list_consents(ListConsentsRequest { client: named(&client) }).await.err().unwrap();
    let unknown =
        other.consents().list_consents(ListConsentsRequest { client: named(&bsn(25)) }).await.err().unwrap();
    assert_eq!(
        (status.code(), status.message(), status.details()),
        (unknown.code(), unknown.message(), unknown.details())
    );

    // An officer sees the own side only, and the recipient's officer no fine reason.
    let foreign = gateway.party(HOOGEVEEN, "privacy-officer").await;
    let seen =
        foreign.audit().list_entries(ListEntriesRequest::default()).await.unwrap().into_inner().entries;
    assert!(
        seen.iter().all(|e| e.event == "covenant-adopted"),
        "{:?}",
        seen.iter().map(|e| &e.event).collect::<Vec<_>>()
    );
    let status = foreign.audit().get_entry(GetEntryRequest { index: 1 }).await.err().unwrap();
    assert_eq!(status.code(), Code::NotFound);
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_over_long_message_is_refused_and_the_next_one_answered() {
    let gateway = gateway().await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(26);
    consented(&care, &client, "acc-1", &["person.name"]).await;
    let long = DiscloseRequest { purpose: "x".repeat(300_000), ..good(&client) };
    let status = municipality.disclosures().disclose(long).await.err().unwrap();
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    assert_eq!(
        municipality.disclosures().disclose(good(&client)).await.unwrap().into_inner().released.len(),
        1
    );
    gateway.finish().await;
}
