//! Signing in and out, and choosing a language.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::officer::{COOKIE, cookie};
use super::speech::{COOKIE as LANGUAGE, language_of};
use super::{Console, Genuine, Problem};
use crate::domain::Language;

/// The addresses of this part.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new().route("/language/{id}", get(choose_language)).route("/sign-out", post(sign_out))
}

/// Where to go afterwards.
#[derive(serde::Deserialize)]
struct Back {
    #[serde(default)]
    back: String,
}

impl Back {
    /// Within the console only: an address that begins with one slash, and holds nothing that a browser takes for a second.
    fn within(&self) -> &str {
        let plain = self.back.starts_with('/') && !self.back.starts_with("//");
        let safe = |c: char| c.is_ascii_graphic() && c != '\\';
        if plain && self.back.chars().all(safe) { &self.back } else { "/" }
    }
}

async fn choose_language(
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    let language = Language::parse(&id).ok_or_else(|| Problem::not_found(language_of(&headers)))?;
    let kept = format!("{LANGUAGE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000", language.id());
    Ok((set_cookie(&kept), Redirect::to(back.within())).into_response())
}

#[derive(serde::Deserialize)]
struct Nothing {}

async fn sign_out(State(console): State<Arc<Console>>, headers: HeaderMap, _: Genuine<Nothing>) -> Response {
    if let Some(ticket) = cookie(&headers, COOKIE) {
        console.sessions.end(ticket);
    }
    let gone = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    (set_cookie(&gone), Redirect::to("/signed-out")).into_response()
}

/// The header that sets it. Of text that is plain by how it is made.
fn set_cookie(text: &str) -> HeaderMap {
    let value = HeaderValue::from_str(text).ok();
    value.into_iter().map(|value| (header::SET_COOKIE, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        for (back, within) in [
            ("/entries?purpose=housing", "/entries?purpose=housing"),
            ("", "/"),
            ("https://elsewhere.example/", "/"),
            ("//elsewhere.example/", "/"),
            ("/\\elsewhere.example", "/"),
            ("/\t/elsewhere.example", "/"),
            ("entries", "/"),
        ] {
            assert_eq!(Back { back: back.to_owned() }.within(), within, "{back}");
        }
    }
}
