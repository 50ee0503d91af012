//! P9: were withdrawals honoured? After each there must be no release that rests on what was taken back.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Consent, ConsentId, Event, FieldCode, Permit, Timestamp};
use crate::projection::{Reader, Record};
use crate::report::names::{disclosure, fields, organisation, purpose};
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table};

const COLUMNS: &[Column] = &[
    column("entry", "regel", "entry", Kind::Number),
    column("at", "ingetrokken", "withdrawn", Kind::Moment),
    column("client", "cliënt", "client", Kind::Client),
    column("consent", "toestemming", "consent", Kind::Text),
    column("recipient", "ontvanger", "recipient", Kind::Text),
    column("purpose", "waarvoor", "what for", Kind::Text),
    column("fields", "wat", "what", Kind::Fields),
    column("last_before", "laatste verstrekking ervoor", "last release before", Kind::Moment),
    column("minutes_before", "minuten ervoor", "minutes before", Kind::Number),
    column("releases_after", "verstrekkingen erna", "releases after", Kind::Number),
];
const SUMMARY: &[Column] = &[
    column("withdrawals", "intrekkingen", "withdrawals", Kind::Number),
    column("honoured", "nagekomen", "honoured", Kind::Number),
    column("releases_after", "verstrekkingen erna (moet 0 zijn)", "releases after (must be 0)", Kind::Number),
];

struct Withdrawal {
    entry: u64,
    at: Timestamp,
    handle: String,
    permit: Permit,
    fields: BTreeSet<FieldCode>,
    last_before: Option<Timestamp>,
    releases_after: u64,
}

/// Withdrawals of permits to get the own data, in the period; releases that rest on them, whenever.
pub(super) struct Withdrawals {
    scope: Scope,
    last: BTreeMap<(ConsentId, FieldCode), Timestamp>,
    by_consent: BTreeMap<ConsentId, Vec<Withdrawal>>,
}

impl Withdrawals {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, last: BTreeMap::new(), by_consent: BTreeMap::new() }
    }

    fn withdrawn(&mut self, consent: &Consent, record: &Record<'_>) {
        let Some(permit) = consent.permit() else { return };
        let fields = taken_back(consent, permit);
        let of_field = |code: &FieldCode| self.last.get(&(consent.id.clone(), *code)).copied();
        let last_before = fields.iter().filter_map(of_field).max();
        // Nothing rests on it any more.
        for code in &fields {
            self.last.remove(&(consent.id.clone(), *code));
        }
        let (entry, at) = (record.index, record.entry.at);
        let handle = record.client.unwrap_or_default().to_owned();
        let permit = permit.clone();
        let withdrawal = Withdrawal { entry, at, handle, permit, fields, last_before, releases_after: 0 };
        self.by_consent.entry(consent.id.clone()).or_default().push(withdrawal);
    }
}

/// The fields that this version takes back: all, or those struck last.
fn taken_back(consent: &Consent, permit: &Permit) -> BTreeSet<FieldCode> {
    let newest = consent.struck.values().max();
    let struck = consent.struck.iter().filter(|(_, at)| Some(*at) == newest).map(|(code, _)| *code);
    if consent.withdrawn.is_some() { permit.fields.iter().copied().collect() } else { struck.collect() }
}

