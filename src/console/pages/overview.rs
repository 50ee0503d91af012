//! What an officer sees first: whether the record is intact.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::frame::{Frame, Section, page};
use crate::console::{Console, Officer, Problem};

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    size: u64,
    origin: String,
    checkpoint: String,
}

/// `/`
pub(super) async fn overview(
    State(console): State<Arc<Console>>,
    officer: Officer,
) -> Result<Response, Problem> {
    let failed = |error| Problem::of(officer.language, &error);
    let size = console.gateway.size().await.map_err(failed)?;
    let checkpoint = console.gateway.checkpoint().await.map_err(failed)?;
    let frame = Frame::new(&officer, Section::Overview, "Overzicht", "Overview");
    Ok(page(StatusCode::OK, &Overview { frame, size, origin: console.origin.clone(), checkpoint }))
}
