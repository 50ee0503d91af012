//! Exports: entries of one side in another form, oldest first, with proof of what was handed over.
//!
//! What is always true here:
//! 1. An export is read twice: once to know what is in it, and once more to hand it over. In between it is recorded, with the
//!    number of its records and the SHA-256 of the whole file, so the ledger proves the file, and nothing is handed over that
//!    is not recorded.
//! 2. Memory holds one page at a time, whatever the size of the ledger.
//! 3. What is exported ends at the head of the moment it began; both readings see the same entries, and if they do not (a
//!    retention period ended meanwhile) the export ends without its end.
//! 4. There are never many: at most [`AT_A_TIME`] of a gateway are under way, over the API and at the desk together.

use std::collections::VecDeque;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use tokio::sync::OwnedSemaphorePermit;

use crate::domain::{ExportedFile, FileDigest, LogView, OrganisationId};
use crate::gateway::{CovenantInForce, Error, Gateway, Requester};
use crate::identity::PseudonymKey;
use crate::projection::{Days, Format, Reader, Record};
use crate::store::{EntryFilter, EntryRow, Sealed};

/// How many entries are held at a time.
const PAGE: u32 = 100;
/// Exports at a time: each reads its part of the ledger twice.
pub(super) const AT_A_TIME: usize = 4;

/// The right to export, for as long as it is held.
pub struct ExportPlace(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

/// What is exported, for whom.
pub struct ExportRequest {
    /// Whose side.
    pub side: OrganisationId,
    /// Which entries of it.
    pub filter: EntryFilter,
    /// Only this entry.
    pub only: Option<u64>,
    /// In which form.
    pub format: Format,
    /// The name of the ledger, as on its checkpoints.
    pub origin: String,
}

/// An export that is being read.
pub struct Export {
    request: Arc<ExportRequest>,
    covenant: Arc<CovenantInForce>,
    next: u64,
    until: u64,
    days: Days,
    ready: VecDeque<String>,
    digest: Context,
    records: u64,
}

/// An export that was recorded and may be handed over.
pub struct Exported {
    /// How many records.
    pub records: u64,
    /// The SHA-256 of the file.
    pub sha256: FileDigest,
    /// The entry that says so.
    pub entry: Sealed,
    /// The records.
    pub export: Export,
}

impl Gateway {
    /// A place among those who export; `None` while there is none.
    pub fn export_place(&self) -> Option<ExportPlace> {
        self.export_places.clone().try_acquire_owned().ok().map(ExportPlace)
    }

    /// How many exports are under way, and how many may be.
    pub fn exports(&self) -> (usize, usize) {
        (AT_A_TIME.saturating_sub(self.export_places.available_permits()), AT_A_TIME)
    }

    /// How many entries of the ledger lie in the period of a filter: among so many is looked for what is exported.
    pub async fn reach(&self, filter: &EntryFilter) -> Result<u64, Error> {
        let (from, until) = self.store.range_of(filter.from, filter.until, self.size().await?).await?;
        Ok(until.saturating_sub(from))
    }

    /// Reads what is to be exported, and records it.
    pub async fn export(&self, requester: &Requester, request: ExportRequest) -> Result<Exported, Error> {
        let covenant = self.covenant();
        let size = self.store.checkpoint().await?.0;
        let range = match request.only {
            Some(only) => (only, size.min(only.saturating_add(1))),
            None => self.store.range_of(request.filter.from, request.filter.until, size).await?,
        };
        let request = Arc::new(request);
        let mut first = Export::new(request.clone(), covenant.clone(), range);
        while first.next(self).await?.is_some() {}
        let (records, sha256) = first.end();
        let file = ExportedFile { format: request.format.id().to_owned(), records, sha256: sha256.clone() };
        let read = request.filter.read(LogView::Export(file), range.0, range.1);
        let entry = self.record_log_read(requester, request.filter.client.as_ref(), &read).await?;
        Ok(Exported { records, sha256, entry, export: Export::new(request, covenant, range) })
    }
}

impl Export {
    fn new(request: Arc<ExportRequest>, covenant: Arc<CovenantInForce>, range: (u64, u64)) -> Self {
        let mut digest = Context::new(&SHA256);
        if let Some(heading) = request.format.heading() {
            digest.update(heading.as_bytes());
            digest.update(request.format.line_end().as_bytes());
        }
        let (days, ready) = (Days::default(), VecDeque::new());
        let (next, until) = range;
        Self { request, covenant, next, until, days, ready, digest, records: 0 }
    }

    /// The next record, without its line end; `None` when there is no more.
    pub async fn next(&mut self, gateway: &Gateway) -> Result<Option<String>, Error> {
        while self.ready.is_empty() && self.next < self.until {
            let ExportRequest { side, filter, .. } = &*self.request;
            let rows = gateway.store.entries_from(side, filter, self.next, self.until, PAGE).await?;
            let full = u32::try_from(rows.len()).is_ok_and(|count| count == PAGE);
            let last = rows.last().map(|row| row.index.saturating_add(1));
            self.next = last.filter(|_| full).unwrap_or(self.until);
            for row in &rows {
                self.take(&gateway.pseudonyms, row)?;
            }
            if self.next >= self.until {
                self.ready.extend(self.days.finish());
            }
        }
        let record = self.ready.pop_front();
        if let Some(record) = &record {
            self.digest.update(record.as_bytes());
            self.digest.update(self.request.format.line_end().as_bytes());
            self.records = self.records.saturating_add(1);
        }
        Ok(record)
    }

    /// How many records there were, and the SHA-256 of the file that they make.
    pub fn end(self) -> (u64, FileDigest) {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.digest.finish().as_ref());
        (self.records, FileDigest::from_bytes(sha256))
    }

    fn take(&mut self, pseudonyms: &PseudonymKey, row: &EntryRow) -> Result<(), Error> {
        let ExportRequest { side, format, origin, .. } = &*self.request;
        let (format, days, ready) = (*format, &mut self.days, &mut self.ready);
        let reader = reader(side, origin, &self.covenant);
        with_record(pseudonyms, row, reader, |record| {
            if format.is_for_a_client() {
                ready.extend(days.take(format, record));
            } else {
                ready.extend(format.project(record)?);
            }
            Ok(())
        })
    }
}

