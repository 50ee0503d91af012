//! Accepting connections: mutual TLS first, and only a certificate that names one organisation gets through.
//!
//! What is always true here:
//! 1. Nothing that a stranger does ends the stream of connections (RUSTSEC-2024-0376): each handshake is a task of its
//!    own with a deadline, and an error of the listener is waited out.
//! 2. Who has not proven who they are takes no place of those who have: handshakes and connections are counted apart,
//!    and no address has more than its share of either, nor an organisation of connections.
//! 3. A connection has an end, so that a revoked certificate does not outlive its revocation for long.

use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tokio_stream::{Stream, StreamExt as _};

use super::connection::{Connection, Held};
use super::share::{Shares, network};
use crate::config::ServerSettings;
use crate::domain::OrganisationId;
use crate::identity::PeerCertificate;

/// How long the listener rests when the system cannot accept, for want of file descriptors or memory.
const REST: Duration = Duration::from_millis(50);
/// What is spoken after the handshake (ALPN).
const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";
/// How long calls on a connection that grew too old may go on.
const GRACE: Duration = Duration::from_mins(1);

/// How many may connect, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at a time.
    pub connections: usize,
    /// Connections and handshakes at a time, of one address.
    pub per_address: usize,
    /// Connections at a time, of one organisation.
    pub per_organisation: usize,
    /// Calls under way at a time, of one connection.
    pub calls: usize,
    /// How long all answers of a connection may be left unread.
    pub unread: Duration,
    /// Handshakes at a time.
    pub handshakes: usize,
    /// How long a handshake may take.
    pub handshake: Duration,
    /// When a connection is ended, whatever it is doing.
    pub lifetime: Duration,
}

impl From<&ServerSettings> for ConnectionLimits {
    fn from(settings: &ServerSettings) -> Self {
        Self {
            connections: settings.max_connections.count(),
            per_address: settings.max_connections_per_address.count(),
            per_organisation: settings.max_connections_per_organisation.count(),
            calls: settings.max_requests_per_connection.count(),
            unread: settings.unread_answers_ms.milliseconds(),
            handshakes: settings.max_handshakes.count(),
            handshake: settings.handshake_timeout_ms.milliseconds(),
            lifetime: settings.connection_max_age_seconds.seconds() + GRACE,
        }
    }
}

/// Why a stranger, or one too many, was not let in.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("the connection was gone before it was accepted")]
    Gone(#[source] io::Error),
    #[error("the address has its share of connections already")]
    AddressShare,
    #[error("the organisation has its share of connections already")]
    OrganisationShare,
    #[error("there are as many connections as there may be")]
    Full,
    #[error("the handshake took too long")]
    Slow,
    #[error("the handshake failed: {0}")]
    Handshake(#[source] io::Error),
    #[error("the certificate names no organisation")]
    NoOrganisation,
}

impl Refused {
    fn reason(&self) -> &'static str {
        match self {
            Self::Gone(_) => "gone",
            Self::AddressShare => "address_share",
            Self::OrganisationShare => "organisation_share",
            Self::Full => "full",
            Self::Slow => "slow_handshake",
            Self::Handshake(_) => "handshake",
            Self::NoOrganisation => "no_organisation",
        }
    }
}

/// Accepts connections until the stream is dropped, which closes the port. Store another TLS configuration to have it
/// used from the next handshake on. Call it inside a Tokio runtime.
pub fn accept(
    listener: TcpListener,
    tls: Arc<ArcSwap<ServerConfig>>,
    limits: ConnectionLimits,
) -> impl Stream<Item = Result<Connection, io::Error>> {
    accept_from(TcpListenerStream::new(listener), tls, limits, HTTP2)
}

/// The same for HTTP/1.1.
pub fn accept_http1(
    listener: TcpListener,
    tls: Arc<ArcSwap<ServerConfig>>,
    limits: ConnectionLimits,
) -> ReceiverStream<Result<Connection, io::Error>> {
    accept_from(TcpListenerStream::new(listener), tls, limits, HTTP1)
}

