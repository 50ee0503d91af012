//! The pages. Each is a file: what it asks of the gateway, and the template that shows it.

mod overview;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Console;

/// The addresses of all pages.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new().route("/", get(overview::overview))
}
