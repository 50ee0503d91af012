//! P17: clients who were not told yet of a release without consent, and how long already.

use std::collections::BTreeMap;

use crate::domain::{DelayReason, Event, Timestamp, UnconsentedRelease};
use crate::projection::{Reader, Record};
use crate::report::names::{disclosure, organisation};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table, Words};

const COLUMNS: &[Column] = &[
    column("entry", "regel", "entry", Kind::Number),
    column("at", "wanneer", "when", Kind::Moment),
    column("days", "dagen open", "days open", Kind::Number),
    column("client", "cliënt", "client", Kind::Client),
    column("recipient", "ontvanger", "recipient", Kind::Text),
    column("ground", "grond", "ground", Kind::Text),
    column("delayed", "uitgesteld", "put off", Kind::Text),
    column("tell_by", "inlichten voor", "tell before", Kind::Moment),
    column("overdue", "te laat", "overdue", Kind::Text),
];

struct Open {
    release: UnconsentedRelease,
    handle: String,
    reason: Option<DelayReason>,
}

/// Open notices about the own data; of the period, all until now.
pub(super) struct Notices {
    scope: Scope,
    open: BTreeMap<u64, Open>,
}

impl Notices {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, open: BTreeMap::new() }
    }
}

impl Report for Notices {
    fn take(&mut self, record: &Record<'_>) {
        let (index, entry) = (record.index, record.entry);
        if let Some((about, _)) = entry.event.follows_up() {
            let Some(open) = self.open.get_mut(&about) else { return };
            // The writer let nothing follow that cannot.
            let taken = open.release.take(index, entry).is_ok();
            if let (true, Event::NoticeDelayed(delay)) = (taken, &entry.event) {
                open.reason = Some(delay.reason);
            }
            if open.release.told_in.is_some() {
                self.open.remove(&about);
            }
            return;
        }
        let (Some(asked), Some(actor)) = (disclosure(entry), &entry.actor) else { return };
        let own = asked.custodian == *record.reader.side;
        if !own || !self.scope.contains(entry.at) || !self.scope.is_about(asked, actor) {
            return;
        }
        if let Ok(Some(release)) = UnconsentedRelease::of(index, entry) {
            let handle = record.client.unwrap_or_default().to_owned();
            self.open.insert(index, Open { release, handle, reason: None });
        }
    }

    fn tables(self: Box<Self>, reader: &Reader<'_>) -> Vec<Table> {
        let title = words("Nog niet ingelicht", "Not told yet");
        let mut table = Table::new("notices", title, COLUMNS);
        let now = self.scope.now;
        for Open { release, handle, reason } in self.open.into_values() {
            let overdue =
                if release.notice_is_overdue(now) { words("JA", "YES") } else { words("nee", "no") };
            table.push([
                Cell::Number(release.entry),
                Cell::Moment(release.at),
                Cell::Number(days_between(release.at, now)),
                Cell::Text(handle),
                organisation(reader, &release.actor.hat.organisation),
                Cell::text(&release.ground),
                reason.map_or(Cell::Empty, |reason| Cell::Words(why(reason))),
                Cell::Moment(release.tell_by),
                Cell::Words(overdue),
            ]);
        }
        vec![table]
    }
}

fn days_between(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.0.saturating_sub(from.0) / 86_400_000).unwrap_or_default()
}

fn why(reason: DelayReason) -> Words {
    match reason {
        DelayReason::HarmToClient => words("schade voor de cliënt", "harm to the client"),
        DelayReason::DangerToOthers => words("gevaar voor anderen", "danger to others"),
        DelayReason::InquiryAtRisk => words("onderzoek in gevaar", "an inquiry at risk"),
        DelayReason::OutOfReach => words("onbereikbaar", "out of reach"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn who_was_told_is_off_the_list_and_the_rest_is_there_with_its_age() {
        let story = [
            emergency(1, days_ago(9), None),
            emergency(2, days_ago(8), None),
            emergency(3, days_ago(1), None),
            client_told(1, days_ago(7), 0),
            delayed(2, days_ago(7), 1, days_ago(-2)),
            asked(4, days_ago(1), &["C01"], &[]),
        ];
        let [table] = told(Notices::new(scope()), &story, &care()).try_into().unwrap();
        let expected = [["1", "8", "schade voor de cliënt", "nee"], ["2", "1", "", "nee"]];
        assert_eq!(cells(&table, &["entry", "days", "delayed", "overdue"]), expected);
        let late = Scope { now: days_ago(-9), ..scope() };
        let [table] = told(Notices::new(late), &story, &care()).try_into().unwrap();
        assert_eq!(cells(&table, &["overdue"]), [["JA"], ["JA"]]);
    }
}
