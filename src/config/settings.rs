//! What may be written in the configuration file: one section per layer, one line per setting.
//!
//! A key that is not named here is refused. Numbers carry their bounds: [`Within`] says the least, what holds when
//! the key is absent, and the most. Secrets are paths to files, so a `Debug` of this shows none.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use super::console::ConsoleSettings;
use super::custodian::CustodianSettings;
use super::log::{LogLevel, LogSettings};
use super::logbook::LogbookSettings;
use super::postgresql::PostgresqlSettings;
use super::problem::{ConfigError, Problem};
use super::server::ServerSettings;
use super::tiles::TilesSettings;
use super::traces::TracesSettings;
use super::within::Within;
use super::witness::{WitnessSettings, WitnessesSettings};
use crate::identity::{AuthenticationLevel, IssuerConfig, TokenSettings};

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether this is a gateway to try things on: a clock that can be set, and development keys only.
    #[serde(default)]
    pub development: bool,
    /// The gateway's port.
    pub server: ServerSettings,
    /// Where metrics are read; without this section there are none.
    pub metrics: Option<MetricsSettings>,
    /// Where witnesses and auditors read the ledger's tiles; without this section there are none.
    pub tiles: Option<TilesSettings>,
    /// Where privacy officers see their side of the ledger; without this section there are no pages.
    pub console: Option<ConsoleSettings>,
    /// The database.
    #[serde(default)]
    pub store: StoreSettings,
    /// The log that proves every disclosure.
    pub ledger: LedgerSettings,
    /// What the parties agreed.
    pub covenant: CovenantSettings,
    /// Who is asking.
    pub identity: IdentitySettings,
    /// Who may issue tokens.
    pub issuer: Vec<IssuerConfig>,
    /// The organisations whose data can be asked for.
    #[serde(default)]
    pub custodian: Vec<CustodianSettings>,
    /// What holds for every custodian.
    #[serde(default)]
    pub custodians: CustodiansSettings,
    /// Who cosigns the ledger's checkpoints.
    #[serde(default)]
    pub witness: Vec<WitnessSettings>,
    /// What holds for every witness.
    #[serde(default)]
    pub witnesses: WitnessesSettings,
    /// Where the lines of organisations' Logboek Dataverwerkingen go; without, nowhere.
    #[serde(default)]
    pub logbook: Vec<LogbookSettings>,
    /// Where the spans of calls go; without this section nothing is followed.
    pub traces: Option<TracesSettings>,
    /// What the gateway says about itself.
    #[serde(default)]
    pub log: LogSettings,
}

/// `[metrics]`
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    /// Address and port. Plain HTTP: leave it on the loopback, or on a network of your own.
    #[serde(default = "metrics_listen")]
    pub listen: SocketAddr,
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// The SQLite file; made if it is not there.
    pub file: PathBuf,
    /// A PostgreSQL database in its place, which other gateways may write as well.
    pub postgresql: Option<PostgresqlSettings>,
    /// Connections that read.
    pub readers: Within<1, 4, 64>,
    /// Clients whose consents are kept in memory.
    pub remembered_clients: Within<0, 100_000, 10_000_000>,
}

/// `[ledger]`
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerSettings {
    /// The signing key, made by `sluis keys ledger`; its name is the log's origin. Secret.
    pub key: PathBuf,
    /// How far the clock may go back, to be set right, before nothing is decided.
    #[serde(default)]
    pub clock_tolerance_ms: Within<0, 5_000, 60_000>,
    /// A folder on another volume, where the newest checkpoint is kept as well. Without, only a witness sees a rollback.
    pub second_place: Option<PathBuf>,
    /// How often it is kept there, if it changed.
    #[serde(default)]
    pub second_place_ms: Within<10, 1_000, 60_000>,
}

/// `[covenant]`
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CovenantSettings {
    /// The folder of policies, catalogue and purposes.
    pub policies: PathBuf,
    /// The parties: TOML.
    pub parties: PathBuf,
    /// How often changes are looked for; SIGHUP looks at once.
    #[serde(default)]
    pub reload_seconds: Within<1, 30, 3_600>,
}

