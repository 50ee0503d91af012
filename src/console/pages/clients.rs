//! `/clients`: looking a client up. What is filled in is posted, and never comes in an address: the address that it leads to has the
//! organisation's own handle.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use zeroize::Zeroizing;

use crate::console::frame::{Frame, Section, page};
use crate::console::{Console, Genuine, Officer, Problem};
use crate::domain::Bsn;

#[derive(Template)]
#[template(path = "clients.html")]
struct Clients {
    frame: Frame,
    secret: String,
    may_use_bsn: bool,
}

/// By which name.
#[derive(serde::Deserialize)]
pub(in crate::console) struct Named {
    #[serde(default)]
    bsn: String,
    #[serde(default)]
    handle: String,
}

/// `/clients`
pub(in crate::console) async fn form(
    State(console): State<Arc<Console>>,
    officer: Officer,
) -> Result<Response, Problem> {
    let frame = console.frame(&officer, Section::Clients, "Een cliënt opzoeken", "Look up a client").await?;
    let (secret, may_use_bsn) = (officer.session.secret.clone(), officer.may_use_bsn());
    Ok(page(StatusCode::OK, &Clients { frame, secret, may_use_bsn }))
}

/// `POST /clients`
pub(in crate::console) async fn find(
    State(console): State<Arc<Console>>,
    Genuine { officer, form }: Genuine<Named>,
) -> Result<Response, Problem> {
    let (bsn, handle) = (Zeroizing::new(form.bsn), form.handle);
    let (pseudonyms, side) = (console.gateway.pseudonyms(), officer.side());
    let client = match (bsn.trim(), handle.trim()) {
        ("", "") => return Err(wrong(&officer, "missing")),
        ("", handle) => pseudonyms.open_handle(handle, side),
        (_, "") if !officer.may_use_bsn() => return Err(wrong(&officer, "not-allowed")),
        (bsn, "") => {
            let bsn = Bsn::parse(bsn).map_err(|_| wrong(&officer, "bsn"))?;
            Some(pseudonyms.client(&bsn))
        }
        _ => return Err(wrong(&officer, "both")),
    };
    let client = client.ok_or_else(|| Problem::not_found(officer.language))?;
    Ok(Redirect::to(&format!("/clients/{}", pseudonyms.handle(&client, side))).into_response())
}

fn wrong(officer: &Officer, what: &str) -> Problem {
    let (what, remedy, code) = match what {
        "missing" => (
            ("Er is niets ingevuld", "Nothing was filled in"),
            ("Vul één van beide in.", "Fill in one of both."),
            "CLIENT_MISSING",
        ),
        "both" => (
            ("Er zijn er twee ingevuld", "Both were filled in"),
            ("Vul één van beide in.", "Fill in one of both."),
            "CLIENT_TWICE",
        ),
        "not-allowed" => (
            ("Uw organisatie mag geen BSN gebruiken", "Your organisation may not use a BSN"),
            (
                "Zoek met de verwijzing van uw organisatie.",
                "Look for the client by your organisation's reference.",
            ),
            "BSN_NOT_ALLOWED",
        ),
        _ => (
            ("Dit is geen BSN", "This is not a BSN"),
            ("Kijk de cijfers na.", "Check the digits."),
            "BSN_INVALID",
        ),
    };
    Problem::wrong(officer.language, what, remedy, code)
}
