//! `Disclose` beside a bare echo and a stub of itself.

use std::time::Duration;

use crate::calls::{self, Disclosing, Echoing};
use crate::load::{self, Sample};
use crate::process::Server;
use crate::report::{Figures, Memory, Report, Round};
use crate::running::Running;
use crate::setting::{Engine, Plan};
use crate::{Arguments, CONNECTIONS, Problem, bars, machine, page};

/// Measures it, and says so.
pub async fn measure(arguments: &Arguments) -> Result<(), Problem> {
    let report = measured(arguments).await?;
    println!("\n{}", report.text());
    if arguments.write {
        page::write_section("disclose", &report.page())?;
        bars::write_picture("benchmark.svg", &report.picture())?;
    }
    Ok(())
}

async fn measured(arguments: &Arguments) -> Result<Report, Problem> {
    let plan =
        Plan { clients: arguments.clients, tokens: arguments.tokens, engine: Engine::Sqlite, gateways: 1 };
    let mut running = Running::start(plan).await?;
    let echo = Server::echo(&running.setting).await?;
    let echo_channels =
        running.setting.connect(running.setting.echo_port, &running.setting.recipient, CONNECTIONS).await?;
    let turn = Duration::from_secs(arguments.seconds);
    let ask_echo = async |callers: usize| -> Result<Sample, Problem> {
        load::run(&echo_channels, callers, turn, |_, channel| Echoing::new(channel)).await
    };
    let workload = running.workload.clone();
    let ask_stub = async |callers: usize| -> Result<Sample, Problem> {
        load::run(&echo_channels, callers, turn, |_, channel| {
            Disclosing::new(channel, &workload, arguments.seed)
        })
        .await
    };
    let remembered = first(&running)?.caches().await?;
    println!("warming up");
    running.ask(arguments, 1, arguments.concurrency).await?;
    ask_echo(arguments.concurrency).await?;
    ask_stub(arguments.concurrency).await?;
    let (mut rounds, mut alone, mut computed) = (Vec::new(), Vec::new(), 0.0);
    for number in 1..=arguments.pairs {
        let begin = first(&running)?.computed()?;
        let disclose = running.ask(arguments, 1, arguments.concurrency).await?;
        computed += first(&running)?.computed()? - begin;
        let echo = ask_echo(arguments.concurrency).await?;
        let round = Round { disclose, echo, stub: ask_stub(arguments.concurrency).await? };
        println!("round {number}: {round}");
        rounds.push(round);
    }
    for _ in 0..arguments.pairs {
        let disclose = running.ask(arguments, 1, 1).await?;
        let round = Round { disclose, echo: ask_echo(1).await?, stub: ask_stub(1).await? };
        println!("one caller: {round}");
        alone.push(round);
    }
    let caches = first(&running)?.caches().await?.since(&remembered);
    let gateway = first(&running)?;
    let memory = Memory { recorded: running.memory, after: gateway.memory()?, peak: gateway.peak_memory()? };
    let answer_bytes = calls::answer_bytes(running.channels(), &workload, arguments.seed + (1 << 60)).await?;
    let answered = running.answered() + 1;
    drop((echo_channels, echo));
    let machine = machine::describe(&running.setting.folder);
    let entries = running.stop().await?;
    let figures = Figures { rounds, alone, computed, memory, caches, entries, answered, answer_bytes };
    Ok(Report { arguments: arguments.clone(), figures, machine })
}

fn first(running: &Running) -> Result<&crate::process::Gateway, Problem> {
    running.gateways.first().ok_or_else(|| "there is no gateway".into())
}
