use super::certificates::{Issued, TestAuthority};
use super::*;
use crate::contract::v1;
use crate::contract::v1::custodian_service_server::{CustodianService, CustodianServiceServer};
use crate::contract::v1::value::Kind;
use crate::custodian::tests::{ORGANISATION, TRACE, code, failed, fetch, only, organisation};
use crate::domain::Content;
use crate::domain::CustodianFailure::*;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tonic::transport::{Server, ServerTlsConfig};
use tonic::{Request, Response};

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(300);
const GATEWAY: &str = "00000007777777770000";

/// What the custodian of a test says to every question.
#[derive(Clone)]
enum Says {
    Values(&'static str, Vec<FieldValue>),
    Status(Code),
    Nothing,
}

struct Scripted(Says);

#[tonic::async_trait]
impl CustodianService for Scripted {
    async fn fetch_fields(
        &self,
        request: Request<FetchFieldsRequest>,
    ) -> Result<Response<FetchFieldsResponse>, Status> {
        assert!(request.metadata().contains_key("grpc-timeout"));
        assert_eq!(request.metadata().get("traceparent").unwrap(), TRACE);
        assert!(!request.metadata().contains_key("tracestate"));
        assert_eq!(request.get_ref().fields, ["support.in-care", "housing.wish"]);
        match self.0.clone() {
            Says::Values(reference, values) => {
                let custodian_reference = reference.to_owned();
                Ok(Response::new(FetchFieldsResponse { custodian_reference, values }))
            }
            Says::Status(code) => Err(Status::new(code, "")),
            Says::Nothing => std::future::pending().await,
        }
    }
}

struct Authorities {
    ours: TestAuthority,
    other: TestAuthority,
}

impl Authorities {
    fn new() -> Self {
        Self { ours: TestAuthority::new(), other: TestAuthority::new() }
    }

    fn custodian(&self) -> Issued {
        self.ours.issue("localhost", ORGANISATION)
    }

    fn endpoint(&self, address: SocketAddr, gateway: &Issued) -> GrpcEndpoint {
        GrpcEndpoint {
            organisation: organisation(),
            url: format!("https://{address}"),
            server_name: Some("localhost".to_owned()),
            ca_pem: self.ours.pem().into(),
            certificate_pem: gateway.certificate.clone().into(),
            key_pem: Zeroizing::new(gateway.key.clone().into()),
            connect_timeout: LONG,
        }
    }

    fn gateway(&self) -> Issued {
        self.ours.issue("gateway.example", GATEWAY)
    }
}

async fn listen(says: Says, identity: &Issued, clients: &TestAuthority) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(&identity.certificate, &identity.key))
        .client_ca_root(Certificate::from_pem(clients.pem()));
    let server = Server::builder().tls_config(tls).unwrap();
    let connections = tokio_stream::wrappers::TcpListenerStream::new(listener);
    let service = CustodianServiceServer::new(Scripted(says));
    tokio::spawn(server.clone().add_service(service).serve_with_incoming(connections));
    address
}

fn value(field: &str, kind: Kind) -> FieldValue {
    FieldValue { field: field.to_owned(), value: Some(v1::Value { kind: Some(kind) }) }
}

fn in_care() -> FieldValue {
    value("support.in-care", Kind::YesNo(true))
}

fn wish(text: String) -> FieldValue {
    value("housing.wish", Kind::Text(text))
}

/// Asks for B01 and C04 of record-1.
async fn outcome(endpoint: &GrpcEndpoint, deadline: Duration) -> Option<CustodianFailure> {
    let custodians = only(GrpcCustodian::connect(endpoint).unwrap(), deadline);
    failed(custodians.fetch(&organisation(), &fetch("record-1", &["B01", "C04"])).await)
}

#[tokio::test]
async fn whatever_a_custodian_does_wrong_gives_a_failure_and_no_value() {
    let authorities = Authorities::new();
    let (identity, gateway) = (authorities.custodian(), authorities.gateway());
    let says = |values: Vec<FieldValue>| Says::Values("record-1", values);
    let absent = |field: &str| FieldValue { field: field.to_owned(), value: None };
    let empty = FieldValue { field: "housing.wish".to_owned(), value: Some(v1::Value { kind: None }) };
    let table = [
        ("both fields", says(vec![in_care(), wish("thuis".to_owned())]), None),
        ("one without a value", says(vec![in_care()]), None),
        ("no values", says(vec![]), None),
        ("another client", Says::Values("record-2", vec![in_care()]), Some(CustodianAnswerInvalid)),
        ("no client", Says::Values("", vec![in_care()]), Some(CustodianAnswerInvalid)),
        (
            "a field not asked",
            says(vec![in_care(), value("housing.situation", Kind::Code("own-home".to_owned()))]),
            Some(CustodianAnswerInvalid),
        ),
        (
            "a field that does not exist",
            says(vec![in_care(), value("care.diagnosis", Kind::Text("x".to_owned()))]),
            Some(CustodianAnswerInvalid),
        ),
        ("a field twice", says(vec![in_care(), in_care()]), Some(CustodianAnswerInvalid)),
        (
            "another type",
            says(vec![value("support.in-care", Kind::Text("ja".to_owned()))]),
            Some(CustodianAnswerInvalid),
        ),
        ("text at its longest", says(vec![wish("x".repeat(280))]), None),
        ("text too long", says(vec![wish("x".repeat(281))]), Some(CustodianAnswerInvalid)),
        ("no value", says(vec![in_care(), absent("housing.wish")]), Some(CustodianAnswerInvalid)),
        ("a value of no kind", says(vec![in_care(), empty]), Some(CustodianAnswerInvalid)),
        ("a BSN in the text", says(vec![wish("123456782".to_owned())]), Some(CustodianAnswerInvalid)),
        ("more than fits", says(vec![wish("x".repeat(ANSWER_LIMIT))]), Some(CustodianUnavailable)),
        ("an unknown record", Says::Status(Code::NotFound), Some(CustodianRecordUnknown)),
        ("its own deadline", Says::Status(Code::DeadlineExceeded), Some(CustodianTimeout)),
        ("a refusal", Says::Status(Code::PermissionDenied), Some(CustodianUnavailable)),
        ("a fault", Says::Status(Code::Internal), Some(CustodianUnavailable)),
        ("a cancelled call", Says::Status(Code::Cancelled), Some(CustodianUnavailable)),
    ];
    for (row, says, expected) in table {
        let address = listen(says, &identity, &authorities.ours).await;
        assert_eq!(outcome(&authorities.endpoint(address, &gateway), LONG).await, expected, "{row}");
    }
}

