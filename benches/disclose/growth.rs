//! What a disclosure costs, and what a gateway holds in memory, as the ledger grows: with a thousand consents, a hundred thousand,
//! and as many as are asked for.

use std::fmt::Write as _;

use crate::cluster::Cluster;
use crate::figures::{GOALS, Goal, Spread};
use crate::load::Sample;
use crate::running::Running;
use crate::setting::{Engine, Plan};
use crate::{Arguments, Problem, machine, page};

/// The smaller numbers of clients, each with a consent.
const SMALLER: [u32; 2] = [1_000, 100_000];

/// What was measured with so many consents.
struct Size {
    consents: u32,
    /// At the concurrency asked for, and alone.
    samples: [Vec<Sample>; 2],
    /// KiB: just started, recorded, after the load, and at its peak.
    memory: [u32; 4],
    entries: u64,
    /// What the database takes on the disk, indexes included.
    bytes: u64,
    /// Of 100, clients found in memory.
    remembered: f64,
}

/// Measures it on both engines, and says so.
pub async fn measure(arguments: &Arguments) -> Result<(), Problem> {
    let cluster = Cluster::start(&["max_wal_size = '4GB'"]);
    let mut text = String::new();
    for (name, engine) in [("SQLite", Engine::Sqlite), ("PostgreSQL", Engine::Postgresql(&cluster))] {
        println!("{name}");
        let sizes = on(arguments, &cluster, engine).await?;
        let _ = write!(text, "\n### {name}\n\n{}", report(&sizes));
    }
    let _ = write!(
        text,
        "\n- Every client has a registration and a consent of 40 fields, each an entry. 10,000 of them, scattered over all, are asked about by \
         Zipf's distribution: the records of so many fit the custodian's file. With 1,000 all are asked about.\n\
         - {} rounds of {} s for each size in turn, with {} callers and with one. Ratios are made within a round.\n\
         - Durability as above. Machine: {}; load, gateways and the PostgreSQL server share it.\n",
        arguments.pairs,
        arguments.seconds,
        arguments.concurrency,
        machine::describe(std::path::Path::new(env!("CARGO_MANIFEST_DIR")))
    );
    println!("\n{text}");
    if arguments.write {
        let section = format!(
            "## As the ledger grows\n\nWritten by `cargo bench --bench disclose -- --part growth --clients {} --write`.\n{text}",
            arguments.clients
        );
        page::write_section("growth", &section)?;
    }
    Ok(())
}

async fn on(arguments: &Arguments, cluster: &Cluster, engine: Engine<'_>) -> Result<Vec<Size>, Problem> {
    let mut all = Vec::new();
    for consents in SMALLER.into_iter().filter(|few| *few < arguments.clients).chain([arguments.clients]) {
        println!("{consents} consents");
        let plan = Plan { clients: consents, tokens: arguments.tokens, engine, gateways: 1 };
        let mut running = Running::start(plan).await?;
        running.ask(arguments, 1, arguments.concurrency).await?;
        all.push((consents, running, [Vec::new(), Vec::new()]));
    }
    println!("measuring");
    for callers in [arguments.concurrency, 1] {
        for _ in 0..arguments.pairs {
            for (consents, running, [many, alone]) in &mut all {
                let sample = running.ask(arguments, 1, callers).await?;
                println!("{consents} consents, {callers} callers: {sample}");
                if callers == 1 { alone.push(sample) } else { many.push(sample) }
            }
        }
    }
    let mut sizes = Vec::new();
    for (consents, running, samples) in all {
        let gateway = running.gateways.first().ok_or("there is no gateway")?;
        let [_, clients, _] = gateway.caches().await?.0;
        let memory =
            [running.memory.started, running.memory.before, gateway.memory()?, gateway.peak_memory()?];
        let bytes = match &running.setting.database {
            Some(name) => {
                cluster.sql(name, &format!("select pg_database_size('{name}')")).trim().parse::<u64>()?
            }
            None => std::fs::metadata(running.setting.folder.join("sluis.db"))?.len(),
        };
        let entries = running.stop().await?;
        sizes.push(Size { consents, samples, memory, entries, bytes, remembered: clients.percent() });
    }
    Ok(sizes)
}

fn report(sizes: &[Size]) -> String {
    let (Some(small), Some(large)) = (sizes.first(), sizes.last()) else { return String::new() };
    let ratio = |which: usize, of: fn(&Sample) -> f64| {
        let figures = |size: &Size| size.samples.get(which).into_iter().flatten().map(of).collect::<Vec<_>>();
        Spread::of_ratios(figures(large).into_iter().zip(figures(small)))
    };
    let [.., after, _] = large.memory;
    let mut text = GOALS.to_owned()
        + &Goal::AtMost(1.25, 1.1).line(
            &format!("p50 at {} consents ÷ at {}", large.consents, small.consents),
            ratio(0, |s| s.p50),
        )
        + &Goal::AtMost(1.5, 1.5).line("p99, the same", ratio(0, |s| s.p99))
        + &Goal::AtMost(1.25, 1.1).line("p50 with one caller, the same", ratio(1, |s| s.p50))
        + &Goal::AtMost(300.0, 300.0)
            .line("memory of the gateway, MiB", Spread::of(std::iter::once(f64::from(after) / 1024.0)));
    text += "\n| consents | entries | req/s | p50 ms | p99 ms | p50 alone ms | p99 alone ms | clients found in memory | MiB at start | recorded | after the load | peak | MiB on the disk |\n\
             |---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    for size in sizes {
        let [many, alone] = size.samples.each_ref().map(|samples| Sample::median(samples));
        let memory = size.memory.map(|kib| (kib / 1024).to_string()).join(" | ");
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} % | {memory} | {} |",
            size.consents,
            size.entries,
            many.per_second,
            many.p50 / 1e3,
            many.p99 / 1e3,
            alone.p50 / 1e3,
            alone.p99 / 1e3,
            size.remembered,
            size.bytes >> 20
        );
    }
    text
}
