//! What was measured, beside the floors: as a table, as a page, and as a picture.

use std::fmt;

use crate::Arguments;
use crate::bars::{Bars, picture};
use crate::covenant::FIELDS;
use crate::echo;
use crate::load::Sample;
use crate::process::{CACHES, Caches};

/// `Disclose` answers at least so many requests for each one of the echo.
const LEAST_RATE: f64 = 0.25;
/// The p99 of `Disclose` is at most so many times that of the echo.
const MOST_P99: f64 = 4.0;
/// The gateway holds less than so many MiB.
const MOST_MEMORY: f64 = 200.0;

/// `Disclose`, and the echo right after it.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// The one.
    pub disclose: Sample,
    /// The other.
    pub echo: Sample,
}

/// What the gateway holds in memory, in KiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Just started, with the records in memory.
    pub started: u32,
    /// Before the load, with all clients recorded.
    pub before: u32,
    /// After the load.
    pub after: u32,
    /// The most at any time, the audit and the reading of the records at start among them.
    pub peak: u32,
}

/// All that was measured.
pub struct Figures {
    /// At the concurrency asked for.
    pub pairs: Vec<Pair>,
    /// With one caller.
    pub alone: Vec<Pair>,
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

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disclose {}, echo {}, ratio {:.2}", self.disclose, self.echo, rate(self))
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
            self.floors(),
            arguments.concurrency,
            table(&figures.pairs),
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
            "## What consent and proof cost\n\n`Disclose` beside a bare echo over the same mutual TLS. Written by\n\
             `cargo bench --bench disclose -- --write`.\n\n\
             ![Disclose beside a bare echo](pictures/benchmark.svg)\n\n{}\n\
             ### What is measured\n\n\
             - **Disclose**: mutual TLS, token, consent, policy, fetch and durable record. {FIELDS} fields are asked and {FIELDS}\n  \
             released; an answer has about {answer} bytes. Every answer is checked: all fields in the order asked, and a receipt.\n\
             - **Echo**: a bare tonic server, mutual TLS, an empty question and an answer of {echo} bytes; no limits, no logic.\n\
             - {clients} clients aged 17 with a consent of their own, asked about by Zipf's distribution (exponent 1, seed {seed});\n  \
             {tokens} tokens of as many professionals, chosen evenly; {concurrency} callers over {} connections, each of whom waits\n  \
             for the answer before the next question; every request a new one.\n\
             - {pairs} pairs of {seconds} s, `Disclose` and echo in turn after a warm-up of each. Ratios are made within a pair; the\n  \
             table has their median, and the least and most.\n\
             - The gateway, the echo and the load are three processes, each with one worker thread per core.\n\n\
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
            let pairs = &self.figures.pairs;
            (spread(pairs, |p| figure(&p.disclose)).median, spread(pairs, |p| figure(&p.echo)).median)
        };
        let bars = |title, unit, decimals, (disclose, echo)| Bars { title, unit, decimals, disclose, echo };
        picture(&[
            bars("Requests per second", "", 0, of(|s| s.per_second)),
            bars("Half answered within (p50)", " ms", 1, of(|s| s.p50 / 1e3)),
            bars("99 of 100 answered within (p99)", " ms", 1, of(|s| s.p99 / 1e3)),
        ])
    }

    fn floors(&self) -> String {
        let pairs = &self.figures.pairs;
        let (rates, p99s) = (spread(pairs, rate), spread(pairs, p99));
        let memory = mebibytes(self.figures.memory.after);
        let line = |what: &str, measured: String, floor: String, met: bool| {
            format!("| {what} | {measured} | {floor} | {} |\n", if met { "pass" } else { "**miss**" })
        };
        "| figure | measured | floor | |\n|---|---|---|---|\n".to_owned()
            + &line(
                "requests/s, Disclose ÷ echo",
                rates.to_string(),
                format!("≥ {LEAST_RATE}"),
                rates.median >= LEAST_RATE,
            )
            + &line(
                "p99, Disclose ÷ echo",
                p99s.to_string(),
                format!("≤ {MOST_P99}"),
                p99s.median <= MOST_P99,
            )
            + &line(
                "memory of the gateway",
                format!("{memory:.0} MiB"),
                format!("< {MOST_MEMORY} MiB"),
                memory < MOST_MEMORY,
            )
    }

    fn computed(&self) -> String {
        let requests: u64 = self.figures.pairs.iter().map(|pair| pair.disclose.requests).sum();
        let each = self.figures.computed / f64::from(u32::try_from(requests).unwrap_or(u32::MAX));
        format!(
            "- Processor time of the gateway: {each:.0} \u{b5}s for each disclosure of the pairs, the kernel's included."
        )
    }

    fn memory(&self) -> String {
        let Memory { started, before, after, peak } = self.figures.memory;
        format!(
            "- Resident memory of the gateway: {:.0} MiB at start, {:.0} MiB before the load, {:.0} MiB after; {:.0} MiB at its peak.",
            mebibytes(started),
            mebibytes(before),
            mebibytes(after),
            mebibytes(peak)
        )
    }
}

/// A median, with the least and the most.
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2} to {:.2})", self.median, self.least, self.most)
    }
}

fn spread(pairs: &[Pair], figure: impl Fn(&Pair) -> f64) -> Spread {
    let mut figures: Vec<f64> = pairs.iter().map(figure).collect();
    figures.sort_unstable_by(f64::total_cmp);
    let at = |at: usize| figures.get(at).copied().unwrap_or(f64::NAN);
    let last = figures.len().saturating_sub(1);
    Spread { least: at(0), median: f64::midpoint(at(last / 2), at(last.div_ceil(2))), most: at(last) }
}

fn rate(pair: &Pair) -> f64 {
    pair.disclose.per_second / pair.echo.per_second
}

fn p50(pair: &Pair) -> f64 {
    pair.disclose.p50 / pair.echo.p50
}

fn p99(pair: &Pair) -> f64 {
    pair.disclose.p99 / pair.echo.p99
}

fn mebibytes(kibibytes: u32) -> f64 {
    f64::from(kibibytes) / 1024.0
}

fn table(pairs: &[Pair]) -> String {
    let row = |name: &str, pair: &Pair| {
        let Pair { disclose: d, echo: e } = pair;
        format!(
            "| {name} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} |\n",
            d.per_second,
            e.per_second,
            d.p50 / 1e3,
            e.p50 / 1e3,
            d.p99 / 1e3,
            e.p99 / 1e3
        )
    };
    let mut table = "| pair | Disclose req/s | echo req/s | Disclose p50 ms | echo p50 ms | Disclose p99 ms | echo p99 ms |\n\
                     |---|---|---|---|---|---|---|\n"
        .to_owned();
    for (number, pair) in pairs.iter().enumerate() {
        table += &row(&(number + 1).to_string(), pair);
    }
    let median = |sample: fn(&Pair) -> Sample| Sample {
        requests: 0,
        per_second: spread(pairs, |p| sample(p).per_second).median,
        p50: spread(pairs, |p| sample(p).p50).median,
        p99: spread(pairs, |p| sample(p).p99).median,
    };
    table += &row("median", &Pair { disclose: median(|p| p.disclose), echo: median(|p| p.echo) });
    let [rate, p50, p99] = [rate, p50, p99].map(|ratio: fn(&Pair) -> f64| spread(pairs, ratio));
    table + &format!("\nDisclose ÷ echo: requests/s {rate}, p50 {p50}, p99 {p99}.\n")
}
