//! Keys of signed notes (c2sp.org/signed-note), in the texts that Go's `sumdb/note` reads.
//!
//! A ledger's keys are of type 0x01 (Ed25519), a witness's of type 0x04 (c2sp.org/tlog-cosignature): two Rust types, so
//! that neither can pass for the other. A private key leaves its type in one way only, [`PrivateKey::to_text`]; it is
//! never printed by `Debug`.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A ledger's signature: Ed25519 over the text of the note.
const SIGNATURE: u8 = 0x01;
/// A witness's cosignature: Ed25519 over a time and the text of the note.
const COSIGNATURE: u8 = 0x04;
const PRIVATE: &str = "PRIVATE+KEY+";

/// Why a text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The parts are not there, or not in hexadecimal and base64.
    #[error(
        "not a note key: expected `<name>+<8 lower-case hexadecimal digits>+<base64>`, after `PRIVATE+KEY+` for a signing key"
    )]
    Malformed,
    /// The name is empty, or holds a space, plus or control character.
    #[error("a key name is not empty and has no spaces, plus signs or control characters")]
    Name,
    /// The key is of another signature type or length.
    #[error(
        "the key is of another type: a ledger's is Ed25519, type 0x01; a witness's is Ed25519, type 0x04"
    )]
    Algorithm,
    /// Name and key do not have this key id: one of them was changed.
    #[error("the key id does not belong to this name and key")]
    Id,
    /// The crypto provider does not take the key.
    #[error("the key cannot be used")]
    Unusable,
}

/// Which key made a signature: the first 32 bits of SHA-256(name ‖ newline ‖ type ‖ public key).
pub type KeyId = [u8; 4];

fn key_id(name: &str, algorithm: u8, public: &[u8]) -> KeyId {
    let named = digest(&SHA256, &[name.as_bytes(), b"\n", &[algorithm], public].concat());
    named.as_ref().first_chunk().copied().unwrap_or_default()
}

/// Whether a text may name a key.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// Reads `<name>+<hexadecimal id>+<base64 of type and 32 bytes>`.
fn parse_parts(text: &str, algorithm: u8) -> Result<(&str, &str, Zeroizing<[u8; 32]>), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(data)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Malformed);
    };
    if !is_name(name) {
        return Err(KeyError::Name);
    }
    let data = Zeroizing::new(STANDARD.decode(data).map_err(|_| KeyError::Malformed)?);
    match data.split_first() {
        Some((found, key)) if *found == algorithm => {
            let key = key.try_into().map_err(|_| KeyError::Algorithm)?;
            Ok((name, id, Zeroizing::new(key)))
        }
        _ => Err(KeyError::Algorithm),
    }
}

fn hex(id: KeyId) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// The key that verifies a ledger.
pub type VerifierKey = PublicKey<SIGNATURE>;
/// The key that signs a ledger.
pub type SigningKey = PrivateKey<SIGNATURE>;
/// The key that verifies a witness.
pub type WitnessKey = PublicKey<COSIGNATURE>;
/// The key that a witness cosigns with.
pub type CosigningKey = PrivateKey<COSIGNATURE>;

/// A public key of one type, and the name it signs under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey<const ALGORITHM: u8> {
    name: String,
    id: KeyId,
    public: [u8; 32],
}

impl<const ALGORITHM: u8> PublicKey<ALGORITHM> {
    /// Reads a *vkey*: `<name>+<id>+<base64>`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, public) = parse_parts(text, ALGORITHM)?;
        let key =
            Self { name: name.to_owned(), id: key_id(name, ALGORITHM, public.as_slice()), public: *public };
        if id == hex(key.id) { Ok(key) } else { Err(KeyError::Id) }
    }

    /// The name it signs under; for a ledger, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its key id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Whether both are one key, under whatever names.
    pub fn same_key(&self, other: &Self) -> bool {
        self.public == other.public
    }

    pub(super) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public).verify(text.as_bytes(), signature).is_ok()
    }
}

impl<const ALGORITHM: u8> fmt::Display for PublicKey<ALGORITHM> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = [[ALGORITHM].as_slice(), &self.public].concat();
        write!(f, "{}+{}+{}", self.name, hex(self.id), STANDARD.encode(data))
    }
}

/// A private key of one type, and the name it signs under.
pub struct PrivateKey<const ALGORITHM: u8> {
    pair: Ed25519KeyPair,
    verifier: PublicKey<ALGORITHM>,
}

