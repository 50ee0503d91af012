//! Metrics for Prometheus, on a port of their own. Labels are codes of ours, methods of the contract and organisations of the
//! configuration; nothing about a client.

mod condition;
mod described;
mod sampled;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::MetricsSettings;
use crate::gateway::Gateway;
use crate::server::run::ServerError;
use crate::store::Backlog;

pub(super) use condition::{condition, seconds};
pub(super) use sampled::Sampled;

/// Buckets for durations, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// Buckets for the size of a batch, in entries.
const BATCHES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// How often samples are folded into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// How often it is counted what is still to be done after releases without consent.
const BACKLOG: Duration = Duration::from_secs(30);

/// The recorder is the process's own: it is installed once, whoever starts first.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs what records, if metrics are configured. Before anything is counted: a meter that was made earlier stays silent.
pub(super) fn begin(settings: Option<&MetricsSettings>) -> Option<PrometheusHandle> {
    settings?;
    let install = || {
        let batches = Matcher::Full("sluis_batch_entries".to_owned());
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS).ok()?;
        builder.set_buckets_for_metric(batches, &BATCHES).ok()?.install_recorder().ok()
    };
    let handle = RECORDER.get_or_init(install).clone();
    if handle.is_some() {
        described::begin();
    } else {
        tracing::error!("metrics cannot be recorded; there is another recorder");
    }
    handle
}

/// Serves `/metrics`, if that is configured.
pub(super) async fn serve(
    settings: Option<&MetricsSettings>,
    handle: Option<PrometheusHandle>,
    sampled: Sampled,
    mut stopping: watch::Receiver<bool>,
) -> Result<JoinHandle<()>, ServerError> {
    let (Some(settings), Some(handle)) = (settings, handle) else { return Ok(tokio::spawn(async {})) };
    let listener = TcpListener::bind(settings.listen).await.map_err(ServerError::Port)?;
    tokio::spawn(upkeep(handle.clone(), stopping.clone()));
    tokio::spawn(count_backlog(sampled.gateway.clone(), stopping.clone()));
    let sampled = Arc::new(sampled);
    let app = Router::new().route(
        "/metrics",
        get(move || {
            sampled.sample();
            std::future::ready(handle.render())
        }),
    );
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

/// Reviews and notices that wait, and those that are late: what an alert should be set on.
async fn count_backlog(gateway: Arc<Gateway>, mut stopping: watch::Receiver<bool>) {
    let mut timer = tokio::time::interval(BACKLOG);
    loop {
        tokio::select! {
            _ = timer.tick() => {}
            _ = stopping.changed() => return,
        }
        match gateway.backlog().await {
            Ok(backlog) => backlog_gauges(backlog),
            Err(problem) => tracing::error!(%problem, "what is still to be done cannot be counted"),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 releases wait")]
fn backlog_gauges(backlog: Backlog) {
    let Backlog { reviews, reviews_overdue, notices, notices_overdue } = backlog;
    metrics::gauge!("sluis_reviews_waiting").set(reviews as f64);
    metrics::gauge!("sluis_reviews_overdue").set(reviews_overdue as f64);
    metrics::gauge!("sluis_notices_waiting").set(notices as f64);
    metrics::gauge!("sluis_notices_overdue").set(notices_overdue as f64);
}
