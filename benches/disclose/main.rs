//! What consent and proof cost: `Disclose` with 40 fields beside a bare echo, over the same mutual TLS.
//!
//! Both servers run as processes of their own and are asked in turn by the same callers in one run, so that a busy
//! machine slows both. Every answer is checked, and an answer that is wrong ends the benchmark; so does a ledger that
//! does not verify afterwards. Missing a floor does not: it is a figure, and stands in the report.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod bars;
mod calls;
mod covenant;
mod echo;
mod load;
mod machine;
mod page;
mod population;
mod process;
mod random;
mod report;
mod setting;
mod wire;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;

use calls::{Disclosing, Echoing, Workload};
use load::Sample;
use process::{Gateway, Server};
use report::{Figures, Memory, Pair, Report};
use setting::Setting;
use tokio::signal::unix::{SignalKind, signal};

/// As the gateway has, so that the load and the echo are not slower for another reason.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever went wrong.
type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Connections of the load, shared by its callers.
const CONNECTIONS: usize = 8;

/// Measures `Disclose` beside a bare echo.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// How many pairs of `Disclose` and echo are measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    pairs: u8,
    /// For how many seconds each half of a pair is measured
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many clients there are, each with a consent (the records of some 10,000 fit the gateway's limit of a file)
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
    /// Write the section of docs/benchmarks.md and its picture
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
    let setting = Setting::make(arguments.clients, arguments.tokens)?;
    let result = measure_in(&setting, &arguments).await;
    if result.is_err() {
        println!("the gateway said last:\n{}", setting.end_of_log());
    }
    let report = result?;
    println!("\n{}", report.text());
    if arguments.write {
        page::write_section("disclose", &report.page())?;
        let picture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures/benchmark.svg");
        std::fs::create_dir_all(picture.parent().ok_or("a file is in a folder")?)?;
        std::fs::write(picture, report.picture())?;
    }
    Ok(())
}

async fn measure_in(setting: &Setting, arguments: &Arguments) -> Result<Report, Problem> {
    let gateway = Gateway::start(setting).await?;
    let echo = Server::echo(setting)?;
    let started = gateway.memory()?;
    let recorder = setting.connect(setting.gateway_port, &setting.custodian, CONNECTIONS).await?;
    population::record(setting, &recorder).await?;
    drop(recorder);

    let workload = Workload::new(setting)?;
    let gateway_channels = setting.connect(setting.gateway_port, &setting.recipient, CONNECTIONS).await?;
    let echo_channels = setting.connect(setting.echo_port, &setting.recipient, CONNECTIONS).await?;
    let mut turn = 0;
    let mut disclose = async |callers: usize| -> Result<Sample, Problem> {
        turn += 1;
        let seed = |caller: usize| arguments.seed + (turn << 32) + u64::try_from(caller).unwrap_or_default();
        let caller = |at, channel| Disclosing::new(channel, &workload, seed(at));
        load::run(&gateway_channels, callers, Duration::from_secs(arguments.seconds), caller).await
    };
    let ask_echo = async |callers: usize| -> Result<Sample, Problem> {
        let caller = |_, channel| Echoing::new(channel);
        load::run(&echo_channels, callers, Duration::from_secs(arguments.seconds), caller).await
    };

    let before = gateway.memory()?;
    let remembered = gateway.caches().await?;
    let mut answered = 0;
    let mut alone = Vec::new();
    let mut pairs = Vec::new();
    println!("warming up");
    answered += disclose(arguments.concurrency).await?.requests;
    ask_echo(arguments.concurrency).await?;
    let mut computed = 0.0;
    for number in 1..=arguments.pairs {
        let begin = gateway.computed()?;
        let pair = Pair {
            disclose: disclose(arguments.concurrency).await?,
            echo: ask_echo(arguments.concurrency).await?,
        };
        computed += gateway.computed()? - begin;
        println!("pair {number}: {pair}");
        answered += pair.disclose.requests;
        pairs.push(pair);
    }
    for _ in 0..arguments.pairs.min(3) {
        let pair = Pair { disclose: disclose(1).await?, echo: ask_echo(1).await? };
        println!("one caller: {pair}");
        answered += pair.disclose.requests;
        alone.push(pair);
    }
    let caches = gateway.caches().await?.since(&remembered);
    let memory = Memory { started, before, after: gateway.memory()?, peak: gateway.peak_memory()? };
    let answer_bytes = calls::answer_bytes(&gateway_channels, &workload, arguments.seed).await?;
    answered += 1;
    drop((gateway_channels, echo_channels, echo));
    gateway.stop().await?;

    let recorded = u64::from(arguments.clients) * 2 + answered;
    let entries = process::verified_entries(setting)?;
    if entries < recorded {
        return Err(
            format!("{recorded} changes and disclosures were acknowledged, {entries} are recorded").into()
        );
    }
    let figures = Figures { pairs, alone, computed, memory, caches, entries, answered, answer_bytes };
    Ok(Report { arguments: arguments.clone(), figures, machine: machine::describe(&setting.folder) })
}
