//! Where the clients' entries stand, as the entries say, compared with the sheets that are stored.
//!
//! The lowest level is sorted anew from the entries themselves; each level above must be what the one below it makes.

use sqlx::AnyConnection;

use super::{BUCKET, Place, RADIX, Sheet, levels, rows, width};
use crate::store::{AuditProblem, Error};

const OTHER: AuditProblem = AuditProblem::Projection("client_place");

/// A sheet that is missing or cannot be read is named; a database that does not answer is no such fault.
fn named(error: Error) -> AuditProblem {
    if matches!(error, Error::Corrupt(_)) { OTHER } else { error.into() }
}

/// Takes the entries in their order.
pub(in crate::store) struct Places {
    /// How many buckets the ledger has.
    buckets: u64,
    seen: Vec<Place>,
    /// The run of the lowest level that these belong to.
    run: u64,
}

impl Places {
    /// Of a ledger of so many entries.
    pub(in crate::store) fn of(size: u64) -> Self {
        Self { buckets: size / BUCKET, seen: Vec::new(), run: 0 }
    }

    /// The ledger was read to this size, and these were seen of it since.
    pub(in crate::store) async fn grow(
        &mut self,
        snapshot: &mut AnyConnection,
        seen: &mut Vec<Place>,
        size: u64,
    ) -> Result<(), AuditProblem> {
        self.seen.append(seen);
        let entries = BUCKET * RADIX;
        while (self.run + 1) * entries <= size {
            let end = (self.run + 1) * entries;
            let (mut places, rest) = std::mem::take(&mut self.seen).into_iter().partition(|p| p.index < end);
            self.seen = rest;
            self.compare(snapshot, 1, self.run, 0..RADIX, &mut places).await?;
            self.run += 1;
        }
        Ok(())
    }

    /// The whole ledger was read.
    pub(in crate::store) async fn finish(self, snapshot: &mut AnyConnection) -> Result<(), AuditProblem> {
        let mut expected = 0;
        for level in levels(self.buckets) {
            expected += self.buckets + 1 - width(level);
            for run in 0..self.buckets / width(level) {
                for parent in 0..width(level - 1) {
                    let first = Sheet { level, run, part: parent * RADIX };
                    if level > 1 && first.due() <= self.buckets {
                        let below = run * RADIX..(run + 1) * RADIX;
                        let mut places =
                            rows(snapshot, level - 1, parent, below).await.map_err(named)?.concat();
                        let parts = first.part..first.part + RADIX;
                        self.compare(snapshot, level, run, parts, &mut places).await?;
                    }
                }
            }
        }
        let count: i64 = sqlx::query_scalar("select count(*) from client_place").fetch_one(snapshot).await?;
        if u64::try_from(count) == Ok(expected) { Ok(()) } else { Err(OTHER) }
    }

    /// Compares the sheets of these parts that are due with what must stand in them, in any order.
    async fn compare(
        &self,
        snapshot: &mut AnyConnection,
        level: u32,
        run: u64,
        parts: std::ops::Range<u64>,
        places: &mut [Place],
    ) -> Result<(), AuditProblem> {
        places.sort_unstable();
        let mut rest = &*places;
        for part in parts {
            let (own, others) = rest.split_at(rest.partition_point(|place| place.part(level) <= part));
            rest = others;
            if (Sheet { level, run, part }).due() > self.buckets {
                return Ok(());
            }
            let stored = rows(snapshot, level, part, run..run + 1).await.map_err(named)?;
            if stored.concat() != own {
                return Err(OTHER);
            }
        }
        Ok(())
    }
}
