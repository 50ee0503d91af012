//! Signing out, and choosing a language.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Back, set_cookie};
use crate::console::frame::{Frame, page};
use crate::console::officer::{COOKIE, cookie};
use crate::console::speech::{COOKIE as LANGUAGE, language_of};
use crate::console::{Console, Genuine, Problem};
use crate::domain::Language;

/// `/language/{id}`
pub(super) async fn choose_language(
    headers: HeaderMap,
    Path(id): Path<String>,
    back: Result<Query<Back>, QueryRejection>,
) -> Result<Response, Problem> {
    let language = Language::parse(&id).ok_or_else(|| Problem::not_found(language_of(&headers)))?;
    let kept =
        format!("{LANGUAGE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000", language.id());
    let back = back.map(|Query(back)| back).unwrap_or_default();
    Ok((set_cookie(&[kept]), Redirect::to(back.within())).into_response())
}

/// A form without anything but its secret.
#[derive(serde::Deserialize)]
pub(super) struct Nothing {}

/// `/sign-out`
pub(super) async fn sign_out(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    leaving: Genuine<Nothing>,
) -> Response {
    if let Some(ticket) = cookie(&headers, COOKIE) {
        console.sessions.end(ticket);
    }
    let gone = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    let side = leaving.officer.side();
    let provider = console.providers.iter().find(|provider| provider.organisation() == side);
    let there =
        provider.map_or("/signed-out".to_owned(), |provider| format!("/signed-out/{}", provider.id()));
    (set_cookie(&[gone]), Redirect::to(&there)).into_response()
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut {
    frame: Frame,
    /// Where one signs out at the provider as well.
    there: Option<String>,
}

/// `/signed-out`
pub(super) async fn signed_out(headers: HeaderMap) -> Response {
    show(&headers, None)
}

/// `/signed-out/{provider}`: with the way to sign out there as well. Nobody is sent there unasked: a form may not lead elsewhere
/// (`form-action`), and at work one signs in once for many things.
pub(super) async fn signed_out_of(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let provider = console.providers.iter().find(|provider| provider.id() == id);
    let provider = provider.ok_or_else(|| Problem::not_found(language_of(&headers)))?;
    let afterwards = format!("{}/signed-out", console.address);
    Ok(show(&headers, provider.sign_out(&afterwards, console.system.now()).await))
}

fn show(headers: &HeaderMap, there: Option<String>) -> Response {
    let frame = Frame::for_anybody(language_of(headers), "U bent afgemeld", "You are signed out");
    page(StatusCode::OK, &SignedOut { frame, there })
}
