//! What an ID token must claim before anybody is signed in by it (OpenID Connect Core 1.0 §3.1.3.7), read as strictly as any token.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde_json::{Map, Value};

use super::config::ProviderConfig;
use super::problem::OpenIdProblem;
use crate::domain::{AuthenticationLevel, OrganisationId, RequesterRef, Role, Timestamp};
use crate::identity::{PseudonymKey, TokenProblem};

/// 9999-12-31T23:59:59Z in seconds.
const LAST_SECOND: u64 = 253_402_300_799;
/// How far the provider's clock may run ahead, in milliseconds.
const LEEWAY: i64 = 30_000;
/// The most roles that are looked at.
const ROLES: usize = 1_000;
/// The longest name that is shown, in characters.
const SHOWN: usize = 80;

/// Who signed in, once everything is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The officer, under a pseudonym: the same as with a token of the same subject.
    pub requester: RequesterRef,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// In which roles; what is no role's name is left out.
    pub roles: Vec<Role>,
    /// How sure it is.
    pub level: AuthenticationLevel,
    /// How they are called: it may say anything.
    pub shown: String,
}

/// What the token of one sign-in must fit.
pub(super) struct Expected<'a> {
    pub(super) config: &'a ProviderConfig,
    pub(super) nonce: &'a str,
    /// How long ago they may have proven who they are, in seconds.
    pub(super) max_age: u64,
    pub(super) now: Timestamp,
}

impl Expected<'_> {
    /// Judges the claims; the signature must have been verified.
    pub(super) fn judge(
        &self,
        claims: &Map<String, Value>,
        pseudonyms: &PseudonymKey,
    ) -> Result<SignedIn, OpenIdProblem> {
        let Self { config, nonce, now, .. } = *self;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(&config.issuer) {
            return Err(TokenProblem::Issuer.into());
        }
        // Exactly this console: a token that others may use as well could have been got by them.
        let audience = match claims.get("aud") {
            Some(Value::Array(several)) if several.len() == 1 => several.first().and_then(Value::as_str),
            other => other.and_then(Value::as_str),
        };
        let own = Some(config.client_id.as_str());
        if audience != own || claims.get("azp").is_some_and(|party| party.as_str() != own) {
            return Err(TokenProblem::Audience.into());
        }
        if moment(claims, "exp")? <= now {
            return Err(TokenProblem::Expired.into());
        }
        if moment(claims, "iat")? > now.plus(LEEWAY) {
            return Err(TokenProblem::NotYetValid.into());
        }
        let sent = text("nonce").unwrap_or_default();
        verify_slices_are_equal(sent.as_bytes(), nonce.as_bytes()).map_err(|_| OpenIdProblem::Nonce)?;
        let proven = moment(claims, "auth_time").map_err(|_| OpenIdProblem::LongAgo)?;
        let longest = i64::try_from(self.max_age).unwrap_or(i64::MAX).saturating_mul(1_000);
        if proven > now.plus(LEEWAY) || proven.plus(longest).plus(LEEWAY) < now {
            return Err(OpenIdProblem::LongAgo);
        }
        self.organisation(text(&config.organisation_claim))?;
        let level = text("acr").and_then(|acr| config.levels.get(acr)).ok_or(OpenIdProblem::Level)?;
        let subject = text("sub").filter(|sub| (1..=255).contains(&sub.chars().count()));
        let subject = subject.ok_or(TokenProblem::Claim("sub"))?;
        Ok(SignedIn {
            requester: pseudonyms.requester(&config.organisation, subject),
            organisation: config.organisation.clone(),
            roles: roles(claims.get(&config.role_claim))?,
            level: *level,
            shown: shown(text(&config.name_claim).unwrap_or_default()),
        })
    }

    /// A provider speaks for its own organisation only.
    fn organisation(&self, said: Option<&str>) -> Result<(), TokenProblem> {
        let silent = self.config.organisation_claim.is_empty();
        if silent || said == Some(self.config.organisation.as_str()) {
            Ok(())
        } else {
            Err(TokenProblem::Organisation)
        }
    }
}

/// One role, or several. A directory may name groups that are no roles; those are passed over.
fn roles(said: Option<&Value>) -> Result<Vec<Role>, TokenProblem> {
    let several = match said {
        Some(Value::Array(several)) if several.len() <= ROLES => several.as_slice(),
        Some(one @ Value::String(_)) => std::slice::from_ref(one),
        _ => return Err(TokenProblem::Claim("role")),
    };
    let names: Option<Vec<&str>> = several.iter().map(Value::as_str).collect();
    let names = names.ok_or(TokenProblem::Claim("role"))?;
    Ok(names.into_iter().filter_map(|name| Role::parse(name).ok()).collect())
}

/// Without what a terminal or a page could take for more than a name.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(SHOWN).collect::<String>().trim().to_owned()
}

/// Whole seconds since 1970, not before it and not after the year 9999.
fn moment(claims: &Map<String, Value>, name: &'static str) -> Result<Timestamp, TokenProblem> {
    let seconds = claims.get(name).and_then(Value::as_u64).filter(|seconds| *seconds <= LAST_SECOND);
    let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
    seconds.map(|seconds| Timestamp(seconds * 1000)).ok_or(TokenProblem::Claim(name))
}

#[cfg(test)]
mod tests;
