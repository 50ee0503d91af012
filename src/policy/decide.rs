//! Deciding a request: one verdict per field, in the order asked. Pure.

use std::sync::Arc;

use crate::domain::relation::is_related;
use crate::domain::{
    Ask, AuthenticationLevel, Because, Capability, Consent, ConsentQuestion, Coverage, Direction, Field,
    FieldCode, Ground, GroundEvidence, Hat, Lack, LifeDomain, OrganisationId, Party, Purpose, PurposeCode,
    Registration, RequestId, Ruling, Timestamp, Told, Verdict,
};
use crate::policy::covenant::{Covenant, CovenantError};
use crate::policy::facts::{FieldFacts, Situation, coverage_word, membership_word, sensitivity_word};
use crate::policy::rules::{DEFAULT_DENY, Decision};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry<'a> {
    /// Who will hold the data.
    pub recipient: &'a Hat,
    /// Who holds it now.
    pub custodian: &'a OrganisationId,
    /// For what.
    pub purpose: PurposeCode,
    /// The agenda of a case conference: one to three of the life domains C to J (ruling 13).
    pub life_domains: &'a [LifeDomain],
    /// On which ground.
    pub ground: Ground,
    /// What is brought forward for it.
    pub evidence: Option<&'a GroundEvidence>,
    /// Whether a ticket that is still valid stands in for the answers of an emergency (ruling 25).
    pub ticket: bool,
    /// How sure it is who asks.
    pub level: AuthenticationLevel,
    /// Which fields.
    pub fields: &'a [FieldCode],
    /// In which request.
    pub request: &'a RequestId,
    /// When.
    pub at: Timestamp,
}

impl Covenant {
    /// Decides, from what the custodian registered about the client, if anything, and the client's consents there.
    pub fn decide(&self, inquiry: &Inquiry<'_>, file: Option<(&Registration, &[Consent])>) -> Ruling {
        let Inquiry { recipient, custodian, purpose, request, at, ground, .. } = *inquiry;
        let profile = self.parties.consent_profile(custodian);
        let related = is_related(recipient, custodian, file, profile, at);
        let question = file.map(|(registration, consents)| {
            ConsentQuestion::new(registration, consents, Ask { recipient, purpose, request, profile, at })
        });
        let coverage = |field: &Field| {
            question.as_ref().map_or(Coverage::Lacking(Lack::Unregistered), |question| question.cover(field))
        };
        let asked = self.asked(inquiry);
        let mut classes = Vec::new();
        let mut verdict = |code: FieldCode| {
            let Some((asked, field)) = asked.as_ref().zip(self.catalogue.field(code)) else {
                return closed();
            };
            let coverage = coverage(field);
            let facts = asked.facts(field, inquiry.life_domains, &coverage);
            verdict(self.decision(asked, facts, &mut classes), coverage, ground)
        };
        let verdicts = inquiry.fields.iter().map(|&code| (code, verdict(code))).collect();
        let never: fn(Told) -> bool = |_| false;
        let tell_anyway = if ground.rests_on_trust() { never } else { Told::depends_on_request_alone };
        Ruling::new(verdicts, related, tell_anyway)
    }

    /// What the rules say, asked once for each class of fields in a request.
    fn decision(
        &self,
        asked: &Asked<'_>,
        facts: FieldFacts,
        classes: &mut Vec<(FieldFacts, Decision)>,
    ) -> Decision {
        if let Some((_, decision)) = classes.iter().find(|(class, _)| *class == facts) {
            return decision.clone();
        }
        let decision = self.rules.decide(&asked.situation, facts);
        classes.push((facts, decision.clone()));
        decision
    }

    /// Tells the schema the facts of every party and every field once, so that a schema which does not fit them is
    /// refused at load instead of withholding everything later.
    pub(super) fn rehearse(&self) -> Result<(), CovenantError> {
        let Some(purpose) = self.purposes.all().next() else { return Ok(()) };
        for party in self.parties.iter() {
            for role in party.roles.iter().take(1) {
                let hat = Hat { organisation: party.id.clone(), role: role.role.clone() };
                let asked = Asked::new(&hat, party, party, purpose, Ground::CONSENT);
                for field in self.catalogue.fields() {
                    let facts = asked.facts(field, &[], &Coverage::Lacking(Lack::Unregistered));
                    self.rules.fits(&asked.situation, facts)?;
                }
            }
        }
        Ok(())
    }

