//! What can go wrong on the client's side of the contract, for people: never with the contents of a token, nor a BSN.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use tonic_types::StatusExt;

use crate::cli::exported::ExportProblem;
use crate::cli::keys::KeysProblem;
use crate::domain::Malformed;
use crate::ledger::{KeyError, PolicyError, ReceiptError};

/// Why a call was not made, or not answered.
#[derive(Debug, thiserror::Error)]
pub enum ClientProblem {
    /// A setting is given nowhere.
    #[error("--{0} is missing: give it, or a --profile that has it")]
    Missing(&'static str),
    /// A file cannot be read or written.
    #[error("{path}: {problem}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        problem: std::io::Error,
    },
    /// A file holds something else.
    #[error("{path} holds no {expected}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
    /// A profile with a wrong key or value.
    #[error("the profile {path} cannot be used: {problem}")]
    Profile {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A token cannot be made.
    #[error(transparent)]
    Keys(#[from] KeysProblem),
    /// An organisation or role is not one.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// An argument that only its use can judge.
    #[error("{0}")]
    Argument(&'static str),
    /// No connection.
    #[error("the gateway cannot be reached: {}", causes(.0))]
    Unreachable(#[from] tonic::transport::Error),
    /// The gateway says no.
    #[error("{0}")]
    Refused(#[from] Box<Refusal>),
    /// A receipt proves nothing.
    #[error("{0}")]
    Receipt(#[from] ReceiptError),
    /// The policy is none, or the checkpoint does not count by it.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// An export is not whole, or not what was recorded.
    #[error(transparent)]
    Export(#[from] ExportProblem),
    /// A verifier key is not one.
    #[error("--vkey: {0}")]
    VerifierKey(#[from] KeyError),
    /// The result cannot be shown.
    #[error("the result cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

/// A refusal of the gateway: `google.rpc.Status` with its details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The gRPC code.
    pub code: String,
    /// The stable reason (`ErrorInfo`); empty where there is none.
    pub reason: String,
    /// For people.
    pub message: String,
    /// What is wrong with which part of the request (`BadRequest`).
    pub violations: Vec<(String, String)>,
}

impl From<tonic::Status> for Refusal {
    fn from(status: tonic::Status) -> Self {
        let violations = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
        Self {
            code: format!("{:?}", status.code()),
            reason: status.get_details_error_info().map(|info| info.reason).unwrap_or_default(),
            message: status.message().to_owned(),
            violations: violations.into_iter().map(|v| (v.field, v.description)).collect(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = if self.reason.is_empty() { &self.code } else { &self.reason };
        write!(f, "{reason}: {}", self.message)?;
        let lines = self.violations.iter().map(|(field, problem)| format!("{field}: {problem}"));
        // A message that is its only violation is not said twice.
        lines.filter(|line| *line != self.message).try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl Error for Refusal {}

fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_refusal_shows_its_reason_its_message_and_each_field() {
        let mut details = ErrorDetails::new();
        details.set_error_info("FIELDS_UNKNOWN", "sluis", std::collections::HashMap::new());
        details.add_bad_request_violation("requested_fields[1]", "is not in the catalogue");
        let status =
            tonic::Status::with_error_details(tonic::Code::InvalidArgument, "correct the fields", details);
        let shown = Refusal::from(status).to_string();
        assert_eq!(
            shown,
            "FIELDS_UNKNOWN: correct the fields\n  requested_fields[1]: is not in the catalogue"
        );
        let bare = Refusal::from(tonic::Status::unavailable("try again")).to_string();
        assert_eq!(bare, "Unavailable: try again");
    }
}
