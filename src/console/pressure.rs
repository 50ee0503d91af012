//! How much anybody may have of the console: so many pages a second, and each within its time.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Again;
use super::speech::language_of;
use super::{Console, Problem};

/// From which address a request comes: an extension of it.
#[derive(Debug, Clone, Copy)]
pub struct From(pub IpAddr);

/// Around every page. What takes too long is dropped.
pub(super) async fn bound(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let from = request.extensions().get::<From>().copied();
    let waits = from.and_then(|From(address)| (console.rates)(address, console.system.now()).err());
    let response = match waits {
        Some(waits) => {
            let mut response = Problem::again(language, Again::TooOften).into_response();
            let seconds = waits.as_secs().saturating_add(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        None => match tokio::time::timeout(console.timeout, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Problem::again(language, Again::TooLong).into_response(),
        },
    };
    let status = response.status().as_u16().to_string();
    metrics::counter!("sluis_console_pages_total", "code" => status).increment(1);
    response
}
