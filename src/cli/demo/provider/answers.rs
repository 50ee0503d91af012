//! What the providers of the demonstration answer: OpenID Connect Core 1.0, code flow with PKCE, and no more than that.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use serde_json::json;

use super::accounts::{self, Account};
use super::form::{Form, encoded, plain};
use super::{page, random};
use crate::ambient::SystemClock;
use crate::cli::keys::TokenIssuer;
use crate::domain::{Clock, OrganisationId};
use crate::identity::openid::read_body;

/// The one client.
pub const CLIENT: &str = "sluis-console";
/// The largest form.
const FORM: usize = 16 * 1024;
/// Questions and codes that are remembered; then all are forgotten.
const MOST: usize = 1_000;

type Keys = (&'static str, OrganisationId, TokenIssuer, String);

/// What they know.
pub struct Answers {
    pub base: String,
    pub redirect: String,
    pub secret: String,
    pub password: String,
    pub keys: Vec<Keys>,
    pub memory: Mutex<Memory>,
}

/// What was asked, and what may be fetched with a code: each once.
#[derive(Default)]
pub struct Memory {
    questions: HashMap<String, Question>,
    codes: HashMap<String, (Question, &'static Account)>,
}

#[derive(Clone)]
struct Question {
    party: &'static str,
    state: String,
    nonce: String,
    challenge: String,
}

impl Answers {
    /// Answers one request.
    pub async fn answer(&self, request: Request<Incoming>) -> Response<String> {
        let path = request.uri().path().to_owned();
        let (party, what) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
        let Some(keys) = self.keys.iter().find(|(name, ..)| *name == party) else { return none() };
        let query = Form::read(request.uri().query().unwrap_or_default());
        match (request.method(), what) {
            (&Method::GET, ".well-known/openid-configuration") => said(&self.about(party)),
            (&Method::GET, "keys") => with("application/json", keys.3.clone()),
            (&Method::GET, "authorize") => self.ask(keys.0, &query),
            (&Method::POST, "sign-in") => match form(request).await {
                Some((_, form)) => self.sign_in(party, &form),
                None => none(),
            },
            (&Method::POST, "token") => match form(request).await {
                Some((authorization, form)) => self.token(keys, &authorization, &form),
                None => none(),
            },
            _ => none(),
        }
    }

    fn about(&self, party: &str) -> serde_json::Value {
        let at = |what: &str| format!("{}/{party}/{what}", self.base);
        json!({
            "issuer": format!("{}/{party}", self.base),
            "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "jwks_uri": at("keys"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"], "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    /// Shows the page on which one signs in, to whom the console sent.
    fn ask(&self, party: &'static str, query: &Form) -> Response<String> {
        let known = query.get("client_id") == CLIENT && query.get("redirect_uri") == self.redirect;
        let proven = query.get("code_challenge_method") == "S256" && query.get("code_challenge").len() == 43;
        if !known || !proven || query.get("response_type") != "code" {
            return refused();
        }
        let taken = |name: &str| query.get(name).to_owned();
        let question = Question {
            party,
            state: taken("state"),
            nonce: taken("nonce"),
            challenge: taken("code_challenge"),
        };
        let id = random::<32>();
        self.memory().questions.insert(id.clone(), question);
        with("text/html; charset=utf-8", page::sign_in(party, &id, false))
    }

    /// Back to the console with a code.
    fn sign_in(&self, party: &str, form: &Form) -> Response<String> {
        let id = form.get("question");
        let given =
            verify_slices_are_equal(form.get("password").as_bytes(), self.password.as_bytes()).is_ok();
        let account = accounts::find(party, form.get("login")).filter(|_| given);
        let Some(account) = account else {
            let known = self.memory().questions.contains_key(id);
            return if known {
                with("text/html; charset=utf-8", page::sign_in(party, id, true))
            } else {
                refused()
            };
        };
        let mut memory = self.memory();
        let question = memory.questions.remove(id).filter(|question| question.party == party);
        let Some(question) = question else { return refused() };
        let code = random::<32>();
        let (state, issuer) = (encoded(&question.state), encoded(&format!("{}/{party}", self.base)));
        let back = format!("{}?code={code}&state={state}&iss={issuer}", self.redirect);
        memory.codes.insert(code, (question, account));
        let mut response = Response::new(String::new());
        *response.status_mut() = StatusCode::SEE_OTHER;
        if let Ok(back) = HeaderValue::from_str(&back) {
            response.headers_mut().insert(header::LOCATION, back);
        }
        response
    }

    /// The ID token of a code.
    fn token(&self, keys: &Keys, authorization: &str, form: &Form) -> Response<String> {
        let (party, organisation, issuer, _) = keys;
        let client = format!("{CLIENT}:{}", self.secret);
        let basic = authorization.strip_prefix("Basic ").and_then(|basic| STANDARD.decode(basic).ok());
        let basic = basic.and_then(|basic| String::from_utf8(basic).ok()).map(|basic| plain(&basic));
        let known =
            basic.is_some_and(|basic| verify_slices_are_equal(basic.as_bytes(), client.as_bytes()).is_ok());
        let found =
            self.memory().codes.remove(form.get("code")).filter(|(question, _)| question.party == *party);
        let Some((question, account)) = found.filter(|_| known) else { return refused() };
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form.get("code_verifier").as_bytes()));
        if challenge != question.challenge || form.get("redirect_uri") != self.redirect {
            return refused();
        }
        let now = SystemClock.now().0.div_euclid(1_000);
        let claims = json!({
            "iss": format!("{}/{party}", self.base), "aud": CLIENT, "sub": account.subject, "nonce": question.nonce,
            "iat": now, "auth_time": now, "exp": now + 300, "acr": account.level.as_str(), "name": account.shown,
            "role": account.role, "organisation": organisation,
        });
        match issuer.sign(&claims) {
            Ok(token) => {
                said(&json!({ "token_type": "Bearer", "access_token": random::<32>(), "id_token": token }))
            }
            Err(_) => refused(),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.questions.len() + memory.codes.len() > MOST {
            *memory = Memory::default();
        }
        memory
    }
}

/// The `authorization` and the form of a request.
async fn form(request: Request<Incoming>) -> Option<(String, Form)> {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let authorization = authorization.unwrap_or_default().to_owned();
    let body = read_body(request.into_body(), FORM).await.ok()?;
    Some((authorization, Form::read(std::str::from_utf8(&body).ok()?)))
}

fn with(kind: &'static str, body: String) -> Response<String> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn said(body: &serde_json::Value) -> Response<String> {
    with("application/json", body.to_string())
}

fn refused() -> Response<String> {
    let mut response = said(&json!({ "error": "invalid_request" }));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

fn none() -> Response<String> {
    let mut response = refused();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
