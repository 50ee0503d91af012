//! The closed lists of the contract and of the domain, both ways.

use crate::contract::v1;
use crate::domain::{
    Capacity, Channel, ConsentStatus, DelayReason, DestructionOutcome, Exception, Outcome, ReviewVerdict,
    SampleFollowUp, SampleVerdict, Source, ToldHow, WithholdingReason,
};

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn capacity(wire: i32) -> Option<Capacity> {
    Some(match v1::Capacity::try_from(wire).ok()? {
        v1::Capacity::Unspecified => return None,
        v1::Capacity::Youth => Capacity::Youth,
        v1::Capacity::Adult => Capacity::Adult,
        v1::Capacity::ParentAuthority => Capacity::ParentAuthority,
        v1::Capacity::Guardian => Capacity::Guardian,
        v1::Capacity::CourtOrder => Capacity::CourtOrder,
        v1::Capacity::Curator => Capacity::Curator,
        v1::Capacity::Mentor => Capacity::Mentor,
        v1::Capacity::Proxy => Capacity::Proxy,
        v1::Capacity::Partner => Capacity::Partner,
        v1::Capacity::Relative => Capacity::Relative,
        v1::Capacity::Administrator => Capacity::Administrator,
        v1::Capacity::DataSubject => Capacity::DataSubject,
    })
}

