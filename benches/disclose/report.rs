//! What was measured, beside the floors: as a table, as a page, and as a picture.

use std::fmt;

use crate::Arguments;
use crate::bars::{Bars, picture};
use crate::covenant::FIELDS;
use crate::echo;
use crate::figures::{GOALS, Goal, Spread};
use crate::load::Sample;
use crate::process::{CACHES, Caches};
use crate::running;

/// Requests a second, `Disclose` ÷ echo.
const RATE: Goal = Goal::AtLeast(0.25, 0.35);
/// Requests a second, `Disclose` ÷ stub.
const STUB_RATE: Goal = Goal::AtLeast(0.35, 0.5);
/// p99, `Disclose` ÷ echo.
const P99: Goal = Goal::AtMost(4.0, 2.5);
/// p50 with one caller, `Disclose` ÷ echo.
const P50_ALONE: Goal = Goal::AtMost(3.5, 2.5);
/// What the gateway holds in memory, in MiB.
const MEMORY: Goal = Goal::AtMost(200.0, 200.0);

/// `Disclose`, and the echo and the stub right after it.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// The one.
    pub disclose: Sample,
    /// The other.
    pub echo: Sample,
    /// And its likeness.
    pub stub: Sample,
}

/// What the gateway holds in memory, in KiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Before the load.
    pub recorded: running::Memory,
    /// After the load.
    pub after: u32,
    /// The most at any time, the audit and the reading of the records at start among them.
    pub peak: u32,
}

/// All that was measured.
pub struct Figures {
    /// At the concurrency asked for.
    pub rounds: Vec<Round>,
    /// With one caller.
    pub alone: Vec<Round>,
    /// By the gateway, during the pairs, in microseconds.
    pub computed: f64,
    /// Of the gateway.
    pub memory: Memory,
    /// From the first request of the warm-up.
    pub caches: Caches,
    /// In the ledger afterwards, which verifies.
    pub entries: u64,
    /// Disclosures.
    pub answered: u64,
    /// The size of one.
    pub answer_bytes: usize,
}

/// The figures, with what was asked and on which machine.
pub struct Report {
    /// As asked.
    pub arguments: Arguments,
    /// As measured.
    pub figures: Figures,
    /// On this.
    pub machine: String,
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratio = self.disclose.per_second / self.echo.per_second;
        write!(f, "Disclose {}, echo {}, stub {}, ratio {ratio:.2}", self.disclose, self.echo, self.stub)
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}/s p50 {:.2} ms p99 {:.2} ms", self.per_second, self.p50 / 1e3, self.p99 / 1e3)
    }
}

impl Report {
    /// For the terminal and, as it is Markdown, for the page.
    pub fn text(&self) -> String {
        let Self { arguments, figures, machine } = self;
        let caches = CACHES.iter().zip(&figures.caches.0);
        let found: Vec<_> = caches.map(|(name, cache)| format!("{name} {:.1} %", cache.percent())).collect();
        format!(
            "{}\nWith {} callers:\n\n{}\nWith one caller:\n\n{}\n{}\n{}\n\
             - Found in the caches, warm-up included: {}.\n\
             - {} disclosures; {} entries in the ledger, which `sluis ledger verify` found whole.\n\
             - Durability: every answer after a commit with `synchronous = FULL`, read back by the gateway.\n\
             - Machine: {machine}. Load, gateway and echo share it.\n",
            self.goals(),
            arguments.concurrency,
            table(&figures.rounds),
            table(&figures.alone),
            self.memory(),
            self.computed(),
            found.join(", "),
            figures.answered,
            figures.entries,
        )
    }

    /// The section of `docs/benchmarks.md`.
    pub fn page(&self) -> String {
        let Arguments { pairs, seconds, clients, tokens, concurrency, seed, .. } = &self.arguments;
        let (answer, echo) = (self.figures.answer_bytes, echo::ANSWER_BYTES);
        format!(
            "## What consent and proof cost\n\n`Disclose` beside a bare echo, and beside a stub of itself, over the same mutual TLS. Written by\n\
             `cargo bench --bench disclose -- --write`.\n\n\
             ![Disclose beside a bare echo](pictures/benchmark.svg)\n\n{}\n\
             ### What is measured\n\n\
             - **Disclose**: mutual TLS, token, consent, policy, fetch and durable record. {FIELDS} fields are asked and {FIELDS}\n  \
             released; an answer has about {answer} bytes. Every answer is checked: all fields in the order asked, and a receipt.\n\
             - **Echo**: a bare tonic server, mutual TLS, an empty question and an answer of {echo} bytes; no limits, no logic.\n\
             - **Stub**: the same server, the question and an answer of `Disclose`; whatever is asked is released, nothing is recorded.\n\
             - {clients} clients aged 17 with a consent of their own, asked about by Zipf's distribution (exponent 1, seed {seed});\n  \
             {tokens} tokens of as many professionals, chosen evenly; {concurrency} callers over {} connections, each of whom waits\n  \
             for the answer before the next question; every request a new one.\n\
             - {pairs} rounds of {seconds} s each, in turn after a warm-up of each. Ratios are made within a round; the\n  \
             table has their median, and the least and most.\n\
             - The gateway, the echo with the stub, and the load are three processes, each with one worker thread per core.\n\n\
             ### What differs from a gateway in use\n\n\
             - The shipped covenant, but case conference goes without its agenda and carries {FIELDS} fields that need no third\n  \
             person's agreement: no shipped purpose carries as many. The rules are those that are shipped.\n\
             - Calls per second and per connection are not limited as they are by default: the limits would bind before the gateway.\n\
             - The custodian's records are a file in the gateway's memory; a custodian behind the network adds its own time.\n\
             - Development keys, and a clock that can be set.\n",
            self.text(),
            crate::CONNECTIONS,
        )
    }

