//! What the tests of this folder share: a directory of their own, and an issuer that can sign anything.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::*;
use crate::domain::{OrganisationId, Timestamp};

pub(crate) const ISSUER: &str = "https://login.gemeente.example";
pub(crate) const AUDIENCE: &str = "https://sluis.example";
pub(crate) const OIN: &str = "00000099000000001000";
/// 2026-06-01T12:00:00Z.
pub(crate) const NOW: i64 = 1_780_315_200;

/// A directory that is gone when dropped.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sluis-identity-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A key that signs, and its public half.
pub(crate) struct Signer {
    pub(crate) algorithm: Algorithm,
    pub(crate) jwk: Value,
    private: EncodingKey,
}

impl Signer {
    pub(crate) fn new(algorithm: Algorithm, kid: &str) -> Self {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (private, mut jwk) = match algorithm {
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
                let point = pair.public_key().as_ref();
                let jwk =
                    json!({ "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]) });
                (EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref()), jwk)
            }
            Algorithm::EdDsa => {
                let pair = Ed25519KeyPair::generate().unwrap();
                let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) });
                (EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref()), jwk)
            }
            Algorithm::Rs256 | Algorithm::Ps256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
                let public = pair.public_key();
                let n = text(public.modulus().big_endian_without_leading_zero());
                let e = text(public.exponent().big_endian_without_leading_zero());
                let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
                (EncodingKey::from_rsa_der(&pkcs1(der.as_ref())), json!({ "kty": "RSA", "n": n, "e": e }))
            }
        };
        jwk["kid"] = kid.into();
        Self { algorithm, jwk, private }
    }

    /// A token of these very bytes, with a valid signature.
    pub(crate) fn sign_raw(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let algorithm: jsonwebtoken::Algorithm = self.algorithm.name().parse().unwrap();
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.private, algorithm).unwrap();
        format!("{message}.{signature}")
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": self.algorithm.name(), "typ": "JWT", "kid": self.jwk["kid"] })
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_raw(&self.header().to_string(), &claims.to_string())
    }
}

/// The `RSAPrivateKey` inside a PKCS #8 envelope: what follows the OCTET STRING's header of four bytes.
fn pkcs1(pkcs8: &[u8]) -> Vec<u8> {
    let at = pkcs8.windows(2).position(|pair| pair == [0x04, 0x82]).unwrap();
    pkcs8[at + 4..].to_vec()
}

/// A gateway that trusts one issuer, and that issuer.
pub(crate) struct Setting {
    pub(crate) directory: Directory,
    pub(crate) signer: Signer,
    pub(crate) verifier: TokenVerifier,
}

impl Setting {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let setting = Self::allowing(algorithm, &[algorithm]);
        setting
            .verifier
            .verify(&setting.signer.sign(&claims()), &peer(1), now())
            .expect("the token that the others differ from is valid");
        setting
    }

    pub(crate) fn allowing(algorithm: Algorithm, algorithms: &[Algorithm]) -> Self {
        let directory = Directory::new();
        let signer = Signer::new(algorithm, "key-1");
        publish(&directory, &[&signer]);
        let issuers = Issuers::load(&[config(&directory, algorithms)]).unwrap();
        let pseudonyms = Arc::new(PseudonymKey::new(&Zeroizing::new([1; 32])).unwrap());
        let verifier =
            TokenVerifier::new(TokenSettings::for_audience(AUDIENCE), issuers, pseudonyms).unwrap();
        Self { directory, signer, verifier }
    }

    /// The reason code with which a token is refused.
    pub(crate) fn refusal(&self, token: &str) -> &'static str {
        self.verifier.verify(token, &peer(1), now()).map_or_else(TokenProblem::code, |_| "accepted")
    }
}

pub(crate) fn config(directory: &Directory, algorithms: &[Algorithm]) -> IssuerConfig {
    IssuerConfig {
        issuer: ISSUER.to_owned(),
        organisation: OrganisationId::parse(OIN).unwrap(),
        algorithms: algorithms.to_vec(),
        key_set: directory.path().join("keys.json"),
    }
}

pub(crate) fn publish(directory: &Directory, signers: &[&Signer]) {
    let keys: Vec<&Value> = signers.iter().map(|signer| &signer.jwk).collect();
    std::fs::write(directory.path().join("keys.json"), json!({ "keys": keys }).to_string()).unwrap();
}

pub(crate) fn now() -> Timestamp {
    Timestamp(NOW * 1000)
}

/// A certificate of the organisation, told apart by one byte.
pub(crate) fn peer(byte: u8) -> PeerCertificate {
    PeerCertificate { organisation: OrganisationId::parse(OIN).unwrap(), thumbprint: [byte; 32] }
}

/// The claims of a token that is valid now, for `peer(1)`.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "medewerker-17", "jti": "0123456789abcdef0123456789abcdef",
        "organisation": OIN, "role": "wijkteam", "acr": "substantial",
        "nbf": NOW - 60, "iat": NOW - 60, "exp": NOW + 240,
        "cnf": { "x5t#S256": URL_SAFE_NO_PAD.encode([1; 32]) },
    })
}
