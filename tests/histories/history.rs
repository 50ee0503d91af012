//! One client's history, and how it is shown when it cannot be explained.

use std::fmt;

use serde_json::json;

use crate::checker::{NEVER, Object, Operation, check};
use crate::client::{Answer, Call, Client};

/// Everything that was asked about one client, and what was answered.
pub struct History<O: Object = Client> {
    pub name: String,
    pub initial: O::State,
    pub operations: Vec<Operation<O>>,
}

impl<O: Object> History<O> {
    /// In the order in which it was asked; else how far an explanation comes.
    pub fn check(&mut self) -> Result<Vec<usize>, Vec<usize>> {
        self.operations.sort_by_key(|operation| operation.from);
        check(&self.initial, &self.operations)
    }
}

impl<O: Object<Call = Call>> History<O> {
    /// How many withdrawals were under way at one replica while another one was asked to disclose.
    pub fn races(&self) -> usize {
        let withdraws = |o: &&Operation<O>| matches!(o.call, Call::Withdraw { .. } | Call::Object { .. });
        let discloses = |o: &&Operation<O>| matches!(o.call, Call::Disclose { .. });
        let races = |w: &&Operation<O>| {
            let asked = self.operations.iter().filter(discloses);
            asked.filter(|d| d.replica != w.replica).any(|d| d.overlaps(w))
        };
        self.operations.iter().filter(withdraws).filter(races).count()
    }
}

impl History {
    /// One line, for another checker to judge as well; with our own verdict.
    pub fn line(&self, linearizable: bool) -> String {
        let operation = |o: &Operation<Client>| {
            let until = (o.until != NEVER).then_some(o.until);
            json!({ "call": o.call, "answer": o.answer, "from": o.from, "until": until })
        };
        let operations: Vec<_> = self.operations.iter().map(operation).collect();
        let (name, young) = (&self.name, self.initial.young);
        json!({ "name": name, "young": young, "linearizable": linearizable, "operations": operations })
            .to_string()
    }
}

/// A line an operation: when it was under way beside the others, where, what was asked and what was answered.
impl<O: Object<Call = Call>> fmt::Display for History<O>
where
    O::Answer: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut moments: Vec<u64> = self.operations.iter().flat_map(|o| [o.from, o.until]).collect();
        moments.sort_unstable();
        moments.dedup();
        let place = |moment| moments.binary_search(&moment).unwrap();
        writeln!(
            f,
            "{}: the time runs from left to right; a call without an end was never answered",
            self.name
        )?;
        for (number, o) in self.operations.iter().enumerate() {
            let (from, until) = (place(o.from), place(o.until));
            let bar: String = (0..moments.len())
                .map(|at| match at {
                    at if at == from => '[',
                    at if at == until && o.until != NEVER => ']',
                    at if (from..=until).contains(&at) => '=',
                    _ => '.',
                })
                .collect();
            let answer = o.answer.as_ref().map_or("?".to_owned(), |answer| format!("{answer:?}"));
            writeln!(f, "{number:3} {bar} caller {} at {}: {:?} -> {answer}", o.caller, o.replica, o.call)?;
        }
        Ok(())
    }
}

/// Shows a history that nothing explains.
pub fn show<O: Object<Call = Call>>(history: &History<O>, longest: &[usize]) -> String
where
    O::Answer: fmt::Debug,
{
    let mut state = history.initial.clone();
    for i in longest {
        state = O::apply(&state, &history.operations[*i].call).0;
    }
    let left = (0..history.operations.len()).filter(|i| !longest.contains(i));
    let left = left.filter(|i| history.operations[*i].answer.is_some());
    let expected = left.map(|i| {
        let (_, answer) = O::apply(&state, &history.operations[i].call);
        format!("{i} would be answered {answer:?}")
    });
    format!(
        "NOT LINEARIZABLE. {history}No order explains it. The longest that does: {longest:?}. After it:\n  {}",
        expected.collect::<Vec<_>>().join("\n  ")
    )
}

/// How often what happened.
#[derive(Default, Clone, Copy)]
pub struct Counts {
    pub histories: usize,
    pub operations: usize,
    pub races: usize,
    pub raced: usize,
    pub released: usize,
    pub withheld: usize,
    pub previews: usize,
    pub changes: usize,
    pub refused: usize,
    pub unknown: usize,
    pub without_effect: usize,
    pub kills: usize,
    pub cuts: usize,
    pub sent_back: u64,
    pub violations: usize,
}

impl Counts {
    /// With those of another round.
    pub fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.operations += other.operations;
        self.races += other.races;
        self.raced += other.raced;
        self.released += other.released;
        self.withheld += other.withheld;
        self.previews += other.previews;
        self.changes += other.changes;
        self.refused += other.refused;
        self.unknown += other.unknown;
        self.without_effect += other.without_effect;
        self.kills += other.kills;
        self.cuts += other.cuts;
        self.sent_back += other.sent_back;
        self.violations += other.violations;
    }

    pub fn count(&mut self, history: &History) {
        self.histories += 1;
        self.operations += history.operations.len();
        let races = history.races();
        self.races += races;
        self.raced += usize::from(races > 0);
        for operation in &history.operations {
            match &operation.answer {
                None => self.unknown += 1,
                Some(Answer::Released(fields)) if fields.is_empty() => self.withheld += 1,
                Some(Answer::Released(_)) => self.released += 1,
                Some(Answer::Permitted(_) | Answer::Listed { .. }) => self.previews += 1,
                Some(Answer::Registered | Answer::Changed(_)) => self.changes += 1,
                Some(Answer::Refused(_)) => self.refused += 1,
            }
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} histories of {} operations: {} releases, {} answers with nothing, {} previews and lists, {} changes, {} refused changes, \
             {} unknown, {} more without effect; {} withdrawals or objections while another replica was asked to disclose, in {} histories; {} kills, \
             {} lost connections, {} batches sent back; {} violations",
            self.histories,
            self.operations,
            self.released,
            self.withheld,
            self.previews,
            self.changes,
            self.refused,
            self.unknown,
            self.without_effect,
            self.races,
            self.raced,
            self.kills,
            self.cuts,
            self.sent_back,
            self.violations
        )
    }
}
