//! Signing in with OpenID Connect (Core 1.0), the side of who relies on it: authorization code flow with PKCE (RFC 7636).
//!
//! What is always true here:
//! 1. A provider speaks for one organisation. What it says of another is refused.
//! 2. A provider is asked over TLS by authorities that were named, within bounds of time and size, and is not followed elsewhere.
//! 3. An ID token is believed after its signature, issuer, audience, times, nonce and level were judged; nothing else of it is used
//!    than who it is, in which roles, and how they are called.
//! 4. No secret, code or token is in an error.

mod config;
mod https;
mod id_token;
mod known;
mod metadata;
mod problem;
mod provider;

pub use config::ProviderConfig;
pub use https::{Answer, Https, HttpsProblem, read_body};
pub use id_token::SignedIn;
pub use problem::OpenIdProblem;
pub use provider::{Begun, Provider};
