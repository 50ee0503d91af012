//! How a consent comes to be: recorded, and agreed to by the other people who must agree.
//!
//! Every change is a pure function to a new version or a [`ConsentRefused`]; the moment that counts is always the one
//! at which the gateway recorded it, so nobody can backdate a yes.

use std::collections::BTreeMap;

use crate::domain::catalogue::Catalogue;
use crate::domain::client::{Capacity, Grantor, Registration};
use crate::domain::consent::{Channel, Consent, Evidence, Grant, Objection, Permit, Spent, Stance};
use crate::domain::field::FieldCode;
use crate::domain::field::PurposeMembership;
use crate::domain::id::{ConsentId, OrganisationId};
use crate::domain::purpose::Purposes;
use crate::domain::time::{Period, Timestamp};

/// Why a consent cannot be recorded or changed so. Names the row of the table that it breaks (rules.md) and says what to do;
/// never who else agreed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConsentRefused {
    /// A permit may hold only what its purpose may carry.
    #[error("fields: T3-8: {0} is outside the purpose; see CatalogueService for its fields")]
    FieldOutsidePurpose(FieldCode),
    /// A yes or a no to no field at all says nothing.
    #[error("fields: T3-2: list at least one field")]
    FieldsMissing,
    /// Not a field of this consent.
    #[error("fields: T3-2: {0} is not a field of this consent")]
    FieldNotInConsent(FieldCode),
    /// A field that the catalogue does not have.
    #[error("fields: T3-2: {0} is not in the catalogue")]
    UnknownField(FieldCode),
    /// No purpose of that code.
    #[error("purpose: T3-8: not in the catalogue of purposes")]
    UnknownPurpose,
    /// Consent opens nothing for this purpose: it has a statutory ground of its own (ruling 5).
    #[error("purpose: consent opens nothing for this purpose; it has a ground of its own")]
    PurposeWithoutConsent,
    /// Longer than the purpose allows (T3-9; ruling 17): refused, not shortened.
    #[error("period.until: T3-9: later than this purpose allows; the latest is {}", .0.rfc3339())]
    PeriodTooLong(Timestamp),
    /// It would end before it starts.
    #[error("period: T3-9: must end after it starts")]
    PeriodEmpty,
    /// It would start before it is recorded.
    #[error("period.from: T3-9: lies before today; a consent counts from the moment it is recorded")]
    StartsInThePast,
    /// This person cannot decide in this capacity now (vector 11).
    #[error(
        "grantor: T3-7: this person cannot agree in this capacity now; check the registration and the capacity"
    )]
    NotAConsentGiver,
    /// A data subject says what it is about.
    #[error("grantor.fields: T1-18: a data subject lists the fields that the agreement is about")]
    DataSubjectFieldsMissing,
    /// What ended stays ended.
    #[error("consent_id: T3-6: this consent has ended; record a new one")]
    Ended,
    /// Only the own grant can be withdrawn.
    #[error(
        "person: T3-6: did not give this consent; withdraw it by a person who gave it, or record an objection"
    )]
    NotTheGrantor,
    /// Nothing rests on this grant, so part of it cannot be taken back.
    #[error("fields: T3-6: this consent does not rest on this person now; withdraw the agreement as a whole")]
    NotNeeded,
    /// A broad objection has no fields to strike.
    #[error("fields: T3-6: an objection to all fields is withdrawn as a whole")]
    ObjectionIsBroad,
    /// An objection is one person's; another one records another.
    #[error("consent_id: T3-7: an objection is one person's own; record another objection instead")]
    ObjectionIsOnePersons,
    /// Required by ruling 19.
    #[error("evidence.{0}")]
    EvidenceIncomplete(&'static str),
}

impl ConsentRefused {
    /// The stable code, on the wire and in the cases of the covenant.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FieldOutsidePurpose(_) => "FIELD_OUTSIDE_PURPOSE",
            Self::FieldNotInConsent(_) => "FIELD_NOT_IN_CONSENT",
            Self::UnknownField(_) => "FIELD_UNKNOWN",
            Self::FieldsMissing => "FIELDS_MISSING",
            Self::UnknownPurpose => "PURPOSE_UNKNOWN",
            Self::PurposeWithoutConsent => "PURPOSE_WITHOUT_CONSENT",
            Self::PeriodTooLong(_) => "PERIOD_TOO_LONG",
            Self::PeriodEmpty => "PERIOD_EMPTY",
            Self::StartsInThePast => "PERIOD_STARTS_IN_THE_PAST",
            Self::DataSubjectFieldsMissing => "GRANTOR_FIELDS_MISSING",
            Self::EvidenceIncomplete(_) => "EVIDENCE_INCOMPLETE",
            Self::NotAConsentGiver => "GRANTOR_CANNOT_AGREE",
            Self::Ended => "CONSENT_ENDED",
            Self::NotTheGrantor => "NOT_THE_GRANTOR",
            Self::NotNeeded => "GRANT_NOT_NEEDED",
            Self::ObjectionIsBroad => "OBJECTION_IS_BROAD",
            Self::ObjectionIsOnePersons => "OBJECTION_IS_ONE_PERSONS",
        }
    }
}

/// A consent as it is offered for recording.
pub struct Draft {
    /// The id it will have.
    pub id: ConsentId,
    /// Who holds the data.
    pub custodian: OrganisationId,
    /// What it says.
    pub stance: Stance,
    /// From when until when.
    pub period: Period,
    /// The first person to agree, or who objects.
    pub grantor: Grantor,
    /// For a data subject: the fields it is about.
    pub grantor_fields: Option<Vec<FieldCode>>,
    /// How it was recorded.
    pub evidence: Evidence,
}

