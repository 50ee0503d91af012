//! What was measured, beside the goals.

use std::fmt;

use crate::case::{CONSENTS, FIELDS};

/// 40 fields, warm, cost at most so many single decisions.
const MOST_WARM: f64 = 5.0;
/// 40 fields, cold, cost at most so many single decisions.
const MOST_COLD: f64 = 20.0;

/// One measurement of each, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// One decision of Cedar.
    pub single: f64,
    /// 40 fields, by rules that were asked before.
    pub warm: f64,
    /// 40 fields, by rules that were just loaded.
    pub cold: f64,
}

impl Pair {
    fn warm_ratio(&self) -> f64 {
        self.warm / self.single
    }

    fn cold_ratio(&self) -> f64 {
        self.cold / self.single
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { single, warm, cold } = self;
        let (warm_ratio, cold_ratio) = (self.warm_ratio(), self.cold_ratio());
        write!(
            f,
            "single {single:.0} ns, warm {warm:.0} ns ({warm_ratio:.2}), cold {cold:.0} ns ({cold_ratio:.2})"
        )
    }
}

/// All that was measured.
pub struct Report {
    /// In the order measured.
    pub pairs: Vec<Pair>,
    /// How many of the fields are released.
    pub released: usize,
    /// Single and warm decisions a measurement.
    pub decisions: u32,
    /// Cold ones.
    pub covenants: u32,
    /// On this.
    pub machine: String,
}

impl Report {
    /// The table.
    pub fn figures(&self) -> String {
        let line = |what: &str, ratio: fn(&Pair) -> f64, goal: f64| {
            let [least, median, most] = spread(&self.pairs, ratio);
            let met = if median <= goal { "pass" } else { "**miss**" };
            format!("| {what} | {median:.2} ({least:.2} to {most:.2}) | ≤ {goal} | {met} |\n")
        };
        let [single, warm, cold] = [|p: &Pair| p.single, |p: &Pair| p.warm, |p: &Pair| p.cold]
            .map(|time: fn(&Pair) -> f64| spread(&self.pairs, time)[1] / 1e3);
        "| figure | measured | goal | |\n|---|---|---|---|\n".to_owned()
            + &line("40 fields warm ÷ one decision of Cedar", Pair::warm_ratio, MOST_WARM)
            + &line("40 fields cold ÷ one decision of Cedar", Pair::cold_ratio, MOST_COLD)
            + &format!(
                "\nMedian: one decision of Cedar {single:.1} µs, 40 fields warm {warm:.1} µs, cold {cold:.1} µs.\n"
            )
    }

    /// The section of `docs/benchmarks.md`.
    pub fn section(&self) -> String {
        let Self { pairs, released, decisions, covenants, machine } = self;
        format!(
            "## What deciding costs\n\nWritten by `cargo bench --bench decision -- --write`.\n\n{}\n\
             - {FIELDS} fields are asked for a case conference, {released} of them released, about a youth of 14 who decides with two\n  \
             parents and has {CONSENTS} consents, an older broad objection that the permit passes among them.\n\
             - One decision of Cedar: `is_authorized` on the same rules with a request that was made and checked before.\n\
             - Warm: the rules were asked about these classes of fields before; who must agree and which consent covers a\n  \
             field is worked out anew each time. Cold: a covenant that was just loaded, asked for the first time.\n\
             - {} pairs; in each, {decisions} single decisions, {decisions} warm ones and {covenants} cold ones, one after the other.\n\
             - Machine: {machine}.\n",
            self.figures(),
            pairs.len(),
        )
    }
}

/// The least, the median and the most.
fn spread(pairs: &[Pair], figure: impl Fn(&Pair) -> f64) -> [f64; 3] {
    let mut figures: Vec<f64> = pairs.iter().map(figure).collect();
    figures.sort_unstable_by(f64::total_cmp);
    let at = |at: usize| figures.get(at).copied().unwrap_or(f64::NAN);
    let last = figures.len().saturating_sub(1);
    [at(0), f64::midpoint(at(last / 2), at(last.div_ceil(2))), at(last)]
}
