//! Where each client's entries stand: what answers "who saw what of this client" at a cost that does not grow with the ledger.
//!
//! An index over all entries would dirty a page at random for each of them. Instead every complete run of 16 buckets of 256
//! entries is sorted once, every run of 16 such runs once more, and so on; and of that work each bucket that becomes complete does its
//! share, one sheet a level, in the seal. A client's entries stand in fewer than 32 sheets a level, and in a few dozen buckets that
//! the index of the newest entries finds.
//!
//! What is always true here: of a run of which the last sheet is due, every sheet is there. One that is missing is an error, and not
//! a client of whom nothing was recorded.

pub(super) mod regrown;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use sqlx::AnyConnection;

use crate::domain::ClientRef;
use crate::store::dialect::Engine;
use crate::store::{Error, Store, batch};

/// Entries in a bucket: the index of the newest entries is made of these.
const BUCKET: u64 = 256;
/// Runs of one level in a run of the next, and parts of one level in a part of the one before.
const RADIX: u64 = 16;

const MISSING: Error = Error::Corrupt("a list of where a client's entries stand is missing");
const MALFORMED: Error = Error::Corrupt("a list of where a client's entries stand");

/// An entry of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    client: u128,
    index: u64,
}

impl Place {
    const LENGTH: usize = 24;

    /// The entry at this index, of the client with this pseudonym.
    pub fn of(client: &str, index: u64) -> Option<Self> {
        Some(Self { client: u128::from_str_radix(client, 16).ok()?, index })
    }

    /// The number that its client's pseudonym begins with, in as many hexadecimal digits as the level.
    fn part(&self, level: u32) -> u64 {
        let rest = 128_u32.saturating_sub(level.saturating_mul(4));
        u64::try_from(self.client.checked_shr(rest).unwrap_or(0)).unwrap_or(u64::MAX)
    }

    fn write(places: &[Self]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(places.len() * Self::LENGTH);
        for place in places {
            bytes.extend(place.client.to_be_bytes());
            bytes.extend(place.index.to_be_bytes());
        }
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<Self>, Error> {
        let (places, rest) = bytes.as_chunks::<{ Self::LENGTH }>();
        let place = |bytes: &[u8; Self::LENGTH]| {
            let (client, index) = (bytes.first_chunk()?, bytes.last_chunk()?);
            Some(Self { client: u128::from_be_bytes(*client), index: u64::from_be_bytes(*index) })
        };
        let places: Option<_> = places.iter().map(place).collect();
        places.filter(|_| rest.is_empty()).ok_or(MALFORMED)
    }
}

/// The clients of one part in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sheet {
    level: u32,
    run: u64,
    part: u64,
}

/// How many buckets are in a run, and parts in a level.
fn width(level: u32) -> u64 {
    RADIX.saturating_pow(level)
}

/// The levels that a ledger of so many complete buckets has, from the lowest.
fn levels(buckets: u64) -> impl DoubleEndedIterator<Item = u32> {
    1..1 + buckets.checked_ilog(RADIX).unwrap_or(0)
}

/// How many runs of a level have all their sheets.
fn whole(level: u32, buckets: u64) -> u64 {
    ((buckets + 1) / width(level)).saturating_sub(1)
}

impl Sheet {
    /// Those that become due with this bucket, from the lowest level: each is made of those of the level below.
    fn due_with(bucket: u64) -> impl Iterator<Item = Self> {
        levels(bucket).map(move |level| {
            let run = (bucket / width(level)).saturating_sub(1);
            Self { level, run, part: bucket % width(level) }
        })
    }

    /// With which bucket it becomes due.
    fn due(&self) -> u64 {
        width(self.level).saturating_mul(self.run + 1).saturating_add(self.part)
    }

    /// What stands in it, from the entries or from the level below.
    async fn gather(&self, tx: &mut AnyConnection) -> Result<Vec<Place>, Error> {
        let first = self.run.saturating_mul(RADIX);
        let mut places = if self.level == 1 {
            sorted(tx, first, self.part).await?
        } else {
            rows(tx, self.level - 1, self.part / RADIX, first..first + RADIX).await?.concat()
        };
        places.retain(|place| place.part(self.level) == self.part);
        places.sort_unstable();
        Ok(places)
    }

    async fn write(&self, tx: &mut AnyConnection, text: &'static str, places: &[Place]) -> Result<(), Error> {
        sqlx::query(text)
            .bind(i64::from(self.level))
            .bind(number(self.run))
            .bind(number(self.part))
            .bind(Place::write(places))
            .execute(tx)
            .await?;
        Ok(())
    }
}

const INSERT: &str = "insert into client_place (level, run, part, places) values ($1, $2, $3, $4)";
const SHRINK: &str = "update client_place set places = $4 where level = $1 and run = $2 and part = $3";

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Of the 16 buckets from the first on, the entries of the clients from one beginning of a pseudonym until before another. `+ 0`: SQLite
/// compares a cast number by another rule than the index does, and would read the whole ledger.
pub(super) const SORTED: &str = "with recursive bucket (b) as \
     (select cast($1 as bigint) + 0 union all select b + 1 from bucket where b < cast($1 as bigint) + 15) \
     select e.client, e.idx from bucket cross join entry e where (e.idx / 256) = b and e.client >= $2 and e.client < $3";

/// Of the 16 buckets from this one on, the entries of the clients whose pseudonym begins with this digit.
async fn sorted(tx: &mut AnyConnection, first: u64, digit: u64) -> Result<Vec<Place>, Error> {
    let end = if digit + 1 < RADIX { format!("{:x}", digit + 1) } else { "g".to_owned() };
    let found: Vec<(String, i64)> =
        sqlx::query_as(SORTED).bind(number(first)).bind(format!("{digit:x}")).bind(end).fetch_all(tx).await?;
    let place = |(client, index): (String, i64)| Place::of(&client, u64::try_from(index).ok()?);
    found.into_iter().map(|row| place(row).ok_or(MALFORMED)).collect()
}

