//! Callers that ask, and ask again, until the time or the number is over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep_until};

use super::population::Population;
use super::{Histogram, LoadProblem};
use crate::cli::client::{Client, ClientProblem};
use crate::cli::progress::Bar;
use crate::contract::v1::DiscloseResponse;

/// How often it is shown how far it is.
const SHOW: Duration = Duration::from_millis(500);
/// How long a caller rests when the gateway cannot be reached, or says that it is busy.
const REST: Duration = Duration::from_millis(20);

/// A load.
pub(super) struct Asking {
    pub(super) population: Arc<Population>,
    pub(super) callers: Vec<Arc<Client>>,
    pub(super) concurrency: u32,
    pub(super) lasts: Duration,
    pub(super) requests: u64,
    pub(super) rate: Option<u32>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// How long calls took that were answered.
    pub(super) answered: Histogram,
    /// How long refusals took.
    pub(super) refused: Histogram,
    /// How often which.
    pub(super) outcomes: BTreeMap<String, u64>,
    pub(super) lasted: Duration,
}

/// The same for all who ask.
struct Course {
    population: Arc<Population>,
    begin: Instant,
    end: Instant,
    requests: u64,
    rate: Option<u32>,
    next: AtomicU64,
    done: AtomicU64,
}

impl Asking {
    /// Asks until it is over.
    pub(super) async fn run(self) -> Result<Measured, LoadProblem> {
        let begin = Instant::now();
        let course = Arc::new(Course {
            population: self.population,
            begin,
            end: begin + self.lasts,
            requests: self.requests,
            rate: self.rate,
            next: AtomicU64::new(0),
            done: AtomicU64::new(0),
        });
        let mut lanes = JoinSet::new();
        let concurrency = usize::try_from(self.concurrency).unwrap_or(usize::MAX);
        for lane in 0..concurrency {
            // Each lane begins with another professional.
            let callers: Vec<_> = self
                .callers
                .iter()
                .cycle()
                .skip(lane % self.callers.len().max(1))
                .take(self.callers.len())
                .cloned()
                .collect();
            lanes.spawn(course.clone().ask(callers));
        }
        let showing = tokio::spawn(course.clone().show());
        let mut all = Measured::default();
        while let Some(lane) = lanes.join_next().await {
            all.add(&lane.map_err(|_| LoadProblem::Broken)?);
        }
        showing.abort();
        all.lasted = begin.elapsed();
        Ok(all)
    }
}

impl Course {
    async fn ask(self: Arc<Self>, callers: Vec<Arc<Client>>) -> Measured {
        let mut measured = Measured::default();
        for caller in callers.iter().cycle() {
            let number = self.next.fetch_add(1, Relaxed);
            let Some(due) = self.due(number) else { break };
            sleep_until(due).await;
            // What is late because calls before it took long counts from when it was due.
            let from = if self.rate.is_some() { due } else { Instant::now() };
            let answer = caller.disclose(self.population.question(number)).await;
            let took = from.elapsed();
            let (outcome, refused) = outcome(&answer);
            if refused {
                measured.refused.record(took);
            } else {
                measured.answered.record(took);
            }
            *measured.outcomes.entry(outcome).or_default() += 1;
            self.done.fetch_add(1, Relaxed);
            if refused {
                tokio::time::sleep(REST).await;
            }
        }
        measured
    }

    /// When the how-many-th call is due; `None` when it is over.
    fn due(&self, number: u64) -> Option<Instant> {
        let due = match self.rate {
            None => Instant::now(),
            Some(rate) => {
                let nanoseconds = u128::from(number) * 1_000_000_000 / u128::from(rate.max(1));
                self.begin + Duration::from_nanos(u64::try_from(nanoseconds).ok()?)
            }
        };
        (number < self.requests && due < self.end).then_some(due)
    }

    async fn show(self: Arc<Self>) {
        let (bar, mut timer) = (Bar::new(true), interval(SHOW));
        loop {
            timer.tick().await;
            let passed = u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX);
            let lasts = u64::try_from((self.end - self.begin).as_millis()).unwrap_or(u64::MAX).max(1);
            let done = self.done.load(Relaxed);
            let by_number = u128::from(done) * 1_000 / u128::from(self.requests.max(1));
            let by_time = u128::from(passed.min(lasts)) * 1_000 / u128::from(lasts);
            let part = u64::try_from(by_number.max(by_time)).unwrap_or(1_000);
            bar.show_as("per mille", part.min(1_000), 1_000);
        }
    }
}

impl Measured {
    fn add(&mut self, other: &Self) {
        self.answered.add(&other.answered);
        self.refused.add(&other.refused);
        for (outcome, times) in &other.outcomes {
            *self.outcomes.entry(outcome.clone()).or_default() += times;
        }
    }
}

/// In a word, and whether there was no answer. Reasons are the contract's own; nothing else of an error is kept.
fn outcome(answer: &Result<DiscloseResponse, ClientProblem>) -> (String, bool) {
    match answer {
        Ok(answer) if answer.withheld.is_empty() => ("released".to_owned(), false),
        Ok(answer) if answer.released.is_empty() => ("withheld".to_owned(), false),
        Ok(_) => ("partly released".to_owned(), false),
        Err(ClientProblem::Refused(refusal)) if refusal.reason.is_empty() => {
            (format!("refused: {}", refusal.code), true)
        }
        Err(ClientProblem::Refused(refusal)) => (format!("refused: {}", refusal.reason), true),
        Err(_) => ("not reached".to_owned(), true),
    }
}
