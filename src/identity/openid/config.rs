//! A provider, as configured.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::domain::{AuthenticationLevel, OrganisationId};
use crate::identity::Algorithm;

/// `[[console.provider]]`: who says who an organisation's officers are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderConfig {
    /// Its name in addresses of the console: `accare` in `/sign-in/accare`.
    pub id: String,
    /// The one organisation for whose officers it speaks.
    pub organisation: OrganisationId,
    /// Its exact `iss`; its discovery document is at `/.well-known/openid-configuration` below it.
    pub issuer: String,
    /// How the console is registered there.
    pub client_id: String,
    /// The file with the secret of that registration (`client_secret_basic`). Secret.
    pub client_secret: PathBuf,
    /// The authorities that may have issued its certificates: PEM.
    pub ca: PathBuf,
    /// What it may sign ID tokens with.
    #[serde(default = "algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// What is asked for.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// The claim with the officer's role or roles.
    #[serde(default = "role_claim")]
    pub role_claim: String,
    /// The claim with the organisation; empty if the provider says none.
    #[serde(default = "organisation_claim")]
    pub organisation_claim: String,
    /// The claim by which officers recognise themselves.
    #[serde(default = "name_claim")]
    pub name_claim: String,
    /// How sure each of its `acr` is. One that is not here is none.
    #[serde(default = "levels")]
    pub levels: BTreeMap<String, AuthenticationLevel>,
}

fn algorithms() -> Vec<Algorithm> {
    vec![Algorithm::Rs256]
}

fn scopes() -> Vec<String> {
    ["openid", "profile"].map(str::to_owned).to_vec()
}

fn role_claim() -> String {
    "role".to_owned()
}

fn organisation_claim() -> String {
    "organisation".to_owned()
}

fn name_claim() -> String {
    "name".to_owned()
}

fn levels() -> BTreeMap<String, AuthenticationLevel> {
    use AuthenticationLevel::{High, Low, Substantial};
    [Low, Substantial, High].map(|level| (level.as_str().to_owned(), level)).into()
}

impl ProviderConfig {
    /// Every path in it.
    pub fn paths(&mut self) -> [&mut PathBuf; 2] {
        [&mut self.client_secret, &mut self.ca]
    }

    /// The `acr` that are sure enough, the least sure first: what is asked for.
    pub(super) fn sure_enough(&self, minimum: AuthenticationLevel) -> Vec<&str> {
        let mut found: Vec<_> = self.levels.iter().filter(|(_, level)| **level >= minimum).collect();
        found.sort_by_key(|(_, level)| **level);
        found.into_iter().map(|(acr, _)| acr.as_str()).collect()
    }
}
