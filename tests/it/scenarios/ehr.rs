//! The own system of a care provider: it answers the gateway, and chooses its words by the purpose that it hears.

use std::collections::BTreeMap;
use std::sync::Arc;

use sluis::contract::v1::custodian_service_server::{CustodianService, CustodianServiceServer};
use sluis::contract::v1::*;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

use crate::harness::Setting;

/// A case manager is somebody of the FACT team to those who are in the know, and a contact person to a school.
#[derive(Clone)]
pub(super) struct Ehr(Arc<BTreeMap<&'static str, value::Kind>>);

impl Ehr {
    pub(super) fn holding(values: impl IntoIterator<Item = (&'static str, value::Kind)>) -> Self {
        Self(Arc::new(values.into_iter().collect()))
    }

    /// Serves in the name of this organisation.
    pub(super) fn serve(self, listener: TcpListener, organisation: &str, setting: &Setting) {
        let read = |path: String| std::fs::read_to_string(setting.path().join(path)).unwrap();
        let (certificate, key) = (format!("{organisation}/cert.pem"), format!("{organisation}/key.pem"));
        let tls = ServerTlsConfig::new()
            .identity(Identity::from_pem(read(certificate), read(key)))
            .client_ca_root(Certificate::from_pem(read("ca/ca.pem".into())));
        let server =
            Server::builder().tls_config(tls).unwrap().add_service(CustodianServiceServer::new(self));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    }

    fn value(&self, field: &str, purpose: &str) -> Option<value::Kind> {
        if field != "support.case-manager" {
            return self.0.get(field).cloned();
        }
        let (role, organisation) = match purpose {
            "education" => ("Contactpersoon", "Jeugdhulpaanbieder in Rijnmond"),
            _ => ("Casemanager", "FACT Jeugd Rijnmond"),
        };
        let contact = Contact { role: role.into(), organisation: organisation.into(), ..Default::default() };
        Some(value::Kind::Contact(contact))
    }
}

#[tonic::async_trait]
impl CustodianService for Ehr {
    async fn fetch_fields(
        &self,
        request: Request<FetchFieldsRequest>,
    ) -> Result<Response<FetchFieldsResponse>, Status> {
        let FetchFieldsRequest { custodian_reference, fields, purpose, .. } = request.into_inner();
        let told = |field: String| {
            let kind = Some(self.value(&field, &purpose)?);
            Some(FieldValue { field, value: Some(Value { kind }) })
        };
        let values = fields.into_iter().filter_map(told).collect();
        Ok(Response::new(FetchFieldsResponse { custodian_reference, values }))
    }
}
