//! That a ledger goes on although the checkpoint kept in the second place did not confirm it: a decision of the operator,
//! which is itself in the ledger, with the evidence against it.

use crate::domain::id::EvidenceReference;

/// The operator had the ledger go on from where the database ends.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerResumed {
    /// The signed checkpoint that was kept there, whole; none if nothing was kept. If it has more entries than this entry's
    /// index, those were lost.
    pub kept: Option<String>,
    /// Where the operator's own file says what happened.
    pub reference: EvidenceReference,
}
