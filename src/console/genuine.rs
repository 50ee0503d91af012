//! Forms that come from the officer's own page, and from nowhere else.
//!
//! Three bars against a form that somebody else has an officer's browser post: the cookie is not sent with it (`SameSite`), its
//! `Origin` is another, and it cannot hold the session's secret. The last two are looked at here.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::{Console, Officer, Problem};

/// The most bytes a form may have.
const LARGEST: usize = 16 * 1024;

/// A form that an officer posted.
pub(super) struct Genuine<T> {
    /// Who.
    pub(super) officer: Officer,
    /// What it says.
    pub(super) form: T,
}

/// What every form holds beside what it says.
#[derive(serde::Deserialize)]
struct Secret {
    secret: String,
}

impl<T: DeserializeOwned> FromRequest<Arc<Console>> for Genuine<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, console: &Arc<Console>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let officer = Officer::from_request_parts(&mut parts, console).await?;
        let language = officer.language;
        if !is_own(&parts.headers, &console.address) {
            return Err(Problem::forged(language));
        }
        let bytes = axum::body::to_bytes(body, LARGEST).await.map_err(|_| Problem::unreadable(language))?;
        let whole = |bytes: &Bytes| Request::from_parts(parts.clone(), Body::from(bytes.clone()));
        let held = Form::<Secret>::from_request(whole(&bytes), &()).await;
        let Form(Secret { secret }) = held.map_err(|_| Problem::forged(language))?;
        verify_slices_are_equal(secret.as_bytes(), officer.session.secret.as_bytes())
            .map_err(|_| Problem::forged(language))?;
        let form = Form::<T>::from_request(whole(&bytes), &()).await;
        let Form(form) = form.map_err(|_| Problem::unreadable(language))?;
        Ok(Self { officer, form })
    }
}

/// Whether a page of the console itself posts: browsers say so in `Origin` with every form (Fetch standard), and one that does not is
/// not believed.
pub(super) fn is_own(headers: &HeaderMap, address: &str) -> bool {
    headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() == address.as_bytes())
}
