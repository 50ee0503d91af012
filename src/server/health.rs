//! Health that tells the truth: what balancers and operators hear is looked at again every second.
//!
//! What is always true here: while nothing can be decided or recorded, every service is `NOT_SERVING`, and the log says why, once.
//! A custodian that cannot be reached is `NOT_SERVING` under a name of its own, `custodian/<organisation>`; disclosing is only
//! where none of them can be. Consents can be recorded and withdrawn all the same.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use super::metrics;
use crate::gateway::Gateway;

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How often custodians are asked, in looks: every one is a call to them.
const CUSTODIANS_EVERY: u32 = 5;

const DISCLOSURE: &str = "sluis.v1.DisclosureService";
/// What says `NOT_SERVING`; the empty name is the gateway as a whole.
const SERVICES: [&str; 5] =
    ["", DISCLOSURE, "sluis.v1.ConsentService", "sluis.v1.AuditService", "sluis.v1.CatalogueService"];

/// What was last said, so that only changes are.
pub(super) struct Health {
    reporter: HealthReporter,
    gateway: Arc<Gateway>,
    ailment: Option<String>,
    serving: [Option<bool>; SERVICES.len()],
    unreachable: Vec<String>,
    any_reachable: bool,
}

impl Health {
    pub(super) fn new(reporter: HealthReporter, gateway: Arc<Gateway>) -> Self {
        Self {
            reporter,
            gateway,
            ailment: None,
            serving: Default::default(),
            unreachable: Vec::new(),
            any_reachable: true,
        }
    }

    /// Looks until it is told to stop; then nothing is served any more.
    pub(super) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut timer = tokio::time::interval(LOOK);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        for look in 0_u32.. {
            tokio::select! {
                _ = timer.tick() => {}
                _ = stopping.wait_for(|stop| *stop) => break,
            }
            // What takes long must not keep a stop from being told.
            tokio::select! {
                () = self.look(look.is_multiple_of(CUSTODIANS_EVERY)) => {}
                _ = stopping.wait_for(|stop| *stop) => break,
            }
        }
        self.say(false, false).await;
    }

    async fn look(&mut self, custodians: bool) {
        let condition = self.gateway.condition().await;
        metrics::condition(&condition, self.gateway.now());
        let ailment = condition.ailment.map(|ailment| ailment.to_string());
        if ailment != self.ailment {
            if let Some(reason) = &ailment {
                tracing::error!(reason, "not serving");
            } else {
                tracing::info!("serving again");
            }
            self.ailment = ailment;
        }
        let serves = self.ailment.is_none();
        self.say(serves, serves && self.any_reachable).await;
        if custodians {
            self.look_at_custodians().await;
            self.say(serves, serves && self.any_reachable).await;
        }
    }

    async fn look_at_custodians(&mut self) {
        let reached = self.gateway.reachable().await;
        self.any_reachable = reached.is_empty() || reached.iter().any(|(_, up)| *up);
        for (organisation, up) in reached {
            let name = format!("custodian/{organisation}");
            let was_up = !self.unreachable.contains(&name);
            let status = if up { ServingStatus::Serving } else { ServingStatus::NotServing };
            self.reporter.set_service_status(&name, status).await;
            match (was_up, up) {
                (true, false) => {
                    tracing::error!(%organisation, "a custodian cannot be reached: not serving for it");
                    self.unreachable.push(name);
                }
                (false, true) => {
                    tracing::info!(%organisation, "a custodian can be reached again");
                    self.unreachable.retain(|unreachable| *unreachable != name);
                }
                _ => {}
            }
        }
    }

    async fn say(&mut self, serves: bool, discloses: bool) {
        for (service, said) in SERVICES.iter().zip(&mut self.serving) {
            let serving = if *service == DISCLOSURE { discloses } else { serves };
            if said.replace(serving) != Some(serving) {
                let status = if serving { ServingStatus::Serving } else { ServingStatus::NotServing };
                self.reporter.set_service_status(*service, status).await;
            }
        }
    }
}
