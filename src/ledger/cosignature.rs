//! Cosignatures (c2sp.org/tlog-cosignature, Ed25519): a witness states that, at a moment, this was the newest head that
//! it had seen of a ledger, and that every earlier one it had seen is the beginning of it.
//!
//! A cosignature counts only if a known witness made it. One in the name of a known witness that does not fit makes the
//! whole checkpoint suspect; one of an unknown witness says nothing.

use super::key::{CosigningKey, KeyError, WitnessKey};
use super::note::{self, NoteError, SignatureLine};

/// The latest time that a cosignature can state.
const LATEST: u64 = i64::MAX as u64;

/// The bytes of a time and an Ed25519 signature; a ledger's own signature has no time.
const TIMED: usize = 8 + 64;

/// A cosignature that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature<'a> {
    /// Who made it.
    pub witness: &'a WitnessKey,
    /// When, in seconds since 1970-01-01 UTC, by the clock of the witness.
    pub at: u64,
    /// The signature line, without its newline.
    pub line: String,
}

fn message(at: u64, checkpoint: &str) -> String {
    format!("cosignature/v1\ntime {at}\n{checkpoint}")
}

/// Cosigns the text of a checkpoint at a moment, in seconds since 1970-01-01 UTC; gives the signature line, without its
/// newline. Only for a witness that has made sure: see [`super::AddCheckpoint::check`].
pub fn cosign(key: &CosigningKey, checkpoint: &str, at: u64) -> Result<String, KeyError> {
    let signature = key.sign(&message(at, checkpoint))?;
    Ok(note::signature_line(key.verifier(), &[at.to_be_bytes().as_slice(), &signature].concat()))
}

/// The cosignatures of these witnesses on a signed checkpoint, each witness once, in the order of the note. Whether
/// the ledger signed it is not asked here.
pub fn cosignatures<'a>(
    checkpoint: &str,
    witnesses: &'a [WitnessKey],
) -> Result<Vec<Cosignature<'a>>, NoteError> {
    let (text, lines) = note::split(checkpoint)?;
    verify(text, lines, witnesses)
}

/// The same of lines that came apart: the answer of a witness that was asked to cosign this checkpoint.
pub fn cosignatures_on<'a>(
    checkpoint: &str,
    lines: &str,
    witnesses: &'a [WitnessKey],
) -> Result<Vec<Cosignature<'a>>, NoteError> {
    verify(note::split(checkpoint)?.0, note::parse_signatures(lines)?, witnesses)
}

/// The times that the cosignatures on a checkpoint state, in seconds since 1970-01-01 UTC. Nothing is verified: only for a checkpoint
/// whose cosignatures were.
pub fn stated_times(checkpoint: &str) -> Vec<u64> {
    let lines = note::split(checkpoint).map(|(_, lines)| lines).unwrap_or_default();
    let stated = lines.iter().filter(|line| line.signature.len() == TIMED);
    stated.filter_map(|line| line.signature.first_chunk().copied().map(u64::from_be_bytes)).collect()
}

fn verify<'a>(
    text: &str,
    lines: Vec<SignatureLine<'_>>,
    witnesses: &'a [WitnessKey],
) -> Result<Vec<Cosignature<'a>>, NoteError> {
    let mut verified: Vec<Cosignature<'a>> = Vec::new();
    for line in lines {
        let Some(witness) = note::named(&line, witnesses)? else { continue };
        let bad = || NoteError::BadSignature(line.name.to_owned());
        let (time, signature) = line.signature.split_first_chunk().ok_or_else(bad)?;
        let at = u64::from_be_bytes(*time);
        if at == 0 || at > LATEST || !witness.verifies(&message(at, text), signature) {
            return Err(bad());
        }
        if !verified.iter().any(|other| other.witness == witness) {
            verified.push(Cosignature { witness, at, line: line.line.to_owned() });
        }
    }
    Ok(verified)
}

/// A signed checkpoint with one more signature line.
pub fn with_line(checkpoint: &str, line: &str) -> String {
    format!("{checkpoint}{line}\n")
}

#[cfg(test)]
mod tests {
    use super::super::{Checkpoint, Hash, SigningKey, VerifierKey};
    use super::*;

