//! How many calls there are of every method, how they end, and how long they take; and the end of the span of one that is followed.
//!
//! The meters are made once, from the contract itself: a call adds to a number in memory, and looks nothing up by its labels.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};
use std::time::Instant;

use metrics::{Counter, Histogram};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::Code;

use super::trace;
use crate::contract::DESCRIPTOR;
use crate::gateway::Followed;

/// As many as gRPC has.
const CODES: usize = 17;

static METHODS: LazyLock<HashMap<String, Meters>> = LazyLock::new(|| {
    let contract = FileDescriptorSet::decode(DESCRIPTOR).unwrap_or_default();
    let mut meters = HashMap::new();
    for file in &contract.file {
        for service in &file.service {
            let service_name = format!("{}.{}", file.package(), service.name());
            let meters_of = |method: &str| (method.to_owned(), Meters::of(&service_name, method));
            meters.extend(service.method.iter().map(|method| meters_of(method.name())));
        }
    }
    meters
});

/// The meters of one method.
struct Meters {
    method: String,
    /// With its service, as spans name it.
    full_name: String,
    codes: [OnceLock<Counter>; CODES],
    duration: Histogram,
}

impl Meters {
    fn of(service: &str, method: &str) -> Self {
        let (method, full_name) = (method.to_owned(), format!("{service}/{method}"));
        let duration = metrics::histogram!("sluis_request_duration_seconds", "method" => method.clone());
        let meters = Self { method, full_name, codes: Default::default(), duration };
        meters.ended(Code::Ok, 0);
        meters
    }

    fn ended(&self, code: Code, times: u64) {
        let count = || metrics::counter!("sluis_requests_total", "method" => self.method.clone(), "code" => format!("{code:?}"));
        if let Some(place) = usize::try_from(i32::from(code)).ok().and_then(|at| self.codes.get(at)) {
            place.get_or_init(count).increment(times);
        }
    }
}

/// A call that was begun. If it is dropped its caller is gone, or its time is over.
pub(super) struct Measuring {
    meters: Option<&'static Meters>,
    followed: Followed,
    began: Instant,
    ended: bool,
}

/// A call of this method begins.
pub(super) fn begin(method: &str, followed: Followed) -> Measuring {
    Measuring { meters: METHODS.get(method), followed, began: Instant::now(), ended: false }
}

impl Measuring {
    /// It was answered so.
    pub(super) fn end(mut self, code: Code) {
        self.record(code);
    }

    fn record(&mut self, code: Code) {
        if let Some(meters) = self.meters.filter(|_| !self.ended) {
            meters.ended(code, 1);
            meters.duration.record(self.began.elapsed());
            let (outcome, failed) = trace::outcome(code);
            self.followed.end(&meters.full_name, outcome, failed);
        }
        self.ended = true;
    }
}

impl Drop for Measuring {
    fn drop(&mut self) {
        self.record(Code::Cancelled);
    }
}

/// Counts a refusal. Reasons are a fixed list of ours.
pub(super) fn refused(reason: &'static str) {
    metrics::counter!("sluis_refusals_total", "reason" => reason).increment(1);
}

/// Makes the meters, so that what never happened reads zero.
pub fn begin_metrics() {
    LazyLock::force(&METHODS);
    for reason in ["CONNECTION_BUSY", "ORGANISATION_BUSY", "DEADLINE_EXCEEDED", "RATE_LIMITED"] {
        metrics::counter!("sluis_refusals_total", "reason" => reason).increment(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_the_contract_has_its_meters_and_no_two_services_share_a_name() {
        for method in ["Disclose", "Preview", "WithdrawConsent", "ListEntries", "SetClock"] {
            assert!(begin(method, Followed::default()).meters.is_some(), "{method}");
        }
        let contract = FileDescriptorSet::decode(DESCRIPTOR).unwrap();
        let services = contract.file.iter().flat_map(|file| &file.service);
        let methods = services.map(|service| service.method.len()).sum::<usize>();
        assert_eq!(METHODS.len(), methods);
    }
}
