//! A custodian that misbehaves: nothing of its answer passes, the attempt is recorded, the caller hears which kind it was.

use std::sync::{Arc, Mutex};

use sluis::contract::v1::custodian_service_server::{CustodianService, CustodianServiceServer};
use sluis::contract::v1::*;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Code, Request, Response, Status};

use crate::harness::*;

const SECRET: &str = "Geheime waarde die nergens mag staan";

type Answer = fn(FetchFieldsRequest) -> Result<FetchFieldsResponse, Status>;

#[derive(Clone)]
struct Stub(Arc<Mutex<Option<Answer>>>);

#[tonic::async_trait]
impl CustodianService for Stub {
    async fn fetch_fields(
        &self,
        request: Request<FetchFieldsRequest>,
    ) -> Result<Response<FetchFieldsResponse>, Status> {
        let answer = *self.0.lock().unwrap();
        match answer {
            Some(answer) => answer(request.into_inner()).map(Response::new),
            None => std::future::pending().await,
        }
    }
}

fn text(field: &str, value: &str) -> FieldValue {
    FieldValue { field: field.into(), value: Some(Value { kind: Some(value::Kind::Text(value.into())) }) }
}

fn answer(reference: String, values: Vec<FieldValue>) -> Result<FetchFieldsResponse, Status> {
    Ok(FetchFieldsResponse { custodian_reference: reference, values })
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_wrong_answer_is_passed_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let setting =
        Setting::new(vec![(ACCARE, Custody::Service(port)), (GGZ_DRENTHE, Custody::Service(nobody))]);
    let read = |path: &str| std::fs::read_to_string(setting.path().join(path)).unwrap();
    let identity =
        Identity::from_pem(read(&format!("{ACCARE}/cert.pem")), read(&format!("{ACCARE}/key.pem")));
    let tls =
        ServerTlsConfig::new().identity(identity).client_ca_root(Certificate::from_pem(read("ca/ca.pem")));
    let stub = Stub(Arc::new(Mutex::new(None)));
    let server =
        Server::builder().tls_config(tls).unwrap().add_service(CustodianServiceServer::new(stub.clone()));
    let serving = tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));

    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(40);
    consented(&care, &client, "acc-1", &["person.name", "housing.wish", "housing.situation"]).await;
    let request = || ask(&client, ACCARE, "housing", &["person.name", "housing.wish", "money.worries"]);

    *stub.0.lock().unwrap() = Some(|r| {
        let asked: Vec<&str> = r.fields.iter().map(String::as_str).collect();
        assert_eq!(asked, ["person.name", "housing.wish"], "only what was permitted is asked");
        assert!(
            !format!("{}{}", r.custodian_reference, r.disclosure_id).contains("9999"),
            "no BSN reaches the custodian"
        );
        answer(r.custodian_reference, vec![text("person.name", SECRET)])
    });
    let good = municipality.disclosures().disclose(request()).await.unwrap().into_inner();
    assert_eq!(released(&good), ["person.name"]);
    assert_eq!(withheld(&good), [("housing.wish", "NOT_AVAILABLE"), ("money.worries", "OUTSIDE_PURPOSE")]);

    let table: Vec<(&str, Option<Answer>, &str)> = vec![
        (
            "another client",
            Some(|_| answer("acc-2".into(), vec![text("person.name", SECRET)])),
            "CUSTODIAN_ANSWER_INVALID",
        ),
        (
            "a field that was not asked",
            Some(|r| {
                answer(
                    r.custodian_reference,
                    vec![text("person.name", SECRET), text("support.question", SECRET)],
                )
            }),
            "CUSTODIAN_ANSWER_INVALID",
        ),
        (
            "a field that does not exist",
            Some(|r| answer(r.custodian_reference, vec![text("person.diagnosis", SECRET)])),
            "CUSTODIAN_ANSWER_INVALID",
        ),
        (
            "a field twice",
            Some(|r| {
                answer(r.custodian_reference, vec![text("person.name", SECRET), text("person.name", SECRET)])
            }),
            "CUSTODIAN_ANSWER_INVALID",
        ),
        (
            "a value of another type",
            Some(|r| {
                let value = Some(Value { kind: Some(value::Kind::YesNo(true)) });
                answer(r.custodian_reference, vec![FieldValue { field: "person.name".into(), value }])
            }),
            "CUSTODIAN_ANSWER_INVALID",
        ),
        (
            "a value without a value",
            Some(|r| {
                answer(r.custodian_reference, vec![FieldValue { field: "person.name".into(), value: None }])
            }),
            "CUSTODIAN_ANSWER_INVALID",
        ),
        (
            "an over-long text",
            Some(|r| answer(r.custodian_reference, vec![text("person.name", &"x".repeat(5_000))])),
            "CUSTODIAN_ANSWER_INVALID",
        ),
        (
            "a BSN in free text",
            Some(|r| answer(r.custodian_reference, vec![text("housing.wish", "zie 999993653")])),
            "CUSTODIAN_ANSWER_INVALID",
        ),
        ("an unknown record", Some(|_| Err(Status::not_found(SECRET))), "CUSTODIAN_RECORD_UNKNOWN"),
        ("a refusal", Some(|_| Err(Status::permission_denied(SECRET))), "CUSTODIAN_UNAVAILABLE"),
        ("silence", None, "CUSTODIAN_TIMEOUT"),
    ];
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    for (what, behaviour, reason) in table {
        *stub.0.lock().unwrap() = behaviour;
        let status = municipality.disclosures().disclose(request()).await.err().expect(what);
        assert_eq!(refusal(&status).1, reason, "{what}: {status:?}");
        assert!(!format!("{status:?}").contains(SECRET), "{what}: the error repeats the answer");
        let newest = ListEntriesRequest { page_size: 1, ..Default::default() };
        let entry = officer.audit().list_entries(newest).await.unwrap().into_inner().entries.remove(0);
        assert_eq!(entry.outcome, "failed", "{what}");
        assert!(entry.released_fields.is_empty(), "{what}");
        assert!(String::from_utf8_lossy(&entry.entry).contains(reason), "{what}");
    }

    let absent = gateway.party(GGZ_DRENTHE, "fact-behandelaar").await;
    consented(&absent, &client, "ggz-1", &["person.name"]).await;
    let status =
        municipality.disclosures().disclose(ask(&client, GGZ_DRENTHE, "housing", &["person.name"])).await;
    let status = status.err().unwrap();
    assert_eq!((status.code(), refusal(&status).1.as_str()), (Code::Unavailable, "CUSTODIAN_UNAVAILABLE"));
    serving.abort();
    let (setting, _) = gateway.finish().await;
    for (file, bytes) in setting.stored() {
        assert!(!String::from_utf8_lossy(&bytes).contains(SECRET), "{file}");
    }
}
