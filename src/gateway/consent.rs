//! Registering clients, and recording, completing and taking back consents: by the custodian's own professionals, about
//! its own clients. Every change is an entry; once a withdrawal is answered no later answer rests on what it ended.

use crate::domain::{
    ClientRef, Consent, ConsentId, ConsentRefused, Draft, Event, Evidence, FieldCode, Grantor,
    OrganisationId, OverrideRefused, Period, PersonRef, Registration, Stance, Timestamp, WithholdingRefused,
};
use crate::gateway::{ATTEMPTS, Basis, CovenantInForce, Error, Gateway, Requester};
use crate::store::{CustodianFile, Sealed};

/// Why a consent cannot be recorded or changed so.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// The client is not registered at the caller's organisation.
    #[error("client: is not registered at your organisation; register the client first")]
    NotRegistered,
    /// The recipient is not a party with that role.
    #[error("permit.recipient: T3-2: is not a party with that role; see CatalogueService.ListParties")]
    UnknownRecipient,
    /// An objection asks nobody for a yes.
    #[error("consent_id: is an objection; only a permit can be looked at so")]
    NotAPermit,
    /// A rule of consent.
    #[error(transparent)]
    Refused(#[from] ConsentRefused),
    /// A rule about passing a refusal.
    #[error(transparent)]
    Override(#[from] OverrideRefused),
    /// A rule about withholding from representatives.
    #[error(transparent)]
    Withholding(#[from] WithholdingRefused),
}

impl From<ConsentRefused> for Error {
    fn from(refused: ConsentRefused) -> Self {
        Self::Consent(refused.into())
    }
}

/// A permit or objection to record.
#[derive(Debug, Clone)]
pub struct RecordRequest {
    /// About whom.
    pub client: ClientRef,
    /// What it says.
    pub stance: Stance,
    /// From when (now, if not said), until when (no end, if not said: for objections only).
    pub from: Option<Timestamp>,
    /// The exclusive end.
    pub until: Option<Timestamp>,
    /// The first person to agree, or who objects.
    pub grantor: Grantor,
    /// For a data subject: the fields it is about.
    pub grantor_fields: Option<Vec<FieldCode>>,
    /// How it was recorded.
    pub evidence: Evidence,
}

/// Another person agrees.
#[derive(Debug, Clone)]
pub struct GrantRequest {
    /// About whom.
    pub client: ClientRef,
    /// To which consent.
    pub consent: ConsentId,
    /// Who.
    pub grantor: Grantor,
    /// For a data subject: the fields it is about.
    pub grantor_fields: Option<Vec<FieldCode>>,
}

/// Somebody takes back what they gave.
#[derive(Debug, Clone)]
pub struct WithdrawRequest {
    /// About whom.
    pub client: ClientRef,
    /// Which consent.
    pub consent: ConsentId,
    /// Who.
    pub person: PersonRef,
    /// Which fields, or all of it.
    pub fields: Option<Vec<FieldCode>>,
}

/// A consent in its new version, recorded.
pub struct Changed {
    /// The new version.
    pub consent: Consent,
    /// Who must agree is read from it.
    pub registration: Registration,
    /// The proof that it was recorded.
    pub sealed: Sealed,
}

impl Gateway {
    /// Registers a client at the caller's organisation, or replaces the registration whole.
    pub async fn register_client(
        &self,
        requester: &Requester,
        client: &ClientRef,
        registration: &Registration,
    ) -> Result<Sealed, Error> {
        let custodian = &requester.actor.hat.organisation;
        for _ in 0..ATTEMPTS {
            let covenant = self.covenant();
            let current = self.register.current(client).await?;
            let basis = Basis {
                at: self.clock.decide_at()?,
                covenant: &covenant,
                client,
                revision: current.revision,
            };
            // What a professional withholds from representatives is not undone by registering anew.
            let withheld = current.at(custodian).map(|file| file.registration.withheld.clone());
            let registration =
                Registration { withheld: withheld.unwrap_or_default(), ..registration.clone() };
            let event = Event::Registered { custodian: custodian.clone(), registration };
            let sealed = self.seal(client, self.entry(requester, &basis, event)).await?;
            if let Some(sealed) = sealed {
                self.register.forget(client);
                return Ok(sealed);
            }
        }
        Err(Error::Contended)
    }

    /// Records a permit or an objection, with its first grantor.
    pub async fn record_consent(
        &self,
        requester: &Requester,
        request: &RecordRequest,
    ) -> Result<Changed, Error> {
        let id = ConsentId::from_bytes(self.random());
        self.change(requester, &request.client, |file, covenant, now| {
            let rules = &covenant.covenant;
            if let Stance::Permit(permit) = &request.stance {
                let party = rules.parties.get(&permit.recipient.organisation);
                party.and_then(|p| p.role(&permit.recipient.role)).ok_or(ConsentError::UnknownRecipient)?;
            }
            let from = request.from.unwrap_or(now);
            let until = request.until.unwrap_or(Timestamp::END);
            let period = Period::new(from, until).map_err(|_| ConsentRefused::PeriodEmpty)?;
            let draft = Draft {
                id: id.clone(),
                custodian: requester.actor.hat.organisation.clone(),
                stance: request.stance.clone(),
                period,
                grantor: request.grantor.clone(),
                grantor_fields: request.grantor_fields.clone(),
                evidence: request.evidence.clone(),
            };
            let consent = draft.record(&file.registration, &rules.catalogue, &rules.purposes, now)?;
            Ok((consent.clone(), Event::ConsentRecorded(consent)))
        })
        .await
    }

    /// Another person who must agree, agrees.
    pub async fn add_grant(&self, requester: &Requester, request: &GrantRequest) -> Result<Changed, Error> {
        self.change(requester, &request.client, |file, _, now| {
            let consent = find(file, &request.consent)?;
            let fields = request.grantor_fields.clone();
            let next = consent.add_grant(request.grantor.clone(), fields, &file.registration, now)?;
            Ok((next.clone(), Event::GrantAdded(next)))
        })
        .await
    }

    /// Takes back what a person gave. When this returns, no later answer of any replica rests on it.
    pub async fn withdraw(&self, requester: &Requester, request: &WithdrawRequest) -> Result<Changed, Error> {
        self.change(requester, &request.client, |file, covenant, now| {
            let consent = find(file, &request.consent)?;
            let terms = covenant.covenant.terms(&consent.custodian);
            let fields = request.fields.as_deref();
            let next = consent.withdraw(&request.person, fields, &file.registration, terms, now)?;
            Ok((next.clone(), Event::ConsentWithdrawn(next)))
        })
        .await
    }

    /// What the caller's organisation recorded about a client: the registration and all consents.
    pub async fn consents(
        &self,
        requester: &Requester,
        client: &ClientRef,
    ) -> Result<(Registration, Vec<Consent>), Error> {
        let file = self.register.anew(client).await?;
        let own = file.at(&requester.actor.hat.organisation).ok_or(ConsentError::NotRegistered)?;
        Ok((own.registration.clone(), own.consents.clone()))
    }

    /// One change of a consent, decided on what holds now and sealed if it still does.
    pub(super) async fn change(
        &self,
        requester: &Requester,
        client: &ClientRef,
        decide: impl Fn(&CustodianFile, &CovenantInForce, Timestamp) -> Result<(Consent, Event), Error>,
    ) -> Result<Changed, Error> {
        let custodian: &OrganisationId = &requester.actor.hat.organisation;
        for _ in 0..ATTEMPTS {
            let now = self.clock.decide_at()?;
            let covenant = self.covenant();
            // A change is decided on what is stored, not on what is remembered: its refusals are not checked by the seal.
            let current = self.register.anew(client).await?;
            let file = current.at(custodian).ok_or(ConsentError::NotRegistered)?;
            let (consent, event) = decide(file, &covenant, now)?;
            let basis = Basis { at: now, covenant: &covenant, client, revision: current.revision };
            if let Some(sealed) = self.seal(client, self.entry(requester, &basis, event)).await? {
                self.register.forget(client);
                let registration = file.registration.clone();
                return Ok(Changed { consent, registration, sealed });
            }
        }
        Err(Error::Contended)
    }
}

pub(super) fn find<'a>(file: &'a CustodianFile, id: &ConsentId) -> Result<&'a Consent, Error> {
    file.consents.iter().find(|c| c.id == *id).ok_or(Error::NotFound("consent"))
}
