//! Reading the record from its beginning, for what hands out more than a page.

use std::sync::LazyLock;

use crate::domain::Timestamp;
use crate::store::entries::{Side, read};
use crate::store::{EntryFilter, EntryRow, Error, Store};

const COLUMNS: &str = "select e.idx, e.body, e.leaf from ";
const FILTER: &str = "e.idx >= $1 and e.idx < $2 and e.event <> '' \
     and (e.custodian = $3 or e.recipient = $3 or (e.client is null and e.recipient is null)) \
     and (cast($4 as text) is null or e.client = $4) \
     and (cast($5 as text) is null or e.recipient = $5) \
     and (cast($6 as text) is null or e.custodian = $6) \
     and (cast($7 as text) is null or e.requester = $7) \
     and (cast($8 as text) is null or e.purpose = $8) \
     and (cast($9 as text) is null or e.outcome = $9) \
     and e.at >= $10 and e.at < $11 order by e.idx limit $12";
/// The indexes are bucketed: a search by one key probes every bucket, from the one where it begins.
const BUCKETS: &str = "with recursive bucket (b) as \
     (select cast($1 as bigint) / 256 union all select b + 1 from bucket where b < (cast($2 as bigint) - 1) / 256) ";

static ANY: LazyLock<String> = LazyLock::new(|| format!("{COLUMNS} entry e where {FILTER}"));
static BY_CLIENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{BUCKETS} {COLUMNS} bucket cross join entry e where (e.idx / 256) = b and e.client = $4 and {FILTER}"
    )
});
static BY_REQUESTER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{BUCKETS} {COLUMNS} bucket cross join entry e where (e.idx / 256) = b and e.requester = $7 and {FILTER}"
    )
});

impl Store {
    /// The size of the ledger that ends with the last entry decided before this moment.
    pub async fn size_before(&self, end: Timestamp) -> Result<u64, Error> {
        let text = "select idx from entry where at < $1 order by idx desc limit 1";
        let last: Option<i64> = sqlx::query_scalar(text).bind(end.0).fetch_optional(&self.readers).await?;
        Ok(last.and_then(|last| u64::try_from(last).ok()).map_or(0, |last| last.saturating_add(1)))
    }

    /// At most `limit` entries of this side from index `from` on and before `until`, oldest first.
    pub async fn entries_from(
        &self,
        side: &Side,
        filter: &EntryFilter,
        from: u64,
        until: u64,
        limit: u32,
    ) -> Result<Vec<EntryRow>, Error> {
        let (Ok(from), Ok(until)) = (i64::try_from(from), i64::try_from(until)) else {
            return Ok(Vec::new());
        };
        if from >= until {
            return Ok(Vec::new());
        }
        let text: &'static str = match (&filter.client, &filter.requester) {
            (Some(_), _) => BY_CLIENT.as_str(),
            (None, Some(_)) => BY_REQUESTER.as_str(),
            (None, None) => ANY.as_str(),
        };
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(text)
            .bind(from)
            .bind(until)
            .bind(side.to_string())
            .bind(filter.client.as_ref().map(ToString::to_string))
            .bind(filter.recipient.as_ref().map(ToString::to_string))
            .bind(filter.custodian.as_ref().map(ToString::to_string))
            .bind(filter.requester.as_ref().map(ToString::to_string))
            .bind(filter.purpose.map(|p| p.to_string()))
            .bind(filter.outcome.map(|o| o.as_str().to_owned()))
            .bind(filter.from.map_or(i64::MIN, |t| t.0))
            .bind(filter.until.map_or(i64::MAX, |t| t.0))
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(read).collect()
    }
}