fn accept_from(
    incoming: impl Stream<Item = io::Result<TcpStream>> + Send + 'static,
    tls: Arc<ArcSwap<ServerConfig>>,
    limits: ConnectionLimits,
    protocol: &'static [u8],
) -> ReceiverStream<Result<Connection, io::Error>> {
    let (accepted, connections) = mpsc::channel(1);
    let door = Arc::new(Door {
        tls,
        limits,
        protocol,
        places: Arc::new(Semaphore::new(limits.connections)),
        addresses: Shares::new(limits.per_address),
        organisations: Shares::new(limits.per_organisation),
    });
    tokio::spawn(async move {
        tokio::select! {
            () = accepted.closed() => {}
            () = door.open(incoming, &accepted) => {}
        }
    });
    ReceiverStream::new(connections)
}

type Accepted = mpsc::Sender<Result<Connection, io::Error>>;

struct Door {
    tls: Arc<ArcSwap<ServerConfig>>,
    limits: ConnectionLimits,
    protocol: &'static [u8],
    places: Arc<Semaphore>,
    addresses: Arc<Shares<IpAddr>>,
    organisations: Arc<Shares<OrganisationId>>,
}

impl Door {
    /// Runs for ever; dropping it ends every handshake.
    async fn open(self: Arc<Self>, incoming: impl Stream<Item = io::Result<TcpStream>>, accepted: &Accepted) {
        let mut incoming = pin!(incoming);
        let turns = Arc::new(Semaphore::new(self.limits.handshakes));
        let mut handshakes = JoinSet::new();
        while let Ok(turn) = turns.clone().acquire_owned().await {
            let stream = match incoming.next().await {
                Some(Ok(stream)) => stream,
                Some(Err(problem)) => {
                    if !is_of_one_connection(&problem) {
                        tracing::warn!(%problem, "no connection can be accepted now");
                        sleep(REST).await;
                    }
                    continue;
                }
                None => break,
            };
            while handshakes.try_join_next().is_some() {}
            let (door, accepted) = (self.clone(), accepted.clone());
            handshakes.spawn(async move {
                match door.admit(stream).await {
                    // The receiver is gone when the gateway stops: nobody is let in any more.
                    Ok(connection) => drop(accepted.send(Ok(connection)).await),
                    Err(refused) => {
                        let reason = refused.reason();
                        metrics::counter!("sluis_connections_refused_total", "reason" => reason).increment(1);
                        tracing::debug!(%refused, "connection refused");
                    }
                }
                drop(turn);
            });
        }
        while handshakes.join_next().await.is_some() {}
    }

    async fn admit(&self, stream: TcpStream) -> Result<Connection, Refused> {
        let address = stream.peer_addr().map_err(Refused::Gone)?.ip();
        let address = self.addresses.take(network(address)).ok_or(Refused::AddressShare)?;
        // No use in a handshake for nothing; the place itself is taken by those who finish it.
        if self.places.available_permits() == 0 {
            return Err(Refused::Full);
        }
        stream.set_nodelay(true).map_err(Refused::Gone)?;
        let mut tls = self.tls.load_full();
        if tls.alpn_protocols != [self.protocol] {
            Arc::make_mut(&mut tls).alpn_protocols = vec![self.protocol.to_vec()];
        }
        let acceptor = TlsAcceptor::from(tls);
        let stream = timeout(self.limits.handshake, acceptor.accept(stream))
            .await
            .map_err(|_| Refused::Slow)?
            .map_err(Refused::Handshake)?;
        let leaf = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let peer = leaf.and_then(|leaf| PeerCertificate::read(leaf).ok()).ok_or(Refused::NoOrganisation)?;
        let share = self.organisations.take(peer.organisation.clone());
        let organisation = share.ok_or(Refused::OrganisationShare)?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| Refused::Full)?;
        let held = Held::new(place, address, organisation);
        Ok(Connection::new(stream, peer, &self.limits, held))
    }
}

/// Whether only the connection that was being accepted is broken, and the next may be fine.
fn is_of_one_connection(problem: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(problem.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests;
