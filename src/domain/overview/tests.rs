use jiff::civil::date;

use super::*;
use crate::domain::client::{Capacity, Registration};
use crate::domain::testing::{aged, always, person, today};

#[test]
fn who_reads_the_overview_follows_from_age_competence_and_authority_at_that_moment() {
    let unable_parents = |years| aged(years).with_parents().unable();
    let guarded = |years| aged(years).with_during("guardian-1", Capacity::Guardian, always());
    let mentored = aged(18).unable().with_during("mentor-1", Capacity::Mentor, always()).with_parents();
    // The client, a parent with authority, a parent without, a guardian, a mentor.
    let table: [(&str, Registration, [bool; 5]); 12] = [
        ("11", aged(11).with_parents(), [false, true, false, false, false]),
        ("12", aged(12).with_parents(), [true, true, false, false, false]),
        ("15", aged(15).with_parents(), [true, true, false, false, false]),
        ("16", aged(16).with_parents(), [true, false, false, false, false]),
        ("17", aged(17).with_parents(), [true, false, false, false, false]),
        ("15, unable", unable_parents(15), [true, true, false, false, false]),
        ("17, unable", unable_parents(17), [true, true, false, false, false]),
        ("18", aged(18).with_parents(), [true, false, false, false, false]),
        ("18, unable, with a mentor", mentored, [true, false, false, false, true]),
        ("11, with a guardian", guarded(11).with_parents(), [false, false, false, true, false]),
        ("16, with a guardian", guarded(16), [true, false, false, false, false]),
        ("11, nobody registered", aged(11), [false; 5]),
    ];
    for (who, registration, expected) in table {
        for (reader, reads) in
            ["client", "mother", "parent-without", "guardian-1", "mentor-1"].into_iter().zip(expected)
        {
            let said = registration.may_read_overview(&person(reader), today());
            assert_eq!(said.is_ok(), reads, "{who}: {reader}");
        }
    }
}

#[test]
fn on_a_birthday_the_reader_changes_by_itself() {
    let client = aged(15).with_parents();
    let sixteenth = crate::domain::testing::noon(date(2027, 5, 1));
    assert!(client.may_read_overview(&person("mother"), sixteenth.plus(-86_400_000)).is_ok());
    let refused = client.may_read_overview(&person("mother"), sixteenth);
    assert_eq!(refused, Err(OverviewRefused::NotARepresentative));
    let younger = aged(11).with_parents();
    assert_eq!(
        younger.may_read_overview(&PersonRef::client(), today()),
        Err(OverviewRefused::ClientTooYoung)
    );
    assert!(younger.may_read_overview(&PersonRef::client(), sixteenth).is_ok());
}
