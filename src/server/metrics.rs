//! Metrics for Prometheus, on a port of their own. Labels are codes; no client data.

use std::sync::OnceLock;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::MetricsSettings;
use crate::server::run::ServerError;

/// Buckets for durations, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// How often samples are folded into their buckets.
const UPKEEP: std::time::Duration = std::time::Duration::from_secs(5);

/// The recorder is the process's own: it is installed once, whoever starts first.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Serves `/metrics` if that is configured.
pub(super) async fn serve(
    settings: Option<&MetricsSettings>,
    mut stopping: watch::Receiver<bool>,
) -> Result<JoinHandle<()>, ServerError> {
    let Some(settings) = settings else { return Ok(tokio::spawn(async {})) };
    let install = || PrometheusBuilder::new().set_buckets(&BUCKETS).ok()?.install_recorder().ok();
    let Some(handle) = RECORDER.get_or_init(install).clone() else {
        tracing::error!("metrics cannot be recorded; there is another recorder");
        return Ok(tokio::spawn(async {}));
    };
    let listener = TcpListener::bind(settings.listen).await.map_err(ServerError::Port)?;
    tokio::spawn(upkeep(handle.clone(), stopping.clone()));
    let app = Router::new().route("/metrics", get(move || std::future::ready(handle.render())));
    Ok(tokio::spawn(async move {
        let stop = async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        };
        if let Err(problem) = axum::serve(listener, app).with_graceful_shutdown(stop).await {
            tracing::error!(%problem, "metrics are no longer served");
        }
    }))
}

/// Histograms keep every sample until somebody looks; somebody does, so that memory stays bounded unscraped.
async fn upkeep(handle: PrometheusHandle, mut stopping: watch::Receiver<bool>) {
    let mut timer = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            _ = timer.tick() => handle.run_upkeep(),
            _ = stopping.changed() => return,
        }
    }
}
