//! The officer's questions: recorded first, then answered from the own side of the ledger.
//!
//! What is always true here:
//! 1. The reading is sealed before the first entry is read for it, so nothing is handed over that is not recorded.
//! 2. A report is of the entries up to the head of the moment it was asked, and of its own entry beside.
//! 3. Memory holds one page of entries at a time, beside what the report keeps.
//! 4. There are never many: at most [`AT_A_TIME`] are made at a time, whoever asks and wherever, so that a disclosure does not wait
//!    for an officer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::{ClientRef, LogFilter, LogRead, LogView, OrganisationId, Timestamp};
use crate::gateway::export::{reader, with_record};
use crate::gateway::{Error, Gateway, Requester};
use crate::ledger::stated_times;
use crate::report::{Filed, Heads, Question, Reach, Report, Scope, Table};
use crate::store::{EntryFilter, Sealed};

/// How many entries are held at a time.
const PAGE: u32 = 200;
/// Reports at a time: each may read the ledger from end to end.
pub(super) const AT_A_TIME: usize = 4;

/// What is asked, of whose side.
pub struct ReportRequest {
    /// Whose side.
    pub side: OrganisationId,
    /// What is asked.
    pub question: Question,
    /// About this client only.
    pub client: Option<ClientRef>,
    /// What it is narrowed to.
    pub scope: Scope,
    /// Where it says how far it is.
    pub progress: Arc<Progress>,
    /// Whether it waits for its turn. Otherwise it is refused while there is no place.
    pub waits: bool,
}

/// How far a report is.
#[derive(Debug, Default)]
pub struct Progress {
    looked: AtomicU64,
    of: AtomicU64,
}

