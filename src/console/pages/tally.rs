//! Requests over time and refusals by reason, as charts: of the last days, each day with its bar.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::console::charts::{Count, Part, Stacked, StackedPicture};
use crate::console::naming::Naming;
use crate::domain::{Outcome, Told};
use crate::projection::words;
use crate::report::{DayTally, Tally};

/// How many days are drawn.
pub(super) const DAYS: i32 = 31;

type OfDay = fn(&DayTally) -> u64;

/// The parts of a bar.
const ENDED: [(Outcome, OfDay); 4] = [
    (Outcome::Released, |day| day.released),
    (Outcome::Partial, |day| day.partial),
    (Outcome::Withheld, |day| day.withheld),
    (Outcome::Failed, |day| day.failed),
];

/// Requests over time, and refusals by reason, up to and with this day; nothing where nothing was asked.
pub(super) fn charts(tally: &Tally, today: Date, naming: &Naming<'_>) -> Vec<StackedPicture> {
    let first = today.saturating_sub((DAYS - 1).days());
    let days: BTreeMap<Date, &DayTally> = tally.days(first, today).collect();
    if days.is_empty() {
        return Vec::new();
    }
    let mut reasons: BTreeMap<Told, u64> = BTreeMap::new();
    for (told, count) in days.values().flat_map(|day| &day.told) {
        let sum = reasons.entry(*told).or_default();
        *sum = sum.saturating_add(*count);
    }
    let mut charts = vec![over_time(&days, first, naming).draw()];
    if !reasons.is_empty() {
        charts.push(by_reason(&reasons, naming).draw());
    }
    charts
}

fn over_time(days: &BTreeMap<Date, &DayTally>, first: Date, naming: &Naming<'_>) -> Stacked {
    let dates: Vec<Date> = (0..DAYS).map(|day| first.saturating_add(day.days())).collect();
    let part = |(outcome, of): (Outcome, OfDay)| Part {
        name: words::outcome(outcome, naming.language).to_owned(),
        counts: dates.iter().map(|date| Count::Number(days.get(date).map_or(0, |day| of(day)))).collect(),
    };
    let describe = (
        "Een staaf per dag, verdeeld naar hoe de vraag afliep.",
        "A bar for each day, divided by how the request ended.",
    );
    Stacked {
        id: "over-time",
        title: naming.say("Vragen om gegevens per dag", "Requests for data by day").to_owned(),
        description: naming.say(describe.0, describe.1).to_owned(),
        of: naming.say("Dag", "Day").to_owned(),
        labels: dates.iter().map(|day| day.strftime("%d-%m").to_string()).collect(),
        parts: ENDED.map(part).into(),
        language: naming.language,
    }
}

fn by_reason(reasons: &BTreeMap<Told, u64>, naming: &Naming<'_>) -> Stacked {
    let counts = reasons.values().map(|count| Count::Number(*count)).collect();
    Stacked {
        id: "by-reason",
        title: naming.say("Niet gegeven, naar reden", "Withheld, by reason").to_owned(),
        description: naming.say("Aantal gegevens per reden.", "Number of fields for each reason.").to_owned(),
        of: naming.say("Reden", "Reason").to_owned(),
        labels: reasons.keys().map(|told| words::told(*told, naming.language).to_owned()).collect(),
        parts: vec![Part { name: naming.say("Gegevens", "Fields").to_owned(), counts }],
        language: naming.language,
    }
}
