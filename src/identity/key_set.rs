//! The public keys of an issuer: a JWKS file (RFC 7517).
//!
//! Keys are found by `kid` and each fits a fixed choice of algorithms, so neither a token nor a key can be talked
//! into another one. A file that holds anything secret, or a `kid` twice, is refused whole.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use super::strict_json;

const MAXIMUM_FILE_BYTES: u64 = 1024 * 1024;

/// The signature algorithms that exist here; `none` and the symmetric ones do not (RFC 8725 §3.1, NL GOV OAuth 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
}

impl Algorithm {
    const ALL: [Self; 4] = [Self::Es256, Self::EdDsa, Self::Rs256, Self::Ps256];

    /// As the `alg` of a header spells it; anything else is not an algorithm.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// As the `alg` of a header spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    fn jsonwebtoken(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Ps256 => jsonwebtoken::Algorithm::PS256,
        }
    }
}

/// Why a file is not a key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeySetProblem {
    /// The file cannot be read, or is larger than 1 MiB.
    #[error("the key set file cannot be read, or is larger than 1 MiB")]
    Unreadable,
    /// It is not a JSON object with an array `keys`.
    #[error("the key set must be a JSON object with an array `keys` of objects, without duplicate names")]
    Malformed,
    /// It holds a private or symmetric key.
    #[error("the key set holds a private or symmetric key: publish public keys only, and replace that key")]
    Secret,
    /// A `kid` occurs twice.
    #[error("the key set holds the same `kid` twice")]
    DuplicateKid,
    /// A key of a known type cannot be used.
    #[error("the key set holds a broken key: EC needs P-256, OKP needs Ed25519, RSA needs 2048 bits or more")]
    BrokenKey,
    /// No key can verify a signature.
    #[error("the key set holds no signature key (EC P-256, Ed25519 or RSA) with a `kid`")]
    NoKey,
}

/// One public key.
#[derive(Debug)]
pub struct Key {
    key: DecodingKey,
    fits: Vec<Algorithm>,
}

impl Key {
    /// Whether the key's type, and its own `alg` if it has one, fit the algorithm.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.fits.contains(&algorithm)
    }

    /// Whether the base64url signature is this key's, of the message.
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &str) -> bool {
        self.fits(algorithm)
            && jsonwebtoken::crypto::verify(signature, message, &self.key, algorithm.jsonwebtoken())
                .unwrap_or(false)
    }

    /// A signature key; `None` if it is for something else, or of a type that is not known here (RFC 7517 §5).
    fn read(jwk: &Map<String, Value>) -> Result<Option<Self>, KeySetProblem> {
        if ["d", "k", "p", "q"].iter().any(|secret| jwk.contains_key(*secret)) {
            return Err(KeySetProblem::Secret);
        }
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let verifies = jwk
            .get("key_ops")
            .is_none_or(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify")));
        if !verifies || jwk.get("use").is_some_and(|purpose| purpose != "sig") {
            return Ok(None);
        }
        let bytes = |name: &str| text(name).and_then(|value| URL_SAFE_NO_PAD.decode(value).ok());
        let sized = |name: &str| bytes(name).filter(|b| b.len() == 32).ok_or(KeySetProblem::BrokenKey);
        let (key, mut fits) = match (text("kty"), text("crv")) {
            (Some("EC"), Some("P-256")) => {
                let point = [&[4][..], &sized("x")?, &sized("y")?].concat();
                (DecodingKey::from_ec_der(&point), vec![Algorithm::Es256])
            }
            (Some("OKP"), Some("Ed25519")) => {
                (DecodingKey::from_ed_der(&sized("x")?), vec![Algorithm::EdDsa])
            }
            (Some("RSA"), _) => {
                let modulus = bytes("n").filter(|n| n.len() >= 256 && n.first() != Some(&0));
                let (n, e) = modulus.zip(bytes("e")).ok_or(KeySetProblem::BrokenKey)?;
                (DecodingKey::from_rsa_raw_components(&n, &e), vec![Algorithm::Rs256, Algorithm::Ps256])
            }
            _ => return Ok(None),
        };
        if let Some(own) = jwk.get("alg") {
            fits.retain(|algorithm| own == algorithm.name());
        }
        Ok(Some(Self { key, fits }))
    }
}

/// A key set, as it was read.
#[derive(Debug)]
pub struct KeySet {
    keys: HashMap<String, Key>,
    digest: Vec<u8>,
}

impl KeySet {
    /// Reads a JWKS file.
    pub fn read(path: &Path) -> Result<Self, KeySetProblem> {
        let mut bytes = Vec::new();
        let limit = MAXIMUM_FILE_BYTES + 1;
        let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
        match read {
            Ok(length) if (length as u64) < limit => Self::parse(&bytes),
            _ => Err(KeySetProblem::Unreadable),
        }
    }

