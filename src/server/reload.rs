//! What changes without a restart: covenant and parties, issuers and their keys, records files, the door's certificates.
//! A bad one is refused by name, and the one that runs stays.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::Config;
use crate::custodian::file::RecordsFile;
use crate::domain::OrganisationId;
use crate::gateway::Gateway;
use crate::identity::TokenVerifier;
use crate::policy::Covenant;

/// Everything that a reload touches.
pub(super) struct Reload {
    pub file: PathBuf,
    pub gateway: Arc<Gateway>,
    pub tokens: Arc<TokenVerifier>,
    pub records: Vec<(OrganisationId, Arc<RecordsFile>)>,
    pub tls: Arc<ArcSwap<rustls::ServerConfig>>,
    /// The console's, if there is one.
    pub console: Option<Arc<ArcSwap<rustls::ServerConfig>>>,
}

impl Reload {
    /// Looks for changes at every interval, and reads everything again on SIGHUP.
    pub(super) async fn run(self, interval: Duration, mut stopping: watch::Receiver<bool>) {
        let Ok(mut hangup) = signal(SignalKind::hangup()) else {
            tracing::error!("SIGHUP cannot be received; only the regular reload works");
            return;
        };
        let mut timer = tokio::time::interval(interval);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        timer.tick().await;
        loop {
            let everything = tokio::select! {
                _ = timer.tick() => false,
                Some(()) = hangup.recv() => true,
                () = self.gateway.outdated() => false,
                _ = stopping.changed() => return,
            };
            self.rules(everything).await;
            for (issuer, problem) in self.tokens.refresh() {
                tracing::error!(issuer, %problem, "a key set was refused; its last good keys stay");
            }
        }
    }

    /// Its files did not change. Should another gateway have brought others into force, those rules are not taken back: nothing is
    /// decided here until this one has them too. If the very same are in force again, it goes on.
    async fn stay(&self, same: Covenant) {
        match self.gateway.is_in_force(Arc::new(same)).await {
            Ok(true) => {}
            Ok(false) => tracing::error!(
                "another gateway brought another covenant into force: nothing is decided here until covenant.policies and \
                 covenant.parties are the same as there"
            ),
            Err(problem) => tracing::error!(%problem, "the covenant in force cannot be read"),
        }
    }

    /// The covenant is read at every turn; a changed digest brings it into force. The rest is read when asked.
    async fn rules(&self, everything: bool) {
        let config = match Config::load(&self.file) {
            Ok(config) => config,
            Err(problem) => {
                tracing::error!(%problem, "the configuration was refused; the running one stays");
                return;
            }
        };
        let covenant = &config.settings.covenant;
        match Covenant::load(&covenant.policies, &covenant.parties) {
            Err(problem) => tracing::error!(%problem, "the covenant was refused; the running one stays"),
            Ok(new) if new.digest == self.gateway.covenant().covenant.digest => self.stay(new).await,
            Ok(new) => {
                let digest = new.digest.to_string();
                match self.gateway.adopt(Arc::new(new)).await {
                    Ok(()) => tracing::info!(digest, "a new covenant is in force"),
                    Err(problem) => {
                        tracing::error!(%problem, "the covenant was not adopted; the running one stays");
                    }
                }
            }
        }
        if everything {
            self.tokens.replace(config.issuers);
            self.tls.store(config.tls);
            if let Some((running, new)) = self.console.as_ref().zip(config.console) {
                running.store(new.tls);
            }
            let catalogue = self.gateway.covenant().covenant.catalogue.clone();
            for (organisation, records) in &self.records {
                if let Err(problem) = records.reload(&catalogue) {
                    tracing::error!(%organisation, %problem, "the records were refused; the running ones stay");
                }
            }
            tracing::info!("reloaded");
        }
    }
}
