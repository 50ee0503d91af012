//! Days, moments and periods, as the contract writes them: RFC 3339, or a bare date in Amsterdam.

use jiff::civil::Date;

use super::Input;
use crate::contract::v1;
use crate::custodian::calendar_day;
use crate::domain::{Period, Timestamp};

/// Longer than any RFC 3339 moment.
const LONGEST: usize = 40;

/// From when until when, as far as it was said.
#[derive(Default)]
pub(in crate::grpc) struct Ends {
    pub(in crate::grpc) from: Option<Timestamp>,
    pub(in crate::grpc) until: Option<Timestamp>,
}

impl Input {
    /// A calendar day.
    pub(in crate::grpc) fn day(&mut self, field: &str, text: &str) -> Option<Date> {
        self.need(field, calendar_day(text), "DATE_MALFORMED", "write a date as 2026-11-22")
    }

    /// A moment, exactly.
    pub(in crate::grpc) fn moment(&mut self, field: &str, text: &str) -> Option<Timestamp> {
        let remedy = "write a moment as 2026-11-22T10:00:00Z";
        self.need(field, moment(text), "MOMENT_MALFORMED", remedy)
    }

    /// A moment or a bare date, which is taken as `of_day` says.
    pub(super) fn end(
        &mut self,
        field: &str,
        text: &str,
        of_day: fn(Date) -> Timestamp,
    ) -> Option<Timestamp> {
        if text.is_empty() {
            return None;
        }
        let read = calendar_day(text).map(of_day).or_else(|| moment(text));
        let remedy = "write a moment as 2026-11-22T10:00:00Z, or a date as 2026-11-22";
        self.need(field, read, "MOMENT_MALFORMED", remedy)
    }

    /// An exclusive end, if it was said. A bare date lasts through that day.
    pub(in crate::grpc) fn last(&mut self, field: &str, text: &str) -> Option<Timestamp> {
        self.end(field, text, Timestamp::end_of)
    }

    /// The two ends of a period. A bare end date lasts through that day (ruling 11).
    pub(in crate::grpc) fn ends(&mut self, field: &str, wire: Option<&v1::Period>) -> Ends {
        let Some(v1::Period { from, until }) = wire else { return Ends::default() };
        Ends {
            from: self.end(&format!("{field}.from"), from, Timestamp::start_of),
            until: self.end(&format!("{field}.until"), until, Timestamp::end_of),
        }
    }

    /// A period that has a beginning.
    pub(in crate::grpc) fn period(&mut self, field: &str, wire: Option<&v1::Period>) -> Option<Period> {
        let from = format!("{field}.from");
        if wire.is_none_or(|period| period.from.is_empty()) {
            self.wrong(&from, "PERIOD_FROM_MISSING", "say from when, as 2026-11-22");
        }
        let Ends { from, until } = self.ends(field, wire);
        let period = Period::new(from?, until.unwrap_or(Timestamp::END));
        self.need(field, period.ok(), "PERIOD_EMPTY", "must end after it starts")
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    let read = text.parse::<jiff::Timestamp>().ok().filter(|_| text.len() <= LONGEST)?;
    Some(Timestamp(read.as_millisecond()))
}
