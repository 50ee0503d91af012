//! Callers that ask, and ask again, until the time is over.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tonic::transport::Channel;

use crate::Problem;
use crate::figures::Spread;

/// Somebody who asks.
pub trait Caller: Send + 'static {
    /// Asks once, and checks the answer.
    fn call(&mut self) -> impl Future<Output = Result<(), Problem>> + Send;
}

/// What was measured in one turn.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Answers.
    pub requests: u64,
    /// Answers per second.
    pub per_second: f64,
    /// The median time to an answer, in microseconds.
    pub p50: f64,
    /// 99 of 100 answers came within so many microseconds.
    pub p99: f64,
}

impl Sample {
    /// Of each figure the median.
    pub fn median(samples: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| Spread::of(samples.iter().map(figure)).median;
        Self { requests: 0, per_second: of(|s| s.per_second), p50: of(|s| s.p50), p99: of(|s| s.p99) }
    }
}

/// Lets so many callers ask for so long, over these connections in turn.
pub async fn run<C: Caller>(
    channels: &[Channel],
    callers: usize,
    duration: Duration,
    mut caller: impl FnMut(usize, Channel) -> C,
) -> Result<Sample, Problem> {
    let mut asking = JoinSet::new();
    let begin = Instant::now();
    for (at, channel) in channels.iter().cycle().take(callers).enumerate() {
        asking.spawn(ask(caller(at, channel.clone()), begin + duration));
    }
    let mut times = Vec::new();
    while let Some(asked) = asking.join_next().await {
        times.extend(asked??);
    }
    let seconds = begin.elapsed().as_secs_f64();
    times.sort_unstable();
    let requests = u32::try_from(times.len())?;
    Ok(Sample {
        requests: u64::from(requests),
        per_second: f64::from(requests) / seconds,
        p50: percentile(&times, 50)?,
        p99: percentile(&times, 99)?,
    })
}

async fn ask(mut caller: impl Caller, until: Instant) -> Result<Vec<u32>, Problem> {
    let mut times = Vec::with_capacity(65_536);
    let mut now = Instant::now();
    while now < until {
        caller.call().await?;
        let then = std::mem::replace(&mut now, Instant::now());
        times.push(u32::try_from((now - then).as_micros())?);
    }
    Ok(times)
}

fn percentile(sorted: &[u32], percent: usize) -> Result<f64, Problem> {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    Ok(f64::from(*sorted.get(at).ok_or("nothing was answered")?))
}
