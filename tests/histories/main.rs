//! The withdrawal barrier (promise 3), proven on histories: many callers at once, at three replicas that are delayed at every step and
//! killed at any; and a checker that looks for an order in which one client's consents alone would have answered the same.
//!
//! Linearizability composes: a ledger of many clients keeps it if each client's history does. So a run over some hundred clients
//! at once is some hundred histories. `docs/histories.md` says what is asked, specified and not covered.
//!
//! Variables: `SLUIS_HISTORIES`, how many (1,000 unless told; 10,000 in `tests/run`); `SLUIS_SEED`; and `SLUIS_HISTORIES_FOLDER`, where they are
//! written for another checker. A seed repeats what is asked, every delay and every blow; what comes of them is the machine's as well.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unnecessary_wraps,
    clippy::format_push_string,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a test stops at the first thing that is not so, says its seed, and stands outside the gateway"
)]

mod barrier;
mod calls;
mod checker;
mod client;
#[path = "../it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the integration tests use the rest")]
mod harness;
mod history;
mod plan;
mod processes;
#[path = "../reference/random.rs"]
#[expect(dead_code, reason = "the reference model uses the rest")]
mod random;
#[path = "../it/records.rs"]
mod records;
mod replica;
mod run;
mod wire;

use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use run::{Outcome, Run};
use wire::Barrier;

/// As told, or a new one.
fn seed() -> u64 {
    std::env::var("SLUIS_SEED")
        .map_or_else(|_| RandomState::new().hash_one(std::process::id()) >> 1, |seed| seed.parse().unwrap())
}

fn histories() -> usize {
    std::env::var("SLUIS_HISTORIES").map_or(1000, |histories| histories.parse().unwrap())
}

async fn play(what: &str, run: Run) -> Outcome {
    let start = Instant::now();
    let outcome = run.play().await;
    println!("{what}, seed {}, {} seconds: {}", run.seed, start.elapsed().as_secs(), outcome.counts);
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_three_replicas_that_are_killed_on_postgresql_every_history_is_linearizable() {
    let run = Run { seed: seed(), histories: histories(), replicas: Some(3), barrier: Barrier::Whole };
    let Outcome { counts, shown, .. } = play("three replicas on PostgreSQL", run).await;
    assert!(shown.is_empty(), "SLUIS_SEED={}\n{}", run.seed, shown.join("\n"));
    assert_eq!(counts.histories, run.histories);
    if run.histories >= 500 {
        assert!(counts.raced * 10 > counts.histories * 3, "too little happened at once");
        assert!(counts.kills > 5 && counts.unknown > 50 && counts.sent_back > 50, "too little went wrong");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_barrier_on_postgresql_is_found_within_a_hundred_histories() {
    use Barrier::{Unchecked, UncheckedForDisclosures};
    let new = seed();
    let broken =
        [(Unchecked, 1), (UncheckedForDisclosures, 2), (Unchecked, new), (UncheckedForDisclosures, new ^ 1)];
    for (barrier, seed) in broken {
        let run = Run { seed, histories: 100, replicas: Some(3), barrier };
        let outcome = play(&format!("{barrier:?}"), run).await;
        println!("  the first that nothing explains is {:?}", outcome.first);
        if seed == 2 {
            println!("{}", outcome.shown.first().map_or("", String::as_str));
        }
        assert!(outcome.counts.violations > 0, "seed {seed}: nobody noticed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_one_gateway_that_is_killed_keeps_every_history_linearizable() {
    let run =
        Run { seed: seed(), histories: histories().min(2000) / 4, replicas: None, barrier: Barrier::Whole };
    let Outcome { counts, shown, .. } = play("one gateway on SQLite", run).await;
    assert!(shown.is_empty(), "SLUIS_SEED={}\n{}", run.seed, shown.join("\n"));
    assert!(run.histories < 100 || (counts.kills > 0 && counts.unknown > 0), "too little went wrong");
}
