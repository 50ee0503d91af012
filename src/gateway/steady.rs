//! The time that decisions are made at: it never goes back.
//!
//! A clock that ran backwards would bring back what had ended: an age, a period, an order. So the gateway remembers the
//! latest moment that it or the ledger knows of, and decides nothing before it. And a clock that leapt ahead, or a machine that
//! slept, between a decision and its record may have passed the end of what the decision rests on: it is made again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::{Clock, Timestamp};
use crate::store;

/// Longer than any request lasts (`server.request_timeout_ms`), in milliseconds.
const LONG: i64 = 120_000;

/// A clock that refuses where it ran backwards.
pub(super) struct SteadyClock {
    clock: Arc<dyn Clock>,
    latest: AtomicI64,
    tolerance: i64,
}

impl SteadyClock {
    /// Starts at the newest entry; a lag of at most `tolerance` milliseconds is the clock being set right.
    pub(super) fn new(clock: Arc<dyn Clock>, newest: Timestamp, tolerance: i64) -> Self {
        Self { clock, latest: AtomicI64::new(newest.0), tolerance }
    }

    /// The moment to decide at.
    pub(super) fn decide_at(&self) -> Result<Timestamp, store::Error> {
        let now = self.clock.now();
        let latest = self.latest.fetch_max(now.0, Ordering::SeqCst);
        if now.0 < latest.saturating_sub(self.tolerance) {
            tracing::error!("the clock runs behind the latest decision: nothing is decided");
            return Err(store::Error::ClockBehind);
        }
        Ok(now)
    }

    /// Whether nothing would be decided now.
    pub(super) fn is_behind(&self) -> bool {
        self.clock.now().0 < self.latest.load(Ordering::SeqCst).saturating_sub(self.tolerance)
    }

    /// Whether a decision of that moment is older than any request lasts, by this clock.
    pub(super) fn is_long_past(&self, decided_at: Timestamp) -> bool {
        self.clock.now().0.saturating_sub(decided_at.0) > LONG
    }

    /// Now, to show how things stand.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock that says what it is told.
    #[derive(Default)]
    struct Told(AtomicI64);

    impl Clock for Told {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::SeqCst))
        }
    }

    #[test]
    fn nothing_is_decided_before_the_latest_decision_or_the_newest_entry_but_for_the_tolerance() {
        let clock = Arc::new(Told::default());
        let steady = SteadyClock::new(clock.clone(), Timestamp(1_000), 50);
        for (now, decides) in [
            (0, false),
            (949, false),
            (950, true),
            (1_000, true),
            (2_000, true),
            (1_950, true),
            (1_949, false),
            (i64::MIN, false),
            (2_001, true),
        ] {
            clock.0.store(now, Ordering::SeqCst);
            assert_eq!(steady.is_behind(), !decides, "{now}");
            assert_eq!(steady.decide_at().is_ok(), decides, "{now}");
            assert_eq!(steady.now(), Timestamp(now));
        }
    }

    #[test]
    fn a_decision_that_the_clock_leapt_away_from_does_not_count_any_more() {
        let clock = Arc::new(Told::default());
        let steady = SteadyClock::new(clock.clone(), Timestamp(0), 50);
        for (now, decided_at, past) in [
            (1_000, 1_000, false),
            (121_000, 1_000, false),
            (121_001, 1_000, true),
            (3_600_000, 1_000, true),
            (0, 1_000, false),
            (i64::MIN, i64::MAX, false),
            (i64::MAX, i64::MIN, true),
        ] {
            clock.0.store(now, Ordering::SeqCst);
            assert_eq!(steady.is_long_past(Timestamp(decided_at)), past, "{now}, {decided_at}");
        }
    }
}
