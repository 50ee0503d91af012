//! A custodian behind the contract's `CustodianService`, over mutual TLS.
//!
//! The connection is made at the first question and again after it broke, so a custodian that is down does not keep the
//! gateway from starting. There is no way to reach one without TLS.

use std::error::Error;
use std::pin::Pin;
use std::time::Duration;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Status, TimeoutExpired};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use zeroize::Zeroizing;

use super::{ANSWER_LIMIT, Answer, Answering, Custodian, Fetch, wire_value};
use crate::contract::v1::custodian_service_client::CustodianServiceClient;
use crate::contract::v1::{FetchFieldsRequest, FetchFieldsResponse, FieldValue};
use crate::domain::{CustodianFailure, FieldCode, OrganisationId, Value};

const KEEPALIVE: Duration = Duration::from_secs(30);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
const HEADER_LIMIT: u32 = 16 * 1024;

/// Where a custodian listens, and how both sides prove who they are.
pub struct GrpcEndpoint {
    /// Whose system it is.
    pub organisation: OrganisationId,
    /// `https://host:port`.
    pub url: String,
    /// The name in its certificate, if that is not the host of the URL.
    pub server_name: Option<String>,
    /// The authorities that may have issued its certificate: PEM, one or more.
    pub ca_pem: Vec<u8>,
    /// The gateway's own certificate and those between it and its root: PEM.
    pub certificate_pem: Vec<u8>,
    /// The private key of the gateway's certificate: PEM.
    pub key_pem: Zeroizing<Vec<u8>>,
    /// How long to wait for a connection, and then as long for the handshake.
    pub connect_timeout: Duration,
}

/// Why an endpoint is refused. The custodian is not reached to find out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrpcCustodianError {
    /// Not a URL, or one without TLS.
    #[error("the url of custodian {0} must be https://host:port")]
    Url(OrganisationId),
    /// No certificate in the file.
    #[error("the CA file of custodian {0} must hold at least one certificate in PEM, and nothing unreadable")]
    Authority(OrganisationId),
    /// The own certificate or key, or the name to expect.
    #[error(
        "for custodian {0}: give the gateway's certificate with its key in PEM, and a server name that is a host name"
    )]
    Tls(OrganisationId),
}

/// A client of one custodian.
pub struct GrpcCustodian {
    client: CustodianServiceClient<Channel>,
    health: HealthClient<Channel>,
}

impl GrpcCustodian {
    /// Prepares the connection; it is made when first needed. Call it inside a Tokio runtime.
    pub fn connect(endpoint: &GrpcEndpoint) -> Result<Self, GrpcCustodianError> {
        let organisation = || endpoint.organisation.clone();
        let unreachable = |_| GrpcCustodianError::Url(organisation());
        let channel = Endpoint::from_shared(endpoint.url.clone()).map_err(unreachable)?;
        if channel.uri().scheme_str() != Some("https") {
            return Err(GrpcCustodianError::Url(organisation()));
        }
        if !holds_certificates(&endpoint.ca_pem) {
            return Err(GrpcCustodianError::Authority(organisation()));
        }
        let channel = channel
            .connect_timeout(endpoint.connect_timeout)
            .tcp_keepalive(Some(KEEPALIVE))
            .http2_keep_alive_interval(KEEPALIVE)
            .keep_alive_timeout(KEEPALIVE_TIMEOUT)
            .http2_max_header_list_size(HEADER_LIMIT)
            .tls_config(endpoint.tls())
            .map_err(|_| GrpcCustodianError::Tls(organisation()))?
            .connect_lazy();
        let health = HealthClient::new(channel.clone());
        let client = CustodianServiceClient::new(channel).max_decoding_message_size(ANSWER_LIMIT);
        Ok(Self { client, health })
    }

    /// It need not serve health: whatever it answers, it is there, unless it says that it does not serve.
    async fn is_there(&self) -> bool {
        match self.health.clone().check(HealthCheckRequest::default()).await {
            Ok(answer) => answer.into_inner().status() != ServingStatus::NotServing,
            Err(status) => !matches!(
                status.code(),
                Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown
            ),
        }
    }

    async fn ask(&self, fetch: &Fetch, deadline: Duration) -> Answer {
        let mut request = tonic::Request::new(question(fetch)?);
        request.set_timeout(deadline);
        if let Some(Ok(trace)) = fetch.trace.as_ref().map(|trace| trace.to_string().try_into()) {
            request.metadata_mut().insert("traceparent", trace);
        }
        let response = self.client.clone().fetch_fields(request).await.map_err(|status| failure(&status))?;
        read(fetch, response.into_inner()).ok_or(CustodianFailure::CustodianAnswerInvalid)
    }
}

impl Custodian for GrpcCustodian {
    fn fetch<'a>(&'a self, fetch: &'a Fetch, deadline: Duration) -> Answering<'a> {
        Box::pin(self.ask(fetch, deadline))
    }

    fn is_reachable(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(self.is_there())
    }
}

impl GrpcEndpoint {
    fn tls(&self) -> ClientTlsConfig {
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(&self.ca_pem))
            .identity(Identity::from_pem(&self.certificate_pem, &self.key_pem))
            .timeout(self.connect_timeout);
        match &self.server_name {
            Some(name) => tls.domain_name(name),
            None => tls,
        }
    }
}

/// Without this an authority that cannot be read would be left out, and every handshake fail without saying why.
fn holds_certificates(pem: &[u8]) -> bool {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates.is_ok_and(|certificates| {
        let mut roots = rustls::RootCertStore::empty();
        !certificates.is_empty() && certificates.into_iter().all(|certificate| roots.add(certificate).is_ok())
    })
}

/// Fails for a field that the catalogue does not have: then it was not permitted under this catalogue.
fn question(fetch: &Fetch) -> Result<FetchFieldsRequest, CustodianFailure> {
    let id = |&code| fetch.catalogue.field(code).map(|field| field.id.clone());
    let fields: Option<Vec<_>> = fetch.fields.iter().map(id).collect();
    Ok(FetchFieldsRequest {
        custodian_reference: fetch.reference.to_string(),
        fields: fields.ok_or(CustodianFailure::CustodianAnswerInvalid)?,
        purpose: fetch.purpose_id.clone(),
        disclosure_id: fetch.request.to_string(),
    })
}

fn read(fetch: &Fetch, response: FetchFieldsResponse) -> Option<Vec<(FieldCode, Value)>> {
    if response.custodian_reference != fetch.reference.as_str() {
        return None;
    }
    let value = |answered: FieldValue| {
        let field = fetch.catalogue.by_id(&answered.field)?;
        Some((field.code, wire_value::from_wire(answered.value).ok()?))
    };
    response.values.into_iter().map(value).collect()
}

fn failure(status: &Status) -> CustodianFailure {
    match status.code() {
        Code::NotFound => CustodianFailure::CustodianRecordUnknown,
        Code::DeadlineExceeded => CustodianFailure::CustodianTimeout,
        _ if ran_out_of_time(status) => CustodianFailure::CustodianTimeout,
        _ => CustodianFailure::CustodianUnavailable,
    }
}

/// The client's own timer reports `CANCELLED` instead of `DEADLINE_EXCEEDED`.
fn ran_out_of_time(status: &Status) -> bool {
    std::iter::successors(status.source(), |&error| error.source()).any(<dyn Error>::is::<TimeoutExpired>)
}

#[cfg(test)]
pub(crate) mod certificates;
#[cfg(test)]
mod tests;
