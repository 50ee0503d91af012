//! Names that say nothing: keyed pseudonyms of clients and professionals.
//!
//! A plain hash of a BSN is undone in seconds (there are 91 million candidates); these need the key (UAVG art. 46;
//! rules.md §5.6). Four keys are derived from the one in the file, so that no pseudonym can stand for another kind.
//!
//! A *handle* is how a recipient without a right to the BSN names a client. It is the client's pseudonym, encrypted
//! deterministically with the recipient as associated data. So it is stable for one recipient, two recipients cannot
//! link theirs, nobody can make one up, and no table is needed to find the client again.

use std::fs;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::domain::{Bsn, ClientRef, OrganisationId, RequesterRef};

/// The key of all pseudonyms. Whoever holds it can link them; losing it loses every client.
pub struct PseudonymKey {
    clients: hmac::Key,
    requesters: hmac::Key,
    handles: LessSafeKey,
    pages: hmac::Key,
}

/// Why a file is not a pseudonym key. Never shows its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PseudonymKeyProblem {
    /// The file cannot be read.
    #[error("the pseudonym key file cannot be read")]
    Unreadable,
    /// It does not hold a key.
    #[error(
        "the pseudonym key file must hold 64 hexadecimal characters: make one with `sluis keys pseudonym`"
    )]
    Malformed,
}

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey")
    }
}

impl PseudonymKey {
    /// Derives the keys from 32 secret bytes.
    pub fn new(secret: &Zeroizing<[u8; 32]>) -> Result<Self, PseudonymKeyProblem> {
        let master = hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice());
        let derive = |purpose: &str| hmac::sign(&master, purpose.as_bytes());
        let handles = UnboundKey::new(&AES_256_GCM_SIV, derive("sluis/v1/handle").as_ref())
            .map_err(|_| PseudonymKeyProblem::Malformed)?;
        Ok(Self {
            clients: hmac::Key::new(hmac::HMAC_SHA256, derive("sluis/v1/client").as_ref()),
            requesters: hmac::Key::new(hmac::HMAC_SHA256, derive("sluis/v1/requester").as_ref()),
            handles: LessSafeKey::new(handles),
            pages: hmac::Key::new(hmac::HMAC_SHA256, derive("sluis/v1/page").as_ref()),
        })
    }

    /// Reads the key from a file of 64 hexadecimal characters.
    pub fn read(path: &Path) -> Result<Self, PseudonymKeyProblem> {
        let text = Zeroizing::new(fs::read(path).map_err(|_| PseudonymKeyProblem::Unreadable)?);
        let secret = unhex(text.trim_ascii()).ok_or(PseudonymKeyProblem::Malformed)?;
        Self::new(&secret)
    }

    /// The client's pseudonym: the first 16 bytes of an HMAC-SHA256 of the BSN.
    pub fn client(&self, bsn: &Bsn) -> ClientRef {
        let pseudonym = ClientRef::parse(&short(&self.clients, &[bsn.digits()]));
        pseudonym.unwrap_or_else(|_| broken())
    }

    /// The professional's pseudonym: the first 16 bytes of an HMAC-SHA256 of organisation and token subject.
    pub fn requester(&self, organisation: &OrganisationId, subject: &str) -> RequesterRef {
        // An organisation has no NUL in it, so the two cannot run into each other.
        let parts = [organisation.as_str().as_bytes(), &[0], subject.as_bytes()];
        RequesterRef::parse(&short(&self.requesters, &parts)).unwrap_or_else(|_| broken())
    }

    /// How this recipient names the client: 43 characters, the same every time.
    pub fn handle(&self, client: &ClientRef, recipient: &OrganisationId) -> String {
        let mut text = unhex::<16>(client.as_str().as_bytes()).unwrap_or_else(|| broken()).to_vec();
        let sealed = self.handles.seal_in_place_append_tag(nonce(), associated(recipient), &mut text);
        sealed.map_or_else(|_| broken(), |()| URL_SAFE_NO_PAD.encode(text))
    }

    /// The client that this recipient names so. A handle that is unknown, forged or another recipient's is `None`.
    pub fn open_handle(&self, handle: &str, recipient: &OrganisationId) -> Option<ClientRef> {
        let mut sealed = URL_SAFE_NO_PAD.decode(handle).ok()?;
        let opened = self.handles.open_in_place(nonce(), associated(recipient), &mut sealed).ok()?;
        ClientRef::parse(&hex(opened)).ok()
    }

    /// The pseudonym that an unknown or forged handle stands for: nobody's, and the same every time, so that such a
    /// handle is answered like a client whom nobody registered.
    pub fn stray(&self, handle: &str) -> ClientRef {
        // A BSN is nine digits, so no client has this pseudonym.
        let pseudonym = ClientRef::parse(&short(&self.clients, &[b"stray", &[0], handle.as_bytes()]));
        pseudonym.unwrap_or_else(|_| broken())
    }

    /// Seals where a page of the ledger ends to the question it is a page of, so that nobody can make one up or use
    /// it with another question.
    pub fn page_seal(&self, question: &str, end: u64) -> String {
        short(&self.pages, &[&end.to_be_bytes(), question.as_bytes()])
    }
}

