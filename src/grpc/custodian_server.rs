//! A custodian to stand in for an EHR or a municipal system: the contract's `CustodianService` over a records file.
//!
//! Only the gateway comes in, and it gets the fields that it names, about the record that it names; a question that is not
//! exact is refused. A refusal never repeats what was asked.

use std::sync::Arc;

use tokio::net::TcpListener;
use tonic::{Request, Response, Status};

use crate::contract::v1::custodian_service_server::{CustodianService, CustodianServiceServer};
use crate::contract::v1::{FetchFieldsRequest, FetchFieldsResponse, FieldValue};
use crate::custodian::{ANSWER_LIMIT, RecordsFile, wire_value};
use crate::domain::{Catalogue, CustodianReference, FieldCode, RequestId, Value};
use crate::grpc::incoming::{Door, incoming};

const QUESTION_LIMIT: usize = 64 * 1024;
const CONCURRENT_CALLS: u32 = 128;
const HEADER_LIMIT: u32 = 16 * 1024;

/// The service.
pub struct CustodianServer {
    records: Arc<RecordsFile>,
    catalogue: Arc<Catalogue>,
}

impl CustodianServer {
    /// Answers from these records, whose fields are those of this catalogue.
    pub fn new(records: Arc<RecordsFile>, catalogue: Arc<Catalogue>) -> Self {
        Self { records, catalogue }
    }

    fn answer(&self, asked: &FetchFieldsRequest) -> Result<FetchFieldsResponse, Status> {
        let reference = CustodianReference::parse(&asked.custodian_reference)
            .map_err(|malformed| Status::invalid_argument(malformed.to_string()))?;
        if asked.purpose.is_empty() || RequestId::parse(&asked.disclosure_id).is_err() {
            return Err(Status::invalid_argument("name the purpose, and the disclosure_id as a UUID"));
        }
        let fields = self.fields(&asked.fields).ok_or_else(|| {
            Status::invalid_argument("fields must name fields of the catalogue: at least one, and none twice")
        })?;
        let values = self
            .records
            .values(&reference, &fields)
            .ok_or_else(|| Status::not_found("custodian_reference is not known here"))?;
        let values = values.into_iter().filter_map(|(code, value)| self.write(code, value)).collect();
        Ok(FetchFieldsResponse { custodian_reference: reference.to_string(), values })
    }

    fn fields(&self, ids: &[String]) -> Option<Vec<FieldCode>> {
        let mut fields = Vec::new();
        for id in ids {
            let code = self.catalogue.by_id(id)?.code;
            if fields.contains(&code) {
                return None;
            }
            fields.push(code);
        }
        (!fields.is_empty()).then_some(fields)
    }

    fn write(&self, code: FieldCode, value: Value) -> Option<FieldValue> {
        let field = self.catalogue.field(code)?.id.clone();
        Some(FieldValue { field, value: Some(wire_value::to_wire(value)) })
    }
}

#[tonic::async_trait]
impl CustodianService for CustodianServer {
    async fn fetch_fields(
        &self,
        request: Request<FetchFieldsRequest>,
    ) -> Result<Response<FetchFieldsResponse>, Status> {
        self.answer(request.get_ref()).map(Response::new)
    }
}

/// Serves until `shutdown` is ready and the running calls have been answered.
pub async fn serve(
    listener: TcpListener,
    door: Door,
    service: CustodianServer,
    shutdown: impl Future<Output = ()>,
) -> Result<(), tonic::transport::Error> {
    let service = CustodianServiceServer::new(service)
        .max_decoding_message_size(QUESTION_LIMIT)
        .max_encoding_message_size(ANSWER_LIMIT);
    tonic::transport::Server::builder()
        .max_concurrent_streams(CONCURRENT_CALLS)
        .http2_max_header_list_size(HEADER_LIMIT)
        .add_service(service)
        .serve_with_incoming_shutdown(incoming(listener, door), shutdown)
        .await
}

#[cfg(test)]
mod tests;
