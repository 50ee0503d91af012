//! The figures of an officer's overview, counted as the ledger grows.
//!
//! What is always true here:
//! 1. Each entry is read once for them, whoever looks and however often: what a look costs is what was added since. Where that is much,
//!    as at the first look after a start, it goes on in the background, and the answer says how far it is.
//! 2. They are of the own side, of a year, and numbers only. That somebody looked is recorded first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::ToSpan;
use jiff::civil::Date;
use tokio::sync::Mutex as Turn;

use crate::domain::{LogView, OrganisationId, Timestamp};
use crate::gateway::{Error, Gateway, Requester};
use crate::report::Tally;
use crate::store::EntryFilter;

/// Days that are counted: a year, and a day to compare with.
const DAYS: i32 = 366;
/// Entries that are looked at while somebody waits.
const AT_ONCE: u64 = 2_000;
/// Entries that are looked at before others may.
const STEP: u64 = 1_000;

/// How far the counting is.
#[derive(Default)]
struct Count {
    tally: Tally,
    /// The first entry that is not counted; `None` before the first look.
    next: Option<u64>,
    /// Whether it goes on in the background.
    goes_on: bool,
}

/// The counts, by side.
#[derive(Default)]
pub(super) struct Tallies(Mutex<HashMap<OrganisationId, Arc<Turn<Count>>>>);

/// The figures, and how complete they are.
#[derive(Debug)]
pub struct Tallied {
    /// By day.
    pub tally: Tally,
    /// The first day that is counted.
    pub since: Date,
    /// The entries before this one are counted.
    pub counted: u64,
    /// How many there are.
    pub size: u64,
}

impl Gateway {
    /// The figures of the own side: recorded.
    pub async fn tally(self: &Arc<Self>, requester: &Requester) -> Result<Tallied, Error> {
        let side = &requester.actor.hat.organisation;
        let since = self.now().date().saturating_sub(DAYS.days());
        let size = self.size().await?;
        let year = EntryFilter { from: Some(Timestamp::start_of(since)), ..EntryFilter::default() };
        let read = year.read(LogView::Report("tally".to_owned()), 0, size);
        self.record_log_read(requester, None, &read).await?;

        let shared = self.tallies.of(side);
        let mut count = shared.lock().await;
        let first = match count.next {
            Some(next) => next,
            None => self.store.range_of(year.from, None, size).await?.0,
        };
        self.count(side, &mut count, first, size.min(first.saturating_add(AT_ONCE))).await?;
        count.tally.keep_from(since);
        let counted = count.next.unwrap_or(first);
        if counted < size && !count.goes_on {
            count.goes_on = true;
            tokio::spawn(self.clone().go_on(side.clone(), shared.clone(), size));
        }
        Ok(Tallied { tally: count.tally.clone(), since, counted, size })
    }

    /// Counts what there was, and lets others look between two steps.
    async fn go_on(self: Arc<Self>, side: OrganisationId, shared: Arc<Turn<Count>>, size: u64) {
        loop {
            let mut count = shared.lock().await;
            let next = count.next.unwrap_or(0);
            let step = self.count(&side, &mut count, next, size.min(next.saturating_add(STEP))).await;
            if let Err(problem) = &step {
                tracing::warn!(%problem, "the figures of an overview are not complete; the next look goes on");
            }
            if step.is_err() || count.next.is_none_or(|next| next >= size) {
                count.goes_on = false;
                return;
            }
            drop(count);
            tokio::task::yield_now().await;
        }
    }

    async fn count(
        &self,
        side: &OrganisationId,
        count: &mut Count,
        from: u64,
        until: u64,
    ) -> Result<(), Error> {
        let all = EntryFilter::default();
        let mut next = from;
        while next < until {
            let end = until.min(next.saturating_add(STEP));
            let page = u32::try_from(STEP).unwrap_or(u32::MAX);
            for row in self.store.entries_from(side, &all, next, end, page).await? {
                count.tally.take(&row.entry);
            }
            next = end;
            count.next = Some(next);
        }
        Ok(())
    }
}

impl Tallies {
    fn of(&self, side: &OrganisationId) -> Arc<Turn<Count>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.entry(side.clone()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::tests::Bare;

    #[tokio::test]
    async fn what_is_too_much_to_count_at_once_is_counted_in_the_background_as_if_by_hand() {
        let bare = Bare::open().await;
        bare.asks(AT_ONCE + STEP + 200).await;
        let (gateway, officer) = (&bare.gateway, bare.officer());
        let side = &officer.actor.hat.organisation;
        let first = gateway.tally(&officer).await.unwrap();
        assert!(
            first.counted <= AT_ONCE && first.counted < first.size,
            "{} of {}",
            first.counted,
            first.size
        );

        let shared = gateway.tallies.of(side);
        while shared.lock().await.goes_on {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            shared.lock().await.next,
            Some(first.size),
            "as far as the ledger was, and no look helped"
        );

        let second = gateway.tally(&officer).await.unwrap();
        assert_eq!(second.counted, second.size, "what was added since is little");
        let mut by_hand = Tally::default();
        let all = EntryFilter::default();
        for row in gateway.store.entries_from(side, &all, 0, second.size, u32::MAX).await.unwrap() {
            by_hand.take(&row.entry);
        }
        assert_eq!(second.tally, by_hand);
        let questions: u64 = by_hand.days(second.since, Date::MAX).map(|(_, day)| day.questions()).sum();
        assert_eq!(questions, AT_ONCE + STEP + 200);
    }
}
