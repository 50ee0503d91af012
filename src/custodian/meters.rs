//! How each custodian's system does: how long it takes, how it fails, how much it is asked at a time.

use std::time::Instant;

use metrics::{Counter, Gauge, Histogram};

use crate::domain::{CustodianFailure, OrganisationId};

/// The meters of one custodian, made once.
pub(super) struct Meters {
    duration: Histogram,
    unavailable: Counter,
    timeout: Counter,
    invalid: Counter,
    unknown: Counter,
    busy: Counter,
    asked: Gauge,
    pub(super) up: Gauge,
}

impl Meters {
    /// An organisation is in the list of parties: labels are bounded by the configuration.
    pub(super) fn of(custodian: &OrganisationId, most: usize) -> Self {
        let id = custodian.to_string();
        let failures = |reason: &'static str| metrics::counter!("sluis_custodian_failures_total", "organisation" => id.clone(), "reason" => reason);
        let gauge = |name: &'static str| metrics::gauge!(name, "organisation" => id.clone());
        gauge("sluis_custodian_questions_limit").set(f64::from(u32::try_from(most).unwrap_or(u32::MAX)));
        let up = gauge("sluis_custodian_up");
        up.set(1.0);
        Self {
            duration: metrics::histogram!("sluis_custodian_duration_seconds", "organisation" => id.clone()),
            unavailable: failures("unavailable"),
            timeout: failures("timeout"),
            invalid: failures("answer_invalid"),
            unknown: failures("record_unknown"),
            busy: failures("busy"),
            asked: gauge("sluis_custodian_questions"),
            up,
        }
    }

    /// A question begins.
    pub(super) fn asking(&self) -> Asking<'_> {
        self.asked.increment(1.0);
        Asking { meters: self, began: Instant::now() }
    }

    /// It was not asked, for as many questions are under way as may be.
    pub(super) fn too_busy(&self) {
        self.busy.increment(1);
    }
}

/// A question under way; if it is dropped its caller is gone.
pub(super) struct Asking<'a> {
    meters: &'a Meters,
    began: Instant,
}

impl Asking<'_> {
    /// It was answered, or failed so.
    pub(super) fn answered(self, failure: Option<&CustodianFailure>) {
        let meters = self.meters;
        meters.duration.record(self.began.elapsed());
        match failure {
            None => {}
            Some(CustodianFailure::CustodianUnavailable) => meters.unavailable.increment(1),
            Some(CustodianFailure::CustodianTimeout) => meters.timeout.increment(1),
            Some(CustodianFailure::CustodianAnswerInvalid) => meters.invalid.increment(1),
            Some(CustodianFailure::CustodianRecordUnknown) => meters.unknown.increment(1),
        }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.meters.asked.decrement(1.0);
    }
}
