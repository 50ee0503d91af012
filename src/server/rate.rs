//! How often an organisation may call, or an address ask: a token bucket for each (threats.md T11, T14).
//!
//! A bucket is one number, the moment at which it is full again (the generic cell rate algorithm). A bucket that is
//! full is the same as none, so memory is bounded by those that called a moment ago. Time is given.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::config::ServerSettings;
use crate::domain::{OrganisationId, Timestamp};

/// When this many buckets are kept, those that are full are dropped.
const SWEEP_AT: usize = 4_096;

/// Too many calls: when to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many calls for this organisation; try again in {} ms", .0.as_millis())]
pub struct RetryAfter(pub Duration);

/// The buckets of all. Moments and lengths are in microseconds.
#[derive(Debug)]
pub struct Rates<Of = OrganisationId> {
    /// Between two calls that go on for ever.
    interval: i64,
    /// From an empty bucket to a full one.
    depth: i64,
    /// When each bucket is full again, since 1970.
    full_at: Mutex<HashMap<Of, i64>>,
}

impl<Of: Hash + Eq + Clone> Rates<Of> {
    /// So many calls a second for ever, and `burst` at once after a quiet time. Zero counts as one.
    pub fn new(requests_per_second: u32, burst: u32) -> Self {
        let interval = (1_000_000 / i64::from(requests_per_second.max(1))).max(1);
        let depth = interval * i64::from(burst.max(1));
        Self { interval, depth, full_at: Mutex::default() }
    }

    /// Takes one call out of its bucket, or says when there will be one.
    pub fn take(&self, of: &Of, now: Timestamp) -> Result<(), RetryAfter> {
        let now = now.0.saturating_mul(1_000);
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SWEEP_AT && !buckets.contains_key(of) {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let bucket = buckets.entry(of.clone()).or_insert(now);
        // A moment further away than an empty bucket can be means that the clock went back: start full.
        let ahead = bucket.saturating_sub(now);
        let filled = if (0..=self.depth).contains(&ahead) { *bucket } else { now };
        let next = filled.saturating_add(self.interval);
        let over = next - now - self.depth;
        if over > 0 {
            return Err(RetryAfter(Duration::from_micros(over.unsigned_abs())));
        }
        *bucket = next;
        Ok(())
    }
}

impl Rates {
    /// As configured.
    pub fn of(settings: &ServerSettings) -> Self {
        Self::new(settings.requests_per_second.number(), settings.burst.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation(number: usize) -> OrganisationId {
        OrganisationId::parse(&format!("{number:020}")).unwrap()
    }

    #[test]
    fn an_organisation_calls_as_often_as_its_bucket_holds_and_then_at_the_rate() {
        let rates = Rates::new(10, 3);
        let one = organisation(1);
        for (at, expected) in [
            (0, Ok(())),
            (0, Ok(())),
            (0, Ok(())),
            (0, Err(100)),
            (40, Err(60)),
            (99, Err(1)),
            (100, Ok(())),
            (100, Err(100)),
            (200, Ok(())),
            (200, Err(100)),
            // After a quiet time the bucket is full, and no fuller.
            (60_000, Ok(())),
            (60_000, Ok(())),
            (60_000, Ok(())),
            (60_000, Err(100)),
            // The clock went back: nobody is locked out for as long.
            (1_000, Ok(())),
        ] {
            let taken = rates.take(&one, Timestamp(at));
            assert_eq!(taken, expected.map_err(|ms| RetryAfter(Duration::from_millis(ms))), "at {at} ms");
        }
    }

    #[test]
    fn one_organisation_cannot_use_up_the_calls_of_another() {
        let rates = Rates::new(1, 1);
        assert_eq!(rates.take(&organisation(1), Timestamp(0)), Ok(()));
        assert!(rates.take(&organisation(1), Timestamp(0)).is_err());
        assert_eq!(rates.take(&organisation(2), Timestamp(0)), Ok(()));
    }

    #[test]
    fn organisations_that_are_quiet_take_no_memory() {
        let rates = Rates::new(1, 1);
        for number in 0..SWEEP_AT {
            rates.take(&organisation(number), Timestamp(0)).unwrap();
        }
        rates.take(&organisation(SWEEP_AT), Timestamp(10_000)).unwrap();
        assert_eq!(rates.full_at.lock().unwrap().len(), 1);
    }
}
