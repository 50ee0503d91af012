//! P3: which fields go to whom for what, and which never go at all: those can leave the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{FieldCode, OrganisationId, PurposeCode};
use crate::projection::{Reader, Record};
use crate::report::names::{self, disclosure, released};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table};

const RELEASED: &[Column] = &[
    column("field", "gegeven", "field", Kind::Fields),
    column("custodian", "gegevens van", "data of", Kind::Text),
    column("recipient", "ontvanger", "recipient", Kind::Text),
    column("purpose", "waarvoor", "what for", Kind::Text),
    column("releases", "keer gegeven", "times released", Kind::Number),
];
const NEVER: &[Column] = &[
    column("field", "gegeven", "field", Kind::Fields),
    column("label", "naam", "name", Kind::Text),
    column("asked", "keer gevraagd", "times asked", Kind::Number),
];

type Place = (FieldCode, OrganisationId, OrganisationId, PurposeCode);

/// Field by recipient by purpose. A repeated request counts once (ruling 24).
pub(super) struct Matrix {
    scope: Scope,
    releases: BTreeMap<Place, u64>,
    asked: BTreeMap<FieldCode, u64>,
}

impl Matrix {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, releases: BTreeMap::new(), asked: BTreeMap::new() }
    }
}

impl Report for Matrix {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        let (Some(asked), Some(actor)) = (disclosure(entry), &entry.actor) else { return };
        if !self.scope.contains(entry.at) || !self.scope.is_about(asked, actor) || asked.repeat_of.is_some() {
            return;
        }
        for field in released(asked) {
            let recipient = actor.hat.organisation.clone();
            *self.releases.entry((field, asked.custodian.clone(), recipient, asked.purpose)).or_default() +=
                1;
        }
        for field in asked.asked() {
            *self.asked.entry(field).or_default() += 1;
        }
    }

    fn tables(self: Box<Self>, reader: &Reader<'_>) -> Vec<Table> {
        let title = words("Gegeven × ontvanger × doel", "Field × recipient × purpose");
        let mut matrix = Table::new("released", title, RELEASED);
        for ((field, custodian, recipient, purpose), releases) in &self.releases {
            matrix.push([
                Cell::Text(names::field(reader, *field)),
                names::organisation(reader, custodian),
                names::organisation(reader, recipient),
                names::purpose(reader, *purpose),
                Cell::Number(*releases),
            ]);
        }
        let title = words("Nooit gegeven in deze periode", "Never released in this period");
        let mut never = Table::new("never_released", title, NEVER);
        let gone: BTreeSet<FieldCode> = self.releases.keys().map(|(field, ..)| *field).collect();
        for field in reader.catalogue.fields().filter(|field| !gone.contains(&field.code)) {
            never.push([
                Cell::text(&field.id),
                Cell::Label(field.label.clone()),
                Cell::Number(self.asked.get(&field.code).copied().unwrap_or_default()),
            ]);
        }
        vec![matrix, never]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{catalogue, days_ago};
    use crate::report::testing::*;

    #[test]
    fn a_field_is_counted_where_it_went_and_is_on_the_other_list_where_it_never_did() {
        let story = [
            asked(1, days_ago(9), &["C01"], &[]),
            asked(2, days_ago(8), &["C01", "C02"], &["D01"]),
            repeated(asked(2, days_ago(8), &["C01", "C02"], &["D01"]), 1),
        ];
        let [matrix, never] = told(Matrix::new(scope()), &story, &care()).try_into().unwrap();
        let expected = [["housing.situation", "2"], ["housing.eviction-threat", "1"]];
        assert_eq!(cells(&matrix, &["field", "releases"]), expected);
        assert_eq!(never.rows.len(), catalogue().fields().count() - 2);
        let asked: Vec<_> =
            cells(&never, &["field", "asked"]).into_iter().filter(|row| row[1] != "0").collect();
        assert_eq!(asked, [["money.worries", "1"]]);
    }
}
