//! Time, as the rules count it.
//!
//! Moments are whole milliseconds since 1970-01-01 UTC; days are Dutch calendar days (Europe/Amsterdam). A period
//! includes its start and excludes its end; a bare end date lasts through that day; who is born on 29 February has
//! a birthday on 1 March in other years (rules.md, ruling 11). Nothing here reads a clock: see [`Clock`].

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The time zone database is built in; the fallback is the same rule as it stands since 1996.
static AMSTERDAM: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZone::get("Europe/Amsterdam")
        .or_else(|_| TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3"))
        .unwrap_or(TimeZone::UTC)
});

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The last moment there is.
    pub const END: Self = Self(i64::MAX);

    /// The Dutch calendar day of this moment.
    pub fn date(self) -> Date {
        self.zoned().map_or(Date::MAX, |z| z.date())
    }

    /// The first moment of a Dutch calendar day.
    pub fn start_of(date: Date) -> Self {
        date.to_zoned(AMSTERDAM.clone()).map_or(Self::END, |z| Self(z.timestamp().as_millisecond()))
    }

    /// The first moment after a Dutch calendar day.
    pub fn end_of(date: Date) -> Self {
        date.tomorrow().map_or(Self::END, Self::start_of)
    }

    /// This moment and `milliseconds` more (or fewer).
    #[must_use]
    pub fn plus(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// RFC 3339, in UTC, for people and for the wire.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(|_| "unknown".to_owned(), |t| t.to_string())
    }

    /// The Dutch calendar day and the time of that day to the minute, as `2026-11-22 07:00`.
    pub fn local(self) -> String {
        self.zoned().map_or_else(|| "unknown".to_owned(), |z| z.strftime("%Y-%m-%d %H:%M").to_string())
    }

    /// The time of the Dutch day, in hours and minutes.
    pub fn local_time(self) -> String {
        self.zoned().map_or_else(|| "unknown".to_owned(), |z| z.strftime("%H:%M").to_string())
    }

    /// The hour of the Dutch day.
    pub fn hour(self) -> i8 {
        self.zoned().map_or(0, |z| z.hour())
    }

    fn zoned(self) -> Option<jiff::Zoned> {
        jiff::Timestamp::from_millisecond(self.0).ok().map(|t| t.to_zoned(AMSTERDAM.clone()))
    }
}

/// A period: from `from` (inclusive) until `until` (exclusive). Never empty, never backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Period {
    from: Timestamp,
    until: Timestamp,
}

/// A period must end after it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period must end after it starts")]
pub struct EmptyPeriod;

impl Period {
    /// A period with both ends.
    pub fn new(from: Timestamp, until: Timestamp) -> Result<Self, EmptyPeriod> {
        if from < until { Ok(Self { from, until }) } else { Err(EmptyPeriod) }
    }

    /// When it starts (inclusive).
    pub fn from(self) -> Timestamp {
        self.from
    }

    /// When it ends (exclusive); [`Timestamp::END`] if it does not.
    pub fn until(self) -> Timestamp {
        self.until
    }

    /// Whether the moment lies in it.
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// The age in whole years on a day, by the Dutch calendar. Before the birth it is 0.
pub fn age_on(birth: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    (day.year() - birth.year() - i16::from(!had_birthday)).max(0)
}

/// The day on which somebody turns `age`.
pub fn birthday(birth: Date, age: i16) -> Date {
    let year = birth.year().saturating_add(age);
    Date::new(year, birth.month(), birth.day()).or_else(|_| Date::new(year, 3, 1)).unwrap_or(Date::MAX)
}

/// Where the time comes from. Two real ones exist: the system's and the one an integrator sets.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Where randomness comes from.
pub trait Randomness: Send + Sync + 'static {
    /// Fills the bytes with randomness fit for keys.
    fn fill(&self, bytes: &mut [u8]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_birthday_changes_the_age_on_the_day_itself() {
        let birth = date(2014, 11, 23);
        assert_eq!(age_on(birth, date(2026, 11, 22)), 11);
        assert_eq!(age_on(birth, date(2026, 11, 23)), 12);
    }

    #[test]
    fn born_on_29_february_means_1_march() {
        let birth = date(2012, 2, 29);
        assert_eq!(age_on(birth, date(2024, 2, 28)), 11);
        assert_eq!(age_on(birth, date(2024, 2, 29)), 12);
        assert_eq!(age_on(birth, date(2025, 2, 28)), 12);
        assert_eq!(age_on(birth, date(2025, 3, 1)), 13);
        assert_eq!(birthday(birth, 13), date(2025, 3, 1));
        assert_eq!(birthday(birth, 12), date(2024, 2, 29));
    }

    #[test]
    fn a_bare_end_date_lasts_through_that_day_in_amsterdam() {
        let end = Timestamp::end_of(date(2026, 6, 30));
        assert_eq!(end.rfc3339(), "2026-06-30T22:00:00Z");
        let period = Period::new(Timestamp::start_of(date(2026, 6, 1)), end).unwrap();
        assert!(period.contains(end.plus(-1)));
        assert!(!period.contains(end));
        assert!(period.contains(period.from()));
    }

    #[test]
    fn midnight_is_counted_in_amsterdam_in_summer_and_winter() {
        assert_eq!(Timestamp::start_of(date(2026, 1, 1)).rfc3339(), "2025-12-31T23:00:00Z");
        assert_eq!(Timestamp::start_of(date(2026, 7, 1)).date(), date(2026, 7, 1));
        assert_eq!(Timestamp::start_of(date(2026, 7, 1)).plus(-1).date(), date(2026, 6, 30));
    }

    #[test]
    fn a_period_cannot_be_empty_or_backwards() {
        assert!(Period::new(Timestamp(5), Timestamp(5)).is_err());
        assert!(Period::new(Timestamp(6), Timestamp(5)).is_err());
    }
}
