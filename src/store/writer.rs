//! Seal: the group commit through which every entry goes (design.md §4, seal.md §8).
//!
//! One writer takes the ledger head first, which is the lock on every engine, and only then drains the waiting
//! entries; so a batch is as large as the wait was long. In a statement of its own it checks that what each entry was
//! decided on still holds; the others are stale and are decided again. Ledger order is the serial order: within a
//! batch whoever asked comes before whoever changed, so a withdrawal that is answered is a barrier (promise 3). On PostgreSQL
//! the same holds between gateways: whichever has the lock writes, and looks at what the others wrote.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::domain::{Consent, Entry, Event};
use crate::ledger::{Hash, Receipt, SigningKey};
use crate::policy::Bundle;
use crate::store::batch::Row;
use crate::store::change::Change;
use crate::store::expiry::ExpiryPlan;
use crate::store::queue::{self, Entrance};
use crate::store::sealing::Writer;
use crate::store::waiting::Waiting;
use crate::store::{Error, Store, covenants, meters};

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
    queue: Entrance,
    trouble: Trouble,
}

impl Ledger {
    /// Starts the writer. It ends when every handle is dropped, or at the first failure that is not explained.
    pub fn start(store: &Store, key: Arc<SigningKey>) -> Self {
        let (queue, waiting) = queue::queue();
        let trouble = Trouble::default();
        let writer = Writer::new(store, key, waiting, trouble.clone());
        tokio::spawn(writer.run());
        Self { queue, trouble }
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
        let waiting =
            Waiting { arrival: 0, row, change, covenant: entry.covenant, parties: entry.parties, answer };
        self.queue.hand_in(waiting)?;
        let began = Instant::now();
        let outcome = outcome.await.unwrap_or(Err(Error::Stopped));
        meters::sealed(began.elapsed());
        outcome
    }

    /// How many entries wait for the next batch, and how many may.
    pub fn waiting(&self) -> (usize, usize) {
        (self.queue.waiting(), queue::MAX_WAITING)
    }

    /// Whether it could not write a moment ago, and has not since.
    pub fn is_in_trouble(&self) -> bool {
        self.trouble.is_recent()
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

/// When a batch last failed. After a while it is forgotten: without calls nothing else would find out that it is over.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<Instant>>>);

/// How long a failure counts, if nothing is written after it.
const RECENT: Duration = Duration::from_secs(10);

impl Trouble {
    /// A batch failed, or was written.
    pub(super) fn set(&self, failed: bool) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = failed.then(Instant::now);
    }

    fn is_recent(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() < RECENT)
    }
}
