//! What is looked up when somebody reads the metrics: how full everything is that has a bound.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use crate::gateway::Gateway;
use crate::identity::TokenVerifier;
use crate::server::turns::Turns;

/// The size of a page of memory, in bytes.
const PAGE: u32 = 4_096;

/// Where it is looked up.
pub(in crate::server) struct Sampled {
    pub(in crate::server) gateway: Arc<Gateway>,
    pub(in crate::server) tokens: Arc<TokenVerifier>,
    pub(in crate::server) turns: Arc<Turns>,
    /// The bounds that do not change.
    pub(in crate::server) limits: Vec<(&'static str, u64)>,
    /// The covenant that was told last.
    pub(in crate::server) covenant: Mutex<String>,
}

impl Sampled {
    /// Sets the gauges.
    pub(super) fn sample(&self) {
        let in_flight = self.turns.in_flight();
        set("sluis_calls_in_flight", in_flight.taken);
        set("sluis_calls_waiting", in_flight.waiting);
        let (waiting, most) = self.gateway.ledger().waiting();
        set("sluis_seal_waiting", waiting);
        set("sluis_seal_waiting_limit", most);
        let (exports, most) = self.gateway.exports();
        set("sluis_exports", exports);
        set("sluis_exports_limit", most);
        for used in self.gateway.pools() {
            metrics::gauge!("sluis_database_connections", "pool" => used.pool).set(used.busy);
            metrics::gauge!("sluis_database_connections_limit", "pool" => used.pool).set(used.most);
        }
        let remembered =
            [("clients", self.gateway.remembered_clients()), ("tokens", self.tokens.remembered())];
        for (cache, entries) in remembered {
            metrics::gauge!("sluis_cache_entries", "cache" => cache).set(number(entries));
        }
        for &(name, limit) in &self.limits {
            metrics::gauge!(name).set(number(limit));
        }
        self.sample_covenant();
        sample_process();
    }

    /// One of them is 1: the one in force. Those before stay, at 0.
    fn sample_covenant(&self) {
        let digest = self.gateway.covenant().covenant.digest.to_string();
        let mut told = self.covenant.lock().unwrap_or_else(PoisonError::into_inner);
        if *told != digest && !told.is_empty() {
            metrics::gauge!("sluis_covenant_info", "digest" => told.clone()).set(0.0);
        }
        metrics::gauge!("sluis_covenant_info", "digest" => digest.clone()).set(1.0);
        *told = digest;
    }
}

/// Memory and open files, as Linux tells them (proc(5)); where it does not, they are left out.
fn sample_process() {
    let resident = fs::read_to_string("/proc/self/statm").ok();
    let pages = resident.and_then(|text| text.split_whitespace().nth(1)?.parse::<u64>().ok());
    if let Some(pages) = pages {
        metrics::gauge!("process_resident_memory_bytes").set(number(pages) * f64::from(PAGE));
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        set("process_open_fds", open.count());
    }
}

fn set(name: &'static str, value: usize) {
    metrics::gauge!(name).set(number(value as u64));
}

#[expect(clippy::cast_precision_loss, reason = "a gauge: far below 2^52")]
fn number(value: u64) -> f64 {
    value as f64
}
