//! The privacy officer's desk: pages over the own side of the ledger.
//!
//! What is always true here:
//! 1. Nobody sees what the ledger says but who signed in and whose role may audit under the covenant of this moment: both are
//!    looked at for every page ([`Officer`]).
//! 2. Whatever tells what an entry says is asked of the gateway with who asks, and the gateway records it first.
//! 3. What changes something is a posted form that holds the session's own secret ([`Genuine`]).
//! 4. No address holds a BSN, a name or a value; no page has a script, or anything from elsewhere. What comes from a token, a
//!    covenant or an entry is written by a template that escapes it.
//! 5. A page reads as much of the ledger as it shows. What must read more goes on in the background, and says how far it is.

mod frame;
mod genuine;
mod headers;
mod officer;
mod pages;
mod problem;
mod session;
mod sign_in;
mod speech;

use std::sync::Arc;

use axum::Router;

use crate::domain::{AuthenticationLevel, Clock};
use crate::gateway::Gateway;

pub use session::Lifetime;

use genuine::Genuine;
use officer::Officer;
use problem::Problem;
use session::Sessions;

/// What the console is made of.
pub struct Parts {
    /// What it asks.
    pub gateway: Arc<Gateway>,
    /// The key that verifies checkpoints, as C2SP signed-note writes it.
    pub verifier_key: String,
    /// The name of the ledger, as on its checkpoints.
    pub origin: String,
    /// The time by which sessions and sign-ins end: the system's.
    pub clock: Arc<dyn Clock>,
    /// The least that must be sure about who an officer is.
    pub minimum_level: AuthenticationLevel,
    /// Where a browser finds the console, without a slash at the end: `https://sluis.example:8444`.
    pub address: String,
    /// How long a session lasts.
    pub lifetime: Lifetime,
}

/// The console.
struct Console {
    gateway: Arc<Gateway>,
    verifier_key: String,
    origin: String,
    clock: Arc<dyn Clock>,
    minimum_level: AuthenticationLevel,
    address: String,
    sessions: Sessions,
}

/// What answers every address.
pub fn router(parts: Parts) -> Router {
    let Parts { gateway, verifier_key, origin, clock, minimum_level, address, lifetime } = parts;
    let sessions = Sessions::new(lifetime);
    let console = Arc::new(Console { gateway, verifier_key, origin, clock, minimum_level, address, sessions });
    Router::new()
        .merge(sign_in::routes())
        .merge(pages::routes())
        .fallback(problem::no_such_page)
        .layer(axum::middleware::map_response(headers::harden))
        .with_state(console)
}
