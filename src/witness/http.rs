//! The witness on the wire: HTTP/1.1, over TLS, for whoever can reach it. The protocol has no other authentication than the
//! ledger's signature, so everything a stranger can do here has a limit.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::{get, post};
use http::{StatusCode, header};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::ledger::WitnessRefusal;
use crate::witness::Witness;
use crate::witness::serve::{Refused, StateProblem};

/// The largest request: 63 lines of a proof and a checkpoint with many signatures are far below it.
const REQUEST_BYTES: usize = 64 * 1024;
/// Connections at a time; one too many is closed.
const CONNECTIONS: usize = 256;
/// How long a handshake, and the headers of a request, may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// When a connection is ended, whatever it is doing.
const LIFETIME: Duration = Duration::from_mins(1);
/// How long the listener rests when the system cannot accept.
const REST: Duration = Duration::from_millis(50);
const TEXT: &str = "text/plain; charset=utf-8";
/// What the protocol says of the answer that names a size.
const SIZE: &str = "text/x.tlog.size";

/// Serves until `shutdown` is done; then requests under way are finished. Without TLS for the loopback only.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    witness: Arc<Witness>,
    shutdown: impl Future<Output = ()>,
) {
    let (places, app) = (Arc::new(Semaphore::new(CONNECTIONS)), router(witness));
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(problem) => {
                tracing::warn!(%problem, "no connection can be accepted now");
                sleep(REST).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        let (tls, app) = (tls.clone(), app.clone());
        connections.spawn(timeout(LIFETIME, async move {
            match tls {
                None => answer(stream, app).await,
                Some(tls) => {
                    let handshake = timeout(PATIENCE, TlsAcceptor::from(tls).accept(stream)).await;
                    if let Ok(Ok(stream)) = handshake {
                        answer(stream, app).await;
                    }
                }
            }
            drop(place);
        }));
    }
    let finished = async { while connections.join_next().await.is_some() {} };
    let _ = timeout(PATIENCE, finished).await;
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin + Send, app: Router) {
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
        .await;
    if let Err(problem) = served {
        tracing::debug!(%problem, "a connection ended in an error");
    }
}

/// The protocol's two calls.
fn router(witness: Arc<Witness>) -> Router {
    let (submit, monitor) = (witness.clone(), witness);
    Router::new()
        .route("/add-checkpoint", post(move |request: Request| add_checkpoint(submit, request)))
        .route("/{origin}/checkpoint", get(move |Path(origin): Path<String>| newest(monitor, origin)))
}

async fn add_checkpoint(witness: Arc<Witness>, request: Request) -> Response {
    let Ok(Ok(body)) = timeout(PATIENCE, to_bytes(request.into_body(), REQUEST_BYTES)).await else {
        return reply(StatusCode::BAD_REQUEST, TEXT, "the request is too large, or did not arrive\n".into());
    };
    let Ok(body) = String::from_utf8(body.into()) else {
        return reply(StatusCode::BAD_REQUEST, TEXT, "the request is not text\n".into());
    };
    let origin = body.split_once("\n\n").and_then(|(_, note)| note.lines().next()).map(str::to_owned);
    let answered = spawn_blocking(move || witness.add_checkpoint(&body)).await;
    match answered.unwrap_or(Err(StateProblem::Busy.into())) {
        Ok(line) => {
            tracing::info!(origin, "cosigned");
            reply(StatusCode::OK, TEXT, line)
        }
        Err(Refused::Request(WitnessRefusal::Conflict(size))) => {
            reply(StatusCode::CONFLICT, SIZE, format!("{size}\n"))
        }
        Err(Refused::Request(refusal)) => {
            let status = match &refusal {
                WitnessRefusal::UnknownOrigin => StatusCode::NOT_FOUND,
                WitnessRefusal::Unsigned => StatusCode::FORBIDDEN,
                WitnessRefusal::Proof => {
                    tracing::error!(
                        origin,
                        "a checkpoint that the ledger signed does not follow from the last one"
                    );
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                WitnessRefusal::Malformed(_) | WitnessRefusal::Conflict(_) => StatusCode::BAD_REQUEST,
            };
            reply(status, TEXT, format!("{refusal}\n"))
        }
        Err(Refused::State(problem)) => failed(&problem),
    }
}

async fn newest(witness: Arc<Witness>, origin: String) -> Response {
    match spawn_blocking(move || witness.newest(&origin)).await.unwrap_or(Err(StateProblem::Busy)) {
        Ok(Some(checkpoint)) => reply(StatusCode::OK, TEXT, checkpoint),
        Ok(None) => reply(StatusCode::NOT_FOUND, TEXT, "nothing of that ledger was cosigned here\n".into()),
        Err(problem) => failed(&problem),
    }
}

/// What went wrong is for whoever runs the witness, and not for a stranger.
fn failed(problem: &StateProblem) -> Response {
    tracing::error!(%problem, "the witness cannot answer");
    reply(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the witness cannot answer now\n".into())
}

fn reply(status: StatusCode, kind: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}
