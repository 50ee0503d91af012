//! What a token must claim, and for whom.
//!
//! Every claim has one type and a bound; a claim of another type is refused, never taken as absent (CVE-2026-25537).
//! `nbf` and `iat` have some leeway, for an issuer whose clock runs ahead; `exp` has none, for expired is expired.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::certificate::PeerCertificate;
use super::issuers::IssuerConfig;
use super::pseudonym::PseudonymKey;
use super::settings::TokenSettings;
use super::token::VerifiedToken;
use super::token_problem::TokenProblem;
use crate::domain::AuthenticationLevel;
use crate::domain::{Hat, OrganisationId, Role, Timestamp};

/// 9999-12-31T23:59:59Z in seconds.
const LAST_SECOND: u64 = 253_402_300_799;

/// The claims of a token.
pub(super) struct Claims<'a>(pub(super) &'a Map<String, Value>);

impl Claims<'_> {
    /// `iss`: read before the signature is verified, to know whose key to verify it with.
    pub(super) fn issuer(&self) -> Result<&str, TokenProblem> {
        self.0.get("iss").and_then(Value::as_str).ok_or(TokenProblem::Issuer)
    }

    /// Checks everything; the signature must have been verified.
    pub(super) fn check(
        &self,
        issuer: &IssuerConfig,
        peer: &PeerCertificate,
        settings: &TokenSettings,
        pseudonyms: &PseudonymKey,
        now: Timestamp,
    ) -> Result<VerifiedToken, TokenProblem> {
        self.audience(&settings.audience)?;
        let (not_before, expires) = self.period(settings, now)?;
        self.text("jti", 16)?;
        let organisation = OrganisationId::parse(self.text("organisation", 1)?)
            .map_err(|_| TokenProblem::Claim("organisation"))?;
        let role = Role::parse(self.text("role", 1)?).map_err(|_| TokenProblem::Claim("role"))?;
        let level = AuthenticationLevel::parse(self.text("acr", 1)?).ok_or(TokenProblem::Claim("acr"))?;
        let subject = pseudonyms.requester(&organisation, self.text("sub", 1)?);
        if organisation != issuer.organisation || organisation != peer.organisation {
            return Err(TokenProblem::Organisation);
        }
        verify_slices_are_equal(&self.confirmation()?, &peer.thumbprint)
            .map_err(|_| TokenProblem::BoundToOtherCertificate)?;
        let hat = Hat { organisation, role };
        Ok(VerifiedToken { subject, hat, level, thumbprint: peer.thumbprint, not_before, expires })
    }

    /// `aud`, as a string or as an array of exactly one: a token for two audiences could be replayed by the other.
    fn audience(&self, expected: &str) -> Result<(), TokenProblem> {
        let audience = match self.0.get("aud") {
            Some(Value::Array(array)) => match array.as_slice() {
                [one] => one.as_str(),
                _ => None,
            },
            other => other.and_then(Value::as_str),
        };
        if audience == Some(expected) { Ok(()) } else { Err(TokenProblem::Audience) }
    }

    fn period(
        &self,
        settings: &TokenSettings,
        now: Timestamp,
    ) -> Result<(Timestamp, Timestamp), TokenProblem> {
        let expires = self.moment("exp")?;
        let not_before = self.moment("nbf")?;
        let issued = if self.0.contains_key("iat") { self.moment("iat")? } else { not_before };
        if expires <= now {
            return Err(TokenProblem::Expired);
        }
        if not_before.max(issued) > now.plus(settings.leeway()) {
            return Err(TokenProblem::NotYetValid);
        }
        if expires <= not_before || expires > not_before.plus(settings.maximum_lifetime()) {
            return Err(TokenProblem::Lifetime);
        }
        Ok((not_before, expires))
    }

    /// `cnf` with nothing but `x5t#S256`: another confirmation would be one that is not verified here (RFC 7800 §3.1).
    fn confirmation(&self) -> Result<Vec<u8>, TokenProblem> {
        let confirmation = self.0.get("cnf").and_then(Value::as_object).filter(|cnf| cnf.len() == 1);
        let thumbprint = confirmation.and_then(|cnf| cnf.get("x5t#S256")).and_then(Value::as_str);
        let bytes = thumbprint.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        bytes.filter(|bytes| bytes.len() == 32).ok_or(TokenProblem::Unbound)
    }

    /// A text of `minimum` to 128 characters.
    fn text(&self, name: &'static str, minimum: usize) -> Result<&str, TokenProblem> {
        let text = self.0.get(name).and_then(Value::as_str).ok_or(TokenProblem::Claim(name))?;
        if (minimum..=128).contains(&text.chars().count()) {
            Ok(text)
        } else {
            Err(TokenProblem::Claim(name))
        }
    }

    /// Whole seconds since 1970, not before it and not after the year 9999.
    fn moment(&self, name: &'static str) -> Result<Timestamp, TokenProblem> {
        let seconds = self.0.get(name).and_then(Value::as_u64).filter(|seconds| *seconds <= LAST_SECOND);
        let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
        seconds.map(|seconds| Timestamp(seconds * 1000)).ok_or(TokenProblem::Claim(name))
    }
}
