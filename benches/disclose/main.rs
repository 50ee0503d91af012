//! What consent and proof cost: `Disclose` with 40 fields beside a bare echo, over the same mutual TLS; on SQLite beside
//! PostgreSQL, by one gateway and by several; with few consents and with a million.
//!
//! All servers run as processes of their own and are asked in turn by the same callers in one run, so that a busy
//! machine slows all. Every answer is checked, and an answer that is wrong ends the benchmark; so does a ledger that
//! does not verify afterwards. Missing a floor does not: it is a figure, and stands in the report.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod bars;
mod calls;
#[path = "../../tests/cluster/mod.rs"]
#[expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "shared with the tests"
)]
mod cluster;
mod consent;
mod covenant;
mod echo;
mod engines;
mod figures;
mod growth;
mod load;
mod machine;
mod page;
mod population;
mod process;
mod processors;
mod random;
mod report;
mod running;
mod setting;
mod wire;

use std::path::Path;

use clap::Parser;

use tokio::signal::unix::{SignalKind, signal};

/// As the gateway has, so that the load and the echo are not slower for another reason.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever went wrong.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Connections of the load, shared by its callers.
const CONNECTIONS: usize = 8;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// `Disclose` beside an echo and a stub
    Consent,
    /// SQLite, PostgreSQL, several gateways, and more and fewer callers
    Engines,
    /// A thousand consents, a hundred thousand and a million
    Growth,
}

/// Measures `Disclose` over the wire.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// What is measured
    #[arg(long, value_enum, default_value = "consent")]
    part: Part,
    /// How many rounds are measured, in each of which everything has its turn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    pairs: u8,
    /// For how many seconds each turn is measured
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many clients there are, each with a consent; for growth, the most
    #[arg(long, default_value_t = 10_000)]
    clients: u32,
    /// How many professionals ask, each with a token
    #[arg(long, default_value_t = 1_000)]
    tokens: u32,
    /// How many requests are under way at a time
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// Which random numbers choose clients and tokens
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the section of docs/benchmarks.md, and its picture
    #[arg(long)]
    write: bool,
    /// Be the echo at this port instead, with the keys of this folder
    #[arg(long, hide = true, num_args = 2, value_names = ["PORT", "FOLDER"])]
    echo: Option<Vec<String>>,
    /// `cargo bench` says this to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Problem> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    match arguments.echo.as_deref() {
        Some([port, folder]) => runtime.block_on(echo::serve(port.parse()?, Path::new(folder))),
        Some(_) => Err("--echo needs a port and a folder".into()),
        None => runtime.block_on(async {
            let mut terminate = signal(SignalKind::terminate())?;
            // Dropping what was under way ends the processes that it started.
            tokio::select! {
                measured = measure(arguments) => measured,
                _ = terminate.recv() => Err("stopped".into()),
                _ = tokio::signal::ctrl_c() => Err("stopped".into()),
            }
        }),
    }
}

async fn measure(arguments: Arguments) -> Result<(), Problem> {
    if cfg!(debug_assertions) {
        println!("not optimised: these figures say nothing; use cargo bench");
        if arguments.write {
            return Err("--write is for an optimised build: cargo bench --bench disclose -- --write".into());
        }
    }
    println!("seed {}; {} clients, {} tokens", arguments.seed, arguments.clients, arguments.tokens);
    match arguments.part {
        Part::Consent => consent::measure(&arguments).await,
        Part::Engines => engines::measure(&arguments).await,
        Part::Growth => growth::measure(&arguments).await,
    }
}
