//! Days and moments of a case, in Dutch time, as TOML writes them.

use jiff::civil::{Date, date};
use serde::{Deserialize, Deserializer, de::Error};

use crate::domain::Timestamp;

const HOUR: i64 = 3_600_000;

/// The day of a case that names none.
pub(super) const TODAY: Moment = Moment { day: date(2026, 11, 22), time: None };

/// A day, or a moment of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    day: Date,
    /// Milliseconds since midnight.
    time: Option<i64>,
}

impl Moment {
    pub fn day(self) -> Date {
        self.day
    }

    /// As something that happens: on a bare day, at noon.
    pub fn happens(self) -> Timestamp {
        Timestamp::start_of(self.day).plus(self.time.unwrap_or(12 * HOUR))
    }

    /// As the beginning of a period: on a bare day, at midnight.
    pub fn begins(self) -> Timestamp {
        Timestamp::start_of(self.day).plus(self.time.unwrap_or_default())
    }

    /// As the end of a period: a bare day is in it (ruling 11).
    pub fn ends(self) -> Timestamp {
        match self.time {
            Some(time) => Timestamp::start_of(self.day).plus(time),
            None => Timestamp::end_of(self.day),
        }
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const FORM: &str = "write a day as 2026-11-22 or a moment as 2026-11-22T15:30:00, in Dutch time";
        let written = toml::value::Datetime::deserialize(deserializer)?;
        let day = written.date.filter(|_| written.offset.is_none()).ok_or_else(|| D::Error::custom(FORM))?;
        let number = |n: u8| i8::try_from(n).map_err(D::Error::custom);
        let year = i16::try_from(day.year).map_err(D::Error::custom)?;
        let day = Date::new(year, number(day.month)?, number(day.day)?).map_err(D::Error::custom)?;
        let millisecond = |t: toml::value::Time| {
            (i64::from(t.hour) * 3600 + i64::from(t.minute) * 60 + i64::from(t.second)) * 1000
                + i64::from(t.nanosecond) / 1_000_000
        };
        Ok(Self { day, time: written.time.map(millisecond) })
    }
}
