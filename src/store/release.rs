//! Releases without consent, as a projection: what is still to be done about them, and whose answers hold.

use sqlx::AnyConnection;

use crate::domain::{ClientRef, Entry, OrganisationId, Timestamp, UnconsentedRelease};
use crate::store::{Error, Store};

/// Which list of things to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worklist {
    /// Emergencies, for their review.
    Emergencies,
    /// Notices to clients.
    Notices,
}

/// Which part of a list.
#[derive(Debug, Clone, Copy)]
pub struct WorklistPage {
    /// Which list.
    pub list: Worklist,
    /// Also what is done.
    pub all: bool,
    /// After this entry: where the page begins.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: u32,
}

impl WorklistPage {
    /// What the list is called in the record of who read it.
    pub fn name(self) -> &'static str {
        match (self.list, self.all) {
            (Worklist::Emergencies, false) => "emergencies-to-review",
            (Worklist::Emergencies, true) => "emergencies",
            (Worklist::Notices, false) => "clients-to-tell",
            (Worklist::Notices, true) => "notices",
        }
    }
}

/// How much is still to be done, of all custodians together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Emergencies to review.
    pub reviews: i64,
    /// Those that are late.
    pub reviews_overdue: i64,
    /// Clients to tell.
    pub notices: i64,
    /// Those that are late.
    pub notices_overdue: i64,
}

const EMERGENCIES: &str = "select body from unconsented_release where custodian = $1 and entry > $2 \
     and (review_by is not null or ($3 = 1 and ground in ('R09', 'R10', 'R15'))) order by entry limit $4";
const NOTICES: &str = "select body from unconsented_release where custodian = $1 and entry > $2 \
     and (tell_by is not null or $3 = 1) order by entry limit $4";

impl Store {
    /// A part of a custodian's list, oldest first.
    pub async fn worklist(
        &self,
        custodian: &OrganisationId,
        page: WorklistPage,
    ) -> Result<Vec<UnconsentedRelease>, Error> {
        let text = match page.list {
            Worklist::Emergencies => EMERGENCIES,
            Worklist::Notices => NOTICES,
        };
        let after = page.after.and_then(|entry| i64::try_from(entry).ok()).unwrap_or(-1);
        let bodies: Vec<String> = sqlx::query_scalar(text)
            .bind(custodian.to_string())
            .bind(after)
            .bind(i64::from(page.all))
            .bind(i64::from(page.limit))
            .fetch_all(&self.readers)
            .await?;
        bodies.iter().map(|body| read(body)).collect()
    }

    /// The release of this entry, whoever's it is; `None` if that is no release without consent.
    pub async fn unconsented_release(&self, entry: u64) -> Result<Option<UnconsentedRelease>, Error> {
        one(&mut *self.readers.acquire().await?, entry).await
    }

    /// All releases without consent of a client's data at a custodian, oldest first.
    pub async fn unconsented_releases(
        &self,
        client: &ClientRef,
        custodian: &OrganisationId,
    ) -> Result<Vec<UnconsentedRelease>, Error> {
        let text = "select body from unconsented_release where client = $1 and custodian = $2 order by entry";
        let bodies: Vec<String> = sqlx::query_scalar(text)
            .bind(client.to_string())
            .bind(custodian.to_string())
            .fetch_all(&self.readers)
            .await?;
        bodies.iter().map(|body| read(body)).collect()
    }

    /// All of this client's, whoever held the data, oldest first.
    pub async fn unconsented_releases_of(
        &self,
        client: &ClientRef,
    ) -> Result<Vec<UnconsentedRelease>, Error> {
        let text = "select body from unconsented_release where client = $1 order by entry";
        let bodies: Vec<String> =
            sqlx::query_scalar(text).bind(client.to_string()).fetch_all(&self.readers).await?;
        bodies.iter().map(|body| read(body)).collect()
    }

    /// How much is still to be done, and how much of it is late.
    pub async fn backlog(&self, now: Timestamp) -> Result<Backlog, Error> {
        let (reviews, reviews_overdue, notices, notices_overdue) = sqlx::query_as(
            "select count(review_by), count(case when review_by <= $1 then 1 end), \
             count(tell_by), count(case when tell_by <= $1 then 1 end) from unconsented_release",
        )
        .bind(now.0)
        .fetch_one(&self.readers)
        .await?;
        Ok(Backlog { reviews, reviews_overdue, notices, notices_overdue })
    }
}

async fn one(connection: &mut AnyConnection, entry: u64) -> Result<Option<UnconsentedRelease>, Error> {
    let Ok(entry) = i64::try_from(entry) else { return Ok(None) };
    let body: Option<String> = sqlx::query_scalar("select body from unconsented_release where entry = $1")
        .bind(entry)
        .fetch_optional(connection)
        .await?;
    body.as_deref().map(read).transpose()
}

/// Opens what this release leaves to be done.
pub(super) async fn open(tx: &mut AnyConnection, release: &UnconsentedRelease) -> Result<(), Error> {
    let row = Row::of(release)?;
    sqlx::query(
        "insert into unconsented_release (entry, client, custodian, ground, tell_by, review_by, body) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.entry)
    .bind(row.client)
    .bind(row.custodian)
    .bind(row.ground)
    .bind(row.tell_by)
    .bind(row.review_by)
    .bind(row.body)
    .execute(tx)
    .await?;
    Ok(())
}

/// Records what an entry says became of a release.
pub(super) async fn follow_up(tx: &mut AnyConnection, index: u64, entry: &Entry) -> Result<(), Error> {
    const IMPOSSIBLE: Error = Error::Corrupt("a follow-up that its release does not wait for");
    let (about, _) = entry.event.follows_up().ok_or(IMPOSSIBLE)?;
    let mut release = one(&mut *tx, about).await?.ok_or(IMPOSSIBLE)?;
    release.take(index, entry).map_err(|_| IMPOSSIBLE)?;
    let row = Row::of(&release)?;
    sqlx::query("update unconsented_release set tell_by = $2, review_by = $3, body = $4 where entry = $1")
        .bind(row.entry)
        .bind(row.tell_by)
        .bind(row.review_by)
        .bind(row.body)
        .execute(tx)
        .await?;
    Ok(())
}

/// A row, as derived from the release itself: by the writer, and by the audit to compare.
#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Row {
    entry: i64,
    client: String,
    custodian: String,
    ground: String,
    tell_by: Option<i64>,
    review_by: Option<i64>,
    body: String,
}

impl Row {
    pub(super) fn of(release: &UnconsentedRelease) -> Result<Self, Error> {
        Ok(Self {
            entry: i64::try_from(release.entry).map_err(|_| Error::Corrupt("an index"))?,
            client: release.client.to_string(),
            custodian: release.custodian.to_string(),
            ground: release.ground.to_string(),
            tell_by: release.told_in.is_none().then_some(release.tell_by.0),
            review_by: release.review_by.filter(|_| !release.is_reviewed()).map(|by| by.0),
            body: serde_json::to_string(release).map_err(|_| Error::Corrupt("a release without consent"))?,
        })
    }
}

fn read(body: &str) -> Result<UnconsentedRelease, Error> {
    serde_json::from_str(body).map_err(|_| Error::Corrupt("a release without consent"))
}
