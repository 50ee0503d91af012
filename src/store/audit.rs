//! The audit: is the whole store what its signed head says? At start, and by `sluis ledger verify`.
//!
//! Every entry is decoded, hashed and compared with its row; the tree is grown anew and compared with tiles, frontier
//! and signed checkpoint; the tables beside the ledger are rebuilt from the entries and compared. One changed bit
//! anywhere is found and named.

use std::collections::BTreeMap;

use sqlx::AnyConnection;

use crate::domain::Entry;
use crate::ledger::{Checkpoint, Frontier, Hash, TILE_WIDTH, Tile, TileId, VerifierKey};
use crate::store::batch::Row;
use crate::store::fold::Fold;
use crate::store::{Error, Store, dialect, release};

/// How many entries are read at a time.
const PAGE: i64 = 512;

/// What a clean audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// How many entries.
    pub size: u64,
    /// The root of the tree.
    pub root: Hash,
}

/// What does not hold. Names the place, never the content.
#[derive(Debug, thiserror::Error)]
pub enum AuditProblem {
    /// An entry.
    #[error("entry {index} {problem}")]
    Entry {
        /// Which one.
        index: i64,
        /// What about it.
        problem: &'static str,
    },
    /// A stored tile.
    #[error("tile {level}/{n} {problem}")]
    Tile {
        /// Its level.
        level: u8,
        /// Its number.
        n: u64,
        /// What about it.
        problem: &'static str,
    },
    /// The head of the ledger.
    #[error("the head of the ledger {0}")]
    Head(&'static str),
    /// A table beside the ledger.
    #[error("the table {0} is not what the entries say")]
    Projection(&'static str),
    /// The engine finds its own file damaged, such as an index that leads to other rows.
    #[error("the database file is damaged, by the account of its own engine")]
    Damaged,
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sqlx::Error> for AuditProblem {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(Error::Unavailable(error))
    }
}

/// Hears how far an audit is: entries done, entries in all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

type StoredRow = (
    i64,
    i64,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    Option<i64>,
    Option<String>,
    Vec<u8>,
    Vec<u8>,
);

impl Store {
    /// Verifies everything, against the key of the ledger.
    pub async fn audit(&self, key: &VerifierKey, progress: Progress<'_>) -> Result<Audit, AuditProblem> {
        let mut snapshot = self.readers.begin().await?;
        if !dialect::is_sound(&mut snapshot).await? {
            return Err(AuditProblem::Damaged);
        }
        let (size, at, frontier, checkpoint, covenant, parties, party_revision): (
            i64,
            i64,
            Vec<u8>,
            String,
            String,
            String,
            i64,
        ) = sqlx::query_as(
            "select size, at, frontier, checkpoint, covenant, parties, party_revision from ledger_head where id = 1",
        )
        .fetch_one(&mut *snapshot)
        .await?;
        let total = u64::try_from(size).map_err(|_| AuditProblem::Head("has a negative size"))?;

        let (fold, tree) = entries(&mut snapshot, total, progress).await?;
        if tree.size() != total {
            return Err(AuditProblem::Head("counts another number of entries than there are"));
        }
        if frontier != tree.to_bytes() {
            return Err(AuditProblem::Head("has another frontier than the entries"));
        }
        let root = tree.root();
        if total == 0 {
            if !checkpoint.is_empty() {
                return Err(AuditProblem::Head("is signed, but there are no entries"));
            }
        } else {
            let signed = Checkpoint::parse_and_verify(&checkpoint, key.name(), key)
                .map_err(|_| AuditProblem::Head("is not signed by the key of this ledger"))?;
            if signed.size != total || signed.root != root || signed.origin != key.name() {
                return Err(AuditProblem::Head("is signed for other entries"));
            }
        }
        let kept = (at, covenant, parties, party_revision);
        if kept != (fold.at, fold.covenant.clone(), fold.parties.clone(), fold.party_revision) {
            return Err(AuditProblem::Head(
                "names another time, covenant or list of parties than the entries",
            ));
        }
        projections(&mut snapshot, &fold).await?;
        Ok(Audit { size: total, root })
    }
}

async fn entries(
    snapshot: &mut AnyConnection,
    total: u64,
    progress: Progress<'_>,
) -> Result<(Fold, Frontier), AuditProblem> {
    let (mut fold, mut tree, mut tiles) = (Fold::default(), Frontier::new(), Tiles::default());
    let mut next = i64::MIN;
    loop {
        let page: Vec<StoredRow> = sqlx::query_as(
            "select idx, at, event, client, custodian, recipient, requester, purpose, outcome, revision, request_key, \
             body, leaf from entry where idx >= $1 order by idx limit $2",
        )
        .bind(next)
        .bind(PAGE)
        .fetch_all(&mut *snapshot)
        .await?;
        let Some(last) = page.last().map(|row| row.0) else { break };
        for stored in page {
            let index = stored.0;
            let refuse = |problem| AuditProblem::Entry { index, problem };
            if u64::try_from(index) != Ok(tree.size()) {
                return Err(refuse("does not follow the one before"));
            }
            let row = check_row(&stored).map_err(refuse)?;
            let entry = Entry::decode(&row.body).map_err(|_| refuse("is not in its canonical encoding"))?;
            fold.take(tree.size(), &entry, row.request_key.as_ref()).map_err(refuse)?;
            tree.push(row.leaf);
            tiles.push(snapshot, row.leaf).await?;
        }
        progress(tree.size(), total);
        next = last.saturating_add(1);
    }
    tiles.finish(snapshot).await?;
    Ok((fold, tree))
}

/// Whether the columns are what the body says.
fn check_row(stored: &StoredRow) -> Result<Row, &'static str> {
    let (_, at, event, client, custodian, recipient, requester, purpose, outcome, revision, key, body, leaf) =
        stored;
    let entry = Entry::decode(body).map_err(|_| "is not in its canonical encoding")?;
    let row = Row::of(&entry).map_err(|_| "is not in its canonical encoding")?;
    if row.leaf.0.as_slice() != leaf.as_slice() {
        return Err("has another leaf hash than its body");
    }
    let columns = (row.at, row.event, &row.client, &row.custodian, &row.recipient, &row.requester);
    let more = (&row.purpose, row.outcome, row.revision, &row.request_key);
    let same = columns == (*at, event.as_str(), client, custodian, recipient, requester)
        && more == (purpose, outcome.as_str(), *revision, key);
    if same { Ok(row) } else { Err("has columns that differ from its body") }
}

/// Grows the tiles as they must be, and compares each with its row.
#[derive(Default)]
struct Tiles {
    open: Vec<Vec<Hash>>,
    complete: BTreeMap<u8, u64>,
}

impl Tiles {
    async fn push(&mut self, snapshot: &mut AnyConnection, leaf: Hash) -> Result<(), AuditProblem> {
        let (mut level, mut hash) = (0_u8, leaf);
        loop {
            if self.open.len() <= usize::from(level) {
                self.open.push(Vec::with_capacity(TILE_WIDTH));
            }
            let Some(open) = self.open.get_mut(usize::from(level)) else { return Ok(()) };
            open.push(hash);
            if open.len() < TILE_WIDTH {
                return Ok(());
            }
            let n = self.complete.entry(level).or_default();
            let id = TileId { level, n: *n };
            *n += 1;
            hash = compare(snapshot, id, open).await?;
            open.clear();
            level += 1;
        }
    }

