//! The writer behind [`super::Ledger`]: one batch after the other, each in one transaction.
//!
//! What is always true here:
//! 1. Nothing that is kept in memory is believed: the head is read under the lock, and judged by `known`.
//! 2. Whether a commit whose answer was lost became durable is looked up under the lock, never guessed: the lock is free only
//!    when the transaction that held it has ended, one way or the other.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{AnyConnection, AnyPool};
use tokio::time::Instant;

use crate::ledger::{Batch, Checkpoint, Frontier, Hash, Receipt, SigningKey};
use crate::store::batch::{self, Head, Row};
use crate::store::change::Change;
use crate::store::dialect::{self, Engine};
use crate::store::judged::misjudged;
use crate::store::known::Known;
use crate::store::leaves::Leaves;
use crate::store::queue::Queue;
use crate::store::waiting::{Waiting, overtaken, refuse_outdated, send_back};
use crate::store::wal::Commits;
use crate::store::writer::Trouble;
use crate::store::{Error, SealOutcome, Sealed, Store, meters, places, tiles};

/// The most entries in one commit.
const MAX_BATCH: usize = 256;
/// How often a batch is tried again after a connection was lost.
const ATTEMPTS: usize = 3;
/// How long a batch may take; a server that is gone says nothing.
const TURN: Duration = Duration::from_mins(1);
/// How long it is tried to find out what became of a commit.
const FIND_OUT: Duration = Duration::from_secs(20);
/// How long between two of those tries.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Writer {
    pool: AnyPool,
    engine: Engine,
    check_clock: bool,
    commits: Option<Commits>,
    key: Arc<SigningKey>,
    queue: Queue,
    trouble: Trouble,
    leaves: Leaves,
    known: Known,
    committing: Option<Committing>,
}

/// A batch of which the commit was sent.
struct Committing {
    first: i64,
    leaf: Hash,
    answers: Vec<Sealed>,
    leaves: Leaves,
    head: (String, Frontier),
}

impl Writer {
    pub fn new(store: &Store, key: Arc<SigningKey>, queue: Queue, trouble: Trouble) -> Self {
        Self {
            pool: store.writer.clone(),
            engine: store.engine,
            check_clock: store.check_clock,
            commits: (store.engine == Engine::Sqlite).then(|| Commits::start(store.mover.clone())),
            key,
            queue,
            trouble,
            leaves: Leaves::default(),
            known: Known::default(),
            committing: None,
        }
    }

    pub async fn run(mut self) {
        while let Some(first) = self.queue.next().await {
            let mut waiting = vec![first];
            let began = Instant::now();
            let written = self.commit(&mut waiting).await;
            meters::attempted(began.elapsed());
            self.trouble.set(written.is_err());
            let Err(error) = written else { continue };
            let goes_on = matches!(error, Error::Refused | Error::Unknown);
            if !goes_on {
                self.queue.close();
            }
            for w in waiting {
                w.answer(Err(match error {
                    Error::Refused => Error::Refused,
                    Error::Unknown => Error::Unknown,
                    Error::OtherKey => Error::OtherKey,
                    Error::OtherVersion => Error::OtherVersion,
                    Error::Older => Error::Older,
                    _ => Error::Stopped,
                }));
            }
            if !goes_on {
                return;
            }
        }
    }