    /// Parses the text of a JWKS file.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeySetProblem> {
        let set = strict_json::object(bytes).ok_or(KeySetProblem::Malformed)?;
        let listed = set.get("keys").and_then(Value::as_array).ok_or(KeySetProblem::Malformed)?;
        let mut keys = HashMap::new();
        for jwk in listed {
            let jwk = jwk.as_object().ok_or(KeySetProblem::Malformed)?;
            let kid = jwk.get("kid").and_then(Value::as_str);
            let Some((key, kid)) = Key::read(jwk)?.zip(kid) else { continue };
            if keys.insert(kid.to_owned(), key).is_some() {
                return Err(KeySetProblem::DuplicateKid);
            }
        }
        if keys.is_empty() {
            return Err(KeySetProblem::NoKey);
        }
        Ok(Self { keys, digest: digest(&SHA256, bytes).as_ref().to_vec() })
    }

    /// The key with this `kid`.
    pub fn find(&self, kid: &str) -> Option<&Key> {
        self.keys.get(kid)
    }

    /// Whether both were read from the same text.
    pub fn same_as(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(keys: &Value) -> Result<KeySet, KeySetProblem> {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
    }

    fn ec(kid: &str) -> Value {
        let coordinate = URL_SAFE_NO_PAD.encode([7; 32]);
        json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": coordinate, "y": coordinate })
    }

    fn with(mut jwk: Value, name: &str, value: impl Into<Value>) -> Value {
        jwk[name] = value.into();
        jwk
    }

    #[test]
    fn a_key_fits_only_the_algorithms_of_its_type_and_of_its_own_alg() {
        let n = URL_SAFE_NO_PAD.encode([0x81; 256]);
        let rsa = json!({ "kty": "RSA", "kid": "rsa", "n": n, "e": "AQAB" });
        let pss = with(with(rsa.clone(), "alg", "PS256"), "kid", "pss");
        let ed = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": URL_SAFE_NO_PAD.encode([7; 32]) });
        let odd = with(ec("odd"), "alg", "RS256");
        let set = parse(&json!([ec("ec"), rsa, pss, ed, odd])).unwrap();
        for (kid, fits) in [
            ("ec", &[Algorithm::Es256][..]),
            ("rsa", &[Algorithm::Rs256, Algorithm::Ps256]),
            ("pss", &[Algorithm::Ps256]),
            ("ed", &[Algorithm::EdDsa]),
            ("odd", &[]),
        ] {
            for algorithm in Algorithm::ALL {
                let key = set.find(kid).unwrap();
                assert_eq!(key.fits(algorithm), fits.contains(&algorithm), "{kid} {algorithm:?}");
            }
        }
    }

    #[test]
    fn a_broken_or_secret_key_set_is_refused_whole() {
        for (keys, problem) in [
            (json!([]), KeySetProblem::NoKey),
            (json!("x"), KeySetProblem::Malformed),
            (json!([1]), KeySetProblem::Malformed),
            (json!([ec("a"), ec("a")]), KeySetProblem::DuplicateKid),
            (json!([ec("a"), with(ec("b"), "d", "AAAA")]), KeySetProblem::Secret),
            (json!([ec("a"), { "kty": "oct", "kid": "b", "k": "AAAA" }]), KeySetProblem::Secret),
            (json!([with(ec("a"), "x", "AAAA")]), KeySetProblem::BrokenKey),
            (json!([with(ec("a"), "y", "not base64!")]), KeySetProblem::BrokenKey),
            (
                json!([{ "kty": "RSA", "kid": "a", "n": URL_SAFE_NO_PAD.encode([1; 128]), "e": "AQAB" }]),
                KeySetProblem::BrokenKey,
            ),
            (json!([with(ec("a"), "use", "enc")]), KeySetProblem::NoKey),
            (json!([with(ec("a"), "key_ops", json!(["encrypt"]))]), KeySetProblem::NoKey),
            (json!([with(ec("a"), "kid", 1)]), KeySetProblem::NoKey),
            (json!([with(ec("a"), "crv", "P-384")]), KeySetProblem::NoKey),
        ] {
            assert_eq!(parse(&keys).err(), Some(problem), "{keys}");
        }
        assert_eq!(KeySet::parse(br#"{"keys":[],"keys":[]}"#).err(), Some(KeySetProblem::Malformed));
        assert_eq!(KeySet::read(Path::new("/nonexistent/keys")).err(), Some(KeySetProblem::Unreadable));
    }

    #[test]
    fn keys_of_an_unknown_kind_are_passed_over() {
        let set =
            parse(&json!([{ "kty": "AKP", "kid": "new" }, with(ec("x"), "use", "enc"), ec("a")])).unwrap();
        assert!(set.find("a").is_some() && set.find("new").is_none() && set.find("x").is_none());
    }
}
