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

/// The TLS configuration of a port for browsers: no client certificate, HTTP/1.1.
pub fn browser_config(certificate_chain: &[u8], private_key: &[u8]) -> Result<Arc<ServerConfig>, TlsProblem> {
    let chain = all::<CertificateDer<'static>>(certificate_chain, "server certificate")?;
    let key =
        PrivateKeyDer::from_pem_slice(private_key).map_err(|_| TlsProblem::Unreadable("private key"))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn all<T: PemObject>(pem: &[u8], what: &'static str) -> Result<Vec<T>, TlsProblem> {
    let found: Vec<T> =
        T::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| TlsProblem::Unreadable(what))?;
    if found.is_empty() { Err(TlsProblem::Unreadable(what)) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rcgen::{
        BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer,
        KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber, date_time_ymd,
    };
    use rustls::pki_types::UnixTime;

    use super::*;

    #[test]
    fn the_door_opens_to_http2_with_a_client_certificate_only_and_never_resumes() {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap().pem();
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

    #[test]
    fn a_certificate_that_is_revoked_or_whose_status_is_unknown_or_stale_is_refused() {
        let (ca_key, other_key, key) =
            (KeyPair::generate().unwrap(), KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_pem = params.self_signed(&ca_key).unwrap().pem();
        let ca = Issuer::new(params.clone(), ca_key);
        params.distinguished_name.push(DnType::OrganizationName, "another CA");
        let other = Issuer::new(params, other_key);
        let mut leaf_params = CertificateParams::default();
        leaf_params.serial_number = Some(SerialNumber::from(7));
        let leaf = leaf_params.signed_by(&key, &ca).unwrap();

        let list = |issuer: &Issuer<'_, KeyPair>, revoked: Option<u64>, next_year: i32| {
            let revoked = revoked.map(|serial| RevokedCertParams {
                serial_number: SerialNumber::from(serial),
                revocation_time: date_time_ymd(2026, 1, 1),
                reason_code: None,
                invalidity_date: None,
            });
            let list = CertificateRevocationListParams {
                this_update: date_time_ymd(2026, 1, 1),
                next_update: date_time_ymd(next_year, 1, 1),
                crl_number: SerialNumber::from(1),
                issuing_distribution_point: None,
                revoked_certs: revoked.into_iter().collect(),
                key_identifier_method: KeyIdMethod::Sha256,
            };
            list.signed_by(issuer).unwrap().pem().unwrap()
        };
        let now = UnixTime::since_unix_epoch(Duration::from_secs(
            date_time_ymd(2027, 6, 1).unix_timestamp().unsigned_abs(),
        ));
        for (lists, accepted, what) in [
            (None, true, "no lists are used"),
            (Some(list(&ca, None, 2028)), true, "not on the list"),
            (Some(list(&ca, Some(8), 2028)), true, "another is on the list"),
            (Some(list(&ca, Some(7), 2028)), false, "revoked"),
            (Some(list(&ca, None, 2027)), false, "the list has expired"),
            (Some(list(&other, None, 2028)), false, "only another CA's list"),
        ] {
            let verifier = client_verifier(ca_pem.as_bytes(), lists.as_deref().map(str::as_bytes)).unwrap();
            assert_eq!(verifier.verify_client_cert(leaf.der(), &[], now).is_ok(), accepted, "{what}");
        }
    }
}
