//! The current registrations and consents of a client, with the revision they are at.
//!
//! A cache sits in front; it can never cause a wrong release, because `seal` checks the revision again.

use std::sync::{Arc, LazyLock};

use metrics::Counter;
use moka::sync::Cache;
use sqlx::AnyPool;

use crate::domain::{ClientRef, Consent, OrganisationId, Registration};
use crate::store::{Error, Store};

static HITS: LazyLock<Counter> =
    LazyLock::new(|| metrics::counter!("sluis_cache_total", "cache" => "clients", "outcome" => "hit"));
static MISSES: LazyLock<Counter> =
    LazyLock::new(|| metrics::counter!("sluis_cache_total", "cache" => "clients", "outcome" => "miss"));

/// Everything recorded about one client.
#[derive(Debug, Default)]
pub struct ClientFile {
    /// Counts up with every change; `None` while the client is unknown.
    pub revision: Option<i64>,
    pub(super) custodians: Vec<(OrganisationId, CustodianFile)>,
}

/// What one custodian recorded.
#[derive(Debug)]
pub struct CustodianFile {
    /// Its registration.
    pub registration: Registration,
    /// Its consents and objections.
    pub consents: Vec<Consent>,
}

impl ClientFile {
    /// What this custodian recorded, if it registered the client.
    pub fn at(&self, custodian: &OrganisationId) -> Option<&CustodianFile> {
        self.custodians.iter().find(|(id, _)| id == custodian).map(|(_, file)| file)
    }

    /// What all custodians registered.
    pub fn registrations(&self) -> impl Iterator<Item = &Registration> {
        self.custodians.iter().map(|(_, file)| &file.registration)
    }
}

/// Reads client files, through a cache.
#[derive(Clone)]
pub struct Register {
    readers: AnyPool,
    cache: Cache<ClientRef, Arc<ClientFile>>,
}

impl Register {
    /// A register that remembers at most `clients` client files.
    pub fn new(store: &Store, clients: u64) -> Self {
        Self { readers: store.readers.clone(), cache: Cache::new(clients) }
    }

    /// The client's file: current, or one that `seal` will find stale.
    pub async fn current(&self, client: &ClientRef) -> Result<Arc<ClientFile>, Error> {
        if let Some(file) = self.cache.get(client) {
            HITS.increment(1);
            return Ok(file);
        }
        MISSES.increment(1);
        self.anew(client).await
    }

    /// The client's file as it is stored now: for what `seal` does not check, such as a refusal to change. To forget and then
    /// look would not do, for somebody who read earlier may remember later.
    pub async fn anew(&self, client: &ClientRef) -> Result<Arc<ClientFile>, Error> {
        let file = Arc::new(self.read(client).await?);
        self.cache.insert(client.clone(), file.clone());
        Ok(file)
    }

    /// So many clients of one custodian, in the order of their pseudonyms, after this one.
    pub async fn clients_of(
        &self,
        custodian: &OrganisationId,
        after: Option<&ClientRef>,
        limit: u32,
    ) -> Result<Vec<(ClientRef, Registration)>, Error> {
        let text = "select client, body from registration where custodian = $1 and client > $2 \
             order by client limit $3";
        let rows: Vec<(String, String)> = sqlx::query_as(text)
            .bind(custodian.to_string())
            .bind(after.map(ToString::to_string).unwrap_or_default())
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        let read = |(client, body): (String, String)| {
            let client = ClientRef::parse(&client).map_err(|_| Error::Corrupt("a client"))?;
            Ok((client, serde_json::from_str(&body).map_err(|_| Error::Corrupt("a registration"))?))
        };
        rows.into_iter().map(read).collect()
    }

    /// How many client files are remembered, nearly.
    pub fn remembered(&self) -> u64 {
        self.cache.entry_count()
    }

    /// Forgets what the cache holds of a client, so that the next decision reads anew.
    pub fn forget(&self, client: &ClientRef) {
        self.cache.invalidate(client);
    }

    /// In one statement, and so at one moment: the revision is that of all the rest. Registrations come before consents.
    async fn read(&self, client: &ClientRef) -> Result<ClientFile, Error> {
        let text = "select 0 as part, '' as name, cast(revision as text) as body from client where id = $1 \
             union all select 1, custodian, body from registration where client = $1 \
             union all select 2, id, body from consent where client = $1 order by 1, 2";
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as(text).bind(client.to_string()).fetch_all(&self.readers).await?;
        let mut file = ClientFile::default();
        for (part, name, body) in rows {
            match part {
                0 => file.revision = Some(body.parse().map_err(|_| Error::Corrupt("a revision"))?),
                1 => {
                    let custodian =
                        OrganisationId::parse(&name).map_err(|_| Error::Corrupt("a custodian"))?;
                    let registration =
                        serde_json::from_str(&body).map_err(|_| Error::Corrupt("a registration"))?;
                    file.custodians.push((custodian, CustodianFile { registration, consents: Vec::new() }));
                }
                _ => {
                    let consent: Consent =
                        serde_json::from_str(&body).map_err(|_| Error::Corrupt("a consent"))?;
                    let of = file.custodians.iter_mut().find(|(id, _)| *id == consent.custodian);
                    of.ok_or(Error::Corrupt("a consent without a registration"))?.1.consents.push(consent);
                }
            }
        }
        Ok(file)
    }
}