/// Whose officers read, by whose words.
pub fn reader<'a>(side: &'a OrganisationId, origin: &'a str, covenant: &'a CovenantInForce) -> Reader<'a> {
    let covenant = &covenant.covenant;
    Reader {
        side,
        origin,
        catalogue: &covenant.catalogue,
        purposes: &covenant.purposes,
        parties: &covenant.parties,
    }
}

/// Has this done with an entry of the reader's side, its client named by the reader's own handle.
pub fn with_record<T>(
    pseudonyms: &PseudonymKey,
    row: &EntryRow,
    reader: Reader<'_>,
    use_it: impl FnOnce(&Record<'_>) -> T,
) -> T {
    let EntryRow { index, entry, body, leaf } = row;
    let client = entry.client.as_ref().map(|client| pseudonyms.handle(client, reader.side));
    use_it(&Record { index: *index, leaf: leaf.0, entry, body, client: client.as_deref(), reader })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::tests::Bare;

    #[tokio::test]
    async fn a_gateway_has_so_many_places_for_exports_of_its_own_and_each_is_given_back() {
        let (bare, another) = (Bare::open().await, Bare::open().await);
        let gateway = &bare.gateway;
        let mut taken: Vec<ExportPlace> = (0..AT_A_TIME).filter_map(|_| gateway.export_place()).collect();
        assert_eq!(gateway.exports(), (AT_A_TIME, AT_A_TIME));
        assert!(gateway.export_place().is_none(), "others export");
        assert_eq!(another.gateway.exports(), (0, AT_A_TIME), "at another gateway nobody does");
        taken.pop();
        assert!(gateway.export_place().is_some());
        assert_eq!(gateway.exports(), (AT_A_TIME - 1, AT_A_TIME));
    }
}
