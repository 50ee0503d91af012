//! P14: is the ledger whole, as far as a gateway can say of itself? That it is, is for others to verify: `sluis ledger verify`.

use std::collections::BTreeMap;

use crate::domain::{Event, Timestamp};
use crate::projection::{Reader, Record};
use crate::report::names::{disclosure, fine};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table};

const HEAD: &[Column] = &[
    column("size", "regels", "entries", Kind::Number),
    column("root", "wortel", "root", Kind::Text),
    column("cosigned", "medeondertekend tot", "cosigned up to", Kind::Number),
    column("cosigned_at", "medeondertekend op", "cosigned at", Kind::Moment),
    column("behind", "regels daarna", "entries since", Kind::Number),
    column("expired_before", "bewaartermijn voorbij voor", "retention over before", Kind::Number),
];
const ORDER: &[Column] = &[
    column("entry", "regel", "entry", Kind::Number),
    column("at", "wanneer", "when", Kind::Moment),
    column("milliseconds", "ms voor een eerdere regel", "ms before an earlier entry", Kind::Number),
];
const EVENTS: &[Column] = &[
    column("entry", "regel", "entry", Kind::Number),
    column("at", "wanneer", "when", Kind::Moment),
    column("event", "wat", "what", Kind::Text),
    column("before", "tot regel", "up to entry", Kind::Number),
    column("kept", "daarvan gebleven", "of which kept", Kind::Number),
];
const FAILURES: &[Column] = &[
    column("failure", "fout", "failure", Kind::Text),
    column("requests", "vragen", "requests", Kind::Number),
    column("last", "laatst", "last", Kind::Moment),
];

/// The heads of the ledger at the moment that it is asked.
#[derive(Debug, Clone, Default)]
pub struct Heads {
    /// How many entries.
    pub size: u64,
    /// The root of the tree, base64.
    pub root: String,
    /// The newest checkpoint that enough witnesses cosigned: its size, and the latest moment that one of them states.
    pub cosigned: Option<(u64, Option<Timestamp>)>,
    /// The retention of the entries before this one is over.
    pub expired_before: u64,
}

/// What the entries of one side say of the ledger that they are in.
pub(super) struct Integrity {
    scope: Scope,
    latest: Option<Timestamp>,
    order: Table,
    events: Table,
    failures: BTreeMap<String, (u64, Timestamp)>,
}

impl Integrity {
    pub(super) fn new(scope: Scope) -> Self {
        let title = words("Niet in volgorde van tijd (de klok)", "Not in order of time (the clock)");
        let order = Table::new("order", title, ORDER);
        let title = words("Verklaarde gaten en hervattingen", "Gaps that are explained, and resumptions");
        let events = Table::new("events", title, EVENTS);
        Self { scope, latest: None, order, events, failures: BTreeMap::new() }
    }
}

impl Report for Integrity {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        if !self.scope.contains(entry.at) {
            return;
        }
        if let Some(latest) = self.latest.filter(|latest| entry.at < *latest) {
            let early = u64::try_from(latest.0 - entry.at.0).unwrap_or_default();
            self.order.push([Cell::Number(record.index), Cell::Moment(entry.at), Cell::Number(early)]);
        }
        self.latest = self.latest.max(Some(entry.at));
        let (before, kept) = match &entry.event {
            Event::Expired(expiry) => (Cell::Number(expiry.before), Cell::Number(expiry.kept)),
            Event::LedgerResumed(_) => (Cell::Empty, Cell::Empty),
            _ => {
                let failed = disclosure(entry).and_then(|disclosure| disclosure.failure);
                if let Some(failure) = failed {
                    let failure = fine(crate::domain::Because::Custodian(failure));
                    let (requests, last) = self.failures.entry(failure).or_insert((0, entry.at));
                    (*requests, *last) = (*requests + 1, entry.at);
                }
                return;
            }
        };
        let (index, at) = (Cell::Number(record.index), Cell::Moment(entry.at));
        self.events.push([index, at, Cell::text(entry.event_name()), before, kept]);
    }

    fn tables(self: Box<Self>, _: &Reader<'_>) -> Vec<Table> {
        let Heads { size, root, cosigned, expired_before } = &self.scope.heads;
        let mut head = Table::new("head", words("Het register", "The ledger"), HEAD);
        head.push([
            Cell::Number(*size),
            Cell::text(root),
            cosigned.map_or(Cell::Empty, |(size, _)| Cell::Number(size)),
            cosigned.and_then(|(_, at)| at).map_or(Cell::Empty, Cell::Moment),
            cosigned.map_or(Cell::Empty, |(until, _)| Cell::Number(size.saturating_sub(until))),
            Cell::Number(*expired_before),
        ]);
        let title = words("Houders die niet antwoordden", "Custodians that did not answer");
        let mut failures = Table::new("failures", title, FAILURES);
        for (failure, (requests, last)) in self.failures {
            failures.push([Cell::Text(failure), Cell::Number(requests), Cell::Moment(last)]);
        }
        vec![head, self.events, self.order, failures]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{days_ago, today};
    use crate::domain::{CustodianFailure, Entry, Expiry, KeptDigest};
    use crate::report::testing::*;

    #[test]
    fn gaps_disorder_and_failures_are_each_named() {
        let expired = Expiry {
            before: 40,
            until: days_ago(2_000),
            kept: 3,
            kept_digest: KeptDigest::parse(&"0".repeat(64)).unwrap(),
        };
        let expired = Entry { client: None, actor: None, ..done(1, days_ago(4), Event::Expired(expired)) };
        let failed = but(asked(1, days_ago(2), &[], &["C01"]), |d| {
            d.failure = Some(CustodianFailure::CustodianTimeout);
        });
        let story = [
            expired,
            asked(1, days_ago(3), &["C01"], &[]),
            asked(1, days_ago(3).plus(-7), &["C01"], &[]),
            failed,
        ];
        let heads = Heads {
            size: 44,
            root: "AAAA".to_owned(),
            cosigned: Some((42, Some(today()))),
            expired_before: 40,
        };
        let scope = Scope { heads, ..scope() };
        let [head, events, order, failures] =
            told(Integrity::new(scope), &story, &care()).try_into().unwrap();
        assert_eq!(
            cells(&head, &["size", "cosigned", "behind", "expired_before"]),
            [["44", "42", "2", "40"]]
        );
        assert_eq!(cells(&events, &["event", "before", "kept"]), [["expired", "40", "3"]]);
        assert_eq!(cells(&order, &["entry", "milliseconds"]), [["2", "7"]]);
        assert_eq!(cells(&failures, &["failure", "requests"]), [["CUSTODIAN_TIMEOUT", "1"]]);
    }
}
