//! The text of a consent under this covenant, and which version of it that is.

use crate::domain::consent_text::wording;
use crate::domain::{
    ConsentText, EvidenceReference, Malformed, OrganisationId, Period, Permit, Registration, Timestamp,
};
use crate::policy::bundle::sha256;
use crate::policy::covenant::Covenant;

impl Covenant {
    /// What clients read now: the wording of this program, and the plain words and names of this covenant. Recorded with a
    /// consent, it says for good which words were explained.
    pub fn text_version(&self) -> Result<EvidenceReference, Malformed> {
        let digest = sha256(&format!("{}\n{}", self.digest, wording()));
        EvidenceReference::parse(&format!("text-{}", digest.get(..32).unwrap_or_default()))
    }

    /// What is told to a client about this permit; `None` if the covenant lacks a party, role or purpose that it names.
    pub fn consent_text<'a>(
        &'a self,
        custodian: &OrganisationId,
        permit: &'a Permit,
        period: Period,
        registration: &'a Registration,
        at: Timestamp,
    ) -> Option<ConsentText<'a>> {
        let recipient = self.parties.get(&permit.recipient.organisation)?;
        Some(ConsentText {
            custodian: &self.parties.get(custodian)?.name,
            recipient: &recipient.name,
            role: &recipient.role(&permit.recipient.role)?.label,
            permit,
            purpose: self.purposes.get(permit.purpose)?,
            period,
            registration,
            terms: self.terms(custodian),
            at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::covenant::tests::shipped;

    #[test]
    fn the_version_of_the_text_is_a_reference_that_a_consent_can_carry_and_changes_with_the_covenant() {
        let mut covenant = Covenant::from_bundle(&shipped()).unwrap();
        let version = covenant.text_version().unwrap();
        assert_eq!(version, covenant.text_version().unwrap());
        covenant.digest = crate::domain::CovenantDigest::parse(&"0".repeat(64)).unwrap();
        assert_ne!(version, covenant.text_version().unwrap());
    }
}
