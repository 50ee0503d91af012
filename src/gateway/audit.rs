//! Reading the ledger, each organisation its own side.
//!
//! What is always true here: whatever tells what an entry says is recorded before it is handed over, so it is asked of the
//! gateway with who asks. Checkpoints, receipts and proofs are hashes that tell nothing of what entries say, and are not recorded.

use std::sync::Arc;

use crate::domain::{LogView, OrganisationId};
use crate::gateway::{Error, Gateway, Requester};
use crate::ledger::{LogResource, Proof, Receipt};
use crate::store::{EntryFilter, EntryRow, Explanation, ReplayProblem};

/// A checkpoint of this ledger that enough witnesses cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignedCheckpoint {
    /// How many entries.
    pub size: u64,
    /// The signed checkpoint, cosignatures included.
    pub note: String,
}

/// What a search found.
#[derive(Debug)]
pub struct Found {
    /// Newest first.
    pub rows: Vec<EntryRow>,
    /// The oldest entry that was looked at: the next search begins before it.
    pub looked: u64,
    /// Whether there are older ones to look at.
    pub more: bool,
}

impl Gateway {
    /// A page of the entries on the caller's side, newest first: each page is recorded. It ends before the entry that
    /// records it, and so does every page after it.
    pub async fn entries(
        &self,
        requester: &Requester,
        filter: &EntryFilter,
        limit: u32,
    ) -> Result<Vec<EntryRow>, Error> {
        let size = self.size().await?;
        let until = filter.before.map_or(size, |before| before.min(size));
        let page = self.narrowed(filter, size, until).await?;
        let rows = self.store.entries(&requester.actor.hat.organisation, &page, limit).await?;
        let full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
        let from = rows.last().filter(|_| full).map_or(0, |row| row.index);
        let read = page.read(LogView::Listing, from, until);
        self.record_log_read(requester, page.client.as_ref(), &read).await?;
        Ok(rows)
    }

    /// The same, of as many entries as `span` says: how far it looked is told, so that a search for what is rare or is not there
    /// ends as well. It is recorded too.
    pub async fn search(
        &self,
        requester: &Requester,
        filter: &EntryFilter,
        limit: u32,
        span: u64,
    ) -> Result<Found, Error> {
        let size = self.size().await?;
        let until = filter.before.map_or(size, |before| before.min(size));
        let page = self.narrowed(filter, size, until).await?;
        let (first, end) = (page.after.unwrap_or(0), page.before.unwrap_or(until));
        let looked = end.saturating_sub(span).max(first);
        let page = EntryFilter { after: Some(looked), ..page };
        let rows = self.store.entries(&requester.actor.hat.organisation, &page, limit).await?;
        let full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
        let looked = rows.last().filter(|_| full).map_or(looked, |row| row.index);
        let read = page.read(LogView::Listing, looked, until);
        self.record_log_read(requester, page.client.as_ref(), &read).await?;
        Ok(Found { rows, looked, more: looked > first })
    }

    /// The filter, held to the entries that its period can hold.
    async fn narrowed(&self, filter: &EntryFilter, size: u64, until: u64) -> Result<EntryFilter, Error> {
        let (first, end) = self.store.range_of(filter.from, filter.until, size).await?;
        let after = filter.after.map_or(first, |after| after.max(first));
        Ok(EntryFilter { before: Some(until.min(end)), after: Some(after), ..filter.clone() })
    }

    /// One entry on the caller's side: recorded, also what it was narrowed to, the client whom it is about.
    pub async fn read_entry(&self, requester: &Requester, index: u64) -> Result<EntryRow, Error> {
        let row = self.own_entry(&requester.actor.hat.organisation, index).await?;
        self.record_one(requester, LogView::Entry, &row).await?;
        Ok(row)
    }

    /// The entries before this one are gone where nothing rests on them any more: their retention is over.
    pub async fn expired_before(&self) -> Result<u64, Error> {
        Ok(self.store.expired_before().await?)
    }

    /// One entry, if it is on this organisation's side; otherwise it is as if there were none.
    pub async fn own_entry(&self, side: &OrganisationId, index: u64) -> Result<EntryRow, Error> {
        let row = self.store.entry(index).await?.ok_or(Error::NotFound("entry"))?;
        let recipient = row.entry.actor.as_ref().map(|a| &a.hat.organisation);
        let of_nobody = row.entry.client.is_none() && recipient.is_none();
        let own = of_nobody || recipient == Some(side) || row.entry.custodian() == Some(side);
        if own { Ok(row) } else { Err(Error::NotFound("entry")) }
    }

    /// An entry on the caller's side, decided again from the ledger alone: recorded.
    pub async fn explain(&self, requester: &Requester, index: u64) -> Result<Explanation, Error> {
        self.own_entry(&requester.actor.hat.organisation, index).await?;
        let explained = self.store.explain(index, Some(&self.covenant().covenant)).await;
        let explained = explained?.ok_or(Error::NotFound("entry"))?;
        self.record_one(requester, LogView::Explanation, &explained.row).await?;
        Ok(explained)
    }

