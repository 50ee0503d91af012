use std::net::SocketAddr;
use std::time::Duration;

use sluis::contract::v1::audit_service_client::AuditServiceClient;
use sluis::contract::v1::catalogue_service_client::CatalogueServiceClient;
use sluis::contract::v1::consent_service_client::ConsentServiceClient;
use sluis::contract::v1::development_service_client::DevelopmentServiceClient;
use sluis::contract::v1::disclosure_service_client::DisclosureServiceClient;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Request, Status};

use super::Setting;

/// Adds the token to every call.
#[derive(Clone)]
pub struct Bearer(pub Option<String>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            let value: MetadataValue<_> = format!("Bearer {token}").parse().unwrap();
            request.metadata_mut().insert("authorization", value);
        }
        Ok(request)
    }
}

type Calls = InterceptedService<Channel, Bearer>;

/// Somebody with a certificate and a token.
#[derive(Clone)]
pub struct Caller {
    pub channel: Channel,
    pub token: Option<String>,
}

impl Caller {
    pub async fn connect(setting: &Setting, address: SocketAddr, organisation: &str, role: &str) -> Self {
        let channel = channel(setting, address, Some(organisation)).await.unwrap();
        let token = setting.token(organisation, role, "professional-1", organisation);
        Self { channel, token: Some(token) }
    }

    /// The same connection with another token, or none.
    pub fn with_token(&self, token: Option<String>) -> Self {
        Self { token, ..self.clone() }
    }

    fn calls(&self) -> Calls {
        InterceptedService::new(self.channel.clone(), Bearer(self.token.clone()))
    }

    pub fn disclosures(&self) -> DisclosureServiceClient<Calls> {
        DisclosureServiceClient::new(self.calls())
    }

    pub fn consents(&self) -> ConsentServiceClient<Calls> {
        ConsentServiceClient::new(self.calls())
    }

    pub fn audit(&self) -> AuditServiceClient<Calls> {
        AuditServiceClient::new(self.calls())
    }

    pub fn catalogue(&self) -> CatalogueServiceClient<Calls> {
        CatalogueServiceClient::new(self.calls())
    }

    pub fn development(&self) -> DevelopmentServiceClient<Calls> {
        DevelopmentServiceClient::new(self.calls())
    }
}

/// A connection with this organisation's certificate, or with none.
pub async fn channel(
    setting: &Setting,
    address: SocketAddr,
    organisation: Option<&str>,
) -> Result<Channel, tonic::transport::Error> {
    endpoint(setting, address, organisation).connect().await
}

/// What makes such connections.
pub fn endpoint(setting: &Setting, address: SocketAddr, organisation: Option<&str>) -> Endpoint {
    let read = |path: &str| std::fs::read_to_string(setting.path().join(path)).unwrap();
    let mut tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(read("ca/ca.pem")))
        .domain_name("localhost");
    if let Some(id) = organisation {
        tls =
            tls.identity(Identity::from_pem(read(&format!("{id}/cert.pem")), read(&format!("{id}/key.pem"))));
    }
    let endpoint = Endpoint::from_shared(format!("https://{address}")).unwrap();
    endpoint.connect_timeout(Duration::from_secs(20)).tls_config(tls).unwrap()
}
