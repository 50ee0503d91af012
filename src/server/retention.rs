//! Once a day, what is old enough goes.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::gateway::Gateway;

const DAY: Duration = Duration::from_hours(24);

/// Looks at the start, and every day after. A failure loses nothing, and is tried again the next day.
pub(super) async fn run(gateway: Arc<Gateway>, mut stopping: watch::Receiver<bool>) {
    let mut timer = tokio::time::interval(DAY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = timer.tick() => {}
            _ = stopping.changed() => return,
        }
        match gateway.expire().await {
            Ok(gone) if gone.entries == 0 => {}
            Ok(gone) => {
                tracing::info!(
                    entries = gone.entries,
                    clients = gone.clients,
                    "retention ended for the oldest entries"
                );
            }
            Err(problem) => tracing::error!(%problem, "what is old enough could not be let go of"),
        }
    }
}
