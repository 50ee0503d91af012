//! A witness: cosigns a checkpoint of a ledger it knows if that ledger only grew since the last one it cosigned.
//!
//! What is always true here: check and memory are one step, by compare-and-swap, and the memory is durable before the
//! cosignature leaves; so no two cosignatures of this witness ever contradict each other, whatever happens in between.
//! The memory is one file per ledger: the checkpoint with this witness's own cosignature, which it must find intact.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};

use crate::domain::Clock;
use crate::ledger::cosignature::{cosign, cosignatures, with_line};
use crate::ledger::{
    AddCheckpoint, Checkpoint, CosigningKey, Hash, Seen, VerifierKey, WitnessKey, WitnessRefusal,
};
use crate::witness::{KeptFile, Swap};

/// How often a request is judged again because another came in between.
const ATTEMPTS: usize = 16;

/// A witness and what it remembers.
pub struct Witness {
    key: CosigningKey,
    own: [WitnessKey; 1],
    ledgers: BTreeMap<String, Ledger>,
    clock: Arc<dyn Clock>,
}

struct Ledger {
    keys: Vec<VerifierKey>,
    kept: KeptFile,
}

/// Why a witness cannot answer: its own memory fails it. Until somebody looks, it cosigns nothing of that ledger.
#[derive(Debug, thiserror::Error)]
pub enum StateProblem {
    /// The disk.
    #[error("{path}: {problem}")]
    Disk {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        problem: io::Error,
    },
    /// It is not what this witness wrote.
    #[error(
        "{0} is not a checkpoint that this witness cosigned: it was changed, or the key is another. Put back what was there; \
         a witness that forgets can be led astray"
    )]
    Changed(PathBuf),
    /// Too many at once, or the key cannot sign.
    #[error("the request could not be answered now")]
    Busy,
}

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The request is refused.
    #[error(transparent)]
    Request(#[from] WitnessRefusal),
    /// The witness cannot.
    #[error(transparent)]
    State(#[from] StateProblem),
}

/// How the protocol names a ledger in a path: SHA-256 of its origin, in hexadecimal.
pub fn origin_hash(origin: &str) -> String {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, origin.as_bytes()).as_ref());
    Hash(hash).to_string()
}

impl Witness {
    /// A witness of these ledgers, by their keys, that remembers in this folder. What it remembers already must be intact.
    pub fn open(
        key: CosigningKey,
        ledgers: Vec<VerifierKey>,
        folder: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StateProblem> {
        let own = [key.verifier().clone()];
        let mut witness = Self { key, own, ledgers: BTreeMap::new(), clock };
        for key in ledgers {
            let kept = || KeptFile::new(folder, &format!("{}.checkpoint", origin_hash(key.name())));
            let ledger = witness
                .ledgers
                .entry(key.name().to_owned())
                .or_insert_with(|| Ledger { keys: vec![], kept: kept() });
            ledger.keys.push(key);
        }
        for ledger in witness.ledgers.values() {
            witness.remembered(ledger)?;
        }
        Ok(witness)
    }

    /// Its public key.
    pub fn key(&self) -> &WitnessKey {
        self.key.verifier()
    }

    /// Answers `add-checkpoint`: the cosignature line, with its newline. Blocks on the disk.
    pub fn add_checkpoint(&self, body: &str) -> Result<String, Refused> {
        let request = AddCheckpoint::parse(body)?;
        let ledger = self.ledgers.get(request.origin()).ok_or(WitnessRefusal::UnknownOrigin)?;
        for _ in 0..ATTEMPTS {
            let (known, seen) = self.remembered(ledger)?;
            let accepted = request.check(&ledger.keys, seen)?;
            let now = u64::try_from(self.clock.now().0 / 1000).unwrap_or_default();
            let line = cosign(&self.key, accepted.text, now).map_err(|_| StateProblem::Busy)?;
            let next = with_line(&accepted.note, &line);
            let swapped = ledger.kept.swap(known.as_deref(), &next);
            match swapped.map_err(|problem| StateProblem::Disk { path: ledger.kept.path(), problem })? {
                Swap::Done => return Ok(format!("{line}\n")),
                Swap::Changed(_) => {}
            }
        }
        Err(StateProblem::Busy.into())
    }

    /// The newest cosigned checkpoint of the ledger with this [`origin_hash`]; `None` if there is none.
    pub fn newest(&self, hash: &str) -> Result<Option<String>, StateProblem> {
        let known = self.ledgers.iter().find(|(origin, _)| origin_hash(origin) == hash);
        known.map_or(Ok(None), |(_, ledger)| Ok(self.remembered(ledger)?.0))
    }

    /// What it cosigned last, as it stands in the file and as a head.
    fn remembered(&self, ledger: &Ledger) -> Result<(Option<String>, Seen), StateProblem> {
        let path = ledger.kept.path();
        let read =
            ledger.kept.read().map_err(|problem| StateProblem::Disk { path: path.clone(), problem })?;
        let Some(note) = read else { return Ok((None, Seen::default())) };
        let intact = cosignatures(&note, &self.own).is_ok_and(|found| !found.is_empty());
        let text = note.rsplit_once("\n\n").and_then(|(text, _)| note.get(..=text.len()));
        let head = text.and_then(|text| Checkpoint::parse_extended(text).ok());
        let of_this = |head: &Checkpoint| ledger.keys.iter().all(|key| key.name() == head.origin);
        match head.filter(|head| intact && of_this(head)) {
            Some(Checkpoint { size, root, .. }) => Ok((Some(note), Seen { size, root })),
            None => Err(StateProblem::Changed(path)),
        }
    }
}

#[cfg(test)]
mod tests;