/// The sheets of these runs, all of which are due.
async fn rows(
    tx: &mut AnyConnection,
    level: u32,
    part: u64,
    runs: Range<u64>,
) -> Result<Vec<Vec<Place>>, Error> {
    let text = "select places from client_place where level = $1 and part = $2 and run >= $3 and run < $4 order by run";
    let found: Vec<Vec<u8>> = sqlx::query_scalar(text)
        .bind(i64::from(level))
        .bind(number(part))
        .bind(number(runs.start))
        .bind(number(runs.end))
        .fetch_all(tx)
        .await?;
    if found.len() as u64 != runs.end - runs.start {
        return Err(MISSING);
    }
    found.iter().map(|bytes| Place::read(bytes)).collect()
}

/// Writes the sheets that became due while the ledger grew.
pub(super) async fn store(tx: &mut AnyConnection, from: u64, to: u64) -> Result<(), Error> {
    for bucket in from / BUCKET + 1..=to / BUCKET {
        for sheet in Sheet::due_with(bucket) {
            let places = sheet.gather(tx).await?;
            sheet.write(tx, INSERT, &places).await?;
        }
    }
    Ok(())
}

/// Takes out the entries that say nothing any more. Before the head moves on: of what it says now, every sheet is there.
pub(super) async fn forget(tx: &mut AnyConnection, gone: &[Place]) -> Result<(), Error> {
    let buckets = size(tx).await? / BUCKET;
    for level in levels(buckets) {
        let mut sheets: BTreeMap<(u64, u64), BTreeSet<Place>> = BTreeMap::new();
        for place in gone {
            let run = place.index / BUCKET / width(level);
            sheets.entry((run, place.part(level))).or_default().insert(*place);
        }
        for ((run, part), gone) in sheets {
            let sheet = Sheet { level, run, part };
            if sheet.due() <= buckets {
                let mut places = rows(tx, level, part, run..run + 1).await?.concat();
                places.retain(|place| !gone.contains(place));
                sheet.write(tx, SHRINK, &places).await?;
            }
        }
    }
    Ok(())
}

/// Writes every sheet of a ledger that grew before there were any.
pub(super) async fn begin(connection: &mut AnyConnection, engine: Engine) -> Result<(), Error> {
    let some = "select max(level) from client_place";
    let grown = size(connection).await?;
    let there: Option<i64> = sqlx::query_scalar(some).fetch_one(&mut *connection).await?;
    if there.is_some() || grown < BUCKET * RADIX {
        return Ok(());
    }
    tracing::info!(
        entries = grown,
        "sorting where each client's entries stand: once, some seconds a million"
    );
    let head = batch::begin(connection, engine).await?;
    let there: Option<i64> = sqlx::query_scalar(some).fetch_one(&mut *connection).await?;
    if there.is_some() {
        return Ok(batch::rollback(connection).await?);
    }
    store(connection, 0, head.frontier.size()).await?;
    Ok(batch::commit(connection).await?)
}

async fn size(connection: &mut AnyConnection) -> Result<u64, Error> {
    let size: i64 =
        sqlx::query_scalar("select size from ledger_head where id = 1").fetch_one(connection).await?;
    u64::try_from(size).map_err(|_| Error::Corrupt("the size"))
}

impl Store {
    /// Where a client's entries stand from one index until before another, in their order.
    pub(super) async fn places(&self, client: &ClientRef, within: Range<u64>) -> Result<Vec<u64>, Error> {
        let mut reader = self.readers.acquire().await?;
        let size = size(&mut reader).await?;
        let within = within.start..within.end.min(size);
        let all = Place::of(client.as_str(), 0).ok_or(MALFORMED)?;
        let (mut found, mut next) = (Vec::new(), 0);
        let buckets = size / BUCKET;
        for level in levels(buckets).rev() {
            let entries = BUCKET.saturating_mul(width(level));
            let runs = (next / entries).max(within.start / entries)
                ..whole(level, buckets).min(within.end.div_ceil(entries));
            next = next.max(whole(level, buckets).saturating_mul(entries));
            if runs.start < runs.end {
                let places = rows(&mut reader, level, all.part(level), runs).await?;
                found.extend(places.iter().flat_map(|sheet| of(sheet, all)));
            }
        }
        let first = next.max(within.start);
        if first < within.end {
            let newest: Vec<i64> = sqlx::query_scalar(NEWEST)
                .bind(number(first))
                .bind(number(within.end))
                .bind(client.to_string())
                .fetch_all(&mut *reader)
                .await?;
            found.extend(newest.into_iter().filter_map(|index| u64::try_from(index).ok()));
        }
        found.retain(|index| within.contains(index));
        Ok(found)
    }
}

/// What the sorted sheet says of one client.
fn of(sheet: &[Place], all: Place) -> impl Iterator<Item = u64> {
    let from = sheet.partition_point(|place| place.client < all.client);
    sheet.iter().skip(from).take_while(move |place| place.client == all.client).map(|place| place.index)
}

/// Of the buckets that stand in no sheet yet.
pub(super) const NEWEST: &str = "with recursive bucket (b) as \
     (select cast($1 as bigint) / 256 union all select b + 1 from bucket where b < (cast($2 as bigint) - 1) / 256) \
     select e.idx from bucket cross join entry e where (e.idx / 256) = b and e.client = $3 order by e.idx";
