//! Whose turn it is: how many calls are worked on at a time, shared between organisations (threats.md T11, T25).
//!
//! What is always true here:
//! 1. No turn lies idle while somebody waits: an organisation that is alone may have them all.
//! 2. While somebody waits, a turn that comes free goes to the organisation that has fewest, and among those to who came
//!    first. So one that asks for much waits for itself, and one that asks for little hardly waits.
//! 3. What waits is bounded for each organisation; who stopped waiting takes no turn.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::domain::OrganisationId;

/// When so many organisations are kept, those that have nothing are dropped.
const SWEEP_AT: usize = 4_096;

/// The turns of all.
#[derive(Debug)]
pub(super) struct Turns {
    most: usize,
    waiting_each: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    arrivals: u64,
    waiting: usize,
    parties: HashMap<OrganisationId, Party>,
}

#[derive(Debug, Default)]
struct Party {
    taken: usize,
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    arrival: u64,
    turn: oneshot::Sender<Turn>,
}

/// A turn at once, or word of it later.
#[derive(Debug)]
pub(super) enum Taken {
    Now(Turn),
    Later(oneshot::Receiver<Turn>),
}

/// As many calls of this organisation wait as may.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Busy;

/// The right to be worked on. Passed on when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    organisation: OrganisationId,
}

/// How many are worked on, and how many wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InFlight {
    pub(super) taken: usize,
    pub(super) waiting: usize,
}

impl Turns {
    /// So many at a time, and so many of each organisation that wait.
    pub(super) fn new(most: usize, waiting_each: usize) -> Arc<Self> {
        Arc::new(Self { most, waiting_each, state: Mutex::default() })
    }

    /// A turn for this organisation.
    pub(super) fn take(self: &Arc<Self>, organisation: &OrganisationId) -> Result<Taken, Busy> {
        let mut state = self.state();
        if state.taken < self.most {
            state.taken += 1;
            state.party(organisation).taken += 1;
            return Ok(Taken::Now(Turn { turns: self.clone(), organisation: organisation.clone() }));
        }
        let arrival = state.arrivals;
        let waiting = &mut state.party(organisation).waiting;
        let before = waiting.len();
        if before >= self.waiting_each {
            waiting.retain(|waiting| !waiting.turn.is_closed());
        }
        let gone = before - waiting.len();
        let busy = waiting.len() >= self.waiting_each;
        let (turn, later) = oneshot::channel();
        if !busy {
            waiting.push_back(Waiting { arrival, turn });
        }
        state.waiting = state.waiting + usize::from(!busy) - gone;
        state.arrivals += 1;
        if busy { Err(Busy) } else { Ok(Taken::Later(later)) }
    }

