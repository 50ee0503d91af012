//! `[[logbook]]`: where the lines of an organisation's Logboek Dataverwerkingen go, over OTLP.

use std::path::PathBuf;

use http::Uri;
use http::uri::Scheme;
use zeroize::Zeroizing;

use super::files::{self, Files};
use super::problem::ConfigError;
use crate::domain::OrganisationId;

/// One logbook.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogbookSettings {
    /// Whose: its side of the ledger, its handles.
    pub organisation: OrganisationId,
    /// The collector: `https://host:port` (OTLP over gRPC). There is no way without TLS.
    pub endpoint: Https,
    /// The name in its certificate, if that is not the host of the endpoint.
    pub server_name: Option<String>,
    /// The authorities that may have issued its certificate: PEM.
    pub ca: PathBuf,
    /// The gateway's own certificate for it, where the collector asks for one: PEM.
    pub certificate: Option<PathBuf>,
    /// The key of that certificate: PEM. Secret.
    pub key: Option<PathBuf>,
    /// The file that keeps how far the collector has taken the lines. Without it, all are sent again.
    pub cursor: PathBuf,
}

/// A URL with TLS.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Https(String);

/// Without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be https://host:port")]
pub struct NotHttps;

impl TryFrom<String> for Https {
    type Error = NotHttps;
    fn try_from(text: String) -> Result<Self, NotHttps> {
        let https = text.parse::<Uri>().is_ok_and(|uri| uri.scheme() == Some(&Scheme::HTTPS));
        if https { Ok(Self(text)) } else { Err(NotHttps) }
    }
}

/// A logbook with everything that it points at.
pub struct Logbook {
    /// Whose.
    pub organisation: OrganisationId,
    /// `https://host:port`.
    pub endpoint: String,
    /// The name in the collector's certificate, if that is not the host of the endpoint.
    pub server_name: Option<String>,
    /// The authorities that may have issued it.
    pub ca_pem: Vec<u8>,
    /// The gateway's own certificate and key for it.
    pub identity: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
    /// The file that keeps how far it is.
    pub cursor: PathBuf,
}

impl LogbookSettings {
    /// Every path in it.
    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        [&mut self.ca, &mut self.cursor].into_iter().chain(&mut self.certificate).chain(&mut self.key)
    }

    /// Reads what it points at.
    pub(super) fn read(&self, files: Files) -> Result<Logbook, ConfigError> {
        let organisation = self.organisation.clone();
        let named = |key: &str| format!("logbook.{key} (of {organisation})");
        let identity = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Some((
                files.certificates(&named("certificate"), certificate)?,
                files.private_key(&named("key"), key)?,
            )),
            (None, None) => None,
            _ => {
                let problem = super::problem::Problem::Unfit("give both `certificate` and `key`, or neither");
                return Err(ConfigError::new(named("certificate"), problem));
            }
        };
        files::folder(&named("cursor"), self.cursor.parent().unwrap_or(std::path::Path::new("")))?;
        Ok(Logbook {
            endpoint: self.endpoint.0.clone(),
            server_name: self.server_name.clone(),
            ca_pem: files.certificates(&named("ca"), &self.ca)?,
            identity,
            cursor: self.cursor.clone(),
            organisation,
        })
    }
}
