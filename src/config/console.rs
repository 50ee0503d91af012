//! `[console]`: the privacy officer's pages, on a port of their own, and where officers sign in.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use zeroize::Zeroizing;

use super::files::{Files, text};
use super::problem::{ConfigError, Problem};
use super::server::ServerSettings;
use super::within::Within;
use crate::domain::OrganisationId;
use crate::identity::openid::{Https, Provider, ProviderConfig};
use crate::identity::tls;

/// `[console]`
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSettings {
    /// Address and port: HTTPS.
    #[serde(default = "listen")]
    pub listen: SocketAddr,
    /// Where a browser finds it: `https://host[:port]`. Providers send officers back to `/sign-in/done` below it.
    pub address: String,
    /// Its certificate, leaf first: PEM. That of `[server]`, if the file says nothing.
    pub certificate: Option<PathBuf>,
    /// The key of that certificate: PEM. Secret.
    pub key: Option<PathBuf>,
    /// Design tokens of the organisation that runs it: CSS custom properties on `:root`. The shipped look, if the file says nothing.
    pub theme: Option<PathBuf>,
    /// The same of organisations that sign in and have their own, which their officers see.
    #[serde(default)]
    pub themes: BTreeMap<OrganisationId, PathBuf>,
    /// After how many minutes without a page a session ends.
    #[serde(default)]
    pub unused_minutes: Within<1, 15, 120>,
    /// After how many hours a session ends, whatever is done.
    #[serde(default)]
    pub longest_hours: Within<1, 8, 24>,
    /// Pages per second, per address, that go on for ever.
    #[serde(default)]
    pub requests_per_second: Within<1, 20, 100_000>,
    /// Pages at once, per address, after a quiet time.
    #[serde(default)]
    pub burst: Within<1, 100, 100_000>,
    /// The most entries of the ledger among which an export looks: it reads them twice, the first time within `request_timeout_ms`.
    #[serde(default)]
    pub largest_export: Within<1, 100_000, 10_000_000>,
    /// Where officers sign in: one for each organisation.
    pub provider: Vec<ProviderConfig>,
}

/// A console with everything that it points at.
pub struct ConsoleConfig {
    /// Address and port.
    pub listen: SocketAddr,
    /// Where a browser finds it, without a slash at the end.
    pub address: String,
    /// Its TLS.
    pub tls: Arc<rustls::ServerConfig>,
    /// After how long without a page a session ends.
    pub unused: Duration,
    /// After how long it ends, whatever is done.
    pub longest: Duration,
    /// Pages per second, per address.
    pub requests_per_second: u32,
    /// Pages at once, per address.
    pub burst: u32,
    /// The most entries of the ledger among which an export looks.
    pub largest_export: u64,
    /// Design tokens, as CSS.
    pub theme: Option<String>,
    /// Those of organisations that have their own.
    pub themes: BTreeMap<OrganisationId, String>,
    /// Where officers sign in.
    pub providers: Vec<Provider>,
}

fn listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 8445).into()
}