impl<const ALGORITHM: u8> PrivateKey<ALGORITHM> {
    /// The key that this seed (RFC 8032) makes.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Unusable)?;
        let public: [u8; 32] = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Unusable)?;
        let verifier = PublicKey { name: name.to_owned(), id: key_id(name, ALGORITHM, &public), public };
        Ok(Self { pair, verifier })
    }

    /// Reads the text of a key file: `PRIVATE+KEY+<name>+<id>+<base64>`, without a newline.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, seed) =
            parse_parts(text.strip_prefix(PRIVATE).ok_or(KeyError::Malformed)?, ALGORITHM)?;
        let key = Self::from_seed(name, &seed)?;
        if id == hex(key.verifier.id) { Ok(key) } else { Err(KeyError::Id) }
    }

    /// The text of the key file. It is the private key: write it where only its program can read.
    pub fn to_text(&self) -> Result<Zeroizing<String>, KeyError> {
        let seed = self.pair.seed().and_then(|seed| seed.as_be_bytes()).map_err(|_| KeyError::Unusable)?;
        let data = Zeroizing::new([[ALGORITHM].as_slice(), seed.as_ref()].concat());
        let data = Zeroizing::new(STANDARD.encode(&data));
        let PublicKey { name, id, .. } = &self.verifier;
        Ok(Zeroizing::new(format!("{PRIVATE}{name}+{}+{}", hex(*id), *data)))
    }

    /// The public key that goes with it.
    pub fn verifier(&self) -> &PublicKey<ALGORITHM> {
        &self.verifier
    }

    pub(super) fn sign(&self, text: &str) -> Result<Vec<u8>, KeyError> {
        let signature = self.pair.try_sign(text.as_bytes()).map_err(|_| KeyError::Unusable)?;
        Ok(signature.as_ref().to_vec())
    }
}

impl<const ALGORITHM: u8> fmt::Debug for PrivateKey<ALGORITHM> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}+{})", self.verifier.name, hex(self.verifier.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNER: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn the_keys_of_the_go_documentation_are_read_and_printed_unchanged() {
        let signer = SigningKey::parse(SIGNER).unwrap();
        assert_eq!(signer.to_text().unwrap().as_str(), SIGNER);
        assert_eq!(signer.verifier().to_string(), VERIFIER);
        assert_eq!(VerifierKey::parse(VERIFIER).as_ref(), Ok(signer.verifier()));
    }

    #[test]
    fn a_key_with_any_character_changed_is_refused() {
        for text in [SIGNER, VERIFIER] {
            for place in 0..text.len() {
                let other = if text.as_bytes()[place] == b'A' { "B" } else { "A" };
                let changed = format!("{}{other}{}", &text[..place], &text[place + 1..]);
                assert!(SigningKey::parse(&changed).is_err(), "{changed}");
                assert!(VerifierKey::parse(&changed).is_err(), "{changed}");
            }
        }
    }

    #[test]
    fn a_key_of_another_type_length_or_name_is_refused() {
        let cosigner = VERIFIER.replace("+ARpc", "+BBpc");
        assert_eq!(VerifierKey::parse(&cosigner), Err(KeyError::Algorithm));
        assert_eq!(VerifierKey::parse("a+00000000+AQ=="), Err(KeyError::Algorithm));
        assert_eq!(VerifierKey::parse(&VERIFIER.to_uppercase()).err(), Some(KeyError::Id));
        for name in ["", "two words", "a+b", "a\nb", "a\u{2003}b", "a\u{7}"] {
            assert_eq!(SigningKey::from_seed(name, &[7; 32]).err(), Some(KeyError::Name), "{name:?}");
        }
    }

    #[test]
    fn the_key_of_a_witness_never_passes_for_that_of_a_ledger() {
        let witness = CosigningKey::from_seed("PeterNeumann", &[7; 32]).unwrap();
        let ledger = SigningKey::from_seed("PeterNeumann", &[7; 32]).unwrap();
        assert_ne!(witness.verifier().id(), ledger.verifier().id());
        let text = witness.verifier().to_string();
        assert_eq!(WitnessKey::parse(&text).as_ref(), Ok(witness.verifier()));
        assert_eq!(VerifierKey::parse(&text), Err(KeyError::Algorithm));
        assert_eq!(WitnessKey::parse(VERIFIER), Err(KeyError::Algorithm));
        assert_eq!(CosigningKey::parse(&ledger.to_text().unwrap()).err(), Some(KeyError::Algorithm));
    }

    #[test]
    fn a_signing_key_does_not_show_itself() {
        let shown = format!("{:?}", SigningKey::parse(SIGNER).unwrap());
        assert_eq!(shown, "PrivateKey(PeterNeumann+c74f20a3)");
    }
}
