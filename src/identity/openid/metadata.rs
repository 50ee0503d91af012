//! What a provider says about itself (OpenID Connect Discovery 1.0; RFC 8414).

use http::Uri;
use http::uri::Scheme;
use serde_json::{Map, Value};

use super::problem::OpenIdProblem;
use crate::identity::strict_json;

/// The part of it that is used.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) authorization: Uri,
    pub(super) token: Uri,
    pub(super) keys: Uri,
    /// Where one signs out there (OpenID Connect RP-Initiated Logout 1.0).
    pub(super) end_session: Option<Uri>,
    /// Whether every answer says who gave it (RFC 9207).
    pub(super) names_itself: bool,
    /// Whether it can be asked for claims by name.
    pub(super) takes_claims: bool,
}

/// Where the discovery document of an issuer is.
pub(super) fn address_of(issuer: &str) -> Option<Uri> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    address.parse().ok().filter(|at: &Uri| at.scheme() == Some(&Scheme::HTTPS) && at.query().is_none())
}

impl Metadata {
    /// Of exactly this issuer, with all that a sign-in needs.
    pub(super) fn parse(bytes: &[u8], issuer: &str) -> Result<Self, OpenIdProblem> {
        let problem = OpenIdProblem::Metadata;
        let said =
            strict_json::object(bytes).ok_or(problem("it must be a JSON object without duplicate names"))?;
        if said.get("issuer").and_then(Value::as_str) != Some(issuer) {
            return Err(problem("its `issuer` must be exactly console.provider.issuer"));
        }
        let needed = |name, why| endpoint(&said, name).ok_or(problem(why));
        if !lists(&said, "code_challenge_methods_supported", "S256") {
            return Err(problem("PKCE with S256 must be supported"));
        }
        if !lists(&said, "token_endpoint_auth_methods_supported", "client_secret_basic") {
            return Err(problem("client_secret_basic must be supported at the token endpoint"));
        }
        let yes = |name: &str| said.get(name) == Some(&Value::Bool(true));
        Ok(Self {
            authorization: needed("authorization_endpoint", "`authorization_endpoint` must be an https URL")?,
            token: needed("token_endpoint", "`token_endpoint` must be an https URL")?,
            keys: needed("jwks_uri", "`jwks_uri` must be an https URL")?,
            end_session: endpoint(&said, "end_session_endpoint"),
            names_itself: yes("authorization_response_iss_parameter_supported"),
            takes_claims: yes("claims_parameter_supported"),
        })
    }
}

fn endpoint(said: &Map<String, Value>, name: &str) -> Option<Uri> {
    let at: Uri = said.get(name)?.as_str()?.parse().ok()?;
    (at.scheme() == Some(&Scheme::HTTPS) && at.host().is_some()).then_some(at)
}

/// Whether it is in the list. Where there is no list, what everybody must have is supposed.
fn lists(said: &Map<String, Value>, name: &str, item: &str) -> bool {
    said.get(name).is_none_or(|list| list.as_array().is_some_and(|list| list.iter().any(|one| one == item)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ISSUER: &str = "https://login.example/care";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://login.example/authorize",
            "token_endpoint": "https://login.example/token",
            "jwks_uri": "https://login.example/keys",
            "code_challenge_methods_supported": ["plain", "S256"],
        })
    }

    #[test]
    fn a_provider_that_is_another_or_cannot_be_used_safely_is_named_with_what_is_wrong() {
        assert!(Metadata::parse(document().to_string().as_bytes(), ISSUER).is_ok());
        for (name, value, words) in [
            ("issuer", json!("https://login.example"), "issuer"),
            ("issuer", json!("https://login.example/care/"), "issuer"),
            ("issuer", Value::Null, "issuer"),
            ("authorization_endpoint", json!("http://login.example/authorize"), "authorization_endpoint"),
            ("token_endpoint", json!("http://login.example/token"), "token_endpoint"),
            ("token_endpoint", json!("/token"), "token_endpoint"),
            ("jwks_uri", json!(1), "jwks_uri"),
            ("code_challenge_methods_supported", json!(["plain"]), "S256"),
            ("code_challenge_methods_supported", json!("S256"), "S256"),
            ("token_endpoint_auth_methods_supported", json!(["client_secret_post"]), "client_secret_basic"),
        ] {
            let mut document = document();
            document[name] = value;
            let problem = Metadata::parse(document.to_string().as_bytes(), ISSUER).unwrap_err();
            assert!(problem.to_string().contains(words), "{name}: {problem}");
        }
        assert!(Metadata::parse(b"[]", ISSUER).is_err());
    }

    #[test]
    fn a_discovery_document_is_below_its_issuer_and_over_tls() {
        let at = |issuer| address_of(issuer).map(|at| at.to_string());
        let below = "https://login.example/care/.well-known/openid-configuration";
        assert_eq!(at(ISSUER).as_deref(), Some(below));
        assert_eq!(at("https://login.example/care/").as_deref(), Some(below));
        for none in ["http://login.example", "login.example", "", "https://login.example/?a=b"] {
            assert_eq!(at(none), None, "{none}");
        }
    }
}
