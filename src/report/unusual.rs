//! P7: what stands out, to be looked at by a person: none of it is proof of anything.
//!
//! What cannot be seen here, and why: clients with one surname or address (the ledger holds neither), clients asked in the order of
//! their numbers (pseudonyms have no order), and consultations with one question (the question is never kept).

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::{
    Actor, Because, ClientRef, DisclosureEvent, Event, Lack, PurposeCode, RequesterRef, Role, Timestamp, Told,
};
use crate::projection::{Reader, Record};
use crate::report::names::disclosure;
use crate::report::office::is_outside_office_hours;
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Report, Scope, Table, Words};

const SIGNALS: &[Column] = &[
    column("signal", "wat", "what", Kind::Text),
    column("at", "wanneer", "when", Kind::Moment),
    column("requester", "professional", "professional", Kind::Text),
    column("role", "rol", "role", Kind::Text),
    column("client", "cliënt", "client", Kind::Client),
    column("entry", "regel", "entry", Kind::Number),
    column("count", "aantal", "count", Kind::Number),
];
const HOURS: &[Column] = &[
    column("requester", "professional", "professional", Kind::Text),
    column("role", "rol", "role", Kind::Text),
    column("requests", "vragen", "requests", Kind::Number),
    column("outside", "buiten kantooruren", "outside office hours", Kind::Number),
    column("share", "aandeel", "share", Kind::Share),
];

const MANY: Words = words("ongewoon veel vragen op een dag (3σ)", "unusually many asks in a day (3σ)");
const RETRIED: Words = words("niets gekregen, dan een ander doel", "got nothing, then another purpose");
const ENDED: Words = words("gevraagd na einde van de toestemming", "asked after consent had ended");
const CONSULTED: Words = words("veel consultaties op een dag", "many consultations in a day");

/// How long after an ask that got nothing another purpose stands out.
const RETRY_WITHIN: i64 = 7 * 24 * 3_600_000;
/// So many consultations by one professional in a day stand out.
const MANY_CONSULTATIONS: u64 = 5;
/// With fewer days than this nobody can say what is usual in a role.
const LEAST_DAYS: u128 = 10;

type Who = (RequesterRef, Role);

/// What stands out.
pub(super) struct Unusual {
    scope: Scope,
    asks: BTreeMap<(Role, RequesterRef, Date), u64>,
    consultations: BTreeMap<(Who, Date), u64>,
    nothing: BTreeMap<(RequesterRef, ClientRef), (Timestamp, PurposeCode)>,
    hours: BTreeMap<Who, (u64, u64)>,
    signals: Table,
}

impl Unusual {
    pub(super) fn new(scope: Scope) -> Self {
        let signals = Table::new("signals", words("Wat opvalt", "What stands out"), SIGNALS);
        let (asks, consultations) = (BTreeMap::new(), BTreeMap::new());
        Self { scope, asks, consultations, nothing: BTreeMap::new(), hours: BTreeMap::new(), signals }
    }

    fn asked(&mut self, record: &Record<'_>, asked: &DisclosureEvent, actor: &Actor) {
        let (at, who) = (record.entry.at, (actor.requester.clone(), actor.hat.role.clone()));
        *self.asks.entry((who.1.clone(), who.0.clone(), at.date())).or_default() += 1;
        let (requests, outside) = self.hours.entry(who).or_default();
        (*requests, *outside) = (*requests + 1, *outside + u64::from(is_outside_office_hours(at)));
        if is_after_its_end(asked, record.is_whole()) {
            self.signal(ENDED, record, actor);
        }
        let Some(client) = &record.entry.client else { return };
        let pair = (actor.requester.clone(), client.clone());
        let before = self.nothing.get(&pair).copied();
        if before.is_some_and(|(then, purpose)| purpose != asked.purpose && at.0 - then.0 <= RETRY_WITHIN) {
            self.signal(RETRIED, record, actor);
        }
        if asked.released.is_empty() {
            self.nothing.insert(pair, (at, asked.purpose));
        }
    }

    fn signal(&mut self, what: Words, record: &Record<'_>, actor: &Actor) {
        self.signals.push([
            Cell::Words(what),
            Cell::Moment(record.entry.at),
            Cell::text(&actor.requester),
            Cell::text(&actor.hat.role),
            record.client.map_or(Cell::Empty, Cell::text),
            Cell::Number(record.index),
            Cell::Empty,
        ]);
    }

    fn of_a_day(&mut self, what: Words, day: Date, (requester, role): &Who, count: u64) {
        let at = Cell::Moment(Timestamp::start_of(day));
        let (requester, role) = (Cell::text(requester), Cell::text(role));
        self.signals.push([
            Cell::Words(what),
            at,
            requester,
            role,
            Cell::Empty,
            Cell::Empty,
            Cell::Number(count),
        ]);
    }
}

/// Whether the consent was over that would have opened it, as far as this side may know.
fn is_after_its_end(asked: &DisclosureEvent, whole: bool) -> bool {
    asked.withheld.iter().any(|group| {
        let ended = matches!(group.because, Because::Lack(lack) if lack.is_ended() || lack == Lack::ExpiredWithAuthority);
        matches!(group.told, Told::ConsentWithdrawn | Told::ConsentExpired) || (whole && ended)
    })
}

/// Whether a day's count is more than three standard deviations above the mean of these: exactly, in whole numbers. A deviation
/// counts as one ask at least, or two asks would stand out where everybody asks once.
fn stands_out(count: u64, days: u128, sum: u128, squares: u128) -> bool {
    let above = (days * u128::from(count)).saturating_sub(sum);
    days >= LEAST_DAYS && above > 0 && above * above > 9 * (days * squares - sum * sum).max(days * days)
}

