//! P16: figures for the board and the council: by month, without any client, and without a count that could be somebody.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{ClientRef, Event, Ground, Outcome, PurposeCode};
use crate::projection::{Reader, Record};
use crate::report::names::{self, disclosure, month};
use crate::report::table::{Column, Kind, column, words};
use crate::report::who_saw::outcome;
use crate::report::{Cell, Report, Scope, Table, Words, small_counts};

const FIGURES: &[Column] = &[
    column("month", "maand", "month", Kind::Text),
    column("figure", "wat", "what", Kind::Text),
    column("count", "aantal", "count", Kind::Number),
];
const DIVIDED: &[Column] = &[
    column("month", "maand", "month", Kind::Text),
    column("by", "verdeeld naar", "divided by", Kind::Text),
    column("value", "waarvan", "of which", Kind::Text),
    column("count", "aantal", "count", Kind::Number),
];

const OUTCOMES: [Outcome; 4] = [Outcome::Released, Outcome::Partial, Outcome::Withheld, Outcome::Failed];
const CLIENTS: Words = words("cliënten om wie het ging", "clients concerned");
const PREVIEWS: Words = words("keer vooraf bekeken", "previews");
const CONSULTATIONS: Words = words("consultaties zonder naam", "consultations without a name");
const CONSENTS: Words = words("toestemmingen en bezwaren vastgelegd", "consents and objections recorded");
const WITHDRAWALS: Words = words("intrekkingen", "withdrawals");
const REVIEWS: Words = words("noodverstrekkingen beoordeeld", "emergencies reviewed");
const JUDGED: Words = words("keer een regel van een steekproef beoordeeld", "verdicts on entries of samples");
const NOTICES: Words = words("cliënten achteraf ingelicht", "clients told afterwards");
const READINGS: Words = words("keer het register gelezen", "readings of the ledger");
const REFUSED: Words = words("aanroepen die niet konden", "calls that could not be answered");
const REQUESTS: Words = words("vragen om gegevens", "requests for fields");

const BY_OUTCOME: Words = words("uitkomst", "outcome");
const BY_PURPOSE: Words = words("doel", "purpose");
const BY_GROUND: Words = words("grond", "ground");

#[derive(Default)]
struct Month {
    clients: BTreeSet<ClientRef>,
    requests: u64,
    outcomes: [u64; 4],
    purposes: BTreeMap<PurposeCode, u64>,
    grounds: BTreeMap<Ground, u64>,
    others: BTreeMap<Words, u64>,
}

/// Counts by month. Never narrowed to anybody: two answers would tell a third.
pub(super) struct Monthly {
    scope: Scope,
    months: BTreeMap<String, Month>,
}

impl Monthly {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, months: BTreeMap::new() }
    }
}