    /// `docs/pictures/benchmark.svg`.
    pub fn picture(&self) -> String {
        let of = |figure: fn(&Sample) -> f64| {
            let median = |of: fn(&Round) -> &Sample| {
                Spread::of(self.figures.rounds.iter().map(|round| figure(of(round)))).median
            };
            vec![
                ("Disclose", median(|r| &r.disclose)),
                ("echo", median(|r| &r.echo)),
                ("stub", median(|r| &r.stub)),
            ]
        };
        let bars = |title, unit, decimals, values| Bars { title, unit, decimals, values };
        picture(
            "Disclose beside a bare echo and a stub of itself",
            &[
                bars("Requests per second", "", 0, of(|s| s.per_second)),
                bars("Half answered within (p50)", " ms", 1, of(|s| s.p50 / 1e3)),
                bars("99 of 100 answered within (p99)", " ms", 1, of(|s| s.p99 / 1e3)),
            ],
        )
    }

    fn goals(&self) -> String {
        let Figures { rounds, alone, memory, .. } = &self.figures;
        let to_echo = |rounds: &[Round], of: fn(&Sample) -> f64| {
            Spread::of_ratios(rounds.iter().map(|r| (of(&r.disclose), of(&r.echo))))
        };
        let to_stub = Spread::of_ratios(rounds.iter().map(|r| (r.disclose.per_second, r.stub.per_second)));
        let memory = Spread::of(std::iter::once(mebibytes(memory.after)));
        GOALS.to_owned()
            + &RATE.line("requests/s, Disclose ÷ echo", to_echo(rounds, |s| s.per_second))
            + &STUB_RATE.line("requests/s, Disclose ÷ stub", to_stub)
            + &P99.line("p99, Disclose ÷ echo", to_echo(rounds, |s| s.p99))
            + &P50_ALONE.line("p50 with one caller, Disclose ÷ echo", to_echo(alone, |s| s.p50))
            + &MEMORY.line("memory of the gateway, MiB", memory)
    }

    fn computed(&self) -> String {
        let requests: u64 = self.figures.rounds.iter().map(|round| round.disclose.requests).sum();
        let each = self.figures.computed / f64::from(u32::try_from(requests).unwrap_or(u32::MAX));
        format!(
            "- Processor time of the gateway: {each:.0} \u{b5}s for each disclosure of the rounds, the kernel's included."
        )
    }

    fn memory(&self) -> String {
        let Memory { recorded: running::Memory { started, before }, after, peak } = self.figures.memory;
        format!(
            "- Resident memory of the gateway: {:.0} MiB at start, {:.0} MiB before the load, {:.0} MiB after; {:.0} MiB at its peak.",
            mebibytes(started),
            mebibytes(before),
            mebibytes(after),
            mebibytes(peak)
        )
    }
}

fn mebibytes(kibibytes: u32) -> f64 {
    f64::from(kibibytes) / 1024.0
}

fn table(rounds: &[Round]) -> String {
    let row = |name: &str, samples: [Sample; 3]| {
        let figures = |of: fn(&Sample) -> String| samples.iter().map(of).collect::<Vec<_>>().join(" | ");
        let rates = figures(|s| format!("{:.0}", s.per_second));
        let (p50s, p99s) =
            (figures(|s| format!("{:.2}", s.p50 / 1e3)), figures(|s| format!("{:.2}", s.p99 / 1e3)));
        format!("| {name} | {rates} | {p50s} | {p99s} |\n")
    };
    let mut table = "| round | Disclose req/s | echo | stub | Disclose p50 ms | echo | stub | Disclose p99 ms | echo | stub |\n\
                     |---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (number, round) in rounds.iter().enumerate() {
        table += &row(&(number + 1).to_string(), [round.disclose, round.echo, round.stub]);
    }
    let median =
        |sample: fn(&Round) -> Sample| Sample::median(&rounds.iter().map(sample).collect::<Vec<_>>());
    table + &row("median", [median(|r| r.disclose), median(|r| r.echo), median(|r| r.stub)])
}
