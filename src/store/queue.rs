//! What waits for the writer, and whose entry goes next.
//!
//! What is always true here:
//! 1. It is bounded: beyond [`MAX_WAITING`] entries are refused before they are queued.
//! 2. A batch takes from every organisation in turn, and of each in the order they came: whoever hands in much fills what
//!    others leave, and no more. Within the batch they stand in the order they came, whosever they are.
//! 3. A disclosure that nobody waits for any more is left out: what is recorded as released was on its way to somebody. A
//!    change is carried out, whoever waits: a withdrawal counts also when the line broke.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::sync::mpsc;

use crate::store::Error;
use crate::store::waiting::Waiting;

/// The most entries that wait; beyond, the gateway refuses early.
pub(super) const MAX_WAITING: usize = 4_096;

/// A queue, with both its ends.
pub(super) fn queue() -> (Entrance, Queue) {
    let (entrance, arriving) = mpsc::channel(MAX_WAITING);
    let sorted = Arc::new(AtomicUsize::new(0));
    let queue = Queue { arriving, parties: VecDeque::new(), arrivals: 0, sorted: sorted.clone() };
    (Entrance { entrance, sorted }, queue)
}

/// Where entries are handed in.
#[derive(Clone)]
pub(super) struct Entrance {
    entrance: mpsc::Sender<Waiting>,
    sorted: Arc<AtomicUsize>,
}

impl Entrance {
    /// Hands one in.
    pub(super) fn hand_in(&self, waiting: Waiting) -> Result<(), Error> {
        if self.waiting() >= MAX_WAITING {
            return Err(Error::Refused);
        }
        self.entrance.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Refused,
            mpsc::error::TrySendError::Closed(_) => Error::Stopped,
        })
    }

    /// How many wait; those of the batch that is being written not counted.
    pub(super) fn waiting(&self) -> usize {
        let arrived = self.entrance.max_capacity().saturating_sub(self.entrance.capacity());
        arrived.saturating_add(self.sorted.load(Relaxed))
    }

    /// Whether nobody takes them any more.
    pub(super) fn is_closed(&self) -> bool {
        self.entrance.is_closed()
    }

    /// Returns when nobody takes them any more.
    pub(super) async fn closed(&self) {
        self.entrance.closed().await;
    }
}

/// Where the writer takes them out.
pub(super) struct Queue {
    arriving: mpsc::Receiver<Waiting>,
    /// Who has something waiting, the next one first.
    parties: VecDeque<VecDeque<Waiting>>,
    arrivals: u64,
    sorted: Arc<AtomicUsize>,
}

impl Queue {
    /// The next one, if need be after a wait; `None` when every entrance is gone.
    pub(super) async fn next(&mut self) -> Option<Waiting> {
        loop {
            if let Some(next) = self.pop() {
                return Some(next);
            }
            let arrived = self.arriving.recv().await?;
            self.sort_in(arrived);
        }
    }

    /// Adds to a batch until it has so many, or nothing waits. What was in it and is not waited for any more is left out.
    pub(super) fn fill(&mut self, batch: &mut Vec<Waiting>, most: usize) {
        batch.retain(|waiting| !waiting.is_abandoned());
        while let Ok(arrived) = self.arriving.try_recv() {
            self.sort_in(arrived);
        }
        while batch.len() < most
            && let Some(next) = self.pop()
        {
            batch.push(next);
        }
        batch.sort_by_key(|waiting| waiting.arrival);
    }

    /// Takes no more.
    pub(super) fn close(&mut self) {
        self.arriving.close();
    }

    fn sort_in(&mut self, mut arrived: Waiting) {
        arrived.arrival = self.arrivals;
        self.arrivals += 1;
        self.sorted.fetch_add(1, Relaxed);
        let same = |of: &&mut VecDeque<Waiting>| {
            of.front().is_some_and(|first| first.row.recipient == arrived.row.recipient)
        };
        match self.parties.iter_mut().find(same) {
            Some(of) => of.push_back(arrived),
            None => self.parties.push_back(VecDeque::from([arrived])),
        }
    }