    async fn record_one(&self, requester: &Requester, view: LogView, row: &EntryRow) -> Result<(), Error> {
        let read = EntryFilter::default().read(view, row.index, row.index.saturating_add(1));
        self.record_log_read(requester, row.entry.client.as_ref(), &read).await?;
        Ok(())
    }

    /// The receipt of an entry on this organisation's side, or of one whose retention is over: against the newest cosigned
    /// checkpoint, if the entry is in it, otherwise against the newest head.
    pub async fn receipt(&self, side: &OrganisationId, index: u64) -> Result<Receipt, Error> {
        match self.own_entry(side, index).await {
            // What is left of it is hashes: nobody can tell any more whose side it was on, nor what it said.
            Ok(_) | Err(Error::Store(crate::store::Error::Expired)) => {}
            Err(error) => return Err(error),
        }
        if let Some(cosigned) = self.cosigned.load_full()
            && let Some(proof) = self.store.inclusion(index, cosigned.size).await?
        {
            return Ok(Receipt { index, proof, checkpoint: cosigned.note.clone() });
        }
        self.store.receipt(index).await?.ok_or(Error::NotFound("entry"))
    }

    /// The checkpoint to publish: the newest that enough witnesses cosigned, with their cosignatures; the newest signed
    /// head while there is none.
    pub async fn checkpoint(&self) -> Result<String, Error> {
        match self.cosigned.load_full() {
            Some(cosigned) => Ok(cosigned.note.clone()),
            None => self.head().await,
        }
    }

    /// The newest signed head, which no witness has seen yet.
    pub async fn head(&self) -> Result<String, Error> {
        Ok(self.store.checkpoint().await?.1)
    }

    /// How many entries there are.
    pub async fn size(&self) -> Result<u64, Error> {
        Ok(self.store.checkpoint().await?.0)
    }

    /// A part of the ledger, whoever's side it is on; `None` where there is none. Entries hold personal data of every
    /// party: record the reading first ([`Gateway::record_log_read`]).
    pub async fn log_resource(&self, part: &LogResource) -> Result<Option<Vec<u8>>, Error> {
        match (part, self.cosigned.load_full()) {
            (LogResource::Checkpoint, Some(cosigned)) => Ok(Some(cosigned.note.clone().into_bytes())),
            _ => Ok(self.store.log_resource(part).await?),
        }
    }

    /// Publishes this checkpoint from now on.
    pub fn publish(&self, cosigned: CosignedCheckpoint) {
        self.cosigned.store(Some(Arc::new(cosigned)));
    }

    /// The proof that nothing before the newest head was altered since the ledger had `old` entries.
    pub async fn consistency(&self, old: u64) -> Result<(Proof, String), Error> {
        self.store.consistency(old).await?.ok_or(Error::NotFound("ledger size"))
    }
}

impl From<crate::domain::Malformed> for Error {
    fn from(_: crate::domain::Malformed) -> Self {
        Self::NotFound("identifier")
    }
}

impl From<ReplayProblem> for Error {
    fn from(problem: ReplayProblem) -> Self {
        match problem {
            ReplayProblem::Store(error) => Self::Store(error),
            problem => Self::Unexplained(Box::new(problem)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::tests::Bare;

    fn indexes(found: &Found) -> Vec<u64> {
        found.rows.iter().map(|row| row.index).collect()
    }

    #[tokio::test]
    async fn a_search_says_how_far_it_looked_and_whether_there_is_more_also_at_its_edges() {
        let bare = Bare::open().await;
        bare.asks(10).await;
        let (gateway, officer) = (&bare.gateway, bare.officer());
        // Entry 0 brought the covenant into force; 1 to 10 are what was asked.
        let look = async |before: u64, purpose: Option<&str>, limit: u32, span: u64| {
            let purpose = purpose.map(crate::domain::testing::purpose);
            let filter = EntryFilter { before: Some(before), purpose, ..EntryFilter::default() };
            gateway.search(&officer, &filter, limit, span).await.unwrap()
        };
        let (housing, crisis) = (Some("WON"), Some("CRI"));
        for (before, purpose, limit, span, found, looked, more) in [
            (11, housing, 3, 100, vec![10, 9, 8], 8, true),
            (8, housing, 3, 100, vec![7, 6, 5], 5, true),
            (11, housing, 10, 100, (1..=10).rev().collect(), 1, true),
            (11, housing, 11, 100, (1..=10).rev().collect(), 0, false),
            (11, housing, 20, 4, vec![10, 9, 8, 7], 7, true),
            (11, crisis, 20, 4, vec![], 7, true),
            (7, crisis, 20, 4, vec![], 3, true),
            (4, crisis, 20, 4, vec![], 0, false),
            (3, crisis, 20, 4, vec![], 0, false),
            (0, None, 20, 4, vec![], 0, false),
        ] {
            let said = look(before, purpose, limit, span).await;
            let case = format!("before {before}, {purpose:?}, {limit} of {span}");
            assert_eq!((indexes(&said), said.looked, said.more), (found, looked, more), "{case}");
        }
        let size = gateway.size().await.unwrap();
        assert_eq!(size, 21, "each search is an entry");
        let beyond = look(u64::MAX, housing, 2, 100).await;
        assert_eq!((indexes(&beyond), beyond.looked), (vec![10, 9], 9), "before the end is from the end");
    }
}
