//! Signed notes (c2sp.org/signed-note, version 1): a text, an empty line, and signature lines.
//!
//! A note counts only if a known key signed it and no known key's signature fails. Signatures of unknown keys are
//! ignored, so that keys can rotate and witnesses can add theirs.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{KeyError, KeyId, PublicKey, SigningKey, VerifierKey, is_name};

/// Largest note that is read, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// Most signatures that a note may carry; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 64;

/// Why a note is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// More than [`MAX_BYTES`].
    #[error("the note is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// More than [`MAX_SIGNATURES`].
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A control character other than newline.
    #[error("the note holds a control character")]
    ControlCharacter,
    /// The text does not end in a newline, or no empty line and signatures follow it.
    #[error("the note is not a text, an empty line and signature lines, each ending in a newline")]
    Malformed,
    /// A signature line is not `— <name> <base64>`.
    #[error("signature line {0} of the note is not an em dash, a key name and base64")]
    SignatureLine(usize),
    /// Two of the known keys have one name and id.
    #[error("more than one known key is named {0} with the same id")]
    AmbiguousKey(String),
    /// A known key's signature does not fit the text.
    #[error("the signature of {0} does not fit the text")]
    BadSignature(String),
    /// No known key signed the note.
    #[error("no known key signed the note")]
    Unsigned,
    /// The key could not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A note of which at least one known key's signature was verified, and none failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedNote<'a> {
    /// What was signed, final newline included.
    pub text: &'a str,
    /// The names of the known keys that signed it, in the order of the note.
    pub verified: Vec<&'a str>,
}

/// Signs a text, which must end in a newline, with every key.
pub fn sign(text: &str, keys: &[&SigningKey]) -> Result<String, NoteError> {
    check_characters(text)?;
    if !text.ends_with('\n') {
        return Err(NoteError::Malformed);
    }
    if keys.is_empty() {
        return Err(NoteError::Unsigned);
    }
    let mut note = format!("{text}\n");
    for key in keys {
        let _ = writeln!(note, "{}", signature_line(key.verifier(), &key.sign(text)?));
    }
    Ok(note)
}

/// A signature line, without its newline.
pub(super) fn signature_line<const ALGORITHM: u8>(key: &PublicKey<ALGORITHM>, signature: &[u8]) -> String {
    let blob = [key.id().as_slice(), signature].concat();
    format!("\u{2014} {} {}", key.name(), STANDARD.encode(blob))
}

/// A signature line, not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignatureLine<'a> {
    /// As it stands, without its newline.
    pub line: &'a str,
    pub name: &'a str,
    pub id: KeyId,
    pub signature: Vec<u8>,
}

/// The text of a note, final newline included, and its signature lines. Nothing is verified.
pub(super) fn split(note: &str) -> Result<(&str, Vec<SignatureLine<'_>>), NoteError> {
    if note.len() > MAX_BYTES {
        return Err(NoteError::TooLarge);
    }
    check_characters(note)?;
    // The text may hold empty lines: the last one in the note is what separates.
    let (before, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
    let text = note.get(..=before.len()).ok_or(NoteError::Malformed)?;
    Ok((text, parse_signatures(signatures)?))
}

/// Reads signature lines, each ending in a newline.
pub(super) fn parse_signatures(lines: &str) -> Result<Vec<SignatureLine<'_>>, NoteError> {
    let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?.split('\n');
    let read = |(place, line)| {
        if place == MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        parse_signature(line).ok_or(NoteError::SignatureLine(place + 1))
    };
    lines.enumerate().map(read).collect()
}

/// Of these known keys the one that a signature line names, if there is one.
pub(super) fn named<'k, const ALGORITHM: u8>(
    line: &SignatureLine<'_>,
    known: &'k [PublicKey<ALGORITHM>],
) -> Result<Option<&'k PublicKey<ALGORITHM>>, NoteError> {
    let mut matching = known.iter().filter(|key| key.name() == line.name && key.id() == line.id);
    let key = matching.next();
    if matching.next().is_some() { Err(NoteError::AmbiguousKey(line.name.to_owned())) } else { Ok(key) }
}

/// Opens a note with the known keys.
pub fn open<'a>(note: &'a str, known: &'a [VerifierKey]) -> Result<OpenedNote<'a>, NoteError> {
    let (text, lines) = split(note)?;
    let mut verified = Vec::new();
    for line in lines {
        let Some(key) = named(&line, known)? else { continue };
        if !key.verifies(text, &line.signature) {
            return Err(NoteError::BadSignature(line.name.to_owned()));
        }
        if !verified.contains(&key.name()) {
            verified.push(key.name());
        }
    }
    if verified.is_empty() { Err(NoteError::Unsigned) } else { Ok(OpenedNote { text, verified }) }
}

/// The same note with the lines of the known keys only.
pub(super) fn keep(note: &str, known: &[VerifierKey]) -> Result<String, NoteError> {
    let (text, lines) = split(note)?;
    let mut kept = format!("{text}\n");
    for line in lines {
        if named(&line, known)?.is_some() {
            let _ = writeln!(kept, "{}", line.line);
        }
    }
    Ok(kept)
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    let control = text.bytes().any(|byte| byte < 0x20 && byte != b'\n');
    if control { Err(NoteError::ControlCharacter) } else { Ok(()) }
}

