//! P4: on which grounds is released, month by month; and how often in an emergency (R09, R10), by team.

use std::collections::BTreeMap;

use crate::domain::{Ground, Hat, PurposeCode};
use crate::projection::{Reader, Record};
use crate::report::names::{self, disclosure, month};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table};

const GROUNDS: &[Column] = &[
    column("month", "maand", "month", Kind::Text),
    column("purpose", "waarvoor", "what for", Kind::Text),
    column("ground", "grond", "ground", Kind::Text),
    column("releases", "verstrekkingen", "releases", Kind::Number),
];
const EMERGENCIES: &[Column] = &[
    column("month", "maand", "month", Kind::Text),
    column("recipient", "ontvanger", "recipient", Kind::Text),
    column("role", "team", "team", Kind::Text),
    column("releases", "verstrekkingen", "releases", Kind::Number),
    column("emergencies", "R09 en R10", "R09 and R10", Kind::Number),
    column("share", "aandeel", "share", Kind::Share),
    column("before", "aandeel vorige maand", "share of the month before", Kind::Share),
];

/// Releases, and of them emergencies.
type Counts = (u64, u64);

/// Releases; a repeated request counts once (ruling 24).
pub(super) struct Grounds {
    scope: Scope,
    counts: BTreeMap<(String, PurposeCode, Ground), u64>,
    teams: BTreeMap<(Option<Hat>, String), Counts>,
}

impl Grounds {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, counts: BTreeMap::new(), teams: BTreeMap::new() }
    }
}

impl Report for Grounds {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        let (Some(asked), Some(actor)) = (disclosure(entry), &entry.actor) else { return };
        let counts = asked.repeat_of.is_none() && !asked.released.is_empty();
        if !counts || !self.scope.contains(entry.at) || !self.scope.is_about(asked, actor) {
            return;
        }
        let month = month(entry.at);
        *self.counts.entry((month.clone(), asked.purpose, asked.ground)).or_default() += 1;
        let emergency = u64::from([Ground::CONFLICT, Ground::VITAL].contains(&asked.ground));
        for team in [None, Some(actor.hat.clone())] {
            let (releases, emergencies) = self.teams.entry((team, month.clone())).or_default();
            (*releases, *emergencies) = (*releases + 1, *emergencies + emergency);
        }
    }

    fn tables(self: Box<Self>, reader: &Reader<'_>) -> Vec<Table> {
        let title = words("Verstrekkingen per doel en grond", "Releases by purpose and ground");
        let mut grounds = Table::new("grounds", title, GROUNDS);
        for ((month, purpose, ground), releases) in self.counts {
            let purpose = names::purpose(reader, purpose);
            grounds.push([Cell::Text(month), purpose, Cell::text(&ground), Cell::Number(releases)]);
        }
        let title = words("Aandeel noodverstrekkingen, per team", "Share of emergencies, by team");
        let mut emergencies = Table::new("emergencies", title, EMERGENCIES);
        let mut before: Option<(Option<Hat>, Counts)> = None;
        for ((team, month), (releases, urgent)) in self.teams {
            let earlier = before.filter(|(of, _)| *of == team).map(|(_, counts)| counts);
            let (recipient, role) = match &team {
                None => (Cell::Words(words("alle", "all")), Cell::Empty),
                Some(hat) => (names::organisation(reader, &hat.organisation), Cell::text(&hat.role)),
            };
            emergencies.push([
                Cell::Text(month),
                recipient,
                role,
                Cell::Number(releases),
                Cell::Number(urgent),
                Cell::Share(urgent, releases),
                earlier.map_or(Cell::Empty, |(releases, urgent)| Cell::Share(urgent, releases)),
            ]);
            before = Some((team, (releases, urgent)));
        }
        vec![grounds, emergencies]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn the_share_of_emergencies_is_told_beside_that_of_the_month_before() {
        let vital = |at| but(asked(1, at, &["C01"], &[]), |d| d.ground = Ground::VITAL);
        let story = [
            asked(1, days_ago(40), &["C01"], &[]),
            vital(days_ago(40)),
            asked(1, days_ago(2), &["C01"], &[]),
            asked(1, days_ago(2), &["C01"], &[]),
            asked(1, days_ago(2), &["C01"], &[]),
            vital(days_ago(2)),
            repeated(vital(days_ago(2)), 5),
            asked(1, days_ago(2), &[], &["C01"]),
        ];
        let [grounds, emergencies] = told(Grounds::new(scope()), &story, &care()).try_into().unwrap();
        let expected = [
            ["2026-10", "housing", "R01", "1"],
            ["2026-10", "housing", "R10", "1"],
            ["2026-11", "housing", "R01", "3"],
            ["2026-11", "housing", "R10", "1"],
        ];
        assert_eq!(cells(&grounds, &["month", "purpose", "ground", "releases"]), expected);
        let shares = cells(&emergencies, &["month", "role", "share", "before"]);
        let expected = [
            ["2026-10", "", "0.500", ""],
            ["2026-11", "", "0.250", "0.500"],
            ["2026-10", "wijkteam", "0.500", ""],
            ["2026-11", "wijkteam", "0.250", "0.500"],
        ];
        assert_eq!(shares, expected);
    }
}
