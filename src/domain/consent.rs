//! Consents: directives by named people, as immutable versions.
//!
//! What is always true here:
//! 1. A permit is exact: custodian, recipient organisation and role, purpose, listed fields, a period with an end.
//!    An objection may be broad (ruling 1).
//! 2. A change makes a new version; what ended stays ended: a new yes is a new consent (ruling 22).
//! 3. One consent carries everyone's yes; nothing is added up over consents (ruling 7).

use std::collections::BTreeMap;

use crate::domain::client::{Capacity, Grantor};
use crate::domain::field::FieldCode;
use crate::domain::id::{ConsentId, EvidenceReference, Hat, OrganisationId, RequestId, RequesterRef, Role};
use crate::domain::overriding::RefusalOverride;
use crate::domain::profile::ConsentProfile;
use crate::domain::purpose::PurposeCode;
use crate::domain::time::{Period, Timestamp};

/// A yes or a no, by named people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Which one.
    pub id: ConsentId,
    /// Counts up with every change, from 1.
    pub version: u32,
    /// Who holds the data it is about.
    pub custodian: OrganisationId,
    /// What it says.
    pub stance: Stance,
    /// From when until when.
    pub period: Period,
    /// Who agreed, in what capacity and when. An objection has exactly one: who objects.
    pub grants: Vec<Grant>,
    /// How it was recorded.
    pub evidence: Evidence,
    /// Fields withdrawn since, for good, and when.
    pub struck: BTreeMap<FieldCode, Timestamp>,
    /// Withdrawn as a whole, for good, and when.
    pub withdrawn: Option<Timestamp>,
    /// Decisions to pass the recorded refusal of a holder of authority (T1-05), oldest first.
    pub overrides: Vec<RefusalOverride>,
    /// A single use, spent by the first answer that released a field (ruling 12).
    pub spent: Option<Spent>,
}

/// What a consent says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Yes, to exactly this.
    Permit(Permit),
    /// No, to this or to all of it.
    Objection(Objection),
}

/// A yes. Exact.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permit {
    /// To whom.
    pub recipient: Hat,
    /// For what.
    pub purpose: PurposeCode,
    /// Which fields, sorted.
    pub fields: Vec<FieldCode>,
    /// Whether the first release spends it.
    pub single_use: bool,
}

/// A no. What is left out means "all".
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// To whom, or to anyone.
    pub recipient: Option<OrganisationId>,
    /// In which role of that organisation, or in any.
    pub role: Option<Role>,
    /// For what, or for anything.
    pub purpose: Option<PurposeCode>,
    /// Which fields, or all.
    pub fields: Option<Vec<FieldCode>>,
}

/// One person's yes (or, on an objection, the no).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Who, as what.
    pub by: Grantor,
    /// When.
    pub given_at: Timestamp,
    /// For a data subject: the fields it is about (ruling 10).
    pub fields: Option<Vec<FieldCode>>,
    /// When it was taken back, if it was.
    pub withdrawn: Option<Timestamp>,
}

/// How people agreed (AVG art. 7(1); rules.md T3-3 to T3-5).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// In writing, spoken or through a portal.
    pub channel: Channel,
    /// Which version of the text was explained.
    pub text_version: EvidenceReference,
    /// In which language (BCP 47, such as `nl`).
    pub language: EvidenceReference,
    /// Where the professional noted a spoken consent.
    pub note: Option<EvidenceReference>,
    /// Who recorded it.
    pub recorded_by: RequesterRef,
    /// That refusing has no consequence for care was explained (AVG art. 7(4)).
    pub refusal_explained: bool,
}

/// The channel of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Signed.
    Written,
    /// Spoken, with a note in the file.
    Verbal,
    /// In a portal.
    Portal,
}

/// By which request a single use was spent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// By which organisation.
    pub organisation: OrganisationId,
    /// By which of its requests: only the repeat of that same request is answered again.
    pub request: RequestId,
    /// When.
    pub at: Timestamp,
}

