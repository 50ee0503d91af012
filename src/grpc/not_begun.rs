//! What a caller hears of a call that was not begun, or not ended, for want of room or time.

use std::time::Duration;

use tonic::body::Body;
use tonic::{Code, Status};

use super::refusal::Refusal;

/// When to try again: a turn takes milliseconds, and who was refused should not come back all at once.
const SOON: Duration = Duration::from_millis(500);

/// Why a call was not begun, or not ended. Nothing was released: an answer that comes too late is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBegun {
    /// As many calls are under way on the connection as may be.
    ConnectionBusy,
    /// As many calls of the organisation wait for their turn as may.
    OrganisationBusy,
    /// The deadline passed: the caller's, or the gateway's.
    TooLate,
}

impl NotBegun {
    /// The answer.
    pub fn into_response(self) -> http::Response<Body> {
        let refusal = Refusal::from(self);
        super::measured::refused(refusal.reason());
        Status::from(refusal).into_http()
    }
}

impl From<NotBegun> for Refusal {
    fn from(why: NotBegun) -> Self {
        match why {
            NotBegun::ConnectionBusy => {
                let text = "too many calls are under way on this connection; wait as long as RetryInfo says, and ask fewer at a time";
                Self::new(Code::ResourceExhausted, "CONNECTION_BUSY", text).retry_after(SOON)
            }
            NotBegun::OrganisationBusy => {
                let text = "too many calls of your organisation wait for their turn; wait as long as RetryInfo says, and ask fewer at a time";
                Self::new(Code::ResourceExhausted, "ORGANISATION_BUSY", text).retry_after(SOON)
            }
            NotBegun::TooLate => {
                let text = "the time for this call was over before it was answered; ask again with the same request_id";
                Self::new(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", text).retry_after(SOON)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::StatusExt;

    #[test]
    fn who_is_refused_early_hears_why_and_when_to_try_again() {
        for (why, code, reason) in [
            (NotBegun::ConnectionBusy, Code::ResourceExhausted, "CONNECTION_BUSY"),
            (NotBegun::OrganisationBusy, Code::ResourceExhausted, "ORGANISATION_BUSY"),
            (NotBegun::TooLate, Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
        ] {
            let status = Status::from_header_map(why.into_response().headers()).unwrap();
            assert_eq!(status.code(), code);
            assert_eq!(status.get_details_error_info().unwrap().reason, reason);
            assert!(status.get_details_retry_info().is_some_and(|retry| retry.retry_delay.is_some()));
        }
    }
}