    /// The facts of the request; `None` if it names somebody or something that the covenant does not have, or a
    /// recipient that may not ask.
    fn asked(&self, inquiry: &Inquiry<'_>) -> Option<Asked<'_>> {
        let recipient = self.parties.get(&inquiry.recipient.organisation)?;
        let custodian = self.parties.get(inquiry.custodian)?;
        let purpose = self.purposes.get(inquiry.purpose)?;
        if !self.parties.allows(inquiry.recipient, Capability::Ask) {
            return None;
        }
        Some(Asked::new(inquiry.recipient, recipient, custodian, purpose, inquiry.ground))
    }
}

struct Asked<'a> {
    purpose: &'a Purpose,
    direction: Option<Direction>,
    situation: Situation,
}

impl<'a> Asked<'a> {
    fn new(hat: &Hat, recipient: &Party, custodian: &Party, purpose: &'a Purpose, ground: Ground) -> Self {
        let situation = Situation {
            recipient: hat.clone(),
            recipient_kind: recipient.kind,
            recipient_has_legal_basis: recipient.legal_basis(purpose.code).is_some(),
            custodian_kind: custodian.kind,
            purpose: purpose.code,
            purpose_has_agenda: purpose.agenda,
            ground,
            ground_fits_purpose: purpose.grounds.iter().any(|code| Ground::parse(code) == Some(ground)),
        };
        Self { purpose, direction: custodian.kind.direction_to(recipient.kind), situation }
    }

    fn facts(&self, field: &Field, agenda: &[LifeDomain], coverage: &Coverage) -> FieldFacts {
        FieldFacts {
            domain: field.domain().id(),
            sensitivity: sensitivity_word(field.class),
            membership: membership_word(field.in_purpose(self.purpose.code)),
            direction_fits: self.direction.is_some_and(|direction| field.travels(direction)),
            on_agenda: is_on_agenda(field.domain(), agenda),
            coverage: coverage_word(coverage),
        }
    }
}

/// An agenda that is not one to three of C to J has nothing on it.
fn is_on_agenda(domain: LifeDomain, agenda: &[LifeDomain]) -> bool {
    (1..=3).contains(&agenda.len()) && agenda.iter().all(|d| d.is_agenda_item()) && agenda.contains(&domain)
}

fn closed() -> Verdict {
    let told = Told::NoConsent;
    Verdict::Withheld { told, because: Because::Rule(told), rule: DEFAULT_DENY.into() }
}

/// A release on consent names the consent it rests on: without one there is none, whatever a rule says.
fn verdict(decision: Decision, coverage: Coverage, ground: Ground) -> Verdict {
    match (decision, coverage) {
        (Decision::Release { rule }, Coverage::Covered { consent, version, .. })
            if ground == Ground::CONSENT =>
        {
            Verdict::Permitted { rule, consent: Some((consent, version)) }
        }
        (Decision::Release { rule }, _) if ground != Ground::CONSENT => {
            Verdict::Permitted { rule, consent: None }
        }
        (Decision::Release { .. }, _) => closed(),
        (Decision::Withhold { told, rule }, Coverage::Lacking(lack)) if is_about_consent(told) => {
            withheld(told, Because::Lack(lack), rule)
        }
        (Decision::Withhold { told, rule }, _) => withheld(told, Because::Rule(told), rule),
    }
}

fn withheld(told: Told, because: Because, rule: Arc<str>) -> Verdict {
    Verdict::Withheld { told, because, rule }
}

fn is_about_consent(told: Told) -> bool {
    matches!(told, Told::NoConsent | Told::ConsentWithdrawn | Told::ConsentExpired)
}

#[cfg(test)]
mod tests;
