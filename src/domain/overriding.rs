//! How the recorded refusal of a holder of authority is overridden for one consent (T1-05; ruling 14).
//!
//! What is always true here:
//! 1. A competent client of 12 to 15 said yes in that very consent, and a holder's objection is on record. Silence is not
//!    a refusal, nor is a yes that was taken back.
//! 2. Two professionals of the custodian decide, each for themselves: until the second confirmed, it does not count.
//! 3. It names the holders whose refusal was weighed, passes only what they had refused by then, and ends: on its day, at
//!    three months at the latest, or when anybody at the custodian revokes it.

use jiff::Span;

use crate::domain::client::{Capacity, Grantor, Registration};
use crate::domain::consent::{Consent, Grant, Permit};
use crate::domain::field::FieldCode;
use crate::domain::id::{EvidenceReference, RequesterRef};
use crate::domain::profile::ConsentProfile;
use crate::domain::time::Timestamp;

/// Why a refusal may be passed (Jeugdwet 7.3.4(2), by analogy).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exception {
    /// *Weloverwogen wens*: the client persists, having considered it well.
    ConsideredWish,
    /// *Ernstig nadeel*: without it the client evidently suffers serious harm.
    SeriousHarm,
}

/// A decision to pass a refusal, as part of the consent that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalOverride {
    /// Why.
    pub exception: Exception,
    /// Where the written reasons are, in the custodian's file.
    pub note: EvidenceReference,
    /// The holders who had refused when it was decided.
    pub refused_by: Vec<Grantor>,
    /// By which professional.
    pub decided_by: RequesterRef,
    /// When.
    pub decided_at: Timestamp,
    /// Until when (exclusive); at most three months.
    pub until: Timestamp,
    /// By which second professional, and when.
    pub confirmed: Option<Confirmation>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// The second professional's own decision.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// By whom.
    pub by: RequesterRef,
    /// When.
    pub at: Timestamp,
}

/// What a professional decides.
#[derive(Debug, Clone)]
pub struct OverrideDecision {
    /// Why.
    pub exception: Exception,
    /// Where the written reasons are.
    pub note: EvidenceReference,
    /// By whom.
    pub by: RequesterRef,
    /// Until when (exclusive).
    pub until: Timestamp,
}

/// Why a refusal is not overridden. Begins with the row of the table that it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OverrideRefused {
    /// An objection is not overridden as such: the consent is what goes through.
    #[error("T1-05: an override is bound to a permit; name the consent that the client agreed to")]
    NotAPermit,
    /// What ended stays ended.
    #[error(
        "T1-05: this consent has ended, and a yes that was taken back is not overridden; record a new one"
    )]
    Ended,
    /// The exception is for competent clients of 12 to 15, where holders decide as well.
    #[error(
        "T1-05: the exception is for a competent client of 12 to 15 whose parents or guardian decide too"
    )]
    NotThisClient,
    /// The client's own yes carries it.
    #[error("T1-04: the client has not agreed to this consent; without that yes nothing is overridden")]
    ClientHasNotAgreed,
    /// Silence is not a refusal.
    #[error(
        "T1-05: no holder's objection against this is on record; silence is not overridden: record the refusal first, or \
         choose another ground (T1-17)"
    )]
    NobodyRefused,
    /// Over three months, past, or backwards.
    #[error("T1-05: an override ends after it begins and lasts three months at most; the latest end is {}", .0.rfc3339())]
    TooLong(Timestamp),
    /// One at a time.
    #[error("T1-05: an override of this consent is on record; revoke it before deciding anew")]
    AlreadyDecided,
    /// None is waiting or in force.
    #[error("T1-05: no override of this consent is on record, or it has ended; decide anew")]
    NoneOnRecord,
    /// Confirmed before.
    #[error("T1-05: this override is confirmed already")]
    AlreadyConfirmed,
    /// Two professionals, not one twice.
    #[error("T1-05: who decided cannot confirm; a second professional confirms with a token of their own")]
    SamePerson,
}

impl RefusalOverride {
    /// Whether it is on record at this moment, confirmed or not.
    pub fn is_on_record(&self, at: Timestamp) -> bool {
        self.revoked.is_none_or(|revoked| at < revoked) && self.decided_at <= at && at < self.until
    }

    /// Whether it counts at this moment.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        let confirmed = self.confirmed.as_ref();
        self.is_on_record(at) && confirmed.is_some_and(|c| c.by != self.decided_by && c.at <= at)
    }

    /// Whether this holder's refusal was weighed.
    pub fn passes(&self, holder: &Grantor) -> bool {
        is_holder(holder.capacity) && self.refused_by.contains(holder)
    }
}

impl Consent {
    /// The override that counts at this moment.
    pub fn override_in_force(&self, at: Timestamp) -> Option<&RefusalOverride> {
        self.overrides.iter().find(|o| o.is_in_force(at))
    }

