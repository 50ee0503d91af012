//! The pages. Each is a file: what it asks of the gateway, and the template that shows it.

mod client;
mod clients;
mod consent;
mod covenant;
mod differences;
mod dossier;
mod emergencies;
mod entries;
mod entry;
mod export;
mod forms;
mod letter;
mod listing;
mod overview;
mod received;
mod replay;
mod rules;
mod tally;
mod verdict;
mod verify;
mod versions;
mod waiting;
mod written;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Console;

pub(super) use verify::Head;

/// The addresses of all pages.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/", get(overview::overview))
        .route("/emergencies", get(emergencies::emergencies))
        .route("/emergencies/{index}", post(emergencies::review))
        .route("/covenant", get(covenant::covenant))
        .route("/covenant/versions", get(versions::versions))
        .route("/covenant/differences", get(differences::differences))
        .route("/verify", get(verify::verify))
        .route("/entries", get(entries::entries))
        .route("/entries/export", post(export::export))
        .route("/entries/professional", post(entries::professional))
        .route("/entries/{index}", get(entry::entry))
        .route("/entries/{index}/receipt", get(verify::receipt))
        .route("/entries/{index}/replay", post(replay::replay))
        .route("/entries/{index}/verdict", post(verdict::judge))
        .route("/clients", get(clients::form).post(clients::find))
        .route("/clients/{handle}", get(client::client))
        .route("/clients/{handle}/letter", get(letter::for_the_client).post(letter::for_somebody))
        .route("/clients/{handle}/dossier", post(dossier::dossier))
        .route("/clients/{handle}/consents/{id}", get(consent::consent))
}