impl Report for Monthly {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        if !self.scope.contains(entry.at) || (disclosure(entry).is_none() && figure(&entry.event).is_none()) {
            return;
        }
        let seen = self.months.entry(month(entry.at)).or_default();
        if let Some(asked) = disclosure(entry) {
            if asked.repeat_of.is_none() {
                seen.clients.extend(entry.client.clone());
                seen.requests += 1;
                let outcomes = seen.outcomes.iter_mut().zip(OUTCOMES);
                outcomes
                    .filter(|(_, outcome)| *outcome == entry.outcome())
                    .for_each(|(count, _)| *count += 1);
                *seen.purposes.entry(asked.purpose).or_default() += 1;
                *seen.grounds.entry(asked.ground).or_default() += 1;
            }
        } else if let Some(figure) = figure(&entry.event) {
            *seen.others.entry(figure).or_default() += 1;
        }
    }

    fn tables(self: Box<Self>, reader: &Reader<'_>) -> Vec<Table> {
        let title = words("Cijfers per maand", "Figures by month");
        let mut figures = Table::new("figures", title, FIGURES);
        let title = words("Vragen om gegevens, verdeeld", "Requests for fields, divided");
        let mut divided = Table::new("divided", title, DIVIDED);
        for (name, seen) in self.months {
            let division = |counts: &mut dyn Iterator<Item = &u64>| counts.copied().collect::<Vec<u64>>();
            let divisions = [
                seen.outcomes.to_vec(),
                division(&mut seen.purposes.values()),
                division(&mut seen.grounds.values()),
            ];
            let (total, cells) = small_counts::divided(seen.requests, &divisions);
            figures.push([Cell::text(&name), Cell::Words(REQUESTS), total]);
            figures.push([
                Cell::text(&name),
                Cell::Words(CLIENTS),
                small_counts::count(seen.clients.len() as u64),
            ]);
            for (figure, count) in seen.others {
                figures.push([Cell::text(&name), Cell::Words(figure), small_counts::count(count)]);
            }
            let values = [
                (BY_OUTCOME, OUTCOMES.map(|o| Cell::Words(outcome(o))).to_vec()),
                (BY_PURPOSE, seen.purposes.keys().map(|code| names::purpose(reader, *code)).collect()),
                (BY_GROUND, seen.grounds.keys().map(Cell::text).collect()),
            ];
            for ((by, values), counts) in values.into_iter().zip(cells) {
                for (value, count) in values.into_iter().zip(counts) {
                    divided.push([Cell::text(&name), Cell::Words(by), value, count]);
                }
            }
        }
        vec![figures, divided]
    }
}

fn figure(event: &Event) -> Option<Words> {
    Some(match event {
        Event::Previewed(_) => PREVIEWS,
        Event::Consulted(_) => CONSULTATIONS,
        Event::ConsentRecorded(_) => CONSENTS,
        Event::ConsentWithdrawn(_) => WITHDRAWALS,
        Event::EmergencyReviewed(_) => REVIEWS,
        Event::SampleJudged(_) => JUDGED,
        Event::ClientNotified(_) => NOTICES,
        Event::LogRead(_) => READINGS,
        Event::Refused { .. } => REFUSED,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn figures_are_by_month_and_small_ones_are_not_told_nor_computed() {
        let mut story: Vec<_> = (0..6).map(|n| asked(n, days_ago(40), &["C01"], &[])).collect();
        story.extend((0..6).map(|n| asked(n, days_ago(2), &["C01"], &["D01"])));
        story.push(repeated(asked(0, days_ago(2), &["C01"], &["D01"]), 6));
        story.extend([asked(7, days_ago(1), &[], &["C01"]), read_log(days_ago(1))]);
        let [figures, divided] = told(Monthly::new(scope()), &story, &care()).try_into().unwrap();
        let expected = [
            ["2026-10", "vragen om gegevens", "6"],
            ["2026-10", "cliënten om wie het ging", "6"],
            ["2026-11", "vragen om gegevens", "7"],
            ["2026-11", "cliënten om wie het ging", "7"],
            ["2026-11", "keer het register gelezen", "<5"],
        ];
        assert_eq!(cells(&figures, &["month", "figure", "count"]), expected);
        let outcomes = cells(&divided, &["month", "value", "count"]);
        let november = outcomes.iter().filter(|row| row[0] == "2026-11").take(4);
        let november: Vec<_> = november.map(|row| row[2].as_str()).collect();
        assert_eq!(november, ["0", "x", "<5", "0"], "the one that got nothing cannot be computed");
    }

    #[test]
    fn no_client_and_no_professional_is_in_it() {
        let story: Vec<_> = (0..9).map(|n| asked(n, days_ago(2), &["C01"], &[])).collect();
        let tables = told(Monthly::new(scope()), &story, &care());
        let kinds = tables.iter().flat_map(|table| table.columns).map(|column| column.kind);
        assert!(kinds.into_iter().all(|kind| kind != Kind::Client));
        let text = format!("{tables:?}");
        assert!(!text.contains("handle") && !text.contains(professional().as_str()), "{text}");
    }
}