    /// The holders whose refusal of this field an override passes at this moment: they had refused when it was decided,
    /// and their refusal is still on record (T1-05).
    pub(super) fn passed_by_override<'l>(
        &self,
        consents: &[Self],
        code: FieldCode,
        ladder: &'l [Grantor],
        at: Timestamp,
    ) -> Vec<&'l Grantor> {
        let (Some(decided), Some(permit)) = (self.override_in_force(at), self.permit()) else {
            return Vec::new();
        };
        // Only a youth who decides together with others is in the ladder beside them.
        if ladder.len() < 2 || ladder.iter().all(|g| g.capacity != Capacity::Youth) {
            return Vec::new();
        }
        let refused = |holder: &Grantor| {
            consents
                .iter()
                .filter_map(|other| other.objection_to(&permit.recipient, permit.purpose, code, at))
                .any(|(_, no)| is_refusal_of(no, holder) && no.given_at <= decided.decided_at)
        };
        ladder.iter().filter(|holder| decided.passes(holder) && refused(holder)).collect()
    }

    /// A professional decides to pass the refusal of every holder whose objection against this consent is on record.
    pub fn override_refusal(
        &self,
        decision: OverrideDecision,
        registration: &Registration,
        consents: &[Self],
        profile: ConsentProfile,
        now: Timestamp,
    ) -> Result<Self, OverrideRefused> {
        if self.overrides.iter().any(|o| o.is_on_record(now)) {
            return Err(OverrideRefused::AlreadyDecided);
        }
        let refused_by = self.refusing_holders(registration, consents, profile, now)?;
        let latest = latest_end(now);
        if decision.until <= now || decision.until > latest {
            return Err(OverrideRefused::TooLong(latest));
        }
        let mut next = Self { version: self.version + 1, ..self.clone() };
        next.overrides.push(RefusalOverride {
            exception: decision.exception,
            note: decision.note,
            refused_by,
            decided_by: decision.by,
            decided_at: now,
            until: decision.until,
            confirmed: None,
            revoked: None,
        });
        Ok(next)
    }

    /// A second professional confirms, with what holds now: from then on it counts.
    pub fn confirm_override(
        &self,
        by: &RequesterRef,
        registration: &Registration,
        consents: &[Self],
        profile: ConsentProfile,
        now: Timestamp,
    ) -> Result<Self, OverrideRefused> {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        let decided = next.overrides.iter_mut().find(|o| o.is_on_record(now));
        let decided = decided.ok_or(OverrideRefused::NoneOnRecord)?;
        if decided.confirmed.is_some() {
            return Err(OverrideRefused::AlreadyConfirmed);
        }
        if decided.decided_by == *by {
            return Err(OverrideRefused::SamePerson);
        }
        let refusing = self.refusing_holders(registration, consents, profile, now)?;
        if !decided.refused_by.iter().any(|holder| refusing.contains(holder)) {
            return Err(OverrideRefused::NobodyRefused);
        }
        decided.confirmed = Some(Confirmation { by: by.clone(), at: now });
        Ok(next)
    }

    /// Ends the override. One professional is enough to close what two opened.
    pub fn revoke_override(&self, now: Timestamp) -> Result<Self, OverrideRefused> {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        let on_record = next.overrides.iter_mut().find(|o| o.is_on_record(now));
        on_record.ok_or(OverrideRefused::NoneOnRecord)?.revoked = Some(now);
        Ok(next)
    }

    /// The holders in the ladder whose objection against a field of this consent stands.
    fn refusing_holders(
        &self,
        registration: &Registration,
        consents: &[Self],
        profile: ConsentProfile,
        now: Timestamp,
    ) -> Result<Vec<Grantor>, OverrideRefused> {
        let permit = self.permit().ok_or(OverrideRefused::NotAPermit)?;
        if self.withdrawn.is_some() || self.spent.is_some() || now >= self.period.until() {
            return Err(OverrideRefused::Ended);
        }
        let ladder = registration.must_agree(permit.purpose, profile, now);
        let ladder = ladder.map_err(|_| OverrideRefused::NotThisClient)?;
        let youth = ladder.iter().find(|g| g.capacity == Capacity::Youth);
        let youth = youth.filter(|_| ladder.len() > 1).ok_or(OverrideRefused::NotThisClient)?;
        let agreed = self.grant_of(youth);
        if !agreed.is_some_and(|g| registration.can_agree(&g.by, permit.purpose, g.given_at)) {
            return Err(OverrideRefused::ClientHasNotAgreed);
        }
        let refuses = |holder: &Grantor| consents.iter().any(|c| self.is_refused_in(c, permit, holder, now));
        let refusing: Vec<Grantor> =
            ladder.iter().filter(|g| is_holder(g.capacity) && refuses(g)).cloned().collect();
        if refusing.is_empty() { Err(OverrideRefused::NobodyRefused) } else { Ok(refusing) }
    }

    fn is_refused_in(&self, other: &Self, permit: &Permit, holder: &Grantor, now: Timestamp) -> bool {
        let still = permit.fields.iter().copied().filter(|code| self.keeps(*code));
        still
            .filter_map(|code| other.objection_to(&permit.recipient, permit.purpose, code, now))
            .any(|(_, no)| is_refusal_of(no, holder))
    }
}

/// Whether this no is that holder's.
fn is_refusal_of(no: &Grant, holder: &Grantor) -> bool {
    no.by.person == holder.person && no.by.capacity.decides()
}

/// Who exercises authority over a minor, as parent, as guardian or in a parent's place.
fn is_holder(capacity: Capacity) -> bool {
    matches!(capacity, Capacity::ParentAuthority | Capacity::Guardian | Capacity::CourtOrder)
}

/// The end of the last day of three months.
fn latest_end(from: Timestamp) -> Timestamp {
    Timestamp::end_of(from.date().saturating_add(Span::new().months(3)))
}

#[cfg(test)]
mod tests;
