//! Receipts (c2sp.org/tlog-proof@v1): proof, verifiable offline, that an entry is in the ledger.
//!
//! The format's optional `extra` line is not covered by any signature; it is neither written nor accepted, so that
//! every line of a receipt is one that cannot be changed.

use std::fmt::Write as _;

use super::note::MAX_BYTES;
use super::{
    Checkpoint, CheckpointError, Hash, Proof, ProofError, VerifierKey, leaf_hash, parse_decimal,
    verify_inclusion,
};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
const MAX_HASHES: usize = 63;

/// The proof that one entry is in the tree of a signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Which entry, from 0.
    pub index: u64,
    /// Its inclusion proof at the checkpoint's size.
    pub proof: Proof,
    /// The signed checkpoint, as the ledger issued it.
    pub checkpoint: String,
}

/// What is wrong with a receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It cannot be one.
    #[error("the receipt is too large")]
    TooLarge,
    /// The first line is not that of the format.
    #[error("the first line of the receipt is not `{HEADER}`")]
    Header,
    /// The format's unsigned extra line.
    #[error("the receipt has an `extra` line, which nothing signs; leave it out")]
    Extra,
    /// The index line.
    #[error("the second line of the receipt is not `index` and a plain decimal number")]
    Index,
    /// A line of the proof, counted from 1.
    #[error("proof line {0} of the receipt is not the base64 of 32 bytes, or is one too many")]
    Hash(usize),
    /// There is no empty line before the checkpoint.
    #[error("the receipt has no empty line followed by a checkpoint")]
    NoCheckpoint,
    /// The checkpoint is refused.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not the one that the receipt is for, or the index or proof was changed.
    #[error("the receipt does not prove that this entry is in the ledger: {0}")]
    Proof(#[from] ProofError),
}

