//! The end of retention: what old entries said goes, and their leaf hashes stay, so that every proof goes on verifying.
//!
//! What is always true here:
//! 1. Which entries go is worked out beside the writer, and carried out in the very commit of the entry that says so.
//! 2. If a client of whom everything would go got a new entry meanwhile, nothing goes, and it is worked out again.
//! 3. A trigger lets go of nothing that lies beyond the entry that says how far retention has come.

use std::collections::{BTreeSet, HashMap};

use aws_lc_rs::digest::{Context, SHA256};
use sqlx::AnyConnection;

use crate::domain::retention::{Stays, ends};
use crate::domain::{Consent, CovenantDigest, Entry, Event, Expiry, KeptDigest, Registration, Timestamp};
use crate::store::covenants::{self, Adoption};
use crate::store::places::{self, Place};
use crate::store::{Error, Store};

/// The most entries that retention moves on at a time: what one commit can carry out while others wait.
const MOST: i64 = 16_384;
/// How many entries are read at a time.
const PAGE: i64 = 512;

/// What goes, and what stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiryPlan {
    /// What the ledger will say.
    pub expiry: Expiry,
    from: i64,
    scanned: i64,
    entries: Vec<i64>,
    places: Vec<Place>,
    clients: BTreeSet<String>,
    covenants: Vec<String>,
}

impl ExpiryPlan {
    /// How many entries go.
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    /// How many clients are not known any more.
    pub fn clients(&self) -> usize {
        self.clients.len()
    }

    /// Whether something happened since that it did not count on. Under the lock.
    pub(super) async fn is_overtaken(&self, tx: &mut AnyConnection) -> Result<bool, sqlx::Error> {
        let before: i64 =
            sqlx::query_scalar("select before from retention where id = 1").fetch_one(&mut *tx).await?;
        let text = "select distinct client from entry where idx >= $1 and client is not null";
        let seen: Vec<String> = sqlx::query_scalar(text).bind(self.scanned).fetch_all(tx).await?;
        Ok(before != self.from || seen.iter().any(|client| self.clients.contains(client)))
    }

    /// Lets go, in the commit of the entry at this index.
    pub(super) async fn carry_out(&self, tx: &mut AnyConnection, index: u64) -> Result<(), Error> {
        let number = |n: u64| i64::try_from(n).map_err(|_| Error::Corrupt("an index"));
        sqlx::query("update retention set entry = $1, before = $2, until = $3 where id = 1")
            .bind(number(index)?)
            .bind(number(self.expiry.before)?)
            .bind(self.expiry.until.0)
            .execute(&mut *tx)
            .await?;
        for index in &self.entries {
            sqlx::query(EMPTY).bind(*index).bind(Vec::<u8>::new()).execute(&mut *tx).await?;
        }
        places::forget(tx, &self.places).await?;
        for client in &self.clients {
            for text in OF_CLIENT {
                sqlx::query(text).bind(client.as_str()).execute(&mut *tx).await?;
            }
        }
        for digest in &self.covenants {
            sqlx::query("delete from covenant where digest = $1")
                .bind(digest.as_str())
                .execute(&mut *tx)
                .await?;
        }
        Ok(())
    }
}

/// What is left of an entry: its place and its leaf hash.
const EMPTY: &str = "update entry set at = 0, event = '', client = null, custodian = null, recipient = null, \
     requester = null, purpose = null, outcome = '', revision = null, request_key = null, body = $2 where idx = $1";
const OF_CLIENT: [&str; 4] = [
    "delete from consent where client = $1",
    "delete from registration where client = $1",
    "delete from unconsented_release where client = $1",
    "delete from client where id = $1",
];

/// The digest over the indexes of the entries that stay.
pub(super) struct Kept {
    count: u64,
    digest: Context,
}

impl Default for Kept {
    fn default() -> Self {
        Self { count: 0, digest: Context::new(&SHA256) }
    }
}

impl Kept {
    pub fn push(&mut self, index: u64) {
        self.count += 1;
        self.digest.update(&index.to_be_bytes());
    }

    pub fn finish(self) -> Result<(u64, KeptDigest), Error> {
        let hex =
            self.digest.finish().as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        Ok((self.count, KeptDigest::parse(&hex).map_err(|_| Error::Corrupt("a digest"))?))
    }
}

