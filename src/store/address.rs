//! Where the ledger is kept, and how that is reached.
//!
//! What is always true here: a password comes from a file, and stands in no text but the one the driver gets; a connection
//! without TLS reaches no further than this machine.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use sqlx::ConnectOptions;
use sqlx::any::AnyConnectOptions;
use zeroize::Zeroizing;

use crate::store::Error;

/// Where the ledger is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A SQLite file, which one gateway writes.
    File(PathBuf),
    /// A PostgreSQL database, which any number of gateways write.
    Postgres(Postgres),
}

/// A PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postgres {
    /// A host name, an address, or the folder of a Unix socket.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The name of the database.
    pub database: String,
    /// The role that owns the tables.
    pub user: String,
    /// The file with its password, if it has one.
    pub password: Option<PathBuf>,
    /// The authorities that may have issued the server's certificate: PEM. `None`: no TLS, on this machine only.
    pub authorities: Option<PathBuf>,
    /// Whether a decision may be no later than the database's own clock says; not where the clock can be set.
    pub check_clock: bool,
}

impl From<&Path> for Database {
    fn from(file: &Path) -> Self {
        Self::File(file.to_owned())
    }
}

impl From<&PathBuf> for Database {
    fn from(file: &PathBuf) -> Self {
        Self::File(file.clone())
    }
}

impl From<&Database> for Database {
    fn from(database: &Database) -> Self {
        database.clone()
    }
}

impl Database {
    /// The SQLite file, if it is one.
    pub(super) fn file(&self) -> Option<PathBuf> {
        match self {
            Self::File(file) => Some(file.clone()),
            Self::Postgres(_) => None,
        }
    }

    /// What the driver needs to connect. `create`: whether a SQLite file is made where there is none.
    pub(super) fn options(&self, create: bool) -> Result<AnyConnectOptions, Error> {
        let url = match self {
            Self::File(file) => {
                let path = file.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
                let mode = if create { "rwc" } else { "rw" };
                Zeroizing::new(format!("sqlite://{path}?mode={mode}"))
            }
            Self::Postgres(postgres) => postgres.url()?,
        };
        let options: AnyConnectOptions = url.parse().map_err(Error::Unavailable)?;
        Ok(options.disable_statement_logging())
    }
}

impl Postgres {
    /// Whether what is said to it stays on this machine.
    pub fn is_local(&self) -> bool {
        let loopback = || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        self.host.starts_with('/') || self.host == "localhost" || loopback()
    }

    fn url(&self) -> Result<Zeroizing<String>, Error> {
        let mut url = Zeroizing::new(String::from("postgres:///?application_name=sluis"));
        for (key, value) in [("host", &self.host), ("dbname", &self.database), ("user", &self.user)] {
            pair(&mut url, key, value);
        }
        pair(&mut url, "port", &self.port.to_string());
        if let Some(file) = &self.password {
            let unreadable = |_| Error::Unfit("the file with its password cannot be read");
            let password = std::fs::read_to_string(file).map(Zeroizing::new).map_err(unreadable)?;
            pair(&mut url, "password", password.trim_end_matches(['\r', '\n']));
        }
        match &self.authorities {
            Some(authorities) => {
                pair(&mut url, "sslmode", "verify-full");
                pair(&mut url, "sslrootcert", &authorities.to_string_lossy());
            }
            None if self.is_local() => pair(&mut url, "sslmode", "disable"),
            None => return Err(Error::Unfit("without TLS it must be on this machine")),
        }
        Ok(url)
    }
}

/// One setting of the address, with everything but letters and digits spelt out.
fn pair(url: &mut String, key: &str, value: &str) {
    let _ = write!(url, "&{key}=");
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02x}");
        }
    }
}

/// What a failure to connect means, where that can be told.
pub(super) fn explain(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Tls(_) => Error::Unfit(
            "TLS is required, and it offers none, or no certificate for its name of the authorities in store.postgresql.ca",
        ),
        sqlx::Error::Io(problem) if problem.kind() == std::io::ErrorKind::InvalidData => {
            Error::Unfit("its certificate is not one for its name of the authorities in store.postgresql.ca")
        }
        sqlx::Error::Database(refused) => match refused.code().as_deref() {
            Some("28P01" | "28000") => Error::Unfit("it refuses this user, or the password"),
            Some("3D000") => Error::Unfit("there is none of this name; make it first"),
            _ => error.into(),
        },
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(host: &str, authorities: Option<&str>) -> Postgres {
        Postgres {
            host: host.into(),
            port: 5432,
            database: "sluis & co".into(),
            user: "a/b".into(),
            password: None,
            authorities: authorities.map(PathBuf::from),
            check_clock: true,
        }
    }

    #[test]
    fn without_tls_only_this_machine_is_reached() {
        for (host, local) in [
            ("/run/postgresql", true),
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("db.example", false),
            ("10.0.0.1", false),
            ("localhost.example", false),
            ("", false),
        ] {
            assert_eq!(at(host, None).is_local(), local, "{host}");
            assert_eq!(at(host, None).url().is_ok(), local, "{host}");
            let url = at(host, Some("/etc/ca.pem")).url().unwrap();
            assert!(url.contains("sslmode=verify%2dfull&sslrootcert=%2fetc%2fca%2epem"), "{}", *url);
        }
    }

    #[test]
    fn whatever_stands_in_an_address_changes_no_other_part_of_it() {
        let url = at("/tmp/x", None).url().unwrap();
        assert!(url.contains("&dbname=sluis%20%26%20co&user=a%2fb&"), "{}", *url);
        let options = Database::Postgres(at("/tmp/x", None)).options(false).unwrap();
        let pairs: Vec<_> = options.database_url.query_pairs().map(|(key, _)| key.into_owned()).collect();
        assert_eq!(pairs, ["application_name", "host", "dbname", "user", "port", "sslmode"]);
    }

    #[test]
    fn a_password_is_read_from_its_file_and_is_in_no_error_and_no_debug() {
        let dir = crate::store::tests::TempDir::new();
        let file = dir.0.join("password");
        std::fs::write(&file, "p&=%+ w\u{e9}\n").unwrap();
        let with = Postgres { password: Some(file.clone()), ..at("localhost", None) };
        assert!(with.url().unwrap().contains("&password=p%26%3d%25%2b%20w%c3%a9&"));
        assert!(!format!("{with:?}").contains("p&="));
        std::fs::remove_file(file).unwrap();
        assert!(matches!(with.url(), Err(Error::Unfit(_))));
    }
}
