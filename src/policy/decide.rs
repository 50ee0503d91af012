//! Deciding a request: one verdict per field, in the order asked. Pure.

use std::sync::Arc;

use crate::domain::{
    AuthenticationLevel, Because, Consent, Coverage, FieldCode, Ground, GroundEvidence, Hat, LifeDomain,
    OrganisationId, PurposeCode, Registration, RequestId, Ruling, Timestamp, Told, Verdict,
};
use crate::policy::covenant::Covenant;
use crate::policy::establish::Established;
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
        let ground = inquiry.ground;
        let established = Established::of(self, inquiry, file);
        let mut rules = established.as_ref().map(|e| (e, self.rules.consider(e.at, &e.situation)));
        let mut verdict = |code: FieldCode| {
            let Some(((established, rules), field)) = rules.as_mut().zip(self.catalogue.field(code)) else {
                return closed();
            };
            let (facts, coverage) = established.field(field);
            verdict(rules.decide(facts), coverage, ground)
        };
        let verdicts = inquiry.fields.iter().map(|&code| (code, verdict(code))).collect();
        drop(rules);
        let never: fn(Told) -> bool = |_| false;
        let tell_anyway = if ground.rests_on_trust() { never } else { Told::depends_on_request_alone };
        Ruling::new(verdicts, established.is_some_and(|e| e.situation.related), tell_anyway)
    }

    /// One decision of Cedar about one field, made ready to be asked again and again, and whether it permits: the
    /// measure of the benchmark of decisions.
    #[doc(hidden)]
    pub fn single_decision<'a>(
        &'a self,
        inquiry: &Inquiry<'_>,
        code: FieldCode,
        file: (&Registration, &[Consent]),
    ) -> Option<impl Fn() -> bool + use<'a>> {
        let established = Established::of(self, inquiry, Some(file))?;
        let (facts, _) = established.field(self.catalogue.field(code)?);
        self.rules.prepared(established.at, &established.situation, facts)
    }
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
        (Decision::Withhold { told, rule }, Coverage::Lacking(lack))
            if [Ground::CONSENT, Ground::REPRESENTATIVE].contains(&ground) && is_about_consent(told) =>
        {
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
