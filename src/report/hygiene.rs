//! P8: consents that need somebody's hand soon, and registrations that were not looked at for long.

use jiff::Span;

use crate::domain::time::birthday;
use crate::domain::{Capacity, Consent, ConsentStatus, Extra, Registration, Stance, Terms, Timestamp};
use crate::projection::{Reader, Record};
use crate::report::names::purpose;
use crate::report::table::{Column, Kind, column, words};
use crate::report::{Cell, Filed, Report, Scope, Table, Words};

const COLUMNS: &[Column] = &[
    column("what", "wat", "what", Kind::Text),
    column("when", "wanneer", "when", Kind::Moment),
    column("client", "cliënt", "client", Kind::Client),
    column("consent", "toestemming", "consent", Kind::Text),
    column("purpose", "waarvoor", "what for", Kind::Text),
];
const COUNTS: &[Column] =
    &[column("what", "wat", "what", Kind::Text), column("count", "aantal", "count", Kind::Number)];

const EXPIRES: Words = words("loopt af binnen 30 dagen", "expires within 30 days");
const SECOND_PARENT: Words = words("een ouder stemde nog niet in", "a parent has not agreed yet");
const OTHER_MISSING: Words = words("iemand anders stemde nog niet in", "somebody else has not agreed yet");
const UNCHECKED: Words = words("gezag langer dan een jaar niet nagegaan", "authority not checked for a year");
const ONE_PARENT: Words = words("een van de ouders maakt bezwaar", "one of the parents objects");
const BIRTHDAYS: [(i16, Words); 3] = [
    (12, words("wordt 12 binnen 60 dagen", "turns 12 within 60 days")),
    (16, words("wordt 16 binnen 60 dagen", "turns 16 within 60 days")),
    (18, words("wordt 18 binnen 60 dagen", "turns 18 within 60 days")),
];
const EXPIRY_DAYS: i64 = 30;
const BIRTHDAY_DAYS: i64 = 60;

/// What stands in the own registrations and consents now; no entries are read.
pub(super) struct Hygiene {
    scope: Scope,
    table: Table,
    counts: Vec<(Words, u64)>,
}

impl Hygiene {
    pub(super) fn new(scope: Scope) -> Self {
        let table = Table::new("hygiene", words("Wat aandacht vraagt", "What needs attention"), COLUMNS);
        Self { scope, table, counts: Vec::new() }
    }

    fn within(&self, at: Timestamp, days: i64) -> bool {
        let horizon = self.scope.now.date().saturating_add(Span::new().days(days));
        self.scope.now <= at && at <= Timestamp::end_of(horizon)
    }

    fn note(
        &mut self,
        what: Words,
        at: Option<Timestamp>,
        filed: &Filed<'_>,
        consent: Option<(&Consent, Cell)>,
    ) {
        match self.counts.iter_mut().find(|(known, _)| *known == what) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((what, 1)),
        }
        let (id, purpose) =
            consent.map_or((Cell::Empty, Cell::Empty), |(c, purpose)| (Cell::text(&c.id), purpose));
        let at = at.map_or(Cell::Empty, Cell::Moment);
        self.table.push([Cell::Words(what), at, Cell::text(filed.client), id, purpose]);
    }

    fn registration(&mut self, filed: &Filed<'_>) {
        for (age, what) in BIRTHDAYS {
            let at = Timestamp::start_of(birthday(filed.registration.birth_date, age));
            if self.within(at, BIRTHDAY_DAYS) {
                self.note(what, Some(at), filed, None);
            }
        }
        let now = self.scope.now;
        let checked =
            filed.registration.authority.iter().filter(|a| a.period.contains(now)).map(|a| a.checked_on);
        let due = checked.min().map(|day| Timestamp::start_of(day.saturating_add(Span::new().years(1))));
        if let Some(due) = due.filter(|due| *due <= now) {
            self.note(UNCHECKED, Some(due), filed, None);
        }
    }

    fn consent(&mut self, consent: &Consent, filed: &Filed<'_>, reader: &Reader<'_>) {
        let now = self.scope.now;
        let Some(permit) = consent.permit() else {
            if is_objection_of_one_parent(consent, filed.registration, now) {
                let at = consent.grants.first().map(|grant| grant.given_at);
                self.note(ONE_PARENT, at, filed, Some((consent, Cell::Empty)));
            }
            return;
        };
        let named = || Some((consent, purpose(reader, permit.purpose)));
        let profile = reader.parties.consent_profile(reader.side);
        let terms = Terms { catalogue: reader.catalogue, profile };
        let status = consent.status(filed.registration, terms, now);
        let until = consent.period.until();
        if status == ConsentStatus::InForce && self.within(until, EXPIRY_DAYS) {
            self.note(EXPIRES, Some(until), filed, named());
        }
        let waiting = consent.waiting_for(filed.registration, terms, now);
        let holders = [Capacity::ParentAuthority, Capacity::Guardian, Capacity::CourtOrder];
        let is_holder =
            |who: &Extra| matches!(who, Extra::Person(person) if holders.contains(&person.capacity));
        let (parents, others): (Vec<_>, Vec<_>) = waiting.iter().partition(|waiting| is_holder(&waiting.who));
        let since = consent.grants.first().map(|grant| grant.given_at);
        if !parents.is_empty() {
            self.note(SECOND_PARENT, since, filed, named());
        }
        if !others.is_empty() {
            self.note(OTHER_MISSING, since, filed, named());
        }
    }
}

