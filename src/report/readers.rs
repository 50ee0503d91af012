//! P15: who read the log; the reading that this report is, included (NEN 7513 asks that access to the log is logged too).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{ClientRef, Event, LogView, RequesterRef, Role};
use crate::projection::{Reader, Record};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table};

const BY_READER: &[Column] = &[
    column("requester", "professional", "professional", Kind::Text),
    column("role", "rol", "role", Kind::Text),
    column("readings", "keer gelezen", "readings", Kind::Number),
    column("clients", "cliënten", "clients", Kind::Number),
    column("last", "laatst", "last", Kind::Moment),
];
const READINGS: &[Column] = &[
    column("entry", "regel", "entry", Kind::Number),
    column("at", "wanneer", "when", Kind::Moment),
    column("requester", "professional", "professional", Kind::Text),
    column("role", "rol", "role", Kind::Text),
    column("view", "wat", "what", Kind::Text),
    column("client", "cliënt", "client", Kind::Client),
    column("from_entry", "vanaf regel", "from entry", Kind::Number),
    column("until_entry", "tot regel", "until entry", Kind::Number),
];

/// Readings by people of the own organisation.
pub(super) struct Readers {
    scope: Scope,
    by_reader: BTreeMap<(RequesterRef, Role), (u64, BTreeSet<ClientRef>, Cell)>,
    readings: Table,
}

impl Readers {
    pub(super) fn new(scope: Scope) -> Self {
        let title = words("Keren dat het register is gelezen", "Readings of the ledger");
        Self { scope, by_reader: BTreeMap::new(), readings: Table::new("readings", title, READINGS) }
    }
}

impl Report for Readers {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        let (Event::LogRead(read), Some(actor)) = (&entry.event, &entry.actor) else { return };
        let named = self.scope.requester.as_ref().is_none_or(|requester| *requester == actor.requester);
        if !self.scope.contains(entry.at) || !named {
            return;
        }
        let reader = (actor.requester.clone(), actor.hat.role.clone());
        let (readings, clients, last) =
            self.by_reader.entry(reader).or_insert((0, BTreeSet::new(), Cell::Empty));
        *readings += 1;
        clients.extend(entry.client.clone());
        *last = Cell::Moment(entry.at);
        self.readings.push([
            Cell::Number(record.index),
            Cell::Moment(entry.at),
            Cell::text(&actor.requester),
            Cell::text(&actor.hat.role),
            view(&read.view),
            record.client.map_or(Cell::Empty, Cell::text),
            Cell::Number(read.from),
            Cell::Number(read.until),
        ]);
    }

    fn tables(self: Box<Self>, _: &Reader<'_>) -> Vec<Table> {
        let title = words("Wie het register las", "Who read the ledger");
        let mut by_reader = Table::new("readers", title, BY_READER);
        for ((requester, role), (readings, clients, last)) in self.by_reader {
            let clients = Cell::number(clients.len());
            by_reader.push([
                Cell::text(&requester),
                Cell::text(&role),
                Cell::Number(readings),
                clients,
                last,
            ]);
        }
        vec![by_reader, self.readings]
    }
}

fn view(view: &LogView) -> Cell {
    match view {
        LogView::Bundles => {
            Cell::Words(words("hele regels van alle partijen", "whole entries of all parties"))
        }
        LogView::Listing => Cell::Words(words("een lijst regels", "a list of entries")),
        LogView::Entry => Cell::Words(words("een regel", "an entry")),
        LogView::Explanation => Cell::Words(words("een uitleg", "an explanation")),
        LogView::Overview => Cell::Words(words("het overzicht van de cliënt", "the client's overview")),
        LogView::Report(name) => Cell::Text(name.clone()),
        LogView::Export(file) => Cell::Text(format!("export {}", file.format)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn every_reading_is_listed_and_counted_for_who_read() {
        let story = [read_log(days_ago(3)), asked(1, days_ago(3), &["C01"], &[]), read_log(days_ago(2))];
        let [readers, readings] = told(Readers::new(scope()), &story, &municipality()).try_into().unwrap();
        assert_eq!(cells(&readers, &["role", "readings", "clients"]), [["wijkteam", "2", "1"]]);
        assert_eq!(
            cells(&readings, &["entry", "view"]),
            [["0", "een lijst regels"], ["2", "een lijst regels"]]
        );
    }
}
