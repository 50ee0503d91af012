//! Reading the ledger ahead of the audit: whole tiles at a time, over several connections, hashed where they are read.
//!
//! What is always true here: a page is handed over only if it has 256 entries in their places, each with the leaf hash that it
//! has by its own bytes, and the stored tile of just those. Of anything else there is no page: then the audit looks itself,
//! entry by entry, and names what it finds. So nothing is taken for good that is not, and nothing is judged twice.

use std::collections::VecDeque;
use std::ops::Range;

use sqlx::AnyPool;
use tokio::task::JoinHandle;

use crate::domain::Entry;
use crate::ledger::{Hash, TILE_WIDTH, Tile, leaf_hash};
use crate::store::audit::AuditProblem;
use crate::store::batch::Row;
use crate::store::columns::Columns;
use crate::store::dialect;
use crate::store::fold::Fold;
use crate::store::glance::Glance;

/// How many pages are read ahead.
const DEPTH: usize = 6;

/// The entries of one tile.
pub(super) struct Page {
    bytes: Vec<u8>,
    spans: Vec<(Range<usize>, Range<usize>)>,
    /// The root over them.
    pub root: Hash,
}

impl Page {
    /// Each entry's body, and its columns as `dialect::PAGE` writes them.
    fn entries(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let of = |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        self.spans.iter().map(move |(body, columns)| (of(body), of(columns)))
    }

    /// Takes every entry, of which the first has this index. `false`, and nothing is taken, if a column of one is not what its
    /// body says.
    pub(super) fn judge(&self, first: u64, fold: &mut Fold) -> Result<bool, AuditProblem> {
        let mut seen = Vec::with_capacity(TILE_WIDTH);
        for ((body, line), index) in self.entries().zip(first..) {
            let Some(row) = Columns::read(line).filter(|row| row.index == index) else { return Ok(false) };
            let Some(entry) = Seen::of(body).filter(|entry| entry.is_in(&row)) else { return Ok(false) };
            seen.push(entry);
        }
        for (entry, index) in seen.into_iter().zip(first..) {
            let taken = match entry {
                Seen::AtAGlance(glance) => fold.take_glance(&glance),
                Seen::Whole(entry, row) => fold.take(index, &entry, row.request_key.as_ref()),
            };
            let place = i64::try_from(index).unwrap_or(i64::MAX);
            taken.map_err(|problem| AuditProblem::Entry { index: place, problem })?;
        }
        Ok(true)
    }

    /// Reads bodies, leaf hashes and columns apart; `None` if anything is not as it must be.
    fn take_apart(bytes: Vec<u8>, stored: &(Vec<u8>, Vec<u8>)) -> Option<Self> {
        let (mut spans, mut leaves) = (Vec::with_capacity(TILE_WIDTH), Vec::with_capacity(TILE_WIDTH));
        let mut at = 0;
        for _ in 0..TILE_WIDTH {
            let (length, _) = until(&bytes, at, b':')?;
            let body = at + length + 1;
            let number: usize = std::str::from_utf8(bytes.get(at..at + length)?).ok()?.parse().ok()?;
            let leaf = body.checked_add(number)?;
            let columns = leaf.checked_add(32)?;
            let hash = leaf_hash(bytes.get(body..leaf)?);
            if bytes.get(leaf..columns)? != hash.0 {
                return None;
            }
            let (width, next) = until(&bytes, columns, b'\n')?;
            spans.push((body..leaf, columns..columns + width));
            leaves.push(hash);
            at = next;
        }
        let tile = Tile::new(&leaves).ok()?;
        let root = tile.root().ok()?;
        let whole = at == bytes.len() && stored.0 == tile.to_bytes() && stored.1 == root.0;
        whole.then_some(Self { bytes, spans, root })
    }
}

/// An entry, as far as it had to be read.
enum Seen<'a> {
    AtAGlance(Glance<'a>),
    Whole(Box<Entry>, Box<Row>),
}

impl<'a> Seen<'a> {
    fn of(body: &'a [u8]) -> Option<Self> {
        if let Some(glance) = Glance::of(body) {
            return Some(Self::AtAGlance(glance));
        }
        let entry = Entry::decode(body).ok()?;
        let row = Row::of(&entry).ok()?;
        Some(Self::Whole(Box::new(entry), Box::new(row)))
    }

    fn is_in(&self, row: &Columns<'_>) -> bool {
        match self {
            Self::AtAGlance(glance) => glance.is_in(row),
            Self::Whole(_, whole) => Columns::of(whole, row.index) == *row,
        }
    }
}

/// How far from here this byte is, and what comes after it.
fn until(bytes: &[u8], from: usize, end: u8) -> Option<(usize, usize)> {
    let length = bytes.get(from..)?.iter().position(|byte| *byte == end)?;
    Some((length, from + length + 1))
}

async fn read(pool: AnyPool, n: i64) -> Option<Page> {
    let start = n.checked_mul(256)?;
    let mut connection = pool.acquire().await.ok()?;
    let (bytes, sound, count): (Vec<u8>, i64, i64) = sqlx::query_as(dialect::PAGE)
        .bind(start)
        .bind(start.checked_add(256)?)
        .fetch_one(&mut *connection)
        .await
        .ok()?;
    let stored: (Vec<u8>, Vec<u8>) =
        sqlx::query_as("select hashes, root from tile where level = 0 and n = $1")
            .bind(n)
            .fetch_one(&mut *connection)
            .await
            .ok()?;
    drop(connection);
    if (sound, count) == (256, 256) { Page::take_apart(bytes, &stored) } else { None }
}

/// What is read ahead, in order.
pub(super) struct Ahead {
    pool: Option<AnyPool>,
    whole: u64,
    under_way: VecDeque<(u64, JoinHandle<Option<Page>>)>,
}

impl Ahead {
    /// Of a ledger of so many entries. With one connection only, which the audit has itself, nothing is read ahead.
    pub(super) fn of(readers: &AnyPool, total: u64) -> Self {
        let pool = (readers.options().get_max_connections() > 1).then(|| readers.clone());
        Self { pool, whole: total / TILE_WIDTH as u64, under_way: VecDeque::new() }
    }

    /// The page that begins at this entry, if one does and is as it must be.
    pub(super) async fn page(&mut self, entry: u64) -> Option<Page> {
        let pool = self.pool.as_ref()?;
        let n = entry / TILE_WIDTH as u64;
        if !entry.is_multiple_of(TILE_WIDTH as u64) || n >= self.whole {
            return None;
        }
        while self.under_way.front().is_some_and(|(first, _)| *first < n) {
            self.under_way.pop_front();
        }
        let mut next = self.under_way.back().map_or(n, |(last, _)| last + 1);
        while self.under_way.len() < DEPTH && next < self.whole {
            let reading = tokio::spawn(read(pool.clone(), i64::try_from(next).ok()?));
            self.under_way.push_back((next, reading));
            next += 1;
        }
        let (_, reading) = self.under_way.pop_front()?;
        reading.await.ok()?
    }
}
