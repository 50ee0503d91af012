//! P6: a sample that anybody can draw again.
//!
//! The population is every ask of the period, first requests only. All emergencies, all asks for a crisis (CRI) and all releases of a
//! field about safety or justice (class KS) are in the sample. Of the rest as many are drawn as was said, or else 2 % of them and at
//! least 20: those with the smallest SHA-256 of the text `<seed>/<index>`, where the index is that of the entry, in decimal.
//!
//! What officers made of what was drawn stands beside it: they look at it after the period, so the verdicts of the same seed count
//! that are recorded until now.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};

use crate::domain::{DisclosureEvent, Sensitivity};
use crate::projection::{Reader, Record};
use crate::report::names::{disclosure, fields, organisation, purpose, released};
use crate::report::table::{Column, Kind, column, words};
use crate::report::verdicts::{FOLLOW_UP, JUDGED_IN, VERDICT, Verdicts};
use crate::report::{Cell, Report, Scope, Table, Words};

const DRAWN: &[Column] = &[
    column("entry", "regel", "entry", Kind::Number),
    VERDICT,
    FOLLOW_UP,
    JUDGED_IN,
    column("why", "waarom in de steekproef", "why in the sample", Kind::Text),
    column("at", "wanneer", "when", Kind::Moment),
    column("client", "cliënt", "client", Kind::Client),
    column("recipient", "ontvanger", "recipient", Kind::Text),
    column("role", "rol", "role", Kind::Text),
    column("requester", "professional", "professional", Kind::Text),
    column("purpose", "waarvoor", "what for", Kind::Text),
    column("ground", "grond", "ground", Kind::Text),
    column("released", "gegeven", "released", Kind::Fields),
];
const HOW: &[Column] = &[
    column("seed", "zaad", "seed", Kind::Text),
    column("population", "vragen in de periode", "asks in the period", Kind::Number),
    column("always", "altijd erin", "always in it", Kind::Number),
    column("rest", "overige", "the rest", Kind::Number),
    column("drawn", "daarvan getrokken", "drawn of it", Kind::Number),
];

const LEAST: u64 = 20;
const ONE_IN: u64 = 50;
const EMERGENCY: Words = words("nood", "emergency");
const CRISIS: Words = words("doel crisis", "purpose crisis");
const SAFETY: Words = words("gegeven klasse KS", "field of class KS");
const LOT: Words = words("getrokken", "drawn");

/// A reproducible sample.
pub(super) struct Sample {
    scope: Scope,
    always: BTreeMap<u64, Vec<Cell>>,
    rest: u64,
    /// The smallest hashes so far: as many as could be drawn of the whole ledger.
    lots: BTreeMap<[u8; 32], (u64, Vec<Cell>)>,
    verdicts: Verdicts,
}

impl Sample {
    pub(super) fn new(scope: Scope) -> Self {
        let (always, lots, verdicts) = (BTreeMap::new(), BTreeMap::new(), Verdicts::default());
        Self { scope, always, rest: 0, lots, verdicts }
    }

    fn drawn_of(&self, rest: u64) -> u64 {
        self.scope.count.unwrap_or_else(|| rest.div_ceil(ONE_IN).max(LEAST)).min(rest)
    }
}

/// SHA-256 of `<seed>/<index>`.
fn lot(seed: &str, index: u64) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, format!("{seed}/{index}").as_bytes()).as_ref());
    hash
}

impl Report for Sample {
    fn take(&mut self, record: &Record<'_>) {
        let (entry, reader) = (record.entry, &record.reader);
        if self.verdicts.take(&self.scope.seed, record.index, entry) {
            return;
        }
        let (Some(asked), Some(actor)) = (disclosure(entry), &entry.actor) else { return };
        let counts = asked.repeat_of.is_none() && self.scope.contains(entry.at);
        if !counts || !self.scope.is_about(asked, actor) {
            return;
        }
        let always = why_always(asked, reader);
        let row = vec![
            Cell::Number(record.index),
            Cell::Words(always.unwrap_or(LOT)),
            Cell::Moment(entry.at),
            record.client.map_or(Cell::Empty, Cell::text),
            organisation(reader, &actor.hat.organisation),
            Cell::text(&actor.hat.role),
            Cell::text(&actor.requester),
            purpose(reader, asked.purpose),
            Cell::text(&asked.ground),
            fields(reader, released(asked)),
        ];
        if always.is_some() {
            self.always.insert(record.index, row);
            return;
        }
        self.rest += 1;
        self.lots.insert(lot(&self.scope.seed, record.index), (record.index, row));
        if self.lots.len() as u64 > self.drawn_of(self.scope.heads.size.max(LEAST)) {
            self.lots.pop_last();
        }
    }

