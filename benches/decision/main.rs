//! What deciding costs: 40 fields against the shipped covenant, beside one single decision of Cedar.
//!
//! All three are measured in turn in one run, so that a busy machine slows them alike; ratios are made within a pair.
//! Warm, the covenant remembers what its rules said of each class of fields; cold, it was just loaded. Who must agree,
//! and which consent covers a field, is worked out anew every time: that is never remembered.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod case;
#[path = "../disclose/machine.rs"]
mod machine;
#[path = "../disclose/page.rs"]
mod page;
mod report;

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use clap::Parser;
use sluis::policy::Covenant;

use case::Case;
use report::{Pair, Report};

/// Whatever went wrong.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Measures decisions.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// How many times each of the three is measured
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,
    /// How many single decisions, and warm ones of 40 fields, make one measurement
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
    decisions: u32,
    /// How many covenants are loaded, and asked once each, for one cold measurement
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    covenants: u32,
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
            return Err("--write is for an optimised build: cargo bench --bench decision -- --write".into());
        }
    }
    let covenant = shipped()?;
    let case = Case::of(&covenant)?;
    case.check(&covenant)?;
    let mut pairs = Vec::new();
    pair(&arguments, &covenant, &case)?;
    for number in 1..=arguments.pairs {
        let pair = pair(&arguments, &covenant, &case)?;
        println!("pair {number}: {pair}");
        pairs.push(pair);
    }
    let machine = machine::describe(Path::new(env!("CARGO_MANIFEST_DIR")));
    let released = case.decide(&covenant).permitted().len();
    let report =
        Report { pairs, released, decisions: arguments.decisions, covenants: arguments.covenants, machine };
    println!("\n{}", report.figures());
    if arguments.write {
        page::write_section("decision", &report.section())?;
    }
    Ok(())
}

fn shipped() -> Result<Covenant, Problem> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(Covenant::load(&root.join("policies"), &root.join("deploy/parties.toml"))?)
}

/// In nanoseconds for one.
fn pair(arguments: &Arguments, covenant: &Covenant, case: &Case) -> Result<Pair, Problem> {
    let single = case.single(covenant).ok_or("the case does not fit the covenant")?;
    let fresh: Vec<Covenant> = (0..arguments.covenants).map(|_| shipped()).collect::<Result<_, _>>()?;
    let decisions = || 0..arguments.decisions;
    Ok(Pair {
        single: each(decisions(), |_| {
            black_box(single());
        }),
        warm: each(decisions(), |_| {
            black_box(case.decide(covenant));
        }),
        cold: each(fresh.iter(), |covenant| {
            black_box(case.decide(covenant));
        }),
    })
}

fn each<T>(of: impl ExactSizeIterator<Item = T>, mut run: impl FnMut(T)) -> f64 {
    let count = f64::from(u32::try_from(of.len()).unwrap_or(u32::MAX));
    let started = Instant::now();
    of.for_each(&mut run);
    started.elapsed().as_secs_f64() * 1e9 / count
}