impl Receipt {
    /// The text that is handed out (file extension `.tlog-proof`).
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\nindex {}\n", self.index);
        for hash in &self.proof.0 {
            let _ = writeln!(text, "{}", hash.to_base64());
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads exactly what [`Receipt::to_text`] writes. The checkpoint is read when it is verified.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        if text.len() > MAX_BYTES {
            return Err(ReceiptError::TooLarge);
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ReceiptError::NoCheckpoint)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(ReceiptError::Header);
        }
        let line = lines.next().ok_or(ReceiptError::Index)?;
        if line.starts_with("extra ") {
            return Err(ReceiptError::Extra);
        }
        let index = line.strip_prefix("index ").and_then(parse_decimal).ok_or(ReceiptError::Index)?;
        let hashes = lines.zip(1..).map(|(line, number)| {
            Hash::from_base64(line).filter(|_| number <= MAX_HASHES).ok_or(ReceiptError::Hash(number))
        });
        let proof = Proof(hashes.collect::<Result<_, _>>()?);
        Ok(Self { index, proof, checkpoint: checkpoint.to_owned() })
    }

    /// Verifies that the ledger `origin`, whose key this is, holds the entry; gives the checkpoint that says so.
    pub fn verify(&self, entry: &[u8], origin: &str, key: &VerifierKey) -> Result<Checkpoint, ReceiptError> {
        self.verify_leaf(&leaf_hash(entry), origin, key)
    }

    /// The same for who holds the leaf hash only, as after an entry's retention.
    pub fn verify_leaf(
        &self,
        leaf: &Hash,
        origin: &str,
        key: &VerifierKey,
    ) -> Result<Checkpoint, ReceiptError> {
        let checkpoint = Checkpoint::parse_and_verify(&self.checkpoint, origin, key)?;
        verify_inclusion(self.index, checkpoint.size, leaf, &self.proof, &checkpoint.root)?;
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tree::tests::leaves;
    use super::super::{Batch, Frontier, NoteError, SigningKey};
    use super::*;

    const ORIGIN: &str = "sluis.example/ledger";

    fn key() -> SigningKey {
        SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap()
    }

    /// The receipt for `entry 5` in a ledger of eleven.
    fn receipt() -> Receipt {
        let batch = Batch::append(&Frontier::new(), &leaves(11));
        let head = Checkpoint { origin: ORIGIN.into(), size: 11, root: batch.frontier.root() };
        Receipt { index: 5, proof: batch.proofs[5].clone(), checkpoint: head.sign(&key()).unwrap() }
    }

    fn check(text: &str) -> Result<Checkpoint, ReceiptError> {
        Receipt::parse(text)?.verify(b"entry 5", ORIGIN, key().verifier())
    }

    #[test]
    fn a_receipt_proves_its_entry_and_no_other() {
        let text = receipt().to_text();
        assert_eq!(Receipt::parse(&text), Ok(receipt()));
        assert_eq!(check(&text).unwrap().size, 11);
        let other = receipt().verify(b"entry 6", ORIGIN, key().verifier());
        assert_eq!(other, Err(ReceiptError::Proof(ProofError::Root)));
        assert!(receipt().verify_leaf(&leaf_hash(b"entry 5"), ORIGIN, key().verifier()).is_ok());
    }

    #[test]
    fn a_receipt_with_any_line_edited_left_out_or_doubled_is_refused() {
        let text = receipt().to_text();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        assert_eq!(lines.len(), 2 + 4 + 1 + 3 + 1 + 1);
        // The last line, doubled, is the same signature twice: nothing else.
        for place in 0..lines.len() {
            let with =
                |line: &str| [lines[..place].concat().as_str(), line, &lines[place + 1..].concat()].concat();
            let line = lines[place];
            for edited in ["", "x\n", "\n\n", &format!("{}\r\n", line.trim_end()), &format!(" {line}")] {
                assert!(check(&with(edited)).is_err(), "line {place} as {edited:?}");
            }
            let doubled = check(&with(&format!("{line}{line}")));
            assert_eq!(doubled.is_ok(), place == lines.len() - 1, "line {place} doubled");
        }
    }

    #[test]
    fn a_receipt_with_any_bit_changed_is_refused() {
        let text = receipt().to_text();
        for place in 0..text.len() * 8 {
            let mut bytes = text.clone().into_bytes();
            bytes[place / 8] ^= 1 << (place % 8);
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(check(&changed).is_err(), "bit {place}");
            }
        }
    }

    #[test]
    fn the_refusal_names_what_is_wrong() {
        let text = receipt().to_text();
        let hash = receipt().proof.0[1].to_base64();
        let cases = [
            (text.replace("@v1", "@v2"), ReceiptError::Header),
            (text.replace("index 5", "index 05"), ReceiptError::Index),
            (text.replace("index 5", "extra AAAA\nindex 5"), ReceiptError::Extra),
            (text.replace("index 5", "index 4"), ReceiptError::Proof(ProofError::Root)),
            (text.replace("index 5", "index 11"), ProofError::OutsideTree { index: 11, size: 11 }.into()),
            (text.replace(&hash, "AAAA"), ReceiptError::Hash(2)),
            (text.replace(&format!("{hash}\n"), ""), ProofError::Length { expected: 4, found: 3 }.into()),
            (text.replace(&hash, &Hash([0; 32]).to_base64()), ProofError::Root.into()),
            (text.replace(&hash, &vec![hash.as_str(); 64].join("\n")), ReceiptError::Hash(64)),
            (
                text.replace("\n11\n", "\n12\n"),
                CheckpointError::Note(NoteError::BadSignature(ORIGIN.into())).into(),
            ),
            (text.replace("\n\n", "\n"), ReceiptError::NoCheckpoint),
            (format!("{text}{}", "x".repeat(MAX_BYTES)), ReceiptError::TooLarge),
        ];
        for (changed, error) in cases {
            assert_eq!(check(&changed), Err(error), "{changed:.120}");
        }
        let elsewhere = receipt().verify(b"entry 5", "sluis.example/other", key().verifier());
        assert_eq!(elsewhere, Err(ReceiptError::Checkpoint(CheckpointError::Origin)));
    }

    proptest! {
        #[test]
        fn garbage_never_verifies_and_never_panics(text in ".*", tail in "(\n|index |[0-9]|[A-Za-z0-9+/=]{44}){0,20}") {
            prop_assert!(check(&text).is_err());
            let headed = format!("{HEADER}\n{tail}");
            prop_assert!(check(&headed).is_err());
        }

        #[test]
        fn what_parses_prints_back_byte_for_byte(index in any::<u64>(), count in 0..64usize, note in ".*") {
            let receipt = Receipt { index, proof: Proof(leaves(count)), checkpoint: note };
            prop_assert_eq!(Receipt::parse(&receipt.to_text()), Ok(receipt));
        }
    }
}
