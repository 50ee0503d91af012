//! SQLite's write-ahead log is moved into the database file beside the writer, so that no seal waits for it, and its room is
//! used again and again: a log that grows costs every commit new room on the disk.
//!
//! Left to itself SQLite moves it in whichever commit passes a thousand pages, and that commit and all behind it wait for
//! the disk twice more. Here it is moved while the writer goes on. What was written meanwhile is little: that the writer
//! moves itself, between two commits, and so the next one begins the log anew. A reader of an older state puts that off
//! until the next time. Nothing here decides what is durable: a commit is, once it is in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{AnyConnection, AnyPool};
use tokio::sync::mpsc;

use crate::store::dialect::sqlite;

/// How often the log is moved, in commits.
const COMMITS: u32 = 64;
/// The most pages of 8 KiB before it is begun anew, whoever reads.
const LONGEST: i64 = 32_768;

/// The writer's side: counts its commits.
pub(super) struct Commits {
    since: u32,
    due: mpsc::Sender<()>,
    moved: Arc<AtomicBool>,
}

impl Commits {
    /// Starts moving the log over a connection of this pool, until this is dropped.
    pub fn start(pool: AnyPool) -> Self {
        let (due, moves) = mpsc::channel(1);
        let moved = Arc::new(AtomicBool::new(false));
        tokio::spawn(keep_short(pool, moves, moved.clone()));
        Self { since: 0, due, moved }
    }

    /// One more, which is answered. If the log was just moved but for what was written meanwhile, that is moved now.
    pub async fn done(&mut self, connection: &mut AnyConnection) {
        self.since += 1;
        // A move that is still under way takes these along, or the next one does.
        if self.since >= COMMITS && self.due.try_send(()).is_ok() {
            self.since = 0;
        }
        if self.moved.swap(false, Ordering::Relaxed)
            && let Err(error) = sqlite::move_rest(connection).await
        {
            tracing::warn!(%error, "the rest of the write-ahead log could not be moved");
        }
    }
}

/// A failure loses nothing, and is tried again: the log only grows meanwhile.
async fn keep_short(pool: AnyPool, mut moves: mpsc::Receiver<()>, done: Arc<AtomicBool>) {
    while moves.recv().await.is_some() {
        let moved = async { sqlite::move_log(&mut *pool.acquire().await?, LONGEST).await };
        match moved.await {
            Ok(()) => done.store(true, Ordering::Relaxed),
            Err(error) => {
                tracing::warn!(%error, "the write-ahead log could not be moved into the database file");
            }
        }
    }
}
