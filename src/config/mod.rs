//! The configuration: one TOML file, read whole before a port is bound.
//!
//! What is always true here: an unknown key is refused; every number has bounds; secrets are files that only their
//! owner can read; development keys and real keys never meet. An error names the key and the remedy, and repeats
//! nothing that a file holds. To reload is to load again and take what may change.

mod collector;
mod console;
mod custodian;
mod files;
mod log;
mod logbook;
mod postgresql;
mod problem;
mod server;
mod settings;
mod tiles;
mod traces;
mod within;
mod witness;
mod witness_program;

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

pub use collector::{Collector, Https, NotHttps};
pub use console::{ConsoleConfig, ConsoleSettings};
pub use custodian::{CustodianSettings, CustodianSource};
pub use log::{LogFormat, LogLevel, LogSettings};
pub use logbook::{Logbook, LogbookSettings};
pub use postgresql::PostgresqlSettings;
pub use problem::{ConfigError, Problem};
pub use server::ServerSettings;
pub use settings::{
    CovenantSettings, CustodiansSettings, IdentitySettings, LedgerSettings, MetricsSettings, Settings,
    StoreSettings,
};
pub use tiles::TilesSettings;
pub use traces::{Traces, TracesSettings};
pub use within::{OutOfBounds, Within};
pub use witness::{WitnessSettings, WitnessesSettings};
pub use witness_program::{KnownLedger, WitnessConfig, WitnessProgramSettings};

use files::Files;

use crate::domain::OrganisationId;
use crate::identity::{Issuers, PseudonymKey, TlsMaterial, TlsProblem, tls};
use crate::ledger::{Policy, SigningKey};
use crate::store::Database;
use crate::witness::{WitnessClient, WitnessUrlProblem};

/// A configuration that was read whole. Its `Debug` shows the settings, which hold no secret.
pub struct Config {
    /// The settings, with every path resolved.
    pub settings: Settings,
    /// Where the ledger is.
    pub database: Database,
    /// Whether other rules than those in force are brought into force at the start. Where gateways share a database, only if
    /// somebody says so.
    pub adopts_covenant: bool,
    /// The door, as `server.*` describes it.
    pub tls: Arc<rustls::ServerConfig>,
    /// The privacy officer's pages, if they are served.
    pub console: Option<ConsoleConfig>,
    /// The key that signs the ledger; its name is the log's origin.
    pub ledger_key: SigningKey,
    /// The key of all pseudonyms.
    pub pseudonyms: Arc<PseudonymKey>,
    /// Who may issue tokens.
    pub issuers: Issuers,
    /// The custodians, with the certificates and keys to reach them.
    pub custodians: Vec<Custodian>,
    /// The witnesses, ready to be asked.
    pub witnesses: Vec<WitnessClient>,
    /// Which checkpoints count: the ledger, its witnesses and their quorum.
    pub policy: Policy,
    /// The collectors of logbooks, with the certificates and keys to reach them.
    pub logbooks: Vec<Logbook>,
    /// The collector of spans, and what it takes to reach it.
    pub traces: Option<Traces>,
}

/// A custodian, ready to be reached.
pub enum Custodian {
    /// A file beside the gateway, which is there.
    Records {
        /// Whose data it is.
        organisation: OrganisationId,
        /// The file.
        file: std::path::PathBuf,
    },
    /// A `CustodianService`.
    Service {
        /// Whose data it is.
        organisation: OrganisationId,
        /// `https://host:port`.
        url: String,
        /// The name in its certificate, if that is not the host of the URL.
        server_name: Option<String>,
        /// The authorities that may have issued its certificate.
        ca_pem: Vec<u8>,
        /// The gateway's certificate for it.
        certificate_pem: Vec<u8>,
        /// The key of that certificate.
        key_pem: Zeroizing<Vec<u8>>,
    },
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Config {
    /// Where the ledger is, by a configuration file of which only `[store]` counts: a gateway's own, or an auditor's with
    /// nothing else in it.
    pub fn database(path: &Path) -> Result<Database, ConfigError> {
        #[derive(serde::Deserialize)]
        struct StoreOnly {
            store: StoreSettings,
        }
        let text = fs::read_to_string(path)
            .map_err(|problem| ConfigError::new("the configuration file", Problem::File(problem.kind())))?;
        let StoreOnly { mut store } =
            toml::from_str(&text).map_err(|error| ConfigError::of_text(error, &text))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        store.file = folder.join(&store.file);
        if let Some(postgresql) = &mut store.postgresql {
            postgresql.check()?;
            postgresql.paths().for_each(|path| *path = folder.join(&path));
        }
        postgresql::database(&store, Files { development: false })
    }

    /// Reads the configuration file and everything it points at.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path)
            .map_err(|problem| ConfigError::new("the configuration file", Problem::File(problem.kind())))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::read(Settings::parse(&text)?.rooted_at(folder))
    }

