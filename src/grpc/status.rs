//! The translator of errors: one exhaustive match per error, so that a new one must choose its code. Those of the store are in
//! `unrecorded`.

use tonic::Code;

use super::refusal::Refusal;
use crate::ambient::Backwards;
use crate::domain::{
    ConsentRefused, CustodianFailure, FollowUpRefused, OverrideRefused, SampleRefused, WithholdingRefused,
};
use crate::gateway::{ConsentError, Error};
use crate::identity::TokenProblem;

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::Store(error) => error.into(),
            Error::Contended => Self::new(Code::Aborted, "CONTENDED", text),
            // INVALID_ARGUMENT, not ALREADY_EXISTS: the remedy lies in the message (another id), and callers take
            // ALREADY_EXISTS for a retry that had succeeded before (AIP-155).
            Error::RequestIdReused => Self::invalid(
                "request_id",
                "REQUEST_ID_REUSED",
                "was used for another request; make a new one",
            ),
            Error::NotAllowed => Self::new(Code::PermissionDenied, "NOT_ALLOWED", text),
            Error::NotFound(_) => Self::new(Code::NotFound, "NOT_FOUND", text),
            Error::Projection(problem) => Self::internal(problem.to_string()),
            Error::Consent(error) => error.into(),
            Error::Unexplained(_) => Self::new(Code::DataLoss, "ENTRY_UNEXPLAINED", text),
            Error::FollowUp(refused) => refused.into(),
            Error::Sample(refused) => refused.into(),
            Error::ReportsBusy => Self::new(Code::ResourceExhausted, "REPORTS_BUSY", text),
            Error::Overview(_) => Self::new(Code::PermissionDenied, "READER_NOT_ENTITLED", text),
        }
    }
}

impl From<ConsentError> for Refusal {
    fn from(error: ConsentError) -> Self {
        let text = error.to_string();
        match error {
            ConsentError::NotRegistered => Self::new(Code::NotFound, "CLIENT_NOT_REGISTERED", text),
            ConsentError::UnknownRecipient => {
                Self::invalid("permit.recipient_organisation", "RECIPIENT_UNKNOWN", remedy(&text))
            }
            ConsentError::NotAPermit => Self::new(Code::FailedPrecondition, "NOT_A_PERMIT", text),
            ConsentError::Refused(refused) => refused.into(),
            ConsentError::Override(refused) => refused.into(),
            ConsentError::Withholding(refused) => refused.into(),
        }
    }
}

impl From<ConsentRefused> for Refusal {
    fn from(refused: ConsentRefused) -> Self {
        let (text, reason) = (refused.to_string(), refused.code());
        let field = match refused {
            ConsentRefused::FieldOutsidePurpose(_)
            | ConsentRefused::FieldNotInConsent(_)
            | ConsentRefused::UnknownField(_)
            | ConsentRefused::FieldsMissing => "fields",
            ConsentRefused::UnknownPurpose | ConsentRefused::PurposeWithoutConsent => "purpose",
            ConsentRefused::PeriodTooLong(_) => "period.until",
            ConsentRefused::PeriodEmpty => "period",
            ConsentRefused::StartsInThePast => "period.from",
            ConsentRefused::DataSubjectFieldsMissing => "grantor.fields",
            ConsentRefused::EvidenceIncomplete(_) => "evidence",
            ConsentRefused::NotAConsentGiver
            | ConsentRefused::Ended
            | ConsentRefused::NotTheGrantor
            | ConsentRefused::NotNeeded
            | ConsentRefused::ObjectionIsBroad
            | ConsentRefused::ObjectionIsOnePersons => {
                return Self::new(Code::FailedPrecondition, reason, text);
            }
        };
        Self::invalid(field, reason, remedy(&text))
    }
}

impl From<FollowUpRefused> for Refusal {
    fn from(refused: FollowUpRefused) -> Self {
        let text = refused.to_string();
        let state = |reason| Self::new(Code::FailedPrecondition, reason, text.as_str());
        match refused {
            FollowUpRefused::NotAnEmergency => state("NOT_AN_EMERGENCY"),
            FollowUpRefused::OwnRelease => Self::new(Code::PermissionDenied, "OWN_RELEASE", text.as_str()),
            FollowUpRefused::Reviewed => state("ALREADY_REVIEWED"),
            FollowUpRefused::Told => state("CLIENT_ALREADY_TOLD"),
            FollowUpRefused::ReviewNotLater => Self::invalid("review_on", "REVIEW_NOT_LATER", remedy(&text)),
            FollowUpRefused::ReviewTooLate => Self::invalid("review_on", "REVIEW_TOO_LATE", remedy(&text)),
            FollowUpRefused::NotThisRelease => Self::new(Code::NotFound, "NOT_FOUND", text.as_str()),
        }
    }
}

