//! Requests over time and refusals by reason, counted and drawn.
//!
//! What is always true here: it is counted over what it is given, and the page says over how much that was.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::console::charts::{Count, Part, Stacked, StackedPicture};
use crate::console::naming::Naming;
use crate::domain::{Entry, Event, Outcome, Told};
use crate::projection::words;

/// How many days are drawn, at most: the newest.
const DAYS: usize = 31;

/// What was counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Requests of each Dutch day, by how they ended: in the order of [`ENDED`].
    pub(super) days: BTreeMap<Date, [u64; 4]>,
    /// Fields that were withheld, by the reason that the requester heard.
    pub(super) reasons: BTreeMap<Told, u64>,
}

const ENDED: [Outcome; 4] = [Outcome::Released, Outcome::Partial, Outcome::Withheld, Outcome::Failed];

impl Tally {
    /// Takes an entry.
    pub(super) fn take(&mut self, entry: &Entry) {
        let Event::Disclosure(disclosure) = &entry.event else { return };
        let outcome = entry.outcome();
        let day = self.days.entry(entry.at.date()).or_default();
        let counts = day.iter_mut().zip(ENDED).filter(|(_, ended)| *ended == outcome);
        counts.for_each(|(count, _)| *count = count.saturating_add(1));
        for group in &disclosure.withheld {
            let fields = u64::try_from(group.fields.len()).unwrap_or(u64::MAX);
            let count = self.reasons.entry(group.told).or_default();
            *count = count.saturating_add(fields);
        }
    }

    /// Requests over time, and refusals by reason; nothing where nothing was counted.
    pub(super) fn draw(&self, naming: &Naming<'_>) -> Vec<StackedPicture> {
        let mut charts = Vec::new();
        if !self.days.is_empty() {
            charts.push(self.over_time(naming).draw());
        }
        if !self.reasons.is_empty() {
            charts.push(self.by_reason(naming).draw());
        }
        charts
    }

    fn over_time(&self, naming: &Naming<'_>) -> Stacked {
        let newest: Vec<_> = self.days.iter().skip(self.days.len().saturating_sub(DAYS)).collect();
        let part = |(at, outcome): (usize, &Outcome)| Part {
            name: words::outcome(*outcome, naming.language).to_owned(),
            counts: newest
                .iter()
                .map(|(_, counts)| Count::Number(counts.get(at).copied().unwrap_or_default()))
                .collect(),
        };
        Stacked {
            id: "over-time",
            title: naming.say("Vragen om gegevens per dag", "Requests for data by day").to_owned(),
            description: naming
                .say(
                    "Staven per dag, verdeeld naar hoe de vraag afliep.",
                    "Bars by day, divided by how the request ended.",
                )
                .to_owned(),
            of: naming.say("Dag", "Day").to_owned(),
            labels: newest.iter().map(|(day, _)| day.strftime("%d-%m").to_string()).collect(),
            parts: ENDED.iter().enumerate().map(part).collect(),
            language: naming.language,
        }
    }

    fn by_reason(&self, naming: &Naming<'_>) -> Stacked {
        let counts = self.reasons.values().map(|count| Count::Number(*count)).collect();
        Stacked {
            id: "by-reason",
            title: naming.say("Niet gegeven, naar reden", "Withheld, by reason").to_owned(),
            description: naming
                .say("Aantal gegevens per reden.", "Number of fields for each reason.")
                .to_owned(),
            of: naming.say("Reden", "Reason").to_owned(),
            labels: self.reasons.keys().map(|told| words::told(*told, naming.language).to_owned()).collect(),
            parts: vec![Part { name: naming.say("Gegevens", "Fields").to_owned(), counts }],
            language: naming.language,
        }
    }
}
