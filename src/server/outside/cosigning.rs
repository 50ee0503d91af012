//! Asking the witnesses to cosign the newest checkpoint, beside the writer.
//!
//! However many entries were sealed meanwhile, a round offers one head, to all witnesses at once, with the proof from what
//! each cosigned before. What enough of them cosigned is published; until then what was published before stays.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::second_place::set_size;
use super::{Head, HistoryProblem, SecondPlace};
use crate::ambient::SystemClock;
use crate::domain::Clock;
use crate::gateway::{CosignedCheckpoint, Gateway};
use crate::ledger::cosignature::with_line;
use crate::ledger::{AddCheckpoint, Policy, SigningKey};
use crate::server::metrics::seconds;
use crate::store::{self, Store};
use crate::witness::{Answer, AskProblem, WitnessClient};

/// The longest that a witness which fails is left alone.
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// When a head that did not change is cosigned anew: a cosignature says that it was the newest at its time.
const FRESH: Duration = Duration::from_hours(1);
/// A witness names its size once; a second time is another ledger of ours asking in between.
const ATTEMPTS: usize = 4;

/// The witnesses and what is known of each.
pub(super) struct Cosigning {
    witnesses: Vec<Asked>,
    period: Duration,
    policy: Policy,
    store: Store,
    key: Arc<SigningKey>,
    published: Option<String>,
}

struct Asked {
    client: WitnessClient,
    /// The size that it cosigned last, as far as is known.
    size: u64,
    /// Its newest cosignature: of which size, when it was got, and the line.
    newest: Option<(u64, Instant, String)>,
    failed: Option<Duration>,
    not_before: Instant,
}

/// What came of offering a head.
enum Offered {
    Cosigned(String),
    /// Another gateway of this ledger brought it further already.
    Further(u64),
}

#[derive(Debug, thiserror::Error)]
enum OfferProblem {
    #[error(transparent)]
    Ask(#[from] AskProblem),
    #[error(transparent)]
    History(#[from] HistoryProblem),
}

impl From<store::Error> for OfferProblem {
    fn from(error: store::Error) -> Self {
        Self::History(error.into())
    }
}

impl Cosigning {
    pub(super) fn new(
        witnesses: Vec<WitnessClient>,
        period: Duration,
        policy: Policy,
        store: Store,
        key: Arc<SigningKey>,
    ) -> Self {
        let asked = |client| {
            let not_before = Instant::now();
            Asked { client, size: 0, newest: None, failed: None, not_before }
        };
        let witnesses = witnesses.into_iter().map(asked).collect();
        Self { witnesses, period, policy, store, key, published: None }
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Offers the newest head to every witness that has not cosigned it. Gives it when the quorum is reached anew.
    pub(super) async fn round(&mut self) -> Result<Option<CosignedCheckpoint>, HistoryProblem> {
        let head = Head::newest(&self.store, &self.key).await?;
        let (size, now) = (head.checkpoint.size, Instant::now());
        let mut offers = JoinSet::new();
        for (at, asked) in self.witnesses.iter().enumerate().filter(|(_, asked)| asked.is_due(size, now)) {
            let (store, client, head, known) =
                (self.store.clone(), asked.client.clone(), head.clone(), asked.size);
            offers.spawn(async move { (at, offer(&store, &client, &head, known).await) });
        }
        while let Some(offered) = offers.join_next().await {
            let Ok((at, offered)) = offered else { continue };
            let Some(asked) = self.witnesses.get_mut(at) else { continue };
            match offered {
                Ok(Offered::Cosigned(line)) => asked.succeeded(size, line),
                Ok(Offered::Further(further)) => asked.size = further,
                Err(OfferProblem::History(problem)) => return Err(problem),
                Err(OfferProblem::Ask(problem)) => {
                    let wait = asked.failed(self.period);
                    tracing::warn!(witness = asked.client.name(), %problem, wait_seconds = wait.as_secs(), "a witness did not cosign");
                }
            }
        }
        let lines = self.witnesses.iter().filter_map(|asked| asked.line_on(size));
        let note = lines.fold(head.note, |note, line| with_line(&note, line));
        if self.policy.open(&note).is_err() || self.published.as_ref() == Some(&note) {
            return Ok(None);
        }
        set_size("sluis_cosigned_size", size);
        metrics::gauge!("sluis_cosigned_timestamp_seconds").set(seconds(SystemClock.now()));
        self.published = Some(note.clone());
        Ok(Some(CosignedCheckpoint { size, note }))
    }

    /// A round at every interval, until the end.
    pub(super) async fn keep_up(
        mut self,
        period: Duration,
        gateway: Arc<Gateway>,
        place: Option<SecondPlace>,
        mut ending: watch::Receiver<bool>,
        report: mpsc::Sender<HistoryProblem>,
    ) {
        let mut timer = tokio::time::interval(period);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = timer.tick() => {}
                _ = ending.wait_for(|end| *end) => return,
            }
            match self.round().await {
                Ok(None) => {}
                Ok(Some(cosigned)) => {
                    gateway.publish(cosigned.clone());
                    if let Some(place) = &place
                        && let Err(problem) = place.keep_cosigned(cosigned.note).await
                    {
                        tracing::warn!(%problem, "the cosigned checkpoint is not kept for the next start");
                    }
                }
                Err(problem) if problem.contradicts() => {
                    let _ = report.send(problem).await;
                    return;
                }
                Err(problem) => tracing::error!(%problem, "the witnesses could not be asked"),
            }
        }
    }
}

impl Asked {
    fn is_due(&self, size: u64, now: Instant) -> bool {
        let fresh = |(cosigned, at, _): &(u64, Instant, String)| *cosigned == size && now < *at + FRESH;
        self.not_before <= now && !self.newest.as_ref().is_some_and(fresh)
    }

    fn succeeded(&mut self, size: u64, line: String) {
        (self.size, self.failed) = (size, None);
        self.newest = Some((size, Instant::now(), line));
    }

    /// Leaves it alone for a while, longer every time.
    fn failed(&mut self, period: Duration) -> Duration {
        let wait = self.failed.map_or(period, |wait| wait.saturating_mul(2)).min(LONGEST_WAIT);
        self.failed = Some(wait);
        self.not_before = Instant::now() + wait;
        wait
    }

    fn line_on(&self, size: u64) -> Option<&str> {
        self.newest.as_ref().filter(|(cosigned, ..)| *cosigned == size).map(|(_, _, line)| line.as_str())
    }
}

/// Offers a head to one witness that is thought to have cosigned `known` entries.
async fn offer(
    store: &Store,
    client: &WitnessClient,
    head: &Head,
    mut known: u64,
) -> Result<Offered, OfferProblem> {
    let who = || format!("the witness {}", client.name());
    for _ in 0..ATTEMPTS {
        let Some(proof) = store.growth(known, head.checkpoint.size).await? else {
            // What it cosigned was durable here before it was offered, by whichever gateway.
            let found = store.checkpoint().await?.0;
            if known <= found {
                return Ok(Offered::Further(known));
            }
            return Err(HistoryProblem::Older { who: who(), kept: known, found }.into());
        };
        let request = AddCheckpoint { old: known, proof, checkpoint: head.note.clone() };
        match client.add_checkpoint(&request).await? {
            Answer::Cosigned(cosigned) => return Ok(Offered::Cosigned(cosigned.line)),
            Answer::Conflict(size) => known = size,
            Answer::OtherHistory => return Err(HistoryProblem::Other { who: who(), kept: known }.into()),
        }
    }
    Err(AskProblem::Answer("it names another size every time").into())
}
