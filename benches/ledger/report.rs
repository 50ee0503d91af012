//! What was measured, beside the goals.

use std::fmt;

use crate::figures::{GOALS, Goal, Spread};

/// How fast verifying is, as a part of the speed of hashing from memory.
const VERIFY: Goal = Goal::AtLeast(0.5, 0.8);
/// How many proofs in the small ledger one in the large one costs.
const PROOF: Goal = Goal::AtMost(3.0, 2.0);

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
        let Self { entries, small, .. } = self;
        let spread = |figure: fn(&Pair) -> f64| Spread::of(self.pairs.iter().map(figure));
        let rebuild = spread(|p| p.per_second(p.rebuild)).median;
        let verify = spread(|p| p.per_second(p.verify)).median;
        let (large, little) = (spread(|p| p.large * 1e6).median, spread(|p| p.small * 1e6).median);
        let verifying =
            format!("entries/s of `sluis ledger verify` ÷ of hashing from memory, {entries} entries");
        GOALS.to_owned()
            + &VERIFY.line(&verifying, spread(Pair::verify_ratio))
            + &PROOF
                .line(&format!("a proof at {entries} entries ÷ one at {small}"), spread(Pair::proof_ratio))
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
