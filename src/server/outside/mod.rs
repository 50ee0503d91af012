//! What others remember of the ledger: the second place, and the witnesses. A database that is older than that, or of
//! another history, is refused.
//!
//! What is always true here:
//! 1. Only what is durable in the database is told outside. So outside never leads: after a kill at any moment the second
//!    place may lag by what was sealed in its last period, and that is the most that a rollback can hide from it.
//! 2. Nothing here is waited for by a seal. A clean stop waits for the second place, and leaves it exact.
//! 3. What contradicts the database stops the gateway: at the start nothing is served, later nothing more is.

mod cosigning;
mod second_place;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::config::LedgerSettings;
use crate::gateway::{CosignedCheckpoint, Gateway};
use crate::ledger::{Checkpoint, CheckpointError, EMPTY_ROOT, Policy, SigningKey};
use crate::store::{self, Store};
use crate::witness::WitnessClient;

use cosigning::Cosigning;
pub use second_place::SecondPlace;

/// Why the ledger in the database is not the one that others remember.
#[derive(Debug, thiserror::Error)]
pub enum HistoryProblem {
    /// It has fewer entries.
    #[error(
        "the database is older than {who}: it has {found} entries, and there were {kept}. Put the newest database back; if \
         the entries are lost for good, see `sluis ledger resume` in docs/operating.md. Nothing is served"
    )]
    Older {
        /// Who remembers more.
        who: String,
        /// How many entries they remember.
        kept: u64,
        /// How many there are.
        found: u64,
    },
    /// Its beginning is another.
    #[error(
        "the database holds another history than {who}, which remembers another ledger of {kept} entries. Have it \
         investigated: two ledgers were signed with one key. Nothing is served"
    )]
    Other {
        /// Who remembers another.
        who: String,
        /// At how many entries it differs.
        kept: u64,
    },
    /// The second place is empty, though the ledger is not.
    #[error(
        "{0} is not there, though the ledger has entries: it cannot be told whether the database is the newest. Put the file \
         back, or begin it with `sluis ledger resume`; see docs/operating.md"
    )]
    Missing(PathBuf),
    /// The second place cannot be reached.
    #[error("{path} cannot be read or written: {problem}")]
    Disk {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        problem: io::Error,
    },
    /// What is there was not written by this gateway.
    #[error(
        "{path} is not a checkpoint that this ledger's key signed ({problem}): it was changed, or is another ledger's. Put \
         the right file back; see docs/operating.md"
    )]
    Changed {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: CheckpointError,
    },
    /// The database could not be asked.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl HistoryProblem {
    /// Whether somebody remembers what the database does not know: no passing trouble.
    fn contradicts(&self) -> bool {
        matches!(self, Self::Older { .. } | Self::Other { .. })
    }
}

/// The newest head, and as it is signed; of an empty ledger too.
#[derive(Debug, Clone)]
struct Head {
    checkpoint: Checkpoint,
    note: String,
}

impl Head {
    async fn newest(store: &Store, key: &SigningKey) -> Result<Self, store::Error> {
        let origin = key.verifier().name();
        let (size, note) = store.checkpoint().await?;
        let damaged = |_| store::Error::Corrupt("the checkpoint");
        if size == 0 {
            let checkpoint = Checkpoint { origin: origin.to_owned(), size, root: EMPTY_ROOT };
            return Ok(Self { note: checkpoint.sign(key).map_err(damaged)?, checkpoint });
        }
        let checkpoint = Checkpoint::parse_and_verify(&note, origin, key.verifier()).map_err(damaged)?;
        Ok(Self { checkpoint, note })
    }
}

/// Fails unless the ledger in the store begins with what somebody remembers.
async fn confirm(store: &Store, who: &str, remembered: &Checkpoint) -> Result<(), HistoryProblem> {
    let (who, kept) = (who.to_owned(), remembered.size);
    match store.root_at(kept).await? {
        Some(root) if root == remembered.root => Ok(()),
        Some(_) => Err(HistoryProblem::Other { who, kept }),
        None => Err(HistoryProblem::Older { who, kept, found: store.checkpoint().await?.0 }),
    }
}

/// Second place and witnesses, as far as they are configured.
pub(super) struct Outside {
    place: Option<SecondPlace>,
    cosigning: Option<Cosigning>,
    settings: LedgerSettings,
    period: std::time::Duration,
    newest: Option<CosignedCheckpoint>,
}

impl Outside {
    /// `period`: how often the witnesses are offered a newer checkpoint.
    pub(super) fn new(
        settings: &LedgerSettings,
        witnesses: Vec<WitnessClient>,
        period: std::time::Duration,
        policy: Policy,
        store: &Store,
        key: &Arc<SigningKey>,
    ) -> Self {
        let place = settings.second_place.as_ref();
        let place = place.map(|folder| SecondPlace::new(folder, key.clone(), store.clone()));
        let cosigning = (!witnesses.is_empty())
            .then(|| Cosigning::new(witnesses, period, policy, store.clone(), key.clone()));
        Self { place, cosigning, settings: settings.clone(), period, newest: None }
    }

    /// At the start, before anything is written or served. A witness that does not answer is passed over.
    pub(super) async fn compare(&mut self) -> Result<(), HistoryProblem> {
        if let Some(place) = &self.place {
            place.begin_if_empty().await?;
            place.keep().await?;
        }
        if let Some(cosigning) = &mut self.cosigning {
            self.newest = cosigning.round().await?;
            if let (None, Some(place)) = (&self.newest, &self.place) {
                self.newest = place.cosigned(cosigning.policy()).await;
            }
        }
        Ok(())
    }

    /// Tells others from now on, and publishes what they cosign.
    pub(super) fn start(self, gateway: &Arc<Gateway>) -> Telling {
        let (end, ending) = watch::channel(false);
        let (report, contradictions) = mpsc::channel(1);
        if let Some(newest) = self.newest {
            gateway.publish(newest);
        }
        let keeping = self.place.clone().map(|place| {
            let every = self.settings.second_place_ms.milliseconds();
            tokio::spawn(second_place::keep_up(place, every, ending.clone(), report.clone()))
        });
        let asking = self.cosigning.map(|cosigning| {
            tokio::spawn(cosigning.keep_up(self.period, gateway.clone(), self.place, ending, report))
        });
        Telling { end, contradictions, keeping, asking }
    }
}

/// Others are told, until [`Telling::finish`].
pub(super) struct Telling {
    end: watch::Sender<bool>,
    contradictions: mpsc::Receiver<HistoryProblem>,
    keeping: Option<JoinHandle<()>>,
    asking: Option<JoinHandle<()>>,
}

impl Telling {
    /// Returns when somebody remembers what the database does not know.
    pub(super) async fn contradicted(&mut self) -> HistoryProblem {
        match self.contradictions.recv().await {
            Some(problem) => problem,
            None => std::future::pending().await,
        }
    }

    /// When nothing is sealed any more: waits until the second place is exact.
    pub(super) async fn finish(self) {
        let _ = self.end.send(true);
        if let Some(asking) = self.asking {
            asking.abort();
        }
        if let Some(keeping) = self.keeping {
            let _ = keeping.await;
        }
    }
}
