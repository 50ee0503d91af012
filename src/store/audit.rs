//! The audit: is the whole store what its signed head says? At start, and by `sluis ledger verify`.
//!
//! Every entry is decoded, hashed and compared with its row; the tree is grown anew and compared with tiles, frontier
//! and signed checkpoint; the tables beside the ledger are rebuilt from the entries and compared. One changed bit
//! anywhere is found and named. An entry that says nothing any more is a gap that only the end of retention explains, and that only
//! where the newest entry about it says so.

use sqlx::AnyConnection;

use crate::domain::Entry;
use crate::ledger::{Checkpoint, Frontier, Hash, VerifierKey};
use crate::store::ahead::Ahead;
use crate::store::batch::Row;
use crate::store::fold::Fold;
use crate::store::places::regrown::Places;
use crate::store::regrown::Tiles;
use crate::store::{Error, Store, dialect, projection};

/// How many entries are read at a time: as many as a tile has, so that where one page is judged by hand the next can be read ahead.
const PAGE: i64 = 256;

/// What a clean audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// How many entries.
    pub size: u64,
    /// The root of the tree.
    pub root: Hash,
    /// How many of them say nothing any more, because their retention is over.
    pub gone: u64,
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
    /// The entries that are left of those whose retention is over.
    #[error("the entries that are left of the oldest are not those that the newest end of retention names")]
    Retention,
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
    /// Verifies everything, against the key of the ledger: also that the engine finds what is stored where it looks for it.
    pub async fn audit(&self, key: &VerifierKey, progress: Progress<'_>) -> Result<Audit, AuditProblem> {
        if !dialect::is_sound(&mut *self.readers.acquire().await?).await? {
            return Err(AuditProblem::Damaged);
        }
        self.verify(key, progress).await
    }

    /// Verifies all that is stored, against the key of the ledger, whatever the engine's own indexes say.
    pub async fn verify(&self, key: &VerifierKey, progress: Progress<'_>) -> Result<Audit, AuditProblem> {
        let mut snapshot = self.snapshot().await?;
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
        .await
        .map_err(|error| match error {
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => {
                AuditProblem::Head("holds what is no text or number")
            }
            error => error.into(),
        })?;
        let total = u64::try_from(size).map_err(|_| AuditProblem::Head("has a negative size"))?;

        let mut ahead = Ahead::of(self.file.as_deref(), total);
        let read = entries(&mut snapshot, &mut ahead, total, progress).await;
        ahead.end().await;
        let (mut fold, tree) = read?;
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
        if !fold.stays()? {
            return Err(AuditProblem::Retention);
        }
        projection::compare(&mut snapshot, &fold).await?;
        let gone = fold.retention.as_ref().map_or(0, |(_, said)| said.before.saturating_sub(said.kept));
        Ok(Audit { size: total, root, gone })
    }
}

async fn entries(
    snapshot: &mut AnyConnection,
    ahead: &mut Ahead,
    total: u64,
    progress: Progress<'_>,
) -> Result<(Fold, Frontier), AuditProblem> {
    let horizon: i64 =
        sqlx::query_scalar("select before from retention where id = 1").fetch_one(&mut *snapshot).await?;
    let horizon = u64::try_from(horizon).map_err(|_| AuditProblem::Projection("retention"))?;
    let (mut fold, mut tree, mut tiles) = (Fold::new(horizon), Frontier::new(), Tiles::default());
    let mut places = Places::of(total);
    let first: Option<i64> =
        sqlx::query_scalar("select min(idx) from entry").fetch_one(&mut *snapshot).await?;
    if let Some(index) = first.filter(|first| *first != 0) {
        return Err(AuditProblem::Entry { index, problem: "does not follow the one before" });
    }
    let mut next = 0;
    loop {
        while tree.size() >= horizon
            && let Some(page) = ahead.page(tree.size()).await
        {
            let root = page.root;
            page.judge(tree.size(), &mut fold)?;
            tree.push_tile(root);
            tiles.push_tile(snapshot, root).await?;
            places.grow(snapshot, &mut fold.seen, tree.size()).await?;
            next = i64::try_from(tree.size()).unwrap_or(i64::MAX);
            progress(tree.size(), total);
        }
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
            let leaf = if stored.11.is_empty() {
                emptied(&stored, tree.size() < horizon).map_err(refuse)?
            } else {
                let (entry, row) = check_row(&stored).map_err(refuse)?;
                fold.take(tree.size(), &entry, row.request_key.as_ref()).map_err(refuse)?;
                row.leaf
            };
            tree.push(leaf);
            tiles.push(snapshot, leaf).await?;
        }
        places.grow(snapshot, &mut fold.seen, tree.size()).await?;
        progress(tree.size(), total);
        next = last.saturating_add(1);
    }
    tiles.finish(snapshot).await?;
    if tree.size() == total {
        places.finish(snapshot).await?;
    }
    Ok((fold, tree))
}

/// The leaf hash of an entry that says nothing any more: where retention is over, and where nothing else is left of it. Whether it
/// is the right one, the tree says.
fn emptied(stored: &StoredRow, expired: bool) -> Result<Hash, &'static str> {
    let (_, at, event, client, custodian, recipient, requester, purpose, outcome, revision, key, _, leaf) =
        stored;
    let columns = [client, custodian, recipient, requester, purpose, key];
    if !expired {
        return Err("says nothing, and no end of retention explains that");
    }
    let empty = (*at, event.as_str(), outcome.as_str(), *revision) == (0, "", "", None);
    if !empty || columns.iter().any(|column| column.is_some()) {
        return Err("says nothing, and has columns all the same");
    }
    leaf.as_slice().try_into().map(Hash).map_err(|_| "has no leaf hash")
}

/// Whether the columns are what the body says.
fn check_row(stored: &StoredRow) -> Result<(Entry, Row), &'static str> {
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
    if same { Ok((entry, row)) } else { Err("has columns that differ from its body") }
}
