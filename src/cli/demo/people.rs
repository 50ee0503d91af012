//! The clients of the demonstration: plainly fictional, with test BSNs (999900006 to 999999990).
//!
//! Ages are counted from the day of the demonstration, so that a birthday is always near.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::contract::v1::{
    Authority, AuthoritySource, Capacity, ClientName, Period, Registration, client_name,
};

/// A client.
pub struct Person {
    /// A name that nobody has.
    pub name: &'static str,
    /// A test BSN.
    pub bsn: &'static str,
    /// The birth date.
    pub born: Born,
    /// Who decides for the client.
    pub deciders: &'static [(&'static str, Capacity)],
    /// Which organisations hold a record; its reference is the folder name and the client's number.
    pub held_by: &'static [&'static str],
    number: u8,
}

/// A birth date, as seen from the day of the demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Born {
    /// So many years and months ago.
    Ago(i16, i8),
    /// So that this age is reached on the tenth day from now.
    Turning(i16),
}

/// Days until the birthday of whoever is [`Born::Turning`].
pub const BIRTHDAY_IN: i64 = 10;

const BOTH: &[(&str, Capacity)] =
    &[("moeder", Capacity::ParentAuthority), ("vader", Capacity::ParentAuthority)];
const MOTHER: &[(&str, Capacity)] = &[("moeder", Capacity::ParentAuthority)];
const GUARDIAN: &[(&str, Capacity)] = &[("voogd", Capacity::Guardian)];

/// The fifteen-year-old whom the story is about.
pub const FIRST: Person =
    person(1, "Testjongere Een", "999990019", Born::Ago(15, 5), BOTH, &["accare", "gemeente-assen"]);
/// Eleven, and nearly twelve.
pub const NEARLY_TWELVE: Person =
    person(2, "Testjongere Twee", "999990020", Born::Turning(12), BOTH, &["yorneo"]);
/// Fifteen, and nearly sixteen.
pub const NEARLY_SIXTEEN: Person =
    person(3, "Testjongere Drie", "999990032", Born::Turning(16), BOTH, &["vnn", "gemeente-assen"]);
/// An adult with debts.
pub const ADULT: Person =
    person(4, "Testvolwassene Vier", "999990044", Born::Ago(19, 2), &[], &["gemeente-assen", "accare"]);
/// Sixteen, and in danger one night.
pub const IN_DANGER: Person =
    person(7, "Testjongere Zeven", "999990081", Born::Ago(16, 8), BOTH, &["accare"]);
/// A BSN that nobody registers.
pub const NOBODY: &str = "999990251";

/// How many of them the story tells about: the first.
pub const TOLD: usize = 5;

/// All clients.
pub const ALL: [Person; 14] = [
    FIRST,
    NEARLY_TWELVE,
    NEARLY_SIXTEEN,
    ADULT,
    IN_DANGER,
    person(5, "Testjongere Vijf", "999990056", Born::Ago(17, 1), BOTH, &["ggz-drenthe"]),
    person(6, "Testjongere Zes", "999990068", Born::Ago(13, 3), MOTHER, &["accare", "gemeente-hoogeveen"]),
    person(8, "Testjongere Acht", "999990093", Born::Ago(14, 6), GUARDIAN, &["yorneo", "gemeente-hoogeveen"]),
    person(9, "Testvolwassene Negen", "999990111", Born::Ago(21, 4), &[], &["ggz-drenthe", "gemeente-assen"]),
    person(10, "Testvolwassene Tien", "999990123", Born::Ago(20, 7), &[], &["vnn", "gemeente-hoogeveen"]),
    person(11, "Testjongere Elf", "999990135", Born::Ago(10, 2), MOTHER, &["accare"]),
    person(12, "Testjongere Twaalf", "999990147", Born::Ago(12, 9), BOTH, &["ggz-drenthe"]),
    person(13, "Testvolwassene Dertien", "999990159", Born::Ago(22, 1), &[], &["gemeente-hoogeveen"]),
    person(14, "Testjongere Veertien", "999990160", Born::Ago(17, 10), BOTH, &["yorneo"]),
];

/// The custodians with records: the name of their folder, and their records file.
pub const RECORDS: [(&str, &str); 6] = [
    ("accare", include_str!("../../../deploy/demo/records/accare.json")),
    ("ggz-drenthe", include_str!("../../../deploy/demo/records/ggz-drenthe.json")),
    ("vnn", include_str!("../../../deploy/demo/records/vnn.json")),
    ("yorneo", include_str!("../../../deploy/demo/records/yorneo.json")),
    ("gemeente-assen", include_str!("../../../deploy/demo/records/gemeente-assen.json")),
    ("gemeente-hoogeveen", include_str!("../../../deploy/demo/records/gemeente-hoogeveen.json")),
];

