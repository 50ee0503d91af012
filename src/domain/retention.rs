//! Until when an entry is kept, and what stays after that.
//!
//! What is always true here:
//! 1. At least five years from the moment it was written (Stcrt. 2019, 38007), longer where the covenant it was decided under says so.
//! 2. What was asked goes first. What was recorded about a client goes with the last that rests on it: while anybody still treats
//!    the client, while a consent or an objection stands, while something is to be done, and while any younger entry is about the
//!    client, all of it stays, so that those entries can be decided again.
//! 3. That entries are gone is itself an entry, which says which ones stay. No other gap is explained by it.

use crate::domain::client::Registration;
use crate::domain::consent::Consent;
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::id::KeptDigest;
use crate::domain::release::UnconsentedRelease;
use crate::domain::time::Timestamp;

/// The fewest years that an entry is kept.
pub const LEAST_YEARS: u8 = 5;

/// The retention of the oldest entries ended, and what they said is gone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expiry {
    /// All entries before this one were old enough.
    pub before: u64,
    /// None of them is younger than this.
    pub until: Timestamp,
    /// How many of them stay all the same.
    pub kept: u64,
    /// Which: SHA-256 over their indexes, each as eight bytes, the largest first, in their order.
    pub kept_digest: KeptDigest,
}

impl Expiry {
    /// Whether it says no sooner than the law allows that entries are gone.
    pub fn is_late_enough(&self, at: Timestamp) -> bool {
        ends(self.until, LEAST_YEARS) <= at
    }
}

/// When the retention of what was written at this moment ends, after so many years: the end of the day after, so that no leap
/// day makes it shorter.
pub fn ends(at: Timestamp, years: u8) -> Timestamp {
    let day = at.date().saturating_add(jiff::Span::new().years(i16::from(years)));
    Timestamp::end_of(day.saturating_add(jiff::Span::new().days(1)))
}

/// What happens to an old entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    /// It says nothing about any client, and the history is told by it.
    Always,
    /// As long as what was recorded about its client does.
    WithItsClient,
    /// No longer.
    No,
}

impl Entry {
    /// What happens to it when its retention is over.
    pub fn stays(&self) -> Stays {
        match self.event {
            Event::CovenantAdopted { .. } | Event::Expired(_) | Event::LedgerResumed(_) => Stays::Always,
            _ if self.changes_its_client() || !matches!(UnconsentedRelease::of(0, self), Ok(None)) => {
                Stays::WithItsClient
            }
            _ => Stays::No,
        }
    }

    /// Whether it changes what is recorded about its client.
    pub fn changes_its_client(&self) -> bool {
        let event = &self.event;
        event.registration().is_some()
            || event.consent().is_some()
            || event.follows_up().is_some()
            || self.spends().is_some()
    }
}

impl Registration {
    /// Whether somebody still treats the client, or still carries out an order.
    pub fn is_live(&self, at: Timestamp) -> bool {
        let team = self.team.iter().map(|member| member.period);
        team.chain(self.orders.iter().map(|order| order.period)).any(|period| at < period.until())
    }
}

impl Consent {
    /// Whether it can still open or close anything.
    pub fn is_live(&self, at: Timestamp) -> bool {
        self.withdrawn.is_none() && self.spent.is_none() && at < self.period.until()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_entry_is_kept_five_years_and_never_less_whatever_the_calendar() {
        for day in [date(2026, 3, 29), date(2028, 2, 29), date(2027, 12, 31), date(2026, 10, 25)] {
            let written = Timestamp::end_of(day).plus(-1);
            let five = date(day.year() + 5, day.month(), 1).saturating_add(
                // The 29th of February comes back as the 1st of March.
                jiff::Span::new().days(i32::from(day.day()) - 1),
            );
            let ended = ends(written, LEAST_YEARS);
            assert!(ended >= Timestamp::end_of(five), "{day}: {}", ended.rfc3339());
            assert!(ended <= Timestamp::end_of(five).plus(90_000_000), "{day}: {}", ended.rfc3339());
        }
    }
}
