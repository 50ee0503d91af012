//! The door: mutual TLS for every connection.
//!
//! TLS 1.2 and 1.3 with the one crypto provider, given explicitly; HTTP/2 only; a client certificate of the given CA
//! is required. With revocation lists, a certificate whose status is unknown or whose list has expired is refused.
//! Sessions are never resumed, because a resumed session would skip the revocation check.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};

/// What the gateway serves with, as PEM texts.
#[derive(Clone, Copy)]
pub struct TlsMaterial<'a> {
    /// The CAs whose client certificates are accepted.
    pub client_ca: &'a [u8],
    /// Revocation lists that cover every certificate of those CAs; without, revocation is not checked.
    pub revocation_lists: Option<&'a [u8]>,
    /// The gateway's own certificate, leaf first.
    pub certificate_chain: &'a [u8],
    /// Its private key.
    pub private_key: &'a [u8],
}

/// Why there is no door to open. Names the part, never its contents.
#[derive(Debug, thiserror::Error)]
pub enum TlsProblem {
    /// A PEM text holds no such thing, or a broken one.
    #[error("the {0} cannot be read: give a PEM file with at least one")]
    Unreadable(&'static str),
    /// The client CA or a revocation list cannot be used.
    #[error("client certificates cannot be verified with this CA and these revocation lists: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
    /// The certificate or key cannot be used, or they do not belong together.
    #[error("the server's certificate and private key cannot be used: {0}")]
    Server(#[from] rustls::Error),
}

/// A verifier that requires a client certificate of the given CAs (PEM) that no list (PEM) has revoked.
pub fn client_verifier(
    client_ca: &[u8],
    revocation_lists: Option<&[u8]>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsProblem> {
    let mut roots = RootCertStore::empty();
    for certificate in all::<CertificateDer<'static>>(client_ca, "client CA")? {
        roots.add(certificate)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    if let Some(pem) = revocation_lists {
        let lists = all::<CertificateRevocationListDer<'static>>(pem, "revocation list")?;
        builder = builder.with_crls(lists).enforce_revocation_expiration();
    }
    Ok(builder.build()?)
}

/// The TLS configuration of the gateway's own port.
pub fn server_config(material: TlsMaterial<'_>) -> Result<Arc<ServerConfig>, TlsProblem> {
    let verifier = client_verifier(material.client_ca, material.revocation_lists)?;
    let chain = all::<CertificateDer<'static>>(material.certificate_chain, "server certificate")?;
    let key = PrivateKeyDer::from_pem_slice(material.private_key)
        .map_err(|_| TlsProblem::Unreadable("private key"))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

fn all<T: PemObject>(pem: &[u8], what: &'static str) -> Result<Vec<T>, TlsProblem> {
    let found: Vec<T> =
        T::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| TlsProblem::Unreadable(what))?;
    if found.is_empty() { Err(TlsProblem::Unreadable(what)) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_opens_to_http2_with_a_client_certificate_only_and_never_resumes() {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap().pem();
        let key = key.serialize_pem();
        let material = TlsMaterial {
            client_ca: certificate.as_bytes(),
            revocation_lists: None,
            certificate_chain: certificate.as_bytes(),
            private_key: key.as_bytes(),
        };
        let config = server_config(material).unwrap();
        assert_eq!(config.alpn_protocols, [b"h2".to_vec()]);
        assert!(!config.session_storage.can_cache());
        assert_eq!((config.send_tls13_tickets, config.ticketer.enabled()), (0, false));
        let verifier = client_verifier(material.client_ca, None).unwrap();
        assert!(verifier.offer_client_auth() && verifier.client_auth_mandatory());

        for (broken, what) in [
            (TlsMaterial { client_ca: b"", ..material }, "client CA"),
            (TlsMaterial { revocation_lists: Some(b""), ..material }, "revocation list"),
            (TlsMaterial { certificate_chain: b"no PEM", ..material }, "server certificate"),
            (TlsMaterial { private_key: certificate.as_bytes(), ..material }, "private key"),
        ] {
            assert!(server_config(broken).unwrap_err().to_string().contains(what), "{what}");
        }
    }
}
