//! `[[custodian]]`: an organisation whose data can be asked for, and the one way in which it is reached.

use std::path::PathBuf;

use http::Uri;
use http::uri::Scheme;

use crate::domain::OrganisationId;

/// One custodian.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "Written")]
pub struct CustodianSettings {
    /// Whose data it is.
    pub organisation: OrganisationId,
    /// Where it is.
    pub source: CustodianSource,
}

/// Where a custodian's data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustodianSource {
    /// In a file beside the gateway. Secret: it is the data itself.
    Records(PathBuf),
    /// Behind the contract's `CustodianService`, over mutual TLS.
    Service {
        /// `https://host:port`.
        url: String,
        /// The authorities that may have issued its certificate: PEM.
        ca: PathBuf,
        /// The gateway's certificate for it: PEM.
        certificate: PathBuf,
        /// The key of that certificate: PEM. Secret.
        key: PathBuf,
        /// The name in the custodian's certificate, if that is not the host of the URL.
        server_name: Option<String>,
    },
}

/// As it stands in the file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    organisation: OrganisationId,
    records: Option<PathBuf>,
    url: Option<String>,
    ca: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    server_name: Option<String>,
}

/// Why it is not one way to reach a custodian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Unreachable {
    #[error("give exactly one of `records`, or `url` with `ca`, `certificate` and `key`")]
    NotOneSource,
    #[error("`url` must be https://host:port")]
    Url,
}

impl TryFrom<Written> for CustodianSettings {
    type Error = Unreachable;

    fn try_from(written: Written) -> Result<Self, Unreachable> {
        let Written { organisation, records, url, ca, certificate, key, server_name } = written;
        let source = match (records, url, ca, certificate, key, server_name) {
            (Some(records), None, None, None, None, None) => CustodianSource::Records(records),
            (None, Some(url), Some(ca), Some(certificate), Some(key), server_name) => {
                let https = url.parse::<Uri>().is_ok_and(|uri| uri.scheme() == Some(&Scheme::HTTPS));
                if !https {
                    return Err(Unreachable::Url);
                }
                CustodianSource::Service { url, ca, certificate, key, server_name }
            }
            _ => return Err(Unreachable::NotOneSource),
        };
        Ok(Self { organisation, source })
    }
}

impl CustodianSettings {
    /// Every path in it.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        match &mut self.source {
            CustodianSource::Records(records) => vec![records],
            CustodianSource::Service { ca, certificate, key, .. } => vec![ca, certificate, key],
        }
    }
}
