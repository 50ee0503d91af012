//! Staying signed in, for who is warned that their session ends (WCAG 2.2, 2.2.1).

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::Officer;
use crate::console::frame::{Frame, Section, page};

#[derive(Template)]
#[template(path = "session.html")]
struct Staying {
    frame: Frame,
}

/// `/session`: opened in a tab beside the page where somebody fills something in. It tells nothing of the ledger; that it was asked
/// for is what keeps the session.
pub(super) async fn stay(officer: Officer) -> Response {
    let frame = Frame::new(&officer, Section::Elsewhere, "U blijft aangemeld", "You stay signed in");
    page(StatusCode::OK, &Staying { frame })
}
