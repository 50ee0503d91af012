//! What would a recipient get if ...: everybody agreed to a draft, or somebody took back what they gave. For the
//! conversation at the table, by the custodian's own people.
//!
//! Nothing is fetched, changed or released; that somebody looked is an entry. A consent that begins later is looked at as
//! of its beginning. A case conference without an agenda is looked at as if each life domain were on one.

use crate::domain::{
    AuthenticationLevel, Capability, ClientRef, Consent, ConsentId, Event, FieldCode, Ground, LifeDomain,
    OrganisationId, Permit, PersonRef, PreviewEvent, RequestId, Ruling, Supposing, Timestamp, Waiting,
};
use crate::gateway::consent::find;
use crate::gateway::describe::{Thought, thought_of};
use crate::gateway::preview::withheld;
use crate::gateway::{ATTEMPTS, Basis, ConsentError, CovenantInForce, Error, Gateway, Requester};
use crate::policy::{Inquiry, NO_REQUEST};
use crate::store::CustodianFile;

/// What is supposed.
#[derive(Debug, Clone)]
pub enum Supposition {
    /// Everybody who must agree agrees.
    Agreed(Thought),
    /// Somebody takes back what they gave.
    Withdrawn {
        /// Which consent.
        consent: ConsentId,
        /// Who.
        person: PersonRef,
        /// Which fields, or all of it.
        fields: Option<Vec<FieldCode>>,
    },
}

/// A preview of what would be, if.
#[derive(Debug, Clone)]
pub struct SupposeRequest {
    /// Whom it is about.
    pub client: ClientRef,
    /// Who holds the data: the caller's organisation.
    pub custodian: OrganisationId,
    /// The agenda of a case conference, if there is one yet.
    pub life_domains: Vec<LifeDomain>,
    /// If what.
    pub supposing: Supposition,
}

/// What would be.
#[derive(Debug)]
pub struct Supposed {
    /// The verdicts that the recipient would then get.
    pub ruling: Ruling,
    /// What it would get then, and does not now.
    pub gained: Vec<FieldCode>,
    /// What it gets now, and would not then.
    pub lost: Vec<FieldCode>,
    /// Who must still agree before it is so. Only for the custodian's own people.
    pub waiting: Vec<Waiting>,
}

impl Gateway {
    /// The verdicts that the recipient of a consent would get if something happened that did not.
    pub async fn suppose(&self, requester: &Requester, request: &SupposeRequest) -> Result<Supposed, Error> {
        let hat = &requester.actor.hat;
        if hat.organisation != request.custodian || !self.allows(hat, Capability::RecordConsent) {
            return Err(Error::NotAllowed);
        }
        for _ in 0..ATTEMPTS {
            let now = self.clock.decide_at()?;
            let covenant = self.covenant();
            let client = self.register.anew(&request.client).await?;
            let file = client.at(&request.custodian).ok_or(ConsentError::NotRegistered)?;
            let (supposed, event) = consider(requester, request, file, &covenant, now)?;
            let basis =
                Basis { at: now, covenant: &covenant, client: &request.client, revision: client.revision };
            let entry = self.entry(requester, &basis, Event::Previewed(event));
            if self.seal(&request.client, entry).await?.is_some() {
                return Ok(supposed);
            }
        }
        Err(Error::Contended)
    }
}

