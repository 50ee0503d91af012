//! Office hours: working days (Algemene termijnenwet, art. 3) from eight to six, in Amsterdam.

use crate::domain::Timestamp;
use crate::domain::working_day::is_working_day;

const OPENS: i8 = 8;
const CLOSES: i8 = 18;

/// Whether this moment is outside them.
pub(super) fn is_outside_office_hours(at: Timestamp) -> bool {
    !is_working_day(at.date()) || !(OPENS..CLOSES).contains(&at.hour())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evenings_weekends_and_holidays_are_outside_in_summer_and_winter() {
        let table = [
            ("2026-11-20T07:59:59+01:00", true),
            ("2026-11-20T08:00:00+01:00", false),
            ("2026-11-20T17:59:59+01:00", false),
            ("2026-11-20T18:00:00+01:00", true),
            ("2026-11-21T12:00:00+01:00", true),
            ("2026-12-25T12:00:00+01:00", true),
            ("2026-07-01T06:00:00Z", false),
            ("2026-07-01T16:00:00Z", true),
        ];
        for (at, outside) in table {
            let moment: jiff::Timestamp = at.parse().unwrap();
            assert_eq!(is_outside_office_hours(Timestamp(moment.as_millisecond())), outside, "{at}");
        }
    }
}
