//! What is known of a provider, and since when.
//!
//! Its discovery document and its keys are read when they are first needed, kept for an hour, and after that until newer ones can be
//! had. A key that is not known makes its keys be read again, at most every half minute, however many tokens name unknown keys.

use std::sync::Arc;

use http::{StatusCode, Uri};
use tokio::sync::Mutex;

use super::https::{Answer, Https};
use super::metadata::{Metadata, address_of};
use super::problem::OpenIdProblem;
use crate::domain::Timestamp;
use crate::identity::KeySet;

/// How long what a provider says about itself is not asked again, in milliseconds.
const KEPT: i64 = 3_600_000;
/// How soon it is asked again for a key that is not known, or after it did not answer, in milliseconds.
const AGAIN: i64 = 30_000;

/// What was read, and until when it is not read again.
type Read<T> = Mutex<Option<(Arc<T>, Timestamp)>>;

/// What is known of one provider.
pub(super) struct Known {
    issuer: String,
    discovery: Uri,
    https: Https,
    metadata: Read<Metadata>,
    keys: Read<KeySet>,
}

impl Known {
    /// Of this issuer; nothing if it is no address.
    pub(super) fn of(issuer: &str, https: Https) -> Option<Self> {
        let discovery = address_of(issuer)?;
        Some(Self {
            issuer: issuer.to_owned(),
            discovery,
            https,
            metadata: Mutex::default(),
            keys: Mutex::default(),
        })
    }

    /// What it says about itself.
    pub(super) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, OpenIdProblem> {
        let mut known = self.metadata.lock().await;
        if let Some((metadata, until)) = known.as_ref()
            && now < *until
        {
            return Ok(metadata.clone());
        }
        let read = async { Metadata::parse(&self.get(&self.discovery).await?, &self.issuer) };
        self.newest(read.await, &mut known, now)
    }

    /// Its keys; read again if this one is not among them.
    pub(super) async fn keys(
        &self,
        metadata: &Metadata,
        kid: &str,
        now: Timestamp,
    ) -> Result<Arc<KeySet>, OpenIdProblem> {
        let mut known = self.keys.lock().await;
        if let Some((keys, until)) = known.as_ref() {
            let lasts = if keys.find(kid).is_some() { 0 } else { AGAIN - KEPT };
            if now < until.plus(lasts) {
                return Ok(keys.clone());
            }
        }
        let read = async { Ok(KeySet::parse(&self.get(&metadata.keys).await?)?) };
        self.newest(read.await, &mut known, now)
    }

    /// What was read now; if nothing could be, what was read before.
    fn newest<T>(
        &self,
        read: Result<T, OpenIdProblem>,
        known: &mut Option<(Arc<T>, Timestamp)>,
        now: Timestamp,
    ) -> Result<Arc<T>, OpenIdProblem> {
        let (newest, lasts) = match (read, known.take()) {
            (Ok(read), _) => (Arc::new(read), KEPT),
            (Err(problem), Some((kept, _))) => {
                tracing::warn!(issuer = self.issuer, %problem, "what is known of the provider stays");
                (kept, AGAIN)
            }
            (Err(problem), None) => return Err(problem),
        };
        *known = Some((newest.clone(), now.plus(lasts)));
        Ok(newest)
    }

    async fn get(&self, at: &Uri) -> Result<Vec<u8>, OpenIdProblem> {
        let Answer { status, body, .. } = self.https.get(at).await?;
        if status == StatusCode::OK { Ok(body) } else { Err(OpenIdProblem::Status(status.as_u16())) }
    }
}
