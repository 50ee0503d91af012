//! The console's port: TLS without client certificates, HTTP/1.1, for browsers.
//!
//! What is always true here: who does not finish a handshake or the head of a request goes; no address has more than its share of
//! connections; a connection has an end; a new certificate counts from the next handshake on.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt as _;

use super::share::{Shares, network};
use super::{Rates, ServerError};
use crate::ambient::SystemClock;
use crate::config::{ConsoleConfig, Settings};
use crate::console::{From, Lifetime, Parts, router};
use crate::domain::Clock;
use crate::gateway::Gateway;
use crate::identity::PseudonymKey;
use crate::ledger::VerifierKey;

/// How long the listener rests when the system cannot accept.
const REST: Duration = Duration::from_millis(50);
/// How long pages may go on when a connection, or the gateway, ends.
const GRACE: Duration = Duration::from_secs(10);
/// The most bytes of a request's head.
const HEAD: usize = 32 * 1024;
/// Style sheets that an address may ask for with each page: a browser that kept none asks for three.
const LOOKS: u32 = 10;

/// What the rest of the gateway lends the console.
pub(super) struct Lent {
    gateway: Arc<Gateway>,
    clock: Arc<dyn Clock>,
    pseudonyms: Arc<PseudonymKey>,
    verifier_key: String,
    origin: String,
}

impl Lent {
    pub(super) fn new(
        gateway: &Arc<Gateway>,
        clock: Arc<dyn Clock>,
        pseudonyms: Arc<PseudonymKey>,
        verifier: &VerifierKey,
    ) -> Self {
        let (verifier_key, origin) = (verifier.to_string(), verifier.name().to_owned());
        Self { gateway: gateway.clone(), clock, pseudonyms, verifier_key, origin }
    }
}

/// Serves the console, if that is configured. `tls` is what a reload replaces.
pub(super) async fn serve(
    configured: Option<ConsoleConfig>,
    tls: Option<Arc<ArcSwap<ServerConfig>>>,
    settings: &Settings,
    lent: Lent,
    stopping: watch::Receiver<bool>,
) -> Result<JoinHandle<()>, ServerError> {
    let Some((config, tls)) = configured.zip(tls) else { return Ok(tokio::spawn(async {})) };
    let listener = TcpListener::bind(config.listen).await.map_err(ServerError::Port)?;
    let (server, address) = (&settings.server, listener.local_addr().map_err(ServerError::Port)?);
    let rates = |times: u32| {
        let rates =
            Rates::new(config.requests_per_second.saturating_mul(times), config.burst.saturating_mul(times));
        Box::new(move |address, now| rates.take(&network(address), now).map_err(|retry| retry.0))
    };
    let app = router(Parts {
        gateway: lent.gateway,
        verifier_key: lent.verifier_key,
        origin: lent.origin,
        clock: lent.clock,
        system: Arc::new(SystemClock),
        minimum_level: settings.identity.minimum_level,
        address: config.address,
        lifetime: Lifetime { unused: config.unused, longest: config.longest },
        providers: config.providers,
        pseudonyms: lent.pseudonyms,
        timeout: server.request_timeout_ms.milliseconds(),
        largest_export: config.largest_export,
        theme: config.theme.unwrap_or_default(),
        themes: config.themes,
        rates: rates(1),
        looks: rates(LOOKS),
    });
    let door = Arc::new(Door {
        tls,
        app,
        places: Arc::new(Semaphore::new(server.max_connections.count())),
        shares: Shares::new(server.max_connections_per_address.count()),
        patience: server.handshake_timeout_ms.milliseconds(),
        lifetime: server.connection_max_age_seconds.seconds(),
    });
    tracing::info!(%address, "serving the console");
    Ok(tokio::spawn(door.open(listener, stopping)))
}

struct Door {
    tls: Arc<ArcSwap<ServerConfig>>,
    app: Router,
    places: Arc<Semaphore>,
    shares: Arc<Shares<IpAddr>>,
    /// For a handshake, and for the head of a request.
    patience: Duration,
    lifetime: Duration,
}

impl Door {
    /// Until the gateway stops; then pages under way are finished.
    async fn open(self: Arc<Self>, listener: TcpListener, mut stopping: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => break,
                accepted = listener.accept() => accepted,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, from)) => {
                    connections.spawn(self.clone().admit(stream, from.ip(), stopping.clone()));
                }
                Err(problem) => {
                    tracing::debug!(%problem, "no browser can be let in now");
                    sleep(REST).await;
                }
            }
        }
        drop(listener);
        let finished = async { while connections.join_next().await.is_some() {} };
        let _ = timeout(GRACE, finished).await;
    }

    async fn admit(self: Arc<Self>, stream: TcpStream, from: IpAddr, stopping: watch::Receiver<bool>) {
        let refused = |reason: &'static str| {
            metrics::counter!("sluis_console_connections_refused_total", "reason" => reason).increment(1);
        };
        let Some(_share) = self.shares.take(network(from)) else { return refused("address_share") };
        let Ok(_place) = self.places.try_acquire() else { return refused("full") };
        let _ = stream.set_nodelay(true);
        let handshake = TlsAcceptor::from(self.tls.load_full()).accept(stream);
        match timeout(self.patience, handshake).await {
            Ok(Ok(stream)) => self.answer(stream, from, stopping).await,
            Ok(Err(_)) => refused("handshake"),
            Err(_) => refused("slow_handshake"),
        }
    }

    /// Answers until it ends, grows too old, or the gateway stops.
    async fn answer(&self, stream: TlsStream<TcpStream>, from: IpAddr, mut stopping: watch::Receiver<bool>) {
        let app = self.app.clone().map_request(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(From(from));
            request
        });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.patience)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
        let mut served = std::pin::pin!(served);
        let mut ended = tokio::select! {
            ended = &mut served => Some(ended),
            () = sleep(self.lifetime) => None,
            _ = stopping.wait_for(|stop| *stop) => None,
        };
        if ended.is_none() {
            served.as_mut().graceful_shutdown();
            ended = timeout(GRACE, served).await.ok();
        }
        if let Some(Err(problem)) = ended {
            tracing::debug!(%problem, "a browser's connection ended in an error");
        }
    }
}
