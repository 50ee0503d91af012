//! Seal: the group commit through which every entry goes (design.md §4, seal.md §8).
//!
//! One writer takes the ledger head first, which is the lock on every engine, and only then drains the waiting
//! entries; so a batch is as large as the wait was long. In a statement of its own it checks that what each entry was
//! decided on still holds; the others are stale and are decided again. Ledger order is the serial order: within a
//! batch whoever asked comes before whoever changed, so a withdrawal that is answered is a barrier (promise 3).

use std::sync::Arc;

use sqlx::{AnyConnection, AnyPool};
use tokio::sync::{mpsc, oneshot};

use crate::domain::{Consent, Entry, Event};
use crate::ledger::{Batch, Checkpoint, Hash, Receipt, SigningKey};
use crate::policy::Bundle;
use crate::store::batch::{self, Head, Row};
use crate::store::change::Change;
use crate::store::expiry::ExpiryPlan;
use crate::store::leaves::Leaves;
use crate::store::waiting::{Waiting, overtaken, refuse_outdated, send_back};
use crate::store::wal::Commits;
use crate::store::{Error, Store, covenants, dialect, tiles};

/// The most entries in one commit.
const MAX_BATCH: usize = 256;
/// The most entries that wait; beyond, the gateway refuses early.
const MAX_WAITING: usize = 4096;

/// An entry to seal.
pub struct Submission {
    /// What to record.
    pub entry: Entry,
    /// The consents that this release spends, in their new versions.
    pub spent: Vec<Consent>,
}

/// How a seal ended.
pub enum SealOutcome {
    /// Durable, and in the tree.
    Sealed(Sealed),
    /// A consent, the covenant or the parties changed meanwhile: decide again.
    Stale,
    /// This request was made before, and this is its first entry: decide again, as a repeat.
    Repeat(u64),
}

/// The proof that an entry is durable and in the tree.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// Which entry.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: Hash,
    /// Its receipt.
    pub receipt: Receipt,
}

/// The way to write.
#[derive(Clone)]
pub struct Ledger {
    queue: mpsc::Sender<Waiting>,
}

impl Ledger {
    /// Starts the writer. It ends when every handle is dropped, or at the first write of which it is unknown whether
    /// it is durable.
    pub fn start(store: &Store, key: Arc<SigningKey>) -> Self {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        let commits = Commits::start(store.mover.clone());
        let pool = store.writer.clone();
        let writer = Writer { pool, commits, key, queue: waiting, leaves: Leaves::default() };
        tokio::spawn(writer.run());
        Self { queue }
    }

    /// Records an entry: when this returns `Sealed` it is durable and in the signed tree, otherwise nothing was
    /// written.
    pub async fn seal(&self, submission: Submission) -> Result<SealOutcome, Error> {
        let change = Change::of(&submission.entry, submission.spent)?;
        self.hand_in(submission.entry, change).await
    }

    /// Records that a covenant comes into force, and keeps its files: both, or neither.
    pub async fn adopt(&self, entry: Entry, files: Arc<Bundle>) -> Result<SealOutcome, Error> {
        covenants::check(&entry, &files)?;
        let mut change = Change::of(&entry, Vec::new())?;
        if let Some(Change::Covenant { files: kept, .. }) = &mut change {
            *kept = Some(files);
        }
        self.hand_in(entry, change).await
    }

    /// Records that retention ended, and lets go of what the plan says: both, or neither.
    pub async fn expire(&self, entry: Entry, plan: ExpiryPlan) -> Result<SealOutcome, Error> {
        if entry.event != Event::Expired(plan.expiry.clone()) {
            return Err(Error::Corrupt("an end of retention with another plan"));
        }
        self.hand_in(entry, Some(Change::Expired(Some(Box::new(plan))))).await
    }

    async fn hand_in(&self, entry: Entry, change: Option<Change>) -> Result<SealOutcome, Error> {
        if matches!(change, Some(Change::Covenant { files: None, .. } | Change::Expired(None))) {
            return Err(Error::Corrupt("a change without what it brings"));
        }
        let (answer, outcome) = oneshot::channel();
        let row = Row::of(&entry)?;
        let waiting = Waiting { row, change, covenant: entry.covenant, parties: entry.parties, answer };
        self.queue.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Refused,
            mpsc::error::TrySendError::Closed(_) => Error::Stopped,
        })?;
        outcome.await.unwrap_or(Err(Error::Stopped))
    }

    /// Whether it still writes.
    pub fn writes(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Returns when the writer has stopped.
    pub async fn stopped(&self) {
        self.queue.closed().await;
    }
}

struct Writer {
    pool: AnyPool,
    commits: Commits,
    key: Arc<SigningKey>,
    queue: mpsc::Receiver<Waiting>,
    leaves: Leaves,
}