    fn tables(self: Box<Self>, _: &Reader<'_>) -> Vec<Table> {
        let drawn = self.drawn_of(self.rest);
        let title = words("Hoe de steekproef is getrokken", "How the sample was drawn");
        let mut how = Table::new("how", title, HOW);
        let always = self.always.len() as u64;
        how.push([
            Cell::text(&self.scope.seed),
            Cell::Number(always + self.rest),
            Cell::Number(always),
            Cell::Number(self.rest),
            Cell::Number(drawn),
        ]);
        let mut rows = self.always;
        let lots = self.lots.into_values().zip(0..drawn);
        rows.extend(lots.map(|(lot, _)| lot));
        let mut table = Table::new("sample", words("Steekproef", "Sample"), DRAWN);
        let verdicts = self.verdicts.table(rows.keys());
        for (index, mut row) in rows {
            drop(row.splice(1..1, self.verdicts.cells(index)));
            table.push_row(row);
        }
        vec![how, verdicts, table]
    }
}

fn why_always(asked: &DisclosureEvent, reader: &Reader<'_>) -> Option<Words> {
    let is_safety = |code| reader.catalogue.field(code).is_some_and(|field| field.class == Sensitivity::KS);
    if asked.ground.is_emergency() {
        Some(EMERGENCY)
    } else if asked.purpose.as_str() == "CRI" {
        Some(CRISIS)
    } else {
        released(asked).any(is_safety).then_some(SAFETY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{catalogue, days_ago};
    use crate::report::Heads;
    use crate::report::testing::*;

    fn sample(seed: &str, count: Option<u64>, asks: u64) -> Table {
        let story: Vec<_> = (0..asks).map(|_| asked(1, days_ago(1), &["C01"], &[])).collect();
        let scope = Scope {
            seed: seed.to_owned(),
            count,
            heads: Heads { size: asks, ..Heads::default() },
            ..scope()
        };
        let [_, _, table] = told(Sample::new(scope), &story, &care()).try_into().unwrap();
        table
    }

    fn indexes(table: &Table) -> Vec<u64> {
        cells(table, &["entry"]).iter().map(|[index]| index.parse().unwrap()).collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_and_another_draws_another() {
        let first = indexes(&sample("2026-11", None, 200));
        assert_eq!((first.len(), &first), (20, &indexes(&sample("2026-11", None, 200))));
        assert_ne!(first, indexes(&sample("2026-12", None, 200)));
    }

    #[test]
    fn those_with_the_smallest_hash_of_seed_and_index_are_drawn() {
        // printf '%s' a/0 | sha256sum, and so on.
        let mut order: Vec<u64> = (0..30).collect();
        order.sort_by_key(|index| lot("a", *index));
        let mut expected = order[..3].to_vec();
        expected.sort_unstable();
        assert_eq!(indexes(&sample("a", Some(3), 30)), expected);
        let hash = crate::domain::FileDigest::from_bytes(lot("a", 0));
        assert_eq!(hash.as_str(), "d7e98967056f4828cb388a7930d88594b59e4374a7927afdd93890273682c804");
    }

    #[test]
    fn twenty_are_drawn_or_two_in_a_hundred_and_never_more_than_there_are() {
        for (asks, drawn) in [(7, 7), (20, 20), (1_000, 20), (1_001, 21), (1_500, 30)] {
            assert_eq!(sample("s", None, asks).rows.len(), drawn, "{asks}");
        }
        assert_eq!(sample("s", Some(2), 1_500).rows.len(), 2);
    }

    #[test]
    fn emergencies_crises_and_fields_about_safety_are_always_in_it() {
        let safety = catalogue().fields().find(|f| f.class == Sensitivity::KS).unwrap().code.to_string();
        let story = [
            emergency(1, days_ago(1), None),
            but(asked(1, days_ago(1), &["C01"], &[]), |d| d.purpose = crate::domain::testing::purpose("CRI")),
            asked(1, days_ago(1), &[safety.as_str()], &[]),
            asked(1, days_ago(1), &["C01"], &[safety.as_str()]),
            repeated(emergency(1, days_ago(1), None), 0),
        ];
        let scope = Scope { count: Some(0), ..scope() };
        let [how, _, table] = told(Sample::new(scope), &story, &care()).try_into().unwrap();
        let expected = [["0", "nood"], ["1", "doel crisis"], ["2", "gegeven klasse KS"]];
        assert_eq!(cells(&table, &["entry", "why"]), expected);
        assert_eq!(cells(&how, &["population", "always", "rest", "drawn"]), [["4", "3", "1", "0"]]);
    }

    #[test]
    fn each_entry_stands_with_its_newest_verdict_also_one_from_after_the_period() {
        use crate::domain::SampleFollowUp::{Nothing, Talk};
        use crate::domain::SampleVerdict::{FurtherQuestion, InOrder, NotInOrder};
        let story = [
            asked(1, days_ago(9), &["C01"], &[]),
            asked(2, days_ago(9), &["C01"], &[]),
            asked(3, days_ago(9), &["C01"], &[]),
            sampled(1, days_ago(2), 0, "seed", (FurtherQuestion, Talk)),
            sampled(1, days_ago(1), 0, "seed", (InOrder, Nothing)),
            sampled(2, days_ago(1), 1, "another", (InOrder, Nothing)),
            sampled(3, days_ago(1), 2, "seed", (NotInOrder, Talk)),
        ];
        let scope =
            Scope { until: Some(days_ago(8)), heads: Heads { size: 7, ..Heads::default() }, ..scope() };
        let [_, verdicts, table] = told(Sample::new(scope), &story, &care()).try_into().unwrap();
        let expected = [
            ["0", "in orde", "geen", "4"],
            ["1", "nog te beoordelen", "", ""],
            ["2", "niet in orde", "gesprek met de professional", "6"],
        ];
        assert_eq!(cells(&table, &["entry", "verdict", "follow_up", "judged_in"]), expected);
        let counted =
            cells(&verdicts, &["in_sample", "in_order", "not_in_order", "further_question", "unjudged"]);
        assert_eq!(counted, [["3", "1", "1", "0", "1"]]);
    }

    #[test]
    fn that_nothing_was_found_is_said_and_so_is_that_the_sample_is_not_done() {
        use crate::domain::SampleFollowUp::{Nothing, Talk};
        use crate::domain::SampleVerdict::{FurtherQuestion, InOrder, NotInOrder};
        let conclusion = |said: &[_]| {
            let mut story = vec![asked(1, days_ago(2), &["C01"], &[]), asked(1, days_ago(2), &["C01"], &[])];
            let said = said.iter().zip(0..);
            story.extend(said.map(|(what, entry)| sampled(1, days_ago(1), entry, "seed", *what)));
            let scope = Scope { heads: Heads { size: 9, ..Heads::default() }, ..scope() };
            let [_, verdicts, _] = told(Sample::new(scope), &story, &care()).try_into().unwrap();
            let [[conclusion]] = cells(&verdicts, &["conclusion"]).try_into().unwrap();
            conclusion
        };
        let fine = (InOrder, Nothing);
        assert_eq!(conclusion(&[]), "nog niet alles is beoordeeld");
        assert_eq!(conclusion(&[(NotInOrder, Talk)]), "nog niet alles is beoordeeld");
        assert_eq!(conclusion(&[fine, (FurtherQuestion, Talk)]), "nog niet elke vraag is beantwoord");
        assert_eq!(conclusion(&[fine, (NotInOrder, Talk)]), "bevindingen");
        assert_eq!(conclusion(&[fine, fine]), "geen bevindingen");
        let [_, verdicts, _] = told(Sample::new(scope()), &[], &care()).try_into().unwrap();
        assert_eq!(cells(&verdicts, &["in_sample", "conclusion"]), [["0", "niets getrokken"]]);
    }
}
