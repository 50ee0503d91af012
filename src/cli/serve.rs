//! `sluis serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::cli::demo::Serving;
use crate::cli::{Failure, logging};
use crate::config::Config;
use crate::server::{self, ServerError};

/// Serves until SIGTERM or SIGINT, then drains.
pub fn run(file: &Path, adopt_covenant: bool) -> Result<(), Failure> {
    let mut config = Config::load(file).map_err(|e| Failure::Usage(e.into()))?;
    config.adopts_covenant |= adopt_covenant;
    logging::start(&config.settings.log);
    // What the thread of the database wakes waits behind so many others at most, and everybody waits for the writer.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .global_queue_interval(8)
        .build()
        .map_err(|e| Failure::Other(e.into()))?;
    runtime.block_on(async {
        let listen = config.settings.server.listen;
        let listener = TcpListener::bind(listen).await.map_err(|e| Failure::Usage(e.into()))?;
        let address = listener.local_addr().map_err(|e| Failure::Other(e.into()))?;
        let shutdown = asked_to_stop().map_err(|e| Failure::Other(e.into()))?;
        tracing::info!(%address, "listening");
        Box::pin(server::run(config, file.to_owned(), listener, shutdown)).await.map_err(|e| match e {
            ServerError::Audit(_) | ServerError::History(_) => Failure::Integrity(e.into()),
            e => Failure::Other(e.into()),
        })
    })
}

/// Done at SIGTERM or SIGINT.
pub(super) fn asked_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    })
}

/// Serves for `sluis demo`: says where it listens, and stops when it is told to.
pub fn start(file: PathBuf, shutdown: oneshot::Receiver<()>, ready: oneshot::Sender<SocketAddr>) -> Serving {
    Box::pin(async move {
        let config = Config::load(&file)?;
        logging::start(&config.settings.log);
        let listener = TcpListener::bind(config.settings.server.listen).await?;
        // Connections that come before the gateway is ready wait for it. Whoever asked may be gone.
        let _ = ready.send(listener.local_addr()?);
        let shutdown = async move {
            let _ = shutdown.await;
        };
        Box::pin(server::run(config, file, listener, shutdown)).await?;
        Ok(())
    })
}
