//! One question over HTTPS to somebody who was named: bounded in time and size, and never followed elsewhere.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Scheme;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long one question may take, from connecting to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer: a key set with a certificate chain to each key is below it.
const LARGEST: usize = 256 * 1024;

/// Asks over HTTPS.
#[derive(Clone)]
pub struct Https(Arc<ClientConfig>);

/// What was answered, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpsProblem {
    /// Not an address over TLS.
    #[error("the address must be https://host[:port]/path")]
    Url,
    /// Cannot be reached, or has no certificate of the named authorities.
    #[error("cannot be reached: {0}")]
    Unreachable(#[from] io::Error),
    /// HTTP failed.
    #[error("the conversation failed: {0}")]
    Http(#[from] hyper::Error),
    /// No answer in time.
    #[error("no answer in time")]
    Late,
    /// More than anything it could be.
    #[error("the answer is too large")]
    TooLarge,
}

impl Https {
    /// Believes certificates of these authorities (PEM); nothing if there are none.
    pub fn new(authorities: &[u8]) -> Option<Self> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(authorities) {
            roots.add(certificate.ok()?).ok()?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
        let config = config.with_root_certificates(roots.clone()).with_no_client_auth();
        (!roots.is_empty()).then(|| Self(Arc::new(config)))
    }

    /// Gets it.
    pub async fn get(&self, at: &Uri) -> Result<Answer, HttpsProblem> {
        self.ask(at, Method::GET, HeaderMap::new(), String::new()).await
    }

    /// Asks, with these headers and this body.
    pub async fn ask(
        &self,
        at: &Uri,
        method: Method,
        headers: HeaderMap,
        body: String,
    ) -> Result<Answer, HttpsProblem> {
        timeout(PATIENCE, self.conversation(at, method, headers, body))
            .await
            .map_err(|_| HttpsProblem::Late)?
    }

    async fn conversation(
        &self,
        at: &Uri,
        method: Method,
        headers: HeaderMap,
        body: String,
    ) -> Result<Answer, HttpsProblem> {
        let host = at.host().filter(|_| at.scheme() == Some(&Scheme::HTTPS)).ok_or(HttpsProblem::Url)?;
        let bare = host.trim_matches(['[', ']']);
        let name = ServerName::try_from(bare.to_owned()).map_err(|_| HttpsProblem::Url)?;
        let stream = TcpStream::connect((bare, at.port_u16().unwrap_or(443))).await?;
        stream.set_nodelay(true)?;
        let stream = TlsConnector::from(self.0.clone()).connect(name, stream).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.headers_mut() = headers;
        let authority = at.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        let authority = header::HeaderValue::from_str(authority).map_err(|_| HttpsProblem::Url)?;
        request.headers_mut().insert(header::HOST, authority);
        let path = at.path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = path.parse().map_err(|_| HttpsProblem::Url)?;
        let answered = sender.send_request(request).await?;
        let (status, headers) = (answered.status(), answered.headers().clone());
        let body = read_body(answered.into_body(), LARGEST).await?;
        connection.abort();
        Ok(Answer { status, headers, body })
    }
}

/// A whole body, of so many bytes at most.
pub async fn read_body(mut body: Incoming, most: usize) -> Result<Vec<u8>, HttpsProblem> {
    let mut read = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame?.into_data() else { continue };
        if read.len() + data.len() > most {
            return Err(HttpsProblem::TooLarge);
        }
        read.extend_from_slice(&data);
    }
    Ok(read)
}
