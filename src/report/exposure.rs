//! P12: whose data could have been seen in a breach: by this professional or organisation, in this window. And the 72 hours (AVG art. 33).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{ClientRef, FieldCode, Hat, Sensitivity, Timestamp};
use crate::projection::{Reader, Record};
use crate::report::names::{self, disclosure, fields, released};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table};

const CLOCK: &[Column] = &[
    column("discovered", "ontdekt", "discovered", Kind::Moment),
    column("notify_by", "melden bij de AP voor", "notify the authority before", Kind::Moment),
    column("hours_left", "uren over", "hours left", Kind::Number),
    column("clients", "cliënten", "clients", Kind::Number),
    column("releases", "verstrekkingen", "releases", Kind::Number),
    column("fields", "gegevens", "fields", Kind::Number),
    column("classes", "klassen", "classes", Kind::Text),
];
const CLIENTS: &[Column] = &[
    column("client", "cliënt", "client", Kind::Client),
    column("first", "eerst", "first", Kind::Moment),
    column("last", "laatst", "last", Kind::Moment),
    column("releases", "verstrekkingen", "releases", Kind::Number),
    column("fields", "gegevens", "fields", Kind::Fields),
    column("classes", "klassen", "classes", Kind::Text),
    column("recipients", "ontvangers", "recipients", Kind::Text),
];

/// AVG art. 33(1).
const HOURS: i64 = 72;
const HOUR: i64 = 3_600_000;

struct Exposed {
    handle: String,
    first: Timestamp,
    last: Timestamp,
    releases: u64,
    fields: BTreeSet<FieldCode>,
    recipients: BTreeSet<Hat>,
}

/// Releases by client. A repeated request counts: it left again.
pub(super) struct Exposure {
    scope: Scope,
    clients: BTreeMap<ClientRef, Exposed>,
}

impl Exposure {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, clients: BTreeMap::new() }
    }
}

impl Report for Exposure {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        let (Some(asked), Some(actor), Some(client)) = (disclosure(entry), &entry.actor, &entry.client)
        else {
            return;
        };
        let left = self.scope.contains(entry.at) && !asked.released.is_empty();
        if !left || !self.scope.is_about(asked, actor) {
            return;
        }
        let exposed = self.clients.entry(client.clone()).or_insert_with(|| Exposed {
            handle: record.client.unwrap_or_default().to_owned(),
            first: entry.at,
            last: entry.at,
            releases: 0,
            fields: BTreeSet::new(),
            recipients: BTreeSet::new(),
        });
        exposed.last = entry.at;
        exposed.releases += 1;
        exposed.fields.extend(released(asked));
        exposed.recipients.insert(actor.hat.clone());
    }

    fn tables(self: Box<Self>, reader: &Reader<'_>) -> Vec<Table> {
        let all: BTreeSet<FieldCode> = self.clients.values().flat_map(|e| &e.fields).copied().collect();
        let title = words("Omvang en termijn", "Extent and clock");
        let mut clock = Table::new("clock", title, CLOCK);
        let notify_by = self.scope.discovered.map(|at| at.plus(HOURS * HOUR));
        let left = |by: Timestamp| u64::try_from((by.0 - self.scope.now.0) / HOUR).unwrap_or_default();
        clock.push([
            self.scope.discovered.map_or(Cell::Empty, Cell::Moment),
            notify_by.map_or(Cell::Empty, Cell::Moment),
            notify_by.map_or(Cell::Empty, |by| Cell::Number(left(by))),
            Cell::number(self.clients.len()),
            Cell::Number(self.clients.values().map(|exposed| exposed.releases).sum()),
            Cell::number(all.len()),
            classes(reader, &all),
        ]);
        let title = words("Wie het kan raken", "Whom it may concern");
        let mut clients = Table::new("clients", title, CLIENTS);
        for exposed in self.clients.into_values() {
            let recipients = exposed.recipients.iter().map(|hat| {
                let name = names::organisation(reader, &hat.organisation);
                format!("{}/{}", name.written(crate::domain::Language::Dutch), hat.role)
            });
            clients.push([
                Cell::Text(exposed.handle),
                Cell::Moment(exposed.first),
                Cell::Moment(exposed.last),
                Cell::Number(exposed.releases),
                fields(reader, exposed.fields.iter().copied()),
                classes(reader, &exposed.fields),
                Cell::Text(recipients.collect::<Vec<_>>().join(", ")),
            ]);
        }
        vec![clock, clients]
    }
}

fn classes(reader: &Reader<'_>, fields: &BTreeSet<FieldCode>) -> Cell {
    let of = |code: &FieldCode| reader.catalogue.field(*code).map(|field| field.class);
    let classes: BTreeSet<Sensitivity> = fields.iter().filter_map(of).collect();
    Cell::Text(classes.iter().map(|class| format!("{class:?}")).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{days_ago, today};
    use crate::report::testing::*;

    #[test]
    fn each_client_is_a_row_and_the_clock_runs_from_the_discovery() {
        let story = [
            asked(1, days_ago(9), &["C01"], &[]),
            asked(1, days_ago(5), &["C01"], &["D01"]),
            repeated(asked(1, days_ago(4), &["A03"], &[]), 1),
            asked(2, days_ago(5), &["D01"], &[]),
            asked(3, days_ago(5), &[], &["C01"]),
        ];
        for (hours, left) in [(12, "60"), (72, "0"), (100, "0")] {
            let discovered = Some(today().plus(-hours * HOUR));
            let scope = Scope { discovered, from: Some(days_ago(6)), ..scope() };
            let [clock, clients] = told(Exposure::new(scope), &story, &care()).try_into().unwrap();
            let columns = ["hours_left", "clients", "releases", "fields", "classes"];
            assert_eq!(cells(&clock, &columns), [[left, "2", "3", "3", "K1 K2"]]);
            let expected =
                [["handle-01", "2", "person.name housing.situation"], ["handle-02", "1", "money.worries"]];
            assert_eq!(cells(&clients, &["client", "releases", "fields"]), expected);
        }
    }
}