impl Report for Withdrawals {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        match &entry.event {
            Event::ConsentWithdrawn(consent) if consent.custodian == *record.reader.side => {
                self.withdrawn(consent, record);
            }
            _ => {
                let Some(asked) = disclosure(entry).filter(|d| d.custodian == *record.reader.side) else {
                    return;
                };
                for group in &asked.released {
                    let Some((consent, _)) = &group.consent else { continue };
                    for code in &group.fields {
                        self.last.insert((consent.clone(), *code), entry.at);
                    }
                    for withdrawal in self.by_consent.get_mut(consent).into_iter().flatten() {
                        let rests = group.fields.iter().any(|code| withdrawal.fields.contains(code));
                        withdrawal.releases_after += u64::from(rests);
                    }
                }
            }
        }
    }

    fn tables(self: Box<Self>, reader: &Reader<'_>) -> Vec<Table> {
        let title = words("Intrekkingen", "Withdrawals");
        let mut table = Table::new("withdrawals", title, COLUMNS);
        let all = self
            .by_consent
            .into_iter()
            .flat_map(|(id, all)| all.into_iter().map(move |one| (id.clone(), one)));
        let mut all: Vec<(ConsentId, Withdrawal)> =
            all.filter(|(_, one)| self.scope.contains(one.at)).collect();
        all.sort_by_key(|(_, one)| one.entry);
        let after = all.iter().map(|(_, one)| one.releases_after).sum();
        let honoured = all.iter().filter(|(_, one)| one.releases_after == 0).count();
        let title = words("Nagekomen?", "Honoured?");
        let mut summary = Table::new("summary", title, SUMMARY);
        summary.push([Cell::number(all.len()), Cell::number(honoured), Cell::Number(after)]);
        for (id, one) in all {
            let minutes =
                |before: Timestamp| u64::try_from((one.at.0 - before.0) / 60_000).unwrap_or_default();
            table.push([
                Cell::Number(one.entry),
                Cell::Moment(one.at),
                Cell::Text(one.handle),
                Cell::text(&id),
                organisation(reader, &one.permit.recipient.organisation),
                purpose(reader, one.permit.purpose),
                fields(reader, one.fields),
                one.last_before.map_or(Cell::Empty, Cell::Moment),
                one.last_before.map_or(Cell::Empty, |before| Cell::Number(minutes(before))),
                Cell::Number(one.releases_after),
            ]);
        }
        vec![summary, table]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{days_ago, field, permit};
    use crate::report::testing::*;

    fn whole() -> Consent {
        Consent { withdrawn: Some(days_ago(5)), ..permit("WON", &["C01", "C02"]) }
    }

    fn of_one_field() -> Consent {
        Consent { struck: [(field("C02"), days_ago(5))].into(), ..permit("WON", &["C01", "C02"]) }
    }

    #[test]
    fn a_release_after_is_counted_only_where_it_rests_on_what_was_taken_back() {
        let before = asked(1, days_ago(6), &["C01", "C02"], &[]);
        let cases = [
            ("nothing after", whole(), asked(1, days_ago(4), &[], &["C01"]), "1440", "0"),
            ("the whole of it", whole(), asked(1, days_ago(4), &["C01"], &[]), "1440", "1"),
            ("another field", of_one_field(), asked(1, days_ago(4), &["C01"], &[]), "1440", "0"),
            ("that field", of_one_field(), asked(1, days_ago(4), &["C01", "C02"], &[]), "1440", "1"),
            (
                "on another ground",
                whole(),
                but(asked(1, days_ago(4), &["C01"], &[]), |d| d.released[0].consent = None),
                "1440",
                "0",
            ),
        ];
        for (case, consent, after, minutes, counted) in cases {
            let story = [before.clone(), withdrawn(1, consent, days_ago(5)), after];
            let [summary, table] = told(Withdrawals::new(scope()), &story, &care()).try_into().unwrap();
            assert_eq!(cells(&table, &["minutes_before", "releases_after"]), [[minutes, counted]], "{case}");
            assert_eq!(cells(&summary, &["withdrawals", "releases_after"]), [["1", counted]], "{case}");
        }
    }

    #[test]
    fn the_other_side_and_another_period_have_no_withdrawals() {
        let story = [withdrawn(1, whole(), days_ago(5))];
        let later = Scope { from: Some(days_ago(4)), ..scope() };
        for (scope, side) in [(scope(), municipality()), (later, care())] {
            assert!(told(Withdrawals::new(scope), &story, &side)[1].rows.is_empty());
        }
    }
}
