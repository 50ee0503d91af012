//! The ledger's mathematics and formats: no I/O, no clock, no state but what it is handed.
//!
//! Hashes and proofs are those of RFC 6962; tiles, notes, checkpoints and receipts are those of C2SP
//! (tlog-tiles, signed-note, tlog-checkpoint, tlog-proof, tlog-cosignature, tlog-witness, tlog-policy), so that verifiers
//! and witnesses which nobody here wrote can check them. Every text is written in one way and read strictly: what parses, prints back byte for byte.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub mod add_checkpoint;
pub mod batch;
pub mod checkpoint;
pub mod cosignature;
pub mod key;
pub mod note;
pub mod policy;
pub mod proof;
pub mod receipt;
pub mod resource;
pub mod tile;
pub mod tree;

pub use add_checkpoint::{Accepted, AddCheckpoint, Seen, WitnessRefusal};
pub use batch::Batch;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::{Cosignature, stated_times};
pub use key::{CosigningKey, KeyError, SigningKey, VerifierKey, WitnessKey};
pub use note::{NoteError, OpenedNote};
pub use policy::{Policy, PolicyError};
pub use proof::{Proof, ProofError, ProofPlan, verify_consistency, verify_inclusion};
pub use receipt::{Receipt, ReceiptError};
pub use resource::{LogResource, entry_bundle};
pub use tile::{Tile, TileError, TileId, TileSpan, WIDTH as TILE_WIDTH};
pub use tree::{EMPTY_ROOT, Frontier, FrontierError, MAX_SIZE, Node, leaf_hash, node_hash};

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Standard base64 with padding, 44 characters: how checkpoints and receipts write a hash.
    pub fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads exactly what [`Hash::to_base64`] writes; anything else is `None`.
    pub fn from_base64(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// ASCII decimal without sign or leading zeros, as C2SP writes sizes and indexes.
fn parse_decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if canonical && digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_one_spelling_only() {
        assert_eq!(parse_decimal("0"), Some(0));
        assert_eq!(parse_decimal("18446744073709551615"), Some(u64::MAX));
        for other in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "0x1", "١", "18446744073709551616"] {
            assert_eq!(parse_decimal(other), None, "{other}");
        }
    }

    #[test]
    fn a_hash_is_read_in_one_spelling_only() {
        let text = EMPTY_ROOT.to_base64();
        assert_eq!(Hash::from_base64(&text), Some(EMPTY_ROOT));
        assert_eq!(text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        let unpadded = text.trim_end_matches('=');
        for other in
            [unpadded, &text.replace("FU=", "FV="), &text.replace('+', "-"), &format!("{text}\n"), ""]
        {
            assert_eq!(Hash::from_base64(other), None, "{other}");
        }
    }

    #[test]
    fn a_hash_prints_as_hexadecimal() {
        assert!(format!("{EMPTY_ROOT:?}").starts_with("e3b0c44298fc1c14"));
    }
}
