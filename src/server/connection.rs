//! A connection of an organisation, for as long as it lasts.
//!
//! What is always true here: a connection has an end, so that a revoked certificate does not outlive its revocation for long;
//! one that leaves its answers unread, or asks for answers to nothing without an end, is cut off before that; and however much one sends, the others have their turn in
//! between: a flood of small frames is read without an end otherwise.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::Duration;

use metrics::Gauge;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep};
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;

use super::calls::{Calls, Peer};
use super::frames::Frames;
use super::listener::ConnectionLimits;
use super::share::Share;
use crate::domain::OrganisationId;
use crate::identity::PeerCertificate;

/// What is read of one connection before others have a turn, in bytes: a thousand of the smallest frames.
const AT_A_TIME: usize = 8 * 1024;

/// The places that a connection holds; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    _place: OwnedSemaphorePermit,
    _address: Share<IpAddr>,
    _organisation: Share<OrganisationId>,
}

static CONNECTIONS: LazyLock<Gauge> = LazyLock::new(|| metrics::gauge!("sluis_connections"));

impl Held {
    pub(super) fn new(
        place: OwnedSemaphorePermit,
        address: Share<IpAddr>,
        organisation: Share<OrganisationId>,
    ) -> Self {
        CONNECTIONS.increment(1.0);
        Self { _place: place, _address: address, _organisation: organisation }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        CONNECTIONS.decrement(1.0);
    }
}

/// A connection of an organisation. Handlers find its certificate among the extensions of every request, as
/// `Arc<PeerCertificate>`. Its place is free again when it is dropped.
#[derive(Debug)]
pub struct Connection {
    stream: TlsStream<TcpStream>,
    peer: Peer,
    end: Pin<Box<Sleep>>,
    /// When it is looked at again whether answers are read, how often that is, and how far they were.
    look: Pin<Box<Sleep>>,
    unread: Duration,
    waited_at: Option<u64>,
    /// Bytes that were read since others had their turn.
    taken: usize,
    /// What it sends, where that is HTTP/2.
    frames: Option<Frames>,
    _held: Held,
}

impl Connection {
    pub(super) fn new(
        stream: TlsStream<TcpStream>,
        certificate: PeerCertificate,
        limits: &ConnectionLimits,
        held: Held,
    ) -> Self {
        let speaks_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Self {
            stream,
            frames: speaks_http2.then(|| Frames::new(Instant::now())),
            peer: Peer { certificate: Arc::new(certificate), calls: Calls::new(limits.calls) },
            end: Box::pin(sleep(limits.lifetime)),
            look: Box::pin(sleep(limits.unread)),
            unread: limits.unread,
            waited_at: None,
            taken: 0,
            _held: held,
        }
    }

    /// From where it comes.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.stream.get_ref().0.peer_addr()
    }

    /// Whether it is over: it grew too old, or answers wait and none moved since the last look.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        while self.look.as_mut().poll(cx).is_ready() {
            let waits_at = self.peer.calls.waits_at();
            if waits_at.is_some() && waits_at == self.waited_at {
                metrics::counter!("sluis_connections_cut_total", "reason" => "unread_answers").increment(1);
                return true;
            }
            self.waited_at = waits_at;
            self.look.as_mut().reset(Instant::now() + self.unread);
        }
        let old = self.end.as_mut().poll(cx).is_ready();
        if old {
            metrics::counter!("sluis_connections_cut_total", "reason" => "age").increment(1);
        }
        old
    }
}

impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_over(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if self.taken >= AT_A_TIME {
            self.taken = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.taken = if polled.is_ready() { self.taken + buffer.filled().len() - before } else { 0 };
        let read = buffer.filled().get(before..).unwrap_or_default();
        if self.frames.as_mut().is_some_and(|frames| frames.flood(read, Instant::now())) {
            metrics::counter!("sluis_connections_cut_total", "reason" => "flood").increment(1);
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        polled
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
