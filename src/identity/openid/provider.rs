//! A provider: where to send an officer, and who came back.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use zeroize::Zeroizing;

use super::config::ProviderConfig;
use super::https::Https;
use super::id_token::{Expected, SignedIn};
use super::known::Known;
use super::metadata::Metadata;
use super::problem::OpenIdProblem;
use crate::domain::{AuthenticationLevel, OrganisationId, Timestamp};
use crate::identity::token::UnverifiedToken;
use crate::identity::{PseudonymKey, TokenProblem, strict_json};

/// What belongs to one sign-in, and to no other.
#[derive(Debug, Clone)]
pub struct Begun {
    /// What comes back with the answer (RFC 6749 §10.12).
    pub state: String,
    /// What comes back inside the ID token.
    pub nonce: String,
    /// What proves that who began also ends it (RFC 7636).
    pub verifier: String,
}

/// A provider that officers sign in at.
pub struct Provider {
    config: ProviderConfig,
    /// For the token endpoint.
    authorization: HeaderValue,
    https: Https,
    known: Known,
}

impl Provider {
    /// A provider as configured, with the secret of the console's registration there; nothing if that cannot be sent.
    pub fn new(config: ProviderConfig, secret: &Zeroizing<String>, https: Https) -> Option<Self> {
        // RFC 6749 §2.3.1: both are form-encoded first.
        let pair = Zeroizing::new(format!("{}:{}", form(&config.client_id), form(secret)));
        let basic = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        let mut authorization = HeaderValue::from_str(&basic).ok()?;
        authorization.set_sensitive(true);
        let known = Known::of(&config.issuer, https.clone())?;
        Some(Self { config, authorization, https, known })
    }

    /// Its name in addresses.
    pub fn id(&self) -> &str {
        &self.config.id
    }

    /// For whom it speaks.
    pub fn organisation(&self) -> &OrganisationId {
        &self.config.organisation
    }

    /// Where to send an officer. `anew`: whoever is signed in there proves again who they are.
    pub async fn address(
        &self,
        begun: &Begun,
        redirect: &str,
        (minimum, max_age): (AuthenticationLevel, u64),
        anew: bool,
        now: Timestamp,
    ) -> Result<String, OpenIdProblem> {
        let metadata = self.known.metadata(now).await?;
        let challenge = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, begun.verifier.as_bytes());
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        let (scope, max_age) = (self.config.scopes.join(" "), max_age.to_string());
        let levels = self.config.sure_enough(minimum).join(" ");
        let mut asked = vec![
            ("response_type", "code"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", redirect),
            ("scope", &scope),
            ("state", &begun.state),
            ("nonce", &begun.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("max_age", &max_age),
            ("acr_values", &levels),
        ];
        let claims = self.claims();
        if metadata.takes_claims {
            asked.push(("claims", &claims));
        }
        if anew {
            asked.push(("prompt", "login"));
        }
        let query: Vec<String> =
            asked.into_iter().map(|(name, value)| format!("{name}={}", form(value))).collect();
        let at = metadata.authorization.to_string();
        let mark = if at.contains('?') { '&' } else { '?' };
        Ok(format!("{at}{mark}{}", query.join("&")))
    }

    /// Who came back: exchanges the code and judges the ID token. `issuer` is the answer's `iss`, if it has one.
    pub async fn signed_in(
        &self,
        begun: &Begun,
        (code, issuer): (&str, Option<&str>),
        (redirect, max_age): (&str, u64),
        pseudonyms: &PseudonymKey,
        now: Timestamp,
    ) -> Result<SignedIn, OpenIdProblem> {
        let metadata = self.known.metadata(now).await?;
        if issuer.map_or(metadata.names_itself, |issuer| issuer != self.config.issuer) {
            return Err(OpenIdProblem::MixedUp);
        }
        let token = self.exchange(&metadata, begun, code, redirect).await?;
        let unverified = UnverifiedToken::read_id_token(&token)?;
        if !self.config.algorithms.contains(&unverified.algorithm) {
            return Err(TokenProblem::Algorithm.into());
        }
        let keys = self.known.keys(&metadata, &unverified.kid, now).await?;
        let key = keys.find(&unverified.kid).ok_or(TokenProblem::KeyUnknown)?;
        if !key.fits(unverified.algorithm) {
            return Err(TokenProblem::Algorithm.into());
        }
        if !key.verifies(unverified.algorithm, unverified.message.as_bytes(), unverified.signature) {
            return Err(TokenProblem::Signature.into());
        }
        let expected = Expected { config: &self.config, nonce: &begun.nonce, max_age, now };
        expected.judge(&unverified.claims, pseudonyms)
    }

    /// Where one signs out there as well and comes back to `afterwards`, if it says so. It names nobody: an ID token has no place in an
    /// address.
    pub async fn sign_out(&self, afterwards: &str, now: Timestamp) -> Option<String> {
        let metadata = self.known.metadata(now).await.ok()?;
        let at = metadata.end_session.as_ref()?.to_string();
        let mark = if at.contains('?') { '&' } else { '?' };
        let (client, afterwards) = (form(&self.config.client_id), form(afterwards));
        Some(format!("{at}{mark}client_id={client}&post_logout_redirect_uri={afterwards}"))
    }

    /// Asks for the claims by name: some providers put into an ID token only what was asked for (Core §5.5).
    fn claims(&self) -> String {
        let config = &self.config;
        let names = [&config.role_claim, &config.organisation_claim, &config.name_claim];
        let named = names.into_iter().filter(|name| !name.is_empty());
        let wanted = named.map(|name| (name.clone(), serde_json::Value::Null));
        serde_json::json!({ "id_token": wanted.collect::<serde_json::Map<_, _>>() }).to_string()
    }

    async fn exchange(
        &self,
        metadata: &Metadata,
        begun: &Begun,
        code: &str,
        redirect: &str,
    ) -> Result<Zeroizing<String>, OpenIdProblem> {
        let body = format!(
            "grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
            form(code),
            form(redirect),
            form(&begun.verifier)
        );
        let headers: HeaderMap = [
            (header::AUTHORIZATION, self.authorization.clone()),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
            (header::ACCEPT, HeaderValue::from_static("application/json")),
        ]
        .into_iter()
        .collect();
        let answer = self.https.ask(&metadata.token, Method::POST, headers, body).await?;
        match answer.status {
            StatusCode::OK => {}
            status if status.is_client_error() => return Err(OpenIdProblem::Code(status.as_u16())),
            status => return Err(OpenIdProblem::Status(status.as_u16())),
        }
        let said = strict_json::object(&answer.body).ok_or(OpenIdProblem::NoToken)?;
        let token = said.get("id_token").and_then(serde_json::Value::as_str);
        token.map(|token| Zeroizing::new(token.to_owned())).ok_or(OpenIdProblem::NoToken)
    }
}

/// As a value of a form or of a query: what is not a letter, a digit, `-`, `.` or `_` is written as its bytes.
fn form(text: &str) -> String {
    let mut written = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            written.push(char::from(byte));
        } else {
            written.push('%');
            written
                .extend([byte >> 4, byte & 15].map(|digit| {
                    char::from_digit(digit.into(), 16).unwrap_or_default().to_ascii_uppercase()
                }));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_into_an_address_cannot_end_its_value() {
        assert_eq!(form("a b&c=d/é~"), "a%20b%26c%3Dd%2F%C3%A9%7E");
        assert_eq!(form("console-1.test_2"), "console-1.test_2");
    }
}
