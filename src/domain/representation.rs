//! What somebody who represents the client may see of what is held about the client (rules.md T1b; ground R03).
//!
//! What is always true here:
//! 1. Below sixteen the holders of authority share in the secret (T1b-1), and so do those who decide for a youth of 16 or 17
//!    or an adult who is unable. Nobody else: not of a competent client from sixteen on (T1b-5), not a parent without
//!    authority (T1b-6).
//! 2. What a professional withholds because giving it is not good care stays withheld until that is lifted, also past
//!    its review date (T1b-3); lines of the record as well as fields (T1b-7).

use jiff::civil::Date;

use crate::domain::client::{Capacity, Grantor, Registration};
use crate::domain::field::{Field, FieldCode};
use crate::domain::id::{EvidenceReference, PersonRef, RequesterRef, WithholdingId};
use crate::domain::lack::Lack;
use crate::domain::purpose::PurposeCode;
use crate::domain::time::Timestamp;

/// Why giving it would not be good care (WGBO 7:457(3); Jeugdwet 7.3.11(3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithholdingReason {
    /// The client would be withdrawn from help that is needed.
    HelpAtRisk,
    /// The trust that the help rests on would be broken.
    TrustAtRisk,
    /// Somebody's safety.
    Safety,
}

/// What is withheld.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithheldItems {
    /// Fields of the client, sorted.
    Fields(Vec<FieldCode>),
    /// Entries of the ledger, by index, sorted.
    Entries(Vec<u64>),
}

/// A professional's decision to withhold something from all who represent the client.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withholding {
    /// Which one.
    pub id: WithholdingId,
    /// What.
    pub items: WithheldItems,
    /// Why.
    pub reason: WithholdingReason,
    /// Where the written reasons are, in the custodian's file.
    pub note: EvidenceReference,
    /// By which professional.
    pub by: RequesterRef,
    /// When.
    pub at: Timestamp,
    /// On which day somebody looks again whether it is still needed.
    pub review_on: Date,
}

/// Why nothing can be withheld so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WithholdingRefused {
    /// Neither fields nor entries.
    #[error("items: T1b-3: name the fields or the entries that are withheld")]
    NothingNamed,
    /// An entry about somebody else, or at another custodian.
    #[error("items.entries: T1b-7: {0} is not an entry about this client at your organisation")]
    NotThisClients(u64),
    /// Past, or too far away to be a review.
    #[error("review_on: T1b-3: must lie after today and within a year")]
    ReviewDate,
}

impl Withholding {
    /// Checks the review date: a withholding that nobody looks at again would never end.
    pub fn check(&self) -> Result<(), WithholdingRefused> {
        let (today, empty) = (
            self.at.date(),
            match &self.items {
                WithheldItems::Fields(fields) => fields.is_empty(),
                WithheldItems::Entries(entries) => entries.is_empty(),
            },
        );
        if empty {
            return Err(WithholdingRefused::NothingNamed);
        }
        let in_time =
            today < self.review_on && self.review_on <= today.saturating_add(jiff::Span::new().years(1));
        if in_time { Ok(()) } else { Err(WithholdingRefused::ReviewDate) }
    }

    /// Whether it withholds this field.
    pub fn covers_field(&self, field: FieldCode) -> bool {
        matches!(&self.items, WithheldItems::Fields(fields) if fields.contains(&field))
    }

    /// Whether it withholds this entry.
    pub fn covers_entry(&self, entry: u64) -> bool {
        matches!(&self.items, WithheldItems::Entries(entries) if entries.contains(&entry))
    }
}

impl Registration {
    /// Who sees the record of what was shared, at this moment, beside or in the place of the client. A judgement about one
    /// purpose opens no record of all of them.
    pub fn represented_by(&self, at: Timestamp) -> Vec<Grantor> {
        match (self.age(at), self.competent(None, at)) {
            (16.., true) => Vec::new(),
            (18.., false) => self.representatives(at),
            (_, _) => {
                let guardians = self.holders(Capacity::Guardian, at);
                if guardians.is_empty() { self.holders(Capacity::ParentAuthority, at) } else { guardians }
            }
        }
    }
}

/// Whether this person may see this field for this purpose now, as somebody who represents the client; otherwise the fine reason. A field
/// that holds somebody else's own data is not opened so (7:457(1) BW).
pub fn may_see(
    registration: &Registration,
    representative: &PersonRef,
    purpose: PurposeCode,
    field: &Field,
    at: Timestamp,
) -> Result<(), Lack> {
    if !registration.is_represented_by(representative, purpose, at) {
        return Err(Lack::NotARepresentative);
    }
    if registration.withheld.iter().any(|w| w.covers_field(field.code)) {
        return Err(Lack::WithheldFromRepresentative);
    }
    if field.third_person.is_some() { Err(Lack::DataSubjectMissing) } else { Ok(()) }
}

/// Whether this person may see this entry of the ledger about the client now, as somebody who represents the client.
pub fn may_see_entry(
    registration: &Registration,
    representative: &PersonRef,
    entry: u64,
    at: Timestamp,
) -> Result<(), Lack> {
    if !registration.represented_by(at).iter().any(|g| g.person == *representative) {
        return Err(Lack::NotARepresentative);
    }
    let withheld = registration.withheld.iter().any(|w| w.covers_entry(entry));
    if withheld { Err(Lack::WithheldFromRepresentative) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
