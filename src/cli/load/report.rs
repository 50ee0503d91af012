//! What a load showed, for people.

use std::io::{self, Write};

use super::Histogram;
use super::asking::Measured;
use super::histogram::milliseconds;

/// Writes it.
pub(super) fn write(measured: &Measured, output: &mut impl Write) -> io::Result<()> {
    let Measured { answered, refused, outcomes, lasted } = measured;
    let calls = answered.total() + refused.total();
    writeln!(
        output,
        "{calls} calls in {:.1} s: {:.0} answers a second",
        lasted.as_secs_f64(),
        rate(measured)
    )?;
    for (outcome, times) in outcomes {
        writeln!(output, "  {times:>9}  {outcome}")?;
    }
    if answered.total() > 0 {
        times("answers", answered, output)?;
        write!(output, "{}", answered.picture())?;
    }
    if refused.total() > 0 {
        times("refusals", refused, output)?;
    }
    Ok(())
}

fn times(what: &str, of: &Histogram, output: &mut impl Write) -> io::Result<()> {
    let [p50, p90, p99, p999] = [500, 900, 990, 999].map(|per_mille| milliseconds(of.within(per_mille)));
    let longest = milliseconds(of.longest());
    writeln!(output, "{what}: p50 {p50}, p90 {p90}, p99 {p99}, p99.9 {p999}, longest {longest}")
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 calls")]
fn rate(measured: &Measured) -> f64 {
    measured.answered.total() as f64 / measured.lasted.as_secs_f64().max(f64::EPSILON)
}
