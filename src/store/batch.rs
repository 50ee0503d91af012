//! The statements of one group commit.

use std::sync::LazyLock;

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, FromRow};

use crate::domain::{Entry, EntryProblem, Event, OrganisationId, RequestId};
use crate::ledger::{Frontier, Hash, leaf_hash};
use crate::store::dialect::{self, Engine};
use crate::store::{Error, MIGRATIONS};

/// The columns of `entry`, as derived from the entry itself: by the writer, and by the audit to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub at: i64,
    pub event: &'static str,
    pub client: Option<String>,
    pub custodian: Option<String>,
    pub recipient: Option<String>,
    pub requester: Option<String>,
    pub purpose: Option<String>,
    pub outcome: &'static str,
    pub revision: Option<i64>,
    pub request_key: Option<String>,
    pub body: Vec<u8>,
    pub leaf: Hash,
}

impl Row {
    pub(super) fn of(entry: &Entry) -> Result<Self, Error> {
        if entry.format != Entry::format() {
            return Err(EntryProblem::NotCanonical.into());
        }
        let body = entry.encode()?;
        let actor = entry.actor.as_ref();
        let leaf = leaf_hash(&body);
        Ok(Self {
            at: entry.at.0,
            event: entry.event_name(),
            client: entry.client.as_ref().map(ToString::to_string),
            custodian: entry.custodian().map(ToString::to_string),
            recipient: actor.map(|a| a.hat.organisation.to_string()),
            requester: actor.map(|a| a.requester.to_string()),
            purpose: entry.purpose().map(|p| p.to_string()),
            outcome: entry.outcome().as_str(),
            revision: entry.revision,
            request_key: match (&entry.event, actor) {
                (Event::Disclosure(d), Some(actor)) if d.repeat_of.is_none() => {
                    Some(request_key(&actor.hat.organisation, &d.request))
                }
                _ => None,
            },
            body,
            leaf,
        })
    }

    fn bind<'q>(&self, index: i64, query: Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments> {
        query
            .bind(index)
            .bind(self.at)
            .bind(self.event)
            .bind(self.client.clone())
            .bind(self.custodian.clone())
            .bind(self.recipient.clone())
            .bind(self.requester.clone())
            .bind(self.purpose.clone())
            .bind(self.outcome)
            .bind(self.revision)
            .bind(self.request_key.clone())
            .bind(self.body.clone())
            .bind(self.leaf.0.to_vec())
    }
}

/// The head as it is under the lock.
pub(super) struct Head {
    pub size: i64,
    pub at: i64,
    pub frontier: Frontier,
    /// As it was signed; empty before the first entry.
    pub checkpoint: String,
    pub covenant: String,
    pub parties: String,
    pub party_revision: i64,
    /// What the database's own clock says; `None` where that is ours.
    pub clock: Option<i64>,
}

/// Begins a transaction with the lock, and with it the newest head: in one round trip, for a turn at the connection costs
/// as much as what is asked.
pub(super) async fn begin(connection: &mut AnyConnection, engine: Engine) -> Result<Head, Error> {
    let rows = sqlx::raw_sql(dialect::begin(engine)).fetch_all(connection).await?;
    let (size, at, frontier, checkpoint, covenant, parties, party_revision, version, clock): HeadRow =
        FromRow::from_row(rows.first().ok_or(sqlx::Error::RowNotFound)?)?;
    if Some(version) != MIGRATIONS.iter().map(|migration| migration.version).max() {
        return Err(Error::OtherVersion);
    }
    let frontier = Frontier::from_bytes(&frontier).map_err(|_| Error::Corrupt("the frontier"))?;
    if u64::try_from(size) == Ok(frontier.size()) {
        Ok(Head { size, at, frontier, checkpoint, covenant, parties, party_revision, clock })
    } else {
        Err(Error::Corrupt("the frontier is of another size"))
    }
}

type HeadRow = (i64, i64, Vec<u8>, String, String, String, i64, i64, Option<i64>);

/// The leaf hash of an entry.
pub(super) async fn leaf(connection: &mut AnyConnection, index: i64) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar("select leaf from entry where idx = $1").bind(index).fetch_optional(connection).await
}

