//! What a ledger asks a witness (c2sp.org/tlog-witness, `add-checkpoint`), and how a witness judges it.
//!
//! [`AddCheckpoint::check`] is the whole judgement, without I/O: a witness must persist what it allows before it answers,
//! with nothing of the same ledger in between.

use std::fmt::Write as _;

use super::note::MAX_BYTES;
use super::{
    Checkpoint, CheckpointError, EMPTY_ROOT, Hash, NoteError, Proof, VerifierKey, note, parse_decimal,
    verify_consistency,
};

/// The most hashes of a proof.
const MAX_HASHES: usize = 63;

/// A request to cosign a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness cosigned before; 0 if it never did, or to hear which.
    pub old: u64,
    /// That the ledger of that size is the beginning of this one. Empty from size 0.
    pub proof: Proof,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// The newest head that a witness cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// How many entries.
    pub size: u64,
    /// RFC 6962 root at that size.
    pub root: Hash,
}

impl Default for Seen {
    /// Of a ledger that was never cosigned.
    fn default() -> Self {
        Self { size: 0, root: EMPTY_ROOT }
    }
}

/// What a witness may cosign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted<'a> {
    /// The head.
    pub head: Checkpoint,
    /// The text to cosign.
    pub text: &'a str,
    /// The note with the signatures of the ledger alone: what the witness hands on is what it verified.
    pub note: String,
}

/// Why a witness does not cosign. Each has its HTTP status in the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessRefusal {
    /// 400: it is not a request.
    #[error("the request is malformed: {0}")]
    Malformed(&'static str),
    /// 404: a ledger that this witness does not know.
    #[error("this witness does not know a ledger of that origin")]
    UnknownOrigin,
    /// 403: no key of that ledger signed it, or a signature does not fit.
    #[error("no trusted key of the ledger signed the checkpoint, or a signature of one does not fit")]
    Unsigned,
    /// 409: the witness cosigned another size than the request starts from.
    #[error("the newest checkpoint that this witness cosigned has {0} entries")]
    Conflict(u64),
    /// 422: the proof does not hold, so what was cosigned before may not be the beginning of this.
    #[error("the proof does not show that the ledger only grew")]
    Proof,
}

impl AddCheckpoint {
    /// The body of the request.
    pub fn to_text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof.0 {
            let _ = writeln!(text, "{}", hash.to_base64());
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads exactly what [`AddCheckpoint::to_text`] writes. The checkpoint is read when it is checked.
    pub fn parse(text: &str) -> Result<Self, WitnessRefusal> {
        use WitnessRefusal::Malformed;
        if text.len() > MAX_BYTES {
            return Err(Malformed("it is too large"));
        }
        let (head, checkpoint) =
            text.split_once("\n\n").ok_or(Malformed("there is no empty line before the checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(parse_decimal);
        let old = old.ok_or(Malformed("the first line is not `old` and a plain decimal number"))?;
        let hashes: Option<Vec<Hash>> = lines.map(Hash::from_base64).collect();
        let hashes = hashes.ok_or(Malformed("a line of the proof is not the base64 of 32 bytes"))?;
        if hashes.len() > MAX_HASHES {
            return Err(Malformed("the proof has more than 63 lines"));
        }
        Ok(Self { old, proof: Proof(hashes), checkpoint: checkpoint.to_owned() })
    }

    /// Of which ledger it says it is: to find that ledger's keys. Nothing is verified.
    pub fn origin(&self) -> &str {
        self.checkpoint.lines().next().unwrap_or_default()
    }

    /// Whether a witness that trusts these keys for the origin, and saw that ledger so, cosigns. In the order of the
    /// specification.
    pub fn check<'a>(&'a self, keys: &'a [VerifierKey], seen: Seen) -> Result<Accepted<'a>, WitnessRefusal> {
        use WitnessRefusal::{Conflict, Malformed, UnknownOrigin, Unsigned};
        if keys.is_empty() || keys.iter().any(|key| key.name() != self.origin()) {
            return Err(UnknownOrigin);
        }
        let text = match note::open(&self.checkpoint, keys) {
            Ok(opened) => opened.text,
            Err(NoteError::Unsigned | NoteError::BadSignature(_)) => return Err(Unsigned),
            Err(_) => return Err(Malformed("the checkpoint is not a signed note")),
        };
        let head = match Checkpoint::parse_extended(text) {
            Ok(head) => head,
            Err(CheckpointError::EmptyRoot) => return Err(WitnessRefusal::Proof),
            Err(_) => return Err(Malformed("the note is not a checkpoint")),
        };
        if self.old > head.size {
            return Err(Malformed("the old size is larger than that of the checkpoint"));
        }
        if self.old != seen.size {
            return Err(Conflict(seen.size));
        }
        verify_consistency(self.old, head.size, &seen.root, &head.root, &self.proof)
            .map_err(|_| WitnessRefusal::Proof)?;
        let note = note::keep(&self.checkpoint, keys)
            .map_err(|_| Malformed("the checkpoint is not a signed note"))?;
        Ok(Accepted { head, text, note })
    }
}

#[cfg(test)]
mod tests;
