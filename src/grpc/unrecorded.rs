//! What a caller hears when the store cannot read or record: that nothing was released, and when to try again.

use tonic::Code;

use super::refusal::Refusal;
use crate::domain::EntryProblem;
use crate::store;

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        let cause = error.to_string();
        let unavailable =
            |reason, text: &str| Self::new(Code::Unavailable, reason, text).because(cause.as_str());
        match error {
            store::Error::Unavailable(error) => {
                unavailable("STORE_UNAVAILABLE", "nothing can be read or recorded now; try again later")
                    .because(format!("{cause}: {error}"))
            }
            store::Error::Refused => unavailable(
                "AUDIT_UNAVAILABLE",
                "it cannot be recorded now, so nothing was released; try again",
            ),
            store::Error::Stopped
            | store::Error::OtherKey
            | store::Error::OtherVersion
            | store::Error::Older => unavailable(
                "AUDIT_STOPPED",
                "nothing can be recorded until the gateway restarts; try again later",
            ),
            store::Error::ClockBehind => unavailable(
                "CLOCK_BEHIND",
                "the gateway's clock is wrong, so nothing was released; try again later",
            ),
            store::Error::ClockAhead => unavailable(
                "CLOCK_AHEAD",
                "the gateway's clock is wrong, so nothing was released; try again later",
            ),
            store::Error::Unknown => unavailable(
                "OUTCOME_UNKNOWN",
                "nothing was released; whether it was recorded is not known yet: ask again with the same request_id, or look",
            ),
            store::Error::OtherCovenant => unavailable(
                "COVENANT_OUTDATED",
                "this gateway has other rules than those in force, so nothing was released; try another, or later",
            ),
            store::Error::Entry(EntryProblem::TooLarge) => {
                let text = "what this would record is too large; ask or record less at a time";
                Self::new(Code::InvalidArgument, "ENTRY_TOO_LARGE", text)
            }
            store::Error::Expired => Self::new(Code::NotFound, "ENTRY_EXPIRED", cause),
            store::Error::Entry(EntryProblem::NotCanonical)
            | store::Error::Corrupt(_)
            | store::Error::Unfit(_)
            | store::Error::Schema(_) => Self::internal(cause),
        }
    }
}