/// One nonce for all: AES-GCM-SIV (RFC 8452) then shows only whether two handles are equal, and a handle is meant
/// to be equal to itself: it is the same client for the same recipient.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn associated(recipient: &OrganisationId) -> Aad<&[u8]> {
    Aad::from(recipient.as_str().as_bytes())
}

fn short(key: &hmac::Key, parts: &[&[u8]]) -> String {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    hex(context.sign().as_ref().get(..16).unwrap_or_else(|| broken()))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn unhex<const N: usize>(text: &[u8]) -> Option<Zeroizing<[u8; N]>> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() == 2 * N)?;
    let mut bytes = Zeroizing::new([0; N]);
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        let pair = text.get(at..at + 2).filter(|pair| !pair.contains('+'))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

/// Reached only if the crypto provider breaks its own contract: then no name can be trusted, and nothing may go on.
fn broken() -> ! {
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> PseudonymKey {
        PseudonymKey::new(&Zeroizing::new([byte; 32])).unwrap()
    }

    fn organisation(text: &str) -> OrganisationId {
        OrganisationId::parse(text).unwrap()
    }

    fn client() -> ClientRef {
        key(1).client(&Bsn::parse("999993653").ok().unwrap())
    }

    #[test]
    fn a_client_has_one_pseudonym_per_key_and_it_is_not_the_bsn() {
        let other = Bsn::parse("123456782").ok().unwrap();
        assert_eq!(client(), client());
        assert_ne!(client(), key(1).client(&other));
        assert_ne!(client(), key(2).client(&Bsn::parse("999993653").ok().unwrap()));
        assert!(!client().as_str().contains("999993653"));
    }

    #[test]
    fn a_pseudonym_of_one_kind_never_equals_one_of_another_kind() {
        let key = key(1);
        let municipality = organisation("00000099000000001000");
        let professional = key.requester(&municipality, "999993653");
        assert_ne!(professional.as_str(), client().as_str());
        assert_ne!(professional, key.requester(&organisation("00000099000000002000"), "999993653"));
        assert_ne!(professional, key.requester(&municipality, "999993654"));
        assert_eq!(professional, key.requester(&municipality, "999993653"));
    }

    /// Computed once with another implementation of HMAC.
    #[test]
    fn the_pseudonym_of_a_bsn_stays_what_it_is_from_release_to_release() {
        assert_eq!(client().as_str(), "c78c38dbb9d4573833d00db9ad7ec915");
    }

    #[test]
    fn a_recipient_finds_its_client_again_and_no_other_recipient_can() {
        let (key, stranger, client) = (key(1), key(2), client());
        let school = organisation("00000099000000001000");
        let housing = organisation("00000099000000002000");
        let handle = key.handle(&client, &school);
        assert_eq!(handle.len(), 43);
        assert_eq!(handle, key.handle(&client, &school));
        assert_eq!(key.open_handle(&handle, &school), Some(client.clone()));
        assert_eq!(key.open_handle(&handle, &housing), None);
        assert_eq!(stranger.open_handle(&handle, &school), None);

        let elsewhere = key.handle(&client, &housing);
        let alike = handle.bytes().zip(elsewhere.bytes()).filter(|(a, b)| a == b).count();
        assert!(alike < 12, "handles of two recipients share {alike} of 43 characters");
    }

    #[test]
    fn a_stray_handle_stands_for_nobody_and_for_the_same_nobody_every_time() {
        let key = key(1);
        assert_eq!(key.stray("forged"), key.stray("forged"));
        assert_ne!(key.stray("forged"), key.stray("forged too"));
        assert_ne!(key.stray("999993653"), client());
    }

    #[test]
    fn a_handle_with_any_character_changed_added_or_missing_opens_nothing() {
        let (key, school) = (key(1), organisation("00000099000000001000"));
        let handle = key.handle(&client(), &school);
        for at in 0..handle.len() {
            for other in *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ " {
                let mut forged = handle.clone().into_bytes();
                if forged[at] != other {
                    forged[at] = other;
                    let forged = String::from_utf8(forged).unwrap();
                    assert_eq!(key.open_handle(&forged, &school), None, "character {at}");
                }
            }
        }
        for forged in ["", "A", &handle[1..], &handle[..42], &format!("{handle}A"), &format!("{handle}=")] {
            assert_eq!(key.open_handle(forged, &school), None, "{forged}");
        }
    }

    #[test]
    fn a_key_file_holds_64_hexadecimal_characters_and_nothing_else_and_is_never_shown() {
        let directory = crate::identity::testing::Directory::new();
        let path = directory.path().join("pseudonym.key");
        assert_eq!(PseudonymKey::read(&path).err(), Some(PseudonymKeyProblem::Unreadable));
        for malformed in
            ["", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"+1".repeat(32), &"é".repeat(32)]
        {
            fs::write(&path, malformed).unwrap();
            assert_eq!(PseudonymKey::read(&path).err(), Some(PseudonymKeyProblem::Malformed), "{malformed}");
        }
        fs::write(&path, format!("{}\n", "01".repeat(32))).unwrap();
        let read = PseudonymKey::read(&path).unwrap();
        assert_eq!(read.client(&Bsn::parse("999993653").ok().unwrap()), client());
        assert_eq!(format!("{read:?}"), "PseudonymKey");
    }
}