    fn pop(&mut self) -> Option<Waiting> {
        while let Some(mut of) = self.parties.pop_front() {
            let next = of.pop_front();
            if !of.is_empty() {
                self.parties.push_back(of);
            }
            let Some(next) = next else { continue };
            self.sorted.fetch_sub(1, Relaxed);
            if !next.is_abandoned() {
                return Some(next);
            }
            metrics::counter!("sluis_seal_abandoned_total").increment(1);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::domain::Entry;
    use crate::store::SealOutcome;
    use crate::store::batch::Row;
    use crate::store::tests::{ask, consent, recorded};

    type Answered = oneshot::Receiver<Result<SealOutcome, Error>>;

    fn waiting(entry: &Entry, organisation: &str) -> (Waiting, Answered) {
        let (answer, answered) = oneshot::channel();
        let mut row = Row::of(entry).unwrap();
        row.recipient = Some(organisation.to_owned());
        let (covenant, parties) = (entry.covenant.clone(), entry.parties);
        (Waiting { arrival: 0, row, covenant, parties, change: None, answer }, answered)
    }

    fn organisations(batch: &[Waiting]) -> String {
        batch.iter().filter_map(|waiting| waiting.row.recipient.clone()).collect()
    }

    #[tokio::test]
    async fn a_batch_takes_from_every_organisation_in_turn_and_leaves_no_place_empty() {
        let (entrance, mut queue) = queue();
        let mut answers = Vec::new();
        for organisation in ["n", "n", "n", "n", "n", "n", "c", "m", "c"] {
            let (waiting, answered) = waiting(&ask(1, None), organisation);
            entrance.hand_in(waiting).unwrap();
            answers.push(answered);
        }
        assert_eq!(entrance.waiting(), 9);
        let mut batch = vec![queue.next().await.unwrap()];
        queue.fill(&mut batch, 4);
        assert_eq!(organisations(&batch), "nncm", "the first came before anybody else did");
        assert_eq!(entrance.waiting(), 5);
        let mut batch = Vec::new();
        queue.fill(&mut batch, 100);
        assert_eq!(organisations(&batch), "nnnnc");
        assert_eq!(entrance.waiting(), 0);
    }

    #[tokio::test]
    async fn a_disclosure_that_nobody_waits_for_is_left_out_and_a_change_is_carried_out_all_the_same() {
        let (entrance, mut queue) = queue();
        let change = recorded(1, 1, &consent(1, false));
        for (entry, listens) in [(ask(1, None), false), (change, false), (ask(1, None), true)] {
            let (waiting, answered) = waiting(&entry, "n");
            entrance.hand_in(waiting).unwrap();
            if listens {
                std::mem::forget(answered);
            }
        }
        let mut batch = Vec::new();
        queue.fill(&mut batch, 100);
        let events: Vec<&str> = batch.iter().map(|waiting| waiting.row.event).collect();
        assert_eq!(events, [batch[0].row.event, "disclosure"]);
        assert_ne!(events[0], "disclosure");
    }

    #[tokio::test]
    async fn what_waits_is_bounded_however_the_writer_sorts_it() {
        let (entrance, mut queue) = queue();
        let mut answers = Vec::new();
        let mut hand_in = || {
            let (waiting, answered) = waiting(&ask(1, None), "n");
            answers.push(answered);
            entrance.hand_in(waiting)
        };
        for _ in 0..MAX_WAITING {
            hand_in().unwrap();
        }
        assert!(matches!(hand_in(), Err(Error::Refused)));
        let mut batch = Vec::new();
        queue.fill(&mut batch, 1);
        hand_in().unwrap();
        assert!(matches!(hand_in(), Err(Error::Refused)), "what was sorted counts as well");
        queue.close();
        assert!(entrance.is_closed());
    }
}
