//! Where officers of the demonstration sign in: an OpenID provider for each party with accounts, on one loopback port.
//!
//! For development only, and it cannot be anything else: it is made of the demonstration's own folder, whose certificates every gateway
//! in production refuses; it listens on the loopback; and it knows one client, the demonstration's console.

pub mod accounts;
mod answers;
mod form;
mod page;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::problem::DemoProblem;
use super::setting::Setting;
use crate::ambient::SystemRandomness;
use crate::cli::keys::{TokenIssuer, file};
use crate::domain::Randomness;
use crate::identity::{Algorithm, tls};

use answers::Answers;
pub use answers::CLIENT;

/// Connections at a time.
const CONNECTIONS: usize = 64;
/// How long a handshake or the head of a request may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// When a connection is ended.
const LIFETIME: Duration = Duration::from_mins(5);

/// The running providers; they stop when this is dropped.
pub struct Providers {
    /// Where they listen.
    pub address: SocketAddr,
    /// What is filled in for every account, this time.
    pub password: String,
    _stop: oneshot::Sender<()>,
}

impl Providers {
    /// Starts them, for the console at this address; its secret goes into its file.
    pub async fn start(setting: &Setting, console: &str) -> Result<Self, DemoProblem> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(DemoProblem::Port)?;
        let address = listener.local_addr().map_err(DemoProblem::Port)?;
        let (secret, password) = (random::<24>(), random::<8>());
        file::write_private(&setting.path("gateway"), "console.secret", &secret)?;
        let mut keys = Vec::new();
        for party in accounts::PARTIES {
            let folder = setting.path("gateway").join("providers").join(party);
            let issuer = TokenIssuer::create(&folder, Algorithm::Es256)?;
            let organisation = setting.party(party)?.id.clone();
            keys.push((party, organisation, issuer, file::read(&folder.join("issuer.jwks.json"))?));
        }
        let answers = Arc::new(Answers {
            base: base(address),
            redirect: format!("{console}/sign-in/done"),
            secret,
            password: password.clone(),
            keys,
            memory: std::sync::Mutex::default(),
        });
        let read = |name| file::read(&setting.path(name)).map(String::into_bytes);
        let tls = tls::browser_config(&read("gateway/cert.pem")?, &read("gateway/key.pem")?)?;
        let (stop, mut stopped) = oneshot::channel();
        tokio::spawn(async move {
            let places = Arc::new(Semaphore::new(CONNECTIONS));
            loop {
                let accepted = tokio::select! {
                    _ = &mut stopped => break,
                    accepted = listener.accept() => accepted,
                };
                let (Ok((stream, _)), Ok(place)) = (accepted, places.clone().acquire_owned().await) else {
                    continue;
                };
                let (acceptor, answers) = (TlsAcceptor::from(tls.clone()), answers.clone());
                tokio::spawn(async move {
                    let _ = timeout(LIFETIME, serve(stream, acceptor, answers)).await;
                    drop(place);
                });
            }
        });
        Ok(Self { address, password, _stop: stop })
    }
}

/// The issuer of a party is below this.
pub fn base(address: SocketAddr) -> String {
    format!("https://localhost:{}", address.port())
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, answers: Arc<Answers>) {
    let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(stream)).await else { return };
    let answer = service_fn(move |request: http::Request<Incoming>| {
        let answers = answers.clone();
        async move { Ok::<_, Infallible>(answers.answer(request).await) }
    });
    // A browser that goes away is no news.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

/// So many random bytes, in letters that are told apart when read aloud.
fn random<const BYTES: usize>() -> String {
    const LETTERS: &[u8; 16] = b"bcdfghjkmnpqrstv";
    let mut bytes = [0; BYTES];
    SystemRandomness.fill(&mut bytes);
    bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 16)))
        .map(|letter| char::from(*letter))
        .collect()
}
