//! A permit that nobody agreed to yet: for the conversation before it.
//!
//! It becomes a consent only in a thought: what would be so if everybody who must agree did. Nothing here can be sealed as
//! a consent, for recording goes by [`crate::domain::Draft`] and asks for a person and evidence.

use std::collections::BTreeMap;

use crate::domain::authority::Extra;
use crate::domain::catalogue::Catalogue;
use crate::domain::client::{Capacity, Grantor, Registration};
use crate::domain::consent::{Channel, Consent, Evidence, Grant, Permit, Stance};
use crate::domain::id::{ConsentId, EvidenceReference, OrganisationId, PersonRef, RequesterRef};
use crate::domain::profile::Terms;
use crate::domain::purpose::Purposes;
use crate::domain::recording::{ConsentRefused, check_permit};
use crate::domain::standing::Waiting;
use crate::domain::time::{Period, Timestamp};

/// A permit, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What would be permitted.
    pub permit: Permit,
    /// From when until when.
    pub period: Period,
}

impl Proposal {
    /// From now and for as long as the purpose proposes, unless said otherwise. Refused where recording would refuse the
    /// permit or the period, so that nobody is asked for a yes that cannot be recorded.
    pub fn new(
        permit: Permit,
        (from, until): (Option<Timestamp>, Option<Timestamp>),
        catalogue: &Catalogue,
        purposes: &Purposes,
        now: Timestamp,
    ) -> Result<Self, ConsentRefused> {
        let purpose = purposes.get(permit.purpose).ok_or(ConsentRefused::UnknownPurpose)?;
        let from = from.unwrap_or(now);
        if from < Timestamp::start_of(now.date()) {
            return Err(ConsentRefused::StartsInThePast);
        }
        let proposed = || purpose.default_until(from).ok_or(ConsentRefused::PurposeWithoutConsent);
        let until = until.map_or_else(proposed, Ok)?;
        let period = Period::new(from, until).map_err(|_| ConsentRefused::PeriodEmpty)?;
        check_permit(&permit, period, catalogue, purposes)?;
        Ok(Self { permit, period })
    }

    /// As a consent to which nobody agreed.
    pub fn unagreed(&self, custodian: &OrganisationId, thought_of_by: &RequesterRef) -> Consent {
        let evidence = Evidence {
            channel: Channel::Verbal,
            text_version: EvidenceReference::none(),
            language: EvidenceReference::none(),
            note: None,
            recorded_by: thought_of_by.clone(),
            refusal_explained: false,
        };
        Consent {
            id: ConsentId::from_bytes([0; 16]),
            version: 0,
            custodian: custodian.clone(),
            stance: Stance::Permit(self.permit.clone()),
            period: self.period,
            grants: Vec::new(),
            evidence,
            overrides: Vec::new(),
            struck: BTreeMap::new(),
            withdrawn: None,
            spent: None,
        }
    }
}

impl Consent {
    /// As it would be if everybody who must still agree at this moment did so at this moment.
    #[must_use]
    pub fn as_if_agreed(&self, registration: &Registration, terms: Terms<'_>, at: Timestamp) -> Self {
        let agrees = |waiting: Waiting| {
            let by = match waiting.who {
                Extra::Person(person) => person,
                // Whoever the field names, once somebody knows who that is.
                Extra::AnyDataSubject => {
                    Grantor { person: PersonRef::unnamed(), capacity: Capacity::DataSubject }
                }
            };
            let fields = (by.capacity == Capacity::DataSubject).then_some(waiting.fields);
            Grant { by, given_at: at, fields, withdrawn: None }
        };
        let mut agreed = self.clone();
        agreed.grants.extend(self.waiting_for(registration, terms, at).into_iter().map(agrees));
        agreed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::*;
    use crate::domain::{ConsentStatus, FieldCode};

    fn proposed(
        purpose_code: &str,
        listed: &[&str],
        until: Option<Timestamp>,
    ) -> Result<Proposal, ConsentRefused> {
        let permit = Permit {
            recipient: team(),
            purpose: purpose(purpose_code),
            fields: fields(listed),
            single_use: false,
        };
        Proposal::new(permit, (None, until), &catalogue(), &purposes(), today())
    }

    #[test]
    fn what_cannot_be_recorded_is_not_proposed_either() {
        let outside: FieldCode = field("D01");
        assert_eq!(proposed("WON", &["D01"], None), Err(ConsentRefused::FieldOutsidePurpose(outside)));
        assert_eq!(proposed("WON", &[], None), Err(ConsentRefused::FieldsMissing));
        assert_eq!(proposed("WON", &["C01"], Some(today())), Err(ConsentRefused::PeriodEmpty));
        let late = days_ago(-800);
        assert!(matches!(proposed("WON", &["C01"], Some(late)), Err(ConsentRefused::PeriodTooLong(_))));
        let year = proposed("WON", &["C01"], None).unwrap().period;
        assert_eq!(year.until().date(), jiff::civil::date(2027, 11, 23));
    }

    #[test]
    fn if_everybody_agreed_it_would_be_in_force_whoever_must_agree() {
        let families = [
            aged(8).with_parents(),
            aged(14).with_parents(),
            aged(16),
            aged(30),
            aged(30).unable().with("mentor", Capacity::Mentor),
            aged(30).with("administrator", Capacity::Administrator),
        ];
        let proposal = proposed("CAS", &["A03", "D01", "G02", "G03"], None).unwrap();
        for family in families {
            let before = proposal.unagreed(&custodian(), &evidence().recorded_by);
            assert!(before.status(&family, terms(&catalogue()), today()) == ConsentStatus::Incomplete);
            let after = before.as_if_agreed(&family, terms(&catalogue()), today());
            assert!(
                after.status(&family, terms(&catalogue()), today()) == ConsentStatus::InForce,
                "{family:?}"
            );
            assert!(after.waiting_for(&family, terms(&catalogue()), today()).is_empty(), "{family:?}");
        }
    }

    #[test]
    fn where_nobody_can_agree_it_stays_incomplete() {
        let before = proposed("WON", &["C01"], None).unwrap().unagreed(&custodian(), &evidence().recorded_by);
        let after = before.as_if_agreed(&aged(8), terms(&catalogue()), today());
        assert!(after.status(&aged(8), terms(&catalogue()), today()) == ConsentStatus::Incomplete);
    }
}
