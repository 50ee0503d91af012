//! `[[witness]]`: who is asked to cosign the ledger's checkpoints, and how many must have done so before one counts.

use std::path::PathBuf;

use serde::Deserialize as _;
use serde::de::{Deserializer, Error as _};

use super::problem::{ConfigError, Problem};
use super::within::Within;
use crate::ledger::{Policy, VerifierKey, WitnessKey};

/// One witness.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessSettings {
    /// Its name in the policy file and in the log.
    pub name: String,
    /// Its verifier key: the line in its witness.vkey.
    #[serde(deserialize_with = "witness_key")]
    pub vkey: WitnessKey,
    /// Its submission prefix: `https://host:port`.
    pub url: String,
    /// The authorities that may have issued its certificate: PEM.
    pub ca: Option<PathBuf>,
}

/// `[witnesses]`
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WitnessesSettings {
    /// How many must cosign before a checkpoint counts; all of them, if the file does not say.
    pub quorum: Option<Within<1, 1, 32>>,
    /// How often a newer checkpoint is offered to them.
    pub period_seconds: Within<1, 5, 3_600>,
}

fn witness_key<'de, D: Deserializer<'de>>(text: D) -> Result<WitnessKey, D::Error> {
    let text = String::deserialize(text)?;
    // Serde's words for a wrong value, so that the key itself is not repeated.
    WitnessKey::parse(&text).map_err(|problem| D::Error::custom(problem.to_string()))
}

impl WitnessesSettings {
    /// The trust policy that these witnesses make for the ledger with this key.
    pub(super) fn policy(
        &self,
        ledger: &VerifierKey,
        witnesses: &[WitnessSettings],
    ) -> Result<Policy, ConfigError> {
        let least = self.quorum.map_or(witnesses.len(), Within::count);
        if witnesses.is_empty() && self.quorum.is_some() {
            let problem = Problem::Unfit("asks for cosignatures, but there is no [[witness]]");
            return Err(ConfigError::new("witnesses.quorum", problem));
        }
        let named = witnesses.iter().map(|one| (one.name.clone(), one.vkey.clone(), one.url.clone()));
        Policy::of(ledger, named.collect(), least)
            .map_err(|problem| ConfigError::new("witness", Problem::Policy(problem)))
    }
}
