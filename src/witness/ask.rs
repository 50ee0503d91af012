//! Asking a witness to cosign (c2sp.org/tlog-witness, the side of the ledger): any witness, not only ours.
//!
//! An answer counts only if it holds the cosignature of the key that was agreed, on the checkpoint that was sent. Over
//! HTTPS by authorities that were named; over plain HTTP on the loopback only.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::uri::Scheme;
use http::{Method, Request, StatusCode, Uri, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::ledger::cosignature::cosignatures_on;
use crate::ledger::{AddCheckpoint, NoteError, WitnessKey};

/// How long one question may take, from connecting to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer; a cosignature is some two hundred bytes.
const ANSWER_BYTES: usize = 64 * 1024;

/// A witness that can be asked.
#[derive(Clone)]
pub struct WitnessClient {
    name: String,
    key: [WitnessKey; 1],
    host: String,
    port: u16,
    path: String,
    tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
}

/// A cosignature that was got and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// When, in seconds since 1970-01-01 UTC, by the clock of the witness.
    pub at: u64,
    /// The signature line, without its newline.
    pub line: String,
}

/// What a witness says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It cosigned.
    Cosigned(Cosigned),
    /// It cosigned this size before, and not the one that was named.
    Conflict(u64),
    /// The proof does not lead from what it cosigned to what it was sent: it saw another history.
    OtherHistory,
}

/// Why a URL or its authorities cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WitnessUrlProblem {
    /// Not a submission prefix.
    #[error("must be https://host[:port][/path], or http:// on the loopback in development")]
    Url,
    /// No authorities for HTTPS.
    #[error("needs the authorities that may have issued the witness's certificate")]
    NoAuthorities,
}

/// Why there is no answer that counts. It can be tried again.
#[derive(Debug, thiserror::Error)]
pub enum AskProblem {
    /// It cannot be reached, or the connection broke.
    #[error("the witness cannot be reached: {0}")]
    Unreachable(#[from] io::Error),
    /// HTTP failed.
    #[error("the conversation with the witness failed: {0}")]
    Http(#[from] hyper::Error),
    /// No answer in time.
    #[error("the witness did not answer in time")]
    Late,
    /// It does not know this ledger, or does not trust its key.
    #[error("the witness refuses this ledger (HTTP {0}): ask its operator to add the ledger's verifier key")]
    NotConfigured(u16),
    /// Another status.
    #[error("the witness answered with HTTP {0}")]
    Status(u16),
    /// The body is not what the protocol says.
    #[error("the answer of the witness is not of the protocol: {0}")]
    Answer(&'static str),
    /// The cosignature is not of the agreed key.
    #[error("the cosignature does not count: {0}")]
    Cosignature(#[from] NoteError),
}

impl WitnessClient {
    /// The witness of this name and key at this submission prefix. `authorities` (PEM) may have issued its certificate.
    pub fn new(
        name: &str,
        key: WitnessKey,
        url: &str,
        authorities: Option<&[u8]>,
    ) -> Result<Self, WitnessUrlProblem> {
        let uri: Uri = url.parse().map_err(|_| WitnessUrlProblem::Url)?;
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri.host().ok_or(WitnessUrlProblem::Url)?.trim_matches(['[', ']']).to_owned();
        if (!secure && uri.scheme() != Some(&Scheme::HTTP)) || uri.query().is_some() {
            return Err(WitnessUrlProblem::Url);
        }
        let tls = match (secure, authorities) {
            (false, _) if is_loopback(&host) => None,
            (false, _) => return Err(WitnessUrlProblem::Url),
            (true, None) => return Err(WitnessUrlProblem::NoAuthorities),
            (true, Some(pem)) => {
                let name = ServerName::try_from(host.clone()).map_err(|_| WitnessUrlProblem::Url)?;
                Some((client_config(pem).ok_or(WitnessUrlProblem::NoAuthorities)?, name))
            }
        };
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let path = format!("{}/add-checkpoint", uri.path().trim_end_matches('/'));
        Ok(Self { name: name.to_owned(), key: [key], host, port, path, tls })
    }

    /// Its name in policy and log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks it to cosign. Only a conflict, another history and a cosignature that verifies are answers.
    pub async fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Answer, AskProblem> {
        timeout(PATIENCE, self.ask(request)).await.map_err(|_| AskProblem::Late)?
    }

    async fn ask(&self, request: &AddCheckpoint) -> Result<Answer, AskProblem> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        let (status, body) = match &self.tls {
            None => self.post(stream, request.to_text()).await?,
            Some((config, name)) => {
                let stream = TlsConnector::from(config.clone()).connect(name.clone(), stream).await?;
                self.post(stream, request.to_text()).await?
            }
        };
        match status {
            StatusCode::OK => {
                let found = cosignatures_on(&request.checkpoint, &body, &self.key)?;
                let found = found.first().ok_or(AskProblem::Answer("no cosignature of its key is in it"))?;
                Ok(Answer::Cosigned(Cosigned { at: found.at, line: found.line.clone() }))
            }
            StatusCode::CONFLICT => {
                let size = body.strip_suffix('\n').and_then(|size| size.parse().ok());
                size.map(Answer::Conflict).ok_or(AskProblem::Answer("a conflict without a size"))
            }
            StatusCode::UNPROCESSABLE_ENTITY => Ok(Answer::OtherHistory),
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Err(AskProblem::NotConfigured(status.as_u16())),
            other => Err(AskProblem::Status(other.as_u16())),
        }
    }

    async fn post<S>(&self, stream: S, body: String) -> Result<(StatusCode, String), AskProblem>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.path)
            .header(header::HOST, format!("{}:{}", self.host, self.port))
            .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(Body::from(body))
            .map_err(|_| AskProblem::Answer("the path of its URL cannot be used"))?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = to_bytes(Body::new(response.into_body()), ANSWER_BYTES)
            .await
            .map_err(|_| AskProblem::Answer("it is too large, or broke off"))?;
        connection.abort();
        let body = String::from_utf8(body.into()).map_err(|_| AskProblem::Answer("it is not text"))?;
        Ok((status, body))
    }
}

/// Whether a host can only be this machine: a name is not asked, it may come to mean something else.
fn is_loopback(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn client_config(authorities: &[u8]) -> Option<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authorities) {
        roots.add(certificate.ok()?).ok()?;
    }
    if roots.is_empty() {
        return None;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::CosigningKey;

    fn client(url: &str, authorities: Option<&[u8]>) -> Result<WitnessClient, WitnessUrlProblem> {
        let key = CosigningKey::from_seed("witness.example/w1", &[3; 32]).unwrap().verifier().clone();
        WitnessClient::new("w1", key, url, authorities)
    }

    #[test]
    fn plain_http_is_for_the_loopback_only_and_https_needs_authorities() {
        use WitnessUrlProblem::{NoAuthorities, Url};
        for (url, expected) in [
            ("http://127.0.0.1:7380", None),
            ("http://[::1]:7380/w1/", None),
            ("http://localhost:7380", Some(Url)),
            ("http://witness.example", Some(Url)),
            ("ftp://127.0.0.1", Some(Url)),
            ("127.0.0.1:7380", Some(Url)),
            ("http://127.0.0.1/?w=1", Some(Url)),
            ("", Some(Url)),
            ("https://witness.example", Some(NoAuthorities)),
        ] {
            assert_eq!(client(url, None).err(), expected, "{url}");
        }
        assert_eq!(client("https://witness.example", Some(b"no PEM")).err(), Some(NoAuthorities));
        assert_eq!(client("http://127.0.0.1:7380/w1/", None).unwrap().path, "/w1/add-checkpoint");
    }
}
