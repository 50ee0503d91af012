//! `sluis witness`: a witness of other ledgers (c2sp.org/tlog-witness), on a machine of another organisation.

use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::ambient::SystemClock;
use crate::cli::{Failure, logging, serve};
use crate::config::WitnessConfig;
use crate::witness::{self, Witness};

/// Witnesses until SIGTERM or SIGINT.
pub fn run(file: &Path) -> Result<(), Failure> {
    let config = WitnessConfig::load(file).map_err(|e| Failure::Usage(e.into()))?;
    logging::start(&config.settings.log);
    let clock = Arc::new(SystemClock);
    let witness = Witness::open(config.key, config.ledgers, &config.settings.state, clock)
        .map_err(|e| Failure::Integrity(e.into()))?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| Failure::Other(e.into()))?;
    runtime.block_on(async {
        let listener =
            TcpListener::bind(config.settings.listen).await.map_err(|e| Failure::Usage(e.into()))?;
        let address = listener.local_addr().map_err(|e| Failure::Other(e.into()))?;
        let shutdown = serve::asked_to_stop().map_err(|e| Failure::Other(e.into()))?;
        tracing::info!(%address, key = %witness.key(), "listening");
        witness::serve(listener, config.tls, Arc::new(witness), shutdown).await;
        tracing::info!("stopped");
        Ok(())
    })
}
