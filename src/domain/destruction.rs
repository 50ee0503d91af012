//! That a client, or who stands in the client's place, asked for the file to be destroyed, and what came of it.
//!
//! What is always true here: the file is the custodian's own, and is destroyed there (Jeugdwet 7.3.9, WGBO 7:455). The gateway holds no
//! content of it, so nothing is destroyed here: entries stay for their retention (GDPR 17(3)(b)), and this one says no more than
//! that it was asked, by whom, what came of it, and where the custodian's administration says so.

use crate::domain::id::{EvidenceReference, OrganisationId, PersonRef};

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DestructionOutcome {
    /// All that was asked is destroyed.
    Destroyed,
    /// A part stays, for a reason in the custodian's administration: a law, or somebody else's considerable interest.
    Partly,
    /// All of it stays, for such a reason.
    Refused,
}

/// A request, answered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestructionRequest {
    /// Whose file it is.
    pub custodian: OrganisationId,
    /// Who asked: `client`, or who stands in the client's place.
    pub asked_by: PersonRef,
    /// What came of it.
    pub outcome: DestructionOutcome,
    /// Where the custodian's administration says so.
    pub note: EvidenceReference,
}
