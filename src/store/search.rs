//! Searching the record: for officers, each on the own organisation's side.

use std::iter::repeat;
use std::sync::LazyLock;

use sqlx::Any;
use sqlx::any::AnyArguments;
use sqlx::query::QueryAs;

use crate::domain::{
    ClientRef, EventKind, EventNames, LogFilter, LogRead, LogView, OrganisationId, Outcome, PurposeCode,
    RequesterRef, Timestamp,
};
use crate::store::entries::{StoredRow, read};
use crate::store::{EntryRow, Error, Store};

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
    /// Of this kind.
    pub kind: Option<EventKind>,
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
            kind: self.kind,
            after: self.from,
            before: self.until,
        };
        LogRead { view, from, until, filter }
    }

    /// The events that are looked for, and those that are left out, each as a list that begins, parts and ends with a comma.
    pub(super) fn events(&self) -> (Option<String>, Option<String>) {
        let list = |names: &[&str]| Some(format!(",{},", names.join(",")));
        match self.kind.map(EventKind::names) {
            None => (None, None),
            Some(EventNames::Only(names)) => (list(names), None),
            Some(EventNames::AllBut(names)) => (None, list(names)),
        }
    }
}

/// From which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    NewestFirst,
    OldestFirst,
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
     and (cast($13 as text) is null or cast($13 as text) like '%,' || e.event || ',%') \
     and (cast($14 as text) is null or cast($14 as text) not like '%,' || e.event || ',%') \
     and e.at >= $9 and e.at < $10 and e.idx >= $11 ";
/// The index of professionals is bucketed: a search by one probes every bucket that it may be in, from the end where it begins.
const FROM_NEWEST: &str = "with recursive bucket (b) as \
     (select (select case when $1 <= max(idx) then $1 else max(idx) end from entry) / 256 \
     union all select b - 1 from bucket where b > $11 / 256) ";
const FROM_OLDEST: &str = "with recursive bucket (b) as \
     (select cast($11 as bigint) / 256 union all select b + 1 from bucket where b < (cast($1 as bigint) - 1) / 256) ";

/// The statements that search in one order.
struct Statements {
    any: String,
    at_places: String,
    by_requester: String,
}

static NEWEST_FIRST: LazyLock<Statements> =
    LazyLock::new(|| Statements::new(FROM_NEWEST, "order by e.idx desc limit $12"));
static OLDEST_FIRST: LazyLock<Statements> =
    LazyLock::new(|| Statements::new(FROM_OLDEST, "order by e.idx limit $12"));

impl Statements {
    fn new(buckets: &str, order: &str) -> Self {
        let of_requester = "bucket cross join entry e where (e.idx / 256) = b and e.requester = $6 and";
        Self {
            any: format!("{COLUMNS} entry e where {FILTER} {order}"),
            at_places: format!("{COLUMNS} entry e where e.idx in ({}) and {FILTER} {order}", marks(15)),
            by_requester: format!("{buckets} {COLUMNS} {of_requester} {FILTER} {order}"),
        }
    }

    fn of(order: Order) -> &'static Self {
        match order {
            Order::NewestFirst => &NEWEST_FIRST,
            Order::OldestFirst => &OLDEST_FIRST,
        }
    }
}

/// A statement that reads entries.
pub(super) type Select<'q> = QueryAs<'q, Any, StoredRow, AnyArguments>;

/// How many places are looked at in one statement.
pub(super) const PLACES: usize = 64;

/// The marks of so many places, of which the first has this number.
pub(super) fn marks(first: usize) -> String {
    let marks: Vec<String> = (first..first + PLACES).map(|n| format!("${n}")).collect();
    marks.join(", ")
}

/// No entry stands at the places that are left over.
pub(super) fn at_places<'q>(query: Select<'q>, places: &[u64]) -> Select<'q> {
    let places = places.iter().map(|place| i64::try_from(*place).unwrap_or(-1)).chain(repeat(-1));
    places.take(PLACES).fold(query, Select::bind)
}

/// The statement, with what the filter says.
fn bound<'q>(text: &'static str, side: &Side, filter: &EntryFilter, limit: u32) -> Select<'q> {
    let (only, all_but) = filter.events();
    sqlx::query_as(text)
        .bind(filter.before.and_then(|b| i64::try_from(b).ok()).unwrap_or(i64::MAX))
        .bind(side.to_string())
        .bind(filter.client.as_ref().map(ToString::to_string))
        .bind(filter.recipient.as_ref().map(ToString::to_string))
        .bind(filter.custodian.as_ref().map(ToString::to_string))
        .bind(filter.requester.as_ref().map(ToString::to_string))
        .bind(filter.purpose.map(|p| p.to_string()))
        .bind(filter.outcome.map(|o| o.as_str().to_owned()))
        .bind(filter.from.map_or(i64::MIN, |t| t.0))
        .bind(filter.until.map_or(i64::MAX, |t| t.0))
        .bind(filter.after.and_then(|after| i64::try_from(after).ok()).unwrap_or(0))
        .bind(i64::from(limit))
        .bind(only)
        .bind(all_but)
}

impl Store {
    /// At most `limit` entries, newest first.
    pub async fn entries(
        &self,
        side: &Side,
        filter: &EntryFilter,
        limit: u32,
    ) -> Result<Vec<EntryRow>, Error> {
        self.search(side, filter, limit, Order::NewestFirst).await
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
        if from >= until {
            return Ok(Vec::new());
        }
        let filter = EntryFilter { after: Some(from), before: Some(until), ..filter.clone() };
        self.search(side, &filter, limit, Order::OldestFirst).await
    }

    async fn search(
        &self,
        side: &Side,
        filter: &EntryFilter,
        limit: u32,
        order: Order,
    ) -> Result<Vec<EntryRow>, Error> {
        let statements = Statements::of(order);
        let Some(client) = &filter.client else {
            let by_requester = filter.requester.is_some();
            let text = if by_requester { &statements.by_requester } else { &statements.any };
            let rows = bound(text, side, filter, limit).fetch_all(&self.readers).await?;
            return rows.into_iter().map(read).collect();
        };
        let within = filter.after.unwrap_or(0)..filter.before.unwrap_or(u64::MAX);
        let mut places = self.places(client, within).await?;
        if order == Order::NewestFirst {
            places.reverse();
        }
        let mut found = Vec::new();
        for places in places.chunks(PLACES) {
            let left = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
            if left == 0 {
                break;
            }
            let query = at_places(bound(&statements.at_places, side, filter, left), places);
            for row in query.fetch_all(&self.readers).await? {
                found.push(read(row)?);
            }
        }
        Ok(found)
    }
}