impl Writer {
    async fn run(mut self) {
        while let Some(first) = self.queue.recv().await {
            let mut waiting = vec![first];
            let Err(error) = self.commit(&mut waiting).await else { continue };
            let nothing_written =
                matches!(&error, Error::Unavailable(cause) if dialect::nothing_written(cause));
            if !nothing_written {
                self.queue.close();
            }
            tracing::error!(%error, cause = ?std::error::Error::source(&error).map(ToString::to_string), waiting = waiting.len(), "the ledger could not write");
            let refusal = || if nothing_written { Error::Refused } else { Error::Stopped };
            for w in waiting {
                w.answer(Err(refusal()));
            }
            if !nothing_written {
                return;
            }
        }
    }

    /// One group commit. Whoever is answered is taken out of `waiting`.
    ///
    /// After a failure the connection is not used again: SQLite may have ended the transaction by itself, the driver
    /// would still count it as open, and a later commit would only end a savepoint (promise 2).
    async fn commit(&mut self, waiting: &mut Vec<Waiting>) -> Result<(), Error> {
        let mut connection = self.pool.acquire().await?;
        let done = self.commit_on(&mut connection, waiting).await;
        if done.is_err() {
            connection.close_on_drop();
        }
        done
    }

    async fn commit_on(
        &mut self,
        connection: &mut AnyConnection,
        waiting: &mut Vec<Waiting>,
    ) -> Result<(), Error> {
        loop {
            let head = batch::begin(connection).await?;
            while waiting.len() < MAX_BATCH
                && let Ok(next) = self.queue.try_recv()
            {
                waiting.push(next);
            }
            refuse_outdated(waiting, &head);
            if waiting.is_empty() {
                return Ok(batch::rollback(connection).await?);
            }
            let end = head.size.saturating_add_unsigned(waiting.len() as u64);
            let rows: Vec<&Row> = waiting.iter().map(|w| &w.row).collect();
            batch::insert(connection, head.size, &rows).await?;
            let mut outdated = batch::outdated(connection, head.size, end).await?;
            outdated.extend(overtaken(connection, head.size, waiting).await?);
            if outdated.is_empty() {
                let (answers, leaves) = self.finish(connection, &head, waiting).await?;
                batch::commit(connection).await?;
                self.leaves = leaves;
                metrics::counter!("sluis_commits_total").increment(1);
                metrics::counter!("sluis_entries_total").increment(answers.len() as u64);
                waiting
                    .drain(..)
                    .zip(answers)
                    .for_each(|(w, sealed)| w.answer(Ok(SealOutcome::Sealed(sealed))));
                self.commits.done(connection).await;
                return Ok(());
            }
            batch::rollback(connection).await?;
            send_back(waiting, head.size, &outdated);
        }
    }

    /// Changes, tiles, tree and head of a batch that holds.
    async fn finish(
        &self,
        tx: &mut AnyConnection,
        head: &Head,
        waiting: &[Waiting],
    ) -> Result<(Vec<Sealed>, Leaves), Error> {
        let mut adopted = None;
        for (w, index) in waiting.iter().zip(head.frontier.size()..) {
            let Some(change) = &w.change else { continue };
            change.apply(tx, index).await?;
            if let Change::Covenant { digest, parties, .. } = change {
                adopted = Some((digest.to_string(), parties.to_string()));
            }
        }
        let leaves: Vec<Hash> = waiting.iter().map(|w| w.row.leaf).collect();
        let grown = Batch::append(&head.frontier, &leaves);
        let known = self.leaves.then(head.frontier.size(), &leaves);
        tiles::store(tx, &head.frontier, grown.frontier.size(), &known).await?;
        let checkpoint = Checkpoint {
            origin: self.key.verifier().name().to_owned(),
            size: grown.frontier.size(),
            root: grown.frontier.root(),
        };
        let checkpoint =
            checkpoint.sign(&self.key).map_err(|_| Error::Corrupt("the checkpoint cannot be signed"))?;
        let (covenant, parties) = adopted.unwrap_or_else(|| (head.covenant.clone(), head.parties.clone()));
        let next = Head {
            size: i64::try_from(grown.frontier.size()).map_err(|_| Error::Corrupt("the size"))?,
            at: waiting.iter().map(|w| w.row.at).fold(head.at, i64::max),
            frontier: grown.frontier,
            party_revision: head.party_revision + i64::from(parties != head.parties),
            covenant,
            parties,
        };
        batch::advance(tx, &next, &checkpoint).await?;
        let receipts = leaves.into_iter().zip(grown.proofs).zip(head.frontier.size()..);
        let sealed = receipts
            .map(|((leaf, proof), index)| Sealed {
                index,
                leaf,
                receipt: Receipt { index, proof, checkpoint: checkpoint.clone() },
            })
            .collect();
        Ok((sealed, known))
    }
}
