//! An OpenTelemetry collector, as logbooks and traces name one: OTLP over gRPC. There is no way without TLS.

use std::path::Path;

use http::Uri;
use http::uri::Scheme;
use zeroize::Zeroizing;

use super::files::Files;
use super::problem::{ConfigError, Problem};

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

/// A collector, ready to be reached.
pub struct Collector {
    /// `https://host:port`.
    pub endpoint: String,
    /// The name in its certificate, if that is not the host of the endpoint.
    pub server_name: Option<String>,
    /// The authorities that may have issued it.
    pub ca_pem: Vec<u8>,
    /// The gateway's own certificate and key for it.
    pub identity: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
}

/// A collector, as it is written.
pub(super) struct Written<'a> {
    pub(super) endpoint: &'a Https,
    pub(super) server_name: Option<&'a String>,
    pub(super) ca: &'a Path,
    pub(super) certificate: Option<&'a Path>,
    pub(super) key: Option<&'a Path>,
}

impl Written<'_> {
    /// Reads what it points at. `named` names a key of it.
    pub(super) fn read(self, files: Files, named: impl Fn(&str) -> String) -> Result<Collector, ConfigError> {
        let identity = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => Some((
                files.certificates(&named("certificate"), certificate)?,
                files.private_key(&named("key"), key)?,
            )),
            (None, None) => None,
            _ => {
                let problem = Problem::Unfit("give both `certificate` and `key`, or neither");
                return Err(ConfigError::new(named("certificate"), problem));
            }
        };
        Ok(Collector {
            endpoint: self.endpoint.0.clone(),
            server_name: self.server_name.cloned(),
            ca_pem: files.certificates(&named("ca"), self.ca)?,
            identity,
        })
    }
}
