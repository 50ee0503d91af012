//! The ledger over HTTPS, as C2SP tlog-tiles has it: for witnesses and auditors, with tools that nobody here wrote.
//!
//! What is always true here:
//! 1. Checkpoint and hash tiles say nothing about anybody (every entry has a nonce). Parties and named witnesses may have
//!    them, by their certificate alone.
//! 2. Entry bundles are personal data of every party. Only a professional whose role may verify gets them, by certificate
//!    and token, and not before the ledger itself says that they were read.
//! 3. A refusal is a code and a remedy, and repeats nothing that was sent.

mod opened;
mod reader;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::domain::{LogFilter, LogRead, LogView};
use crate::gateway::{Gateway, Requester};
use crate::identity::PeerCertificate;
use crate::ledger::{LogResource, TILE_WIDTH};

use opened::Opened;

pub use reader::{Readers, Refused};

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// Parts that are read at a time, of all readers together: a disclosure never waits for an auditor.
const AT_A_TIME: usize = 8;

/// Whose connection it is.
#[derive(Debug, Clone)]
pub struct Peer(pub Arc<PeerCertificate>);

/// The ledger, for reading.
struct Log {
    gateway: Arc<Gateway>,
    readers: Readers,
    opened: Opened,
}

/// What answers every path. Serve it with [`Peer`] as its connection's information.
pub fn router(gateway: Arc<Gateway>, readers: Readers) -> Router {
    let log = Arc::new(Log { gateway, readers, opened: Opened::default() });
    let turns = tower::limit::GlobalConcurrencyLimitLayer::new(AT_A_TIME);
    Router::new().fallback(get(answer)).layer(turns).with_state(log)
}

async fn answer(
    State(log): State<Arc<Log>>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let read = tokio::time::timeout(DEADLINE, log.read(&peer, &headers, uri.path()));
    let answered = read.await.unwrap_or(Err(Refused::Unavailable));
    let code = answered.as_ref().err().map_or("OK", Refused::code);
    metrics::counter!("sluis_tiles_requests_total", "code" => code).increment(1);
    match answered {
        Ok((part, bytes)) => (described(&part), bytes).into_response(),
        Err(refused) => refusal(&refused),
    }
}

impl Log {
    async fn read(
        &self,
        peer: &PeerCertificate,
        headers: &HeaderMap,
        path: &str,
    ) -> Result<(LogResource, Vec<u8>), Refused> {
        let now = self.readers.clock.now();
        self.readers.slow_down(&peer.organisation, now)?;
        self.readers.may_witness(&self.gateway, peer)?;
        let part = path.strip_prefix('/').and_then(LogResource::parse).ok_or(Refused::NotFound)?;
        let reader = match part {
            LogResource::Checkpoint | LogResource::Hashes { .. } => None,
            LogResource::Entries { n, width } => {
                Some((self.readers.may_verify(&self.gateway, peer, headers, now)?, n, width))
            }
        };
        let found = self.gateway.log_resource(&part).await.map_err(|e| Refused::failed(&e))?;
        let bytes = found.ok_or(Refused::NotFound)?;
        if let Some((requester, n, width)) = reader {
            self.record(&requester, n, width).await?;
        }
        Ok((part, bytes))
    }

    /// Records that entries are read, many bundles at once: an entry for every bundle would make the ledger that is
    /// verified grow by what is read of it.
    async fn record(&self, requester: &Requester, n: u64, width: usize) -> Result<(), Refused> {
        let now = self.readers.clock.now();
        let first = n.saturating_mul(TILE_WIDTH as u64);
        let end = first.saturating_add(width as u64);
        if self.opened.holds(&requester.actor, first, end, now) {
            return Ok(());
        }
        let (from, most) = opened::block(first);
        let size = self.gateway.size().await.map_err(|e| Refused::failed(&e))?;
        let until = most.min(size);
        let read = LogRead { view: LogView::Bundles, from, until, filter: LogFilter::default() };
        self.gateway.record_log_read(requester, None, &read).await.map_err(|e| Refused::failed(&e))?;
        self.opened.add(&requester.actor, from, until, now);
        Ok(())
    }
}

type Described = [(HeaderName, &'static str); 2];

/// What the specification asks: a checkpoint is text and soon old; everything else is bytes and never changes.
fn described(part: &LogResource) -> Described {
    let (kind, keep) = match part {
        LogResource::Checkpoint => ("text/plain; charset=utf-8", "no-store"),
        LogResource::Hashes { .. } => ("application/octet-stream", "private, max-age=31536000, immutable"),
        LogResource::Entries { .. } => ("application/octet-stream", "no-store"),
    };
    [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)]
}

fn refusal(refused: &Refused) -> Response {
    let status = match refused {
        Refused::Token(_) => StatusCode::UNAUTHORIZED,
        Refused::Stranger | Refused::Denied(_) => StatusCode::FORBIDDEN,
        Refused::NotFound => StatusCode::NOT_FOUND,
        Refused::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
        Refused::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    match refused {
        Refused::Token(_) => {
            headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        Refused::TooOften(wait) => {
            let seconds = wait.as_secs().saturating_add(1);
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        _ => {}
    }
    (status, headers, format!("{}: {refused}\n", refused.code())).into_response()
}
