//! The configuration of `sluis witness`: a file of its own, for a machine of its own, of another organisation.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};

use super::files::{self, Files};
use super::log::LogSettings;
use super::problem::{ConfigError, Problem};
use crate::identity::TlsProblem;
use crate::ledger::{CosigningKey, VerifierKey};

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessProgramSettings {
    /// Whether this is a witness to try things on: development keys only, and plain HTTP on the loopback.
    #[serde(default)]
    pub development: bool,
    /// Address and port.
    #[serde(default = "listen")]
    pub listen: SocketAddr,
    /// Its certificate, leaf first: PEM.
    pub certificate: Option<PathBuf>,
    /// The key of that certificate: PEM. Secret.
    pub key: Option<PathBuf>,
    /// The key it cosigns with, made by `sluis keys witness`. Secret.
    pub cosigning_key: PathBuf,
    /// The folder in which it remembers what it cosigned.
    pub state: PathBuf,
    /// The ledgers that it knows.
    pub ledger: Vec<KnownLedger>,
    /// What it says about itself.
    #[serde(default)]
    pub log: LogSettings,
}

/// `[[ledger]]`: a ledger that is witnessed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownLedger {
    /// Its verifier key: the line in its ledger.vkey. More than one of the same name are keys of one ledger.
    pub vkey: String,
}

/// A witness's configuration that was read whole.
pub struct WitnessConfig {
    /// The settings, with every path resolved.
    pub settings: WitnessProgramSettings,
    /// Its TLS; none on the loopback in development.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// The key it cosigns with.
    pub key: CosigningKey,
    /// The keys of the ledgers that it knows.
    pub ledgers: Vec<VerifierKey>,
}

fn listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 8446).into()
}

impl WitnessConfig {
    /// Reads the configuration file and everything it points at.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path)
            .map_err(|problem| ConfigError::new("the configuration file", Problem::File(problem.kind())))?;
        let mut settings: WitnessProgramSettings =
            toml::from_str(&text).map_err(|error| ConfigError::of_text(error, &text))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut paths = vec![&mut settings.cosigning_key, &mut settings.state];
        paths.extend(&mut settings.certificate);
        paths.extend(&mut settings.key);
        for path in paths {
            *path = folder.join(&path);
        }
        let files = Files { development: settings.development };
        files::folder("state", &settings.state)?;
        let key = files.secret("cosigning_key", &settings.cosigning_key)?;
        let key = CosigningKey::parse(std::str::from_utf8(&key).unwrap_or_default().trim())
            .map_err(|problem| ConfigError::new("cosigning_key", Problem::CosigningKey(problem)))?;
        let known = settings.ledger.iter().map(|ledger| VerifierKey::parse(&ledger.vkey));
        let ledgers: Vec<VerifierKey> = known
            .collect::<Result<_, _>>()
            .map_err(|problem| ConfigError::new("ledger.vkey", Problem::LedgerKey(problem)))?;
        if ledgers.iter().enumerate().any(|(at, one)| ledgers.iter().take(at).any(|o| o.same_key(one))) {
            return Err(ConfigError::new("ledger.vkey", Problem::Unfit("names one key twice: keep one")));
        }
        Ok(Self { tls: door(&settings, files)?, key, ledgers, settings })
    }
}

fn door(
    settings: &WitnessProgramSettings,
    files: Files,
) -> Result<Option<Arc<rustls::ServerConfig>>, ConfigError> {
    let (certificate, key) = match (&settings.certificate, &settings.key) {
        (Some(certificate), Some(key)) => (certificate, key),
        (None, None) if settings.development && settings.listen.ip().is_loopback() => return Ok(None),
        _ => {
            let problem = "give `certificate` and `key`; plain HTTP is for the loopback in development only";
            return Err(ConfigError::new("certificate", Problem::Unfit(problem)));
        }
    };
    let chain = files.certificates("certificate", certificate)?;
    let key = files.private_key("key", key)?;
    let refuse = |problem| ConfigError::new("certificate", Problem::Tls(TlsProblem::Server(problem)));
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let chain = chain.map_err(|_| ConfigError::new("certificate", Problem::Pem("certificate")))?;
    let key = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|_| ConfigError::new("key", Problem::Pem("private key")))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(refuse)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(refuse)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(Arc::new(config)))
}
