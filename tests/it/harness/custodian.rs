use std::sync::{Arc, Mutex};

use sluis::contract::v1::custodian_service_server::{CustodianService, CustodianServiceServer};
use sluis::contract::v1::*;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

use super::{ACCARE, Setting};

/// A custodian that answers when it is told to: there is time for something to happen while it is asked.
#[derive(Clone)]
pub struct HeldUp {
    pub port: u16,
    asked: Arc<Semaphore>,
    go: Arc<Semaphore>,
    /// The `traceparent` of every question.
    traces: Arc<Mutex<Vec<String>>>,
}

impl HeldUp {
    /// Takes a port, for the configuration of the gateway.
    pub async fn listen() -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let none = || Arc::new(Semaphore::new(0));
        (Self { port, asked: none(), go: none(), traces: Arc::default() }, listener)
    }

    /// Serves with the certificate of Accare.
    pub fn serve(&self, listener: TcpListener, setting: &Setting) {
        let read = |path: &str| std::fs::read_to_string(setting.path().join(path)).unwrap();
        let identity =
            Identity::from_pem(read(&format!("{ACCARE}/cert.pem")), read(&format!("{ACCARE}/key.pem")));
        let ca = Certificate::from_pem(read("ca/ca.pem"));
        let tls = ServerTlsConfig::new().identity(identity).client_ca_root(ca);
        let mut server = Server::builder().tls_config(tls).unwrap();
        let server = server.add_service(CustodianServiceServer::new(self.clone()));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    }

    /// Waits until it is asked so many times.
    pub async fn is_asked(&self, times: u32) {
        self.asked.acquire_many(times).await.unwrap().forget();
    }

    /// What it heard of traces since it was last asked here: of each question the `traceparent`, empty if there was none.
    pub fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.traces.lock().unwrap())
    }

    /// Answers so many times.
    pub fn answers(&self, times: usize) {
        self.go.add_permits(times);
    }
}

#[tonic::async_trait]
impl CustodianService for HeldUp {
    async fn fetch_fields(
        &self,
        request: Request<FetchFieldsRequest>,
    ) -> Result<Response<FetchFieldsResponse>, Status> {
        let trace = request.metadata().get("traceparent").map_or("", |trace| trace.to_str().unwrap());
        self.traces.lock().unwrap().push(trace.to_owned());
        assert!(!request.metadata().contains_key("tracestate"));
        self.asked.add_permits(1);
        self.go.acquire().await.unwrap().forget();
        let FetchFieldsRequest { custodian_reference, fields, .. } = request.into_inner();
        let text = |field| {
            let kind = value::Kind::Text("Een rustige plek".into());
            FieldValue { field, value: Some(Value { kind: Some(kind) }) }
        };
        let values = fields.into_iter().map(text).collect();
        Ok(Response::new(FetchFieldsResponse { custodian_reference, values }))
    }
}