/// Puts this head in the place of the one that [`begin`] took.
pub(super) async fn advance(tx: &mut AnyConnection, to: &Head) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update ledger_head set size = $1, at = $2, frontier = $3, checkpoint = $4, covenant = $5, parties = $6, \
         party_revision = $7 where id = 1",
    )
    .bind(to.size)
    .bind(to.at)
    .bind(to.frontier.to_bytes())
    .bind(to.checkpoint.clone())
    .bind(to.covenant.clone())
    .bind(to.parties.clone())
    .bind(to.party_revision)
    .execute(tx)
    .await
    .map(|_| ())
}

/// Ends it: all of it is durable when this returns.
pub(super) async fn commit(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("commit").execute(connection).await.map(|_| ())
}

/// Ends it as if it had never begun.
pub(super) async fn rollback(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("rollback").execute(connection).await.map(|_| ())
}

/// How the first of a request is found again.
pub(super) fn request_key(organisation: &OrganisationId, request: &RequestId) -> String {
    format!("{organisation}/{request}")
}

/// The most rows of one statement: a text for each number of rows stays prepared.
const INSERT_ROWS: usize = 64;

/// Insert texts for one row, two, and so on.
static ON_SQLITE: LazyLock<Vec<String>> = LazyLock::new(|| inserts(Engine::Sqlite));
static ON_POSTGRES: LazyLock<Vec<String>> = LazyLock::new(|| inserts(Engine::Postgres));

fn inserts(engine: Engine) -> Vec<String> {
    let text = |rows| {
        let marks = dialect::marks(engine, 13, rows);
        format!(
            "insert into entry (idx, at, event, client, custodian, recipient, requester, purpose, outcome, revision, \
             request_key, body, leaf) values {marks}"
        )
    };
    (1..=INSERT_ROWS).map(text).collect()
}

pub(super) async fn insert(tx: &mut AnyConnection, first: i64, rows: &[&Row]) -> Result<(), sqlx::Error> {
    let mut index = first;
    let texts: &'static [String] = match Engine::of(tx) {
        Engine::Sqlite => &ON_SQLITE,
        Engine::Postgres => &ON_POSTGRES,
    };
    for rows in rows.chunks(INSERT_ROWS) {
        let Some(text) = texts.get(rows.len() - 1) else { continue };
        let mut query = sqlx::query(text.as_str());
        for row in rows {
            query = row.bind(index, query);
            index += 1;
        }
        query.execute(&mut *tx).await?;
    }
    Ok(())
}

/// Of the entries from $1 until $2, those that cannot stand: whether the client changed since the entry was decided, and the first
/// entry of the same request, if there is one. `+ 0`: looked for by its key, whatever PostgreSQL guesses; by the index of the
/// ledger it would read all of it for every entry.
pub(super) const OUTDATED: &str = "select idx, stale, original from (select e.idx as idx, \
     case when e.revision is distinct from (select c.revision from client c where c.id = e.client) \
     then 1 else 0 end as stale, \
     (select min(p.idx + 0) from entry p where p.request_key = e.request_key and p.idx + 0 < e.idx) as original \
     from entry e where e.idx >= $1 and e.idx < $2) as batch where stale = 1 or original is not null";

/// See [`OUTDATED`], of the entries just inserted. After the lock, and in a statement of its own: within one statement PostgreSQL
/// would look at a moment before the lock (seal.md §0).
pub(super) async fn outdated(
    tx: &mut AnyConnection,
    first: i64,
    end: i64,
) -> Result<Vec<Outdated>, sqlx::Error> {
    let found: Vec<(i64, i64, Option<i64>)> =
        sqlx::query_as(OUTDATED).bind(first).bind(end).fetch_all(tx).await?;
    Ok(found
        .into_iter()
        .map(|(index, stale, original)| Outdated { index, stale: stale == 1, original })
        .collect())
}

/// An entry that cannot stand.
pub(super) struct Outdated {
    pub index: i64,
    /// Whether its client changed meanwhile.
    pub stale: bool,
    /// The first entry of its request.
    pub original: Option<i64>,
}
