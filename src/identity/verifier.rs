//! The whole judgement of a token, and the memory of those that passed.
//!
//! A verified token is remembered under its SHA-256, because verifying costs as much as a whole call (limits.md).
//! What could have changed since is checked again at every use: time, certificate, and the *generation* of the
//! issuers, which every change of a key file or of the configuration raises. So a removed key ends its tokens at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use moka::sync::Cache;

use super::certificate::{PeerCertificate, thumbprint as sha256};
use super::claims::Claims;
use super::issuers::{Issuer, Issuers};
use super::key_set::KeySetProblem;
use super::pseudonym::PseudonymKey;
use super::token::{UnverifiedToken, VerifiedToken};
use super::token_problem::TokenProblem;
use crate::domain::Timestamp;

/// What a token must fit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// The exact `aud`: this gateway.
    pub audience: String,
    /// How far the issuer's clock may run ahead, for `nbf` and `iat`: 0 to 60 s. `exp` has no leeway.
    #[serde(default = "default::leeway_seconds")]
    pub leeway_seconds: u32,
    /// The longest `exp` - `nbf`: 1 to 3,600 s (NL GOV OAuth 1.2).
    #[serde(default = "default::maximum_lifetime_seconds")]
    pub maximum_lifetime_seconds: u32,
    /// An unknown `kid` makes its issuer's key file be read again, at most once in so many seconds.
    #[serde(default = "default::reread_seconds")]
    pub reread_seconds: u32,
    /// How many verified tokens are remembered.
    #[serde(default = "default::remembered_tokens")]
    pub remembered_tokens: u64,
}

mod default {
    pub(super) fn leeway_seconds() -> u32 {
        30
    }
    pub(super) fn maximum_lifetime_seconds() -> u32 {
        15 * 60
    }
    pub(super) fn reread_seconds() -> u32 {
        30
    }
    pub(super) fn remembered_tokens() -> u64 {
        100_000
    }
}

/// A setting outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{setting} must be {expected}")]
pub struct TokenSettingsProblem {
    /// Which setting.
    pub setting: &'static str,
    /// What it must be.
    pub expected: &'static str,
}

impl TokenSettings {
    /// The defaults: 30 s leeway, 15 minutes of life, keys read again at most every 30 s, 100,000 tokens remembered.
    pub fn for_audience(audience: impl Into<String>) -> Self {
        Self {
            audience: audience.into(),
            leeway_seconds: default::leeway_seconds(),
            maximum_lifetime_seconds: default::maximum_lifetime_seconds(),
            reread_seconds: default::reread_seconds(),
            remembered_tokens: default::remembered_tokens(),
        }
    }

    /// Milliseconds.
    pub(super) fn leeway(&self) -> i64 {
        i64::from(self.leeway_seconds) * 1000
    }

    /// Milliseconds.
    pub(super) fn maximum_lifetime(&self) -> i64 {
        i64::from(self.maximum_lifetime_seconds) * 1000
    }

    fn check(&self) -> Result<(), TokenSettingsProblem> {
        let problem = |setting, expected| Err(TokenSettingsProblem { setting, expected });
        if self.audience.is_empty() {
            return problem("audience", "the `aud` of tokens for this gateway");
        }
        if self.leeway_seconds > 60 {
            return problem("leeway_seconds", "0 to 60");
        }
        if !(1..=3600).contains(&self.maximum_lifetime_seconds) {
            return problem("maximum_lifetime_seconds", "1 to 3600");
        }
        if self.reread_seconds == 0 {
            return problem("reread_seconds", "1 or more");
        }
        Ok(())
    }
}

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
            return Ok(token);
        }
        let (generation, token) = self.judge(token, peer, now)?;
        let token = Arc::new(token);
        self.remembered.insert(digest, Remembered { generation, token: token.clone() });
        Ok(token)
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
mod tests {
    use super::*;
    use crate::domain::OrganisationId;
    use crate::identity::testing::{
        AUDIENCE, ISSUER, NOW, OIN, Setting, Signer, claims, config, now, peer, publish,
    };
    use crate::identity::{Algorithm, AuthenticationLevel, IssuerConfig, IssuersProblem};
    use serde_json::json;

