//! One rule of the covenant: what it is called, what it says to the requester, on which law it rests, and when it counts.
//!
//! All of it stands in annotations above the rule, so that a lawyer reads it where it works. An annotation that is not
//! one of these is refused: a slip of the pen in a date must not make a rule count always.

use std::sync::Arc;

use cedar_policy::{Effect, Policy};
use jiff::civil::Date;

use crate::domain::{Ground, Timestamp, Told};
use crate::policy::rules::{DEFAULT_DENY, EVALUATION_ERROR};

const RELEASED: &str = "RELEASED";
const NEVER: &str = "never";
const ANNOTATIONS: [&str; 5] = ["id", "reason", "source", "in_force_from", "in_force_until"];

/// What is wrong with a rule, and the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the error text is the documentation")]
pub enum RuleProblem {
    #[error("has no @id; give it one of letters, digits and hyphens, at most 64")]
    Id,
    #[error("its @id is used twice or reserved; give each rule its own")]
    DuplicateId,
    #[error("a permit has @reason(\"RELEASED\")")]
    PermitReason,
    #[error("a forbid has the @reason that the requester hears, such as \"OUTSIDE_PURPOSE\"")]
    ForbidReason,
    #[error("a permit has the @source that it rests on: an article of a law, or a code of the profession")]
    Source,
    #[error(
        "write @in_force_from (a permit has one) and @in_force_until as 2026-11-22, or \"never\" as the first"
    )]
    Date,
    #[error("has an annotation that is none of @id, @reason, @source, @in_force_from and @in_force_until")]
    Annotation,
    #[error("is a template; write the rule out")]
    Template,
}

/// When a rule counts, by Dutch calendar days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InForce {
    /// Not at all: a bill, or a law that was not examined.
    Never,
    /// From the first day through the last one, as far as there are any.
    Days {
        /// The first day.
        from: Option<Date>,
        /// The last day.
        until: Option<Date>,
    },
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, in the ledger too.
    pub id: Arc<str>,
    /// What is told when it decides; `None` where it releases.
    pub told: Option<Told>,
    /// What it rests on.
    pub source: Option<String>,
    /// When it counts.
    pub in_force: InForce,
    /// In which file.
    pub file: String,
    /// On which line of it.
    pub line: usize,
    /// The rule as it is written, annotations included.
    pub text: String,
}

impl InForce {
    /// Whether it counts at this moment.
    pub fn contains(self, at: Timestamp) -> bool {
        match self {
            Self::Never => false,
            Self::Days { from, until } => {
                from.is_none_or(|day| Timestamp::start_of(day) <= at)
                    && until.is_none_or(|day| at < Timestamp::end_of(day))
            }
        }
    }

    /// The moments at which this changes.
    pub(super) fn changes(self) -> impl Iterator<Item = Timestamp> {
        let (from, until) = match self {
            Self::Never => (None, None),
            Self::Days { from, until } => (from, until),
        };
        from.map(Timestamp::start_of).into_iter().chain(until.map(Timestamp::end_of))
    }

    fn parse(from: Option<&str>, until: Option<&str>) -> Option<Self> {
        if from == Some(NEVER) {
            return until.is_none().then_some(Self::Never);
        }
        let day = |text: &str| text.parse::<Date>().ok().filter(|day| day.to_string() == text);
        let (first, last) = (from.map(day), until.map(day));
        match (first, last) {
            (Some(None), _) | (_, Some(None)) => None,
            (Some(Some(first)), Some(Some(last))) if last < first => None,
            _ => Some(Self::Days { from: first.flatten(), until: last.flatten() }),
        }
    }
}

impl Rule {
    /// Reads what stands above a rule.
    pub(super) fn read(policy: &Policy, file: &str, line: usize) -> Result<Self, RuleProblem> {
        let good = |id: &&str| {
            (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let id = policy.annotation("id").filter(good).ok_or(RuleProblem::Id)?;
        if [DEFAULT_DENY, EVALUATION_ERROR].contains(&id) {
            return Err(RuleProblem::DuplicateId);
        }
        if policy.annotations().any(|(name, _)| !ANNOTATIONS.contains(&name)) {
            return Err(RuleProblem::Annotation);
        }
        let reason = policy.annotation("reason").unwrap_or_default();
        let source = policy.annotation("source").filter(|source| !source.trim().is_empty());
        let (from, until) = (policy.annotation("in_force_from"), policy.annotation("in_force_until"));
        let told = match policy.effect() {
            Effect::Permit if reason != RELEASED => return Err(RuleProblem::PermitReason),
            Effect::Permit if source.is_none() => return Err(RuleProblem::Source),
            Effect::Permit if from.is_none() => return Err(RuleProblem::Date),
            Effect::Permit => None,
            Effect::Forbid => Some(Told::parse(reason).ok_or(RuleProblem::ForbidReason)?),
        };
        Ok(Self {
            id: id.into(),
            told,
            source: source.map(str::to_owned),
            in_force: InForce::parse(from, until).ok_or(RuleProblem::Date)?,
            file: file.to_owned(),
            line,
            text: policy.to_cedar().unwrap_or_default(),
        })
    }

    /// The ground that it opens, if it is the permit of one.
    pub fn opens(&self) -> Option<Ground> {
        Ground::parse(&self.id).filter(|_| self.told.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_rule_counts_from_its_first_day_through_its_last_and_never_is_never() {
        let noon = |day| Timestamp::start_of(day).plus(43_200_000);
        let (first, last) = (date(2026, 7, 1), date(2026, 12, 31));
        let both = InForce::parse(Some("2026-07-01"), Some("2026-12-31")).unwrap();
        assert!(!both.contains(noon(date(2026, 6, 30))) && both.contains(Timestamp::start_of(first)));
        assert!(both.contains(noon(last)) && !both.contains(Timestamp::start_of(date(2027, 1, 1))));
        assert_eq!(both.changes().count(), 2);
        let open = InForce::parse(Some("2026-07-01"), None).unwrap();
        assert!(open.contains(Timestamp::END.plus(-1)) && !open.contains(noon(date(2026, 6, 30))));
        let always = InForce::parse(None, None).unwrap();
        assert!(always.contains(Timestamp(i64::MIN)) && always.contains(noon(first)));
        let never = InForce::parse(Some(NEVER), None).unwrap();
        assert!(!never.contains(noon(first)) && never.changes().next().is_none());
    }

    #[test]
    fn a_date_is_written_in_one_way() {
        let wrong: [(Option<&str>, Option<&str>); 9] = [
            (Some(""), None),
            (Some("Never"), None),
            (Some("2026-7-1"), None),
            (Some("01-07-2026"), None),
            (Some("20260701"), None),
            (Some("2026-02-30"), None),
            (None, Some("never")),
            (Some("never"), Some("2026-12-31")),
            (Some("2026-07-01"), Some("2026-06-30")),
        ];
        for (from, until) in wrong {
            assert_eq!(InForce::parse(from, until), None, "{from:?} {until:?}");
        }
    }
}