/// Whether a holder of authority objects, while there is another.
fn is_objection_of_one_parent(consent: &Consent, registration: &Registration, now: Timestamp) -> bool {
    let Stance::Objection(_) = &consent.stance else { return false };
    let stands = consent.withdrawn.is_none() && consent.period.contains(now);
    let holder = |person| {
        let mut holding = registration.authority.iter().filter(|a| a.period.contains(now));
        holding.any(|a| a.holder.person == person)
    };
    let holders = registration.authority.iter().filter(|a| a.period.contains(now)).count();
    stands && holders > 1 && consent.grants.first().is_some_and(|grant| holder(grant.by.person.clone()))
}

impl Report for Hygiene {
    fn take(&mut self, _: &Record<'_>) {}

    fn take_file(&mut self, filed: &Filed<'_>, reader: &Reader<'_>) {
        self.registration(filed);
        for consent in filed.consents {
            self.consent(consent, filed, reader);
        }
    }

    fn tables(self: Box<Self>, _: &Reader<'_>) -> Vec<Table> {
        let mut counts = Table::new("counts", words("Aantallen", "Counts"), COUNTS);
        for (what, count) in &self.counts {
            counts.push([Cell::Words(*what), Cell::Number(*count)]);
        }
        vec![counts, self.table]
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::Capacity::*;
    use crate::domain::testing::*;
    use crate::report::testing::{care, cells, filed, scope};

    fn found(registration: &Registration, consents: &[Consent]) -> Vec<String> {
        let [_, table] = filed(Hygiene::new(scope()), registration, consents, &care()).try_into().unwrap();
        cells(&table, &["what"]).into_iter().map(|[what]| what).collect()
    }

    #[test]
    fn each_thing_that_needs_a_hand_is_found_and_nothing_else() {
        let soon = |days: i64| between(days_ago(100), days_ago(-days));
        let own = || permit("WON", &["C01"]).yes("client", Youth, days_ago(50));
        let both = || {
            permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(9)).yes(
                "father",
                ParentAuthority,
                days_ago(9),
            )
        };
        let one = permit("WON", &["C01"]).yes("mother", ParentAuthority, days_ago(9));
        let mut unchecked = aged(10).with_parents();
        unchecked.authority[0].checked_on = date(2025, 11, 21);
        let objects = no("father", ParentAuthority, days_ago(3), to_all());
        let nothing: &[&str] = &[];
        let cases: [(&str, Registration, Vec<Consent>, &[&str]); 10] = [
            ("all is well", aged(16), vec![own()], nothing),
            ("expires in 30 days", aged(16), vec![own().during(soon(30))], &[EXPIRES.nl]),
            ("expires in 32 days", aged(16), vec![own().during(soon(32))], nothing),
            ("both parents", aged(10).with_parents(), vec![both()], nothing),
            ("one parent", aged(10).with_parents(), vec![one], &[SECOND_PARENT.nl]),
            ("the client is missing", aged(13).with_parents(), vec![both()], &[OTHER_MISSING.nl]),
            ("turns 16 in 60 days", born(date(2011, 1, 21)), vec![], &[BIRTHDAYS[1].1.nl]),
            ("turns 16 in 62 days", born(date(2011, 1, 23)), vec![], nothing),
            ("a year ago checked", unchecked, vec![], &[UNCHECKED.nl]),
            ("one parent objects", aged(10).with_parents(), vec![objects], &[ONE_PARENT.nl]),
        ];
        for (case, registration, consents, expected) in cases {
            assert_eq!(found(&registration, &consents), expected, "{case}");
        }
    }
}