const fn person(
    number: u8,
    name: &'static str,
    bsn: &'static str,
    born: Born,
    deciders: &'static [(&'static str, Capacity)],
    held_by: &'static [&'static str],
) -> Person {
    Person { name, bsn, born, deciders, held_by, number }
}

/// The client with this BSN, as requests name one.
#[expect(clippy::unnecessary_wraps, reason = "the contract's fields are optional")]
pub fn named(bsn: &str) -> Option<ClientName> {
    Some(ClientName { name: Some(client_name::Name::Bsn(bsn.to_owned())) })
}

impl Person {
    /// How this custodian finds the record.
    pub fn reference(&self, custodian: &str) -> String {
        format!("{custodian}-{:04}", self.number)
    }

    /// The birth date, seen from today.
    pub fn birth_date(&self, today: Date) -> Date {
        match self.born {
            Born::Ago(years, months) => today.saturating_sub(years.years().months(months)),
            Born::Turning(age) => {
                today.saturating_add(BIRTHDAY_IN.days()).saturating_sub(Span::new().years(age))
            }
        }
    }

    /// The registration at this custodian.
    pub fn registration(&self, custodian: &str, today: Date) -> Registration {
        let birth_date = self.birth_date(today).to_string();
        let authority = |(person, capacity): &(&str, Capacity)| Authority {
            person: (*person).to_owned(),
            capacity: (*capacity).into(),
            period: Some(Period { from: birth_date.clone(), until: String::new() }),
            source: AuthoritySource::AuthorityRegister.into(),
            checked_on: today.to_string(),
        };
        Registration {
            custodian_reference: self.reference(custodian),
            authority: self.deciders.iter().map(authority).collect(),
            birth_date,
            ..Registration::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::civil::date;

    use super::*;
    use crate::cli::demo::setting::covenant;
    use crate::custodian::RecordsFile;
    use crate::domain::time::age_on;
    use crate::domain::{Bsn, CustodianReference};

    #[test]
    fn every_client_is_fictional_and_has_a_test_bsn_of_their_own() {
        let bsns: BTreeSet<&str> = ALL.iter().map(|p| p.bsn).chain([NOBODY]).collect();
        assert_eq!(bsns.len(), ALL.len() + 1);
        assert!(ALL.len() >= 12);
        for bsn in bsns {
            assert!(Bsn::parse(bsn).is_ok(), "{bsn} fails the eleven test");
            let number: u32 = bsn.parse().unwrap();
            assert!((999_900_006..=999_999_990).contains(&number), "{bsn} is outside the test range");
        }
        assert!(ALL.iter().all(|person| person.name.starts_with("Test")));
    }

    #[test]
    fn every_record_passes_the_catalogue_and_together_they_show_forty_fields() {
        let catalogue = covenant().unwrap().catalogue;
        let mut fields = BTreeSet::new();
        for (custodian, text) in RECORDS {
            let path =
                std::env::temp_dir().join(format!("sluis-demo-{}-{custodian}.json", std::process::id()));
            std::fs::write(&path, text).unwrap();
            let records = RecordsFile::open(&path, &catalogue);
            std::fs::remove_file(&path).unwrap();
            let records = records.unwrap_or_else(|problem| panic!("{custodian}: {problem}"));
            let held: Vec<_> = ALL.iter().filter(|p| p.held_by.contains(&custodian)).collect();
            assert_eq!(records.count(), held.len(), "{custodian}");
            for person in held {
                let reference = CustodianReference::parse(&person.reference(custodian)).unwrap();
                assert!(records.values(&reference, &[]).is_some(), "{} at {custodian}", person.name);
            }
            let file: BTreeMap<String, BTreeMap<String, BTreeMap<String, serde_json::Value>>> =
                serde_json::from_str(text).unwrap();
            fields.extend(file["records"].values().flat_map(|record| record.keys().cloned()));
        }
        assert!(fields.len() >= 40, "{} fields", fields.len());
    }

    #[test]
    fn whoever_is_nearly_of_an_age_reaches_it_on_the_tenth_day() {
        for today in [date(2026, 11, 22), date(2028, 2, 19), date(2027, 2, 18), date(2026, 12, 28)] {
            for (person, age) in [(NEARLY_TWELVE, 12), (NEARLY_SIXTEEN, 16)] {
                let birth = person.birth_date(today);
                assert_eq!(age_on(birth, today), age - 1, "{today}");
                assert_eq!(age_on(birth, today.saturating_add(11.days())), age, "{today}");
            }
            assert_eq!(age_on(FIRST.birth_date(today), today), 15);
        }
    }
}
