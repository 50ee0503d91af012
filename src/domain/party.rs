//! The organisations that agreed, and what each of them may do.
//!
//! Gate B lives here: a recipient may have a field for a purpose only on a legal basis of its own, registered per
//! purpose. Consent never supplies it (AP 2016, "De rol van toestemming in het sociaal domein").

use std::collections::BTreeMap;

use crate::domain::field::Direction;
use crate::domain::id::{Hat, OrganisationId, Role};
use crate::domain::profile::ConsentProfile;
use crate::domain::purpose::{PurposeCode, Purposes};

/// What sort of organisation a party is; the direction of a field follows from it (rules.md, rulings 5 and 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyKind {
    /// A care provider.
    Care,
    /// A municipality, its neighbourhood teams included.
    Municipality,
    /// A school.
    School,
    /// A certified institution that carries out supervision orders and guardianship.
    Gi,
    /// The Child Care and Protection Board.
    Rvdk,
    /// The advice and reporting centre for domestic violence and child abuse.
    VeiligThuis,
    /// An emergency service.
    EmergencyService,
}

impl PartyKind {
    /// The wire and policy name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Care => "care",
            Self::Municipality => "municipality",
            Self::School => "school",
            Self::Gi => "gi",
            Self::Rvdk => "rvdk",
            Self::VeiligThuis => "veilig-thuis",
            Self::EmergencyService => "emergency-service",
        }
    }

    /// In which direction data flows from this custodian to that recipient; `None` where no field ever travels in one
    /// that was agreed. Care to care counts as care to municipality (ruling 6).
    pub fn direction_to(self, recipient: Self) -> Option<Direction> {
        match (self, recipient) {
            (Self::Care, Self::Municipality | Self::Care) => Some(Direction::CareMunicipality),
            (Self::Municipality, Self::Care) => Some(Direction::MunicipalityCare),
            (Self::Care, Self::School) => Some(Direction::CareSchool),
            (Self::School, Self::Care) => Some(Direction::SchoolCare),
            _ => None,
        }
    }

    /// Whether data flows from this custodian to that recipient up to the ceiling of a ground, without a direction of its
    /// own: from care to those whom the law names (ruling 6).
    pub fn tells_by_ceiling(self, recipient: Self) -> bool {
        let named = [Self::Gi, Self::Rvdk, Self::VeiligThuis, Self::EmergencyService].contains(&recipient);
        self == Self::Care && named
    }
}

/// What a role may do through the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Ask for fields (and preview).
    Ask,
    /// Register clients and record consents at the own organisation.
    RecordConsent,
    /// Hand clients, and those who represent them, the overview of what was done with their data at the own organisation.
    InformClient,
    /// Read the own organisation's side of the ledger.
    Audit,
    /// Read the whole entries of all parties, to verify the ledger.
    Verify,
}

/// A role of a party.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyRole {
    /// Its name in tokens and consents.
    pub role: Role,
    /// What people call it, in Dutch.
    pub label: String,
    /// What it may do.
    pub may: Vec<Capability>,
}

/// The recipient's own legal basis for one purpose.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// For which purpose.
    pub purpose: PurposeCode,
    /// The law, as it should be read in the record.
    pub basis: String,
}

/// An organisation in the covenant.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// As in its certificate.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// What sort it is.
    pub kind: PartyKind,
    /// Whether it may name a client by BSN (UAVG art. 46: only by law, never by consent).
    #[serde(default)]
    pub may_use_bsn: bool,
    /// Who decides beside a competent client of 12 to 15, about the data that it holds.
    #[serde(default)]
    pub consent_profile: ConsentProfile,
    /// Where its register of processing activities is (AVG art. 30): what the name of a purpose is appended to, such as
    /// `https://register.example/activities/`. Stands in the lines of its Logboek Dataverwerkingen.
    #[serde(default)]
    pub activities: Option<String>,
    /// Its roles.
    #[serde(rename = "role")]
    pub roles: Vec<PartyRole>,
    /// Its legal bases to receive.
    #[serde(default, rename = "legal_basis")]
    pub legal_bases: Vec<LegalBasis>,
}

impl Party {
    /// The role of that name.
    pub fn role(&self, role: &Role) -> Option<&PartyRole> {
        self.roles.iter().find(|r| r.role == *role)
    }

    /// Gate B: the registered basis to receive for a purpose.
    pub fn legal_basis(&self, purpose: PurposeCode) -> Option<&str> {
        self.legal_bases.iter().find(|b| b.purpose == purpose).map(|b| b.basis.as_str())
    }
}

/// Why the list of parties is refused.
#[derive(Debug, thiserror::Error)]
pub enum PartiesError {
    /// Not the expected TOML.
    #[error("parties: {0}")]
    Form(#[from] toml::de::Error),
    /// Something that cannot be right.
    #[error("party {party}: {problem}")]
    Party {
        /// Which one.
        party: String,
        /// What, and what to do.
        problem: &'static str,
    },
}

/// All parties of the covenant.
#[derive(Debug, Clone)]
pub struct Parties(BTreeMap<OrganisationId, Party>);

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PartiesFile {
    party: Vec<Party>,
}

impl Parties {
    /// Reads and checks the list.
    pub fn parse(text: &str, purposes: &Purposes) -> Result<Self, PartiesError> {
        let file: PartiesFile = toml::from_str(text)?;
        let mut parties = BTreeMap::new();
        for party in file.party {
            let refuse = |problem| Err(PartiesError::Party { party: party.id.to_string(), problem });
            if party.name.trim().is_empty() {
                return refuse("has no name");
            }
            if party.roles.is_empty() {
                return refuse("has no role: list at least one");
            }
            let twice =
                |i: usize, r: &PartyRole| party.roles.iter().skip(i + 1).any(|other| other.role == r.role);
            if party.roles.iter().enumerate().any(|(i, r)| twice(i, r)) {
                return refuse("lists a role twice");
            }
            if party
                .legal_bases
                .iter()
                .any(|b| b.basis.trim().is_empty() || purposes.get(b.purpose).is_none())
            {
                return refuse("has a legal basis without a law or for an unknown purpose");
            }
            if parties.contains_key(&party.id) {
                return refuse("is listed twice");
            }
            parties.insert(party.id.clone(), party);
        }
        Ok(Self(parties))
    }

    /// The party of that id.
    pub fn get(&self, id: &OrganisationId) -> Option<&Party> {
        self.0.get(id)
    }

    /// All parties, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Party> {
        self.0.values()
    }

    /// How the law is read for the consents at this custodian; the stricter way where it is no party.
    pub fn consent_profile(&self, custodian: &OrganisationId) -> ConsentProfile {
        self.get(custodian).map(|party| party.consent_profile).unwrap_or_default()
    }

    /// Whether somebody wearing this hat may do that.
    pub fn allows(&self, hat: &Hat, capability: Capability) -> bool {
        self.get(&hat.organisation)
            .and_then(|p| p.role(&hat.role))
            .is_some_and(|r| r.may.contains(&capability))
    }
}
