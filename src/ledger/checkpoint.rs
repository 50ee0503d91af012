//! Checkpoints (c2sp.org/tlog-checkpoint): the signed head of the ledger.
//!
//! Three lines: origin, size, root. Extension lines, which nobody could audit, are neither written nor accepted, but by
//! a witness: other ledgers may have them.

use super::{EMPTY_ROOT, Hash, MAX_SIZE, NoteError, SigningKey, VerifierKey, note, parse_decimal};

/// The head of a ledger at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which ledger: a schema-less URL, and the name of the key that signs.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// RFC 6962 root at that size.
    pub root: Hash,
}

/// Why a note is not a checkpoint of this ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note is refused, or cannot be signed.
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
    /// Not three lines.
    #[error("a checkpoint has three lines: origin, size and root hash")]
    Lines,
    /// The first line is empty, or names another ledger.
    #[error("the checkpoint is of another ledger: its origin differs from the one expected")]
    Origin,
    /// The second line is not a number of entries.
    #[error("the tree size of the checkpoint is not a plain decimal number of at most 2^62")]
    Size,
    /// The third line is not a hash.
    #[error("the root hash of the checkpoint is not the base64 of 32 bytes")]
    Root,
    /// The size is 0, and the third line is not the root of the empty tree.
    #[error("the root hash of the checkpoint is not that of a tree without entries, though its size is 0")]
    EmptyRoot,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// Reads exactly what [`Checkpoint::to_text`] writes: the text of an opened note.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        if text.bytes().filter(|byte| *byte == b'\n').count() != 3 {
            return Err(CheckpointError::Lines);
        }
        Self::parse_extended(text)
    }

    /// The same of a ledger that may add lines of its own, none of them empty.
    pub fn parse_extended(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Lines);
        };
        if lines.any(str::is_empty) {
            return Err(CheckpointError::Lines);
        }
        if origin.is_empty() {
            return Err(CheckpointError::Origin);
        }
        let size = parse_decimal(size).filter(|size| *size <= MAX_SIZE).ok_or(CheckpointError::Size)?;
        let root = Hash::from_base64(root).ok_or(CheckpointError::Root)?;
        if size == 0 && root != EMPTY_ROOT {
            return Err(CheckpointError::EmptyRoot);
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Signs the checkpoint. Never two for one size with different roots: that is the caller's promise to keep.
    pub fn sign(&self, key: &SigningKey) -> Result<String, CheckpointError> {
        let text = self.to_text();
        // An origin of several lines would read back as something else.
        Self::parse(&text)?;
        Ok(note::sign(&text, &[key])?)
    }

    /// Opens a signed checkpoint of the ledger `origin`.
    pub fn parse_and_verify(note: &str, origin: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let checkpoint = Self::parse(note::open(note, std::slice::from_ref(key))?.text)?;
        if checkpoint.origin == origin { Ok(checkpoint) } else { Err(CheckpointError::Origin) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "sluis.example/ledger";

    fn key() -> SigningKey {
        SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: ORIGIN.into(), size: 20_852_163, root: Hash([7; 32]) }
    }

    #[test]
    fn a_signed_checkpoint_is_read_back() {
        let note = checkpoint().sign(&key()).unwrap();
        assert!(
            note.starts_with(
                "sluis.example/ledger\n20852163\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n\n"
            )
        );
        assert_eq!(Checkpoint::parse_and_verify(&note, ORIGIN, key().verifier()), Ok(checkpoint()));
    }

    #[test]
    fn a_checkpoint_of_another_ledger_or_key_is_refused() {
        let note = checkpoint().sign(&key()).unwrap();
        let other = SigningKey::from_seed(ORIGIN, &[8; 32]).unwrap();
        let elsewhere = Checkpoint::parse_and_verify(&note, "sluis.example/other", key().verifier());
        assert_eq!(elsewhere, Err(CheckpointError::Origin));
        let unsigned = Checkpoint::parse_and_verify(&note, ORIGIN, other.verifier());
        assert_eq!(unsigned, Err(CheckpointError::Note(NoteError::Unsigned)));
    }

    #[test]
    fn a_checkpoint_is_read_in_one_spelling_only_even_when_it_is_signed() {
        use CheckpointError::{EmptyRoot, Lines, Origin, Root, Size};
        let root = Hash([7; 32]).to_base64();
        let cases = [
            (format!("{ORIGIN}\n5\n"), Lines),
            (format!("{ORIGIN}\n5\n{root}\nextension\n"), Lines),
            (format!("\n5\n{root}\n"), Origin),
            (format!("{ORIGIN}\n05\n{root}\n"), Size),
            (format!("{ORIGIN}\n+5\n{root}\n"), Size),
            (format!("{ORIGIN}\n 5\n{root}\n"), Size),
            (format!("{ORIGIN}\n\n{root}\n"), Size),
            (format!("{ORIGIN}\n4611686018427387905\n{root}\n"), Size),
            (format!("{ORIGIN}\n5\n{}\n", root.trim_end_matches('=')), Root),
            (format!("{ORIGIN}\n5\n{root} \n"), Root),
            (format!("{ORIGIN}\n5\n{}\n", root.replace("Bwc=", "Bwd=")), Root),
            (format!("{ORIGIN}\n0\n{root}\n"), EmptyRoot),
        ];
        for (text, error) in cases {
            let note = note::sign(&text, &[&key()]).unwrap();
            assert_eq!(Checkpoint::parse_and_verify(&note, ORIGIN, key().verifier()), Err(error), "{text}");
        }
    }

    #[test]
    fn a_witness_reads_past_the_extension_lines_of_other_ledgers() {
        let text = checkpoint().to_text();
        assert_eq!(Checkpoint::parse_extended(&text), Ok(checkpoint()));
        assert_eq!(Checkpoint::parse_extended(&format!("{text}one\ntwo\n")), Ok(checkpoint()));
        assert_eq!(Checkpoint::parse_extended(&format!("{text}\n")), Err(CheckpointError::Lines));
        assert_eq!(Checkpoint::parse_extended(&format!("{text}one")), Err(CheckpointError::Lines));
    }

    #[test]
    fn an_origin_that_would_read_back_differently_is_not_signed() {
        let split = Checkpoint { origin: "a\n1".into(), ..checkpoint() };
        assert_eq!(split.sign(&key()), Err(CheckpointError::Lines));
        let empty = Checkpoint { origin: String::new(), ..checkpoint() };
        assert_eq!(empty.sign(&key()), Err(CheckpointError::Origin));
    }
}
