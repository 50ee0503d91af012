//! P13: does the record agree with the registers of processing activities (AVG art. 30)?
//!
//! An activity is what a party's register address and a purpose make together, as in the lines of the Logboek Dataverwerkingen. Whether the
//! register answers at that address is not looked up: a gateway calls nobody that it need not.

use std::collections::BTreeMap;

use crate::domain::{OrganisationId, PurposeCode};
use crate::projection::{Reader, Record};
use crate::report::names::{self, disclosure};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table, Words};

const COLUMNS: &[Column] = &[
    column("party", "partij", "party", Kind::Text),
    column("purpose", "waarvoor", "what for", Kind::Text),
    column("activity", "verwerkingsactiviteit", "processing activity", Kind::Text),
    column("legal_basis", "eigen grondslag", "own legal basis", Kind::Text),
    column("received", "ontvangen", "received", Kind::Number),
    column("given", "gegeven", "given", Kind::Number),
    column("finding", "bevinding", "finding", Kind::Text),
];

const WITHOUT_ACTIVITY: Words = words("VERSTREKT ZONDER ACTIVITEIT", "RELEASED WITHOUT AN ACTIVITY");
const UNUSED: Words = words("activiteit zonder verstrekking", "activity without a release");
const IN_ORDER: Words = words("in orde", "in order");

/// Releases in which a party received, and in which it gave.
#[derive(Default)]
struct Counts {
    received: u64,
    given: u64,
}

/// Each party of the own side's releases, by purpose; of the own organisation also the activities without any.
pub(super) struct Activities {
    scope: Scope,
    seen: BTreeMap<(OrganisationId, PurposeCode), Counts>,
}

impl Activities {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, seen: BTreeMap::new() }
    }
}

impl Report for Activities {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        let (Some(asked), Some(actor)) = (disclosure(entry), &entry.actor) else { return };
        let released = !asked.released.is_empty() && self.scope.contains(entry.at);
        if released && self.scope.is_about(asked, actor) {
            let recipient = actor.hat.organisation.clone();
            self.seen.entry((recipient, asked.purpose)).or_default().received += 1;
            self.seen.entry((asked.custodian.clone(), asked.purpose)).or_default().given += 1;
        }
    }

    fn tables(mut self: Box<Self>, reader: &Reader<'_>) -> Vec<Table> {
        if let Some(own) = reader.parties.get(reader.side) {
            for basis in &own.legal_bases {
                self.seen.entry((own.id.clone(), basis.purpose)).or_default();
            }
        }
        let title =
            words("Register van verwerkingen en verstrekkingen", "Register of processing and releases");
        let mut table = Table::new("activities", title, COLUMNS);
        for ((id, code), counts) in self.seen {
            let party = reader.parties.get(&id);
            let purpose = names::purpose(reader, code);
            let register = party.and_then(|party| party.activities.as_deref());
            let name = purpose.written(crate::domain::Language::Dutch);
            let activity = register.map(|register| format!("{register}{name}"));
            let basis = party.and_then(|party| party.legal_basis(code));
            let finding = match (&activity, counts.received + counts.given) {
                (None, 1..) => WITHOUT_ACTIVITY,
                (_, 0) => UNUSED,
                (Some(_), _) => IN_ORDER,
            };
            table.push([
                names::organisation(reader, &id),
                purpose,
                activity.map_or(Cell::Words(words("geen", "none")), Cell::Text),
                basis.map_or(Cell::Empty, Cell::text),
                Cell::Number(counts.received),
                Cell::Number(counts.given),
                Cell::Words(finding),
            ]);
        }
        vec![table]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn a_release_without_an_activity_and_an_activity_without_a_release_are_found() {
        let parties = r#"
            [[party]]
            id = "00000001111111110000"
            name = "Zorg"
            kind = "care"
            activities = "https://register.example/"
            legal_basis = [{ purpose = "REG", basis = "Jeugdwet 2.3" }]
            [[party.role]]
            role = "behandelaar"
            label = "Behandelaar"
            may = ["ask"]

            [[party]]
            id = "00000002222222220000"
            name = "Gemeente"
            kind = "municipality"
            legal_basis = [{ purpose = "WON", basis = "Wmo 2015" }]
            [[party.role]]
            role = "wijkteam"
            label = "Wijkteam"
            may = ["ask"]
        "#;
        let story = [asked(1, days_ago(1), &["C01"], &[]), asked(1, days_ago(1), &[], &["C01"])];
        let [table] = told_with(parties, Activities::new(scope()), &story, &care()).try_into().unwrap();
        let expected = [
            ["Zorg", "housing", "https://register.example/housing", "0", "1", "in orde"],
            ["Zorg", "review-of-support", "https://register.example/review-of-support", "0", "0", UNUSED.nl],
            ["Gemeente", "housing", "geen", "1", "0", WITHOUT_ACTIVITY.nl],
        ];
        let mut seen = cells(&table, &["party", "purpose", "activity", "received", "given", "finding"]);
        seen.sort_by_key(|row| row[0] == "Gemeente");
        let mut expected = expected.map(|row| row.map(str::to_owned)).to_vec();
        seen.sort();
        expected.sort();
        assert_eq!(seen, expected);
    }
}