impl Progress {
    /// Entries that were looked at, and how many there are to look at; 0 while that is not known.
    pub fn so_far(&self) -> (u64, u64) {
        (self.looked.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }

    fn say(&self, looked: u64, of: u64) {
        self.looked.store(looked, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }
}

/// The answer.
pub struct Reported {
    /// What it comes to.
    pub tables: Vec<Table>,
    /// The signed head that it was made on.
    pub checkpoint: String,
    /// The entry that recorded the reading.
    pub entry: Sealed,
}

impl Gateway {
    /// Records that this is asked, and answers it.
    pub async fn report(&self, requester: &Requester, request: ReportRequest) -> Result<Reported, Error> {
        let ReportRequest { side, question, client, mut scope, progress, waits } = request;
        // The places are never closed.
        let _place = match self.report_places.try_acquire() {
            Err(_) if waits => self.report_places.acquire().await.map_err(|_| Error::ReportsBusy)?,
            place => place.map_err(|_| Error::ReportsBusy)?,
        };
        let (size, checkpoint) = self.store.checkpoint().await?;
        scope.heads = self.heads(size).await?;
        if question == Question::Sample && scope.seed.is_empty() {
            scope.seed = self.seed(&scope, size).await?;
        }
        let read = LogRead {
            view: LogView::Report(question.id().to_owned()),
            from: 0,
            until: size,
            filter: LogFilter {
                recipient: scope.organisation.clone(),
                requester: scope.requester.clone(),
                purpose: scope.purpose,
                after: scope.from,
                before: scope.until,
                ..LogFilter::default()
            },
        };
        let entry = self.record_log_read(requester, client.as_ref(), &read).await?;
        let filter = EntryFilter {
            client,
            from: scope.from.filter(|_| question.reach() != Reach::All),
            until: scope.until.filter(|_| question.reach() == Reach::Period),
            ..EntryFilter::default()
        };
        let covenant = self.covenant();
        let mut report = question.ask(scope);
        if question.reach() == Reach::Register {
            self.fold_register(&side, filter.client.as_ref(), report.as_mut()).await?;
        } else {
            let range = self.store.range_of(filter.from, filter.until, size).await?;
            self.fold(&side, &filter, range, report.as_mut(), &progress).await?;
            let own = (entry.index, entry.index.saturating_add(1));
            self.fold(&side, &filter, own, report.as_mut(), &Progress::default()).await?;
        }
        let tables = report.tables(&reader(&side, "", &covenant));
        Ok(Reported { tables, checkpoint, entry })
    }

    /// Has a report take the entries of a range, oldest first.
    async fn fold(
        &self,
        side: &OrganisationId,
        filter: &EntryFilter,
        (first, until): (u64, u64),
        report: &mut dyn Report,
        progress: &Progress,
    ) -> Result<(), Error> {
        let covenant = self.covenant();
        let mut next = first;
        while next < until {
            progress.say(next.saturating_sub(first), until.saturating_sub(first));
            let rows = self.store.entries_from(side, filter, next, until, PAGE).await?;
            let full = u32::try_from(rows.len()).is_ok_and(|count| count == PAGE);
            let last = rows.last().map(|row| row.index.saturating_add(1));
            next = last.filter(|_| full).unwrap_or(until);
            for row in &rows {
                with_record(&self.pseudonyms, row, reader(side, "", &covenant), |record| report.take(record));
            }
        }
        Ok(())
    }

    /// Has a report take what stands in the register of one's own about each client, or about one.
    async fn fold_register(
        &self,
        side: &OrganisationId,
        only: Option<&ClientRef>,
        report: &mut dyn Report,
    ) -> Result<(), Error> {
        let covenant = self.covenant();
        let mut after: Option<ClientRef> = None;
        loop {
            let clients = self.register.clients_of(side, after.as_ref(), PAGE).await?;
            for (client, _) in clients.iter().filter(|(client, _)| only.is_none_or(|only| only == client)) {
                let current = self.register.current(client).await?;
                let Some(file) = current.at(side) else { continue };
                let handle = self.pseudonyms.handle(client, side);
                let (registration, consents) = (&file.registration, file.consents.as_slice());
                let filed = Filed { client: &handle, registration, consents };
                report.take_file(&filed, &reader(side, "", &covenant));
            }
            after = clients.last().map(|(client, _)| client.clone());
            if u32::try_from(clients.len()).is_ok_and(|count| count < PAGE) {
                return Ok(());
            }
        }
    }

    /// How the ledger stands at this size.
    async fn heads(&self, size: u64) -> Result<Heads, Error> {
        let root = self.store.root_at(size).await?.ok_or(Error::NotFound("ledger size"))?;
        let latest = |note: &str| {
            let newest = stated_times(note).into_iter().max();
            newest.and_then(|seconds| i64::try_from(seconds).ok()).map(|s| Timestamp(s.saturating_mul(1_000)))
        };
        let cosigned = self.cosigned.load_full().map(|cosigned| (cosigned.size, latest(&cosigned.note)));
        let expired_before = self.store.expired_before().await?;
        Ok(Heads { size, root: root.to_base64(), cosigned, expired_before })
    }

    /// The seed of a sample of this period: nobody can choose it, and it stays the same once the period is over. It is made of the
    /// period and of the root of the ledger that ends with the last entry decided before its end.
    async fn seed(&self, scope: &Scope, size: u64) -> Result<String, Error> {
        let end = scope.until.unwrap_or(Timestamp::END);
        let then = self.store.size_before(end).await?.min(size);
        let root = self.store.root_at(then).await?.ok_or(Error::NotFound("ledger size"))?;
        let from = scope.from.unwrap_or(Timestamp(0));
        Ok(format!("{}/{}/{}", from.rfc3339(), end.rfc3339(), root.to_base64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::tests::Bare;

    fn asked(side: &OrganisationId, waits: bool) -> ReportRequest {
        let (question, scope) = (Question::Integrity, crate::report::testing::scope());
        ReportRequest { side: side.clone(), question, client: None, scope, progress: Arc::default(), waits }
    }

    #[tokio::test]
    async fn there_are_never_more_reports_at_a_time_than_there_are_places_wherever_they_are_asked() {
        let bare = Bare::open().await;
        let (gateway, officer) = (&bare.gateway, bare.officer());
        let side = &officer.actor.hat.organisation;
        let taken = gateway.report_places.try_acquire_many(u32::try_from(AT_A_TIME).unwrap()).unwrap();

        let refused = gateway.report(&officer, asked(side, false)).await;
        assert!(matches!(refused.err(), Some(Error::ReportsBusy)), "who does not wait is refused");
        let size = gateway.size().await.unwrap();
        let waiting = tokio::spawn({
            let (gateway, officer, asked) = (gateway.clone(), officer.clone(), asked(side, true));
            async move { gateway.report(&officer, asked).await }
        });
        while gateway.report_places.try_acquire().is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(gateway.size().await.unwrap(), size, "nothing is recorded or read before its turn");
        drop(taken);
        assert_eq!(waiting.await.unwrap().unwrap().entry.index, size);
        assert_eq!(gateway.report_places.available_permits(), AT_A_TIME, "and gives its place back");
        assert!(gateway.report(&officer, asked(side, false)).await.is_ok());
    }
}