pub(super) fn capacity_to_wire(capacity: Capacity) -> v1::Capacity {
    match capacity {
        Capacity::Youth => v1::Capacity::Youth,
        Capacity::Adult => v1::Capacity::Adult,
        Capacity::ParentAuthority => v1::Capacity::ParentAuthority,
        Capacity::Guardian => v1::Capacity::Guardian,
        Capacity::CourtOrder => v1::Capacity::CourtOrder,
        Capacity::Curator => v1::Capacity::Curator,
        Capacity::Mentor => v1::Capacity::Mentor,
        Capacity::Proxy => v1::Capacity::Proxy,
        Capacity::Partner => v1::Capacity::Partner,
        Capacity::Relative => v1::Capacity::Relative,
        Capacity::Administrator => v1::Capacity::Administrator,
        Capacity::DataSubject => v1::Capacity::DataSubject,
    }
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn source(wire: i32) -> Option<Source> {
    Some(match v1::AuthoritySource::try_from(wire).ok()? {
        v1::AuthoritySource::Unspecified => return None,
        v1::AuthoritySource::AuthorityRegister => Source::AuthorityRegister,
        v1::AuthoritySource::PersonalRecords => Source::PersonalRecords,
        v1::AuthoritySource::CourtOrder => Source::CourtOrder,
        v1::AuthoritySource::Document => Source::Document,
    })
}

pub(super) fn source_to_wire(source: Source) -> v1::AuthoritySource {
    match source {
        Source::AuthorityRegister => v1::AuthoritySource::AuthorityRegister,
        Source::PersonalRecords => v1::AuthoritySource::PersonalRecords,
        Source::CourtOrder => v1::AuthoritySource::CourtOrder,
        Source::Document => v1::AuthoritySource::Document,
    }
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn channel(wire: i32) -> Option<Channel> {
    Some(match v1::Channel::try_from(wire).ok()? {
        v1::Channel::Unspecified => return None,
        v1::Channel::Written => Channel::Written,
        v1::Channel::Verbal => Channel::Verbal,
        v1::Channel::Portal => Channel::Portal,
    })
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn exception(wire: i32) -> Option<Exception> {
    Some(match v1::OverrideException::try_from(wire).ok()? {
        v1::OverrideException::Unspecified => return None,
        v1::OverrideException::ConsideredWish => Exception::ConsideredWish,
        v1::OverrideException::SeriousHarm => Exception::SeriousHarm,
    })
}

pub(super) fn exception_to_wire(exception: Exception) -> v1::OverrideException {
    match exception {
        Exception::ConsideredWish => v1::OverrideException::ConsideredWish,
        Exception::SeriousHarm => v1::OverrideException::SeriousHarm,
    }
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn withholding_reason(wire: i32) -> Option<WithholdingReason> {
    Some(match v1::WithholdingReason::try_from(wire).ok()? {
        v1::WithholdingReason::Unspecified => return None,
        v1::WithholdingReason::HelpAtRisk => WithholdingReason::HelpAtRisk,
        v1::WithholdingReason::TrustAtRisk => WithholdingReason::TrustAtRisk,
        v1::WithholdingReason::Safety => WithholdingReason::Safety,
    })
}

pub(super) fn withholding_reason_to_wire(reason: WithholdingReason) -> v1::WithholdingReason {
    match reason {
        WithholdingReason::HelpAtRisk => v1::WithholdingReason::HelpAtRisk,
        WithholdingReason::TrustAtRisk => v1::WithholdingReason::TrustAtRisk,
        WithholdingReason::Safety => v1::WithholdingReason::Safety,
    }
}

pub(super) fn status_to_wire(status: ConsentStatus) -> v1::ConsentStatus {
    match status {
        ConsentStatus::Incomplete => v1::ConsentStatus::Incomplete,
        ConsentStatus::NotYetInForce => v1::ConsentStatus::NotYetInForce,
        ConsentStatus::InForce => v1::ConsentStatus::InForce,
        ConsentStatus::Expired => v1::ConsentStatus::Expired,
        ConsentStatus::Withdrawn => v1::ConsentStatus::Withdrawn,
    }
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn verdict(wire: i32) -> Option<ReviewVerdict> {
    Some(match v1::ReviewVerdict::try_from(wire).ok()? {
        v1::ReviewVerdict::Unspecified => return None,
        v1::ReviewVerdict::Justified => ReviewVerdict::Justified,
        v1::ReviewVerdict::NotJustified => ReviewVerdict::NotJustified,
        v1::ReviewVerdict::NeedsFollowUp => ReviewVerdict::NeedsFollowUp,
    })
}

pub(super) fn verdict_to_wire(verdict: ReviewVerdict) -> v1::ReviewVerdict {
    match verdict {
        ReviewVerdict::Justified => v1::ReviewVerdict::Justified,
        ReviewVerdict::NotJustified => v1::ReviewVerdict::NotJustified,
        ReviewVerdict::NeedsFollowUp => v1::ReviewVerdict::NeedsFollowUp,
    }
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn sample_verdict(wire: i32) -> Option<SampleVerdict> {
    Some(match v1::SampleVerdict::try_from(wire).ok()? {
        v1::SampleVerdict::Unspecified => return None,
        v1::SampleVerdict::InOrder => SampleVerdict::InOrder,
        v1::SampleVerdict::NotInOrder => SampleVerdict::NotInOrder,
        v1::SampleVerdict::FurtherQuestion => SampleVerdict::FurtherQuestion,
    })
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn sample_follow_up(wire: i32) -> Option<SampleFollowUp> {
    Some(match v1::SampleFollowUp::try_from(wire).ok()? {
        v1::SampleFollowUp::Unspecified => return None,
        v1::SampleFollowUp::Nothing => SampleFollowUp::Nothing,
        v1::SampleFollowUp::Talk => SampleFollowUp::Talk,
        v1::SampleFollowUp::Correction => SampleFollowUp::Correction,
        v1::SampleFollowUp::BreachProcedure => SampleFollowUp::BreachProcedure,
        v1::SampleFollowUp::AccessAdjusted => SampleFollowUp::AccessAdjusted,
    })
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn told_how(wire: i32) -> Option<ToldHow> {
    Some(match v1::ToldHow::try_from(wire).ok()? {
        v1::ToldHow::Unspecified => return None,
        v1::ToldHow::Conversation => ToldHow::Conversation,
        v1::ToldHow::Telephone => ToldHow::Telephone,
        v1::ToldHow::Letter => ToldHow::Letter,
        v1::ToldHow::Portal => ToldHow::Portal,
    })
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn destruction_outcome(wire: i32) -> Option<DestructionOutcome> {
    Some(match v1::DestructionOutcome::try_from(wire).ok()? {
        v1::DestructionOutcome::Unspecified => return None,
        v1::DestructionOutcome::Destroyed => DestructionOutcome::Destroyed,
        v1::DestructionOutcome::Partly => DestructionOutcome::Partly,
        v1::DestructionOutcome::Refused => DestructionOutcome::Refused,
    })
}

/// `None` for what is not in the list, and for UNSPECIFIED.
pub(super) fn delay_reason(wire: i32) -> Option<DelayReason> {
    Some(match v1::DelayReason::try_from(wire).ok()? {
        v1::DelayReason::Unspecified => return None,
        v1::DelayReason::HarmToClient => DelayReason::HarmToClient,
        v1::DelayReason::DangerToOthers => DelayReason::DangerToOthers,
        v1::DelayReason::InquiryAtRisk => DelayReason::InquiryAtRisk,
        v1::DelayReason::OutOfReach => DelayReason::OutOfReach,
    })
}

/// `None` for what is not an outcome.
pub(super) fn outcome(text: &str) -> Option<Outcome> {
    let all = [Outcome::Released, Outcome::Partial, Outcome::Withheld, Outcome::Failed, Outcome::Done];
    all.into_iter().find(|outcome| outcome.as_str() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capacity_and_source_comes_back_as_it_went_and_unspecified_is_none() {
        assert_eq!((capacity(0), source(0), channel(0)), (None, None, None));
        assert_eq!((capacity(13), source(5), channel(4)), (None, None, None));
        for wire in 1..=12 {
            assert_eq!(capacity_to_wire(capacity(wire).unwrap()) as i32, wire);
        }
        assert_eq!((verdict(0), told_how(0), delay_reason(0)), (None, None, None));
        assert_eq!((verdict(4), told_how(5), delay_reason(5)), (None, None, None));
        assert_eq!((destruction_outcome(0), destruction_outcome(4)), (None, None));
        assert_eq!((sample_verdict(0), sample_verdict(4)), (None, None));
        assert_eq!((1..=3).filter_map(sample_verdict).collect::<Vec<_>>(), SampleVerdict::ALL);
        assert_eq!((sample_follow_up(0), sample_follow_up(6)), (None, None));
        assert_eq!((1..=5).filter_map(sample_follow_up).collect::<Vec<_>>(), SampleFollowUp::ALL);
        assert_eq!(destruction_outcome(3), Some(DestructionOutcome::Refused));
        for wire in 1..=3 {
            assert_eq!(verdict_to_wire(verdict(wire).unwrap()) as i32, wire);
        }
        assert_eq!(
            (exception(0), exception(3), withholding_reason(0), withholding_reason(4)),
            (None, None, None, None)
        );
        for wire in 1..=2 {
            assert_eq!(exception_to_wire(exception(wire).unwrap()) as i32, wire);
        }
        for wire in 1..=3 {
            assert_eq!(withholding_reason_to_wire(withholding_reason(wire).unwrap()) as i32, wire);
        }
        for wire in 1..=4 {
            assert_eq!(source_to_wire(source(wire).unwrap()) as i32, wire);
        }
    }
}
