//! A gateway with its services, on a store of its own, and connections to it in memory.

use std::collections::HashMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tonic::Request;
use tonic::service::Routes;
use tonic::transport::server::Connected;
use tonic::transport::{Channel, Endpoint, Server};
use zeroize::Zeroizing;

use super::{ACCARE, ASSEN};
use crate::ambient::{SystemClock, SystemRandomness};
use crate::custodian::{Custodian, Custodians, RecordsFile};
use crate::domain::{AuthenticationLevel, Clock, OrganisationId};
use crate::gateway::{Gateway, Parts};
use crate::grpc::{Edge, Options, services};
use crate::identity::testing::{AUDIENCE, Directory, Signer};
use crate::identity::{
    Algorithm, IssuerConfig, Issuers, PeerCertificate, PseudonymKey, TokenSettings, TokenVerifier,
};
use crate::ledger::{SigningKey, VerifierKey};
use crate::policy::Covenant;
use crate::store::{Ledger, Register, Store};

/// An end of a connection that says who is at the other end.
struct Connection(DuplexStream, Arc<PeerCertificate>);

impl Connected for Connection {
    type ConnectInfo = Arc<PeerCertificate>;
    fn connect_info(&self) -> Self::ConnectInfo {
        self.1.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

fn id(organisation: &str) -> OrganisationId {
    OrganisationId::parse(organisation).unwrap()
}

/// A gateway with its services.
pub(super) struct House {
    /// Gone when the house is.
    _directory: Directory,
    signer: Signer,
    routes: Routes,
    /// What is served.
    pub(super) gateway: Arc<Gateway>,
    /// The key that verifies its checkpoints.
    pub(super) verifier: VerifierKey,
}

impl House {
    pub(super) async fn open() -> Self {
        Self::open_at(Arc::new(SystemClock)).await
    }

    /// With a clock of its own to decide by.
    pub(super) async fn open_at(clock: Arc<dyn Clock>) -> Self {
        let directory = Directory::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let covenant = Covenant::load(&root.join("policies"), &root.join("deploy/parties.toml")).unwrap();
        let records = json!({ "records": { "record-1": { "housing.situation": "own-home" } } });
        let file = directory.path().join("records.json");
        std::fs::write(&file, records.to_string()).unwrap();
        let custodian: Arc<dyn Custodian> = Arc::new(RecordsFile::open(file, &covenant.catalogue).unwrap());
        let store = Store::open(&directory.path().join("sluis.db"), 2).await.unwrap();
        let key = Arc::new(SigningKey::from_seed("sluis.example", &[7; 32]).unwrap());
        let pseudonyms = Arc::new(PseudonymKey::new(&Zeroizing::new([1; 32])).unwrap());
        let signer = Signer::new(Algorithm::EdDsa, "key-1");
        std::fs::write(directory.path().join("keys.json"), json!({ "keys": [signer.jwk] }).to_string())
            .unwrap();
        let issuers = [ACCARE, ASSEN].map(|organisation| IssuerConfig {
            issuer: format!("https://login.example/{organisation}"),
            organisation: id(organisation),
            algorithms: vec![Algorithm::EdDsa],
            key_set: directory.path().join("keys.json"),
        });
        let tokens = TokenVerifier::new(
            TokenSettings::for_audience(AUDIENCE),
            Issuers::load(&issuers).unwrap(),
            pseudonyms.clone(),
        );
        let parts = Parts {
            register: Register::new(&store, 100),
            ledger: Ledger::start(&store, key.clone()),
            store,
            custodians: Custodians::new(
                HashMap::from([(id(ACCARE), custodian)]),
                Duration::from_secs(5),
                100,
            ),
            pseudonyms,
            clock,
            clock_tolerance: Duration::ZERO,
            replaces_covenant: true,
            randomness: Arc::new(SystemRandomness),
        };
        let edge = Edge {
            follower: None,
            tokens: Arc::new(tokens.unwrap()),
            clock: Arc::new(SystemClock),
            minimum_level: AuthenticationLevel::Substantial,
            rates: Arc::new(|_, _| Ok(())),
        };
        let options = Options {
            question_limit: 64 * 1024,
            answer_limit: 256 * 1024,
            reflection: true,
            verifier_key: key.verifier().to_string(),
            development: None,
        };
        let gateway = Gateway::start(parts, covenant).await.unwrap();
        let (routes, _) = services(gateway.clone(), Arc::new(edge), options).await.unwrap();
        let verifier = key.verifier().clone();
        Self { _directory: directory, signer, routes, gateway, verifier }
    }

    /// A connection of this organisation.
    pub(super) async fn connect(&self, organisation: &str) -> Channel {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let peer = Arc::new(PeerCertificate { organisation: id(organisation), thumbprint: [1; 32] });
        let incoming = tokio_stream::once(Ok::<_, std::io::Error>(Connection(far, peer)));
        tokio::spawn(Server::builder().add_routes(self.routes.clone()).serve_with_incoming(incoming));
        let mut near = Some(hyper_util::rt::TokioIo::new(near));
        Endpoint::from_static("http://sluis.example")
            .connect_with_connector(tower::service_fn(move |_| {
                std::future::ready(near.take().ok_or(std::io::Error::other("one connection only")))
            }))
            .await
            .unwrap()
    }

    /// A message from a professional of this organisation in this role.
    pub(super) fn ask<T>(&self, organisation: &str, role: &str, message: T) -> Request<T> {
        let now = SystemClock.now().0 / 1000;
        let token = self.signer.sign(&json!({
            "iss": format!("https://login.example/{organisation}"), "aud": AUDIENCE, "sub": "medewerker-17",
            "jti": "0123456789abcdef0123456789abcdef", "organisation": organisation, "role": role,
            "acr": "substantial", "nbf": now - 60, "iat": now - 60, "exp": now + 240,
            "cnf": { "x5t#S256": URL_SAFE_NO_PAD.encode([1; 32]) },
        }));
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request
    }
}
