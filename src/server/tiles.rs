//! The ledger's tiles, on a port of their own, behind the same door as the gateway.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::Connected as _;

use crate::ambient::SystemClock;
use crate::config::Settings;
use crate::gateway::Gateway;
use crate::identity::TokenVerifier;
use crate::server::listener::accept_http1;
use crate::server::run::ServerError;
use crate::server::{Connection, ConnectionLimits, Rates};
use crate::tlog::{Peer, Readers, router};

/// Serves the tiles, if that is configured.
pub(super) async fn serve(
    settings: &Settings,
    tokens: Arc<TokenVerifier>,
    gateway: Arc<Gateway>,
    tls: Arc<ArcSwap<rustls::ServerConfig>>,
    mut stopping: watch::Receiver<bool>,
) -> Result<JoinHandle<()>, ServerError> {
    let Some(tiles) = &settings.tiles else { return Ok(tokio::spawn(async {})) };
    let listener = TcpListener::bind(tiles.listen).await.map_err(ServerError::Port)?;
    let address = listener.local_addr().map_err(ServerError::Port)?;
    let rates = Rates::new(tiles.requests_per_second.number(), tiles.burst.number());
    let readers = Readers {
        tokens,
        clock: Arc::new(SystemClock),
        minimum_level: settings.identity.minimum_level,
        rates: Box::new(move |organisation, now| rates.take(organisation, now).map_err(|retry| retry.0)),
        witnesses: tiles.witnesses.iter().cloned().collect(),
    };
    let connections = accept_http1(listener, tls, ConnectionLimits::from(&settings.server));
    let app = router(gateway, readers).into_make_service_with_connect_info::<Peer>();
    tracing::info!(%address, "serving the ledger's tiles");
    Ok(tokio::spawn(async move {
        let stop = async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        };
        let served = axum::serve(Door { connections, address }, app).with_graceful_shutdown(stop);
        if let Err(problem) = served.await {
            tracing::error!(%problem, "the ledger's tiles are no longer served");
        }
    }))
}

/// The connections of known organisations, one after the other.
struct Door {
    connections: ReceiverStream<io::Result<Connection>>,
    address: SocketAddr,
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            match self.connections.next().await {
                Some(Ok(connection)) => {
                    // One that is gone already is found out when it is read.
                    let address = connection.address().unwrap_or(self.address);
                    return (connection, address);
                }
                Some(Err(problem)) => tracing::warn!(%problem, "no connection can be accepted now"),
                None => std::future::pending().await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self(stream.io().connect_info().certificate)
    }
}
