//! The client's line.

use super::samples::{Words, disclosure, entry};
use super::*;
use crate::domain::testing::{custodian, days_ago, today};
use crate::domain::{Event, Timestamp};

fn line(format: Format) -> String {
    projected(&Words::new(), format, &entry(Event::Disclosure(disclosure())), &custodian()).unwrap()
}

#[test]
fn the_client_reads_when_by_whom_what_why_and_whether_the_emergency_procedure_was_used() {
    let told = "2026-11-22 12:00 Gegevens gevraagd. Door: =Gemeente (Wijkteam). Gegevens van: Zorg, \"De Brug\". \
                Doel: Casusoverleg. Gedeeld: Woonsituatie (type). Niet gedeeld (geen toestemming): ";
    let dutch = line(Format::PlainDutch);
    assert!(dutch.starts_with(told), "{dutch}");
    for part in [
        "De noodprocedure is gebruikt.",
        "Reden: acuut gevaar (R10).",
        "Toestemming: c-01010101010101010101010101010101, versie 50002.",
        "Afspraken: c0c0c0c0c0c0.",
    ] {
        assert!(dutch.contains(part), "{part} in {dutch}");
    }
    let english = line(Format::PlainEnglish);
    assert!(
        english.contains("The emergency procedure was used.") && english.contains("no consent"),
        "{english}"
    );
}

#[test]
fn the_client_reads_no_pseudonym_and_nobody_elses_no() {
    for text in [line(Format::PlainDutch), line(Format::PlainEnglish)] {
        for hidden in ["6666", "HOLDER_REFUSED", "consent-lacks", "note-77", "aunt-77", "4444"] {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
    }
}

#[test]
fn equal_lines_of_one_day_are_one_line_with_the_first_time() {
    let (words, side) = (Words::new(), custodian());
    let mut days = Days::default();
    let mut take = |at: Timestamp| {
        let entry = Entry { at, ..entry(Event::Disclosure(disclosure())) };
        let body = entry.encode().unwrap();
        let record = Record {
            index: 1,
            leaf: [1; 32],
            entry: &entry,
            body: &body,
            client: Some("the-handle"),
            reader: words.reader(&side),
        };
        days.take(Format::PlainDutch, &record)
    };
    assert!(take(days_ago(1)).is_empty());
    assert!(take(days_ago(1).plus(60_000)).is_empty());
    let yesterday = take(today());
    assert_eq!(yesterday.len(), 1);
    assert!(
        yesterday[0].starts_with("2026-11-21 12:00 ") && yesterday[0].ends_with(" (2 keer)"),
        "{yesterday:?}"
    );
    let rest = days.finish();
    assert!(rest.len() == 1 && rest[0].starts_with("2026-11-22") && !rest[0].contains("keer"), "{rest:?}");
    assert!(days.finish().is_empty());
}