impl Draft {
    /// Records it at `now`, as version 1.
    pub fn record(
        self,
        registration: &Registration,
        catalogue: &Catalogue,
        purposes: &Purposes,
        now: Timestamp,
    ) -> Result<Consent, ConsentRefused> {
        if self.period.from() < Timestamp::start_of(now.date()) {
            return Err(ConsentRefused::StartsInThePast);
        }
        match &self.stance {
            Stance::Permit(permit) => {
                check_evidence(&self.evidence)?;
                check_permit(permit, self.period, catalogue, purposes)?;
            }
            Stance::Objection(objection) => {
                check_objection(objection, catalogue, purposes)?;
                if !registration.can_object(&self.grantor, now) {
                    return Err(ConsentRefused::NotAConsentGiver);
                }
            }
        }
        let consent = Consent {
            id: self.id,
            version: 0,
            custodian: self.custodian,
            stance: in_order(self.stance, purposes),
            period: self.period,
            grants: Vec::new(),
            evidence: self.evidence,
            struck: BTreeMap::new(),
            withdrawn: None,
            overrides: Vec::new(),
            spent: None,
        };
        match consent.permit() {
            Some(_) => consent.add_grant(self.grantor, self.grantor_fields, registration, now),
            None => Ok(consent.with_grant(self.grantor, None, now)),
        }
    }
}

/// Fields sorted and each once; a permit for a single-use purpose is single-use whatever was asked (ruling 12).
fn in_order(mut stance: Stance, purposes: &Purposes) -> Stance {
    let fields = match &mut stance {
        Stance::Permit(permit) => {
            permit.single_use |= purposes.get(permit.purpose).is_none_or(|p| p.single_use);
            Some(&mut permit.fields)
        }
        Stance::Objection(objection) => objection.fields.as_mut(),
    };
    if let Some(fields) = fields {
        fields.sort_unstable();
        fields.dedup();
    }
    stance
}

/// What a yes needs to be shown later (ruling 19). A no is never harder to give than that.
fn check_evidence(evidence: &Evidence) -> Result<(), ConsentRefused> {
    if !evidence.refusal_explained {
        let remedy =
            "refusal_explained: T3-1: explain that refusing has no consequence for care, and record that";
        return Err(ConsentRefused::EvidenceIncomplete(remedy));
    }
    if evidence.channel == Channel::Verbal && evidence.note.is_none() {
        return Err(ConsentRefused::EvidenceIncomplete(
            "note_reference: T3-5: a verbal consent refers to a note in the file",
        ));
    }
    Ok(())
}

pub(super) fn check_permit(
    permit: &Permit,
    period: Period,
    catalogue: &Catalogue,
    purposes: &Purposes,
) -> Result<(), ConsentRefused> {
    let purpose = purposes.get(permit.purpose).ok_or(ConsentRefused::UnknownPurpose)?;
    if permit.fields.is_empty() {
        return Err(ConsentRefused::FieldsMissing);
    }
    for &code in &permit.fields {
        let field = catalogue.field(code).ok_or(ConsentRefused::UnknownField(code))?;
        if field.in_purpose(permit.purpose) == PurposeMembership::Outside {
            return Err(ConsentRefused::FieldOutsidePurpose(code));
        }
    }
    let latest = purpose.max_until(period.from()).ok_or(ConsentRefused::PurposeWithoutConsent)?;
    if period.until() > latest { Err(ConsentRefused::PeriodTooLong(latest)) } else { Ok(()) }
}

fn check_objection(
    objection: &Objection,
    catalogue: &Catalogue,
    purposes: &Purposes,
) -> Result<(), ConsentRefused> {
    if objection.purpose.is_some_and(|p| purposes.get(p).is_none()) {
        return Err(ConsentRefused::UnknownPurpose);
    }
    if objection.fields.as_ref().is_some_and(Vec::is_empty) {
        return Err(ConsentRefused::FieldsMissing);
    }
    match objection.fields.iter().flatten().find(|code| catalogue.field(**code).is_none()) {
        Some(code) => Err(ConsentRefused::UnknownField(*code)),
        None => Ok(()),
    }
}

impl Consent {
    /// Another person who must agree, agrees. A repeated yes counts from its own moment (ruling 22).
    pub fn add_grant(
        &self,
        by: Grantor,
        fields: Option<Vec<FieldCode>>,
        registration: &Registration,
        now: Timestamp,
    ) -> Result<Self, ConsentRefused> {
        let permit = self.permit().ok_or(ConsentRefused::ObjectionIsOnePersons)?;
        if self.withdrawn.is_some() || self.spent.is_some() || now >= self.period.until() {
            return Err(ConsentRefused::Ended);
        }
        if !registration.can_agree(&by, permit.purpose, now) {
            return Err(ConsentRefused::NotAConsentGiver);
        }
        let fields = if by.capacity == Capacity::DataSubject {
            let listed = fields.filter(|f| !f.is_empty()).ok_or(ConsentRefused::DataSubjectFieldsMissing)?;
            match listed.iter().find(|code| !permit.fields.contains(code)) {
                Some(code) => return Err(ConsentRefused::FieldNotInConsent(*code)),
                None => Some(listed),
            }
        } else {
            None
        };
        Ok(self.with_grant(by, fields, now))
    }

    /// Marks a single use as spent.
    #[must_use]
    pub fn spend(&self, by: Spent) -> Self {
        Self { version: self.version + 1, spent: Some(by), ..self.clone() }
    }

    fn with_grant(&self, by: Grantor, fields: Option<Vec<FieldCode>>, given_at: Timestamp) -> Self {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        next.grants.push(Grant { by, given_at, fields, withdrawn: None });
        next
    }
}

#[cfg(test)]
mod tests;