impl Report for Unusual {
    fn take(&mut self, record: &Record<'_>) {
        let entry = record.entry;
        let Some(actor) = entry.actor.as_ref().filter(|_| self.scope.contains(entry.at)) else { return };
        if let Some(asked) = disclosure(entry) {
            if asked.repeat_of.is_none() && self.scope.is_about(asked, actor) {
                self.asked(record, asked, actor);
            }
        } else if let Event::Consulted(_) = &entry.event
            && self.scope.is_by(actor)
        {
            let who = (actor.requester.clone(), actor.hat.role.clone());
            *self.consultations.entry((who, entry.at.date())).or_default() += 1;
        }
    }

    fn tables(mut self: Box<Self>, _: &Reader<'_>) -> Vec<Table> {
        let mut roles: BTreeMap<Role, (u128, u128, u128)> = BTreeMap::new();
        for ((role, ..), count) in &self.asks {
            let (days, sum, squares) = roles.entry(role.clone()).or_default();
            let count = u128::from(*count);
            (*days, *sum, *squares) = (*days + 1, *sum + count, *squares + count * count);
        }
        for ((role, requester, day), count) in std::mem::take(&mut self.asks) {
            let (days, sum, squares) = roles.get(&role).copied().unwrap_or_default();
            if stands_out(count, days, sum, squares) {
                self.of_a_day(MANY, day, &(requester, role), count);
            }
        }
        for ((who, day), count) in std::mem::take(&mut self.consultations) {
            if count >= MANY_CONSULTATIONS {
                self.of_a_day(CONSULTED, day, &who, count);
            }
        }
        let title =
            words("Avonden, nachten, weekenden en feestdagen", "Evenings, nights, weekends and holidays");
        let mut hours = Table::new("hours", title, HOURS);
        for ((requester, role), (requests, outside)) in
            self.hours.into_iter().filter(|(_, (_, outside))| *outside > 0)
        {
            hours.push([
                Cell::text(&requester),
                Cell::text(&role),
                Cell::Number(requests),
                Cell::Number(outside),
                Cell::Share(outside, requests),
            ]);
        }
        vec![self.signals, hours]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Entry;
    use crate::domain::testing::{days_ago, purpose};
    use crate::report::testing::*;

    fn signals(story: &[Entry]) -> Vec<[String; 2]> {
        let [signals, _] = told(Unusual::new(scope()), story, &care()).try_into().unwrap();
        cells(&signals, &["signal", "entry"])
    }

    #[test]
    fn a_day_with_far_more_asks_than_is_usual_in_a_role_stands_out() {
        for (asks, out) in [(2, 0), (40, 1)] {
            let mut story: Vec<Entry> = (2..20).map(|day| asked(1, days_ago(day), &["C01"], &[])).collect();
            story.extend((0..asks).map(|_| asked(1, days_ago(1), &["C01"], &[])));
            assert_eq!(signals(&story).len(), out, "{asks}");
        }
        let few: Vec<Entry> = (0..40).map(|_| asked(1, days_ago(1), &["C01"], &[])).collect();
        assert!(signals(&few).is_empty(), "nobody knows what is usual");
    }

    #[test]
    fn another_purpose_after_nothing_stands_out_for_the_same_client_within_a_week() {
        let other = |client, at| but(asked(client, at, &["C01"], &[]), |d| d.purpose = purpose("CAS"));
        let nothing = asked(1, days_ago(9), &[], &["J01"]);
        let cases = [
            (other(1, days_ago(8)), 1),
            (other(1, days_ago(1)), 0),
            (other(2, days_ago(8)), 0),
            (asked(1, days_ago(8), &["C01"], &[]), 0),
        ];
        for (at, (then, out)) in cases.into_iter().enumerate() {
            assert_eq!(signals(&[nothing.clone(), then]).len(), out, "row {at}");
        }
    }

    #[test]
    fn asking_after_the_end_of_a_consent_stands_out() {
        let heard =
            but(asked(1, days_ago(1), &[], &["C01"]), |d| d.withheld[0].told = Told::ConsentWithdrawn);
        let known = but(asked(1, days_ago(1), &[], &["C01"]), |d| {
            d.withheld[0].because = Because::Lack(Lack::ConsentExpired);
        });
        let story = [heard, known, asked(1, days_ago(1), &[], &["C01"])];
        let ended = |side| {
            let [signals, _] = told(Unusual::new(scope()), &story, &side).try_into().unwrap();
            cells(&signals, &["entry"])
        };
        assert_eq!(ended(care()), [["0"], ["1"]]);
        assert_eq!(ended(municipality()), [["0"]], "a fine reason is the custodian's");
    }

    #[test]
    fn five_consultations_in_a_day_stand_out_and_a_weekend_is_outside_office_hours() {
        let consulted = |at| {
            let (request, purpose) = (crate::domain::testing::request(1), purpose("CON"));
            let outcome = crate::domain::ConsultOutcome::Accepted;
            let consulted = crate::domain::testing::institution();
            let event = crate::domain::ConsultEvent { request, consulted, purpose, outcome };
            Entry { client: None, revision: None, ..done(1, at, Event::Consulted(event)) }
        };
        let story: Vec<Entry> =
            (0..5).map(|_| consulted(days_ago(2))).chain([consulted(days_ago(3))]).collect();
        assert_eq!(signals(&story), [[CONSULTED.nl, ""]]);
        // 22 November 2026 is a Sunday.
        let story = [asked(1, days_ago(0), &["C01"], &[]), asked(1, days_ago(2), &["C01"], &[])];
        let [_, hours] = told(Unusual::new(scope()), &story, &care()).try_into().unwrap();
        assert_eq!(cells(&hours, &["requests", "outside", "share"]), [["2", "1", "0.500"]]);
    }
}
