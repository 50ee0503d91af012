//! What proof costs: sealing alone, by how many gateways and on which engine; and afterwards, verifying a whole ledger beside hashing the same entries in memory, and a proof in a large
//! ledger beside one in a small one.
//!
//! The ledgers are written by the gateway's own writer, on a disk. Both of a pair are measured in one run, one after the other,
//! so that a busy machine slows them alike; ratios are made within a pair.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../disclose/bars.rs"]
mod bars;
#[path = "../../tests/cluster/mod.rs"]
#[expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "shared with the tests"
)]
mod cluster;
#[path = "../disclose/figures.rs"]
mod figures;
#[path = "../disclose/machine.rs"]
mod machine;
#[path = "../disclose/page.rs"]
mod page;
mod report;
mod sealing;
mod written;

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use clap::Parser;
use sluis::ledger::{Frontier, Hash, leaf_hash};

use report::{Pair, Report};
use written::Written;

/// Whatever went wrong.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Verifying, and proofs
    Proof,
    /// Sealing
    Seal,
}

/// Measures proof.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// What is measured
    #[arg(long, value_enum, default_value = "proof")]
    part: Part,
    /// For how many seconds each turn of sealing is measured
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// How many times each is measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,
    /// Entries of the large ledger
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1_000..))]
    entries: u64,
    /// Entries of the small one
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(2..))]
    small: u64,
    /// Proofs that make one measurement
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
    proofs: u32,
    /// Write the section of docs/benchmarks.md
    #[arg(long)]
    write: bool,
    /// `cargo bench` says this to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Problem> {
    let arguments = Arguments::parse();
    if cfg!(debug_assertions) {
        println!("not optimised: these figures say nothing; use cargo bench");
        if arguments.write {
            return Err("--write is for an optimised build: cargo bench --bench ledger -- --write".into());
        }
    }
    tokio::runtime::Runtime::new()?.block_on(async {
        match arguments.part {
            Part::Proof => measure(&arguments).await,
            Part::Seal => sealing::measure(&arguments).await,
        }
    })
}

async fn measure(arguments: &Arguments) -> Result<(), Problem> {
    let (large, small) = (Written::new(arguments.entries).await?, Written::new(arguments.small).await?);
    let bodies = large.bodies().await?;
    let bytes = bodies.iter().map(Vec::len).sum::<usize>() / bodies.len().max(1);
    println!("{} entries of {bytes} bytes on average", large.size);
    let mut pairs = Vec::new();
    for number in 0..=arguments.pairs {
        let pair = Pair {
            entries: large.size,
            rebuild: rebuild(&bodies, large.root().await?)?,
            verify: large.verify().await?,
            large: large.proofs(arguments.proofs).await?,
            small: small.proofs(arguments.proofs).await?,
        };
        // The first warms the caches.
        if number > 0 {
            println!("pair {number}: {pair}");
            pairs.push(pair);
        }
    }
    let machine = machine::describe(Path::new(env!("CARGO_MANIFEST_DIR")));
    let report =
        Report { pairs, entries: large.size, small: small.size, bytes, proofs: arguments.proofs, machine };
    println!("\n{}", report.figures());
    if arguments.write {
        page::write_section("ledger", &report.section())?;
    }
    Ok(())
}

/// Seconds to hash every entry and grow the tree, from memory, on one thread.
fn rebuild(bodies: &[Vec<u8>], root: Hash) -> Result<f64, Problem> {
    let started = Instant::now();
    let mut tree = Frontier::new();
    for body in bodies {
        tree.push(leaf_hash(body));
    }
    let found = black_box(tree.root());
    let took = started.elapsed().as_secs_f64();
    if found == root { Ok(took) } else { Err("the tree in memory has another root than the ledger".into()) }
}
