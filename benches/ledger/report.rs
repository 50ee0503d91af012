//! What was measured, beside the goals.

use std::fmt;

/// Verifying is at least so fast, as a part of the speed of hashing from memory.
const LEAST_VERIFY: f64 = 0.5;
/// A proof in the large ledger costs at most so many in the small one.
const MOST_PROOF: f64 = 3.0;

/// One measurement of each, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// How many entries the large ledger has.
    pub entries: u64,
    /// Hashing all entries and growing the tree, from memory.
    pub rebuild: f64,
    /// Verifying the database.
    pub verify: f64,
    /// One proof in the large ledger.
    pub large: f64,
    /// One in the small one.
    pub small: f64,
}

impl Pair {
    fn verify_ratio(&self) -> f64 {
        self.rebuild / self.verify
    }

    fn proof_ratio(&self) -> f64 {
        self.large / self.small
    }

    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 entries")]
    fn per_second(&self, seconds: f64) -> f64 {
        self.entries as f64 / seconds
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "rebuild {:.0}/s, verify {:.0}/s ({:.2}), proof {:.1} µs and {:.1} µs ({:.2})",
            self.per_second(self.rebuild),
            self.per_second(self.verify),
            self.verify_ratio(),
            self.large * 1e6,
            self.small * 1e6,
            self.proof_ratio(),
        )
    }
}

/// All that was measured.
pub struct Report {
    /// In the order measured.
    pub pairs: Vec<Pair>,
    /// Entries of the large ledger.
    pub entries: u64,
    /// Of the small one.
    pub small: u64,
    /// Bytes of an entry, on average.
    pub bytes: usize,
    /// Proofs a measurement.
    pub proofs: u32,
    /// On this.
    pub machine: String,
}

impl Report {
    /// The table.
    pub fn figures(&self) -> String {
        let line = |what: &str, ratio: fn(&Pair) -> f64, goal: String, met: fn(f64) -> bool| {
            let [least, median, most] = spread(&self.pairs, ratio);
            let met = if met(median) { "pass" } else { "**miss**" };
            format!("| {what} | {median:.2} ({least:.2} to {most:.2}) | {goal} | {met} |\n")
        };
        let Self { entries, small, .. } = self;
        let [rebuild, verify] = [|p: &Pair| p.per_second(p.rebuild), |p: &Pair| p.per_second(p.verify)]
            .map(|rate: fn(&Pair) -> f64| spread(&self.pairs, rate)[1]);
        let [large, little] = [|p: &Pair| p.large * 1e6, |p: &Pair| p.small * 1e6]
            .map(|time: fn(&Pair) -> f64| spread(&self.pairs, time)[1]);
        "| figure | measured | goal | |\n|---|---|---|---|\n".to_owned()
            + &line(
                &format!("entries/s of `sluis ledger verify` ÷ of hashing from memory, {entries} entries"),
                Pair::verify_ratio,
                format!("≥ {LEAST_VERIFY}"),
                |ratio| ratio >= LEAST_VERIFY,
            )
            + &line(
                &format!("a proof at {entries} entries ÷ one at {small}"),
                Pair::proof_ratio,
                format!("≤ {MOST_PROOF}"),
                |ratio| ratio <= MOST_PROOF,
            )
            + &format!(
                "\nMedian: {rebuild:.0} entries/s hashed from memory, {verify:.0} verified; a proof {large:.0} µs and {little:.0} µs.\n"
            )
    }

    /// The section of `docs/benchmarks.md`.
    pub fn section(&self) -> String {
        let Self { pairs, bytes, proofs, machine, .. } = self;
        format!(
            "## What proof costs afterwards\n\nWritten by `cargo bench --bench ledger -- --write`.\n\n{}\n\
             - Ledgers on a disk, by the gateway's own writer: disclosures of 40 fields, {bytes} bytes an entry.\n\
             - From memory: SHA-256 of every entry and the Merkle tree over them, on one thread.\n\
             - Verifying: what `sluis ledger verify` does, on all cores, from opening the file on: every entry read, hashed and compared with\n  \
             its columns, tree, tiles and signed head, and the tables beside the ledger.\n\
             - A proof: a receipt of an entry anywhere in the ledger against its newest checkpoint, read from the database.\n\
             - {} pairs after one that is not counted; in each, all once, and {proofs} proofs in either ledger.\n\
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
