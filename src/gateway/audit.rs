//! Reading the ledger, each organisation its own side.

use crate::domain::OrganisationId;
use crate::gateway::{Error, Gateway};
use crate::ledger::{LogResource, Proof, Receipt};
use crate::store::{EntryFilter, EntryRow};

impl Gateway {
    /// Entries on this organisation's side, newest first.
    pub async fn entries(
        &self,
        side: &OrganisationId,
        filter: &EntryFilter,
        limit: u32,
    ) -> Result<Vec<EntryRow>, Error> {
        Ok(self.store.entries(side, filter, limit).await?)
    }

    /// One entry, if it is on this organisation's side; otherwise it is as if there were none.
    pub async fn own_entry(&self, side: &OrganisationId, index: u64) -> Result<EntryRow, Error> {
        let row = self.store.entry(index).await?.ok_or(Error::NotFound("entry"))?;
        let recipient = row.entry.actor.as_ref().map(|a| &a.hat.organisation);
        let of_nobody = row.entry.client.is_none() && recipient.is_none();
        let own = of_nobody || recipient == Some(side) || row.entry.custodian() == Some(side);
        if own { Ok(row) } else { Err(Error::NotFound("entry")) }
    }

    /// The receipt of an entry on this organisation's side, against the newest checkpoint.
    pub async fn receipt(&self, side: &OrganisationId, index: u64) -> Result<Receipt, Error> {
        self.own_entry(side, index).await?;
        self.store.receipt(index).await?.ok_or(Error::NotFound("entry"))
    }

    /// The newest signed head.
    pub async fn checkpoint(&self) -> Result<String, Error> {
        Ok(self.store.checkpoint().await?.1)
    }

    /// How many entries there are.
    pub async fn size(&self) -> Result<u64, Error> {
        Ok(self.store.checkpoint().await?.0)
    }

    /// A part of the ledger, whoever's side it is on; `None` where there is none. Entries hold personal data of every
    /// party: record the reading first ([`Gateway::record_log_read`]).
    pub async fn log_resource(&self, part: &LogResource) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.store.log_resource(part).await?)
    }

    /// The proof that nothing before the newest head was altered since the ledger had `old` entries.
    pub async fn consistency(&self, old: u64) -> Result<(Proof, String), Error> {
        self.store.consistency(old).await?.ok_or(Error::NotFound("ledger size"))
    }
}
