//! What would this recipient get now? The same verdicts, without values and without fetching.

use crate::domain::{
    Capability, ClientRef, Event, FieldCode, Ground, GroundEvidence, Hat, LifeDomain, OrganisationId,
    PreviewEvent, PurposeCode, RequestId, Ruling, Told, Verdict,
};
use crate::gateway::{ATTEMPTS, Basis, Error, Gateway, Requester};
use crate::policy::{Inquiry, NO_REQUEST};

/// A preview, checked against the catalogue.
#[derive(Debug, Clone)]
pub struct PreviewRequest {
    /// Whom it is about.
    pub client: ClientRef,
    /// Who holds the data.
    pub custodian: OrganisationId,
    /// Who would ask.
    pub recipient: Hat,
    /// For what.
    pub purpose: PurposeCode,
    /// The agenda of a case conference.
    pub life_domains: Vec<LifeDomain>,
    /// Which fields; never empty, nothing twice.
    pub fields: Vec<FieldCode>,
    /// On which ground.
    pub ground: Ground,
    /// What would be brought forward for it.
    pub evidence: Option<GroundEvidence>,
}

impl Gateway {
    /// The verdicts that this recipient would get now. By the recipient itself, or by the custodian's own people.
    pub async fn preview(&self, requester: &Requester, request: &PreviewRequest) -> Result<Ruling, Error> {
        let hat = &requester.actor.hat;
        let own_people = hat.organisation == request.custodian && self.allows(hat, Capability::RecordConsent);
        if *hat != request.recipient && !own_people {
            return Err(Error::NotAllowed);
        }
        let nobody_yet = RequestId::parse(NO_REQUEST)?;
        for _ in 0..ATTEMPTS {
            let now = self.clock.decide_at()?;
            let covenant = self.covenant();
            let client = self.register.current(&request.client).await?;
            let file = client.at(&request.custodian);
            let inquiry = Inquiry {
                recipient: &request.recipient,
                custodian: &request.custodian,
                purpose: request.purpose,
                life_domains: &request.life_domains,
                ground: request.ground,
                evidence: request.evidence.as_ref(),
                ticket: false,
                level: requester.actor.level,
                fields: &request.fields,
                request: &nobody_yet,
                at: now,
            };
            let ruling =
                covenant.covenant.decide(&inquiry, file.map(|f| (&f.registration, f.consents.as_slice())));
            let basis =
                Basis { at: now, covenant: &covenant, client: &request.client, revision: client.revision };
            let entry = self.entry(requester, &basis, Event::Previewed(request.event(&ruling)));
            if self.seal(&request.client, entry).await?.is_some() {
                return Ok(ruling);
            }
        }
        Err(Error::Contended)
    }
}

impl PreviewRequest {
    fn event(&self, ruling: &Ruling) -> PreviewEvent {
        PreviewEvent {
            custodian: self.custodian.clone(),
            recipient: self.recipient.clone(),
            purpose: self.purpose,
            life_domains: self.life_domains.clone(),
            ground: self.ground,
            evidence: self.evidence.clone(),
            supposing: None,
            permitted: ruling.permitted(),
            withheld: withheld(ruling),
        }
    }
}

/// What is withheld, and why, as told.
pub(super) fn withheld(ruling: &Ruling) -> Vec<(FieldCode, Told)> {
    let withheld = |(field, verdict): &(FieldCode, Verdict)| match verdict {
        Verdict::Withheld { told, .. } => Some((*field, *told)),
        Verdict::Permitted { .. } => None,
    };
    ruling.verdicts().iter().filter_map(withheld).collect()
}
