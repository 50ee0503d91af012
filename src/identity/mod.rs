//! Who is asking.
//!
//! A system proves its organisation by the client certificate of its connection; a professional proves role and
//! assurance by a token that is bound to that very certificate. Nothing here trusts a name that was not proven, and
//! nothing keeps one: persons and clients become keyed pseudonyms (UAVG art. 46; RFC 8705; NL GOV OAuth 1.2).

pub mod certificate;
mod claims;
#[cfg(test)]
mod hostile_tokens;
pub mod issuers;
pub mod key_set;
pub mod openid;
pub mod pseudonym;
pub mod settings;
mod strict_json;
#[cfg(test)]
pub(crate) mod testing;
pub mod tls;
pub mod token;
pub mod token_problem;
pub mod verifier;

pub use certificate::{CertificateProblem, PeerCertificate};
pub use issuers::{IssuerConfig, Issuers, IssuersProblem};
pub use key_set::{Algorithm, KeySet, KeySetProblem};
pub use pseudonym::{PseudonymKey, PseudonymKeyProblem};
pub use settings::{TokenSettings, TokenSettingsProblem};
pub use tls::{TlsMaterial, TlsProblem};
pub use token::{VerifiedToken, bearer};

pub use crate::domain::AuthenticationLevel;
pub use token_problem::TokenProblem;
pub use verifier::TokenVerifier;
