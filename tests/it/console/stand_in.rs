//! A provider that says what it is told: it answers for discovery, keys and codes over TLS. What a person does at it, the test does.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sluis::ambient::SystemClock;
use sluis::cli::keys::TokenIssuer;
use sluis::domain::Clock;
use sluis::identity::openid::read_body;
use sluis::identity::{Algorithm, tls};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::browser::{Browser, Page};
use crate::harness::{GATEWAY, Setting};

pub const CLIENT: &str = "sluis console";
pub const SECRET: &str = "geheim: 100% &";

pub struct StandIn {
    pub id: &'static str,
    pub issuer: String,
    organisation: &'static str,
    keys: TokenIssuer,
    codes: Codes,
    /// How often its keys were read.
    pub key_reads: Arc<AtomicUsize>,
}

/// What a code stands for: a token, and the challenge of who may have it.
type Codes = Arc<Mutex<BTreeMap<String, (String, String)>>>;

/// What the console asks of a provider.
pub type Asked = BTreeMap<String, String>;

impl StandIn {
    pub async fn start(setting: &Setting, id: &'static str, organisation: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, setting, id, organisation)
    }

    pub fn on(
        listener: TcpListener,
        setting: &Setting,
        id: &'static str,
        organisation: &'static str,
    ) -> Self {
        let folder = setting.path().join(format!("provider-{id}"));
        let keys = TokenIssuer::create(&folder, Algorithm::Es256).unwrap();
        let set = std::fs::read_to_string(folder.join("issuer.jwks.json")).unwrap();
        let issuer = format!("https://localhost:{}/{id}", listener.local_addr().unwrap().port());
        let read = |name: &str| std::fs::read(setting.path().join(GATEWAY).join(name)).unwrap();
        let acceptor = TlsAcceptor::from(tls::browser_config(&read("cert.pem"), &read("key.pem")).unwrap());
        let (codes, key_reads) = (Codes::default(), Arc::new(AtomicUsize::new(0)));
        let reads = key_reads.clone();
        let (base, known) = (issuer.clone(), codes.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, base, set, known) =
                    (acceptor.clone(), base.clone(), set.clone(), known.clone());
                let reads = reads.clone();
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let answer = service_fn(move |request: Request<Incoming>| {
                        let (base, set, known) = (base.clone(), set.clone(), known.clone());
                        if request.uri().path().ends_with("/keys") {
                            reads.fetch_add(1, Ordering::SeqCst);
                        }
                        async move { Ok::<_, Infallible>(answer(request, &base, &set, &known).await) }
                    });
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        Self { id, issuer, organisation, keys, codes, key_reads }
    }

    /// What the console asks, by the address to which it sends somebody.
    pub fn asked(&self, location: &str) -> Asked {
        let (at, query) = location.split_once('?').unwrap();
        assert_eq!(at, format!("{}/authorize", self.issuer));
        query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(n, v)| (n.to_owned(), plain(v)))
            .collect()
    }

    /// What is usually said of an officer, but for this; `null` leaves a claim out.
    pub fn claims(&self, asked: &Asked, but: &Value) -> Value {
        let now = SystemClock.now().0 / 1_000;
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "officer-1", "nonce": asked["nonce"], "iat": now, "auth_time": now,
            "exp": now + 300, "acr": "substantial", "organisation": self.organisation, "role": "privacy-officer",
            "name": "Testfunctionaris",
        });
        for (name, value) in but.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    /// Somebody goes through the whole sign-in here, of whom it says what is usual, but for this.
    pub async fn lets_in(&self, browser: &mut Browser, but: Value) -> Page {
        let sent = browser.get(&format!("/sign-in/{}?back=/", self.id)).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        let asked = self.asked(sent.header("location").unwrap());
        let token = self.sign(&self.claims(&asked, &but));
        browser.get(&self.grants(&asked, &token)).await
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.keys.sign(claims).unwrap()
    }

    /// A fresh code for this token.
    pub fn code(&self, asked: &Asked, token: &str) -> String {
        let mut codes = self.codes.lock().unwrap();
        let code = format!("{}-{}", asked["state"], codes.len());
        codes.insert(code.clone(), (token.to_owned(), asked["code_challenge"].clone()));
        code
    }

    /// Where it sends somebody back to, with a code for this token.
    pub fn grants(&self, asked: &Asked, token: &str) -> String {
        let code = self.code(asked, token);
        format!("/sign-in/done?code={code}&state={}&iss={}", asked["state"], self.issuer)
    }
}

async fn answer(request: Request<Incoming>, base: &str, set: &str, codes: &Codes) -> Response<String> {
    let path = request.uri().path().to_owned();
    let what = path.rsplit_once('/').unwrap().1;
    let text = match what {
        "openid-configuration" => json!({
            "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": format!("{base}/token"),
            "jwks_uri": format!("{base}/keys"), "end_session_endpoint": format!("{base}/leave"),
            "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": true,
        })
        .to_string(),
        "keys" => set.to_owned(),
        _ => token(request, codes).await.unwrap_or_default(),
    };
    let mut response = Response::new(text);
    if response.body().is_empty() {
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
    }
    response
}

/// A code is for one use, for the console, by who holds the verifier.
async fn token(request: Request<Incoming>, codes: &Codes) -> Option<String> {
    let authorization = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.to_owned();
    let pair = STANDARD.decode(authorization.strip_prefix("Basic ")?).ok()?;
    let (client, secret) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    let body = read_body(request.into_body(), 16_384).await.ok()?;
    let form: Asked = std::str::from_utf8(&body)
        .ok()?
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), plain(value)))
        .collect();
    let (token, challenge) = codes.lock().unwrap().remove(form.get("code")?)?;
    let proven = URL_SAFE_NO_PAD.encode(digest(&SHA256, form.get("code_verifier")?.as_bytes())) == challenge;
    let known =
        plain(client) == CLIENT && plain(secret) == SECRET && form["grant_type"] == "authorization_code";
    (proven && known)
        .then(|| json!({ "access_token": "a", "token_type": "Bearer", "id_token": token }).to_string())
}

pub fn plain(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
        } else {
            byte
        });
    }
    String::from_utf8(bytes).unwrap()
}
