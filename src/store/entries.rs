//! Reading the record: for officers, each from the own organisation's side.

use std::sync::LazyLock;

use sqlx::AnyPool;

use crate::domain::{
    ClientRef, Entry, LogFilter, LogRead, LogView, OrganisationId, Outcome, PurposeCode, RequesterRef,
    Timestamp,
};
use crate::ledger::Hash;
use crate::store::{Error, Store};

/// Whose side of the ledger: entries of which this organisation is the custodian or the recipient, and those that are
/// about nobody.
pub type Side = OrganisationId;

/// Which entries. All that is present must hold.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// About this client.
    pub client: Option<ClientRef>,
    /// By a professional of this organisation.
    pub recipient: Option<OrganisationId>,
    /// About this organisation's data.
    pub custodian: Option<OrganisationId>,
    /// By this professional.
    pub requester: Option<RequesterRef>,
    /// For this purpose.
    pub purpose: Option<PurposeCode>,
    /// That ended so.
    pub outcome: Option<Outcome>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Older than this entry: where the next page begins.
    pub before: Option<u64>,
    /// Not older than this entry: how far to look.
    pub after: Option<u64>,
}

impl EntryFilter {
    /// What is recorded of a reading of these entries, from this one until before that one. The client is the entry's own.
    pub fn read(&self, view: LogView, from: u64, until: u64) -> LogRead {
        let filter = LogFilter {
            recipient: self.recipient.clone(),
            custodian: self.custodian.clone(),
            requester: self.requester.clone(),
            purpose: self.purpose,
            outcome: self.outcome,
            after: self.from,
            before: self.until,
        };
        LogRead { view, from, until, filter }
    }
}

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

const COLUMNS: &str = "select e.idx, e.body, e.leaf from ";
const FILTER: &str = "e.idx < $1 and e.event <> '' \
     and (e.custodian = $2 or e.recipient = $2 or (e.client is null and e.recipient is null)) \
     and (cast($3 as text) is null or e.client = $3) \
     and (cast($4 as text) is null or e.recipient = $4) \
     and (cast($5 as text) is null or e.custodian = $5) \
     and (cast($6 as text) is null or e.requester = $6) \
     and (cast($7 as text) is null or e.purpose = $7) \
     and (cast($8 as text) is null or e.outcome = $8) \
     and e.at >= $9 and e.at < $10 and e.idx >= $11 order by e.idx desc limit $12";
/// The indexes are bucketed: a search by one key probes every bucket, from the newest.
const BUCKETS: &str = "with recursive bucket (b) as \
     (select (select max(idx) from entry) / 256 union all select b - 1 from bucket where b > 0) ";

const HISTORY: &str = "with recursive bucket (b) as \
     (select $2 / 256 union all select b + 1 from bucket where b < ($3 - 1) / 256) \
     select e.idx, e.body, e.leaf from bucket cross join entry e where (e.idx / 256) = b and e.client = $1 \
     and e.idx >= $2 and e.idx < $3 and e.event not in ('previewed', 'refused') order by e.idx limit $4";

static ANY: LazyLock<String> = LazyLock::new(|| format!("{COLUMNS} entry e where {FILTER}"));
static BY_CLIENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{BUCKETS} {COLUMNS} bucket cross join entry e where (e.idx / 256) = b and e.client = $3 and {FILTER}"
    )
});
static BY_REQUESTER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{BUCKETS} {COLUMNS} bucket cross join entry e where (e.idx / 256) = b and e.requester = $6 and {FILTER}"
    )
});

impl Store {
    /// At most `limit` entries, newest first.
    pub async fn entries(
        &self,
        side: &Side,
        filter: &EntryFilter,
        limit: u32,
    ) -> Result<Vec<EntryRow>, Error> {
        let text: &'static str = match (&filter.client, &filter.requester) {
            (Some(_), _) => BY_CLIENT.as_str(),
            (None, Some(_)) => BY_REQUESTER.as_str(),
            (None, None) => ANY.as_str(),
        };
        let text_of = |value: Option<String>| value;
        let before = filter.before.and_then(|b| i64::try_from(b).ok()).unwrap_or(i64::MAX);
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(text)
            .bind(before)
            .bind(side.to_string())
            .bind(text_of(filter.client.as_ref().map(ToString::to_string)))
            .bind(text_of(filter.recipient.as_ref().map(ToString::to_string)))
            .bind(text_of(filter.custodian.as_ref().map(ToString::to_string)))
            .bind(text_of(filter.requester.as_ref().map(ToString::to_string)))
            .bind(text_of(filter.purpose.map(|p| p.to_string())))
            .bind(text_of(filter.outcome.map(|o| o.as_str().to_owned())))
            .bind(filter.from.map_or(i64::MIN, |t| t.0))
            .bind(filter.until.map_or(i64::MAX, |t| t.0))
            .bind(filter.after.and_then(|after| i64::try_from(after).ok()).unwrap_or(0))
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(read).collect()
    }

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
        limit: u32,
    ) -> Result<Vec<EntryRow>, Error> {
        let bound = |index| i64::try_from(index).unwrap_or(i64::MAX);
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(HISTORY)
            .bind(client.to_string())
            .bind(bound(from))
            .bind(bound(before))
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(read).collect()
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

pub(super) fn read((index, body, leaf): (i64, Vec<u8>, Vec<u8>)) -> Result<EntryRow, Error> {
    let leaf = leaf.try_into().map(Hash).map_err(|_| Error::Corrupt("a leaf hash"))?;
    let index = u64::try_from(index).map_err(|_| Error::Corrupt("an index"))?;
    if body.is_empty() {
        return Err(Error::Expired);
    }
    Ok(EntryRow { index, entry: Entry::decode(&body)?, body, leaf })
}
