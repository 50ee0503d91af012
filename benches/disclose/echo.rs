//! What a call costs before anything is decided or recorded: a bare echo, and a stub of `Disclose` that answers messages of
//! the same shape and size to anybody.

use std::net::Ipv4Addr;
use std::path::Path;

use sluis::contract::v1::custodian_service_server::{CustodianService, CustodianServiceServer};
use sluis::contract::v1::disclosure_service_server::{DisclosureService, DisclosureServiceServer};
use sluis::contract::v1::value::Kind;
use sluis::contract::v1::{
    ConsultRequest, ConsultResponse, DiscloseRequest, DiscloseResponse, FetchFieldsRequest,
    FetchFieldsResponse, FieldValue, PreviewRequest, PreviewResponse, Value,
};
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

use crate::Problem;

/// The size of its answer.
pub const ANSWER_BYTES: usize = 2_048;
/// The tag and the length of its one field (protobuf: a tag of one byte, a varint of two).
const FRAME_BYTES: usize = 3;

struct Echo {
    answer: String,
}

#[tonic::async_trait]
impl CustodianService for Echo {
    async fn fetch_fields(
        &self,
        _: Request<FetchFieldsRequest>,
    ) -> Result<Response<FetchFieldsResponse>, Status> {
        Ok(Response::new(FetchFieldsResponse {
            custodian_reference: self.answer.clone(),
            values: Vec::new(),
        }))
    }
}

/// The size of a receipt, more or less.
const RECEIPT_BYTES: usize = 700;

/// Releases whatever is asked: no token, no consent, no record.
struct Stub;

#[tonic::async_trait]
impl DisclosureService for Stub {
    async fn disclose(&self, asked: Request<DiscloseRequest>) -> Result<Response<DiscloseResponse>, Status> {
        let value = || Some(Value { kind: Some(Kind::Text("Waarde 00000".to_owned())) });
        let release = |field| FieldValue { field, value: value() };
        Ok(Response::new(DiscloseResponse {
            entry_index: 1,
            released: asked.into_inner().requested_fields.into_iter().map(release).collect(),
            receipt: "r".repeat(RECEIPT_BYTES),
            leaf: vec![0; 32],
            ..DiscloseResponse::default()
        }))
    }

    async fn preview(&self, _: Request<PreviewRequest>) -> Result<Response<PreviewResponse>, Status> {
        Err(Status::unimplemented("a stub"))
    }

    async fn consult(&self, _: Request<ConsultRequest>) -> Result<Response<ConsultResponse>, Status> {
        Err(Status::unimplemented("a stub"))
    }
}

/// Serves both at this port, with the keys of this folder, until the process is ended.
pub async fn serve(port: u16, folder: &Path) -> Result<(), Problem> {
    let read = |name: &str| std::fs::read(folder.join("keys").join(name));
    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(read("gateway/cert.pem")?, read("gateway/key.pem")?))
        .client_ca_root(Certificate::from_pem(read("ca/ca.pem")?));
    let echo = CustodianServiceServer::new(Echo { answer: "e".repeat(ANSWER_BYTES - FRAME_BYTES) });
    Ok(Server::builder()
        .tls_config(tls)?
        .add_service(echo)
        .add_service(DisclosureServiceServer::new(Stub))
        .serve((Ipv4Addr::LOCALHOST, port).into())
        .await?)
}