    fn at(seconds: i64) -> Timestamp {
        Timestamp((NOW + seconds) * 1000)
    }

    #[test]
    fn a_token_signed_with_any_allowed_algorithm_says_who_is_asking() {
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256, Algorithm::Ps256] {
            let Setting { signer, verifier, .. } = Setting::new(algorithm);
            let verified = verifier.verify(&signer.sign(&claims()), &peer(1), now()).unwrap();
            assert_eq!(verified.hat.to_string(), format!("{OIN}/wijkteam"));
            assert_eq!(verified.level, AuthenticationLevel::Substantial);
            assert_eq!((verified.not_before, verified.expires), (at(-60), at(240)));
            assert_eq!(verified.thumbprint, [1; 32]);
            assert!(!verified.subject.as_str().contains("medewerker"));
        }
    }

    #[test]
    fn an_audience_may_be_an_array_of_exactly_one() {
        let setting = Setting::new(Algorithm::Es256);
        let mut claims = claims();
        claims["aud"] = json!([AUDIENCE]);
        assert_eq!(setting.refusal(&setting.signer.sign(&claims)), "accepted");
    }

    #[test]
    fn a_remembered_token_still_expires_and_still_waits_for_its_time() {
        let Setting { signer, verifier, .. } = Setting::new(Algorithm::Es256);
        let token = signer.sign(&claims());
        let first = verifier.verify(&token, &peer(1), at(0)).unwrap();
        assert!(Arc::ptr_eq(&first, &verifier.verify(&token, &peer(1), at(239)).unwrap()), "not remembered");
        assert_eq!(verifier.verify(&token, &peer(1), at(240)), Err(TokenProblem::Expired));
        assert_eq!(verifier.verify(&token, &peer(1), at(-91)), Err(TokenProblem::NotYetValid));
        assert!(verifier.verify(&token, &peer(1), at(-90)).is_ok());
    }

    #[test]
    fn a_remembered_token_cannot_be_used_over_another_certificate() {
        let Setting { signer, verifier, .. } = Setting::new(Algorithm::Es256);
        let token = signer.sign(&claims());
        verifier.verify(&token, &peer(1), now()).unwrap();
        assert_eq!(verifier.verify(&token, &peer(2), now()), Err(TokenProblem::BoundToOtherCertificate));
        let organisation = OrganisationId::parse("00000099000000002000").unwrap();
        let stranger = PeerCertificate { organisation, thumbprint: [2; 32] };
        assert_eq!(verifier.verify(&token, &stranger, now()), Err(TokenProblem::Organisation));
    }

    #[test]
    fn a_removed_key_ends_its_tokens_at_the_next_reading_even_if_remembered() {
        let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
        let token = signer.sign(&claims());
        verifier.verify(&token, &peer(1), now()).unwrap();
        publish(&directory, &[&Signer::new(Algorithm::Es256, "key-2")]);
        assert_eq!(verifier.refresh(), []);
        assert_eq!(verifier.verify(&token, &peer(1), now()), Err(TokenProblem::KeyUnknown));
    }

    #[test]
    fn an_issuer_that_is_no_longer_trusted_ends_its_tokens_even_if_remembered() {
        let Setting { signer, verifier, .. } = Setting::new(Algorithm::Es256);
        let token = signer.sign(&claims());
        verifier.verify(&token, &peer(1), now()).unwrap();
        verifier.replace(Issuers::load(&[]).unwrap());
        assert_eq!(verifier.verify(&token, &peer(1), now()), Err(TokenProblem::Issuer));
    }

    #[test]
    fn a_key_can_be_rotated_without_one_failed_request() {
        let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
        let successor = Signer::new(Algorithm::Es256, "key-2");
        publish(&directory, &[&signer, &successor]);
        assert!(verifier.verify(&successor.sign(&claims()), &peer(1), at(0)).is_ok());
        assert!(verifier.verify(&signer.sign(&claims()), &peer(1), at(0)).is_ok());
        publish(&directory, &[&successor]);
        verifier.refresh();
        assert!(verifier.verify(&successor.sign(&claims()), &peer(1), at(1)).is_ok());
        assert_eq!(verifier.verify(&signer.sign(&claims()), &peer(1), at(1)), Err(TokenProblem::KeyUnknown));
    }

    #[test]
    fn unknown_kids_make_the_key_file_be_read_at_most_once_per_interval() {
        let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
        let flood = |n: i64| Signer::new(Algorithm::Es256, &format!("unknown-{n}")).sign(&claims());
        assert_eq!(verifier.verify(&flood(0), &peer(1), at(0)), Err(TokenProblem::KeyUnknown));
        // From here on a reading would show: the file holds another key.
        let successor = Signer::new(Algorithm::Es256, "key-2");
        publish(&directory, &[&signer, &successor]);
        for second in 0..30 {
            assert_eq!(verifier.verify(&flood(second), &peer(1), at(second)), Err(TokenProblem::KeyUnknown));
            let token = successor.sign(&claims());
            assert_eq!(
                verifier.verify(&token, &peer(1), at(second)),
                Err(TokenProblem::KeyUnknown),
                "{second}"
            );
        }
        assert!(verifier.verify(&successor.sign(&claims()), &peer(1), at(30)).is_ok());
    }

    #[test]
    fn a_broken_key_file_keeps_the_last_good_keys_and_is_reported() {
        let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
        std::fs::write(directory.path().join("keys.json"), "{").unwrap();
        assert_eq!(verifier.refresh(), [(ISSUER.to_owned(), KeySetProblem::Malformed)]);
        let unknown = Signer::new(Algorithm::Es256, "key-2").sign(&claims());
        assert_eq!(verifier.verify(&unknown, &peer(1), now()), Err(TokenProblem::KeyUnknown));
        assert!(verifier.verify(&signer.sign(&claims()), &peer(1), now()).is_ok());
    }

    #[test]
    fn an_unchanged_key_file_forgets_nothing() {
        let Setting { signer, verifier, .. } = Setting::new(Algorithm::Es256);
        let token = signer.sign(&claims());
        let first = verifier.verify(&token, &peer(1), now()).unwrap();
        verifier.refresh();
        assert!(Arc::ptr_eq(&first, &verifier.verify(&token, &peer(1), now()).unwrap()));
    }

    #[test]
    fn an_issuer_speaks_for_its_own_organisation_only() {
        let Setting { directory, signer, verifier } = Setting::new(Algorithm::Es256);
        let other = OrganisationId::parse("00000099000000002000").unwrap();
        let own = config(&directory, &[Algorithm::Es256]);
        let token = signer.sign(&claims());
        verifier.replace(Issuers::load(&[IssuerConfig { organisation: other, ..own.clone() }]).unwrap());
        assert_eq!(verifier.verify(&token, &peer(1), now()), Err(TokenProblem::Organisation));

        let twice = Issuers::load(&[own.clone(), own.clone()]).unwrap_err();
        assert_eq!(twice, IssuersProblem::Duplicate(ISSUER.to_owned()));
        let none = Issuers::load(&[IssuerConfig { algorithms: vec![], ..own }]).unwrap_err();
        assert_eq!(none, IssuersProblem::NoAlgorithm(ISSUER.to_owned()));
    }

    #[test]
    fn settings_outside_their_bounds_are_refused() {
        let good = TokenSettings::for_audience(AUDIENCE);
        assert_eq!(good.check(), Ok(()));
        for (setting, settings) in [
            ("audience", TokenSettings { audience: String::new(), ..good.clone() }),
            ("leeway_seconds", TokenSettings { leeway_seconds: 61, ..good.clone() }),
            ("maximum_lifetime_seconds", TokenSettings { maximum_lifetime_seconds: 0, ..good.clone() }),
            ("maximum_lifetime_seconds", TokenSettings { maximum_lifetime_seconds: 3601, ..good.clone() }),
            ("reread_seconds", TokenSettings { reread_seconds: 0, ..good.clone() }),
        ] {
            assert_eq!(settings.check().unwrap_err().setting, setting);
        }
    }
}
