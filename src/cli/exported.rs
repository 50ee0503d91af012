//! `sluis ledger verify-export`: whether a file is what the gateway exported, from the file, its proof and the public key alone.
//!
//! Beside every exported file stands its proof: the entry of the ledger that says what was exported (how many records, and the
//! SHA-256 of the file), and the receipt of that entry.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::{Entry, Event, ExportedFile, FileDigest, LogView};
pub use crate::gateway::ExportProof;
use crate::ledger::{Hash, Receipt, ReceiptError, VerifierKey, leaf_hash};

/// Why an export does not verify.
#[derive(Debug, thiserror::Error)]
pub enum ExportProblem {
    /// A file cannot be read or written.
    #[error("{path}: {problem}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// The proof is not one.
    #[error("{0}: not the proof of an export")]
    NotAProof(PathBuf),
    /// The file was altered, or belongs to another proof.
    #[error("the file is not the one that was exported: its SHA-256 is {0}")]
    Altered(FileDigest),
    /// The receipt proves nothing.
    #[error("{0}")]
    Receipt(#[from] ReceiptError),
    /// The entry says something else than the proof.
    #[error("the entry in the proof does not say that this file was exported")]
    OtherEntry,
    /// The stream stopped.
    #[error("the export ended before its end; nothing was kept: try again")]
    Half,
    /// What came is not what was announced.
    #[error("what was received is not what the gateway recorded; nothing was kept: tell its operator")]
    NotAsRecorded,
}

/// What a verified export is.
#[derive(Debug, PartialEq, Eq)]
pub struct Verified {
    /// The entry that records it.
    pub index: u64,
    /// The name of the ledger.
    pub origin: String,
    /// How many entries the ledger had then.
    pub size: u64,
    /// Whether the entry itself was there to say which file; otherwise only that an export was recorded is proved.
    pub whole: bool,
}

/// Where the proof of a file stands.
pub fn proof_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".proof");
    name.into()
}

/// The SHA-256 of a file, read piece by piece.
pub fn digest(path: &Path) -> Result<FileDigest, ExportProblem> {
    let problem = |problem| ExportProblem::File { path: path.to_owned(), problem };
    let (mut file, mut context) = (File::open(path).map_err(problem)?, Context::new(&SHA256));
    let mut piece = vec![0; 65_536];
    loop {
        let read = file.read(&mut piece).map_err(problem)?;
        match piece.get(..read) {
            Some([]) | None => break,
            Some(bytes) => context.update(bytes),
        }
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Ok(FileDigest::from_bytes(hash))
}

impl ExportProof {
    /// Reads the proof of a file.
    pub fn read(path: &Path) -> Result<Self, ExportProblem> {
        let problem = |problem| ExportProblem::File { path: path.to_owned(), problem };
        let text = std::fs::read(path).map_err(problem)?;
        serde_json::from_slice(&text).map_err(|_| ExportProblem::NotAProof(path.to_owned()))
    }

    /// Verifies a file of this digest against the key that the auditor trusts.
    pub fn verify(&self, found: &FileDigest, key: &VerifierKey) -> Result<Verified, ExportProblem> {
        if *found != self.sha256 {
            return Err(ExportProblem::Altered(found.clone()));
        }
        let leaf = Hash::from_base64(&self.leaf).ok_or(ExportProblem::OtherEntry)?;
        let receipt = Receipt::parse(&self.receipt)?;
        let head = receipt.verify_leaf(&leaf, key.name(), key)?;
        if let Some(entry) = &self.entry {
            let bytes = STANDARD.decode(entry).map_err(|_| ExportProblem::OtherEntry)?;
            let said = Entry::decode(&bytes).ok().filter(|_| leaf_hash(&bytes) == leaf);
            let ExportedFile { format, records, sha256 } =
                said.as_ref().and_then(exported).ok_or(ExportProblem::OtherEntry)?;
            if (format, records, sha256) != (&self.format, &self.records, &self.sha256) {
                return Err(ExportProblem::OtherEntry);
            }
        }
        let (index, whole) = (receipt.index, self.entry.is_some());
        Ok(Verified { index, origin: head.origin, size: head.size, whole })
    }
}

fn exported(entry: &Entry) -> Option<&ExportedFile> {
    match &entry.event {
        Event::LogRead(read) => match &read.view {
            LogView::Export(file) => Some(file),
            _ => None,
        },
        _ => None,
    }
}

/// Verifies a file beside its proof, and says what it is.
pub fn verify(file: &Path, key: &VerifierKey, out: &mut impl std::io::Write) -> Result<(), ExportProblem> {
    let proof = ExportProof::read(&proof_of(file))?;
    let Verified { index, origin, size, whole } = proof.verify(&digest(file)?, key)?;
    let told = if whole {
        format!(
            "the export verifies\n  {} records as {}\n  recorded in entry {index}",
            proof.records, proof.format
        )
    } else {
        format!(
            "an export was recorded in entry {index}, which your organisation may not read: that it is of this file is unproved"
        )
    };
    let problem = |problem| ExportProblem::File { path: file.to_owned(), problem };
    writeln!(out, "{told} of {origin}, which had {size} entries then").map_err(problem)
}
