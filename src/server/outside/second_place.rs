//! The second place: a folder on another volume that holds the newest checkpoint, so that a restored database is found out.
//!
//! The file only ever grows along with the ledger: what replaces it was compared with what was there, by compare-and-swap,
//! so that two gateways of one ledger keep it together and one of another history cannot.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;
use tokio::time::MissedTickBehavior;

use super::{Head, HistoryProblem, confirm};
use crate::gateway::CosignedCheckpoint;
use crate::ledger::{Checkpoint, Policy, SigningKey};
use crate::store::Store;
use crate::witness::{KeptFile, Swap};

/// The second place of one ledger.
#[derive(Clone)]
pub struct SecondPlace {
    kept: KeptFile,
    cosigned: KeptFile,
    key: Arc<SigningKey>,
    store: Store,
}

impl SecondPlace {
    /// In this folder: `checkpoint`, the newest head, and `cosigned`, the newest that enough witnesses cosigned.
    pub fn new(folder: &Path, key: Arc<SigningKey>, store: Store) -> Self {
        let (kept, cosigned) = (KeptFile::new(folder, "checkpoint"), KeptFile::new(folder, "cosigned"));
        Self { kept, cosigned, key, store }
    }

    /// Which file holds the newest head.
    pub fn path(&self) -> PathBuf {
        self.kept.path()
    }

    /// What is kept: as it stands, whatever it is.
    pub async fn text(&self) -> Result<Option<String>, HistoryProblem> {
        self.disk(KeptFile::read).await
    }

    /// Begins it for a ledger without entries, of which nothing can be lost yet.
    pub(super) async fn begin_if_empty(&self) -> Result<(), HistoryProblem> {
        let head = Head::newest(&self.store, &self.key).await?;
        if head.checkpoint.size == 0 {
            // If there is something, `keep` compares it.
            self.disk(move |kept| kept.swap(None, &head.note)).await?;
        }
        Ok(())
    }

    /// Keeps the newest head, after making sure that what is kept is the beginning of it.
    pub async fn keep(&self) -> Result<(), HistoryProblem> {
        loop {
            let head = Head::newest(&self.store, &self.key).await?;
            let kept = self.text().await?.ok_or_else(|| HistoryProblem::Missing(self.path()))?;
            let known = Checkpoint::parse_and_verify(&kept, self.key.verifier().name(), self.key.verifier())
                .map_err(|problem| HistoryProblem::Changed { path: self.path(), problem })?;
            if known != head.checkpoint {
                confirm(&self.store, &format!("the checkpoint in {}", self.path().display()), &known).await?;
            }
            // Another gateway of this ledger may have been further than the head that was read here.
            if known.size >= head.checkpoint.size {
                return Ok(());
            }
            let size = head.checkpoint.size;
            if let Swap::Done = self.disk(move |file| file.swap(Some(&kept), &head.note)).await? {
                set_size("sluis_second_place_size", size);
                return Ok(());
            }
        }
    }

    /// Keeps the newest head whatever was there: only after the decision to do so is itself an entry.
    pub async fn replace(&self) -> Result<(), HistoryProblem> {
        loop {
            let head = Head::newest(&self.store, &self.key).await?;
            let found = self.text().await?;
            if let Swap::Done = self.disk(move |file| file.swap(found.as_deref(), &head.note)).await? {
                return Ok(());
            }
        }
    }

    /// Keeps a cosigned checkpoint for the next start.
    pub(super) async fn keep_cosigned(&self, note: String) -> io::Result<()> {
        let file = self.cosigned.clone();
        let write = move || {
            let found = file.read()?;
            file.swap(found.as_deref(), &note).map(drop)
        };
        spawn_blocking(write).await.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into()))
    }

    /// The cosigned checkpoint of an earlier run, if it still counts by this policy and is of this history.
    pub(super) async fn cosigned(&self, policy: &Policy) -> Option<CosignedCheckpoint> {
        let file = self.cosigned.clone();
        let note = spawn_blocking(move || file.read()).await.ok()?.ok()??;
        let (head, _) = policy.open(&note).ok()?;
        confirm(&self.store, "an earlier run", &head).await.ok()?;
        Some(CosignedCheckpoint { size: head.size, note })
    }

    async fn disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&KeptFile) -> io::Result<T> + Send + 'static,
    ) -> Result<T, HistoryProblem> {
        let file = self.kept.clone();
        let done = spawn_blocking(move || work(&file)).await;
        done.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into()))
            .map_err(|problem| HistoryProblem::Disk { path: self.path(), problem })
    }
}

/// Keeps the newest head at every interval, and once more at the end.
pub(super) async fn keep_up(
    place: SecondPlace,
    every: Duration,
    mut ending: watch::Receiver<bool>,
    report: mpsc::Sender<HistoryProblem>,
) {
    let mut timer = tokio::time::interval(every);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut failing, mut last) = (false, false);
    while !last {
        tokio::select! {
            _ = timer.tick() => {}
            _ = ending.wait_for(|end| *end) => last = true,
        }
        match place.keep().await {
            Ok(()) => {
                if std::mem::take(&mut failing) {
                    tracing::info!("the newest checkpoint is kept in the second place again");
                }
            }
            Err(problem) if problem.contradicts() => {
                let _ = report.send(problem).await;
                return;
            }
            Err(problem) => {
                // Once, not at every interval; the gauge shows how far it lags.
                if !std::mem::replace(&mut failing, true) || last {
                    tracing::error!(%problem, "the newest checkpoint is not kept in the second place");
                }
            }
        }
    }
}

/// A gauge of a number of entries.
#[expect(clippy::cast_precision_loss, reason = "a gauge; a ledger of 2^52 entries is far away")]
pub(super) fn set_size(gauge: &'static str, size: u64) {
    metrics::gauge!(gauge).set(size as f64);
}