/// What is asked, as far as consents are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Who asks, for whom.
    pub recipient: &'a Hat,
    /// For what.
    pub purpose: PurposeCode,
    /// In which request.
    pub request: &'a RequestId,
    /// By which reading of the law.
    pub profile: ConsentProfile,
    /// When.
    pub at: Timestamp,
}

impl Grant {
    /// Whether it is about this field, or about the whole for `None`. Only a data subject's lists fields, and is about
    /// those alone (ruling 10); one that lists them in another capacity contradicts itself and counts for nothing.
    pub(super) fn is_about(&self, field: Option<FieldCode>) -> bool {
        match (&self.fields, self.by.capacity) {
            (Some(fields), Capacity::DataSubject) => field.is_some_and(|field| fields.contains(&field)),
            (fields, capacity) => fields.is_none() && capacity != Capacity::DataSubject,
        }
    }
}

impl Consent {
    /// The permit, if it is one.
    pub fn permit(&self) -> Option<&Permit> {
        match &self.stance {
            Stance::Permit(permit) => Some(permit),
            Stance::Objection(_) => None,
        }
    }

    /// The live grant of this person in this capacity, the latest if it was repeated.
    pub fn grant_of(&self, grantor: &Grantor) -> Option<&Grant> {
        let same = |g: &&Grant| g.withdrawn.is_none() && g.by.is_same(grantor);
        self.grants.iter().filter(same).max_by_key(|g| g.given_at)
    }

    /// The live agreements of data subjects that list this field.
    pub fn data_subject_grants(&self, field: FieldCode) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |g| {
            g.withdrawn.is_none()
                && g.by.capacity == Capacity::DataSubject
                && g.fields.as_ref().is_some_and(|fields| fields.contains(&field))
        })
    }

    /// Whether this field was not taken back.
    pub fn keeps(&self, field: FieldCode) -> bool {
        self.withdrawn.is_none() && !self.struck.contains_key(&field)
    }

    /// The objection and its no, if it is one against this that stands at this moment.
    pub fn objection_to(
        &self,
        recipient: &Hat,
        purpose: PurposeCode,
        field: FieldCode,
        at: Timestamp,
    ) -> Option<(&Objection, &Grant)> {
        let Stance::Objection(objection) = &self.stance else { return None };
        let no = self.grants.first()?;
        let kept = |taken: Option<&Timestamp>| taken.is_none_or(|taken| at < *taken);
        let stands =
            kept(self.withdrawn.as_ref()) && kept(self.struck.get(&field)) && self.period.contains(at);
        (stands && objection.covers(recipient, purpose, field)).then_some((objection, no))
    }

    /// Whether a single use was spent by another request than this one.
    pub fn spent_by_other(&self, ask: &Ask<'_>) -> bool {
        self.spent
            .as_ref()
            .is_some_and(|s| s.organisation != ask.recipient.organisation || s.request != *ask.request)
    }
}

impl Permit {
    /// Whether it is about exactly this recipient, purpose and field.
    pub fn names(&self, recipient: &Hat, purpose: PurposeCode, field: FieldCode) -> bool {
        self.recipient == *recipient && self.purpose == purpose && self.fields.contains(&field)
    }
}

impl Objection {
    /// Whether it is about this recipient, purpose and field too.
    pub fn covers(&self, recipient: &Hat, purpose: PurposeCode, field: FieldCode) -> bool {
        self.recipient.as_ref().is_none_or(|o| *o == recipient.organisation)
            && self.role.as_ref().is_none_or(|r| *r == recipient.role)
            && self.purpose.is_none_or(|p| p == purpose)
            && self.fields.as_ref().is_none_or(|f| f.contains(&field))
    }

    /// Whether it is as specific as a permit: then it wins whatever the dates (ruling 1).
    pub fn is_exact(&self) -> bool {
        self.recipient.is_some() && self.role.is_some() && self.purpose.is_some() && self.fields.is_some()
    }
}
