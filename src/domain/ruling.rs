//! All verdicts of one request, with what determined them.
//!
//! What the requester hears is coarser than what the ledger holds: that a father refused is itself a disclosure. To
//! somebody without a relation to the client, "no such client", "no consent" and "objected" are one and the same
//! answer (rules.md, rulings 2 and 3).

use std::sync::Arc;

use crate::domain::field::FieldCode;
use crate::domain::id::ConsentId;
use crate::domain::lack::Lack;

/// Why a field was withheld, as the requester hears it. The set is closed (ruling 2), in the order in which one of
/// several is told: the request itself, then gate B, then gate A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Told {
    /// The purpose never carries this field in this direction.
    OutsidePurpose,
    /// Not one of the life domains on the agenda.
    OutsideAgenda,
    /// This ground is not open to this requester, or not for this purpose.
    GroundNotAvailable,
    /// The law of this ground is not in force.
    GroundNotInForce,
    /// The recipient has no registered legal basis for the purpose (gate B).
    RecipientNotEntitled,
    /// Not all that the ground asks was answered, or, in an emergency, there was no second factor.
    EmergencyIncomplete,
    /// Nobody's consent opens this.
    NoConsent,
    /// A consent was withdrawn.
    ConsentWithdrawn,
    /// A consent ended.
    ConsentExpired,
    /// Permitted, but the custodian has nothing to give.
    NotAvailable,
}

impl Told {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::OutsidePurpose => "OUTSIDE_PURPOSE",
            Self::OutsideAgenda => "OUTSIDE_AGENDA",
            Self::GroundNotAvailable => "GROUND_NOT_AVAILABLE",
            Self::GroundNotInForce => "GROUND_NOT_IN_FORCE",
            Self::RecipientNotEntitled => "RECIPIENT_NOT_ENTITLED",
            Self::EmergencyIncomplete => "EMERGENCY_INCOMPLETE",
            Self::NoConsent => "NO_CONSENT",
            Self::ConsentWithdrawn => "CONSENT_WITHDRAWN",
            Self::ConsentExpired => "CONSENT_EXPIRED",
            Self::NotAvailable => "NOT_AVAILABLE",
        }
    }

    /// The code's meaning; `None` for a text that is not a code.
    pub fn parse(code: &str) -> Option<Self> {
        const ALL: [Told; 10] = [
            Told::OutsidePurpose,
            Told::OutsideAgenda,
            Told::GroundNotAvailable,
            Told::GroundNotInForce,
            Told::RecipientNotEntitled,
            Told::EmergencyIncomplete,
            Told::NoConsent,
            Told::ConsentWithdrawn,
            Told::ConsentExpired,
            Told::NotAvailable,
        ];
        ALL.into_iter().find(|told| told.code() == code)
    }

    /// Whether it follows from the request alone and may therefore be told to anyone under the grounds R05 to R10
    /// (ruling 3).
    pub fn depends_on_request_alone(self) -> bool {
        matches!(self, Self::GroundNotAvailable | Self::GroundNotInForce | Self::EmergencyIncomplete)
    }
}

/// What went wrong at the custodian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CustodianFailure {
    /// No connection, or it refused.
    CustodianUnavailable,
    /// No answer in time.
    CustodianTimeout,
    /// It answered about another client, another field, or with a value that the catalogue does not allow.
    CustodianAnswerInvalid,
    /// It does not know the record that it registered.
    CustodianRecordUnknown,
}

/// Why a field was withheld, as the ledger keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// A rule of the covenant said so.
    Rule(Told),
    /// Consent lacks this.
    Lack(Lack),
    /// The custodian has no value.
    NoValue,
    /// The custodian failed.
    Custodian(CustodianFailure),
}

/// One field's outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may leave.
    Permitted {
        /// The rule of the covenant that permits it.
        rule: Arc<str>,
        /// On which consent, in which version.
        consent: Option<(ConsentId, u32)>,
    },
    /// It may not.
    Withheld {
        /// What the requester hears.
        told: Told,
        /// What the ledger keeps.
        because: Because,
        /// The rule of the covenant that withholds it.
        rule: Arc<str>,
    },
}

/// All verdicts of one request, in the order asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    verdicts: Vec<(FieldCode, Verdict)>,
    related: bool,
}

impl Ruling {
    /// Puts the verdicts together. Somebody unrelated hears `NO_CONSENT` for whatever is withheld, but for what
    /// `tell_anyway` lets through.
    pub fn new(verdicts: Vec<(FieldCode, Verdict)>, related: bool, tell_anyway: fn(Told) -> bool) -> Self {
        let coarse = |(field, verdict)| match verdict {
            Verdict::Withheld { told, because, rule } if !related && !tell_anyway(told) => {
                (field, Verdict::Withheld { told: Told::NoConsent, because, rule })
            }
            verdict => (field, verdict),
        };
        Self { verdicts: verdicts.into_iter().map(coarse).collect(), related }
    }

    /// The verdicts of several questions by one recipient as those of one.
    pub fn joined(rulings: impl IntoIterator<Item = Self>) -> Self {
        let nothing = Self { verdicts: Vec::new(), related: false };
        rulings.into_iter().fold(nothing, |mut all, one| {
            all.related |= one.related;
            all.verdicts.extend(one.verdicts);
            all
        })
    }

    /// The verdicts.
    pub fn verdicts(&self) -> &[(FieldCode, Verdict)] {
        &self.verdicts
    }

    /// Whether the requester has a relation to the client (ruling 3).
    pub fn related(&self) -> bool {
        self.related
    }

    /// The fields that may be fetched: only these are ever asked of a custodian.
    pub fn permitted(&self) -> Vec<FieldCode> {
        let permitted = |(field, verdict): &(FieldCode, Verdict)| {
            matches!(verdict, Verdict::Permitted { .. }).then_some(*field)
        };
        self.verdicts.iter().filter_map(permitted).collect()
    }

    /// The consents that permitted fields rest on.
    pub fn consents(&self) -> impl Iterator<Item = &ConsentId> {
        self.verdicts.iter().filter_map(|(_, verdict)| match verdict {
            Verdict::Permitted { consent: Some((id, _)), .. } => Some(id),
            _ => None,
        })
    }

    pub(crate) fn into_parts(self) -> (Vec<(FieldCode, Verdict)>, bool) {
        (self.verdicts, self.related)
    }
}
