//! P2: whom did this professional look at, outside office hours, and outside the own caseload?
//!
//! The caseload is known where the own organisation registered the client itself: then the treatment team of that moment says whether
//! it was the organisation's own. Of a client whom only another registered, this side does not know.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{ClientRef, FieldCode, TeamMember, Timestamp};
use crate::projection::{Reader, Record};
use crate::report::names::{disclosure, fields, released};
use crate::report::office::is_outside_office_hours;
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table, Words};

const CLIENTS: &[Column] = &[
    column("client", "cliënt", "client", Kind::Client),
    column("first", "eerst", "first", Kind::Moment),
    column("last", "laatst", "last", Kind::Moment),
    column("requests", "vragen", "requests", Kind::Number),
    column("other", "ander werk", "other work", Kind::Number),
    column("fields", "gegevens", "fields", Kind::Fields),
    column("outside_hours", "buiten kantooruren", "outside office hours", Kind::Number),
    column("caseload", "eigen caseload", "own caseload", Kind::Text),
];
const SUMMARY: &[Column] = &[
    column("clients", "cliënten", "clients", Kind::Number),
    column("requests", "vragen", "requests", Kind::Number),
    column("other", "ander werk", "other work", Kind::Number),
    column("outside_hours", "buiten kantooruren", "outside office hours", Kind::Share),
    column("outside_caseload", "cliënten buiten caseload", "clients outside caseload", Kind::Number),
    column("unknown_caseload", "onbekend", "not known", Kind::Number),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caseload {
    Inside,
    Outside,
    Unknown,
}

struct Seen {
    handle: String,
    first: Timestamp,
    last: Timestamp,
    requests: u64,
    other: u64,
    outside_hours: u64,
    fields: BTreeSet<FieldCode>,
    caseload: Caseload,
}

/// What one professional did, by client.
pub(super) struct Professional {
    scope: Scope,
    teams: BTreeMap<ClientRef, Vec<TeamMember>>,
    clients: BTreeMap<ClientRef, Seen>,
}

impl Professional {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, teams: BTreeMap::new(), clients: BTreeMap::new() }
    }
}

impl Report for Professional {
    fn take(&mut self, record: &Record<'_>) {
        let (entry, side) = (record.entry, record.reader.side);
        let Some(client) = &entry.client else { return };
        if let Some((custodian, registration)) = entry.event.registration()
            && custodian == side
        {
            self.teams.insert(client.clone(), registration.team.clone());
        }
        let by = entry.actor.as_ref().filter(|actor| self.scope.requester.as_ref() == Some(&actor.requester));
        if by.is_none() || !self.scope.contains(entry.at) || entry.is_about_the_record() {
            return;
        }
        let caseload = match self.teams.get(client) {
            None => Caseload::Unknown,
            Some(team) if team.iter().any(|m| m.hat.organisation == *side && m.period.contains(entry.at)) => {
                Caseload::Inside
            }
            Some(_) => Caseload::Outside,
        };
        let seen = self.clients.entry(client.clone()).or_insert_with(|| Seen {
            handle: record.client.unwrap_or_default().to_owned(),
            first: entry.at,
            last: entry.at,
            requests: 0,
            other: 0,
            outside_hours: 0,
            fields: BTreeSet::new(),
            caseload,
        });
        seen.last = entry.at;
        seen.outside_hours += u64::from(is_outside_office_hours(entry.at));
        match disclosure(entry) {
            Some(asked) => {
                seen.requests += 1;
                seen.fields.extend(released(asked));
                // What was outside once, is not made inside by a later day.
                if caseload == Caseload::Outside {
                    seen.caseload = caseload;
                }
            }
            None => seen.other += 1,
        }
    }

    fn tables(self: Box<Self>, reader: &Reader<'_>) -> Vec<Table> {
        let title = words("Wat deze professional deed", "What this professional did");
        let mut summary = Table::new("summary", title, SUMMARY);
        let all = self.clients.values();
        let sum = |of: fn(&Seen) -> u64| all.clone().map(of).sum::<u64>();
        let (requests, other) = (sum(|s| s.requests), sum(|s| s.other));
        let of = |caseload| Cell::number(all.clone().filter(|seen| seen.caseload == caseload).count());
        summary.push([
            Cell::number(self.clients.len()),
            Cell::Number(requests),
            Cell::Number(other),
            Cell::Share(sum(|s| s.outside_hours), requests + other),
            of(Caseload::Outside),
            of(Caseload::Unknown),
        ]);
        let title = words("Naar wie deze professional keek", "Whom this professional looked at");
        let mut clients = Table::new("clients", title, CLIENTS);
        let mut seen: Vec<&Seen> = self.clients.values().collect();
        seen.sort_by_key(|seen| seen.first);
        for seen in seen {
            clients.push([
                Cell::text(&seen.handle),
                Cell::Moment(seen.first),
                Cell::Moment(seen.last),
                Cell::Number(seen.requests),
                Cell::Number(seen.other),
                fields(reader, seen.fields.iter().copied()),
                Cell::Number(seen.outside_hours),
                Cell::Words(said(seen.caseload)),
            ]);
        }
        vec![summary, clients]
    }
}

fn said(caseload: Caseload) -> Words {
    match caseload {
        Caseload::Inside => words("ja", "yes"),
        Caseload::Outside => words("NEE", "NO"),
        Caseload::Unknown => words("onbekend", "not known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Event;
    use crate::domain::testing::{always, born, days_ago, team};
    use crate::report::testing::*;

    #[test]
    fn each_client_is_a_row_with_what_lies_outside_hours_and_caseload() {
        let registration = born(jiff::civil::date(2010, 1, 1));
        let with_us = registration.clone().with_member(team(), always());
        let registered = |client, registration| {
            let custodian = municipality();
            done(client, days_ago(30), Event::Registered { custodian, registration })
        };
        let asleep = days_ago(2).plus(-9 * 3_600_000);
        let story = [
            registered(1, with_us),
            registered(2, registration),
            asked(1, days_ago(2), &["C01"], &[]),
            asked(1, asleep, &["C02"], &[]),
            asked(2, days_ago(2), &["C01"], &[]),
            asked(3, days_ago(2), &[], &["C01"]),
        ];
        let scope = Scope { requester: Some(professional()), from: Some(days_ago(3)), ..scope() };
        let [summary, clients] = told(Professional::new(scope), &story, &municipality()).try_into().unwrap();
        let columns = ["client", "requests", "outside_hours", "caseload"];
        let expected = [
            ["handle-01", "2", "1", "ja"],
            ["handle-02", "1", "0", "NEE"],
            ["handle-03", "1", "0", "onbekend"],
        ];
        assert_eq!(cells(&clients, &columns), expected);
        let columns = ["clients", "outside_hours", "outside_caseload", "unknown_caseload"];
        assert_eq!(cells(&summary, &columns), [["3", "0.250", "1", "1"]]);
    }

    #[test]
    fn what_others_did_is_not_in_it() {
        let other = crate::domain::RequesterRef::from_bytes([1; 16]);
        let story = [asked(1, days_ago(2), &["C01"], &[])];
        let [_, clients] =
            told(Professional::new(Scope { requester: Some(other), ..scope() }), &story, &municipality())
                .try_into()
                .unwrap();
        assert!(clients.rows.is_empty());
    }
}
