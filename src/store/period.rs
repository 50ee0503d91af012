//! Which entries a period can hold: a range of the ledger, found without reading what is outside of it.
//!
//! What is always true here: the writer refuses an entry that is older than one before it by more than a tolerance. So an entry that
//! was decided that much before a moment has none before it that was decided after the moment, nor the other way round; and where
//! retention has been, entries have no time any more, and are not asked for it.

use crate::domain::Timestamp;
use crate::store::waiting::CLOCK_TOLERANCE;
use crate::store::{Error, Store};

impl Store {
    /// The first entry, of so many, that can have been decided in this period, and the first after the last.
    pub async fn range_of(
        &self,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        size: u64,
    ) -> Result<(u64, u64), Error> {
        let horizon = self.expired_before().await?.min(size);
        let first = match from {
            Some(from) => self.first_at(from.plus(-CLOCK_TOLERANCE), horizon, size).await?,
            None => horizon,
        };
        let end = match until {
            Some(until) => self.first_at(until.plus(CLOCK_TOLERANCE), horizon, size).await?,
            None => size,
        };
        // What was kept of those before the horizon is looked at one by one.
        Ok((if first == horizon { 0 } else { first }, end))
    }

    /// An entry from `low` on such that the one before it was decided before this moment, and it itself, if it is before `high`, was
    /// not.
    async fn first_at(&self, moment: Timestamp, mut low: u64, mut high: u64) -> Result<u64, Error> {
        while low < high {
            let middle = low.midpoint(high);
            let index = i64::try_from(middle).map_err(|_| Error::Corrupt("an index"))?;
            let at: i64 = sqlx::query_scalar("select at from entry where idx = $1")
                .bind(index)
                .fetch_one(&self.readers)
                .await?;
            if at < moment.0 {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}