impl From<SampleRefused> for Refusal {
    fn from(refused: SampleRefused) -> Self {
        let text = refused.to_string();
        match refused {
            // As if there were none: whose it is, is not told.
            SampleRefused::NotDrawable => Error::NotFound("entry").into(),
            SampleRefused::OwnRequest => Self::new(Code::PermissionDenied, "OWN_REQUEST", text),
            SampleRefused::NothingToFollowUp => {
                Self::invalid("follow_up", "NOTHING_TO_FOLLOW_UP", remedy(&text))
            }
            SampleRefused::NoteMissing => Self::invalid("note_reference", "NOTE_MISSING", remedy(&text)),
        }
    }
}

impl From<OverrideRefused> for Refusal {
    fn from(refused: OverrideRefused) -> Self {
        let text = refused.to_string();
        let state = |reason| Self::new(Code::FailedPrecondition, reason, text.as_str());
        match refused {
            OverrideRefused::TooLong(_) => Self::invalid("until", "OVERRIDE_TOO_LONG", text.as_str()),
            OverrideRefused::NotAPermit => state("NOT_A_PERMIT"),
            OverrideRefused::Ended => state("CONSENT_ENDED"),
            OverrideRefused::NotThisClient => state("OVERRIDE_NOT_FOR_THIS_CLIENT"),
            OverrideRefused::ClientHasNotAgreed => state("CLIENT_HAS_NOT_AGREED"),
            OverrideRefused::NobodyRefused => state("NOBODY_REFUSED"),
            OverrideRefused::AlreadyDecided => state("OVERRIDE_ON_RECORD"),
            OverrideRefused::NoneOnRecord => state("NO_OVERRIDE_ON_RECORD"),
            OverrideRefused::AlreadyConfirmed => state("OVERRIDE_CONFIRMED_ALREADY"),
            OverrideRefused::SamePerson => state("SECOND_PROFESSIONAL_NEEDED"),
        }
    }
}

impl From<WithholdingRefused> for Refusal {
    fn from(refused: WithholdingRefused) -> Self {
        let text = refused.to_string();
        let invalid = |field: &str, reason| Self::invalid(field, reason, remedy(&text));
        match refused {
            WithholdingRefused::NothingNamed => invalid("fields", "NOTHING_NAMED"),
            WithholdingRefused::NotThisClients(_) => invalid("entries", "ENTRY_UNKNOWN"),
            WithholdingRefused::ReviewDate => invalid("review_on", "REVIEW_DATE_WRONG"),
        }
    }
}

/// The text without the field that it begins with: the violation names it.
fn remedy(text: &str) -> &str {
    text.split_once(": ").map_or(text, |(_, remedy)| remedy)
}

impl From<TokenProblem> for Refusal {
    fn from(problem: TokenProblem) -> Self {
        Self::new(Code::Unauthenticated, problem.code(), problem.to_string())
    }
}

impl From<Backwards> for Refusal {
    fn from(backwards: Backwards) -> Self {
        Self::new(Code::FailedPrecondition, "CLOCK_BACKWARDS", backwards.to_string())
    }
}

