//! Until when what must be done after a release without consent, and how long entries are kept: `deadlines.toml` of the
//! covenant.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::evidence::{ClientNotice, GroundEvidence};
use crate::domain::follow_up::FollowUp;
use crate::domain::ground::Ground;
use crate::domain::retention::LEAST_YEARS;
use crate::domain::time::Timestamp;
use crate::domain::working_day::end_of_working_day;

const HOUR: i64 = 3_600_000;

/// How long what may take: `deadlines.toml` of the covenant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// How long the answers of an emergency hold (ruling 25).
    emergency_ticket_hours: u16,
    /// Within how many hours the client is told (rules.md T2, R09).
    notice_hours: u16,
    /// Within how many working days an emergency is reviewed (rules.md 2.3).
    review_working_days: u8,
    /// How many days telling can be put off at a time.
    delay_days: u16,
    /// How many years an entry is kept (rules.md 5.1).
    retention_years: u8,
    /// Days off beside the holidays of the law.
    days_off: BTreeSet<Date>,
}

/// Why `deadlines.toml` is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeadlinesError {
    /// Not the TOML that is expected here; the text says where.
    #[error("cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Out of bounds.
    #[error("{0}")]
    Bound(&'static str),
}

impl Deadlines {
    /// Reads `deadlines.toml`. Every one is set; one that is out of bounds refuses the whole.
    pub fn parse(text: &str) -> Result<Self, DeadlinesError> {
        let deadlines: Self = toml::from_str(text)?;
        let bounds = [
            ((1..=24).contains(&deadlines.emergency_ticket_hours), "set emergency_ticket_hours to 1 to 24"),
            ((1..=168).contains(&deadlines.notice_hours), "set notice_hours to 1 to 168"),
            ((1..=20).contains(&deadlines.review_working_days), "set review_working_days to 1 to 20"),
            ((1..=366).contains(&deadlines.delay_days), "set delay_days to 1 to 366"),
            ((LEAST_YEARS..=20).contains(&deadlines.retention_years), "set retention_years to 5 to 20"),
        ];
        match bounds.into_iter().find(|(within, _)| !within) {
            None => Ok(deadlines),
            Some((_, remedy)) => Err(DeadlinesError::Bound(remedy)),
        }
    }

    /// What a release at this moment leaves to be done; `None` on a ground that rests on the client's trust. Evidence that is
    /// complete may put telling off to a day of its own; that somebody says the client knows closes nothing.
    pub fn after_release(
        &self,
        ground: Ground,
        at: Timestamp,
        evidence: Option<&GroundEvidence>,
    ) -> Option<FollowUp> {
        if ground.rests_on_trust() {
            return None;
        }
        let complete = evidence.filter(|evidence| evidence.is_complete(ground, at));
        let tell_by = match complete.and_then(|evidence| evidence.notice) {
            Some(ClientNotice::Delayed { review_on, .. }) => Timestamp::end_of(review_on),
            Some(ClientNotice::Told) | None => at.plus(i64::from(self.notice_hours) * HOUR),
        };
        let review = || end_of_working_day(at, self.review_working_days, &self.days_off);
        let answers = || at.plus(i64::from(self.emergency_ticket_hours) * HOUR);
        Some(FollowUp {
            tell_by,
            review_by: ground.is_emergency().then(review),
            answers_until: (ground.is_emergency() && complete.is_some()).then(answers),
        })
    }

    /// How many years an entry that was decided under this covenant is kept, at least.
    pub fn retention_years(&self) -> u8 {
        self.retention_years
    }

