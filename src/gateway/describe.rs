//! What a client reads before saying yes, and looking at a permit that is not recorded, or not agreed to, yet.

use crate::domain::{
    Capacity, ClientRef, Consent, ConsentId, EvidenceReference, Language, Permit, Proposal, Sentence,
    Timestamp,
};
use crate::gateway::consent::find;
use crate::gateway::{ConsentError, CovenantInForce, Error, Gateway, Requester};
use crate::store::CustodianFile;

/// A permit that somebody thinks about.
#[derive(Debug, Clone)]
pub enum Thought {
    /// Not recorded.
    Draft {
        /// What it would permit.
        permit: Permit,
        /// From when; now, if not said.
        from: Option<Timestamp>,
        /// Until when; as long as the purpose proposes, if not said.
        until: Option<Timestamp>,
    },
    /// Recorded.
    Recorded(ConsentId),
}

/// Which permit, for whom to read.
#[derive(Debug, Clone)]
pub struct DescribeRequest {
    /// About whom.
    pub client: ClientRef,
    /// Which permit.
    pub of: Thought,
    /// Who reads it; the first who must agree, if not said.
    pub reader: Option<Capacity>,
    /// In which language.
    pub language: Language,
}

/// The text and its version.
#[derive(Debug)]
pub struct Described {
    /// Which wording this is.
    pub version: EvidenceReference,
    /// What it says.
    pub sentences: Vec<Sentence>,
}

impl Gateway {
    /// What is read or told before somebody says yes. By the custodian's own people; nothing changes by it.
    pub async fn describe(
        &self,
        requester: &Requester,
        request: &DescribeRequest,
    ) -> Result<Described, Error> {
        let custodian = &requester.actor.hat.organisation;
        let current = self.register.anew(&request.client).await?;
        let file = current.at(custodian).ok_or(ConsentError::NotRegistered)?;
        let (now, in_force) = (self.clock.decide_at()?, self.covenant());
        let consent = thought_of(requester, &request.of, file, &in_force, now)?;
        let permit = consent.permit().ok_or(ConsentError::NotAPermit)?;
        let covenant = &in_force.covenant;
        let text = covenant
            .consent_text(custodian, permit, consent.period, &file.registration, now)
            .ok_or(ConsentError::UnknownRecipient)?;
        let reader = request.reader.unwrap_or_else(|| text.first_reader());
        let sentences = text.sentences(reader, request.language);
        Ok(Described { version: covenant.text_version()?, sentences })
    }
}

/// The permit as a consent: as it was recorded, or as a draft that nobody agreed to.
pub(super) fn thought_of(
    requester: &Requester,
    thought: &Thought,
    file: &CustodianFile,
    in_force: &CovenantInForce,
    now: Timestamp,
) -> Result<Consent, Error> {
    let rules = &in_force.covenant;
    match thought {
        Thought::Recorded(id) => Ok(find(file, id)?.clone()),
        Thought::Draft { permit, from, until } => {
            let party = rules.parties.get(&permit.recipient.organisation);
            party.and_then(|p| p.role(&permit.recipient.role)).ok_or(ConsentError::UnknownRecipient)?;
            let ends = (*from, *until);
            let proposal = Proposal::new(permit.clone(), ends, &rules.catalogue, &rules.purposes, now)?;
            Ok(proposal.unagreed(&requester.actor.hat.organisation, &requester.actor.requester))
        }
    }
}
