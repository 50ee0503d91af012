//! What can go wrong in the demonstration. Names the step; never what anybody's data is.

use std::path::PathBuf;

use crate::cli::client::ClientProblem;
use crate::cli::keys::KeysProblem;
use crate::custodian::RecordsFileError;
use crate::domain::Malformed;
use crate::identity::TlsProblem;
use crate::ledger::{CheckpointError, KeyError, ProofError, ReceiptError};
use crate::policy::CovenantError;
use crate::store::AuditProblem;

/// Why the demonstration did not take place, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum DemoProblem {
    /// Somebody else's folder.
    #[error("{0} is not empty and was not made by `sluis demo`: choose another --dir")]
    Foreign(PathBuf),
    /// Another demonstration.
    #[error("a demonstration is running in {0}: stop it, or choose another --dir")]
    Busy(PathBuf),
    /// A file cannot be made or read.
    #[error("{path}: {problem}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        problem: std::io::Error,
    },
    /// A key or certificate cannot be made.
    #[error(transparent)]
    Keys(#[from] KeysProblem),
    /// The ledger key cannot be made.
    #[error("the ledger key: {0}")]
    LedgerKey(#[from] KeyError),
    /// The covenant of the demonstration is wrong.
    #[error("the covenant: {0}")]
    Covenant(#[from] CovenantError),
    /// The ledger cannot be begun.
    #[error("the ledger: {0}")]
    Ledger(#[from] crate::store::Error),
    /// The records of a custodian are wrong.
    #[error("the records of {custodian}: {problem}")]
    Records {
        /// Whose.
        custodian: &'static str,
        /// What is wrong.
        problem: RecordsFileError,
    },
    /// A custodian cannot be served.
    #[error("the stand-in for a custodian: {0}")]
    Tls(#[from] TlsProblem),
    /// A port cannot be had.
    #[error("no port for a part of the demonstration: {0}")]
    Port(#[source] std::io::Error),
    /// The console does not answer as it should.
    #[error("the privacy officer's desk does not answer")]
    Desk,
    /// An organisation is not in the covenant.
    #[error("the covenant has no party {0}")]
    NoParty(&'static str),
    /// The gateway did not start, or ended.
    #[error("the gateway: {0}")]
    Gateway(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The gateway ended without saying why.
    #[error("the gateway stopped before it was asked to")]
    Stopped,
    /// The story went wrong.
    #[error("step {step}: {problem}")]
    Story {
        /// Where.
        step: String,
        /// How.
        problem: StoryProblem,
    },
    /// The story cannot be shown.
    #[error("the story cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

/// What went wrong in a step.
#[derive(Debug, thiserror::Error)]
pub enum StoryProblem {
    /// A claim that is not true.
    #[error("this does not hold: {0}")]
    Claim(&'static str),
    /// A call that was not answered.
    #[error(transparent)]
    Client(#[from] ClientProblem),
    /// No connection for this professional.
    #[error(transparent)]
    Setting(Box<DemoProblem>),
    /// A receipt that cannot be read.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// A checkpoint that cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The ledger was changed.
    #[error(transparent)]
    Consistency(#[from] ProofError),
    /// The ledger is not what its head says.
    #[error(transparent)]
    Audit(#[from] AuditProblem),
    /// The ledger cannot be opened.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// An identifier that is none.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The story cannot be shown.
    #[error("the story cannot be written: {0}")]
    Output(#[from] std::io::Error),
}
