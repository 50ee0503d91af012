//! What the tests of this folder share: an authority, and clients with its certificates.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::identity::{TlsMaterial, tls};

pub(super) const OIN: &str = "00000099000000001000";

/// Fails a test that would otherwise wait for ever.
pub(super) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), future).await.expect("in time")
}

/// An authority that issues certificates.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key: PEM.
pub(super) struct Issued {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(super) fn issue(&self, organisation: Option<&str>) -> Issued {
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        if let Some(number) = organisation {
            params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), number);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Issued { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// A server that takes clients of this authority.
    pub(super) fn server(&self) -> Arc<ServerConfig> {
        let own = self.issue(None);
        tls::server_config(TlsMaterial {
            client_ca: self.pem().as_bytes(),
            revocation_lists: None,
            certificate_chain: own.certificate.as_bytes(),
            private_key: own.key.as_bytes(),
        })
        .unwrap()
    }

    /// Connects to a server of this authority, with the certificate. In TLS 1.3 this is before it is verified.
    pub(super) async fn connect(
        &self,
        address: SocketAddr,
        with: Option<&Issued>,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem().as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.unwrap().with_root_certificates(roots);
        let mut config = match with {
            None => config.with_no_client_auth(),
            Some(Issued { certificate, key }) => {
                let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
                config.with_client_auth_cert(chain, key).unwrap()
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// Connects, and waits until the server has hung up.
    pub(super) async fn is_refused(&self, address: SocketAddr, with: Option<&Issued>) -> bool {
        let Ok(mut stream) = self.connect(address, with).await else { return true };
        matches!(soon(stream.read(&mut [0])).await, Ok(0) | Err(_))
    }
}
