//! The address of a PostgreSQL database.

use std::path::PathBuf;

use super::files::{self, Files};
use super::problem::{ConfigError, Problem};
use super::settings::StoreSettings;
use crate::store::{Database, Postgres};

/// `[store.postgresql]`, in the place of `store.file`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostgresqlSettings {
    /// A host name, an address, or the folder of a Unix socket.
    pub host: String,
    /// Its port.
    #[serde(default = "port")]
    pub port: u16,
    /// The name of the database.
    #[serde(default = "sluis")]
    pub database: String,
    /// The role that owns the tables.
    #[serde(default = "sluis")]
    pub user: String,
    /// The file with its password, if it has one. Secret.
    pub password: Option<PathBuf>,
    /// Whether the connection is under TLS; only on this machine it need not be.
    #[serde(default = "tls")]
    pub tls: bool,
    /// The authorities that may have issued the server's certificate: PEM.
    pub ca: Option<PathBuf>,
}

fn port() -> u16 {
    5432
}

fn sluis() -> String {
    "sluis".to_owned()
}

fn tls() -> bool {
    true
}

impl PostgresqlSettings {
    /// What one key alone cannot show.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let unfit = |key: &str, expected| {
            Err(ConfigError::new(format!("store.postgresql.{key}"), Problem::Unfit(expected)))
        };
        if self.host.is_empty() {
            return unfit("host", "name the host, or the folder of its Unix socket");
        }
        match (self.tls, &self.ca) {
            (true, None) => unfit(
                "ca",
                "name the authorities of the server's certificate; only on this machine, `tls = false` does without",
            ),
            (false, _) if !self.address(true).is_local() => unfit(
                "tls",
                "may be false only for a Unix socket or a loopback address: pseudonyms would be open to a network",
            ),
            (false, Some(_)) => unfit("ca", "is of no use with `tls = false`: leave out one of them"),
            _ => Ok(()),
        }
    }

    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.password.iter_mut().chain(&mut self.ca)
    }

    fn address(&self, check_clock: bool) -> Postgres {
        Postgres {
            host: self.host.clone(),
            port: self.port,
            database: self.database.clone(),
            user: self.user.clone(),
            password: self.password.clone(),
            authorities: self.ca.clone().filter(|_| self.tls),
            check_clock,
        }
    }
}

/// Where a configuration says that the ledger is, with what it points at checked.
pub(super) fn database(store: &StoreSettings, files: Files) -> Result<Database, ConfigError> {
    let Some(postgresql) = &store.postgresql else {
        let folder = store.file.parent().unwrap_or(std::path::Path::new(""));
        files::folder("store.file", folder)?;
        return Ok(Database::File(store.file.clone()));
    };
    if let Some(password) = &postgresql.password {
        files.secret_file("store.postgresql.password", password)?;
    }
    if let Some(ca) = &postgresql.ca {
        files::authorities("store.postgresql.ca", ca)?;
    }
    Ok(Database::Postgres(postgresql.address(!files.development)))
}
