//! What was judged of samples: whether that may be, under the lock; and what was said of an entry.
//!
//! What is always true here: an entry that is judged never changes, so the one thing that can happen to it meanwhile is that its
//! retention ends. The writer looks at all of it all the same, and so does the audit: no way around the gateway leads to a verdict on
//! what is not there, is another side's or was asked by who judges it.

use sqlx::AnyConnection;

use crate::domain::{ClientRef, Entry, OrganisationId, RequesterRef, SampleJudgement};
use crate::store::batch::Outdated;
use crate::store::change::Change;
use crate::store::entries::read;
use crate::store::waiting::Waiting;
use crate::store::{EntryRow, Error, Store};

/// A verdict, as far as the entry that it is about must agree with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    entry: u64,
    client: ClientRef,
    side: OrganisationId,
    officer: RequesterRef,
}

/// A first request about this client, on this side, that somebody else asked.
const STANDS: &str = "select count(*) from entry where idx = $1 and idx < $2 and event = 'disclosure' \
     and request_key is not null and client = $3 and (custodian = $4 or recipient = $4) and requester <> $5";
/// By the index of verdicts alone: `event = 'sample-judged'` is what that is made of.
const ON_ENTRY: &str = "select idx, body, leaf from entry where event = 'sample-judged' and client = $1 and idx > $2 \
     and recipient = $3 order by idx";

impl Judged {
    pub(super) fn of(entry: &Entry, client: ClientRef, said: &SampleJudgement) -> Result<Self, Error> {
        let officer = entry.actor.as_ref().ok_or(Error::Corrupt("a verdict of nobody"))?;
        said.is_whole().map_err(|_| Error::Corrupt("a verdict that contradicts itself"))?;
        let (side, officer) = (officer.hat.organisation.clone(), officer.requester.clone());
        Ok(Self { entry: said.entry, client, side, officer })
    }

    /// Whether retention may have taken away what it is about.
    pub(super) fn may_be_gone(&self, horizon: u64) -> bool {
        self.entry < horizon
    }

    /// Whether it may be said, in the entry of this index.
    pub(super) async fn stands(&self, connection: &mut AnyConnection, index: i64) -> Result<bool, Error> {
        let Ok(entry) = i64::try_from(self.entry) else { return Ok(false) };
        let found: i64 = sqlx::query_scalar(STANDS)
            .bind(entry)
            .bind(index)
            .bind(self.client.to_string())
            .bind(self.side.to_string())
            .bind(self.officer.to_string())
            .fetch_one(connection)
            .await?;
        Ok(found == 1)
    }
}

/// The verdicts of a batch that may not be said (any more).
pub(super) async fn misjudged(
    tx: &mut AnyConnection,
    first: i64,
    waiting: &[Waiting],
) -> Result<Vec<Outdated>, Error> {
    let mut outdated = Vec::new();
    for (w, index) in waiting.iter().zip(first..) {
        if let Some(Change::Judged(judged)) = &w.change
            && !judged.stands(tx, index).await?
        {
            outdated.push(Outdated { index, stale: true, original: None });
        }
    }
    Ok(outdated)
}

impl Store {
    /// What the officers of this side said of this entry about this client, oldest first: in the entries that these are.
    pub async fn verdicts_on(
        &self,
        side: &OrganisationId,
        client: &ClientRef,
        judged: u64,
    ) -> Result<Vec<(EntryRow, SampleJudgement)>, Error> {
        let Ok(after) = i64::try_from(judged) else { return Ok(Vec::new()) };
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(ON_ENTRY)
            .bind(client.to_string())
            .bind(after)
            .bind(side.to_string())
            .fetch_all(&self.readers)
            .await?;
        let mut verdicts = Vec::new();
        for row in rows {
            let row = read(row)?;
            if let crate::domain::Event::SampleJudged(said) = &row.entry.event
                && said.entry == judged
            {
                let said = said.clone();
                verdicts.push((row, said));
            }
        }
        Ok(verdicts)
    }
}
