//! Entries that wait for their commit: in which order they go, and which of them cannot hold any more.

use sqlx::AnyConnection;
use tokio::sync::oneshot;

use crate::domain::CovenantDigest;
use crate::store::Error;
use crate::store::batch::{Head, Outdated, Row};
use crate::store::change::Change;
use crate::store::writer::SealOutcome;

/// How far a decision may lie before the newest entry, in milliseconds: entries are decided side by side. And how far after what the
/// database's own clock says: no gateway's clock is that wrong.
pub(super) const CLOCK_TOLERANCE: i64 = 60_000;

/// An entry in the queue.
pub(super) struct Waiting {
    /// The how-many-th it is, once it is queued.
    pub arrival: u64,
    pub row: Row,
    pub covenant: CovenantDigest,
    pub parties: i64,
    pub change: Option<Change>,
    pub answer: oneshot::Sender<Result<SealOutcome, Error>>,
}

impl Waiting {
    fn order(&self) -> u8 {
        match self.change {
            None | Some(Change::Release(_) | Change::Judged(_)) => 0,
            Some(Change::Registration { .. } | Change::Consents { .. } | Change::FollowUp { .. }) => 1,
            Some(Change::Covenant { .. }) => 2,
            Some(Change::Expired(_)) => 3,
        }
    }

    /// A disclosure of which the caller is gone: nothing of it reaches anybody.
    pub fn is_abandoned(&self) -> bool {
        self.row.event == "disclosure" && self.answer.is_closed()
    }

    /// Says how it ended.
    pub fn answer(self, outcome: Result<SealOutcome, Error>) {
        // Nobody listens when the caller gave up: the entry stands all the same.
        let _ = self.answer.send(outcome);
    }
}

/// An end of retention that did not count on what happened since; it is the last of its batch.
pub(super) async fn overtaken(
    tx: &mut AnyConnection,
    first: i64,
    waiting: &[Waiting],
) -> Result<Option<Outdated>, Error> {
    let Some(Change::Expired(Some(plan))) = waiting.last().and_then(|w| w.change.as_ref()) else {
        return Ok(None);
    };
    let overtaken = plan.is_overtaken(tx).await?;
    let index = first.saturating_add_unsigned(waiting.len() as u64) - 1;
    Ok(overtaken.then_some(Outdated { index, stale: true, original: None }))
}

/// Answers those that cannot hold under this head (`check_clock`: nor by the database's clock), and puts the others in order: whoever asked, then one change a
/// client, then at most one covenant or one end of retention.
pub(super) fn refuse_outdated(waiting: &mut Vec<Waiting>, head: &Head, check_clock: bool) {
    let latest =
        head.clock.filter(|_| check_clock).map_or(i64::MAX, |now| now.saturating_add(CLOCK_TOLERANCE));
    waiting.sort_by_key(Waiting::order);
    // A clock that leapt while they waited: in the ledger time runs on but for the tolerance, within a batch too (`period`).
    let newest = waiting.iter().map(|w| w.row.at).filter(|at| *at <= latest).max().unwrap_or(head.at);
    let mut changed = std::collections::HashSet::new();
    for w in std::mem::take(waiting) {
        let mut other_covenant = false;
        let holds = match &w.change {
            Some(Change::Covenant { digest, parties, .. }) => {
                let next = head.party_revision + i64::from(parties.as_str() != head.parties);
                // Another gateway brought the same one into force: once is enough.
                digest.as_str() != head.covenant && w.parties == next && changed.insert(None)
            }
            change => {
                let client = change.as_ref().and_then(Change::client);
                let mut first_change = || match change {
                    Some(Change::Expired(_)) => changed.insert(None),
                    _ => client.is_none_or(|client| changed.insert(Some(client.clone()))),
                };
                other_covenant = w.covenant.as_str() != head.covenant || w.parties != head.party_revision;
                !other_covenant && first_change()
            }
        };
        if w.row.at < head.at - CLOCK_TOLERANCE {
            w.answer(Err(Error::ClockBehind));
        } else if w.row.at > latest {
            w.answer(Err(Error::ClockAhead));
        } else if holds && w.row.at >= newest - CLOCK_TOLERANCE {
            waiting.push(w);
        } else if other_covenant {
            w.answer(Err(Error::OtherCovenant));
        } else {
            w.answer(Ok(SealOutcome::Stale));
        }
    }
}

/// After a rollback: answers those whose basis changed, and keeps the rest. The first entry of a repeat may itself
/// have been rolled back; then it is decided again as well.
pub(super) fn send_back(waiting: &mut Vec<Waiting>, first: i64, outdated: &[Outdated]) {
    for (w, index) in std::mem::take(waiting).into_iter().zip(first..) {
        match outdated.iter().find(|o| o.index == index) {
            None => waiting.push(w),
            Some(Outdated { stale: false, original: Some(original), .. }) if *original < first => {
                let original = u64::try_from(*original).map_err(|_| Error::Corrupt("an index"));
                w.answer(original.map(SealOutcome::Repeat));
            }
            Some(_) => w.answer(Ok(SealOutcome::Stale)),
        }
    }
}
