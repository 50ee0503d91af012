//! `sluis check`: the same reading as `serve`, without serving.

use std::io::Write;
use std::path::Path;

use crate::cli::Failure;
use crate::config::{Config, Custodian};
use crate::custodian::file::RecordsFile;
use crate::policy::Covenant;

/// Reads the configuration, the covenant and the records files, and says what would run.
pub fn run(file: &Path, out: &mut impl Write) -> Result<(), Failure> {
    let usage = |e: Box<dyn std::error::Error + Send + Sync>| Failure::Usage(e);
    let config = Config::load(file).map_err(|e| usage(e.into()))?;
    let paths = &config.settings.covenant;
    let covenant = Covenant::load(&paths.policies, &paths.parties).map_err(|e| usage(e.into()))?;
    for custodian in &config.custodians {
        let organisation = match custodian {
            Custodian::Records { organisation, file } => {
                RecordsFile::open(file, &covenant.catalogue).map_err(|e| usage(e.into()))?;
                organisation
            }
            Custodian::Service { organisation, .. } => organisation,
        };
        if covenant.parties.get(organisation).is_none() {
            return Err(usage(format!("custodian {organisation} is not a party of the covenant").into()));
        }
    }
    let mode = if config.settings.development { "development" } else { "production" };
    writeln!(
        out,
        "{mode} configuration is good\n  listens on {}\n  ledger {}\n  covenant {}\n  {} fields, {} purposes, {} parties, {} custodians",
        config.settings.server.listen,
        config.ledger_key.verifier().name(),
        covenant.digest,
        covenant.catalogue.fields().count(),
        covenant.purposes.all().count(),
        covenant.parties.iter().count(),
        config.custodians.len(),
    )
    .map_err(|e| Failure::Other(e.into()))
}