    fn read(settings: Settings) -> Result<Self, ConfigError> {
        let files = Files { development: settings.development };
        let database = postgresql::database(&settings.store, files)?;
        files::folder("covenant.policies", &settings.covenant.policies)?;
        files::file("covenant.parties", &settings.covenant.parties)?;
        if let Some(second_place) = &settings.ledger.second_place {
            files::folder("ledger.second_place", second_place)?;
        }
        let ledger_key = ledger_key(&settings.ledger, files)?;
        Ok(Self {
            adopts_covenant: matches!(database, Database::File(_)),
            database,
            policy: settings.witnesses.policy(ledger_key.verifier(), &settings.witness)?,
            witnesses: settings
                .witness
                .iter()
                .map(|witness| ask(witness, files))
                .collect::<Result<_, _>>()?,
            tls: door(&settings.server, files)?,
            console: settings
                .console
                .as_ref()
                .map(|console| console.read(&settings.server, files))
                .transpose()?,
            ledger_key,
            pseudonyms: pseudonyms(&settings.identity, files)?,
            issuers: Issuers::load(&settings.issuer)
                .map_err(|problem| ConfigError::new("issuer", Problem::Issuers(problem)))?,
            custodians: settings
                .custodian
                .iter()
                .map(|custodian| reach(custodian, files))
                .collect::<Result<_, _>>()?,
            logbooks: settings.logbook.iter().map(|logbook| logbook.read(files)).collect::<Result<_, _>>()?,
            traces: settings.traces.as_ref().map(|traces| traces.read(files)).transpose()?,
            settings,
        })
    }
}

fn door(server: &ServerSettings, files: Files) -> Result<Arc<rustls::ServerConfig>, ConfigError> {
    let client_ca = files.certificates("server.client_ca", &server.client_ca)?;
    let certificate_chain = files.certificates("server.certificate", &server.certificate)?;
    let private_key = files.private_key("server.key", &server.key)?;
    let revocation_lists = server.revocation_list.as_deref();
    let revocation_lists =
        revocation_lists.map(|path| files::revocation_lists("server.revocation_list", path)).transpose()?;
    tls::server_config(TlsMaterial {
        client_ca: &client_ca,
        revocation_lists: revocation_lists.as_deref(),
        certificate_chain: &certificate_chain,
        private_key: &private_key,
    })
    .map_err(|problem| {
        let key = match problem {
            TlsProblem::Verifier(_) => "server.client_ca",
            TlsProblem::Server(_) | TlsProblem::Unreadable(_) => "server.certificate",
        };
        ConfigError::new(key, Problem::Tls(problem))
    })
}

fn ledger_key(ledger: &LedgerSettings, files: Files) -> Result<SigningKey, ConfigError> {
    let text = files.secret("ledger.key", &ledger.key)?;
    let text = std::str::from_utf8(&text).unwrap_or_default();
    SigningKey::parse(text.trim())
        .map_err(|problem| ConfigError::new("ledger.key", Problem::LedgerKey(problem)))
}

fn ask(witness: &WitnessSettings, files: Files) -> Result<WitnessClient, ConfigError> {
    let WitnessSettings { name, vkey, url, ca } = witness;
    let named = |key: &str| format!("witness.{key} (of {name})");
    let authorities = ca.as_deref().map(|ca| files.certificates(&named("ca"), ca)).transpose()?;
    if authorities.is_none() && !files.development {
        return Err(ConfigError::new(named("ca"), Problem::Witness(WitnessUrlProblem::NoAuthorities)));
    }
    WitnessClient::new(name, vkey.clone(), url, authorities.as_deref())
        .map_err(|problem| ConfigError::new(named("url"), Problem::Witness(problem)))
}

fn pseudonyms(identity: &IdentitySettings, files: Files) -> Result<Arc<PseudonymKey>, ConfigError> {
    files.secret_file("identity.pseudonym_key", &identity.pseudonym_key)?;
    PseudonymKey::read(&identity.pseudonym_key)
        .map(Arc::new)
        .map_err(|problem| ConfigError::new("identity.pseudonym_key", Problem::PseudonymKey(problem)))
}

fn reach(custodian: &CustodianSettings, files: Files) -> Result<Custodian, ConfigError> {
    let organisation = custodian.organisation.clone();
    let named = |key: &str| format!("custodian.{key} (of {organisation})");
    match &custodian.source {
        CustodianSource::Records(file) => {
            files.secret_file(&named("records"), file)?;
            Ok(Custodian::Records { organisation, file: file.clone() })
        }
        CustodianSource::Service { url, ca, certificate, key, server_name } => Ok(Custodian::Service {
            url: url.clone(),
            server_name: server_name.clone(),
            ca_pem: files.certificates(&named("ca"), ca)?,
            certificate_pem: files.certificates(&named("certificate"), certificate)?,
            key_pem: files.private_key(&named("key"), key)?,
            organisation,
        }),
    }
}

#[cfg(test)]
mod tests;
