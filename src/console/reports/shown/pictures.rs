//! Pictures of reports that people would rather look at than read: made of the same cells as the tables.

use std::collections::BTreeMap;

use super::{named, worded};
use crate::console::charts::{Count, HeatMap, HeatPicture, Part, Stacked, StackedPicture};
use crate::console::naming::Naming;
use crate::report::{Cell, Question, Table};

/// Rows that a heat map has at most, those with most first: the table below it has all.
const MOST_ROWS: usize = 40;
/// Bars at most, likewise.
const MOST_BARS: usize = 12;

/// Those of this question.
pub(super) fn of(
    naming: &Naming<'_>,
    question: Question,
    tables: &[Table],
) -> (Vec<HeatPicture>, Vec<StackedPicture>) {
    let Some(first) = tables.first().filter(|table| !table.rows.is_empty()) else {
        return (Vec::new(), Vec::new());
    };
    match question {
        Question::Matrix => (vec![matrix(naming, first).draw()], Vec::new()),
        Question::Denials => (Vec::new(), vec![reasons(naming, first).draw()]),
        _ => (Vec::new(), Vec::new()),
    }
}

/// Field by recipient and purpose.
fn matrix(naming: &Naming<'_>, table: &Table) -> HeatMap {
    let text =
        |row: &[Cell], id| column(table, row, id).map_or_else(String::new, |c| c.written(naming.language));
    let mut columns: Vec<(String, String)> = Vec::new();
    let mut rows: BTreeMap<String, BTreeMap<usize, u64>> = BTreeMap::new();
    for row in &table.rows {
        let place = (text(row, "recipient"), text(row, "purpose"));
        let at = columns.iter().position(|known| *known == place).unwrap_or_else(|| {
            columns.push(place);
            columns.len() - 1
        });
        let Some(Cell::Number(releases)) = column(table, row, "releases") else { continue };
        let count = rows.entry(text(row, "field")).or_default().entry(at).or_default();
        *count = count.saturating_add(*releases);
    }
    let mut rows: Vec<(String, BTreeMap<usize, u64>)> = rows.into_iter().collect();
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.values().sum::<u64>()));
    rows.truncate(MOST_ROWS);
    let purpose = |id: &str| {
        let found = naming.reader.purposes.all().find(|purpose| purpose.id == id);
        found.map_or_else(|| id.to_owned(), |purpose| naming.purpose(purpose.code))
    };
    let counts = |counts: &BTreeMap<usize, u64>| {
        (0..columns.len()).map(|at| Count::Number(counts.get(&at).copied().unwrap_or_default())).collect()
    };
    HeatMap {
        id: "matrix",
        title: naming.say("Gegevens naar ontvanger en doel", "Fields by recipient and purpose").to_owned(),
        description: naming
            .say(
                "Donkerder is vaker gegeven. Elk vak noemt het aantal.",
                "Darker was released more often. Each square says how often.",
            )
            .to_owned(),
        of: naming.say("Gegeven", "Field").to_owned(),
        rows: rows.iter().map(|(field, found)| (named(naming, field), counts(found))).collect(),
        columns: columns.iter().map(|(recipient, id)| format!("{recipient}: {}", purpose(id))).collect(),
        language: naming.language,
    }
}

/// Withheld fields by reason.
fn reasons(naming: &Naming<'_>, table: &Table) -> Stacked {
    let mut by_reason: BTreeMap<String, u64> = BTreeMap::new();
    for row in &table.rows {
        let Some(Cell::Number(fields)) = column(table, row, "fields") else { continue };
        let reason = column(table, row, "reason").map(|cell| cell.written(naming.language));
        let reason = worded(naming, "reason", &reason.unwrap_or_default());
        let count = by_reason.entry(reason).or_default();
        *count = count.saturating_add(*fields);
    }
    let mut by_reason: Vec<(String, u64)> = by_reason.into_iter().collect();
    by_reason.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    by_reason.truncate(MOST_BARS);
    let counts = by_reason.iter().map(|(_, count)| Count::Number(*count)).collect();
    Stacked {
        id: "reasons",
        title: naming.say("Niet gegeven, per reden", "Withheld, by reason").to_owned(),
        description: naming.say("Aantal gegevens per reden.", "Number of fields for each reason.").to_owned(),
        of: naming.say("Reden", "Reason").to_owned(),
        labels: by_reason.into_iter().map(|(reason, _)| reason).collect(),
        parts: vec![Part { name: naming.say("Gegevens", "Fields").to_owned(), counts }],
        language: naming.language,
    }
}

fn column<'a>(table: &Table, row: &'a [Cell], id: &str) -> Option<&'a Cell> {
    table.columns.iter().zip(row).find(|(column, _)| column.id == id).map(|(_, cell)| cell)
}