#[tokio::test]
async fn the_values_are_those_that_the_custodian_gave() {
    let authorities = Authorities::new();
    let says = Says::Values("record-1", vec![in_care(), wish("thuis".to_owned())]);
    let address = listen(says, &authorities.custodian(), &authorities.ours).await;
    let client = GrpcCustodian::connect(&authorities.endpoint(address, &authorities.gateway())).unwrap();
    let values = client.fetch(&fetch("record-1", &["B01", "C04"]), LONG).await;
    let text = Value::Text(Content::from("thuis".to_owned()));
    assert_eq!(values, Ok(vec![(code("B01"), Value::YesNo(true)), (code("C04"), text)]));
}

#[tokio::test]
async fn a_slow_custodian_is_a_timeout() {
    let authorities = Authorities::new();
    let address = listen(Says::Nothing, &authorities.custodian(), &authorities.ours).await;
    let endpoint = authorities.endpoint(address, &authorities.gateway());
    assert_eq!(outcome(&endpoint, SHORT).await, Some(CustodianTimeout));
    let client = GrpcCustodian::connect(&endpoint).unwrap();
    let own_timer = client.fetch(&fetch("record-1", &["B01", "C04"]), SHORT).await;
    assert_eq!(own_timer.err(), Some(CustodianTimeout));
}

#[tokio::test]
async fn an_absent_custodian_is_unavailable() {
    let authorities = Authorities::new();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let endpoint = authorities.endpoint(free, &authorities.gateway());
    assert_eq!(outcome(&endpoint, LONG).await, Some(CustodianUnavailable));
}

#[tokio::test]
async fn both_sides_prove_who_they_are_or_there_is_no_answer() {
    let authorities = Authorities::new();
    let Authorities { ours, other } = &authorities;
    let table = [
        ("both known", ours.issue("localhost", ORGANISATION), authorities.gateway(), None),
        (
            "another authority's server",
            other.issue("localhost", ORGANISATION),
            authorities.gateway(),
            Some(()),
        ),
        (
            "another host's certificate",
            ours.issue("other.example", ORGANISATION),
            authorities.gateway(),
            Some(()),
        ),
        (
            "another authority's gateway",
            authorities.custodian(),
            other.issue("gateway.example", GATEWAY),
            Some(()),
        ),
    ];
    for (row, identity, gateway, refused) in table {
        let address = listen(Says::Values("record-1", vec![in_care()]), &identity, ours).await;
        let outcome = outcome(&authorities.endpoint(address, &gateway), LONG).await;
        assert_eq!(outcome, refused.map(|()| CustodianUnavailable), "{row}");
    }
}

type Spoil = fn(&mut GrpcEndpoint);

#[tokio::test]
async fn an_endpoint_that_cannot_be_right_is_refused_at_once() {
    let authorities = Authorities::new();
    let good = || authorities.endpoint("127.0.0.1:1".parse().unwrap(), &authorities.gateway());
    assert!(GrpcCustodian::connect(&good()).is_ok());
    let organisation = organisation();
    let table: [(Spoil, GrpcCustodianError); 8] = [
        (|e| e.url = "http://127.0.0.1:1".to_owned(), GrpcCustodianError::Url(organisation.clone())),
        (|e| e.url = "127.0.0.1:1".to_owned(), GrpcCustodianError::Url(organisation.clone())),
        (|e| e.url = String::new(), GrpcCustodianError::Url(organisation.clone())),
        (|e| e.ca_pem = vec![], GrpcCustodianError::Authority(organisation.clone())),
        (|e| e.ca_pem = b"not a certificate".to_vec(), GrpcCustodianError::Authority(organisation.clone())),
        (|e| e.certificate_pem = vec![], GrpcCustodianError::Tls(organisation.clone())),
        (|e| *e.key_pem = vec![], GrpcCustodianError::Tls(organisation.clone())),
        (|e| e.server_name = Some("not a name".to_owned()), GrpcCustodianError::Tls(organisation.clone())),
    ];
    for (at, (spoil, expected)) in table.into_iter().enumerate() {
        let mut endpoint = good();
        spoil(&mut endpoint);
        assert_eq!(GrpcCustodian::connect(&endpoint).err(), Some(expected), "row {at}");
    }
}
