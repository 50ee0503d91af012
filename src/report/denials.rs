//! P10: what was not given, and why: what people must learn, or what the design must change.

use std::collections::BTreeMap;

use crate::domain::{Event, Told};
use crate::projection::{Reader, Record};
use crate::report::names::{disclosure, fine};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table};

const WITHHELD: &[Column] = &[
    column("reason", "reden die de vrager hoorde", "reason as heard", Kind::Text),
    column("fine_reason", "fijne reden (eigen gegevens)", "fine reason (own data)", Kind::Text),
    column("fields", "gegevens", "fields", Kind::Number),
    column("requests", "vragen", "requests", Kind::Number),
    column("share", "deel van de vragen", "share of requests", Kind::Share),
];
const REFUSED: &[Column] = &[
    column("reason", "reden", "reason", Kind::Text),
    column("method", "aanroep", "call", Kind::Text),
    column("calls", "keer", "times", Kind::Number),
];

/// Withheld fields by reason, and calls that could not be answered at all.
pub(super) struct Denials {
    scope: Scope,
    requests: u64,
    withheld: BTreeMap<(Told, String), (u64, u64)>,
    refused: BTreeMap<(String, String), u64>,
}

impl Denials {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, requests: 0, withheld: BTreeMap::new(), refused: BTreeMap::new() }
    }
}

impl Report for Denials {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        let Some(actor) = entry.actor.as_ref().filter(|_| self.scope.contains(entry.at)) else { return };
        if let Event::Refused { method, reason } = &entry.event {
            if self.scope.requester.as_ref().is_none_or(|requester| *requester == actor.requester) {
                *self.refused.entry((reason.clone(), method.clone())).or_default() += 1;
            }
            return;
        }
        let Some(asked) = disclosure(entry).filter(|asked| self.scope.is_about(asked, actor)) else { return };
        self.requests += 1;
        let mut reasons: BTreeMap<(Told, String), u64> = BTreeMap::new();
        for group in &asked.withheld {
            let fine = if record.is_whole() { fine(group.because) } else { String::new() };
            *reasons.entry((group.told, fine)).or_default() += group.fields.len() as u64;
        }
        for (reason, fields) in reasons {
            let (all, requests) = self.withheld.entry(reason).or_default();
            (*all, *requests) = (*all + fields, *requests + 1);
        }
    }

    fn tables(self: Box<Self>, _: &Reader<'_>) -> Vec<Table> {
        let title = words("Niet gegeven, per reden", "Withheld, by reason");
        let mut withheld = Table::new("withheld", title, WITHHELD);
        let mut rows: Vec<_> = self.withheld.into_iter().collect();
        rows.sort_by_key(|(_, (fields, _))| std::cmp::Reverse(*fields));
        for ((told, fine), (fields, requests)) in rows {
            withheld.push([
                Cell::text(told.code()),
                Cell::Text(fine),
                Cell::Number(fields),
                Cell::Number(requests),
                Cell::Share(requests, self.requests),
            ]);
        }
        let title =
            words("Aanroepen die niet konden, per reden", "Calls that could not be answered, by reason");
        let mut refused = Table::new("refused", title, REFUSED);
        for ((reason, method), calls) in self.refused {
            refused.push([Cell::Text(reason), Cell::Text(method), Cell::Number(calls)]);
        }
        vec![withheld, refused]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn reasons_are_counted_by_field_and_by_request_and_the_fine_ones_only_at_home() {
        let story = [
            asked(1, days_ago(9), &["C01"], &["C02", "D01"]),
            asked(1, days_ago(8), &["C01"], &[]),
            refused(days_ago(7)),
            refused(days_ago(6)),
        ];
        for (side, fine) in [(care(), "HOLDER_REFUSED"), (municipality(), "")] {
            let [withheld, refused] = told(Denials::new(scope()), &story, &side).try_into().unwrap();
            let columns = ["reason", "fine_reason", "fields", "requests", "share"];
            assert_eq!(cells(&withheld, &columns), [["NO_CONSENT", fine, "2", "1", "0.500"]]);
            assert_eq!(cells(&refused, &["reason", "calls"]), [["PURPOSE_UNKNOWN", "2"]]);
        }
    }
}
