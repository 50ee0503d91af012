//! A token issuer for development: its key pair, its public key set, and the tokens it signs.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{DecodingKey, EncodingKey, Header};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData};
use serde_json::json;
use zeroize::Zeroizing;

use super::{KeysProblem, file};
use crate::domain::{Clock, OrganisationId, Randomness, Role};
use crate::identity::{Algorithm, AuthenticationLevel};

/// Signs tokens. Its `kid` is the key's thumbprint (RFC 7638).
pub struct TokenIssuer {
    header: Header,
    private: EncodingKey,
    public: Jwk,
}

/// What a token says; the gateway checks each of these.
#[derive(Debug, Clone, Copy)]
pub struct Claims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `aud`.
    pub audience: &'a str,
    /// `sub`: the professional.
    pub subject: &'a str,
    /// `organisation`.
    pub organisation: &'a OrganisationId,
    /// `role`.
    pub role: &'a Role,
    /// `acr`.
    pub level: AuthenticationLevel,
    /// `cnf.x5t#S256`: SHA-256 of the client certificate's DER.
    pub thumbprint: [u8; 32],
    /// `exp` - `nbf`, in minutes.
    pub minutes: u16,
}

/// Whether a development issuer can sign with this algorithm.
pub fn can_sign(algorithm: Algorithm) -> bool {
    matches!(algorithm, Algorithm::Es256 | Algorithm::EdDsa)
}

impl TokenIssuer {
    /// Makes an issuer: `issuer.key.pem` (PKCS #8) and `issuer.jwks.json`.
    pub fn create(directory: &Path, algorithm: Algorithm) -> Result<Self, KeysProblem> {
        file::refuse_existing(directory, &["issuer.key.pem", "issuer.jwks.json"])?;
        let pair = KeyPair::generate_for(match algorithm {
            Algorithm::Es256 => &PKCS_ECDSA_P256_SHA256,
            Algorithm::EdDsa => &PKCS_ED25519,
            Algorithm::Rs256 | Algorithm::Ps256 => return Err(KeysProblem::Algorithm),
        })?;
        let issuer = Self::of(&pair)?;
        let set = JwkSet { keys: vec![issuer.public.clone()] };
        file::write_private(directory, "issuer.key.pem", &Zeroizing::new(pair.serialize_pem()))?;
        file::write_public(directory, "issuer.jwks.json", &format!("{}\n", json!(set)))?;
        Ok(issuer)
    }

    /// Opens the issuer with this private key file.
    pub fn open(path: &Path) -> Result<Self, KeysProblem> {
        let pem = Zeroizing::new(file::read(path)?);
        let pair = KeyPair::from_pem(&pem)
            .map_err(|_| KeysProblem::Content { path: path.to_owned(), expected: "private key in PEM" })?;
        Self::of(&pair)
    }

    /// Signs a token that is valid from now.
    pub fn mint(
        &self,
        claims: &Claims<'_>,
        clock: &impl Clock,
        randomness: &impl Randomness,
    ) -> Result<String, KeysProblem> {
        let now = clock.now().0.div_euclid(1000);
        let mut id = [0; 16];
        randomness.fill(&mut id);
        let claims = json!({
            "iss": claims.issuer,
            "aud": claims.audience,
            "sub": claims.subject,
            "organisation": claims.organisation,
            "role": claims.role,
            "acr": claims.level,
            "cnf": { "x5t#S256": URL_SAFE_NO_PAD.encode(claims.thumbprint) },
            "jti": URL_SAFE_NO_PAD.encode(id),
            "iat": now,
            "nbf": now,
            "exp": now + i64::from(claims.minutes) * 60,
        });
        Ok(jsonwebtoken::encode(&self.header, &claims, &self.private)?)
    }

    /// Signs whatever it is given.
    pub fn sign(&self, claims: &serde_json::Value) -> Result<String, KeysProblem> {
        Ok(jsonwebtoken::encode(&self.header, claims, &self.private)?)
    }

    fn of(pair: &KeyPair) -> Result<Self, KeysProblem> {
        let (algorithm, private, public) = if pair.is_compatible(&PKCS_ECDSA_P256_SHA256) {
            let public = DecodingKey::from_ec_der(pair.der_bytes());
            (jsonwebtoken::Algorithm::ES256, EncodingKey::from_ec_der(pair.serialized_der()), public)
        } else if pair.is_compatible(&PKCS_ED25519) {
            let public = DecodingKey::from_ed_der(pair.der_bytes());
            (jsonwebtoken::Algorithm::EdDSA, EncodingKey::from_ed_der(pair.serialized_der()), public)
        } else {
            return Err(KeysProblem::Algorithm);
        };
        let mut public = Jwk::from_decoding_key(&public, Some(algorithm))?;
        let kid = public.thumbprint(ThumbprintHash::SHA256)?;
        public.common.key_id = Some(kid.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        let header = Header { kid: Some(kid), ..Header::new(algorithm) };
        Ok(Self { header, private, public })
    }
}
