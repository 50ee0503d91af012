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
        Question::Unusual => (Vec::new(), vec![days(naming, first).draw()]),
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

/// What stands out, day by day.
fn days(naming: &Naming<'_>, table: &Table) -> Stacked {
    let by_day = newest_days(table);
    let counts = by_day.iter().map(|(_, count)| Count::Number(*count)).collect();
    Stacked {
        id: "days",
        title: naming.say("Wat opvalt, per dag", "What stands out, by day").to_owned(),
        description: naming
            .say(
                "Hoe vaak er die dag iets opviel; dagen zonder staan er niet bij.",
                "How often something stood out on that day; days without are left out.",
            )
            .to_owned(),
        of: naming.say("Dag", "Day").to_owned(),
        labels: by_day.into_iter().map(|(day, _)| day).collect(),
        parts: vec![Part { name: naming.say("Signalen", "Signals").to_owned(), counts }],
        language: naming.language,
    }
}

/// How often each Dutch day is in a table, the oldest first; of more days than there are bars the newest.
fn newest_days(table: &Table) -> Vec<(String, u64)> {
    let mut by_day: BTreeMap<String, u64> = BTreeMap::new();
    for row in &table.rows {
        let Some(Cell::Moment(at)) = column(table, row, "at") else { continue };
        let count = by_day.entry(at.date().to_string()).or_default();
        *count = count.saturating_add(1);
    }
    let older = by_day.len().saturating_sub(MOST_BARS);
    by_day.into_iter().skip(older).collect()
}

fn column<'a>(table: &Table, row: &'a [Cell], id: &str) -> Option<&'a Cell> {
    table.columns.iter().zip(row).find(|(column, _)| column.id == id).map(|(_, cell)| cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::report::{Column, Kind, Words};

    const AT: &[Column] =
        &[Column { id: "at", heading: Words { nl: "wanneer", en: "when" }, kind: Kind::Moment }];
    /// 2026-11-22, a quarter past eleven in the evening in the Netherlands.
    const LATE: Timestamp = Timestamp(1_795_385_700_000);

    #[test]
    fn what_stands_out_is_counted_by_dutch_day_and_the_newest_days_are_shown() {
        let at = |days: i64| vec![Cell::Moment(LATE.plus(days * 86_400_000))];
        let table = |rows: Vec<Vec<Cell>>| Table {
            id: "signals",
            title: Words { nl: "", en: "" },
            columns: AT,
            rows,
            cut_off: 0,
        };
        let next_day = vec![Cell::Moment(LATE.plus(3_600_000))];
        let found = newest_days(&table(vec![at(0), next_day, at(0), vec![Cell::Empty]]));
        assert_eq!(found, [("2026-11-22".to_owned(), 2), ("2026-11-23".to_owned(), 1)]);
        let many = newest_days(&table((0..20).map(at).collect()));
        assert_eq!((many.len(), many[0].0.as_str()), (MOST_BARS, "2026-11-30"));
    }
}
