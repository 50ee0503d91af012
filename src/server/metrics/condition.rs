//! How the gateway is, once a second, in numbers.

use crate::domain::Timestamp;
use crate::gateway::Condition;

/// A moment, as Prometheus writes it.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^52")]
pub(in crate::server) fn seconds(at: Timestamp) -> f64 {
    at.0 as f64 / 1_000.0
}

/// Sets what health looked at.
#[expect(clippy::cast_precision_loss, reason = "a ledger of 2^52 entries is far away")]
pub(in crate::server) fn condition(condition: &Condition, now: Timestamp) {
    metrics::gauge!("sluis_serving").set(f64::from(u8::from(condition.ailment.is_none())));
    let Some(pulse) = &condition.pulse else { return };
    metrics::gauge!("sluis_ledger_size").set(pulse.size as f64);
    metrics::gauge!("sluis_checkpoint_timestamp_seconds").set(seconds(pulse.at));
    // Where the database has the same clock, what can be seen of a clock is that it went back.
    let skew = match pulse.clock {
        Some(clock) => seconds(now) - seconds(clock),
        None => (seconds(now) - seconds(pulse.at)).min(0.0),
    };
    metrics::gauge!("sluis_clock_skew_seconds").set(skew);
}
