//! A client, with the people around, at the edges of the calendar: birthdays, the ends of orders and of authority.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use sluis::domain::{
    Authority, Capacity, CompetenceAssessment, CustodianReference, Grantor, Hat, Order, Period, PersonRef,
    PurposeCode, Registration, Replacement, Source, TeamMember, Timestamp,
};

use crate::random::Random;

/// The days around which everything in one case happens.
pub struct Days {
    /// In order.
    pub days: Vec<Date>,
    today: Date,
}

impl Days {
    /// Around one day; often one at which calendars go wrong.
    pub fn draw(random: &mut Random) -> Self {
        let edges = [
            date(2024, 2, 29),
            date(2025, 2, 28),
            date(2025, 3, 1),
            date(2024, 12, 31),
            date(2026, 3, 29),
            date(2026, 10, 25),
            date(2028, 2, 29),
        ];
        let today = if random.chance(30) {
            random.one(&edges)
        } else {
            date(2024, 1, 1) + i64::try_from(random.below(1800)).unwrap().days()
        };
        let offsets: [i64; 20] =
            [-420, -367, -366, -365, -200, -31, -14, -2, -1, 0, 0, 0, 1, 2, 14, 30, 120, 183, 365, 366];
        let mut days: Vec<Date> = (0..7).map(|_| today + random.one(&offsets).days()).collect();
        days.push(today);
        days.sort();
        Self { days, today }
    }

    /// A moment of one of the days: its first, the one before, one within, the last.
    pub fn moment(&self, random: &mut Random) -> Timestamp {
        let day = random.one(&self.days);
        match random.below(5) {
            0 => Timestamp::start_of(day),
            1 => Timestamp::start_of(day).plus(-1),
            2 => Timestamp::end_of(day).plus(-1),
            _ => Timestamp::start_of(day).plus(36_000_000),
        }
    }

    /// Mostly without an end, else between two of the moments.
    fn period(&self, random: &mut Random, always: usize) -> Period {
        let from = Timestamp::start_of(date(2000, 1, 1));
        if random.chance(always) {
            return Period::new(from, Timestamp::END).unwrap();
        }
        let (one, other) = (self.moment(random), self.moment(random));
        match random.below(3) {
            0 => Period::new(from, one).unwrap(),
            1 => Period::new(one, Timestamp::END).unwrap(),
            _ => Period::new(one.min(other), one.max(other).plus(1)).unwrap(),
        }
    }
}

/// A person; the names are those of a role in the story, and of nobody.
pub fn person(name: &str) -> PersonRef {
    PersonRef::parse(name).unwrap()
}

/// Everybody who can do something in a case.
pub const PEOPLE: [&str; 8] =
    ["client", "mother", "father", "grandmother", "institution", "sister", "mentor", "administrator"];
/// Every capacity.
pub const CAPACITIES: [Capacity; 12] = [
    Capacity::Youth,
    Capacity::Adult,
    Capacity::ParentAuthority,
    Capacity::Guardian,
    Capacity::CourtOrder,
    Capacity::Curator,
    Capacity::Mentor,
    Capacity::Proxy,
    Capacity::Partner,
    Capacity::Relative,
    Capacity::Administrator,
    Capacity::DataSubject,
];

/// What a custodian could register.
pub fn registration(
    random: &mut Random,
    days: &Days,
    birth_date: Date,
    hats: &[Hat],
    purposes: &[PurposeCode],
) -> Registration {
    let mut authority = Vec::new();
    let mut holder = |random: &mut Random, name: &str, capacity, always| {
        let holder = Grantor { person: person(name), capacity };
        let period = days.period(random, always);
        authority.push(Authority {
            holder,
            period,
            source: Source::AuthorityRegister,
            checked_on: date(2024, 1, 1),
        });
    };
    for (name, percent) in [("mother", 90), ("father", 70), ("grandmother", 4)] {
        if random.chance(percent) {
            holder(random, name, Capacity::ParentAuthority, 80);
        }
    }
    for name in ["institution", "grandmother"] {
        if random.chance(9) {
            holder(random, name, Capacity::Guardian, 40);
        }
    }
    let represent = [
        ("mentor", Capacity::Curator, 8),
        ("mentor", Capacity::Mentor, 15),
        ("sister", Capacity::Proxy, 15),
        ("grandmother", Capacity::Partner, 10),
        ("mother", Capacity::Relative, 30),
        ("sister", Capacity::Relative, 20),
        ("administrator", Capacity::Administrator, 25),
        ("mother", Capacity::Administrator, 4),
    ];
    for (name, capacity, percent) in represent {
        if random.chance(percent) {
            holder(random, name, capacity, 60);
        }
    }
    let parents = ["mother", "father", "grandmother"].map(person);
    Registration {
        reference: CustodianReference::parse("record-1").unwrap(),
        birth_date,
        authority,
        parents: if random.chance(50) { vec![] } else { random.some(&parents, 40) },
        orders: (0..random.below(7).saturating_sub(4)).map(|_| order(random, days, hats, purposes)).collect(),
        competence: competence(random, days, birth_date, purposes),
        team: (0..random.below(5).saturating_sub(3))
            .map(|_| TeamMember { hat: random.one(hats), period: days.period(random, 40) })
            .collect(),
        withheld: vec![],
    }
}

fn order(random: &mut Random, days: &Days, hats: &[Hat], purposes: &[PurposeCode]) -> Order {
    let parents = ["mother", "father"].map(person);
    let replaces = random.maybe(75, |random| Replacement {
        parents: random.some(&parents, 60),
        by: person(random.one(&["institution", "institution", "grandmother"])),
        scope: random.some(purposes, 60),
        names_information: random.chance(85),
    });
    Order {
        reference: CustodianReference::parse("order-1").unwrap(),
        carried_out_by: random.one(hats),
        period: days.period(random, 40),
        replaces,
    }
}

/// Any judgements, or one that lasts until the eighteenth birthday or another day.
fn competence(
    random: &mut Random,
    days: &Days,
    birth_date: Date,
    purposes: &[PurposeCode],
) -> Vec<CompetenceAssessment> {
    let judged =
        |from, able, about| CompetenceAssessment { from, able, about, assessed_by: person("psychologist") };
    if random.chance(10) {
        let adult = sluis::domain::time::birthday(birth_date, 18);
        let until = if random.chance(60) { adult } else { random.one(&days.days) };
        return vec![judged(date(2020, 1, 1), false, None), judged(until, true, None)];
    }
    let count = random.below(6).saturating_sub(3);
    let any = |_| {
        let (from, able) = (random.one(&days.days), random.chance(30));
        judged(from, able, random.maybe(40, |random| random.one(purposes)))
    };
    (0..count).map(any).collect()
}

/// A birth date whose 12th, 16th or 18th birthday is one of the days, more often than not.
pub fn birth_date(random: &mut Random, days: &Days) -> Date {
    let years: i16 = random.one(&[8, 11, 12, 12, 13, 14, 15, 16, 16, 17, 18, 18, 19, 30]);
    if random.chance(15) {
        return date(
            days.today.year() - years,
            2,
            29.min(if (days.today.year() - years) % 4 == 0 { 29 } else { 28 }),
        );
    }
    let day = random.one(&days.days);
    let born = Date::new(day.year() - years, day.month(), day.day());
    born.unwrap_or_else(|_| date(day.year() - years, 3, 1))
}
