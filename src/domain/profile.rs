//! By which terms of the covenant the consents at one custodian are read.

use crate::domain::catalogue::Catalogue;

/// Who decides beside a competent client of 12 to 15. The Civil Code and the Youth Act can be read in two ways (rules.md
/// §1.2), so the parties settle it in the covenant, for each custodian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentProfile {
    /// The youth and all holders of authority (T1-03): satisfies both acts.
    #[default]
    Dual,
    /// The youth alone, as in the strict reading of 7:457 BW: nobody else's no blocks.
    StrictWgbo,
}

impl ConsentProfile {
    /// The name in the covenant.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dual => "dual",
            Self::StrictWgbo => "strict-wgbo",
        }
    }
}

/// What of the covenant says who must agree to what.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Whose data each field holds.
    pub catalogue: &'a Catalogue,
    /// Who decides beside a competent client of 12 to 15.
    pub profile: ConsentProfile,
}