fn parse_signature(line: &str) -> Option<SignatureLine<'_>> {
    let (name, blob) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let blob = STANDARD.decode(blob).ok()?;
    let (id, signature) = blob.split_first_chunk()?;
    let usable = is_name(name) && !signature.is_empty();
    usable.then(|| SignatureLine { line, name, id: *id, signature: signature.to_vec() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n";
    const SIGNATURE: &str = "\u{2014} PeterNeumann \
        x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn neumann() -> [VerifierKey; 1] {
        [VerifierKey::parse(NEUMANN).unwrap()]
    }

    fn key(name: &str, seed: u8) -> SigningKey {
        SigningKey::from_seed(name, &[seed; 32]).unwrap()
    }

    #[test]
    fn the_note_of_the_go_documentation_opens_and_is_signed_alike() {
        let note = format!("{TEXT}\n{SIGNATURE}");
        let known = neumann();
        assert_eq!(open(&note, &known), Ok(OpenedNote { text: TEXT, verified: vec!["PeterNeumann"] }));
        let signer = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
        assert_eq!(sign(TEXT, &[&SigningKey::parse(signer).unwrap()]), Ok(note));
    }

    #[test]
    fn the_note_of_the_specification_opens() {
        let known =
            VerifierKey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        let note = "This is an example message.\n\n\u{2014} example.com/foo \
            Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        assert!(open(note, &[known.unwrap()]).is_ok());
    }

    #[test]
    fn a_note_with_any_bit_changed_is_refused() {
        let note = format!("{TEXT}\n{SIGNATURE}");
        for place in 0..note.len() * 8 {
            let mut bytes = note.clone().into_bytes();
            bytes[place / 8] ^= 1 << (place % 8);
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(open(&changed, &neumann()).is_err(), "bit {place}");
            }
        }
    }

    #[test]
    fn each_rule_of_refusal_has_its_own_answer() {
        use NoteError::*;
        let bad = SIGNATURE.replace("x08go/ZJ", "x08go/ZK");
        let stranger = sign(TEXT, &[&key("stranger", 1)]).unwrap();
        let strange_line = stranger.rsplit('\n').nth(1).unwrap();
        let cases = [
            (TEXT.to_owned(), Malformed),
            (format!("{TEXT}{SIGNATURE}"), Malformed),
            (format!("{TEXT}\n"), Malformed),
            (format!("{TEXT}\n{}", SIGNATURE.trim_end()), Malformed),
            (format!("{TEXT}\n{SIGNATURE}\n"), Malformed),
            (format!("{TEXT}\n{SIGNATURE}- x AAAAAAAA\n"), SignatureLine(2)),
            (format!("{TEXT}\n{SIGNATURE}\u{2014} x AAAA\n"), SignatureLine(2)),
            (format!("{TEXT}\n{SIGNATURE}\u{2014} x y AAAAAAAA\n"), SignatureLine(2)),
            (format!("{TEXT}\n{SIGNATURE}\u{2014} x+y AAAAAAAA\n"), SignatureLine(2)),
            (format!("{TEXT}\n{SIGNATURE}\u{2014}  AAAAAAAA\n"), SignatureLine(2)),
            (format!("{TEXT}\r\n\n{SIGNATURE}"), ControlCharacter),
            (format!("{TEXT}\0\n\n{SIGNATURE}"), ControlCharacter),
            (format!("{TEXT}\n{bad}"), BadSignature("PeterNeumann".into())),
            (format!("{TEXT}\n{SIGNATURE}{bad}"), BadSignature("PeterNeumann".into())),
            (stranger.clone(), Unsigned),
            (format!("{TEXT}\n{}", format!("{strange_line}\n").repeat(65)), TooManySignatures),
            ("x".repeat(MAX_BYTES + 1), TooLarge),
        ];
        for (note, error) in cases {
            assert_eq!(open(&note, &neumann()), Err(error), "{note}");
        }
        let twice = [neumann(), neumann()].concat();
        assert_eq!(open(&format!("{TEXT}\n{SIGNATURE}"), &twice), Err(AmbiguousKey("PeterNeumann".into())));
    }

    #[test]
    fn an_unknown_key_changes_nothing_even_if_it_shares_the_name() {
        let impostor = sign(TEXT, &[&key("PeterNeumann", 1)]).unwrap();
        assert_eq!(open(&impostor, &neumann()), Err(NoteError::Unsigned));
        let both = format!("{impostor}{SIGNATURE}{SIGNATURE}");
        assert_eq!(open(&both, &neumann()).unwrap().verified, ["PeterNeumann"]);
    }

    #[test]
    fn sixteen_signatures_are_accepted_and_all_known_signers_named() {
        let keys: Vec<_> = (0..16).map(|seed| key(&format!("witness-{seed}"), seed)).collect();
        let note = sign("a\n\nb\n", &keys.iter().collect::<Vec<_>>()).unwrap();
        let known: Vec<_> = keys.iter().map(|key| key.verifier().clone()).collect();
        let opened = open(&note, &known).unwrap();
        assert_eq!((opened.text, opened.verified.len()), ("a\n\nb\n", 16));
    }

    #[test]
    fn a_text_that_could_not_be_read_back_is_not_signed() {
        assert_eq!(sign("no newline", &[&key("a", 1)]), Err(NoteError::Malformed));
        assert_eq!(sign("tab\t\n", &[&key("a", 1)]), Err(NoteError::ControlCharacter));
        assert_eq!(sign("nobody\n", &[]), Err(NoteError::Unsigned));
    }

    proptest! {
        #[test]
        fn garbage_never_opens_and_never_panics(note in ".*", lines in "(\n|— |[a-z]|[A-Za-z0-9+/=]{4}| ){0,40}") {
            prop_assert!(open(&note, &neumann()).is_err());
            prop_assert!(open(&lines, &neumann()).is_err());
        }
    }
}
