//! What others remember of a ledger: the policy for auditors, a checkpoint from elsewhere, and going on against the second
//! place.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::ambient::{SystemClock, SystemRandomness};
use crate::cli::progress::Bar;
use crate::cli::{Failure, runtime};
use crate::config::Config;
use crate::domain::{Clock as _, CovenantDigest, Entry, Event, EvidenceReference, LedgerResumed};
use crate::ledger::{Checkpoint, Policy, VerifierKey};
use crate::server::SecondPlace;
use crate::store::{Ledger, SealOutcome, Store, Submission};

fn usage(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::Usage(problem.into())
}

fn other(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::Other(problem.into())
}

fn integrity(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::Integrity(problem.into())
}

fn read(argument: &str, file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|e| usage(format!("{argument} {}: {e}", file.display())))
}

/// Writes the policy of a gateway's ledger, for auditors.
pub(super) fn policy(config: &Path, out: &mut impl Write) -> Result<(), Failure> {
    let config = Config::load(config).map_err(usage)?;
    write!(out, "{}", config.policy.to_text()).map_err(other)
}

/// A checkpoint that came from elsewhere, and by which policy it must count.
pub(super) struct Kept {
    pub checkpoint: PathBuf,
    pub policy: Option<PathBuf>,
}

impl Kept {
    /// Whether the ledger in the store begins with it, and whether it counts.
    pub(super) async fn compare(&self, store: &Store, key: &VerifierKey) -> Result<Checkpoint, Failure> {
        let note = read("--checkpoint", &self.checkpoint)?;
        let head = match &self.policy {
            Some(file) => {
                let policy = Policy::parse(&read("--policy", file)?);
                let policy = policy.map_err(|e| usage(format!("--policy: {e}")))?;
                let (head, signer) = policy.open(&note).map_err(integrity)?;
                if signer != key {
                    return Err(usage("--policy: its log has another key than --vkey"));
                }
                head
            }
            None => Checkpoint::parse_and_verify(&note, key.name(), key).map_err(integrity)?,
        };
        let size = head.size;
        match store.root_at(size).await.map_err(integrity)? {
            Some(root) if root == head.root => Ok(head),
            Some(_) => Err(integrity(format!(
                "the ledger and the checkpoint have different histories: at {size} entries their roots differ"
            ))),
            None => Err(integrity(format!(
                "the ledger is older than the checkpoint: it never had {size} entries. Entries are lost, or were taken out"
            ))),
        }
    }
}

/// Has a ledger go on from where its database ends, against what is kept in the second place; that is an entry.
pub(super) fn resume(file: &Path, reference: &str, out: &mut impl Write) -> Result<(), Failure> {
    let reference = EvidenceReference::parse(reference).map_err(|e| usage(format!("--reference: {e}")))?;
    let config = Config::load(file).map_err(usage)?;
    let Some(folder) = config.settings.ledger.second_place.clone() else {
        return Err(usage("ledger.second_place: is not configured, so there is nothing to go on against"));
    };
    let bar = Bar::new(false);
    runtime()?.block_on(async {
        let store = Store::open(&config.database, 1).await.map_err(integrity)?;
        let key = Arc::new(config.ledger_key);
        let audit = store.audit(key.verifier(), &|done, total| bar.show(done, total)).await;
        bar.end();
        let audit = audit.map_err(integrity)?;
        if audit.size == 0 {
            return Err(usage(
                "the database has no entries, so there is nothing to go on from: begin a new ledger, under a new key",
            ));
        }
        let place = SecondPlace::new(&folder, key.clone(), store.clone());
        match place.keep().await {
            Ok(()) => return Err(usage(format!("{} agrees with the database: start it", place.path().display()))),
            Err(problem) => writeln!(out, "{problem}\n").map_err(other)?,
        }
        let kept = place.text().await.map_err(other)?;
        let index = record(&store, key, LedgerResumed { kept, reference }).await?;
        place.replace().await.map_err(other)?;
        store.close().await;
        writeln!(
            out,
            "Entry {index} says that the ledger goes on from {} entries, by your decision, and what was kept against it. The \
             second place now holds the new head.\nWitnesses still remember the other history and refuse this one; their \
             operators decide.",
            audit.size
        )
        .map_err(other)
    })
}

/// Seals the decision, under the covenant that is in force.
async fn record(
    store: &Store,
    key: Arc<crate::ledger::SigningKey>,
    resumed: LedgerResumed,
) -> Result<u64, Failure> {
    let (covenant, _, parties) = store.covenant().await.map_err(other)?;
    let (covenant, event) =
        (CovenantDigest::parse(&covenant).map_err(integrity)?, Event::LedgerResumed(resumed));
    let entry = Entry::by_the_gateway(SystemClock.now(), &SystemRandomness, covenant, parties, event);
    let outcome = Ledger::start(store, key).seal(Submission { entry, spent: vec![] }).await;
    match outcome.map_err(other)? {
        SealOutcome::Sealed(sealed) => Ok(sealed.index),
        SealOutcome::Stale | SealOutcome::Repeat(_) => {
            Err(other("a gateway is writing to this database: stop it, and try again"))
        }
    }
}

/// What else can be asked of a ledger, with what others remember of it.
#[derive(Debug, clap::Subcommand)]
pub enum OutsideCommand {
    /// Write the trust policy (C2SP tlog-policy) of a gateway's ledger: for auditors
    Policy {
        /// The configuration file
        #[arg(long, default_value = "sluis.toml")]
        config: PathBuf,
    },
    /// Go on although the second place remembers more, another history, or nothing: a decision, which becomes an entry
    Resume {
        /// The configuration file
        #[arg(long, default_value = "sluis.toml")]
        config: PathBuf,
        /// Where your own file says what happened; never the text itself
        #[arg(long)]
        reference: String,
    },
}

impl OutsideCommand {
    pub(super) fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        match self {
            Self::Policy { config } => policy(&config, out),
            Self::Resume { config, reference } => resume(&config, &reference, out),
        }
    }
}
