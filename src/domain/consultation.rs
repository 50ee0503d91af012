//! How the record keeps that somebody asked another party to think along, about nobody in particular (ground R12).
//!
//! Who consulted whom, for what, and how that ended. There is no client in it, and never the question (ruling 12).

use crate::domain::free_text::Identifier;
use crate::domain::id::{Hat, RequestId};
use crate::domain::purpose::PurposeCode;

/// A consultation without a client: never the question.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsultEvent {
    /// Which request.
    pub request: RequestId,
    /// Whom.
    pub consulted: Hat,
    /// For what.
    pub purpose: PurposeCode,
    /// How it ended.
    pub outcome: ConsultOutcome,
}

/// How a consultation ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsultOutcome {
    /// The question can be asked.
    Accepted,
    /// It says who somebody is, by these.
    IdentifierDetected(Vec<Identifier>),
    /// It could be about too few people.
    ReIdentifiable,
}
