//! Connections over mutual TLS, ready to be served.
//!
//! Handshakes run beside each other, so many as are bounded, each against a deadline: a silent peer holds up nobody. A
//! failed `accept` (no file descriptor left, say) is waited out and never ends the server (RUSTSEC-2024-0376).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;

const CONCURRENT_HANDSHAKES: usize = 256;
const WAITING_CONNECTIONS: usize = 64;
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(50);

/// Whether the peer with this certificate (DER, already verified) may come in.
pub type Admits = Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// Who may come in, and how.
#[derive(Clone)]
pub struct Door {
    acceptor: TlsAcceptor,
    admits: Admits,
    deadline: Duration,
}

impl Door {
    /// A door with this TLS configuration, which must ask for client certificates: without one nobody comes in. The
    /// deadline is that of one handshake.
    pub fn new(tls: &ServerConfig, admits: Admits, deadline: Duration) -> Self {
        let mut tls = tls.clone();
        tls.alpn_protocols = vec![b"h2".to_vec()];
        Self { acceptor: TlsAcceptor::from(Arc::new(tls)), admits, deadline }
    }

    async fn enter(&self, socket: TcpStream) -> Option<TlsStream<TcpStream>> {
        socket.set_nodelay(true).ok()?;
        let stream = tokio::time::timeout(self.deadline, self.acceptor.accept(socket)).await.ok()?.ok()?;
        let certificate = stream.get_ref().1.peer_certificates()?.first()?;
        (self.admits)(certificate).then_some(stream)
    }
}

/// The connections that came in. Accepting stops when the stream is dropped. Call it inside a Tokio runtime.
pub fn incoming(listener: TcpListener, door: Door) -> ReceiverStream<io::Result<TlsStream<TcpStream>>> {
    let (sender, receiver) = mpsc::channel(WAITING_CONNECTIONS);
    tokio::spawn(accept(listener, door, sender));
    ReceiverStream::new(receiver)
}

async fn accept(listener: TcpListener, door: Door, sender: mpsc::Sender<io::Result<TlsStream<TcpStream>>>) {
    let turns = Arc::new(Semaphore::new(CONCURRENT_HANDSHAKES));
    while let Ok(turn) = turns.clone().acquire_owned().await {
        let accepted = tokio::select! {
            () = sender.closed() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((socket, _)) = accepted else {
            tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            continue;
        };
        let (door, sender) = (door.clone(), sender.clone());
        tokio::spawn(async move {
            if let Some(stream) = door.enter(socket).await {
                // A closed channel is a server that stops: the connection is dropped.
                drop(sender.send(Ok(stream)).await);
            } else {
                tracing::debug!("a peer did not come in");
            }
            drop(turn);
        });
    }
}