    /// One group commit. Whoever is answered is taken out of `waiting`. [`Error::Refused`]: nothing was written, and the next
    /// may be; [`Error::Unknown`]: the same, but for this batch; any other: stop.
    async fn commit(&mut self, waiting: &mut Vec<Waiting>) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let Err(error) = self.attempt(waiting).await else { return Ok(()) };
            let passes = match &error {
                Error::Unavailable(cause) => dialect::passes(self.engine, cause),
                error => matches!(error, Error::Refused),
            };
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, waiting = waiting.len(), "the ledger could not write");
            match self.committing.take().filter(|_| self.engine == Engine::Postgres) {
                Some(sent) if self.was_committed(&sent).await? => {
                    tracing::info!("what was written when the connection was lost is durable");
                    self.answer(sent, waiting);
                    return Ok(());
                }
                Some(_) => tracing::info!("what was being written when the connection was lost is not there"),
                None if !passes => return Err(error),
                None if self.engine == Engine::Sqlite => return Err(Error::Refused),
                None => {}
            }
        }
        Err(Error::Refused)
    }

    /// After a failure the connection is not used again: SQLite may have ended the transaction by itself, the driver
    /// would still count it as open, and a later commit would only end a savepoint (promise 2).
    async fn attempt(&mut self, waiting: &mut Vec<Waiting>) -> Result<(), Error> {
        let mut connection = self.pool.acquire().await?;
        let turn = if self.engine == Engine::Postgres { TURN } else { Duration::MAX };
        let done = tokio::time::timeout(turn, self.commit_on(&mut connection, waiting)).await;
        let done = done.unwrap_or(Err(Error::Refused));
        if done.is_err() {
            connection.close_on_drop();
            self.known.lost();
        }
        done
    }

    /// Whether a batch is there whose commit was sent: its first entry is known by its leaf hash, which holds a nonce. Under the
    /// lock, which the lost transaction holds until it is over.
    async fn was_committed(&self, sent: &Committing) -> Result<bool, Error> {
        let until = Instant::now() + FIND_OUT;
        while Instant::now() < until {
            let looked = async {
                let mut connection = self.pool.acquire().await?;
                let found = async {
                    batch::begin(&mut connection, self.engine).await?;
                    let found = batch::leaf(&mut connection, sent.first).await?;
                    batch::rollback(&mut connection).await?;
                    Ok::<_, Error>(found.is_some_and(|leaf| leaf == sent.leaf.0))
                };
                let found = found.await;
                if found.is_err() {
                    connection.close_on_drop();
                }
                found
            };
            match tokio::time::timeout_at(until, looked).await {
                Ok(Ok(found)) => return Ok(found),
                Ok(Err(Error::Unavailable(cause))) if dialect::passes(self.engine, &cause) => {}
                Ok(Err(error)) => return Err(error),
                Err(_) => break,
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Error::Unknown)
    }

    async fn commit_on(
        &mut self,
        connection: &mut AnyConnection,
        waiting: &mut Vec<Waiting>,
    ) -> Result<(), Error> {
        loop {
            let head = batch::begin(connection, self.engine).await?;
            self.known.check(connection, &head, self.key.verifier()).await?;
            self.queue.fill(waiting, MAX_BATCH);
            refuse_outdated(waiting, &head, self.check_clock);
            if waiting.is_empty() {
                return Ok(batch::rollback(connection).await?);
            }
            let end = head.size.saturating_add_unsigned(waiting.len() as u64);
            let rows: Vec<&Row> = waiting.iter().map(|w| &w.row).collect();
            batch::insert(connection, head.size, &rows).await?;
            let mut outdated = batch::outdated(connection, head.size, end).await?;
            outdated.extend(overtaken(connection, head.size, waiting).await?);
            outdated.extend(misjudged(connection, head.size, waiting).await?);
            if outdated.is_empty() {
                self.committing = Some(self.finish(connection, &head, waiting).await?);
                batch::commit(connection).await?;
                if let Some(sent) = self.committing.take() {
                    self.answer(sent, waiting);
                }
                if let Some(commits) = &mut self.commits {
                    commits.done(connection).await;
                }
                return Ok(());
            }
            batch::rollback(connection).await?;
            send_back(waiting, head.size, &outdated);
        }
    }

    /// Tells everybody in a batch that it is durable.
    fn answer(&mut self, sent: Committing, waiting: &mut Vec<Waiting>) {
        self.leaves = sent.leaves;
        self.known.now(sent.head.0, sent.head.1);
        meters::committed(sent.answers.len());
        let answers = waiting.drain(..).zip(sent.answers);
        answers.for_each(|(w, sealed)| w.answer(Ok(SealOutcome::Sealed(sealed))));
    }

    /// Changes, tiles, tree and head of a batch that holds.
    async fn finish(
        &self,
        tx: &mut AnyConnection,
        head: &Head,
        waiting: &[Waiting],
    ) -> Result<Committing, Error> {
        let mut adopted = None;
        for (w, index) in waiting.iter().zip(head.frontier.size()..) {
            let Some(change) = &w.change else { continue };
            change.apply(tx, index).await?;
            if let Change::Covenant { digest, parties, .. } = change {
                adopted = Some((digest.to_string(), parties.to_string()));
            }
        }
        let hashes: Vec<Hash> = waiting.iter().map(|w| w.row.leaf).collect();
        let grown = Batch::append(&head.frontier, &hashes);
        let leaves = self.leaves.then(&head.frontier, &hashes, &grown.frontier);
        tiles::store(tx, &head.frontier, grown.frontier.size(), &leaves).await?;
        places::store(tx, head.frontier.size(), grown.frontier.size()).await?;
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
            checkpoint: checkpoint.clone(),
            party_revision: head.party_revision + i64::from(parties != head.parties),
            covenant,
            parties,
            clock: None,
        };
        batch::advance(tx, &next).await?;
        let receipts = hashes.iter().zip(grown.proofs).zip(head.frontier.size()..);
        let answers = receipts.map(|((leaf, proof), index)| Sealed {
            index,
            leaf: *leaf,
            receipt: Receipt { index, proof, checkpoint: checkpoint.clone() },
        });
        let answers = answers.collect();
        let leaf = *hashes.first().ok_or(Error::Corrupt("a batch without entries"))?;
        Ok(Committing { first: head.size, leaf, answers, leaves, head: (checkpoint, next.frontier) })
    }
}
