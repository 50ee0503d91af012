//! The whole judgement of a token, and the memory of those that passed.
//!
//! A verified token is remembered under its SHA-256, because verifying costs as much as a whole call (limits.md).
//! What could have changed since is checked again at every use: time, certificate, and the *generation* of the
//! issuers, which every change of a key file or of the configuration raises. So a removed key ends its tokens at once.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use metrics::Counter;
use moka::sync::Cache;

use super::certificate::{PeerCertificate, thumbprint as sha256};
use super::claims::Claims;
use super::issuers::{Issuer, Issuers};
use super::key_set::KeySetProblem;
use super::pseudonym::PseudonymKey;
use super::settings::{TokenSettings, TokenSettingsProblem};
use super::token::{UnverifiedToken, VerifiedToken};
use super::token_problem::TokenProblem;
use crate::domain::Timestamp;

static HITS: LazyLock<Counter> =
    LazyLock::new(|| metrics::counter!("sluis_cache_total", "cache" => "tokens", "outcome" => "hit"));
static MISSES: LazyLock<Counter> =
    LazyLock::new(|| metrics::counter!("sluis_cache_total", "cache" => "tokens", "outcome" => "miss"));

/// The issuers of one moment. The generation rises with every change.
struct Trusted {
    generation: u64,
    issuers: Issuers,
}

#[derive(Clone)]
struct Remembered {
    generation: u64,
    token: Arc<VerifiedToken>,
}

/// Judges tokens. Shared by all connections.
pub struct TokenVerifier {
    settings: TokenSettings,
    pseudonyms: Arc<PseudonymKey>,
    trusted: ArcSwap<Trusted>,
    /// When each issuer's key file was last read for an unknown `kid`. Held during every change of `trusted`.
    reread: Mutex<HashMap<String, Timestamp>>,
    remembered: Cache<[u8; 32], Remembered>,
}

impl TokenVerifier {
    /// A verifier that trusts these issuers.
    pub fn new(
        settings: TokenSettings,
        issuers: Issuers,
        pseudonyms: Arc<PseudonymKey>,
    ) -> Result<Self, TokenSettingsProblem> {
        settings.check()?;
        Ok(Self {
            remembered: Cache::new(settings.remembered_tokens),
            settings,
            pseudonyms,
            trusted: ArcSwap::from_pointee(Trusted { generation: 0, issuers }),
            reread: Mutex::default(),
        })
    }

    /// Judges a token that came over a connection with this certificate.
    pub fn verify(
        &self,
        token: &str,
        peer: &PeerCertificate,
        now: Timestamp,
    ) -> Result<Arc<VerifiedToken>, TokenProblem> {
        let digest = sha256(token.as_bytes());
        let generation = self.trusted.load().generation;
        let remembered = self.remembered.get(&digest).filter(|r| r.generation == generation);
        if let Some(Remembered { token, .. }) = remembered
            && token.not_before.plus(-self.settings.leeway()) <= now
            && now < token.expires
            && token.thumbprint == peer.thumbprint
        {
            HITS.increment(1);
            return Ok(token);
        }
        MISSES.increment(1);
        let (generation, token) = self.judge(token, peer, now)?;
        let token = Arc::new(token);
        self.remembered.insert(digest, Remembered { generation, token: token.clone() });
        Ok(token)
    }

    /// How many tokens are remembered, nearly.
    pub fn remembered(&self) -> u64 {
        self.remembered.entry_count()
    }

    /// Trusts these issuers from now on, and forgets every token.
    pub fn replace(&self, issuers: Issuers) {
        let _changing = self.changing();
        self.trust(issuers);
    }

    /// Reads every key file again: call it regularly, so that a removed key is refused even if no new one is seen.
    /// A file that is broken keeps its last good keys and is reported with the name of its issuer.
    pub fn refresh(&self) -> Vec<(String, KeySetProblem)> {
        let _changing = self.changing();
        let names: Vec<String> = self.trusted.load().issuers.names().map(str::to_owned).collect();
        names
            .into_iter()
            .filter_map(|name| self.read_again(&name).err().map(|problem| (name, problem)))
            .collect()
    }

    fn judge(
        &self,
        token: &str,
        peer: &PeerCertificate,
        now: Timestamp,
    ) -> Result<(u64, VerifiedToken), TokenProblem> {
        let unverified = UnverifiedToken::read(token)?;
        let claims = Claims(&unverified.claims);
        let name = claims.issuer()?;
        let mut trusted = self.trusted.load_full();
        let mut issuer = allowed(&trusted, name, &unverified)?;
        if issuer.keys.find(&unverified.kid).is_none() {
            self.read_again_for_unknown_kid(name, now);
            trusted = self.trusted.load_full();
            issuer = allowed(&trusted, name, &unverified)?;
        }
        let key = issuer.keys.find(&unverified.kid).ok_or(TokenProblem::KeyUnknown)?;
        if !key.fits(unverified.algorithm) {
            return Err(TokenProblem::Algorithm);
        }
        if !key.verifies(unverified.algorithm, unverified.message.as_bytes(), unverified.signature) {
            return Err(TokenProblem::Signature);
        }
        let verified = claims.check(&issuer.config, peer, &self.settings, &self.pseudonyms, now)?;
        Ok((trusted.generation, verified))
    }

    fn read_again_for_unknown_kid(&self, name: &str, now: Timestamp) {
        let mut last = self.changing();
        let interval = i64::from(self.settings.reread_seconds) * 1000;
        if last.get(name).is_some_and(|last| now < last.plus(interval)) {
            return;
        }
        last.insert(name.to_owned(), now);
        if let Err(problem) = self.read_again(name) {
            tracing::warn!(issuer = name, %problem, "the key set cannot be read; its last good keys stay");
        }
    }

    fn read_again(&self, name: &str) -> Result<(), KeySetProblem> {
        if let Some(issuers) = self.trusted.load().issuers.reread(name)? {
            self.trust(issuers);
        }
        Ok(())
    }

    fn trust(&self, issuers: Issuers) {
        let generation = self.trusted.load().generation + 1;
        self.trusted.store(Arc::new(Trusted { generation, issuers }));
        self.remembered.invalidate_all();
    }

    fn changing(&self) -> MutexGuard<'_, HashMap<String, Timestamp>> {
        self.reread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn allowed<'a>(
    trusted: &'a Trusted,
    name: &str,
    token: &UnverifiedToken<'_>,
) -> Result<&'a Issuer, TokenProblem> {
    let issuer = trusted.issuers.get(name).ok_or(TokenProblem::Issuer)?;
    if issuer.config.algorithms.contains(&token.algorithm) {
        Ok(issuer)
    } else {
        Err(TokenProblem::Algorithm)
    }
}

#[cfg(test)]
mod tests;
