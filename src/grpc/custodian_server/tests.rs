use super::*;
use crate::custodian::grpc::certificates::{Issued, TestAuthority};
use crate::custodian::tests::{catalogue, code, failed, fetch, only, organisation};
use crate::custodian::{Custodian, GrpcCustodian, GrpcEndpoint};
use crate::domain::CustodianFailure::*;
use crate::grpc::incoming::Admits;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(300);

const RECORDS: &str =
    r#"{"records": {"record-1": {"support.in-care": true, "housing.wish": "thuis", "person.name": "Noor"}}}"#;

fn server(name: &str) -> CustodianServer {
    let path: PathBuf =
        std::env::temp_dir().join(format!("sluis-stand-in-{}-{name}.json", std::process::id()));
    std::fs::write(&path, RECORDS).unwrap();
    let records = Arc::new(RecordsFile::open(&path, &catalogue()).unwrap());
    std::fs::remove_file(&path).unwrap();
    CustodianServer::new(records, catalogue())
}

fn tls(authority: &TestAuthority) -> rustls::ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    let clients =
        WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone()).build().unwrap();
    let own = authority.issue("localhost", "00000001234567890000");
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(own.certificate.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap(),
        )
        .unwrap()
}

/// A running stand-in.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), tonic::transport::Error>>,
}

async fn run(name: &str, authority: &TestAuthority, admits: Admits, handshake: Duration) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let door = Door::new(&tls(authority), admits, handshake);
    let served = tokio::spawn(serve(listener, door, server(name), async move { drop(stopped.await) }));
    Running { address, stop, served }
}

fn client(address: SocketAddr, authority: &TestAuthority, gateway: &Issued) -> GrpcCustodian {
    GrpcCustodian::connect(&GrpcEndpoint {
        organisation: organisation(),
        url: format!("https://{address}"),
        server_name: Some("localhost".to_owned()),
        ca_pem: authority.pem().into(),
        certificate_pem: gateway.certificate.clone().into(),
        key_pem: Zeroizing::new(gateway.key.clone().into()),
        connect_timeout: LONG,
    })
    .unwrap()
}

/// Admits the holder of this certificate only.
fn admits(gateway: &Issued) -> Admits {
    let expected = CertificateDer::from_pem_slice(gateway.certificate.as_bytes()).unwrap();
    Arc::new(move |certificate| certificate == expected.as_ref())
}

#[tokio::test]
async fn the_gateway_gets_the_fields_it_names_and_nothing_else() {
    let authority = TestAuthority::new();
    let gateway = authority.issue("gateway.example", "00000007777777770000");
    let running = run("fields", &authority, admits(&gateway), LONG).await;
    let client = client(running.address, &authority, &gateway);
    let values = client.fetch(&fetch("record-1", &["B01", "C01"]), LONG).await;
    assert_eq!(values, Ok(vec![(code("B01"), Value::YesNo(true))]));
    let unknown = only(client, LONG).fetch(&organisation(), &fetch("record-2", &["B01"])).await;
    assert_eq!(failed(unknown), Some(CustodianRecordUnknown));
    running.stop.send(()).unwrap();
    running.served.await.unwrap().unwrap();
}

#[tokio::test]
async fn another_organisation_of_the_same_authority_does_not_come_in() {
    let authority = TestAuthority::new();
    let gateway = authority.issue("gateway.example", "00000007777777770000");
    let other = authority.issue("other.example", "00000008888888880000");
    let running = run("other", &authority, admits(&gateway), LONG).await;
    for (issued, expected) in [(&other, Some(CustodianUnavailable)), (&gateway, None)] {
        let custodians = only(client(running.address, &authority, issued), LONG);
        let fetched = custodians.fetch(&organisation(), &fetch("record-1", &["B01"])).await;
        assert_eq!(failed(fetched), expected);
    }
}

#[tokio::test]
async fn a_silent_connection_is_closed_at_the_deadline_and_holds_up_nobody() {
    let authority = TestAuthority::new();
    let gateway = authority.issue("gateway.example", "00000007777777770000");
    let running = run("silent", &authority, admits(&gateway), SHORT).await;
    let mut silent = tokio::net::TcpStream::connect(running.address).await.unwrap();
    let read = tokio::time::timeout(LONG, silent.read(&mut [0])).await.unwrap();
    assert!(matches!(read, Ok(0) | Err(_)), "closed without a word");
    let running = run("beside", &authority, admits(&gateway), LONG).await;
    let _silent = tokio::net::TcpStream::connect(running.address).await.unwrap();
    let custodians = only(client(running.address, &authority, &gateway), LONG);
    assert_eq!(failed(custodians.fetch(&organisation(), &fetch("record-1", &["B01"])).await), None);
}

#[test]
fn a_question_that_is_not_exact_is_refused_without_repeating_it() {
    let exact = || FetchFieldsRequest {
        custodian_reference: "record-1".to_owned(),
        fields: vec!["support.in-care".to_owned()],
        purpose: "housing".to_owned(),
        disclosure_id: "0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d11".to_owned(),
    };
    let server = server("exact");
    assert!(server.answer(&exact()).is_ok());
    let table: [fn(&mut FetchFieldsRequest); 8] = [
        |q| q.custodian_reference = "123456782".to_owned(),
        |q| q.custodian_reference = String::new(),
        |q| q.fields = vec![],
        |q| q.fields = vec!["*".to_owned()],
        |q| q.fields = vec!["care.geheim".to_owned()],
        |q| q.fields = vec!["support.in-care".to_owned(); 2],
        |q| q.purpose = String::new(),
        |q| q.disclosure_id = "geheim".to_owned(),
    ];
    for (at, spoil) in table.into_iter().enumerate() {
        let mut question = exact();
        spoil(&mut question);
        let status = server.answer(&question).err().unwrap();
        assert_eq!(status.code(), tonic::Code::InvalidArgument, "row {at}");
        assert!(!status.message().contains("geheim") && !status.message().contains("123456782"), "row {at}");
    }
}
