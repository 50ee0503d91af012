//! Working days in the Netherlands: Monday to Friday, but for the holidays of the Algemene termijnenwet, art. 3, and for the
//! days off that a covenant adds. Days are counted in Europe/Amsterdam, so a change of the clock never moves a deadline
//! to another day.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

use crate::domain::time::Timestamp;

/// The end of the `count`-th working day after the day of `from`, which itself does not count.
pub fn end_of_working_day(from: Timestamp, count: u8, days_off: &BTreeSet<Date>) -> Timestamp {
    let mut day = from.date();
    let mut left = count;
    while left > 0 {
        let Ok(next) = day.tomorrow() else { return Timestamp::END };
        day = next;
        left -= u8::from(is_working_day(day) && !days_off.contains(&day));
    }
    Timestamp::end_of(day)
}

/// Monday to Friday, and not a holiday.
pub fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

/// Algemene termijnenwet art. 3: New Year's Day, Good Friday, Easter Monday, the King's birthday as it is celebrated,
/// 5 May (every year), Ascension Day, Whit Monday and both days of Christmas.
fn is_holiday(day: Date) -> bool {
    let from_easter =
        easter(day.year()).and_then(|easter| easter.until(day).ok()).map(|span| span.get_days());
    matches!((day.month(), day.day()), (1, 1) | (5, 5) | (12, 25 | 26))
        || matches!(from_easter, Some(-2 | 1 | 39 | 50))
        || is_kings_day(day)
}

/// 27 April; the day before if that is a Sunday.
fn is_kings_day(day: Date) -> bool {
    match (day.month(), day.day()) {
        (4, 27) => day.weekday() != Weekday::Sunday,
        (4, 26) => day.weekday() == Weekday::Saturday,
        _ => false,
    }
}

/// Easter Sunday, by the anonymous Gregorian computation (Meeus/Jones/Butcher).
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (golden, century, of_century) = (year_number % 19, year_number / 100, year_number % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + century - century / 4 - correction + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let late = (golden + 11 * moon + 22 * to_sunday) / 451;
    let days = moon + to_sunday - 7 * late + 114;
    Date::new(year, i8::try_from(days / 31).ok()?, i8::try_from(days % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn due(from: &str, off: &[Date]) -> String {
        let at: jiff::Timestamp = from.parse().unwrap();
        let off = off.iter().copied().collect();
        end_of_working_day(Timestamp(at.as_millisecond()), 5, &off).rfc3339()
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for (year, month, day) in [
            (2000, 4, 23),
            (2008, 3, 23),
            (2019, 4, 21),
            (2024, 3, 31),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn the_holidays_of_2026_are_those_of_the_algemene_termijnenwet() {
        let mut day = date(2026, 1, 1);
        let mut found = Vec::new();
        while day.year() == 2026 {
            if is_holiday(day) {
                found.push((day.month(), day.day()));
            }
            day = day.tomorrow().unwrap();
        }
        let expected = [(1, 1), (4, 3), (4, 6), (4, 27), (5, 5), (5, 14), (5, 25), (12, 25), (12, 26)];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_kings_birthday_moves_to_saturday_when_it_falls_on_a_sunday() {
        assert!(is_holiday(date(2025, 4, 26)) && !is_holiday(date(2025, 4, 27)));
        assert!(is_holiday(date(2026, 4, 27)) && !is_holiday(date(2026, 4, 26)));
    }

    #[test]
    fn a_review_is_due_at_the_end_of_the_fifth_working_day() {
        let table = [
            // Monday to the next Monday: the day itself does not count.
            ("2026-11-23T10:00:00Z", "2026-11-30T23:00:00Z"),
            // Friday, Saturday and Sunday all lead to the next Friday.
            ("2026-11-20T10:00:00Z", "2026-11-27T23:00:00Z"),
            ("2026-11-21T10:00:00Z", "2026-11-27T23:00:00Z"),
            ("2026-11-22T10:00:00Z", "2026-11-27T23:00:00Z"),
            // 23.30 UTC on Sunday is already Monday in Amsterdam.
            ("2026-11-22T23:30:00Z", "2026-11-30T23:00:00Z"),
            // Over the clock change to summer (29 March 2026) and over Good Friday and Easter Monday.
            ("2026-03-27T10:00:00Z", "2026-04-07T22:00:00Z"),
            // Over the clock change to winter (25 October 2026): the day ends an hour later in UTC.
            ("2026-10-22T10:00:00Z", "2026-10-29T23:00:00Z"),
            // Over Christmas and New Year: 25 December is a Friday, 1 January 2027 too.
            ("2026-12-24T10:00:00Z", "2027-01-04T23:00:00Z"),
            // Over the King's birthday, 27 April, and 5 May.
            ("2026-04-24T10:00:00Z", "2026-05-04T22:00:00Z"),
        ];
        for (from, expected) in table {
            assert_eq!(due(from, &[]), expected, "from {from}");
        }
    }

    #[test]
    fn a_covenant_can_add_days_off_but_take_none_away() {
        assert_eq!(due("2026-11-23T10:00:00Z", &[date(2026, 11, 25)]), "2026-12-01T23:00:00Z");
        assert_eq!(due("2026-11-23T10:00:00Z", &[date(2026, 11, 28)]), "2026-11-30T23:00:00Z");
    }

    #[test]
    fn at_the_end_of_the_calendar_nothing_is_ever_due() {
        assert_eq!(end_of_working_day(Timestamp::END, 5, &BTreeSet::new()), Timestamp::END);
    }
}
