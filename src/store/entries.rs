//! Reading the record, entry by entry, and its head.

use std::sync::LazyLock;

use sqlx::AnyPool;

use crate::domain::{ClientRef, Entry, Timestamp};
use crate::ledger::Hash;
use crate::store::search::{PLACES, at_places, marks};
use crate::store::{Error, Store};

/// An entry and its place.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// Where it stands.
    pub index: u64,
    /// What it says.
    pub entry: Entry,
    /// The bytes as they stand in the ledger.
    pub body: Vec<u8>,
    /// Its leaf hash.
    pub leaf: Hash,
}

static HISTORY: LazyLock<String> = LazyLock::new(|| {
    let marks = marks(1);
    format!(
        "select e.idx, e.body, e.leaf from entry e where e.idx in ({marks}) and e.event not in ('', 'previewed', 'refused') order by e.idx"
    )
});

/// An entry as it is stored: its place, its body, its leaf hash.
pub(super) type StoredRow = (i64, Vec<u8>, Vec<u8>);

impl Store {
    /// How far retention has come: the first entry whose retention was not over.
    pub async fn expired_before(&self) -> Result<u64, Error> {
        let before: i64 =
            sqlx::query_scalar("select before from retention where id = 1").fetch_one(&self.readers).await?;
        u64::try_from(before).map_err(|_| Error::Corrupt("the end of retention"))
    }

    /// One entry, whoever's side it is on; `None` if there is none, [`Error::Expired`] if its retention is over.
    pub async fn entry(&self, index: u64) -> Result<Option<EntryRow>, Error> {
        let Ok(index) = i64::try_from(index) else { return Ok(None) };
        let row: Option<(i64, Vec<u8>, Vec<u8>)> =
            sqlx::query_as("select idx, body, leaf from entry where idx = $1")
                .bind(index)
                .fetch_optional(&self.readers)
                .await?;
        row.map(read).transpose()
    }

    /// The entries from this index on, in their order.
    pub(super) async fn all_from(&self, from: u64, limit: u32) -> Result<Vec<EntryRow>, Error> {
        let Ok(from) = i64::try_from(from) else { return Ok(Vec::new()) };
        let text = "select idx, body, leaf from entry where idx >= $1 and event <> '' order by idx limit $2";
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> =
            sqlx::query_as(text).bind(from).bind(i64::from(limit)).fetch_all(&self.readers).await?;
        rows.into_iter().map(read).collect()
    }

    /// A client's entries that can have changed what is recorded, from one index until before another.
    pub(super) async fn history_of(
        &self,
        client: &ClientRef,
        from: u64,
        before: u64,
        limit: usize,
    ) -> Result<Vec<EntryRow>, Error> {
        let mut found = Vec::new();
        for places in self.places(client, from..before).await?.chunks(PLACES) {
            let query = at_places(sqlx::query_as(HISTORY.as_str()), places);
            let rows: Vec<StoredRow> = query.fetch_all(&self.readers).await?;
            found.extend(rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?);
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// The size of the ledger that ends with the last entry decided before this moment.
    pub async fn size_before(&self, end: Timestamp) -> Result<u64, Error> {
        let text = "select idx from entry where at < $1 order by idx desc limit 1";
        let last: Option<i64> = sqlx::query_scalar(text).bind(end.0).fetch_optional(&self.readers).await?;
        Ok(last.and_then(|last| u64::try_from(last).ok()).map_or(0, |last| last.saturating_add(1)))
    }

    /// The newest signed head; empty while the ledger is.
    pub async fn checkpoint(&self) -> Result<(u64, String), Error> {
        let (size, checkpoint) = head(&self.readers).await?;
        Ok((u64::try_from(size).map_err(|_| Error::Corrupt("the size"))?, checkpoint))
    }

    /// When the newest entry was decided; the beginning of 1970 where there is none.
    pub async fn newest(&self) -> Result<Timestamp, Error> {
        let at =
            sqlx::query_scalar("select at from ledger_head where id = 1").fetch_one(&self.readers).await?;
        Ok(Timestamp(at))
    }

    /// The covenant in force, the digest of its parties and their revision; empty texts before the first.
    pub async fn covenant(&self) -> Result<(String, String, i64), Error> {
        let text = "select covenant, parties, party_revision from ledger_head where id = 1";
        Ok(sqlx::query_as(text).fetch_one(&self.readers).await?)
    }
}

async fn head(readers: &AnyPool) -> Result<(i64, String), Error> {
    Ok(sqlx::query_as("select size, checkpoint from ledger_head where id = 1").fetch_one(readers).await?)
}

pub(super) fn read((index, body, leaf): StoredRow) -> Result<EntryRow, Error> {
    let leaf = leaf.try_into().map(Hash).map_err(|_| Error::Corrupt("a leaf hash"))?;
    let index = u64::try_from(index).map_err(|_| Error::Corrupt("an index"))?;
    if body.is_empty() {
        return Err(Error::Expired);
    }
    Ok(EntryRow { index, entry: Entry::decode(&body)?, body, leaf })
}