impl ConsoleSettings {
    /// Every path in it.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        let own = self.certificate.iter_mut().chain(&mut self.key).chain(&mut self.theme);
        own.chain(self.themes.values_mut())
            .chain(self.provider.iter_mut().flat_map(ProviderConfig::paths))
            .collect()
    }

    /// What one key alone cannot show.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let unfit =
            |key: &str, expected| Err(ConfigError::new(format!("console.{key}"), Problem::Unfit(expected)));
        let uri = self.address.parse::<Uri>().ok().filter(|uri| uri.scheme() == Some(&Scheme::HTTPS));
        let bare = uri.and_then(|uri| Some(format!("https://{}", uri.authority()?)));
        if bare.as_deref() != Some(&self.address) || self.address.contains('@') {
            return unfit("address", "must be https://host[:port] in lower case, without a slash at the end");
        }
        if self.address.chars().any(|c| c.is_ascii_uppercase()) || self.address.ends_with(":443") {
            return unfit("address", "must be as browsers write it: in lower case, without port 443");
        }
        if self.certificate.is_some() != self.key.is_some() {
            return unfit("certificate", "give both `certificate` and `key`, or neither");
        }
        if self.provider.is_empty() {
            return unfit("provider", "name at least one [[console.provider]], or nobody can sign in");
        }
        if self.themes.keys().any(|of| self.provider.iter().all(|one| one.organisation != *of)) {
            return unfit(
                "themes",
                "names an organisation without a [[console.provider]]: nobody would see it",
            );
        }
        for (at, one) in self.provider.iter().enumerate() {
            let others = || self.provider.iter().take(at);
            if others().any(|other| other.id == one.id || other.organisation == one.organisation) {
                return unfit("provider", "names one `id` or `organisation` twice: keep one of them");
            }
            if others().any(|other| other.issuer == one.issuer) {
                return unfit(
                    "provider.issuer",
                    "names one issuer twice: an issuer speaks for one organisation",
                );
            }
            if let Some((key, expected)) = wrong(one) {
                return unfit(&format!("provider.{key} (of {})", one.organisation), expected);
            }
        }
        Ok(())
    }

    /// Reads what it points at.
    pub(super) fn read(&self, server: &ServerSettings, files: Files) -> Result<ConsoleConfig, ConfigError> {
        let certificate = self.certificate.as_ref().unwrap_or(&server.certificate);
        let chain = files.certificates("console.certificate", certificate)?;
        let key = files.private_key("console.key", self.key.as_ref().unwrap_or(&server.key))?;
        let tls = tls::browser_config(&chain, &key)
            .map_err(|problem| ConfigError::new("console.certificate", Problem::Tls(problem)))?;
        Ok(ConsoleConfig {
            listen: self.listen,
            address: self.address.clone(),
            tls,
            unused: Duration::from_mins(self.unused_minutes.get()),
            longest: Duration::from_hours(self.longest_hours.get()),
            requests_per_second: self.requests_per_second.number(),
            burst: self.burst.number(),
            largest_export: self.largest_export.get(),
            theme: self.theme.as_ref().map(|path| text("console.theme", path)).transpose()?,
            themes: self
                .themes
                .iter()
                .map(|(of, path)| Ok((of.clone(), text("console.themes", path)?)))
                .collect::<Result<_, _>>()?,
            providers: self.provider.iter().map(|one| provider(one, files)).collect::<Result<_, _>>()?,
        })
    }
}

/// Which key of a provider is wrong, and what it must be.
fn wrong(provider: &ProviderConfig) -> Option<(&'static str, &'static str)> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let https = provider.issuer.parse::<Uri>().is_ok_and(|uri| {
        uri.scheme() == Some(&Scheme::HTTPS) && uri.query().is_none() && !provider.issuer.contains('#')
    });
    if !(1..=40).contains(&provider.id.len()) || !provider.id.chars().all(plain) || provider.id == "done" {
        return Some(("id", "must be 1 to 40 lower-case letters, digits and hyphens, and not `done`"));
    }
    if !https {
        return Some(("issuer", "must be the provider's exact https issuer, without query and fragment"));
    }
    if provider.client_id.is_empty() {
        return Some(("client_id", "must be the console's id at the provider"));
    }
    if provider.algorithms.is_empty() {
        return Some(("algorithms", "allow at least one of ES256, EdDSA, RS256 and PS256"));
    }
    if !provider.scopes.iter().any(|scope| scope == "openid") {
        return Some(("scopes", "must hold `openid`"));
    }
    if provider.role_claim.is_empty() {
        return Some(("role_claim", "must be the name of the claim with the role"));
    }
    provider.levels.is_empty().then_some(("levels", "must say how sure at least one `acr` is"))
}

fn provider(config: &ProviderConfig, files: Files) -> Result<Provider, ConfigError> {
    let named = |key: &str| format!("console.provider.{key} (of {})", config.organisation);
    let authorities = files.certificates(&named("ca"), &config.ca)?;
    let https = Https::new(&authorities);
    let https = https.ok_or_else(|| ConfigError::new(named("ca"), Problem::Pem("certificate")))?;
    let secret = files.secret(&named("client_secret"), &config.client_secret)?;
    let secret = std::str::from_utf8(&secret).ok().map(str::trim).filter(|secret| !secret.is_empty());
    let unfit =
        || ConfigError::new(named("client_secret"), Problem::Unfit("the file must hold the secret, as text"));
    let secret = Zeroizing::new(secret.ok_or_else(unfit)?.to_owned());
    Provider::new(config.clone(), &secret, https).ok_or_else(unfit)
}

#[cfg(test)]
mod tests;