    /// The latest day to which telling the client can be put off today.
    pub fn latest_review(&self, now: Timestamp) -> Date {
        now.date().saturating_add(jiff::Span::new().days(i64::from(self.delay_days)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::evidence::{DelayReason, Initiative, Question};
    use crate::domain::id::{CustodianReference, EvidenceReference, RequesterRef};
    use crate::domain::testing::today;

    const SHIPPED: &str = include_str!("../../policies/deadlines.toml");

    fn ground(code: &str) -> Ground {
        Ground::parse(code).unwrap()
    }

    fn complete(ground: Ground, notice: ClientNotice) -> GroundEvidence {
        GroundEvidence {
            answered: Question::of(ground).iter().copied().collect(),
            note: Some(EvidenceReference::parse("note-1").unwrap()),
            order: Some(CustodianReference::parse("order-1").unwrap()),
            initiative: Some(Initiative::OnRequest),
            consulted: Some(RequesterRef::from_bytes([9; 16])),
            notice: Some(notice),
            ..GroundEvidence::default()
        }
    }

    fn after(code: &str, at: Timestamp, notice: ClientNotice) -> Option<FollowUp> {
        let evidence = complete(ground(code), notice);
        Deadlines::parse(SHIPPED).unwrap().after_release(ground(code), at, Some(&evidence))
    }

    #[test]
    fn a_release_on_trust_leaves_nothing_to_be_done_and_every_other_one_leaves_a_notice() {
        for number in 1..=15 {
            let code = format!("R{number:02}");
            let follow_up = after(&code, today(), ClientNotice::Told);
            assert_eq!(
                follow_up.is_some(),
                number > 4,
                "{code}, also if somebody says that the client knows"
            );
            let emergency = [9, 10, 15].contains(&number);
            assert_eq!(follow_up.is_some_and(|f| f.review_by.is_some()), emergency, "{code}");
            assert_eq!(follow_up.is_some_and(|f| f.answers_until.is_some()), emergency, "{code}");
        }
    }

    #[test]
    fn the_client_is_told_within_72_hours_also_over_the_change_of_the_clock() {
        for day in [date(2026, 3, 28), date(2026, 10, 24), date(2026, 12, 31)] {
            let at = Timestamp::start_of(day);
            assert_eq!(after("R05", at, ClientNotice::Told).unwrap().tell_by.0 - at.0, 72 * HOUR);
        }
    }

    #[test]
    fn a_delay_that_came_with_the_release_sets_the_day_if_all_that_was_asked_came_with_it() {
        let delayed = ClientNotice::Delayed {
            reason: DelayReason::HarmToClient,
            review_on: today().date().saturating_add(jiff::Span::new().days(20)),
        };
        let follow_up = after("R09", today(), delayed).unwrap();
        assert_eq!(follow_up.tell_by, Timestamp::end_of(date(2026, 12, 12)));
        let partial = GroundEvidence { note: None, ..complete(ground("R09"), delayed) };
        let deadlines = Deadlines::parse(SHIPPED).unwrap();
        let follow_up = deadlines.after_release(ground("R09"), today(), Some(&partial)).unwrap();
        assert_eq!(follow_up.tell_by, today().plus(72 * HOUR));
    }

    #[test]
    fn answers_hold_for_four_hours_and_only_where_they_were_given() {
        let given = after("R09", today(), ClientNotice::Told).unwrap();
        assert_eq!(given.answers_until, Some(today().plus(4 * HOUR)));
        let deadlines = Deadlines::parse(SHIPPED).unwrap();
        assert_eq!(deadlines.after_release(ground("R09"), today(), None).unwrap().answers_until, None);
    }

    #[test]
    fn a_term_out_of_bounds_or_absent_is_refused_with_its_name() {
        for (from, to, name) in [
            ("emergency_ticket_hours = 4", "emergency_ticket_hours = 0", "emergency_ticket_hours"),
            ("emergency_ticket_hours = 4", "emergency_ticket_hours = 25", "emergency_ticket_hours"),
            ("notice_hours = 72", "notice_hours = 169", "notice_hours"),
            ("review_working_days = 5", "review_working_days = 21", "review_working_days"),
            ("delay_days = 31", "delay_days = 367", "delay_days"),
            ("retention_years = 5", "retention_years = 4", "retention_years"),
            ("retention_years = 5", "retention_years = 21", "retention_years"),
            ("notice_hours = 72", "", "notice_hours"),
            ("days_off = []", "days_off = [\"somewhen\"]", "days_off"),
            ("days_off = []", "days_off = []\nsurprise = 1", "surprise"),
        ] {
            assert!(SHIPPED.contains(from), "{from}");
            let error = Deadlines::parse(&SHIPPED.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(name), "{to}: {error}");
        }
        assert!(Deadlines::parse(&SHIPPED.replace("[]", "[\"2026-12-24\"]")).is_ok());
    }

    #[test]
    fn telling_can_be_put_off_for_a_month_at_a_time() {
        let deadlines = Deadlines::parse(SHIPPED).unwrap();
        let now = Timestamp::start_of(date(2026, 11, 22)).plus(HOUR);
        assert_eq!(deadlines.latest_review(now), date(2026, 12, 23));
    }
}
