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

mod address;
mod archive;
mod assets;
mod charts;
mod filter;
mod frame;
mod genuine;
mod headers;
mod naming;
mod officer;
mod pages;
mod parts;
mod pressure;
mod problem;
mod reports;
mod session;
mod sign_in;
mod speech;
mod work;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::{AuthenticationLevel, Clock, OrganisationId, Timestamp};
use crate::gateway::Gateway;
use crate::identity::PseudonymKey;
use crate::identity::openid::Provider;

pub use pressure::From;
pub use session::Lifetime;

use genuine::Genuine;
use officer::Officer;
use problem::Problem;
use session::Sessions;

/// How often an address may ask: how long to wait, if it asked too often.
pub type Rates = Box<dyn Fn(IpAddr, Timestamp) -> Result<(), Duration> + Send + Sync>;

/// What the console is made of.
pub struct Parts {
    /// What it asks.
    pub gateway: Arc<Gateway>,
    /// The key that verifies checkpoints, as C2SP signed-note writes it.
    pub verifier_key: String,
    /// The name of the ledger, as on its checkpoints.
    pub origin: String,
    /// The time by which sessions end: the one by which the gateway decides.
    pub clock: Arc<dyn Clock>,
    /// The time by which sign-ins end and ID tokens are judged: the system's.
    pub system: Arc<dyn Clock>,
    /// The least that must be sure about who an officer is.
    pub minimum_level: AuthenticationLevel,
    /// Where a browser finds the console, without a slash at the end: `https://sluis.example:8445`.
    pub address: String,
    /// How long a session lasts.
    pub lifetime: Lifetime,
    /// Where officers sign in, one for each organisation.
    pub providers: Vec<Provider>,
    /// What turns an officer into a pseudonym.
    pub pseudonyms: Arc<PseudonymKey>,
    /// How long a page may take.
    pub timeout: Duration,
    /// How often an address may ask for a page.
    pub rates: Rates,
    /// How often for what pages look like: some three of these for each.
    pub looks: Rates,
    /// The most entries of the ledger among which an export looks.
    pub largest_export: u64,
    /// Design tokens of the organisation that runs it, as CSS custom properties on `:root`: they go before ours.
    pub theme: String,
    /// Those of organisations that have their own.
    pub themes: BTreeMap<OrganisationId, String>,
}

/// The console.
struct Console {
    gateway: Arc<Gateway>,
    verifier_key: String,
    origin: String,
    clock: Arc<dyn Clock>,
    system: Arc<dyn Clock>,
    minimum_level: AuthenticationLevel,
    address: String,
    lifetime: Lifetime,
    sessions: Sessions,
    flows: sign_in::Flows,
    providers: Vec<Provider>,
    pseudonyms: Arc<PseudonymKey>,
    timeout: Duration,
    rates: Rates,
    looks: Rates,
    largest_export: u64,
    theme: String,
    themes: BTreeMap<OrganisationId, String>,
    works: work::Works,
}

impl Console {
    /// 256 random bits, as text.
    fn secret(&self) -> String {
        URL_SAFE_NO_PAD.encode([self.gateway.random(), self.gateway.random()].concat())
    }
}

/// What answers every address. Requests should have [`From`] among their extensions.
pub fn router(parts: Parts) -> Router {
    let console = Arc::new(Console {
        sessions: Sessions::new(parts.lifetime),
        flows: sign_in::Flows::default(),
        gateway: parts.gateway,
        verifier_key: parts.verifier_key,
        origin: parts.origin,
        clock: parts.clock,
        system: parts.system,
        minimum_level: parts.minimum_level,
        address: parts.address,
        lifetime: parts.lifetime,
        providers: parts.providers,
        pseudonyms: parts.pseudonyms,
        timeout: parts.timeout,
        rates: parts.rates,
        looks: parts.looks,
        largest_export: parts.largest_export,
        theme: parts.theme,
        themes: parts.themes,
        works: work::Works::default(),
    });
    Router::new()
        .merge(sign_in::routes())
        .merge(pages::routes())
        .merge(reports::routes())
        .fallback(problem::no_such_page)
        .method_not_allowed_fallback(problem::no_such_page)
        .layer(axum::middleware::from_fn_with_state(console.clone(), pressure::bound))
        // Beside the pages, not among them: whoever is told to wait must be able to read that.
        .merge(
            assets::routes()
                .layer(axum::middleware::from_fn_with_state(console.clone(), pressure::bound_looks)),
        )
        .layer(axum::middleware::map_response(headers::harden))
        .with_state(console)
}
