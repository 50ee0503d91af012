//! Whether a history is linearizable: whether every call can be given one moment between its question and its answer, so that
//! all of them, one after the other, are what one object alone would have answered (Herlihy and Wing, 1990).
//!
//! The search is Wing and Gong's, with Lowe's memory of what was tried: no set of calls is taken twice into the same state. A call of
//! which nobody heard the answer may have happened at any moment after it was asked, or never.

use std::collections::HashSet;
use std::hash::Hash;

/// What one object does, one call after the other.
pub trait Object {
    type State: Clone + Eq + Hash;
    type Call;
    type Answer: PartialEq;

    /// The next state, and what is answered.
    fn apply(state: &Self::State, call: &Self::Call) -> (Self::State, Self::Answer);
}

/// One call, as its caller saw it.
pub struct Operation<O: Object> {
    pub call: O::Call,
    /// `None` if it was never heard.
    pub answer: Option<O::Answer>,
    /// The moment before it was asked.
    pub from: u64,
    /// The moment after it was answered; [`NEVER`] if it was not.
    pub until: u64,
    /// Who asked, and where.
    pub caller: usize,
    pub replica: usize,
}

/// Later than everything.
pub const NEVER: u64 = u64::MAX;

impl<O: Object> Operation<O> {
    /// Whether the two were under way at one moment.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

/// An order in which the calls explain all answers (calls that did not happen are left out), or, if there is none, the longest
/// beginning of one.
pub fn check<O: Object>(initial: &O::State, operations: &[Operation<O>]) -> Result<Vec<usize>, Vec<usize>> {
    assert!(operations.len() <= 128, "a history of {} operations", operations.len());
    let mut search = Search { operations, seen: HashSet::new(), order: Vec::new(), longest: Vec::new() };
    if search.explains(0, initial) { Ok(search.order) } else { Err(search.longest) }
}

struct Search<'a, O: Object> {
    operations: &'a [Operation<O>],
    seen: HashSet<(u128, O::State)>,
    order: Vec<usize>,
    longest: Vec<usize>,
}

impl<O: Object> Search<'_, O> {
    /// Whether what is not `done` can follow on this state.
    fn explains(&mut self, done: u128, state: &O::State) -> bool {
        let operations = self.operations;
        let left = |i: &usize| done & (1 << i) == 0;
        let answered = (0..operations.len()).filter(left).filter(|i| operations[*i].answer.is_some());
        let Some(first_end) = answered.map(|i| operations[i].until).min() else { return true };
        for i in (0..operations.len()).filter(left).filter(|i| operations[*i].from < first_end) {
            let operation = &operations[i];
            let (next, answer) = O::apply(state, &operation.call);
            let possible = operation.answer.as_ref().map_or(next != *state, |heard| *heard == answer);
            if !possible || !self.seen.insert((done | 1 << i, next.clone())) {
                continue;
            }
            self.order.push(i);
            if self.order.len() > self.longest.len() {
                self.longest.clone_from(&self.order);
            }
            if self.explains(done | 1 << i, &next) {
                return true;
            }
            self.order.pop();
        }
        false
    }
}

mod tests {
    use super::*;
    use crate::random::Random;

    /// One number that can be written and read.
    struct Register;

    #[derive(Clone, Copy, PartialEq, Debug)]
    enum Call {
        Write(u8),
        Read,
    }
    use Call::{Read, Write};

    impl Object for Register {
        type State = u8;
        type Call = Call;
        type Answer = u8;

        fn apply(state: &u8, call: &Call) -> (u8, u8) {
            match call {
                Write(value) => (*value, *value),
                Read => (*state, *state),
            }
        }
    }

    fn operation((call, answer, from, until): (Call, Option<u8>, u64, u64)) -> Operation<Register> {
        Operation { call, answer, from, until, caller: 0, replica: 0 }
    }

