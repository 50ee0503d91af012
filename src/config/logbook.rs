//! `[[logbook]]`: where the lines of an organisation's Logboek Dataverwerkingen go, over OTLP.

use std::path::PathBuf;

use super::collector::{Collector, Https, Written};
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

/// A logbook with everything that it points at.
pub struct Logbook {
    /// Whose.
    pub organisation: OrganisationId,
    /// Where its lines go.
    pub collector: Collector,
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
        let written = Written {
            endpoint: &self.endpoint,
            server_name: self.server_name.as_ref(),
            ca: &self.ca,
            certificate: self.certificate.as_deref(),
            key: self.key.as_deref(),
        };
        let collector = written.read(files, named)?;
        files::folder(&named("cursor"), self.cursor.parent().unwrap_or(std::path::Path::new("")))?;
        Ok(Logbook { collector, cursor: self.cursor.clone(), organisation })
    }
}
