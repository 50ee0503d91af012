//! The write-ahead log is moved into the database file beside the writer, so that no seal waits for it.
//!
//! Left to itself SQLite does it in whichever commit passes a thousand pages, and that commit and all behind it wait for
//! the disk twice more. Nothing here decides what is durable: a commit is, once it is in the log.

use sqlx::AnyPool;
use tokio::sync::mpsc;

use crate::store::dialect;

/// How often the log is moved, in commits.
const COMMITS: u32 = 64;
/// The most pages of 4 KiB before it is begun anew.
const LONGEST: i64 = 65_536;

/// The writer's side: counts its commits.
pub(super) struct Commits {
    since: u32,
    due: mpsc::Sender<()>,
}

impl Commits {
    /// Starts moving the log over a connection of this pool, until this is dropped.
    pub fn start(pool: AnyPool) -> Self {
        let (due, moves) = mpsc::channel(1);
        tokio::spawn(keep_short(pool, moves));
        Self { since: 0, due }
    }

    /// One more.
    pub fn add(&mut self) {
        self.since += 1;
        // A move that is still under way takes these along, or the next one does.
        if self.since >= COMMITS && self.due.try_send(()).is_ok() {
            self.since = 0;
        }
    }
}

/// A failure loses nothing, and is tried again: the log only grows meanwhile.
async fn keep_short(pool: AnyPool, mut moves: mpsc::Receiver<()>) {
    while moves.recv().await.is_some() {
        let moved = async { dialect::move_log(&mut *pool.acquire().await?, LONGEST).await };
        if let Err(error) = moved.await {
            tracing::warn!(%error, "the write-ahead log could not be moved into the database file");
        }
    }
}