    async fn finish(self, snapshot: &mut AnyConnection) -> Result<(), AuditProblem> {
        let count: i64 = sqlx::query_scalar("select count(*) from tile").fetch_one(snapshot).await?;
        let expected: u64 = self.complete.values().sum();
        if u64::try_from(count) == Ok(expected) { Ok(()) } else { Err(AuditProblem::Projection("tile")) }
    }
}

async fn compare(snapshot: &mut AnyConnection, id: TileId, hashes: &[Hash]) -> Result<Hash, AuditProblem> {
    let refuse = |problem| AuditProblem::Tile { level: id.level, n: id.n, problem };
    let expected = Tile::new(hashes).map_err(|_| refuse("is not complete"))?;
    let root = expected.root().map_err(|_| refuse("is not complete"))?;
    let stored: Option<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as("select hashes, root from tile where level = $1 and n = $2")
            .bind(i64::from(id.level))
            .bind(i64::try_from(id.n).map_err(|_| refuse("has too large a number"))?)
            .fetch_optional(snapshot)
            .await?;
    match stored {
        None => Err(refuse("is missing")),
        Some(row) if row == (expected.to_bytes(), root.0.to_vec()) => Ok(root),
        Some(_) => Err(refuse("has other hashes than the entries")),
    }
}

async fn projections(snapshot: &mut AnyConnection, fold: &Fold) -> Result<(), AuditProblem> {
    let clients: Vec<(String, i64)> =
        sqlx::query_as("select id, revision from client").fetch_all(&mut *snapshot).await?;
    if clients.len() != fold.clients.len() || clients.into_iter().collect::<BTreeMap<_, _>>() != fold.clients
    {
        return Err(AuditProblem::Projection("client"));
    }
    let registrations: Vec<(String, String, String)> =
        sqlx::query_as("select client, custodian, body from registration").fetch_all(&mut *snapshot).await?;
    let count = registrations.len();
    let registrations: BTreeMap<_, _> =
        registrations.into_iter().map(|(c, o, body)| ((c, o), body)).collect();
    if count != fold.registrations.len() || registrations != fold.registrations {
        return Err(AuditProblem::Projection("registration"));
    }
    let consents: Vec<(String, String, String)> =
        sqlx::query_as("select id, client, body from consent").fetch_all(&mut *snapshot).await?;
    let same = |(id, client, body): &(String, String, String)| {
        fold.consents.get(id).is_some_and(|(of, consent)| {
            of == client && serde_json::to_string(consent).is_ok_and(|expected| expected == *body)
        })
    };
    if consents.len() != fold.consents.len() || !consents.iter().all(same) {
        return Err(AuditProblem::Projection("consent"));
    }
    let releases: Vec<release::Row> = sqlx::query_as(
        "select entry, client, custodian, ground, tell_by, review_by, body from unconsented_release order by entry",
    )
    .fetch_all(&mut *snapshot)
    .await?;
    let expected: Result<Vec<_>, Error> = fold.releases.values().map(release::Row::of).collect();
    if releases != expected? {
        return Err(AuditProblem::Projection("unconsented_release"));
    }
    Ok(())
}
