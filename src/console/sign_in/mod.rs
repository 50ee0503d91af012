//! Signing in and out, and choosing a language.
//!
//! What is always true here:
//! 1. A sign-in ends in the browser where it began, once, within ten minutes (`flows`).
//! 2. A session begins with bits that nobody had before, and the one before it ends: none is carried over.
//! 3. Nobody is sent elsewhere than to a provider that is configured, or to a page of the console.

mod arriving;
mod flows;
mod leaving;
mod problem;
mod staying;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::routing::{get, post};

use super::Console;

pub(super) use flows::Flows;

/// The addresses of this part.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/language/{id}", get(leaving::choose_language))
        .route("/sign-in", get(arriving::choose))
        .route("/sign-in/{provider}", get(arriving::begin))
        .route(DONE, get(arriving::end))
        .route("/session", get(staying::stay))
        .route("/sign-out", post(leaving::sign_out))
        .route("/signed-out", get(leaving::signed_out))
        .route("/signed-out/{provider}", get(leaving::signed_out_of))
}

/// Where providers send officers back to.
const DONE: &str = "/sign-in/done";

impl Console {
    /// The redirect URI, exactly as it is registered at every provider.
    fn redirect(&self) -> String {
        format!("{}{DONE}", self.address)
    }

    /// How long ago an officer may have proven who they are, in seconds: as long as a session lasts.
    fn longest(&self) -> u64 {
        self.lifetime.longest.as_secs()
    }
}

/// Where to go afterwards.
#[derive(Default, serde::Deserialize)]
struct Back {
    #[serde(default)]
    back: String,
    /// Whether whoever is signed in at the provider proves again who they are.
    #[serde(default)]
    anew: String,
}

impl Back {
    /// Within the console only: an address that begins with one slash, and holds nothing that a browser takes for a second.
    fn within(&self) -> &str {
        let plain = self.back.starts_with('/') && !self.back.starts_with("//");
        let safe = |c: char| c.is_ascii_graphic() && c != '\\';
        if plain && self.back.len() <= 2_000 && self.back.chars().all(safe) { &self.back } else { "/" }
    }
}

/// The headers that set them. Of text that is plain by how it is made.
fn set_cookie(cookies: &[String]) -> HeaderMap {
    let values = cookies.iter().filter_map(|text| HeaderValue::from_str(text).ok());
    let mut headers = HeaderMap::new();
    values.for_each(|value| {
        headers.append(header::SET_COOKIE, value);
    });
    headers
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
            assert_eq!(Back { back: back.to_owned(), ..Back::default() }.within(), within, "{back}");
        }
    }
}
