//! Why there is no answer, on its way to the wire.
//!
//! Every refusal says a stable reason and a remedy, and never anything that came from the client, the token or the
//! store (AIP-193). What caused it is kept apart, for the log.

use std::collections::HashMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

const DOMAIN: &str = "sluis";
/// How long to wait before asking again, where nothing better is known.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// One thing that is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Violation {
    /// The path to it, such as `requested_fields[3]`.
    pub(super) field: String,
    /// The stable code.
    pub(super) reason: &'static str,
    /// What to do.
    pub(super) text: String,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    code: Code,
    reason: &'static str,
    text: Box<str>,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
    metadata: Vec<(&'static str, String)>,
    cause: Option<Box<str>>,
    recorded: bool,
}

impl Refusal {
    pub(super) fn new(code: Code, reason: &'static str, text: impl Into<Box<str>>) -> Self {
        Self {
            code,
            reason,
            text: text.into(),
            violations: Vec::new(),
            retry_after: (code == Code::Unavailable).then_some(RETRY_AFTER),
            metadata: Vec::new(),
            cause: None,
            recorded: false,
        }
    }

    /// One thing in the message is wrong.
    pub(super) fn invalid(field: impl Into<String>, reason: &'static str, text: impl Into<String>) -> Self {
        Self::violating(vec![Violation { field: field.into(), reason, text: text.into() }])
    }

    /// These things in the message are wrong; the first gives the reason.
    pub(super) fn violating(violations: Vec<Violation>) -> Self {
        let first = violations.first();
        let reason = first.map_or("MALFORMED", |v| v.reason);
        let text = first.map_or_else(String::new, |v| format!("{}: {}", v.field, v.text));
        Self { violations, ..Self::new(Code::InvalidArgument, reason, text) }
    }

    /// Something here is broken. The cause goes to the log, and nowhere else.
    pub(super) fn internal(cause: impl Into<Box<str>>) -> Self {
        let text =
            "something went wrong here, and nothing was released; tell the gateway's operator the trace_id";
        Self::new(Code::Internal, "INTERNAL", text).because(cause)
    }

    pub(super) fn because(self, cause: impl Into<Box<str>>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    pub(super) fn retry_after(self, after: Duration) -> Self {
        Self { retry_after: Some(after), ..self }
    }

    pub(super) fn with(mut self, key: &'static str, value: &impl ToString) -> Self {
        self.metadata.push((key, value.to_string()));
        self
    }

    /// It has an entry in the ledger already.
    pub(super) fn recorded(self) -> Self {
        Self { recorded: true, ..self }
    }

    /// Whether somebody was refused by whom they are or what they asked, and no entry says so yet.
    pub(super) fn must_be_recorded(&self) -> bool {
        let refused = matches!(
            self.code,
            Code::InvalidArgument | Code::PermissionDenied | Code::FailedPrecondition | Code::NotFound
        );
        refused && !self.recorded
    }

    pub(super) fn code(&self) -> Code {
        self.code
    }

    pub(super) fn reason(&self) -> &'static str {
        self.reason
    }

    pub(super) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    #[cfg(test)]
    pub(super) fn into_violations(self) -> Vec<(String, &'static str)> {
        self.violations.into_iter().map(|v| (v.field, v.reason)).collect()
    }

    #[cfg(test)]
    pub(super) fn violations(&self) -> Vec<(&str, &str)> {
        self.violations.iter().map(|v| (v.field.as_str(), v.reason)).collect()
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let mut details = ErrorDetails::new();
        let metadata = refusal.metadata.into_iter().map(|(key, value)| (key.to_owned(), value));
        details.set_error_info(refusal.reason, DOMAIN, metadata.collect::<HashMap<_, _>>());
        if refusal.retry_after.is_some() {
            details.set_retry_info(refusal.retry_after);
        }
        if !refusal.violations.is_empty() {
            let violation = |v: Violation| {
                let mut violation = FieldViolation::new(v.field, v.text);
                v.reason.clone_into(&mut violation.reason);
                violation
            };
            details.set_bad_request(refusal.violations.into_iter().map(violation).collect::<Vec<_>>());
        }
        Self::with_error_details(refusal.code, refusal.text, details)
    }
}