    /// How busy it is.
    pub(super) fn in_flight(&self) -> InFlight {
        let state = self.state();
        InFlight { taken: state.taken, waiting: state.waiting }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn party(&mut self, organisation: &OrganisationId) -> &mut Party {
        if self.parties.len() >= SWEEP_AT && !self.parties.contains_key(organisation) {
            self.parties.retain(|_, party| party.taken > 0 || !party.waiting.is_empty());
        }
        self.parties.entry(organisation.clone()).or_default()
    }

    /// Who goes next, if somebody waits; the turn is counted as theirs.
    fn next(&mut self) -> Option<(OrganisationId, oneshot::Sender<Turn>)> {
        while self.waiting > 0 {
            let first = |party: &Party| party.waiting.front().map(|waiting| (party.taken, waiting.arrival));
            let waiting = self.parties.iter_mut().filter(|(_, party)| !party.waiting.is_empty());
            let (organisation, party) = waiting.min_by_key(|(_, party)| first(party))?;
            let next = party.waiting.pop_front()?;
            self.waiting -= 1;
            if !next.turn.is_closed() {
                party.taken += 1;
                return Some((organisation.clone(), next.turn));
            }
        }
        None
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut state = self.turns.state();
            let party = state.party(&self.organisation);
            party.taken = party.taken.saturating_sub(1);
            let next = state.next();
            state.taken = state.taken.saturating_sub(usize::from(next.is_none()));
            next
        };
        if let Some((organisation, later)) = next {
            // Who stopped waiting in this very moment gives it back, and so passes it on.
            drop(later.send(Turn { turns: self.turns.clone(), organisation }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation(number: usize) -> OrganisationId {
        OrganisationId::parse(&format!("{number:020}")).unwrap()
    }

    fn now(turns: &Arc<Turns>, number: usize) -> Turn {
        match turns.take(&organisation(number)) {
            Ok(Taken::Now(turn)) => turn,
            other => panic!("{other:?}"),
        }
    }

    fn later(turns: &Arc<Turns>, number: usize) -> oneshot::Receiver<Turn> {
        match turns.take(&organisation(number)) {
            Ok(Taken::Later(later)) => later,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_is_alone_may_have_every_turn_and_no_turn_lies_idle() {
        let turns = Turns::new(3, 2);
        let mut held: Vec<Turn> = (0..3).map(|_| now(&turns, 1)).collect();
        let mut waiting = later(&turns, 1);
        assert_eq!(turns.in_flight(), InFlight { taken: 3, waiting: 1 });
        assert!(waiting.try_recv().is_err());
        held.pop();
        held.push(waiting.try_recv().unwrap());
        assert_eq!(turns.in_flight(), InFlight { taken: 3, waiting: 0 });
        drop(held);
        assert_eq!(turns.in_flight(), InFlight { taken: 0, waiting: 0 });
    }

    #[test]
    fn a_turn_that_comes_free_goes_to_whoever_has_fewest_however_many_others_wait() {
        let turns = Turns::new(4, 100);
        let mut held: Vec<Turn> = (0..4).map(|_| now(&turns, 1)).collect();
        let mut noisy: Vec<_> = (0..100).map(|_| later(&turns, 1)).collect();
        let mut crisis: Vec<_> = (0..2).map(|_| later(&turns, 2)).collect();
        held.pop();
        let first = crisis[0].try_recv().expect("the crisis team is next");
        held.pop();
        let second = crisis[1].try_recv().expect("and next again, up to an equal share");
        drop((first, second));
        // Nobody else waits: the noisy one goes on with all of it.
        let went_on: Vec<Turn> = noisy.iter_mut().filter_map(|waiting| waiting.try_recv().ok()).collect();
        assert_eq!(went_on.len(), 2);
    }

    #[test]
    fn organisations_that_all_want_everything_get_equal_parts() {
        let turns = Turns::new(12, 50);
        let mut held: Vec<Turn> = (0..12).map(|_| now(&turns, 1)).collect();
        let mut waiting: Vec<Vec<_>> =
            (1..=3).map(|number| (0..50).map(|_| later(&turns, number)).collect()).collect();
        let mut got: Vec<Turn> = Vec::new();
        while let Some(turn) = held.pop() {
            drop(turn);
            got.extend(waiting.iter_mut().flatten().filter_map(|waiting| waiting.try_recv().ok()));
        }
        for number in 1..=3 {
            assert_eq!(got.iter().filter(|turn| turn.organisation == organisation(number)).count(), 4);
        }
    }

    #[test]
    fn only_so_many_of_an_organisation_wait_and_who_gave_up_takes_no_place_and_no_turn() {
        let turns = Turns::new(1, 2);
        let held = now(&turns, 1);
        let (gone, mut second) = (later(&turns, 1), later(&turns, 1));
        assert_eq!(turns.take(&organisation(1)).err(), Some(Busy));
        let mut other = later(&turns, 2);
        drop(gone);
        let mut third = later(&turns, 1);
        assert_eq!(turns.in_flight(), InFlight { taken: 1, waiting: 3 });
        drop(held);
        let turn = second.try_recv().expect("it came before the other organisation");
        drop(other.try_recv());
        drop(turn);
        assert!(other.try_recv().is_ok_and(|turn| turn.organisation == organisation(2)));
        assert!(third.try_recv().is_ok());
        assert_eq!(turns.in_flight(), InFlight { taken: 0, waiting: 0 });
    }

    #[test]
    fn a_turn_that_nobody_takes_any_more_goes_on_to_the_next() {
        let turns = Turns::new(1, 9);
        let held = now(&turns, 1);
        let (first, mut second) = (later(&turns, 1), later(&turns, 1));
        drop(held);
        assert!(second.try_recv().is_err());
        // It was handed over, but never seen.
        drop(first);
        assert!(second.try_recv().is_ok());
    }

    #[test]
    fn organisations_that_have_nothing_take_no_memory() {
        let turns = Turns::new(1, 1);
        for number in 0..=SWEEP_AT {
            drop(now(&turns, number));
        }
        assert!(turns.state().parties.len() <= 1);
    }
}
