//! Figures by day, of one side: how questions ended, and why fields were withheld.
//!
//! What is always true here: it takes each entry once, in any order, and holds numbers only: as many as there are days, outcomes and
//! reasons, however many entries there were. A repeated request counts once (ruling 24).

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::{Entry, Ground, Outcome, Told};
use crate::report::names::disclosure;

/// One Dutch calendar day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayTally {
    /// Questions of which every field was released.
    pub released: u64,
    /// Questions of which some fields were.
    pub partial: u64,
    /// Questions of which none was.
    pub withheld: u64,
    /// Questions that the custodian's system did not answer.
    pub failed: u64,
    /// Of these, in acute danger.
    pub emergencies: u64,
    /// Fields that were withheld, by the reason that the requester heard.
    pub told: BTreeMap<Told, u64>,
}

impl DayTally {
    /// All questions.
    pub fn questions(&self) -> u64 {
        self.released.saturating_add(self.partial).saturating_add(self.withheld).saturating_add(self.failed)
    }
}

/// Days with their figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<Date, DayTally>);

impl Tally {
    /// Counts an entry.
    pub fn take(&mut self, entry: &Entry) {
        let Some(asked) = disclosure(entry).filter(|asked| asked.repeat_of.is_none()) else { return };
        let day = self.0.entry(entry.at.date()).or_default();
        let count = match entry.outcome() {
            Outcome::Released => &mut day.released,
            Outcome::Partial => &mut day.partial,
            Outcome::Withheld => &mut day.withheld,
            Outcome::Failed => &mut day.failed,
            Outcome::Done => return,
        };
        *count = count.saturating_add(1);
        day.emergencies = day.emergencies.saturating_add(u64::from(asked.ground == Ground::VITAL));
        for group in &asked.withheld {
            let fields = day.told.entry(group.told).or_default();
            *fields = fields.saturating_add(group.fields.len() as u64);
        }
    }

    /// Lets go of every day before this one.
    pub fn keep_from(&mut self, first: Date) {
        self.0 = self.0.split_off(&first);
    }

    /// What happened on a day.
    pub fn on(&self, day: Date) -> Option<&DayTally> {
        self.0.get(&day)
    }

    /// The days on which something happened, from `first` until and with `last`.
    pub fn days(&self, first: Date, last: Date) -> impl Iterator<Item = (Date, &DayTally)> {
        self.0.iter().map(|(day, tally)| (*day, tally)).filter(move |(day, _)| first <= *day && *day <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::days_ago;
    use crate::report::testing::*;

    #[test]
    fn a_question_counts_once_on_its_own_day_and_its_withheld_fields_by_reason() {
        let story = [
            asked(1, days_ago(9), &["C01"], &["C02", "D01"]),
            asked(2, days_ago(9), &["C01"], &[]),
            repeated(asked(2, days_ago(9), &["C01"], &[]), 1),
            asked(3, days_ago(8), &[], &["C02"]),
            refused(days_ago(8)),
        ];
        let mut tally = Tally::default();
        for entry in &story {
            tally.take(entry);
        }
        let (first, second) = (days_ago(9).date(), days_ago(8).date());
        let day = tally.on(first).unwrap();
        assert_eq!((day.released, day.partial, day.withheld, day.failed), (1, 1, 0, 0));
        assert_eq!(day.told, BTreeMap::from([(Told::NoConsent, 2)]));
        assert_eq!(tally.on(second).unwrap().withheld, 1);
        assert_eq!(tally.days(first, second).map(|(_, day)| day.questions()).sum::<u64>(), 3);

        tally.keep_from(second);
        assert_eq!(tally.on(first), None);
        assert_eq!(tally.days(first, second).count(), 1);
    }
}