/// What would be, and how the entry keeps that somebody looked.
fn consider(
    requester: &Requester,
    request: &SupposeRequest,
    file: &CustodianFile,
    covenant: &CovenantInForce,
    now: Timestamp,
) -> Result<(Supposed, PreviewEvent), Error> {
    let CustodianFile { registration, consents } = file;
    let terms = covenant.covenant.terms(&request.custodian);
    let before = match &request.supposing {
        Supposition::Agreed(thought) => thought_of(requester, thought, file, covenant, now)?,
        Supposition::Withdrawn { consent, .. } => find(file, consent)?.clone(),
    };
    let at = now.max(before.period.from());
    let (after, waiting) = match &request.supposing {
        Supposition::Agreed(_) => {
            let waiting = before.waiting_for(registration, terms, at);
            (before.as_if_agreed(registration, terms, at), waiting)
        }
        Supposition::Withdrawn { person, fields, .. } => {
            let after = before.withdraw(person, fields.as_deref(), registration, terms, now)?;
            (after, Vec::new())
        }
    };
    let permit = before.permit().ok_or(ConsentError::NotAPermit)?.clone();
    let mut supposed: Vec<Consent> = consents.iter().filter(|c| c.id != after.id).cloned().collect();
    supposed.push(after);
    let question = Question { request, permit: &permit, covenant, level: requester.actor.level, at };
    let today = question.ruling(file, consents)?;
    let ruling = question.ruling(file, &supposed)?;
    let (had, has) = (today.permitted(), ruling.permitted());
    let only = |of: &[FieldCode], not: &[FieldCode]| -> Vec<FieldCode> {
        of.iter().copied().filter(|code| !not.contains(code)).collect()
    };
    let event = question.event(&ruling);
    let (gained, lost) = (only(&has, &had), only(&had, &has));
    Ok((Supposed { ruling, gained, lost, waiting }, event))
}

/// All that the recipient of one permit could ask.
struct Question<'a> {
    request: &'a SupposeRequest,
    permit: &'a Permit,
    covenant: &'a CovenantInForce,
    level: AuthenticationLevel,
    at: Timestamp,
}

impl Question<'_> {
    /// What it would get of all that the permit names.
    fn ruling(&self, file: &CustodianFile, consents: &[Consent]) -> Result<Ruling, Error> {
        let nobody_yet = RequestId::parse(NO_REQUEST)?;
        let decide = |life_domains: &[LifeDomain], fields: &[FieldCode]| {
            let inquiry = Inquiry {
                recipient: &self.permit.recipient,
                custodian: &self.request.custodian,
                purpose: self.permit.purpose,
                life_domains,
                ground: Ground::CONSENT,
                evidence: None,
                ticket: false,
                level: self.level,
                fields,
                request: &nobody_yet,
                at: self.at,
            };
            self.covenant.covenant.decide(&inquiry, Some((&file.registration, consents)))
        };
        if !self.has_agenda() || !self.request.life_domains.is_empty() {
            return Ok(decide(&self.request.life_domains, &self.permit.fields));
        }
        let one_by_one = self.permit.fields.iter().map(|field| decide(&[field.domain()], &[*field]));
        Ok(Ruling::joined(one_by_one))
    }
}

impl Question<'_> {
    fn has_agenda(&self) -> bool {
        self.covenant.covenant.purposes.get(self.permit.purpose).is_some_and(|purpose| purpose.agenda)
    }

    fn event(&self, ruling: &Ruling) -> PreviewEvent {
        let agenda = if self.has_agenda() { self.request.life_domains.clone() } else { Vec::new() };
        PreviewEvent {
            custodian: self.request.custodian.clone(),
            recipient: self.permit.recipient.clone(),
            purpose: self.permit.purpose,
            life_domains: agenda,
            ground: Ground::CONSENT,
            evidence: None,
            supposing: Some(self.request.supposing.recorded()),
            permitted: ruling.permitted(),
            withheld: withheld(ruling),
        }
    }
}

impl Supposition {
    /// As the entry keeps it.
    fn recorded(&self) -> Supposing {
        match self {
            Self::Agreed(Thought::Draft { .. }) => Supposing::Draft,
            Self::Agreed(Thought::Recorded(id)) => Supposing::Agreed(id.clone()),
            Self::Withdrawn { consent, person, fields } => Supposing::Withdrawn {
                consent: consent.clone(),
                person: person.clone(),
                fields: fields.clone(),
            },
        }
    }
}
