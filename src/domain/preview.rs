//! That somebody looked at what would be shared, and what that was. Never a value: nothing was asked of a custodian.

use crate::domain::evidence::GroundEvidence;
use crate::domain::field::{FieldCode, LifeDomain};
use crate::domain::ground::Ground;
use crate::domain::id::{ConsentId, Hat, OrganisationId, PersonRef};
use crate::domain::purpose::PurposeCode;
use crate::domain::ruling::Told;

/// A preview and its verdicts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewEvent {
    /// Whose data.
    pub custodian: OrganisationId,
    /// Who would have asked.
    pub recipient: Hat,
    /// For what.
    pub purpose: PurposeCode,
    /// The agenda of a case conference.
    pub life_domains: Vec<LifeDomain>,
    /// On which ground.
    pub ground: Ground,
    /// What was brought forward for it.
    pub evidence: Option<GroundEvidence>,
    /// If something happened that did not; absent for what is so now.
    pub supposing: Option<Supposing>,
    /// The fields that would be released.
    pub permitted: Vec<FieldCode>,
    /// The fields that would be withheld, and why, as told.
    pub withheld: Vec<(FieldCode, Told)>,
}

/// What a preview supposed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supposing {
    /// That everybody agreed to a draft.
    Draft,
    /// That everybody who must still agree to this consent did.
    Agreed(ConsentId),
    /// That somebody took back what they gave.
    Withdrawn {
        /// Which consent.
        consent: ConsentId,
        /// Who.
        person: PersonRef,
        /// Which fields, or all of it.
        fields: Option<Vec<FieldCode>>,
    },
}
