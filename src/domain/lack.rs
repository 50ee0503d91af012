//! What consent lacks: the fine reasons, which the ledger keeps and the requester does not hear.

use crate::domain::client::Capacity;

/// Why consent does not cover a field: the fine reason, for the ledger and the custodian's own people. In order of
/// precedence: the later one is nearer to a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Lack {
    /// The custodian did not register this client.
    Unregistered,
    /// Who asks as a representative does not represent the client now (T1b-5, T1b-6).
    NotARepresentative,
    /// A professional withholds it from representatives (T1b-3).
    WithheldFromRepresentative,
    /// No consent names this recipient, purpose and field, or none that ever was in force.
    NoConsent,
    /// The period is over, or the single use is spent.
    ConsentExpired,
    /// Taken back.
    ConsentWithdrawn,
    /// Not begun.
    NotYetInForce,
    /// Nobody is registered who could agree.
    NobodyCompetent,
    /// Whose data it is did not agree (T1-18).
    DataSubjectMissing,
    /// The administrator did not agree (ruling 20).
    AdministratorMissing,
    /// A representative of an adult did not agree.
    RepresentativeMissing,
    /// A holder of authority did not agree.
    MissingHolder,
    /// The client did not agree.
    YouthMissing,
    /// Given only by representatives, whose authority ended on the 18th birthday (T1, birthday transitions).
    ExpiredWithAuthority,
    /// Whose data it is refused.
    DataSubjectRefused,
    /// The administrator refused.
    AdministratorRefused,
    /// A representative of an adult refused.
    RepresentativeRefused,
    /// A holder of authority refused.
    HolderRefused,
    /// The client refused.
    YouthRefused,
}

impl Lack {
    /// Whether only an ended consent is in the way (ruling 2).
    pub fn is_ended(self) -> bool {
        matches!(self, Self::ConsentExpired | Self::ConsentWithdrawn)
    }

    pub(super) fn missing(capacity: Capacity) -> Self {
        match capacity {
            Capacity::Youth | Capacity::Adult => Self::YouthMissing,
            Capacity::ParentAuthority | Capacity::Guardian | Capacity::CourtOrder => Self::MissingHolder,
            Capacity::Administrator => Self::AdministratorMissing,
            Capacity::DataSubject => Self::DataSubjectMissing,
            _ => Self::RepresentativeMissing,
        }
    }

    pub(super) fn refused(capacity: Capacity) -> Self {
        match capacity {
            Capacity::Youth | Capacity::Adult => Self::YouthRefused,
            Capacity::ParentAuthority | Capacity::Guardian | Capacity::CourtOrder => Self::HolderRefused,
            Capacity::Administrator => Self::AdministratorRefused,
            Capacity::DataSubject => Self::DataSubjectRefused,
            _ => Self::RepresentativeRefused,
        }
    }
}