impl Store {
    /// What can go now; `None` while nothing can.
    pub async fn plan_expiry(&self, now: Timestamp) -> Result<Option<ExpiryPlan>, Error> {
        let mut snapshot = self.snapshot().await?;
        let scanned: i64 =
            sqlx::query_scalar("select size from ledger_head where id = 1").fetch_one(&mut *snapshot).await?;
        let (from, since): (i64, i64) = sqlx::query_as("select before, until from retention where id = 1")
            .fetch_one(&mut *snapshot)
            .await?;
        let (before, until) = horizon(&mut snapshot, from, Timestamp(since), now).await?;
        if before == from {
            return Ok(None);
        }
        let needed = needed(&mut snapshot, before, now).await?;
        let (mut kept, mut entries, mut clients) = (Kept::default(), Vec::new(), BTreeSet::new());
        let mut places = Vec::new();
        let (mut adoptions, mut used) = (Vec::new(), BTreeSet::new());
        let mut next = 0;
        while let Some((last, page)) = page(&mut snapshot, next, before).await? {
            next = last + 1;
            for (index, entry) in page {
                let client = entry.client.as_ref().map(ToString::to_string);
                let place = u64::try_from(index).map_err(|_| Error::Corrupt("an index"))?;
                let stays = match entry.stays() {
                    Stays::Always => true,
                    Stays::No => false,
                    Stays::WithItsClient => client.as_ref().is_some_and(|client| needed.contains(client)),
                };
                match (stays, &entry.event) {
                    (true, Event::CovenantAdopted { parties }) => {
                        adoptions.push(Adoption::new(place, &entry.covenant, parties));
                    }
                    (true, Event::Expired(_)) => {}
                    (true, _) => {
                        used.insert(entry.covenant.to_string());
                    }
                    (false, _) => {
                        entries.push(index);
                        places.extend(client.as_ref().and_then(|client| Place::of(client, place)));
                        clients.extend(client.filter(|client| !needed.contains(client)));
                    }
                }
                if stays {
                    kept.push(place);
                }
            }
        }
        // A part of which everything stays is passed all the same: there may be more behind it.
        if entries.is_empty() && before < from.saturating_add(MOST) {
            return Ok(None);
        }
        adoptions.extend(covenants::adopted_from(&mut snapshot, before).await?);
        let before = u64::try_from(before).map_err(|_| Error::Corrupt("an index"))?;
        let covenants =
            covenants::not_in(&mut snapshot, &covenants::needed(&adoptions, &used, before)).await?;
        let (kept, kept_digest) = kept.finish()?;
        let expiry = Expiry { before, until, kept, kept_digest };
        Ok(Some(ExpiryPlan { expiry, from, scanned, entries, places, clients, covenants }))
    }
}

/// The first entry whose retention is not over, and the newest moment before it.
async fn horizon(
    snapshot: &mut AnyConnection,
    from: i64,
    since: Timestamp,
    now: Timestamp,
) -> Result<(i64, Timestamp), Error> {
    let mut agreed: HashMap<CovenantDigest, u8> = HashMap::new();
    let (mut next, mut until, end) = (from, since, from.saturating_add(MOST));
    while let Some((_, page)) = page(snapshot, next, end).await? {
        for (index, entry) in page {
            let years = match agreed.get(&entry.covenant) {
                Some(years) => *years,
                None => retention_years(snapshot, &entry.covenant).await?,
            };
            agreed.insert(entry.covenant, years);
            if now < ends(entry.at, years) {
                return Ok((next, until));
            }
            (next, until) = (index + 1, until.max(entry.at));
        }
    }
    Ok((next, until))
}

async fn retention_years(snapshot: &mut AnyConnection, covenant: &CovenantDigest) -> Result<u8, Error> {
    let kept = covenants::files(snapshot, covenant).await?.ok_or(Error::Corrupt("a covenant is not kept"))?;
    let deadlines = kept.deadlines().map_err(|_| Error::Corrupt("the deadlines of a covenant"))?;
    Ok(deadlines.retention_years())
}

/// The entries that still say something, from one index until before another, and the last place that was looked at.
async fn page(
    snapshot: &mut AnyConnection,
    from: i64,
    before: i64,
) -> Result<Option<(i64, Vec<(i64, Entry)>)>, Error> {
    let text =
        "select idx, body from entry where idx >= $1 and idx < $2 and length(body) > 0 order by idx limit $3";
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as(text).bind(from).bind(before).bind(PAGE).fetch_all(snapshot).await?;
    let read = |(index, body): (i64, Vec<u8>)| Ok((index, Entry::decode(&body)?));
    let page: Vec<(i64, Entry)> = rows.into_iter().map(read).collect::<Result<_, Error>>()?;
    Ok(page.last().map(|(last, _)| *last).map(|last| (last, page)))
}

/// The clients of whom nothing may go: there is a younger entry, somebody treats them, a consent or an objection stands, or
/// something is still to be done.
async fn needed(
    snapshot: &mut AnyConnection,
    before: i64,
    now: Timestamp,
) -> Result<BTreeSet<String>, Error> {
    let text = "select distinct client from entry where idx >= $1 and client is not null";
    let mut needed: BTreeSet<String> =
        sqlx::query_scalar(text).bind(before).fetch_all(&mut *snapshot).await?.into_iter().collect();
    let open =
        "select distinct client from unconsented_release where tell_by is not null or review_by is not null";
    needed.extend(sqlx::query_scalar::<_, String>(open).fetch_all(&mut *snapshot).await?);
    let mut after = String::new();
    loop {
        let text = "select id from client where id > $1 order by id limit $2";
        let page: Vec<String> =
            sqlx::query_scalar(text).bind(after).bind(PAGE).fetch_all(&mut *snapshot).await?;
        let Some(last) = page.last() else { return Ok(needed) };
        after = last.clone();
        for client in page {
            if !needed.contains(&client) && is_live(snapshot, &client, now).await? {
                needed.insert(client);
            }
        }
    }
}

async fn is_live(snapshot: &mut AnyConnection, client: &str, now: Timestamp) -> Result<bool, Error> {
    let text = "select body from registration where client = $1";
    let bodies: Vec<String> = sqlx::query_scalar(text).bind(client).fetch_all(&mut *snapshot).await?;
    for body in bodies {
        let registration: Registration =
            serde_json::from_str(&body).map_err(|_| Error::Corrupt("a registration"))?;
        if registration.is_live(now) {
            return Ok(true);
        }
    }
    let text = "select body from consent where client = $1";
    let bodies: Vec<String> = sqlx::query_scalar(text).bind(client).fetch_all(snapshot).await?;
    for body in bodies {
        let consent: Consent = serde_json::from_str(&body).map_err(|_| Error::Corrupt("a consent"))?;
        if consent.is_live(now) {
            return Ok(true);
        }
    }
    Ok(false)
}