    /// What `filippo.io/torchwood` v0.9.0 made of the example checkpoint of the specification, with the key whose seed
    /// is the bytes 0 to 31.
    const TEXT: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    const LINE: &str = "\u{2014} witness.example/w1 519lMgAAAABrAwDuKzpLfzB3SjRwqOMVyj9heQOHy+9aS/\
        XcxF39RTAZGO2JusR3y3yxVm+hrUTZcUKBZFRUTJ6SecUlJ/JRK1dBCw==";
    const VKEY: &str = "witness.example/w1+e75f6532+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

    fn key() -> CosigningKey {
        let mut seed = [0; 32];
        seed.iter_mut().zip(0..).for_each(|(byte, value)| *byte = value);
        CosigningKey::from_seed("witness.example/w1", &seed).unwrap()
    }

    fn note() -> String {
        let ledger = SigningKey::from_seed("example.com/behind-the-sofa", &[9; 32]).unwrap();
        note::sign(TEXT, &[&ledger]).unwrap()
    }

    #[test]
    fn what_another_implementation_cosigned_verifies_and_is_cosigned_alike() {
        let known = [WitnessKey::parse(VKEY).unwrap()];
        let checkpoint = with_line(&note(), LINE);
        let found = cosignatures(&checkpoint, &known).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].at, found[0].line.as_str()), (0x6b03_00ee, LINE));
        assert_eq!(key().verifier().to_string(), VKEY);
        assert_eq!(cosign(&key(), TEXT, 0x6b03_00ee).unwrap(), LINE);
        assert_eq!(cosignatures_on(&note(), &format!("{LINE}\n"), &known), Ok(found));
    }

    #[test]
    fn a_cosignature_with_any_bit_changed_is_refused_or_of_nobody_known() {
        let known = [key().verifier().clone()];
        let checkpoint = with_line(&note(), LINE);
        for place in 0..checkpoint.len() * 8 {
            let mut bytes = checkpoint.clone().into_bytes();
            bytes[place / 8] ^= 1 << (place % 8);
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let found = cosignatures(&changed, &known);
            // The ledger's own signature line is not looked at here.
            let of_ledger = changed.lines().zip(checkpoint.lines()).any(|(a, b)| a != b && !b.contains("w1"));
            let in_text = !changed.starts_with(TEXT);
            assert!(found.is_err() || found.unwrap().is_empty() || (of_ledger && !in_text), "bit {place}");
        }
    }

    #[test]
    fn a_forged_or_timeless_cosignature_makes_the_checkpoint_suspect_and_a_strangers_says_nothing() {
        let known = [key().verifier().clone()];
        let other_head = Checkpoint { origin: "example.com/x".into(), size: 1, root: Hash([1; 32]) };
        let elsewhere = cosign(&key(), &other_head.to_text(), 5).unwrap();
        let timeless = cosign(&key(), TEXT, 0).unwrap();
        let beyond = cosign(&key(), TEXT, u64::MAX).unwrap();
        let name = "witness.example/w1".to_owned();
        for forged in [elsewhere, timeless, beyond] {
            let checkpoint = with_line(&with_line(&note(), LINE), &forged);
            assert_eq!(cosignatures(&checkpoint, &known), Err(NoteError::BadSignature(name.clone())));
        }
        let stranger = CosigningKey::from_seed("witness.example/w1", &[1; 32]).unwrap();
        let strange = with_line(&note(), &cosign(&stranger, TEXT, 5).unwrap());
        assert_eq!(cosignatures(&strange, &known), Ok(vec![]));
        let twice = with_line(&with_line(&note(), LINE), &cosign(&key(), TEXT, 7).unwrap());
        assert_eq!(cosignatures(&twice, &known).unwrap().len(), 1, "a witness counts once");
    }

    #[test]
    fn a_cosigned_checkpoint_still_opens_as_the_note_of_its_ledger() {
        let ledger = SigningKey::from_seed("example.com/behind-the-sofa", &[9; 32]).unwrap();
        let opened: Result<_, _> = Checkpoint::parse_and_verify(
            &with_line(&note(), LINE),
            "example.com/behind-the-sofa",
            ledger.verifier(),
        );
        assert_eq!(opened.unwrap().size, 20_852_163);
        assert!(VerifierKey::parse(VKEY).is_err());
    }
}