    #[test]
    fn histories_of_which_it_is_known_are_judged_as_they_are_known_to_be() {
        type History<'a> = (bool, &'a [(Call, Option<u8>, u64, u64)]);
        let table: &[History<'_>] = &[
            (true, &[]),
            // The first two are in the tests of Porcupine, another checker.
            (true, &[(Write(100), Some(100), 0, 100), (Read, Some(100), 25, 75), (Read, Some(0), 30, 60)]),
            (false, &[(Write(200), Some(200), 0, 100), (Read, Some(200), 10, 30), (Read, Some(0), 40, 90)]),
            // What was answered holds.
            (true, &[(Write(1), Some(1), 0, 10), (Read, Some(1), 20, 30)]),
            (false, &[(Write(1), Some(1), 0, 10), (Read, Some(0), 20, 30)]),
            (true, &[(Write(1), Some(1), 0, 10), (Read, Some(0), 9, 30)]),
            (false, &[(Read, Some(1), 0, 10), (Write(1), Some(1), 20, 30)]),
            // An answer that nobody heard: it may have happened, at any later moment or never, but not before it was asked nor twice.
            (true, &[(Write(1), None, 0, NEVER), (Read, Some(0), 10, 20), (Read, Some(1), 30, 40)]),
            (true, &[(Write(1), None, 0, NEVER), (Read, Some(0), 10, 20)]),
            (false, &[(Write(1), None, 0, NEVER), (Read, Some(1), 10, 20), (Read, Some(0), 30, 40)]),
            (false, &[(Write(1), None, 30, NEVER), (Read, Some(1), 10, 20)]),
            (
                false,
                &[
                    (Write(1), None, 0, NEVER),
                    (Read, Some(1), 10, 20),
                    (Write(2), Some(2), 30, 40),
                    (Read, Some(1), 50, 60),
                ],
            ),
            // Two who read may not see two writers in different orders.
            (
                false,
                &[
                    (Write(1), Some(1), 0, 100),
                    (Write(2), Some(2), 0, 100),
                    (Read, Some(1), 10, 20),
                    (Read, Some(2), 30, 40),
                    (Read, Some(1), 50, 60),
                ],
            ),
        ];
        for (linearizable, history) in table {
            let operations: Vec<_> = history.iter().copied().map(operation).collect();
            assert_eq!(check(&0, &operations).is_ok(), *linearizable, "{history:?}");
        }
    }

    /// Tries every order of every choice of what happened.
    fn tried_one_by_one(done: &mut Vec<usize>, operations: &[Operation<Register>], state: u8) -> bool {
        let left: Vec<usize> = (0..operations.len()).filter(|i| !done.contains(i)).collect();
        if left.iter().all(|i| operations[*i].answer.is_none()) {
            return true;
        }
        left.iter().any(|&i| {
            let (next, answer) = Register::apply(&state, &operations[i].call);
            let comes_after = |j: &usize| operations[*j].until <= operations[i].from;
            if left.iter().any(|j| *j != i && comes_after(j))
                || operations[i].answer.is_some_and(|a| a != answer)
            {
                return false;
            }
            done.push(i);
            let found = tried_one_by_one(done, operations, next);
            done.pop();
            found
        })
    }

    #[test]
    fn it_says_of_random_histories_what_trying_every_order_says() {
        let seed = crate::seed();
        let mut both = [0, 0];
        for case in 0..4000 {
            let mut random = Random::of_case(seed, case);
            let operations: Vec<_> = (0..random.between(1, 6))
                .map(|_| {
                    let call = if random.chance(50) { Write(random.between(1, 2) as u8) } else { Read };
                    let from = random.below(20) as u64;
                    let until = from + random.between(1, 12) as u64;
                    match (random.chance(20), call) {
                        (true, _) => operation((call, None, from, NEVER)),
                        (_, Write(value)) => operation((call, Some(value), from, until)),
                        (_, Read) => operation((call, Some(random.below(3) as u8), from, until)),
                    }
                })
                .collect();
            let expected = tried_one_by_one(&mut Vec::new(), &operations, 0);
            let found = check(&0, &operations);
            assert_eq!(found.is_ok(), expected, "seed {seed}, case {case}");
            both[usize::from(expected)] += 1;
            let order = found.unwrap_or_else(|longest| longest);
            let follows = |(a, b): (usize, usize)| operations[b].until > operations[a].from;
            let pairs = (0..order.len()).flat_map(|a| (a + 1..order.len()).map(move |b| (a, b)));
            assert!(pairs.map(|(a, b)| (order[a], order[b])).all(follows), "seed {seed}, case {case}");
        }
        println!("seed {seed}: {} histories are linearizable, {} are not", both[1], both[0]);
        assert!(both.iter().all(|count| *count > 500));
    }
}
