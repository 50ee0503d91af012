use jiff::civil::date;

use crate::domain::ConsentProfile::{Dual, StrictWgbo};
use crate::domain::authority::{Extra, NobodyCompetent};
use crate::domain::client::{Capacity, Registration, Replacement};
use crate::domain::testing::*;
use crate::domain::time::Timestamp;
use Capacity::*;

/// Who must agree for housing, as `person` in the order of the ladder.
fn ladder_at(client: &Registration, at: Timestamp) -> Result<Vec<String>, NobodyCompetent> {
    let people = client.must_agree(purpose("WON"), Dual, at)?;
    Ok(people.into_iter().map(|g| g.person.to_string()).collect())
}

fn ladder(client: &Registration) -> Result<Vec<String>, NobodyCompetent> {
    ladder_at(client, today())
}

fn people(names: &[&str]) -> Result<Vec<String>, NobodyCompetent> {
    if names.is_empty() { Err(NobodyCompetent) } else { Ok(names.iter().map(ToString::to_string).collect()) }
}

/// Ages, what is registered, who must agree when the client is able, and when unable.
type Row =
    (&'static [i16], fn(Registration) -> Registration, &'static [&'static str], &'static [&'static str]);

#[test]
fn who_must_agree_follows_age_competence_and_authority() {
    let none: fn(Registration) -> Registration = |r| r;
    let one: fn(Registration) -> Registration = |r| r.with("mother", ParentAuthority);
    let two: fn(Registration) -> Registration = Registration::with_parents;
    let guardian: fn(Registration) -> Registration = |r| r.with("guardian", Guardian);
    let mentor: fn(Registration) -> Registration = |r| r.with("mentor", Mentor);
    // T1 rows 01, 02, 03, 06, 07, 08, 09, 10, 12: what able clients need, and what unable ones need.
    let table: [Row; 16] = [
        (&[0, 5, 11], two, &["mother", "father"], &["mother", "father"]),
        (&[0, 5, 11], one, &["mother"], &["mother"]),
        (&[0, 5, 11], guardian, &["guardian"], &["guardian"]),
        (&[0, 5, 11], none, &[], &[]),
        (&[12, 14, 15], two, &["client", "mother", "father"], &["mother", "father"]),
        (&[12, 14, 15], one, &["client", "mother"], &["mother"]),
        (&[12, 14, 15], guardian, &["client", "guardian"], &["guardian"]),
        (&[12, 14, 15], none, &[], &[]),
        (&[16, 17], two, &["client"], &["mother", "father"]),
        (&[16, 17], one, &["client"], &["mother"]),
        (&[16, 17], guardian, &["client"], &["guardian"]),
        (&[16, 17], none, &["client"], &[]),
        (&[18, 30], two, &["client"], &[]),
        (&[18, 30], guardian, &["client"], &[]),
        (&[18, 30], mentor, &["client"], &["mentor"]),
        (&[16, 17], mentor, &["client"], &[]),
    ];
    for (row, (ages, registered, able, unable)) in table.into_iter().enumerate() {
        for &age in ages {
            assert_eq!(ladder(&registered(aged(age))), people(able), "row {row}, {age}, able");
            assert_eq!(ladder(&registered(aged(age)).unable()), people(unable), "row {row}, {age}, unable");
        }
    }
}

#[test]
fn under_the_strict_reading_a_competent_client_of_twelve_to_fifteen_decides_alone_and_nothing_else_changes() {
    let registered: [fn(Registration) -> Registration; 3] =
        [Registration::with_parents, |r| r.with("guardian", Guardian), |r| r];
    for register in registered {
        for age in [0, 11, 12, 14, 15, 16, 17, 18, 40] {
            for client in [register(aged(age)), register(aged(age)).unable()] {
                let strict = client.must_agree(purpose("WON"), StrictWgbo, today());
                if (12..=15).contains(&age) && client.competent(None, today()) {
                    assert_eq!(strict, Ok(vec![grantor("client", Youth)]), "{age}");
                } else {
                    assert_eq!(strict, client.must_agree(purpose("WON"), Dual, today()), "{age}");
                }
            }
        }
    }
}

#[test]
fn the_client_speaks_as_youth_until_eighteen_and_as_adult_from_then_on() {
    for (age, capacity) in [(12, Youth), (16, Youth), (17, Youth), (18, Adult)] {
        let people = aged(age).with_parents().must_agree(purpose("WON"), Dual, today()).unwrap();
        assert_eq!(people.first(), Some(&grantor("client", capacity)), "{age}");
    }
}

#[test]
fn a_guardian_comes_in_the_place_of_the_parents() {
    let client = aged(9).with_parents().with("guardian", Guardian);
    assert_eq!(ladder(&client), people(&["guardian"]));
    assert!(!client.can_agree(&grantor("mother", ParentAuthority), purpose("WON"), today()));
}

#[test]
fn a_birthday_changes_who_must_agree_on_the_day_itself() {
    let young = people(&["mother", "father"]);
    let middle = people(&["client", "mother", "father"]);
    let alone = people(&["client"]);
    let tables = [
        (
            date(2010, 11, 22),
            [
                (date(2022, 11, 22), [&young, &middle, &middle]),
                (date(2026, 11, 22), [&middle, &alone, &alone]),
                (date(2028, 11, 22), [&alone, &alone, &alone]),
            ],
        ),
        // Born on 29 February: 1 March in other years (ruling 11); 2026 is one, 2024 is not.
        (
            date(2012, 2, 29),
            [
                (date(2024, 2, 29), [&young, &middle, &middle]),
                (date(2028, 2, 29), [&middle, &alone, &alone]),
                (date(2030, 3, 1), [&alone, &alone, &alone]),
            ],
        ),
    ];
    for (birth, birthdays) in tables {
        let client = born(birth).with_parents();
        for (day, expected) in birthdays {
            let midnight = Timestamp::start_of(day);
            let moments = [midnight.plus(-1), midnight, midnight.plus(DAY)];
            for (at, expected) in moments.into_iter().zip(expected) {
                assert_eq!(&ladder_at(&client, at), expected, "{birth} at {}", at.rfc3339());
            }
        }
        // At 18 the youth becomes an adult, and an unable one has no parents any more.
        let (eighteen, _) = birthdays[2];
        let unable = client.judged(false, birth, None);
        let midnight = Timestamp::start_of(eighteen);
        assert_eq!(ladder_at(&unable, midnight.plus(-1)), young);
        assert_eq!(ladder_at(&unable, midnight), Err(NobodyCompetent));
    }
}

#[test]
fn born_on_29_february_somebody_turns_thirteen_years_minus_one_day_on_1_march() {
    let client = born(date(2008, 2, 29)).with_parents();
    let turns_18 = Timestamp::start_of(date(2026, 3, 1));
    assert_eq!((client.age(turns_18.plus(-1)), client.age(turns_18)), (17, 18));
}

#[test]
fn authority_counts_only_in_its_period_start_inclusive_end_exclusive() {
    let period = between(days_ago(10), days_ago(-10));
    let client = aged(9).with_during("mother", ParentAuthority, period);
    let table = [
        (period.from().plus(-1), false),
        (period.from(), true),
        (period.until().plus(-1), true),
        (period.until(), false),
    ];
    for (at, holds) in table {
        assert_eq!(ladder_at(&client, at).is_ok(), holds, "{}", at.rfc3339());
    }
}

#[test]
fn after_a_divorce_both_still_decide_unless_a_court_gave_authority_to_one() {
    let divorced = aged(9).with_parents();
    assert_eq!(ladder(&divorced), people(&["mother", "father"]));
    let court_decided = aged(9).with("mother", ParentAuthority).with_during(
        "father",
        ParentAuthority,
        between(days_ago(3000), days_ago(30)),
    );
    assert_eq!(ladder(&court_decided), people(&["mother"]));
    assert_eq!(ladder_at(&court_decided, days_ago(31)), people(&["mother", "father"]));
}

#[test]
fn a_parent_without_authority_and_a_step_parent_have_no_say() {
    let mut client = aged(9).with("mother", ParentAuthority);
    client.parents = vec![person("mother"), person("father")];
    assert_eq!(ladder(&client), people(&["mother"]));
    for stranger in ["father", "step-parent"] {
        let them = grantor(stranger, ParentAuthority);
        assert!(!client.can_agree(&them, purpose("WON"), today()), "{stranger}");
        assert!(!client.can_object(&them, today()), "{stranger}");
    }
}

#[test]
fn an_order_replaces_a_parent_only_in_its_scope_and_dates_and_only_if_it_names_information() {
    let now = between(days_ago(10), days_ago(-10));
    let in_scope = || in_place_of(&["father"], &["WON"]);
    let silent = Replacement { names_information: false, ..in_scope() };
    let both = ["mother", "father"];
    let replaced = ["mother", "institution"];
    let table: [(&str, crate::domain::Period, Option<Replacement>, &[&str]); 8] = [
        ("a mere supervision order", now, None, &both),
        ("within scope", now, Some(in_scope()), &replaced),
        ("another purpose", now, Some(in_place_of(&["father"], &["CAS", "THU"])), &both),
        ("does not name information", now, Some(silent), &both),
        ("ended yesterday", between(days_ago(10), days_ago(1)), Some(in_scope()), &both),
        ("begins tomorrow", between(days_ago(-1), days_ago(-10)), Some(in_scope()), &both),
        ("both parents", now, Some(in_place_of(&both, &["WON"])), &["institution"]),
        ("somebody without authority", now, Some(in_place_of(&["uncle"], &["WON"])), &both),
    ];
    for (case, period, replaces, expected) in table {
        let client = aged(9).with_parents().with_order(period, replaces.clone());
        assert_eq!(ladder(&client), people(expected), "{case}");
        let by_order = client.can_agree(&grantor("institution", CourtOrder), purpose("WON"), today());
        assert_eq!(by_order, expected.contains(&"institution"), "{case}");
        let father = client.can_agree(&grantor("father", ParentAuthority), purpose("WON"), today());
        assert_eq!(father, expected.contains(&"father"), "{case}");
        let youth = aged(14).with_parents().with_order(period, replaces);
        assert_eq!(ladder(&youth), people(&[&["client"], expected].concat()), "{case}, at 14");
    }
}

#[test]
fn an_order_about_a_minor_ends_at_eighteen() {
    let client =
        aged(18).unable().with_parents().with_order(always(), Some(in_place_of(&["father"], &["WON"])));
    assert_eq!(ladder(&client), Err(NobodyCompetent));
}

#[test]
fn where_two_orders_replace_the_same_parent_both_replacements_must_agree() {
    let other = Replacement { by: person("other-institution"), ..in_place_of(&["father"], &["WON"]) };
    let client = aged(9)
        .with_parents()
        .with_order(always(), Some(in_place_of(&["father"], &["WON"])))
        .with_order(always(), Some(other));
    assert_eq!(ladder(&client), people(&["mother", "institution", "other-institution"]));
}

#[test]
fn for_an_adult_who_is_unable_the_first_in_the_order_of_the_law_decides() {
    let order = [Curator, Mentor, Proxy, Partner, Relative];
    for first in 0..order.len() {
        let registered = |r: Registration, c: &Capacity| r.with(&format!("{c:?}").to_lowercase(), *c);
        let client = order[first..].iter().rev().fold(aged(30).unable(), registered);
        let decides = format!("{:?}", order[first]).to_lowercase();
        assert_eq!(ladder(&client), people(&[&decides]));
        for later in &order[first + 1..] {
            let them = grantor(&format!("{later:?}").to_lowercase(), *later);
            assert!(!client.can_agree(&them, purpose("WON"), today()), "{later:?} behind {decides}");
        }
    }
    let siblings = aged(30).unable().with("sister", Relative).with("brother", Relative);
    assert_eq!(ladder(&siblings), people(&["sister", "brother"]));
}

#[test]
fn a_judgement_counts_from_its_day_until_a_later_one_and_for_its_purpose() {
    let unable = |about| aged(16).judged(false, date(2026, 11, 20), about);
    assert!(unable(None).competent(Some(purpose("WON")), noon(date(2026, 11, 19))));
    assert!(!unable(None).competent(Some(purpose("WON")), Timestamp::start_of(date(2026, 11, 20))));
    assert!(!unable(Some("WON")).competent(Some(purpose("WON")), today()));
    assert!(unable(Some("SCH")).competent(Some(purpose("WON")), today()));
    let again = unable(None).judged(true, date(2026, 11, 22), None);
    assert!(!again.competent(Some(purpose("WON")), days_ago(1)));
    assert!(again.competent(Some(purpose("WON")), today()));
}

#[test]
fn a_client_below_twelve_or_unable_cannot_agree_but_can_object() {
    let table = [(11, false, Youth, false), (12, false, Youth, true), (12, true, Youth, false)];
    let adults = [
        (18, false, Adult, true),
        (18, true, Adult, false),
        (17, false, Adult, false),
        (18, false, Youth, false),
    ];
    for (age, unable, capacity, agrees) in table.into_iter().chain(adults) {
        let client = if unable { aged(age).unable() } else { aged(age) }.with_parents();
        let own = grantor("client", capacity);
        assert_eq!(client.can_agree(&own, purpose("WON"), today()), agrees, "{age} {capacity:?}");
        let rightly_called = (age >= 18) == (capacity == Adult);
        assert_eq!(client.can_object(&own, today()), rightly_called, "{age} {capacity:?}");
    }
    assert!(!aged(14).with_parents().can_agree(&grantor("mother", Youth), purpose("WON"), today()));
    assert!(!aged(14).can_object(&grantor("mother", Youth), today()));
}

#[test]
fn an_administrator_counts_for_the_fields_about_money_only() {
    let catalogue = catalogue();
    let client = aged(19).with("administrator", Administrator);
    assert_eq!(ladder(&client), people(&["client"]));
    for field in catalogue.fields() {
        let asked =
            client.extras(field, today()).contains(&Extra::Person(grantor("administrator", Administrator)));
        assert_eq!(asked, field.code.to_string().starts_with('D'), "{}", field.code);
    }
    let ended = aged(19).with_during("administrator", Administrator, between(days_ago(9), days_ago(1)));
    assert!(ended.extras(catalogue.field(field("D01")).unwrap(), today()).is_empty());
}

#[test]
fn a_field_about_somebody_else_needs_that_person() {
    let catalogue = catalogue();
    let mut client = aged(16).with("mother", ParentAuthority);
    client.parents = vec![person("mother"), person("father")];
    let extras = |code: &str| client.extras(catalogue.field(field(code)).unwrap(), today());
    for code in ["A10", "A12", "G02", "G04"] {
        assert_eq!(extras(code), [Extra::AnyDataSubject], "{code}");
    }
    let own = |name| Extra::Person(grantor(name, DataSubject));
    assert_eq!(extras("G03"), [own("father"), own("mother")]);
    let g03 = catalogue.field(field("G03")).unwrap();
    assert_eq!(aged(16).extras(g03, today()), [Extra::AnyDataSubject], "no parent registered");
    assert!(!client.can_agree(&grantor("client", DataSubject), purpose("CAS"), today()));
}