/// `[identity]`
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySettings {
    /// The exact `aud` of tokens for this gateway.
    pub audience: String,
    /// The key of all pseudonyms, made by `sluis keys pseudonym`. Secret; losing it loses every client.
    pub pseudonym_key: PathBuf,
    /// How sure it must be who asks.
    #[serde(default = "minimum_level")]
    pub minimum_level: AuthenticationLevel,
    /// See [`TokenSettings::leeway_seconds`].
    #[serde(default)]
    pub leeway_seconds: Within<0, 30, 60>,
    /// See [`TokenSettings::maximum_lifetime_seconds`].
    #[serde(default)]
    pub maximum_lifetime_seconds: Within<1, 900, 3_600>,
    /// See [`TokenSettings::reread_seconds`].
    #[serde(default)]
    pub reread_seconds: Within<1, 30, 3_600>,
    /// See [`TokenSettings::remembered_tokens`].
    #[serde(default)]
    pub remembered_tokens: Within<0, 100_000, 10_000_000>,
}

/// `[custodians]`
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CustodiansSettings {
    /// How long a custodian may take to answer. Less than a whole call.
    pub deadline_ms: Within<50, 2_000, 60_000>,
    /// Questions to one custodian at a time: one that is slow does not take the turns of all.
    pub max_questions: Within<1, 256, 100_000>,
}

impl Settings {
    /// Parses the text of a configuration file. Opens no other file.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let settings: Self = toml::from_str(text).map_err(|error| ConfigError::of_text(error, text))?;
        settings.check()?;
        Ok(settings)
    }

    /// What one key alone cannot show.
    fn check(&self) -> Result<(), ConfigError> {
        let unfit = |key: &str, expected| Err(ConfigError::new(key, Problem::Unfit(expected)));
        if self.identity.audience.is_empty() {
            return unfit("identity.audience", "must be the `aud` of tokens for this gateway");
        }
        if self.issuer.is_empty() {
            return unfit("issuer", "name at least one [[issuer]], or nobody can ask");
        }
        if self.custodians.deadline_ms.get() >= self.server.request_timeout_ms.get() {
            return unfit("custodians.deadline_ms", "must be less than server.request_timeout_ms");
        }
        if self.log.level > LogLevel::Info && !self.development {
            return unfit("log.level", "must be error, warn or info: more than that is for development only");
        }
        if let Some(postgresql) = &self.store.postgresql {
            postgresql.check()?;
        }
        if let Some(console) = &self.console {
            console.check()?;
        }
        for (at, custodian) in self.custodian.iter().enumerate() {
            if self.custodian.iter().take(at).any(|other| other.organisation == custodian.organisation) {
                return unfit("custodian.organisation", "names one organisation twice: keep one of them");
            }
        }
        Ok(())
    }

    /// The same settings, with every relative path relative to this folder.
    pub(super) fn rooted_at(mut self, folder: &Path) -> Self {
        let server = &mut self.server;
        let mut paths = vec![
            &mut server.certificate,
            &mut server.key,
            &mut server.client_ca,
            &mut self.store.file,
            &mut self.ledger.key,
            &mut self.covenant.policies,
            &mut self.covenant.parties,
            &mut self.identity.pseudonym_key,
        ];
        paths.extend(self.store.postgresql.iter_mut().flat_map(PostgresqlSettings::paths));
        paths.extend(&mut server.revocation_list);
        paths.extend(self.console.iter_mut().flat_map(ConsoleSettings::paths));
        paths.extend(&mut self.ledger.second_place);
        paths.extend(self.witness.iter_mut().flat_map(|witness| &mut witness.ca));
        paths.extend(self.issuer.iter_mut().map(|issuer| &mut issuer.key_set));
        paths.extend(self.custodian.iter_mut().flat_map(CustodianSettings::paths));
        paths.extend(self.logbook.iter_mut().flat_map(LogbookSettings::paths));
        paths.extend(self.traces.iter_mut().flat_map(TracesSettings::paths));
        for path in paths {
            *path = folder.join(&path);
        }
        self
    }
}

impl IdentitySettings {
    /// What a token must fit.
    pub fn tokens(&self) -> TokenSettings {
        TokenSettings {
            audience: self.audience.clone(),
            leeway_seconds: self.leeway_seconds.number(),
            maximum_lifetime_seconds: self.maximum_lifetime_seconds.number(),
            reread_seconds: self.reread_seconds.number(),
            remembered_tokens: self.remembered_tokens.get(),
        }
    }
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            file: "sluis.db".into(),
            postgresql: None,
            readers: Within::default(),
            remembered_clients: Within::default(),
        }
    }
}

fn metrics_listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 9464).into()
}

fn minimum_level() -> AuthenticationLevel {
    AuthenticationLevel::Substantial
}
