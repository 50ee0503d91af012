//! Who may issue tokens: one issuer per organisation, each with its own algorithms and key set.
//!
//! A value of [`Issuers`] never changes; a new configuration or a new key file makes a new value.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::key_set::{Algorithm, KeySet, KeySetProblem};
use crate::domain::OrganisationId;

/// One issuer, as configured.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// The exact `iss` of its tokens.
    pub issuer: String,
    /// The one organisation for whose professionals it speaks.
    pub organisation: OrganisationId,
    /// What it may sign with.
    pub algorithms: Vec<Algorithm>,
    /// Its JWKS file. Publish a new key here before signing with it.
    pub key_set: PathBuf,
}

/// Why there are no issuers to trust.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuersProblem {
    /// An issuer without a name.
    #[error("an issuer has no name: set `issuer` to the exact `iss` of its tokens")]
    Unnamed,
    /// Two issuers with one name.
    #[error("issuer {0} is configured twice")]
    Duplicate(String),
    /// An issuer that may sign with nothing.
    #[error("issuer {0} has no algorithms: allow ES256, EdDSA, RS256 or PS256")]
    NoAlgorithm(String),
    /// Its key set cannot be used.
    #[error("issuer {issuer}: {problem}")]
    KeySet {
        /// Which issuer.
        issuer: String,
        /// What is wrong.
        problem: KeySetProblem,
    },
}

/// An issuer with its keys.
#[derive(Debug, Clone)]
pub(super) struct Issuer {
    pub(super) config: Arc<IssuerConfig>,
    pub(super) keys: Arc<KeySet>,
}

/// All issuers, with the keys they had when read.
#[derive(Debug, Clone)]
pub struct Issuers {
    by_name: HashMap<String, Issuer>,
}

impl Issuers {
    /// Reads the key set of every issuer; one broken key set and there is nothing.
    pub fn load(configs: &[IssuerConfig]) -> Result<Self, IssuersProblem> {
        let mut by_name = HashMap::new();
        for config in configs {
            let name = config.issuer.clone();
            if name.is_empty() {
                return Err(IssuersProblem::Unnamed);
            }
            if config.algorithms.is_empty() {
                return Err(IssuersProblem::NoAlgorithm(name));
            }
            let keys = KeySet::read(&config.key_set)
                .map_err(|problem| IssuersProblem::KeySet { issuer: name.clone(), problem })?;
            let issuer = Issuer { config: Arc::new(config.clone()), keys: Arc::new(keys) };
            if by_name.insert(name.clone(), issuer).is_some() {
                return Err(IssuersProblem::Duplicate(name));
            }
        }
        Ok(Self { by_name })
    }

    pub(super) fn get(&self, name: &str) -> Option<&Issuer> {
        self.by_name.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The same issuers with one key set read again; `None` if its file has not changed.
    pub(super) fn reread(&self, name: &str) -> Result<Option<Self>, KeySetProblem> {
        let Some(issuer) = self.by_name.get(name) else { return Ok(None) };
        let keys = KeySet::read(&issuer.config.key_set)?;
        if keys.same_as(&issuer.keys) {
            return Ok(None);
        }
        let mut by_name = self.by_name.clone();
        by_name.insert(name.to_owned(), Issuer { config: issuer.config.clone(), keys: Arc::new(keys) });
        Ok(Some(Self { by_name }))
    }
}
