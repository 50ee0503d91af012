//! The only place, with [`crate::custodian`]'s client side, that says tonic and prost.
//!
//! Every method goes the same way: who is calling and may they (`calls`), read the message (`parse`), the use case, write
//! the answer (`write`). What goes wrong becomes a `Refusal`, and only there a gRPC status.

mod audit;
mod caller;
mod calls;
mod catalogue;
mod codes;
mod consent;
pub mod custodian_server;
mod decision;
mod development;
mod disclosure;
mod export;
mod follow_up;
pub mod incoming;
mod measured;
mod not_begun;
mod overview;
mod parse;
mod refusal;
mod report;
mod status;
mod trace;
mod unrecorded;
mod wording;
mod write;

use std::sync::Arc;

use tonic::service::Routes;
use tonic_health::server::HealthReporter;

use crate::ambient::DevelopmentClock;
use crate::contract::DESCRIPTOR;
use crate::contract::v1::audit_service_server::AuditServiceServer;
use crate::contract::v1::catalogue_service_server::CatalogueServiceServer;
use crate::contract::v1::consent_service_server::ConsentServiceServer;
use crate::contract::v1::development_service_server::DevelopmentServiceServer;
use crate::contract::v1::disclosure_service_server::DisclosureServiceServer;
use crate::gateway::Gateway;

pub use caller::{Edge, Rates};
pub use measured::begin_metrics;
pub use not_begun::NotBegun;
pub use trace::WaitedSince;
pub use write::explanation::explanation;

use calls::Calls;

/// How the services are served.
pub struct Options {
    /// The largest question, in bytes.
    pub question_limit: usize,
    /// The largest answer, in bytes.
    pub answer_limit: usize,
    /// Whether the contract can be asked for (gRPC server reflection).
    pub reflection: bool,
    /// The key that verifies checkpoints, as C2SP signed-note writes it.
    pub verifier_key: String,
    /// In development only: the clock that can be set.
    pub development: Option<Arc<DevelopmentClock>>,
}

/// All services, and the reporter with which the server says that it stops serving.
///
/// Fails only if the compiled contract cannot be reflected.
pub async fn services(
    gateway: Arc<Gateway>,
    edge: Arc<Edge>,
    options: Options,
) -> Result<(Routes, HealthReporter), tonic_reflection::server::Error> {
    let Options { question_limit, answer_limit, reflection, verifier_key, development } = options;
    let calls = Calls { gateway, edge };
    let (health, health_service) = tonic_health::server::health_reporter();
    let mut routes = Routes::new(health_service.max_decoding_message_size(question_limit))
        .add_service(
            DisclosureServiceServer::new(disclosure::Disclosures(calls.clone()))
                .max_decoding_message_size(question_limit)
                .max_encoding_message_size(answer_limit),
        )
        .add_service(
            ConsentServiceServer::new(consent::Consents(calls.clone()))
                .max_decoding_message_size(question_limit)
                .max_encoding_message_size(answer_limit),
        )
        .add_service(
            AuditServiceServer::new(audit::Audits { calls: calls.clone(), verifier_key })
                .max_decoding_message_size(question_limit)
                .max_encoding_message_size(answer_limit),
        )
        .add_service(
            CatalogueServiceServer::new(catalogue::Catalogues(calls.clone()))
                .max_decoding_message_size(question_limit)
                .max_encoding_message_size(answer_limit),
        );
    health.set_serving::<DisclosureServiceServer<disclosure::Disclosures>>().await;
    health.set_serving::<ConsentServiceServer<consent::Consents>>().await;
    health.set_serving::<AuditServiceServer<audit::Audits>>().await;
    health.set_serving::<CatalogueServiceServer<catalogue::Catalogues>>().await;
    if let Some(clock) = development {
        routes = routes.add_service(
            DevelopmentServiceServer::new(development::Development { calls, clock })
                .max_decoding_message_size(question_limit)
                .max_encoding_message_size(answer_limit),
        );
    }
    if reflection {
        let service = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTOR)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()?;
        routes = routes.add_service(service);
    }
    Ok((routes.prepare(), health))
}

#[cfg(test)]
mod tests;
