//! The contract's enumerations as people type and read them: `parent-authority` for `CAPACITY_PARENT_AUTHORITY`.

use crate::contract::v1::{
    AuthoritySource, Capacity, Channel, ConsentStatus, DelayReason, DestructionOutcome, Occasion, Outlook,
    OverrideException, ReviewVerdict, SampleFollowUp, SampleVerdict, ToldHow, WithholdingReason,
};

/// In which capacity somebody decides.
pub fn capacity(word: &str) -> Result<i32, &'static str> {
    Capacity::from_str_name(&name("CAPACITY", word)).filter(|c| *c != Capacity::Unspecified).map(i32::from).ok_or(
        "youth, adult, parent-authority, guardian, court-order, curator, mentor, proxy, partner, relative, \
         administrator or data-subject",
    )
}

/// How it was agreed.
pub fn channel(word: &str) -> Result<i32, &'static str> {
    Channel::from_str_name(&name("CHANNEL", word))
        .filter(|c| *c != Channel::Unspecified)
        .map(i32::from)
        .ok_or("written, verbal or portal")
}

/// Where authority was checked.
pub fn source(word: &str) -> Result<i32, &'static str> {
    AuthoritySource::from_str_name(&name("AUTHORITY_SOURCE", word))
        .filter(|s| *s != AuthoritySource::Unspecified)
        .map(i32::from)
        .ok_or("authority-register, personal-records, court-order or document")
}

/// How an emergency is judged.
pub fn verdict(word: &str) -> Result<i32, &'static str> {
    ReviewVerdict::from_str_name(&name("REVIEW_VERDICT", word))
        .filter(|v| *v != ReviewVerdict::Unspecified)
        .map(i32::from)
        .ok_or("justified, not-justified or needs-follow-up")
}

/// What an officer makes of an entry of a sample.
pub fn sample_verdict(word: &str) -> Result<i32, &'static str> {
    SampleVerdict::from_str_name(&name("SAMPLE_VERDICT", word))
        .filter(|v| *v != SampleVerdict::Unspecified)
        .map(i32::from)
        .ok_or("in-order, not-in-order or further-question")
}

/// What is done about it.
pub fn sample_follow_up(word: &str) -> Result<i32, &'static str> {
    SampleFollowUp::from_str_name(&name("SAMPLE_FOLLOW_UP", word))
        .filter(|f| *f != SampleFollowUp::Unspecified)
        .map(i32::from)
        .ok_or("nothing, talk, correction, breach-procedure or access-adjusted")
}

/// How a client was told.
pub fn told_how(word: &str) -> Result<i32, &'static str> {
    ToldHow::from_str_name(&name("TOLD_HOW", word))
        .filter(|h| *h != ToldHow::Unspecified)
        .map(i32::from)
        .ok_or("conversation, telephone, letter or portal")
}

/// What came of a request to destroy a file.
pub fn destruction_outcome(word: &str) -> Result<i32, &'static str> {
    DestructionOutcome::from_str_name(&name("DESTRUCTION_OUTCOME", word))
        .filter(|o| *o != DestructionOutcome::Unspecified)
        .map(i32::from)
        .ok_or("destroyed, partly or refused")
}

/// Why a client is told later.
pub fn delay_reason(word: &str) -> Result<i32, &'static str> {
    DelayReason::from_str_name(&name("DELAY_REASON", word))
        .filter(|r| *r != DelayReason::Unspecified)
        .map(i32::from)
        .ok_or("harm-to-client, danger-to-others, inquiry-at-risk or out-of-reach")
}

/// A verdict, to read; nothing while there is none.
pub fn of_verdict(number: i32) -> String {
    match ReviewVerdict::try_from(number) {
        Ok(ReviewVerdict::Unspecified) => String::new(),
        Ok(verdict) => word("REVIEW_VERDICT_", verdict.as_str_name()),
        Err(_) => number.to_string(),
    }
}

/// Why a refusal is passed.
pub fn exception(word: &str) -> Result<i32, &'static str> {
    OverrideException::from_str_name(&name("OVERRIDE_EXCEPTION", word))
        .filter(|e| *e != OverrideException::Unspecified)
        .map(i32::from)
        .ok_or("considered-wish or serious-harm")
}

/// Why something is withheld from representatives.
pub fn withholding_reason(word: &str) -> Result<i32, &'static str> {
    WithholdingReason::from_str_name(&name("WITHHOLDING_REASON", word))
        .filter(|r| *r != WithholdingReason::Unspecified)
        .map(i32::from)
        .ok_or("help-at-risk, trust-at-risk or safety")
}

/// Why a refusal is passed, to read.
pub fn of_exception(number: i32) -> String {
    OverrideException::try_from(number)
        .map_or_else(|_| number.to_string(), |e| word("OVERRIDE_EXCEPTION_", e.as_str_name()))
}

/// What will happen, to read.
pub fn of_occasion(number: i32) -> String {
    Occasion::try_from(number).map_or_else(|_| number.to_string(), |o| word("OCCASION_", o.as_str_name()))
}

/// What becomes of a consent then, to read.
pub fn of_outlook(number: i32) -> String {
    Outlook::try_from(number).map_or_else(|_| number.to_string(), |o| word("OUTLOOK_", o.as_str_name()))
}

/// A capacity, to read.
pub fn of_capacity(number: i32) -> String {
    Capacity::try_from(number).map_or_else(|_| number.to_string(), |c| word("CAPACITY_", c.as_str_name()))
}

/// A status, to read.
pub fn of_status(number: i32) -> String {
    ConsentStatus::try_from(number)
        .map_or_else(|_| number.to_string(), |s| word("CONSENT_STATUS_", s.as_str_name()))
}

fn name(prefix: &str, word: &str) -> String {
    format!("{prefix}_{}", word.to_uppercase().replace('-', "_"))
}

fn word(prefix: &str, name: &str) -> String {
    name.trim_start_matches(prefix).to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capacity_is_read_as_it_is_shown() {
        for number in 1..=12 {
            let capacity_word = of_capacity(number);
            assert_eq!(capacity(&capacity_word), Ok(number), "{capacity_word}");
        }
        assert_eq!(of_status(ConsentStatus::InForce.into()), "in-force");
    }

    #[test]
    fn what_is_not_a_word_of_the_contract_is_refused() {
        for wrong in ["", "unspecified", "father", "YOUTH ", "youth_"] {
            assert!(capacity(wrong).is_err(), "{wrong:?}");
            assert!(channel(wrong).is_err() && source(wrong).is_err(), "{wrong:?}");
            assert!(verdict(wrong).is_err() && told_how(wrong).is_err() && delay_reason(wrong).is_err());
            assert!(destruction_outcome(wrong).is_err(), "{wrong:?}");
            assert!(sample_verdict(wrong).is_err() && sample_follow_up(wrong).is_err(), "{wrong:?}");
            assert!(exception(wrong).is_err() && withholding_reason(wrong).is_err(), "{wrong:?}");
        }
    }
}
