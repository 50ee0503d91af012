//! P18: did one human being look at the same clients in two hats?
//!
//! That two subjects are one person stands nowhere in the ledger: the officer knows it and names both. What the other hat did is seen as
//! far as it is on the own side: with the own data.

use std::collections::BTreeMap;

use crate::domain::{ClientRef, RequesterRef, Timestamp};
use crate::projection::{Reader, Record};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table};

const BOTH: &[Column] = &[
    column("client", "cliënt", "client", Kind::Client),
    column("first_hat", "keer in de eerste pet", "times in the first hat", Kind::Number),
    column("first_hat_last", "laatst", "last", Kind::Moment),
    column("other_hat", "keer in de andere pet", "times in the other hat", Kind::Number),
    column("other_hat_last", "laatst", "last", Kind::Moment),
];
const SUMMARY: &[Column] = &[
    column("first_hat", "cliënten in de eerste pet", "clients in the first hat", Kind::Number),
    column("other_hat", "cliënten in de andere pet", "clients in the other hat", Kind::Number),
    column("both", "in allebei", "in both", Kind::Number),
];

#[derive(Default)]
struct Seen {
    handle: String,
    hats: [Option<(u64, Timestamp)>; 2],
}

/// Clients by hat.
pub(super) struct TwoHats {
    scope: Scope,
    hats: [Option<RequesterRef>; 2],
    clients: BTreeMap<ClientRef, Seen>,
}

impl TwoHats {
    pub(super) fn new(scope: Scope) -> Self {
        let hats = [scope.requester.clone(), scope.other.clone()];
        Self { scope, hats, clients: BTreeMap::new() }
    }
}

impl Report for TwoHats {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        let (Some(client), Some(actor)) = (&entry.client, &entry.actor) else { return };
        if !self.scope.contains(entry.at) || entry.is_about_the_record() {
            return;
        }
        for (at, hat) in self.hats.iter().enumerate() {
            if hat.as_ref() == Some(&actor.requester) {
                let seen = self.clients.entry(client.clone()).or_default();
                record.client.unwrap_or_default().clone_into(&mut seen.handle);
                if let Some(count) = seen.hats.get_mut(at) {
                    *count = Some((count.map_or(1, |(times, _)| times + 1), entry.at));
                }
            }
        }
    }

    fn tables(self: Box<Self>, _: &Reader<'_>) -> Vec<Table> {
        let title = words("Cliënten in beide petten", "Clients in both hats");
        let mut both = Table::new("both", title, BOTH);
        let mut in_hat = [0_u64; 2];
        for Seen { handle, hats } in self.clients.into_values() {
            for (count, hat) in in_hat.iter_mut().zip(hats) {
                *count += u64::from(hat.is_some());
            }
            if let [Some((first, first_last)), Some((other, other_last))] = hats {
                both.push([
                    Cell::Text(handle),
                    Cell::Number(first),
                    Cell::Moment(first_last),
                    Cell::Number(other),
                    Cell::Moment(other_last),
                ]);
            }
        }
        let mut summary = Table::new("summary", words("Overlap", "Overlap"), SUMMARY);
        let [first, other] = in_hat;
        summary.push([Cell::Number(first), Cell::Number(other), Cell::number(both.rows.len())]);
        vec![summary, both]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn only_clients_whom_both_hats_looked_at_are_the_overlap() {
        let other = RequesterRef::from_bytes([0x77; 16]);
        let story = [
            asked(1, days_ago(9), &["C01"], &[]),
            asked(1, days_ago(8), &["C01"], &[]),
            asked(2, days_ago(8), &["C01"], &[]),
            client_told(1, days_ago(7), 0),
            client_told(3, days_ago(7), 0),
        ];
        let scope = Scope { requester: Some(professional()), other: Some(other), ..scope() };
        let [summary, both] = told(TwoHats::new(scope), &story, &care()).try_into().unwrap();
        assert_eq!(cells(&summary, &["first_hat", "other_hat", "both"]), [["2", "2", "1"]]);
        assert_eq!(cells(&both, &["client", "first_hat", "other_hat"]), [["handle-01", "2", "1"]]);
    }
}
