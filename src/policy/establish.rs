//! What is the case: the facts of a request, worked out from the covenant, the registration and the consents.
//!
//! Nothing is judged here. Where nothing is known a fact has the value that opens nothing.

use crate::domain::relation::is_related;
use crate::domain::{
    Ask, AuthenticationLevel, Capability, Consent, ConsentQuestion, Coverage, Field, Ground, GroundEvidence,
    Hat, Involvement, Lack, LifeDomain, Party, PartyKind, PersonRef, Purpose, PurposeCode, Registration,
    Timestamp,
};
use crate::policy::covenant::{Covenant, CovenantError};
use crate::policy::decide::Inquiry;
use crate::policy::facts::{
    FieldFacts, Situation, coverage_word, direction_word, membership_word, sensitivity_word,
};

/// What is the case for a request, and what to ask about each of its fields.
pub(super) struct Established<'a> {
    pub situation: Situation,
    pub at: Timestamp,
    agenda: &'a [LifeDomain],
    question: Option<ConsentQuestion<'a>>,
    representative: Option<&'a PersonRef>,
    kinds: (PartyKind, PartyKind),
}

impl<'a> Established<'a> {
    /// `None` if the request names somebody or something that the covenant does not have, or a recipient that may not
    /// ask.
    pub fn of(
        covenant: &Covenant,
        inquiry: &Inquiry<'a>,
        file: Option<(&'a Registration, &'a [Consent])>,
    ) -> Option<Self> {
        let Inquiry { recipient, purpose, ground, request, at, .. } = *inquiry;
        let organisation = covenant.parties.get(&recipient.organisation)?;
        let custodian = covenant.parties.get(inquiry.custodian)?;
        if !covenant.parties.allows(recipient, Capability::Ask) {
            return None;
        }
        let profile = covenant.parties.consent_profile(inquiry.custodian);
        let known = covenant.situation(recipient, organisation, custodian, covenant.purposes.get(purpose)?);
        let nothing = GroundEvidence::default();
        let answered = inquiry.evidence.unwrap_or(&nothing).is_complete(ground, at);
        let registration = file.map(|(registration, _)| registration);
        let situation = Situation {
            ground,
            ground_in_force: covenant.rules.in_force(ground, at),
            ground_fits_purpose: covenant.fits_purpose(ground, purpose),
            evidence_complete: answered || (inquiry.ticket && ground.is_emergency()),
            has_second_factor: inquiry.level >= AuthenticationLevel::Substantial,
            related: is_related(recipient, inquiry.custodian, file, covenant.terms(inquiry.custodian), at),
            involvement: Involvement::of(recipient, registration, inquiry.evidence, purpose, at),
            ..known
        };
        let question = file.map(|(registration, consents)| {
            ConsentQuestion::new(registration, consents, Ask { recipient, purpose, request, profile, at })
        });
        let kinds = (custodian.kind, organisation.kind);
        let representative = inquiry.evidence.and_then(|e| e.representative.as_ref());
        Some(Self { situation, at, agenda: inquiry.life_domains, question, representative, kinds })
    }

    /// The facts of a field, and whether consent covers it. Only on the ground of consent is it asked whether consent
    /// covers, and only where an objection or somebody else's say binds the ground are those asked after.
    pub fn field(&self, field: &Field) -> (FieldFacts, Coverage) {
        let ground = self.situation.ground;
        let by_trust = ground.rests_on_trust() && ground != Ground::CONSENT;
        let coverage = match (&self.question, self.representative) {
            (Some(question), _) if ground == Ground::CONSENT => question.cover(field),
            (Some(question), Some(person)) if ground == Ground::REPRESENTATIVE => {
                Coverage::Lacking(question.withheld_from(person, field).unwrap_or(Lack::NoConsent))
            }
            (Some(_), _) => Coverage::Lacking(Lack::NoConsent),
            (None, _) => Coverage::Lacking(Lack::Unregistered),
        };
        let asked = self.question.as_ref().filter(|_| by_trust);
        let facts = FieldFacts {
            is_objected: asked.is_some_and(|question| question.is_objected(field)),
            others_agreed: asked.map_or(!by_trust, |question| question.others_agreed(field)),
            is_withheld_from_representative: coverage == Coverage::Lacking(Lack::WithheldFromRepresentative),
            coverage: coverage_word(&coverage),
            ..self.situation.known(field, self.agenda, self.kinds)
        };
        (facts, coverage)
    }
}

impl Situation {
    /// What is the case for a field whoever the client is.
    fn known(&self, field: &Field, agenda: &[LifeDomain], kinds: (PartyKind, PartyKind)) -> FieldFacts {
        FieldFacts {
            domain: field.domain().id(),
            sensitivity: sensitivity_word(field.class),
            membership: membership_word(field.in_purpose(self.purpose)),
            direction: direction_word(field, kinds.0, kinds.1),
            on_agenda: is_on_agenda(field.domain(), agenda),
            coverage: coverage_word(&Coverage::Lacking(Lack::Unregistered)),
            is_objected: false,
            is_withheld_from_representative: false,
            others_agreed: false,
        }
    }
}

impl Covenant {
    /// What is the case whoever the client is, on the ground of consent.
    fn situation(&self, hat: &Hat, recipient: &Party, custodian: &Party, purpose: &Purpose) -> Situation {
        Situation {
            recipient: hat.clone(),
            recipient_kind: recipient.kind,
            recipient_has_legal_basis: recipient.legal_basis(purpose.code).is_some(),
            custodian_kind: custodian.kind,
            own_organisation: recipient.id == custodian.id,
            purpose: purpose.code,
            purpose_has_agenda: purpose.agenda,
            ground: Ground::CONSENT,
            ground_in_force: false,
            ground_fits_purpose: self.fits_purpose(Ground::CONSENT, purpose.code),
            evidence_complete: false,
            has_second_factor: false,
            related: false,
            involvement: Involvement::default(),
        }
    }

    fn fits_purpose(&self, ground: Ground, purpose: PurposeCode) -> bool {
        let purpose = self.purposes.get(purpose);
        purpose.is_some_and(|p| p.grounds.iter().any(|code| Ground::parse(code) == Some(ground)))
    }

    /// Tells the schema the facts of every kind of party, every purpose and every field once, so that a schema which does
    /// not fit them is refused at load instead of withholding everything later.
    pub(super) fn rehearse(&self) -> Result<(), CovenantError> {
        let mut kinds: Vec<PartyKind> = Vec::new();
        for party in self.parties.iter() {
            let Some(role) = party.roles.first().filter(|_| !kinds.contains(&party.kind)) else { continue };
            let hat = Hat { organisation: party.id.clone(), role: role.role.clone() };
            for (at, purpose) in self.purposes.all().enumerate() {
                let situation = self.situation(&hat, party, party, purpose);
                let fields = self.catalogue.fields().take(if at == 0 { usize::MAX } else { 1 });
                for field in fields {
                    let facts = situation.known(field, &[], (PartyKind::Care, party.kind));
                    self.rules.fits(&situation, facts)?;
                }
            }
            kinds.push(party.kind);
        }
        Ok(())
    }
}

/// An agenda that is not one to three of C to J has nothing on it.
fn is_on_agenda(domain: LifeDomain, agenda: &[LifeDomain]) -> bool {
    (1..=3).contains(&agenda.len()) && agenda.iter().all(|d| d.is_agenda_item()) && agenda.contains(&domain)
}
