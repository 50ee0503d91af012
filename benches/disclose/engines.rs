//! The same `Disclose` on SQLite and on PostgreSQL, by one gateway and by several, with durability and without, and with few
//! callers and many.

use std::fmt::Write as _;

use crate::bars::{self, Bars, picture};
use crate::cluster::Cluster;
use crate::figures::{GOALS, Goal, Spread};
use crate::load::Sample;
use crate::running::Running;
use crate::setting::{Engine, Plan};
use crate::{Arguments, Problem, machine, page, processors};

/// How many callers there are, from one to more than a gateway of two cores can serve at once.
const CALLERS: [usize; 5] = [1, 4, 16, 64, 256];
/// How many gateways there are over PostgreSQL.
const GATEWAYS: [usize; 3] = [1, 2, 4];
/// Turns for each number of callers.
const TURNS: usize = 3;

/// All in their turn.
struct Round {
    sqlite: Sample,
    in_memory: Sample,
    /// By [`GATEWAYS`].
    postgresql: [Sample; 3],
    /// The same.
    effort: [Effort; 3],
}

/// What the processors did meanwhile.
struct Effort {
    /// In the gateways, in microseconds for each request.
    gateways: f64,
    /// In PostgreSQL, the load and the kernel, in microseconds for each request.
    others: f64,
    /// Of 100 parts of the time, how many they had nothing to do.
    idle: f64,
}

/// One number of callers.
struct Step {
    callers: usize,
    sqlite: Vec<Sample>,
    postgresql: Vec<Sample>,
}

/// Measures it, and says so.
pub async fn measure(arguments: &Arguments) -> Result<(), Problem> {
    let cluster = Cluster::start(&[]);
    let plan =
        |engine, gateways| Plan { clients: arguments.clients, tokens: arguments.tokens, engine, gateways };
    let mut sqlite = Running::start(plan(Engine::Sqlite, 1)).await?;
    let mut in_memory = Running::start(plan(Engine::SqliteInMemory, 1)).await?;
    let mut postgresql = Running::start(plan(Engine::Postgresql(&cluster), 4)).await?;
    let version = cluster.sql("postgres", "show server_version");
    let callers = arguments.concurrency;
    println!("warming up");
    sqlite.ask(arguments, 1, callers).await?;
    in_memory.ask(arguments, 1, callers).await?;
    for gateways in GATEWAYS {
        postgresql.ask(arguments, gateways, callers).await?;
    }
    let mut rounds = Vec::new();
    for number in 1..=arguments.pairs {
        let [one, two, four] = GATEWAYS;
        let on_sqlite = sqlite.ask(arguments, 1, callers).await?;
        let one = with_effort(&mut postgresql, arguments, one).await?;
        let two = with_effort(&mut postgresql, arguments, two).await?;
        let four = with_effort(&mut postgresql, arguments, four).await?;
        let round = Round {
            sqlite: on_sqlite,
            postgresql: [one.0, two.0, four.0],
            effort: [one.1, two.1, four.1],
            in_memory: in_memory.ask(arguments, 1, callers).await?,
        };
        println!("round {number}: SQLite {}, in memory {}", round.sqlite, round.in_memory);
        for (gateways, sample) in GATEWAYS.iter().zip(&round.postgresql) {
            println!("  PostgreSQL, gateways {gateways}: {sample}");
        }
        rounds.push(round);
    }
    let mut steps = Vec::new();
    for callers in CALLERS {
        let mut step = Step { callers, sqlite: Vec::new(), postgresql: Vec::new() };
        for _ in 0..TURNS {
            step.sqlite.push(sqlite.ask(arguments, 1, callers).await?);
            step.postgresql.push(postgresql.ask(arguments, 1, callers).await?);
        }
        println!("{callers} callers: {}", row(&step));
        steps.push(step);
    }
    let memory = memory(&sqlite, &postgresql)?;
    let machine = machine::describe(&sqlite.setting.folder);
    let entries = [sqlite.stop().await?, in_memory.stop().await?, postgresql.stop().await?];
    let mut text = goals(&rounds) + &tables(arguments, &rounds, &steps);
    let _ = write!(
        text,
        "\n{memory}- Entries: {} on SQLite, {} in memory, {} on PostgreSQL; `sluis ledger verify` found each ledger whole, and in it all \
         that was acknowledged.\n\
         - Durability: SQLite with `synchronous = FULL` on {machine}; PostgreSQL {} with `fsync`, `full_page_writes` and \
         `synchronous_commit` on, its settings for the rest those it comes with, on the same disk. In memory: the same gateway with its file \
         where nothing is written to a disk.\n\
         - Load, gateways and the PostgreSQL server share the machine.\n",
        entries[0],
        entries[1],
        entries[2],
        version.trim()
    );
    println!("\n{text}");
    if arguments.write {
        let section = format!(
            "## SQLite, PostgreSQL, and several gateways\n\nWritten by `cargo bench --bench disclose -- --part engines --write`.\n\n\
             ![Disclosures a second on either engine](pictures/engines.svg)\n\n{text}"
        );
        page::write_section("engines", &section)?;
        bars::write_picture("engines.svg", &drawn(&rounds, &steps))?;
    }
    Ok(())
}

