//! The covenants that were ever in force: which, since when, and what each said. That somebody looks is recorded first.

use std::sync::Arc;

use crate::domain::LogView;
use crate::gateway::{CovenantInForce, Error, Gateway, Requester};
use crate::policy::{Bundle, Covenant};
use crate::store::{Adopted, EntryFilter};

/// A covenant that was in force.
pub struct CovenantVersion {
    /// Its entry.
    pub adopted: Adopted,
    /// Its files; `None` where they are not kept any more.
    pub files: Option<Bundle>,
    /// What they say; `None` as well where this version of the program does not accept them any more.
    pub in_force: Option<CovenantInForce>,
}

impl Gateway {
    /// At most so many covenants that came into force before this entry, or until now: newest first.
    pub async fn covenants(
        &self,
        requester: &Requester,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Adopted>, Error> {
        let size = self.size().await?;
        let until = before.map_or(size, |before| before.min(size));
        let found = self.store.adopted(until, limit).await?;
        let full = u32::try_from(found.len()).is_ok_and(|count| count == limit);
        let from = found.last().filter(|_| full).map_or(0, |oldest| oldest.index);
        let read = EntryFilter::default().read(LogView::Report("covenants".to_owned()), from, until);
        self.record_log_read(requester, None, &read).await?;
        Ok(found)
    }

    /// The covenants that came into force by these entries.
    pub async fn covenant_versions(
        &self,
        requester: &Requester,
        entries: [u64; 2],
    ) -> Result<[CovenantVersion; 2], Error> {
        let [first, second] = entries;
        let versions = [self.version(first).await?, self.version(second).await?];
        let (from, until) = (first.min(second), first.max(second).saturating_add(1));
        let view = LogView::Report("covenant-differences".to_owned());
        let read = EntryFilter::default().read(view, from, until);
        self.record_log_read(requester, None, &read).await?;
        Ok(versions)
    }

    async fn version(&self, index: u64) -> Result<CovenantVersion, Error> {
        let found = self.store.adopted(index.saturating_add(1), 1).await?.pop();
        let adopted = found.filter(|adopted| adopted.index == index).ok_or(Error::NotFound("covenant"))?;
        let party_revision = adopted.party_revision;
        let now = self.covenant().covenant.clone();
        if now.digest == adopted.covenant {
            let files = Some((*now.files).clone());
            return Ok(CovenantVersion {
                adopted,
                files,
                in_force: Some(CovenantInForce { covenant: now, party_revision }),
            });
        }
        let files = self.store.kept_covenant(&adopted.covenant).await?;
        let Some(bundle) = files.clone() else {
            return Ok(CovenantVersion { adopted, files, in_force: None });
        };
        let read = tokio::task::spawn_blocking(move || Covenant::from_bundle(&bundle)).await;
        let covenant = read.ok().and_then(Result::ok).map(Arc::new);
        let in_force = covenant.map(|covenant| CovenantInForce { covenant, party_revision });
        Ok(CovenantVersion { adopted, files, in_force })
    }
}
