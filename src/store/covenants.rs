//! The covenants that were ever in force, whole, each kept together with the entry that brought it into force.
//!
//! The digest in that entry is the key, so no other rules can take the place of those that were decided by: whoever reads
//! a covenant here checks its files against its name, and so does the audit.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AnyConnection;

use crate::domain::{CovenantDigest, Entry, Event, Timestamp};
use crate::policy::Bundle;
use crate::store::{Error, Store};

/// Whether these are the files that this entry brings into force.
pub(super) fn check(entry: &Entry, files: &Bundle) -> Result<(), Error> {
    let Event::CovenantAdopted { parties } = &entry.event else {
        return Err(Error::Corrupt("an entry that brings no covenant into force"));
    };
    let same = files.digest().is_ok_and(|digest| digest == entry.covenant)
        && files.parties_digest().is_ok_and(|digest| digest == *parties);
    if same { Ok(()) } else { Err(Error::Corrupt("a covenant with other files than its digest says")) }
}

/// Keeps it; one that was in force before is kept already.
pub(super) async fn keep(
    tx: &mut AnyConnection,
    digest: &CovenantDigest,
    files: &Bundle,
) -> Result<(), Error> {
    sqlx::query("insert into covenant (digest, files) values ($1, $2) on conflict (digest) do nothing")
        .bind(digest.to_string())
        .bind(serde_json::to_string(files).map_err(|_| Error::Corrupt("a covenant"))?)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether exactly these covenants are kept, each with the list of parties that it came into force with.
pub(super) async fn are_kept(
    snapshot: &mut AnyConnection,
    expected: &BTreeMap<String, String>,
) -> Result<bool, Error> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("select digest, files from covenant").fetch_all(snapshot).await?;
    let holds = |(digest, text): &(String, String)| {
        let canonical = |files: &Bundle| serde_json::to_string(files).is_ok_and(|written| written == *text);
        read(digest, text).is_ok_and(|files| {
            let parties = files.parties_digest().ok().map(|digest| digest.to_string());
            canonical(&files) && parties.is_some() && parties.as_ref() == expected.get(digest)
        })
    };
    Ok(rows.len() == expected.len() && rows.iter().all(holds))
}

/// That a covenant came into force.
pub(super) struct Adoption {
    index: u64,
    digest: String,
    parties: String,
}

impl Adoption {
    pub fn new(index: u64, digest: &CovenantDigest, parties: &CovenantDigest) -> Self {
        Self { index, digest: digest.to_string(), parties: parties.to_string() }
    }
}

/// Those that are kept, each with its list of parties: what was in force from the end of retention on, and what an older entry
/// that stays was decided under. The adoptions are in their order.
pub(super) fn needed(
    adoptions: &[Adoption],
    used: &BTreeSet<String>,
    before: u64,
) -> BTreeMap<String, String> {
    let ends = adoptions.iter().skip(1).map(|next| next.index).chain([u64::MAX]);
    let needed = adoptions.iter().zip(ends).filter(|(a, end)| *end > before || used.contains(&a.digest));
    needed.map(|(adoption, _)| (adoption.digest.clone(), adoption.parties.clone())).collect()
}

/// The adoptions from this entry on.
pub(super) async fn adopted_from(snapshot: &mut AnyConnection, from: i64) -> Result<Vec<Adoption>, Error> {
    let text = "select idx, body from entry where idx >= $1 and event = 'covenant-adopted' order by idx";
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(text).bind(from).fetch_all(snapshot).await?;
    let read = |(index, body): (i64, Vec<u8>)| {
        let entry = Entry::decode(&body)?;
        let index = u64::try_from(index).map_err(|_| Error::Corrupt("an index"))?;
        match &entry.event {
            Event::CovenantAdopted { parties } => Ok(Adoption::new(index, &entry.covenant, parties)),
            _ => Err(Error::Corrupt("the event of an entry")),
        }
    };
    rows.into_iter().map(read).collect()
}

/// Those that are kept and not needed.
pub(super) async fn not_in(
    snapshot: &mut AnyConnection,
    needed: &BTreeMap<String, String>,
) -> Result<Vec<String>, Error> {
    let mut all: Vec<String> =
        sqlx::query_scalar("select digest from covenant order by digest").fetch_all(snapshot).await?;
    all.retain(|digest| !needed.contains_key(digest));
    Ok(all)
}

/// The files of a covenant, as [`Store::kept_covenant`] gives them.
pub(super) async fn files(
    connection: &mut AnyConnection,
    digest: &CovenantDigest,
) -> Result<Option<Bundle>, Error> {
    let files: Option<String> = sqlx::query_scalar("select files from covenant where digest = $1")
        .bind(digest.to_string())
        .fetch_optional(connection)
        .await?;
    files.map(|text| read(digest.as_str(), &text)).transpose()
}

/// Answered from the index `entry_adopted`.
pub(super) const ADOPTED: &str =
    "select idx, body from entry where event = 'covenant-adopted' and idx < $1 order by idx desc limit $2";

/// That a covenant came into force, as its entry says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The entry.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// Which covenant.
    pub covenant: CovenantDigest,
    /// Which list of parties.
    pub parties: CovenantDigest,
    /// Counts up with every change of the list of parties.
    pub party_revision: i64,
    /// Whether its files are still kept: not where retention is over and nothing rests on it any more.
    pub is_kept: bool,
}

impl Store {
    /// At most so many covenants that came into force before this entry, newest first. Their entries have an index of their own, and
    /// stay when retention is over; what is read does not grow with the ledger.
    pub async fn adopted(&self, before: u64, limit: u32) -> Result<Vec<Adopted>, Error> {
        let mut connection = self.readers.acquire().await?;
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(ADOPTED)
            .bind(i64::try_from(before).unwrap_or(i64::MAX))
            .bind(i64::from(limit))
            .fetch_all(&mut *connection)
            .await?;
        let kept: Vec<String> =
            sqlx::query_scalar("select digest from covenant").fetch_all(&mut *connection).await?;
        let kept: BTreeSet<String> = kept.into_iter().collect();
        let read = |(index, body): (i64, Vec<u8>)| {
            let entry = Entry::decode(&body)?;
            let Event::CovenantAdopted { parties } = entry.event else {
                return Err(Error::Corrupt("the event of an entry"));
            };
            Ok(Adopted {
                index: u64::try_from(index).map_err(|_| Error::Corrupt("an index"))?,
                at: entry.at,
                is_kept: kept.contains(entry.covenant.as_str()),
                covenant: entry.covenant,
                parties,
                party_revision: entry.parties,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// The files of a covenant that was in force; `None` if they are not kept. Other files than the digest says are an
    /// error, never an answer.
    pub async fn kept_covenant(&self, digest: &CovenantDigest) -> Result<Option<Bundle>, Error> {
        files(&mut *self.readers.acquire().await?, digest).await
    }
}

fn read(digest: &str, text: &str) -> Result<Bundle, Error> {
    const OTHER: Error = Error::Corrupt("a covenant with other files than its digest says");
    let files: Bundle = serde_json::from_str(text).map_err(|_| OTHER)?;
    if files.digest().is_ok_and(|of| of.as_str() == digest) { Ok(files) } else { Err(OTHER) }
}
