//! How much anybody may have of the console: so many pages a second, and each within its time.
//!
//! What is always true here: what pages look like is counted by itself, so that one that says "too fast" can be read.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Again;
use super::speech::language_of;
use super::{Console, Problem, Rates};

/// From which address a request comes: an extension of it.
#[derive(Debug, Clone, Copy)]
pub struct From(pub IpAddr);

/// Around every page. What takes too long is dropped.
pub(super) async fn bound(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let response = match too_often(&console, &console.rates, &request) {
        Some(refused) => refused,
        None => match tokio::time::timeout(console.timeout, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Problem::again(language, Again::TooLong).into_response(),
        },
    };
    let status = response.status().as_u16().to_string();
    metrics::counter!("sluis_console_pages_total", "code" => status).increment(1);
    response
}

/// Around what pages look like.
pub(super) async fn bound_looks(
    State(console): State<Arc<Console>>,
    request: Request,
    next: Next,
) -> Response {
    match too_often(&console, &console.looks, &request) {
        Some(refused) => refused,
        None => next.run(request).await,
    }
}

fn too_often(console: &Console, rates: &Rates, request: &Request) -> Option<Response> {
    let From(address) = request.extensions().get::<From>().copied()?;
    let waits = rates(address, console.system.now()).err()?;
    let mut response = Problem::again(language_of(request.headers()), Again::TooOften).into_response();
    let seconds = waits.as_secs().saturating_add(1);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    Some(response)
}
