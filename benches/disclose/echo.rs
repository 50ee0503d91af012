//! The bare echo: what a call costs before anything is decided or recorded.

use std::net::Ipv4Addr;
use std::path::Path;

use sluis::contract::v1::custodian_service_server::{CustodianService, CustodianServiceServer};
use sluis::contract::v1::{FetchFieldsRequest, FetchFieldsResponse};
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

/// Serves at this port, with the keys of this folder, until the process is ended.
pub async fn serve(port: u16, folder: &Path) -> Result<(), Problem> {
    let read = |name: &str| std::fs::read(folder.join("keys").join(name));
    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(read("gateway/cert.pem")?, read("gateway/key.pem")?))
        .client_ca_root(Certificate::from_pem(read("ca/ca.pem")?));
    let echo = CustodianServiceServer::new(Echo { answer: "e".repeat(ANSWER_BYTES - FRAME_BYTES) });
    Ok(Server::builder().tls_config(tls)?.add_service(echo).serve((Ipv4Addr::LOCALHOST, port).into()).await?)
}
