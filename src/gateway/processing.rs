//! The lines of an organisation's Logboek Dataverwerkingen, from the ledger, oldest first.

use crate::domain::OrganisationId;
use crate::gateway::export::{reader, with_record};
use crate::gateway::{Error, Gateway};
use crate::projection::ProcessingRecord;
use crate::store::EntryFilter;

/// Some lines, and where the next begin.
pub struct Processing {
    /// The lines; an entry about nobody has none.
    pub records: Vec<ProcessingRecord>,
    /// The first entry that was not looked at.
    pub next: u64,
    /// How many entries the ledger has.
    pub size: u64,
}

impl Gateway {
    /// The lines of at most `limit` entries of this side, from this one on.
    pub async fn processing(
        &self,
        side: &OrganisationId,
        origin: &str,
        from: u64,
        limit: u32,
    ) -> Result<Processing, Error> {
        let size = self.store.checkpoint().await?.0;
        let rows = self.store.entries_from(side, &EntryFilter::default(), from, size, limit).await?;
        let full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
        let last = rows.last().map(|row| row.index.saturating_add(1)).filter(|_| full);
        let covenant = self.covenant();
        let reader = reader(side, origin, &covenant);
        let mut records = Vec::with_capacity(rows.len());
        for row in &rows {
            with_record(&self.pseudonyms, row, reader, |record| records.extend(record.processing()));
        }
        Ok(Processing { records, next: last.unwrap_or(size.max(from)), size })
    }
}