/// Asks the first so many gateways, and looks what the processors did.
async fn with_effort(
    running: &mut Running,
    arguments: &Arguments,
    gateways: usize,
) -> Result<(Sample, Effort), Problem> {
    let (own, (all, idle)) = (running.computed()?, processors::computed()?);
    let sample = running.ask(arguments, gateways, arguments.concurrency).await?;
    let (own_then, (all_then, idle_then)) = (running.computed()?, processors::computed()?);
    let (own, all, idle) = (own_then - own, all_then - all, idle_then - idle);
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 requests")]
    let requests = sample.requests as f64;
    let effort = Effort {
        gateways: own / requests,
        others: (all - own) / requests,
        idle: 100.0 * idle / (all + idle),
    };
    Ok((sample, effort))
}

fn goals(rounds: &[Round]) -> String {
    let ratio = |one: fn(&Round) -> f64, other: fn(&Round) -> f64| {
        Spread::of_ratios(rounds.iter().map(|round| (one(round), other(round))))
    };
    let sqlite = |round: &Round| round.sqlite.per_second;
    let [one, two, four] = [
        |round: &Round| round.postgresql[0].per_second,
        |round: &Round| round.postgresql[1].per_second,
        |round: &Round| round.postgresql[2].per_second,
    ];
    GOALS.to_owned()
        + &Goal::AtLeast(0.85, 0.92)
            .line("durable ÷ in memory, SQLite", ratio(sqlite, |r| r.in_memory.per_second))
        + &Goal::AtLeast(0.6, 0.8).line("PostgreSQL ÷ SQLite", ratio(one, sqlite))
        + &Goal::AtLeast(1.0, 1.0).line("two gateways ÷ one, PostgreSQL", ratio(two, one))
        + &Goal::AtLeast(1.0, 1.0).line("four gateways ÷ one, PostgreSQL", ratio(four, one))
}

fn tables(arguments: &Arguments, rounds: &[Round], steps: &[Step]) -> String {
    let mut text = format!(
        "\nRequests/s with {} callers:\n\n| round | SQLite | in memory | PostgreSQL, 1 gateway | 2 | 4 |\n|---|---|---|---|---|---|\n",
        arguments.concurrency
    );
    for (number, round) in (1..).zip(rounds) {
        let [one, two, four] = &round.postgresql;
        let rates = [&round.sqlite, &round.in_memory, one, two, four].map(|s| format!("{:.0}", s.per_second));
        let _ = writeln!(text, "| {number} | {} |", rates.join(" | "));
    }
    text += "\nWhat the processors did for each request with so many gateways over PostgreSQL, the median of each figure:\n\n\
             | gateways | in the gateways | in PostgreSQL, load and kernel | idle |\n|---|---|---|---|\n";
    for (at, gateways) in GATEWAYS.iter().enumerate() {
        let efforts = || rounds.iter().filter_map(move |round| round.effort.get(at));
        let of = |part: fn(&Effort) -> f64| Spread::of(efforts().map(part)).median;
        let (own, others, idle) = (of(|e| e.gateways), of(|e| e.others), of(|e| e.idle));
        let _ = writeln!(text, "| {gateways} | {own:.0} µs | {others:.0} µs | {idle:.0} % |");
    }
    text += "\nBy callers, the median of each figure:\n\n| callers | SQLite req/s | p50 ms | p99 ms | PostgreSQL req/s | p50 ms | p99 ms |\n\
             |---|---|---|---|---|---|---|\n";
    for step in steps {
        let _ = writeln!(text, "| {} | {} |", step.callers, row(step));
    }
    text
}

fn row(step: &Step) -> String {
    let cells = [&step.sqlite, &step.postgresql].map(|samples| {
        let Sample { per_second, p50, p99, .. } = Sample::median(samples);
        format!("{per_second:.0} | {:.2} | {:.2}", p50 / 1e3, p99 / 1e3)
    });
    cells.join(" | ")
}

fn memory(sqlite: &Running, postgresql: &Running) -> Result<String, Problem> {
    let of = |running: &Running| -> Result<String, Problem> {
        let held = running.gateways.iter().map(|gateway| gateway.memory().map(|kib| kib / 1024));
        let held = held.collect::<Result<Vec<_>, _>>()?;
        Ok(held.iter().map(u32::to_string).collect::<Vec<_>>().join(", "))
    };
    Ok(format!(
        "- Resident memory after the load: SQLite's gateway {} MiB; PostgreSQL's four {} MiB.\n",
        of(sqlite)?,
        of(postgresql)?
    ))
}

fn drawn(rounds: &[Round], steps: &[Step]) -> String {
    let median = |of: fn(&Round) -> f64| Spread::of(rounds.iter().map(of)).median;
    let by_callers = |of: fn(&Step) -> &Vec<Sample>| {
        let names = ["1 caller", "4 callers", "16 callers", "64 callers", "256 callers"];
        let rates = steps.iter().map(move |step| Sample::median(of(step)).per_second);
        names.into_iter().zip(rates).collect()
    };
    let bars = |title, values| Bars { title, unit: "", decimals: 0, values };
    picture(
        "Disclosures a second on either engine",
        &[
            bars(
                "Requests per second",
                vec![
                    ("SQLite", median(|r| r.sqlite.per_second)),
                    ("PostgreSQL", median(|r| r.postgresql[0].per_second)),
                    ("2 gateways", median(|r| r.postgresql[1].per_second)),
                    ("4 gateways", median(|r| r.postgresql[2].per_second)),
                ],
            ),
            bars("SQLite, by callers", by_callers(|step| &step.sqlite)),
            bars("PostgreSQL, by callers", by_callers(|step| &step.postgresql)),
        ],
    )
}
