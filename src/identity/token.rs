//! A professional's token: a JWS in compact form (RFC 7515), read by the strictest rules of RFC 8725.
//!
//! Reading is not believing: `UnverifiedToken` only takes the text apart. Keys come from the issuer's own key set,
//! never from the token: its header may hold nothing but `alg`, `typ`, `kid` and the thumbprints `x5t`, `x5t#S256`,
//! so no `jwk`, `jku`, `x5u`, `x5c`, `crit`, `zip` or `b64`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::key_set::Algorithm;
use super::strict_json;
use super::token_problem::TokenProblem;
use crate::domain::{AuthenticationLevel, Hat, RequesterRef, Timestamp};

const MAXIMUM_BYTES: usize = 8 * 1024;
const HEADER_NAMES: [&str; 5] = ["alg", "typ", "kid", "x5t", "x5t#S256"];

/// What is known of the professional, once everything is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    /// The professional, under a pseudonym.
    pub subject: RequesterRef,
    /// For which organisation and in which role.
    pub hat: Hat,
    /// How sure it is.
    pub level: AuthenticationLevel,
    /// The certificate it was issued for: no other may use it.
    pub thumbprint: [u8; 32],
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid (exclusive).
    pub expires: Timestamp,
}

/// The token in the value of an `authorization` metadata entry (RFC 6750 §2.1).
pub fn bearer(authorization: Option<&str>) -> Result<&str, TokenProblem> {
    let (scheme, token) =
        authorization.and_then(|value| value.split_once(' ')).ok_or(TokenProblem::Missing)?;
    let token = token.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(TokenProblem::Missing)
    }
}

/// A token taken apart. Nothing in it is to be believed before its signature is verified.
pub(super) struct UnverifiedToken<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: String,
    pub(super) message: &'a str,
    pub(super) signature: &'a str,
    pub(super) claims: Map<String, Value>,
}

impl<'a> UnverifiedToken<'a> {
    /// A token that says of what kind it is.
    pub(super) fn read(token: &'a str) -> Result<Self, TokenProblem> {
        let is = |typ: &str, kind| typ.eq_ignore_ascii_case(kind);
        let typed = |typ: Option<&str>| typ.is_some_and(|typ| is(typ, "JWT") || is(typ, "at+jwt"));
        Self::typed(token, typed, "its header's `typ` must be JWT or at+jwt")
    }

    /// An ID token: it need not say of what kind it is (OpenID Connect Core 1.0 §2), but must not say that it is another.
    pub(super) fn read_id_token(token: &'a str) -> Result<Self, TokenProblem> {
        let typed = |typ: Option<&str>| typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
        Self::typed(token, typed, "its header's `typ` must be JWT, or not there")
    }

    fn typed(
        token: &'a str,
        typed: impl Fn(Option<&str>) -> bool,
        remedy: &'static str,
    ) -> Result<Self, TokenProblem> {
        if token.is_empty() {
            return Err(TokenProblem::Missing);
        }
        if token.len() > MAXIMUM_BYTES {
            return Err(TokenProblem::Malformed("it may be 8 KiB at most"));
        }
        let parts = TokenProblem::Malformed("it must have three parts, parted by full stops");
        let (message, signature) = token.rsplit_once('.').ok_or(parts)?;
        let (header, claims) = message.split_once('.').ok_or(parts)?;
        if claims.contains('.') {
            return Err(parts);
        }
        let header = object(header)?;
        let claims = object(claims)?;
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        if !header.keys().all(|name| HEADER_NAMES.contains(&name.as_str())) {
            return Err(TokenProblem::Malformed("its header may hold only alg, typ, kid, x5t and x5t#S256"));
        }
        let algorithm = text("alg").and_then(Algorithm::parse).ok_or(TokenProblem::Algorithm)?;
        if !typed(text("typ")) || (header.contains_key("typ") && text("typ").is_none()) {
            return Err(TokenProblem::Malformed(remedy));
        }
        let kid = text("kid").ok_or(TokenProblem::KeyUnknown)?.to_owned();
        Ok(Self { algorithm, kid, message, signature, claims })
    }
}

fn object(part: &str) -> Result<Map<String, Value>, TokenProblem> {
    let decoded = URL_SAFE_NO_PAD.decode(part).ok();
    decoded.and_then(|json| strict_json::object(&json)).ok_or(TokenProblem::Malformed(
        "header and claims must be base64url (no padding) of a JSON object in which no name occurs twice",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_as_eidas_orders_them() {
        assert!(AuthenticationLevel::Low < AuthenticationLevel::Substantial);
        assert!(AuthenticationLevel::Substantial < AuthenticationLevel::High);
        assert_eq!(AuthenticationLevel::parse("Substantial"), None);
        assert_eq!(AuthenticationLevel::parse("high"), Some(AuthenticationLevel::High));
    }

    #[test]
    fn a_token_comes_as_a_bearer_or_is_missing() {
        assert_eq!(bearer(Some("Bearer a.b.c")), Ok("a.b.c"));
        assert_eq!(bearer(Some("bearer  a.b.c")), Ok("a.b.c"));
        for missing in [None, Some(""), Some("Bearer"), Some("Bearer "), Some("Basic YTpi"), Some("a.b.c")] {
            assert_eq!(bearer(missing), Err(TokenProblem::Missing), "{missing:?}");
        }
    }
}
