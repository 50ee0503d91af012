//! The systems that hold the data: one stand-in for each organisation with records, a real server with mutual TLS.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::people;
use super::problem::DemoProblem;
use super::setting::Setting;
use crate::cli::keys::file;
use crate::custodian::RecordsFile;
use crate::domain::OrganisationId;
use crate::grpc::custodian_server::{CustodianServer, serve};
use crate::grpc::incoming::{Admits, Door};
use crate::identity::certificate::thumbprint;
use crate::identity::{TlsMaterial, tls};

const HANDSHAKE: Duration = Duration::from_secs(10);

/// The running stand-ins; they stop when this is dropped.
pub struct Custodians {
    /// Where each of them listens.
    pub addresses: Vec<(OrganisationId, SocketAddr)>,
    _stop: Vec<oneshot::Sender<()>>,
}

impl Custodians {
    /// Starts them all. Only the gateway comes in.
    pub async fn start(setting: &Setting) -> Result<Self, DemoProblem> {
        let gateway = thumbprint(&file::certificate(&setting.path("gateway/cert.pem"))?);
        let admits: Admits = Arc::new(move |certificate| thumbprint(certificate) == gateway);
        let (mut addresses, mut stop) = (Vec::new(), Vec::new());
        for (custodian, _) in people::RECORDS {
            let party = setting.party(custodian)?;
            let catalogue = &setting.covenant.catalogue;
            let records = RecordsFile::open(setting.path(&format!("records/{custodian}.json")), catalogue)
                .map_err(|problem| DemoProblem::Records { custodian, problem })?;
            let own = setting.party_folder(party);
            let read = |path| file::read(path).map(String::into_bytes);
            let tls = tls::server_config(TlsMaterial {
                client_ca: &read(&setting.path("gateway/ca/ca.pem"))?,
                revocation_lists: None,
                certificate_chain: &read(&own.join("cert.pem"))?,
                private_key: &read(&own.join("key.pem"))?,
            })?;
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(DemoProblem::Port)?;
            addresses.push((party.id.clone(), listener.local_addr().map_err(DemoProblem::Port)?));
            let (sender, stopped) = oneshot::channel();
            stop.push(sender);
            let door = Door::new(&tls, admits.clone(), HANDSHAKE);
            let server = CustodianServer::new(Arc::new(records), catalogue.clone());
            tokio::spawn(serve(listener, door, server, async move { drop(stopped.await) }));
        }
        Ok(Self { addresses, _stop: stop })
    }
}
