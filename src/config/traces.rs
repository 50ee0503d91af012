//! `[traces]`: where the spans of calls go, over OTLP, and of how many calls.

use std::path::PathBuf;

use super::collector::{Collector, Https, Written};
use super::files::Files;
use super::problem::ConfigError;
use crate::domain::TraceShare;

/// `[traces]`
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TracesSettings {
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
    /// The share of calls that is followed, 0 to 1, where the caller's `traceparent` does not say.
    #[serde(default)]
    pub sampled: TraceShare,
}

/// Where spans go, with everything that it points at.
pub struct Traces {
    /// The collector.
    pub collector: Collector,
    /// The share of calls that is followed.
    pub sampled: TraceShare,
}

impl TracesSettings {
    /// Every path in it.
    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        [&mut self.ca].into_iter().chain(&mut self.certificate).chain(&mut self.key)
    }

    /// Reads what it points at.
    pub(super) fn read(&self, files: Files) -> Result<Traces, ConfigError> {
        let written = Written {
            endpoint: &self.endpoint,
            server_name: self.server_name.as_ref(),
            ca: &self.ca,
            certificate: self.certificate.as_deref(),
            key: self.key.as_deref(),
        };
        let collector = written.read(files, |key| format!("traces.{key}"))?;
        Ok(Traces { collector, sampled: self.sampled })
    }
}
