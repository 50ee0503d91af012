//! Entries in a table: when, what, by whom, about whom, and how it ended.

use crate::console::naming::Naming;
use crate::console::parts::{Cell, Grid, Heading};
use crate::projection::{Account, Record, words};

/// The columns.
pub(super) fn grid(naming: &Naming<'_>, caption: String, rows: Vec<Vec<Cell>>) -> Grid {
    let say = |dutch, english| naming.say(dutch, english);
    let headings = vec![
        Heading::text(say("Regel", "Entry")),
        Heading::text(say("Wanneer", "When")),
        Heading::text(say("Wat", "What")),
        Heading::text(say("Door", "By")),
        Heading::text(say("Cliënt", "Client")),
        Heading::text(say("Doel", "Purpose")),
        Heading::text(say("Uitkomst", "Outcome")),
        Heading::number(say("Gegeven", "Released")),
        Heading::number(say("Niet", "Withheld")),
    ];
    Grid { caption, headings, rows }
}

/// An entry as a row.
pub(super) fn row(naming: &Naming<'_>, record: &Record<'_>) -> Vec<Cell> {
    let (entry, account) = (record.entry, Account::of(record));
    let by = entry.actor.as_ref().map(|actor| naming.hat(&actor.hat));
    let by = by.unwrap_or_else(|| naming.say("de gateway zelf", "the gateway itself").into());
    let count = |count: usize| if count == 0 { Cell::text("") } else { Cell::number(&count) };
    vec![
        Cell::link(format!("/entries/{}", record.index), &record.index),
        Cell::text(entry.at.local()),
        Cell::text(words::event(entry.event_name(), naming.language)),
        Cell::text(by),
        naming.client(record.client),
        Cell::text(entry.purpose().map(|code| naming.purpose(code)).unwrap_or_default()),
        naming.outcome(entry.outcome()),
        count(account.released.len()),
        count(account.withheld.len()),
    ]
}
