//! P1: who saw this client, when, which fields, and why.

use crate::domain::Outcome;
use crate::projection::{Reader, Record};
use crate::report::names::{disclosure, fields, organisation, purpose, released};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table, Words};

const COLUMNS: &[Column] = &[
    column("entry", "regel", "entry", Kind::Number),
    column("at", "wanneer", "when", Kind::Moment),
    column("recipient", "wie", "who", Kind::Text),
    column("role", "rol", "role", Kind::Text),
    column("requester", "professional", "professional", Kind::Text),
    column("custodian", "gegevens van", "data of", Kind::Text),
    column("purpose", "waarvoor", "what for", Kind::Text),
    column("ground", "grond", "ground", Kind::Text),
    column("outcome", "uitkomst", "outcome", Kind::Text),
    column("released", "gezien", "seen", Kind::Fields),
    column("withheld", "niet gegeven", "withheld", Kind::Number),
];

/// Every disclosure about the client, those without a field as well: that somebody asked is part of the answer.
pub(super) struct WhoSaw {
    scope: Scope,
    table: Table,
}

impl WhoSaw {
    pub(super) fn new(scope: Scope) -> Self {
        let title = words("Wie zag of vroeg wat van deze cliënt", "Who saw or asked what about this client");
        Self { scope, table: Table::new("who_saw", title, COLUMNS) }
    }
}

impl Report for WhoSaw {
    fn take(&mut self, record: &Record<'_>) {
        let (entry, reader) = (record.entry, &record.reader);
        let (Some(asked), Some(actor)) = (disclosure(entry), &entry.actor) else { return };
        if !self.scope.contains(entry.at) || !self.scope.is_about(asked, actor) {
            return;
        }
        self.table.push([
            Cell::Number(record.index),
            Cell::Moment(entry.at),
            organisation(reader, &actor.hat.organisation),
            Cell::text(&actor.hat.role),
            Cell::text(&actor.requester),
            organisation(reader, &asked.custodian),
            purpose(reader, asked.purpose),
            Cell::text(&asked.ground),
            Cell::Words(outcome(entry.outcome())),
            fields(reader, released(asked)),
            Cell::number(asked.withheld.iter().map(|group| group.fields.len()).sum()),
        ]);
    }

    fn tables(self: Box<Self>, _: &Reader<'_>) -> Vec<Table> {
        vec![self.table]
    }
}

/// How a disclosure ended.
pub(super) fn outcome(outcome: Outcome) -> Words {
    match outcome {
        Outcome::Released => words("alles", "everything"),
        Outcome::Partial => words("een deel", "a part"),
        Outcome::Withheld => words("niets", "nothing"),
        Outcome::Failed => words("mislukt", "failed"),
        Outcome::Done => words("gedaan", "done"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn every_ask_in_the_period_is_a_row_and_nothing_else_is() {
        let story = [
            asked(1, days_ago(9), &["C01"], &[]),
            asked(1, days_ago(5), &["C01", "C02"], &["D01"]),
            asked(1, days_ago(4), &[], &["D01"]),
            read_log(days_ago(3)),
            asked(1, days_ago(1), &["C01"], &[]),
        ];
        let scope = Scope { from: Some(days_ago(5)), until: Some(days_ago(1)), ..scope() };
        let tables = told(WhoSaw::new(scope), &story, &care());
        let seen = cells(&tables[0], &["entry", "outcome", "released", "withheld"]);
        let expected =
            [["1", "een deel", "housing.situation housing.eviction-threat", "1"], ["2", "niets", "", "1"]];
        assert_eq!(seen, expected);
    }

    #[test]
    fn it_is_narrowed_to_a_professional_a_purpose_and_an_organisation() {
        let story = [asked(1, days_ago(9), &["C01"], &[]), asked(1, days_ago(8), &["C01"], &[])];
        let other = crate::domain::RequesterRef::from_bytes([0x67; 16]);
        let cases = [
            (Scope { requester: Some(other), ..scope() }, 0),
            (Scope { requester: Some(professional()), ..scope() }, 2),
            (Scope { purpose: Some(crate::domain::testing::purpose("CRI")), ..scope() }, 0),
            (Scope { organisation: Some(municipality()), ..scope() }, 2),
            (Scope { organisation: Some(crate::domain::testing::institution().organisation), ..scope() }, 0),
        ];
        for (scope, rows) in cases {
            assert_eq!(told(WhoSaw::new(scope), &story, &care())[0].rows.len(), rows);
        }
    }
}