/// What went wrong at the custodian, once it is recorded as this entry.
impl From<(CustodianFailure, u64)> for Refusal {
    fn from((failure, entry_index): (CustodianFailure, u64)) -> Self {
        let (code, reason, text) = match failure {
            CustodianFailure::CustodianUnavailable => (
                Code::Unavailable,
                "CUSTODIAN_UNAVAILABLE",
                "the custodian's system cannot be reached, so nothing was released; try again later",
            ),
            CustodianFailure::CustodianTimeout => (
                Code::Unavailable,
                "CUSTODIAN_TIMEOUT",
                "the custodian's system did not answer in time, so nothing was released; try again later",
            ),
            CustodianFailure::CustodianAnswerInvalid => (
                Code::FailedPrecondition,
                "CUSTODIAN_ANSWER_INVALID",
                "the custodian's system answered what it may not, so nothing was released; tell the custodian",
            ),
            CustodianFailure::CustodianRecordUnknown => (
                Code::FailedPrecondition,
                "CUSTODIAN_RECORD_UNKNOWN",
                "the custodian's system does not find the record that it registered; tell the custodian",
            ),
        };
        Self::new(code, reason, text).with("entry_index", &entry_index).recorded()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EntryProblem;
    use crate::domain::Timestamp;
    use crate::store;
    use tonic::Status;
    use tonic_types::StatusExt;

    fn wire(error: impl Into<Refusal>) -> (Code, String, Status) {
        let status = Status::from(error.into());
        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.domain, "sluis");
        assert!(!info.reason.is_empty() && info.reason.len() <= 63);
        assert!(info.reason.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{}", info.reason);
        assert!(!status.message().is_empty());
        (status.code(), info.reason, status)
    }

    #[test]
    fn every_failure_has_its_code_and_reason() {
        let table: Vec<(Error, Code, &str)> = vec![
            (store::Error::Refused.into(), Code::Unavailable, "AUDIT_UNAVAILABLE"),
            (store::Error::Stopped.into(), Code::Unavailable, "AUDIT_STOPPED"),
            (store::Error::ClockBehind.into(), Code::Unavailable, "CLOCK_BEHIND"),
            (store::Error::Corrupt("a tile").into(), Code::Internal, "INTERNAL"),
            (store::Error::Entry(EntryProblem::TooLarge).into(), Code::InvalidArgument, "ENTRY_TOO_LARGE"),
            (store::Error::Expired.into(), Code::NotFound, "ENTRY_EXPIRED"),
            (Error::Contended, Code::Aborted, "CONTENDED"),
            (Error::RequestIdReused, Code::InvalidArgument, "REQUEST_ID_REUSED"),
            (Error::NotAllowed, Code::PermissionDenied, "NOT_ALLOWED"),
            (Error::NotFound("entry"), Code::NotFound, "NOT_FOUND"),
            (ConsentError::NotRegistered.into(), Code::NotFound, "CLIENT_NOT_REGISTERED"),
            (ConsentError::NotAPermit.into(), Code::FailedPrecondition, "NOT_A_PERMIT"),
            (ConsentError::UnknownRecipient.into(), Code::InvalidArgument, "RECIPIENT_UNKNOWN"),
            (ConsentRefused::PeriodEmpty.into(), Code::InvalidArgument, "PERIOD_EMPTY"),
            (OverrideRefused::SamePerson.into(), Code::FailedPrecondition, "SECOND_PROFESSIONAL_NEEDED"),
            (OverrideRefused::TooLong(Timestamp(0)).into(), Code::InvalidArgument, "OVERRIDE_TOO_LONG"),
            (WithholdingRefused::ReviewDate.into(), Code::InvalidArgument, "REVIEW_DATE_WRONG"),
            (ConsentRefused::Ended.into(), Code::FailedPrecondition, "CONSENT_ENDED"),
            (ConsentRefused::NotTheGrantor.into(), Code::FailedPrecondition, "NOT_THE_GRANTOR"),
            (FollowUpRefused::OwnRelease.into(), Code::PermissionDenied, "OWN_RELEASE"),
            (FollowUpRefused::Told.into(), Code::FailedPrecondition, "CLIENT_ALREADY_TOLD"),
            (FollowUpRefused::ReviewNotLater.into(), Code::InvalidArgument, "REVIEW_NOT_LATER"),
            (SampleRefused::NotDrawable.into(), Code::NotFound, "NOT_FOUND"),
            (SampleRefused::OwnRequest.into(), Code::PermissionDenied, "OWN_REQUEST"),
            (SampleRefused::NothingToFollowUp.into(), Code::InvalidArgument, "NOTHING_TO_FOLLOW_UP"),
            (SampleRefused::NoteMissing.into(), Code::InvalidArgument, "NOTE_MISSING"),
        ];
        for (error, code, reason) in table {
            let (got, why, _) = wire(error);
            assert_eq!((got, why.as_str()), (code, reason));
        }
    }

    #[test]
    fn what_can_be_tried_again_says_when_and_a_cause_is_never_told() {
        let (_, _, status) = wire(Error::from(store::Error::Refused));
        assert!(status.get_details_retry_info().is_some());
        let (_, _, status) = wire(Error::from(store::Error::Corrupt("a consent of somebody")));
        assert!(!status.message().contains("somebody"));
        assert!(!status.details().windows(8).any(|bytes| bytes == b"somebody"));
    }

    #[test]
    fn a_custodian_that_fails_is_told_with_the_entry_that_says_so() {
        for (failure, code) in [
            (CustodianFailure::CustodianUnavailable, Code::Unavailable),
            (CustodianFailure::CustodianTimeout, Code::Unavailable),
            (CustodianFailure::CustodianAnswerInvalid, Code::FailedPrecondition),
            (CustodianFailure::CustodianRecordUnknown, Code::FailedPrecondition),
        ] {
            let (got, _, status) = wire((failure, 17));
            assert_eq!(got, code);
            assert_eq!(status.get_details_error_info().unwrap().metadata["entry_index"], "17");
        }
    }

    #[test]
    fn a_token_that_is_refused_says_which_rule_it_breaks() {
        let (code, reason, _) = wire(TokenProblem::Expired);
        assert_eq!((code, reason.as_str()), (Code::Unauthenticated, "TOKEN_EXPIRED"));
    }
}
