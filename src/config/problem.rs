//! What is wrong with a configuration: the key, the reason and the remedy, never what the file holds.

use std::io;

use crate::identity::{IssuersProblem, PseudonymKeyProblem, TlsProblem};
use crate::ledger::{KeyError, PolicyError};
use crate::witness::WitnessUrlProblem;

/// A configuration that the gateway does not start with.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct ConfigError {
    /// Which setting: `section.key`.
    pub key: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a setting.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The text is not what is asked.
    #[error("line {line}: {reason}")]
    Text {
        /// Where in the file.
        line: usize,
        /// Why, without the value.
        reason: String,
    },
    /// The value does not fit the other settings.
    #[error("{0}")]
    Unfit(&'static str),
    /// The file cannot be read.
    #[error("the file cannot be read ({0}); a relative path starts at the configuration file's folder")]
    File(io::ErrorKind),
    /// The folder is not there.
    #[error("there is no such folder; a relative path starts at the configuration file's folder")]
    Folder,
    /// The file is larger than anything it could be.
    #[error("the file is larger than 16 MiB")]
    TooLarge,
    /// Others can read the secret.
    #[error("other users can read this file: `chmod 600` it, or make it again with `sluis keys`")]
    Exposed,
    /// The file holds something else.
    #[error("the file holds no {0} in PEM, or an unreadable one")]
    Pem(&'static str),
    /// Development keys in production.
    #[error(
        "this is a development certificate: use a real one, or set `development = true` to try things out"
    )]
    Development,
    /// Real keys in development.
    #[error(
        "`development = true` takes development certificates only: make them with `sluis keys`, or set it to false"
    )]
    NotDevelopment,
    /// The TLS material does not belong together.
    #[error(transparent)]
    Tls(TlsProblem),
    /// The ledger key cannot be used.
    #[error("{0}; make one with `sluis keys ledger`")]
    LedgerKey(KeyError),
    /// The witness's key cannot be used.
    #[error("{0}; make one with `sluis keys witness`")]
    CosigningKey(KeyError),
    /// The witnesses do not make a policy.
    #[error(transparent)]
    Policy(PolicyError),
    /// A witness cannot be reached so.
    #[error(transparent)]
    Witness(WitnessUrlProblem),
    /// The pseudonym key cannot be used.
    #[error(transparent)]
    PseudonymKey(PseudonymKeyProblem),
    /// The issuers cannot be used.
    #[error(transparent)]
    Issuers(IssuersProblem),
}

impl ConfigError {
    pub(super) fn new(key: impl Into<String>, problem: Problem) -> Self {
        Self { key: key.into(), problem }
    }

    /// What the parser found, without the line it found it in.
    pub(super) fn of_text(mut error: toml::de::Error, text: &str) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(start).filter(|&byte| byte == b'\n').count();
        error.set_input(None);
        let shown = error.to_string();
        let section =
            shown.rsplit_once("\nin `").map_or("", |(_, keys)| keys.trim_end().trim_end_matches('`'));
        let message = error.message();
        // Serde names the value that it did not expect; this names what it did expect.
        let repeats_value = ["invalid", "unknown variant"].iter().any(|start| message.starts_with(start));
        let reason = match message.rsplit_once(", expected ") {
            Some((_, expected)) if repeats_value => format!("expected {expected}"),
            _ => message.to_owned(),
        };
        let named =
            ["unknown field `", "missing field `"].iter().find_map(|start| message.strip_prefix(start));
        let key = named.and_then(|rest| rest.split_once('`')).map_or("", |(key, _)| key);
        let key = match (section, key) {
            ("", "") => "the configuration file".to_owned(),
            ("", only) | (only, "") => only.to_owned(),
            (section, key) => format!("{section}.{key}"),
        };
        Self { key, problem: Problem::Text { line, reason } }
    }
}
