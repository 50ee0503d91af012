//! What officers said of the entries of one sample: the newest verdict on each counts. That nothing was found is said as well.

use std::collections::BTreeMap;

use crate::domain::{Entry, Event, Language, SampleFollowUp, SampleJudgement, SampleVerdict};
use crate::projection::words as said;
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Table, Words};

/// Of an entry that was drawn.
pub(super) const VERDICT: Column = column("verdict", "oordeel", "verdict", Kind::Text);
/// See [`VERDICT`].
pub(super) const FOLLOW_UP: Column = column("follow_up", "vervolg", "follow-up", Kind::Text);
/// See [`VERDICT`].
pub(super) const JUDGED_IN: Column =
    column("judged_in", "oordeel in regel", "verdict in entry", Kind::Number);

const COLUMNS: &[Column] = &[
    column("in_sample", "in de steekproef", "in the sample", Kind::Number),
    column("in_order", "in orde", "in order", Kind::Number),
    column("not_in_order", "niet in orde", "not in order", Kind::Number),
    column("further_question", "nadere vraag", "further question", Kind::Number),
    column("unjudged", "nog te beoordelen", "still to be judged", Kind::Number),
    column("conclusion", "slotsom", "conclusion", Kind::Text),
];
const UNJUDGED: Words = words("nog te beoordelen", "still to be judged");
const NOTHING_DRAWN: Words = words("niets getrokken", "nothing drawn");
const UNDER_WAY: Words = words("nog niet alles is beoordeeld", "not all is judged yet");
const QUESTIONS: Words = words("nog niet elke vraag is beantwoord", "not every question is answered yet");
const NO_FINDINGS: Words = words("geen bevindingen", "no findings");
const FINDINGS: Words = words("bevindingen", "findings");

/// The newest verdict on each entry, and the entry that says so.
#[derive(Default)]
pub(super) struct Verdicts(BTreeMap<u64, (u64, SampleJudgement)>);

impl Verdicts {
    /// Takes an entry; says whether it is a verdict, of whichever sample.
    pub(super) fn take(&mut self, seed: &str, index: u64, entry: &Entry) -> bool {
        let Event::SampleJudged(judgement) = &entry.event else { return false };
        if judgement.seed.as_str() == seed {
            self.0.insert(judgement.entry, (index, judgement.clone()));
        }
        true
    }

    /// The cells of [`VERDICT`], [`FOLLOW_UP`] and [`JUDGED_IN`] for an entry.
    pub(super) fn cells(&self, entry: u64) -> [Cell; 3] {
        match self.0.get(&entry) {
            None => [Cell::Words(UNJUDGED), Cell::Empty, Cell::Empty],
            Some((index, judgement)) => [
                Cell::Words(verdict(judgement.verdict)),
                Cell::Words(follow_up(judgement.follow_up)),
                Cell::Number(*index),
            ],
        }
    }

    /// How far the sample of these entries is.
    pub(super) fn table<'a>(&self, drawn: impl Iterator<Item = &'a u64>) -> Table {
        let (mut all, mut judged) = (0_u64, [0_u64; 3]);
        for entry in drawn {
            all += 1;
            let said = self.0.get(entry).map(|(_, judgement)| judgement.verdict);
            let counts = judged.iter_mut().zip(SampleVerdict::ALL);
            counts.filter(|(_, verdict)| said == Some(*verdict)).for_each(|(count, _)| *count += 1);
        }
        let [in_order, not_in_order, question] = judged;
        let unjudged = all - judged.iter().sum::<u64>();
        let conclusion = match (all, unjudged, question, not_in_order) {
            (0, ..) => NOTHING_DRAWN,
            (_, 1.., ..) => UNDER_WAY,
            (_, _, 1.., _) => QUESTIONS,
            (.., 0) => NO_FINDINGS,
            _ => FINDINGS,
        };
        let mut table = Table::new("verdicts", words("Oordelen", "Verdicts"), COLUMNS);
        let counts = [all, in_order, not_in_order, question, unjudged].map(Cell::Number);
        table.push_row(counts.into_iter().chain([Cell::Words(conclusion)]).collect());
        table
    }
}

fn verdict(verdict: SampleVerdict) -> Words {
    words(said::sample_verdict(verdict, Language::Dutch), said::sample_verdict(verdict, Language::English))
}

fn follow_up(what: SampleFollowUp) -> Words {
    words(said::sample_follow_up(what, Language::Dutch), said::sample_follow_up(what, Language::English))
}
