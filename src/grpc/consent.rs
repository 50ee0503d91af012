//! `ConsentService`: who may decide and what they decided, by the custodian's own professionals.

use tonic::{Request, Response, Status};

use super::caller::Caller;
use super::calls::Calls;
use super::refusal::Refusal;
use super::{decision, parse, write};
use crate::contract::v1;
use crate::contract::v1::client_name::Name;
use crate::contract::v1::consent_service_server::ConsentService;
use crate::domain::{Capability, ClientRef, Consent, Registration};
use crate::gateway::{Error, Gateway};

const MAY: &[Capability] = &[Capability::RecordConsent];

/// The service.
pub(super) struct Consents(pub(super) Calls);

#[tonic::async_trait]
impl ConsentService for Consents {
    async fn register_client(
        &self,
        request: Request<v1::RegisterClientRequest>,
    ) -> Result<Response<v1::RegisterClientResponse>, Status> {
        let work = |caller, client, asked| register_client(&self.0.gateway, caller, client, asked);
        self.0.about("RegisterClient", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn get_registration(
        &self,
        request: Request<v1::GetRegistrationRequest>,
    ) -> Result<Response<v1::GetRegistrationResponse>, Status> {
        let work = |caller, client, asked| get_registration(&self.0.gateway, caller, client, asked);
        self.0.about("GetRegistration", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn record_consent(
        &self,
        request: Request<v1::RecordConsentRequest>,
    ) -> Result<Response<v1::RecordConsentResponse>, Status> {
        let work = |caller, client, asked| record_consent(&self.0.gateway, caller, client, asked);
        self.0.about("RecordConsent", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn add_grant(
        &self,
        request: Request<v1::AddGrantRequest>,
    ) -> Result<Response<v1::AddGrantResponse>, Status> {
        let work = |caller, client, asked| add_grant(&self.0.gateway, caller, client, asked);
        self.0.about("AddGrant", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn withdraw_consent(
        &self,
        request: Request<v1::WithdrawConsentRequest>,
    ) -> Result<Response<v1::WithdrawConsentResponse>, Status> {
        let work = |caller, client, asked| withdraw_consent(&self.0.gateway, caller, client, asked);
        self.0.about("WithdrawConsent", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn override_refusal(
        &self,
        request: Request<v1::OverrideRefusalRequest>,
    ) -> Result<Response<v1::OverrideRefusalResponse>, Status> {
        let work = |caller, client, asked| decision::override_refusal(&self.0.gateway, caller, client, asked);
        self.0.about("OverrideRefusal", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn confirm_override(
        &self,
        request: Request<v1::ConfirmOverrideRequest>,
    ) -> Result<Response<v1::ConfirmOverrideResponse>, Status> {
        let work = |caller, client, asked| decision::confirm_override(&self.0.gateway, caller, client, asked);
        self.0.about("ConfirmOverride", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn revoke_override(
        &self,
        request: Request<v1::RevokeOverrideRequest>,
    ) -> Result<Response<v1::RevokeOverrideResponse>, Status> {
        let work = |caller, client, asked| decision::revoke_override(&self.0.gateway, caller, client, asked);
        self.0.about("RevokeOverride", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn withhold_from_representative(
        &self,
        request: Request<v1::WithholdFromRepresentativeRequest>,
    ) -> Result<Response<v1::WithholdFromRepresentativeResponse>, Status> {
        let work = |caller, client, asked| {
            decision::withhold_from_representative(&self.0.gateway, caller, client, asked)
        };
        self.0.about("WithholdFromRepresentative", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn lift_withholding(
        &self,
        request: Request<v1::LiftWithholdingRequest>,
    ) -> Result<Response<v1::LiftWithholdingResponse>, Status> {
        let work = |caller, client, asked| decision::lift_withholding(&self.0.gateway, caller, client, asked);
        self.0.about("LiftWithholding", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn record_destruction(
        &self,
        request: Request<v1::RecordDestructionRequest>,
    ) -> Result<Response<v1::RecordDestructionResponse>, Status> {
        let work =
            |caller, client, asked| decision::record_destruction(&self.0.gateway, caller, client, asked);
        self.0.about("RecordDestruction", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn get_consent(
        &self,
        request: Request<v1::GetConsentRequest>,
    ) -> Result<Response<v1::GetConsentResponse>, Status> {
        let work = |caller, client, asked| get_consent(&self.0.gateway, caller, client, asked);
        self.0.about("GetConsent", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn describe_consent(
        &self,
        request: Request<v1::DescribeConsentRequest>,
    ) -> Result<Response<v1::DescribeConsentResponse>, Status> {
        let work = |caller, client, asked| describe_consent(&self.0.gateway, caller, client, asked);
        self.0.about("DescribeConsent", MAY, request, |asked| asked.client.as_ref(), work).await
    }

    async fn list_consents(
        &self,
        request: Request<v1::ListConsentsRequest>,
    ) -> Result<Response<v1::ListConsentsResponse>, Status> {
        let work = |caller, client, asked| list_consents(&self.0.gateway, caller, client, asked);
        self.0.about("ListConsents", MAY, request, |asked| asked.client.as_ref(), work).await
    }
}

async fn register_client(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::RegisterClientRequest,
) -> Result<v1::RegisterClientResponse, Refusal> {
    let own = caller.organisation();
    if let Some(Name::Handle(handle)) = asked.client.and_then(|client| client.name)
        && gateway.pseudonyms().open_handle(&handle, own).is_none()
    {
        let text = "was not made for your organisation; use the handle that you were given";
        return Err(Refusal::invalid("client.handle", "HANDLE_UNKNOWN", text));
    }
    let purposes = &caller.covenant.covenant.purposes;
    let registration =
        parse::registration::registration(asked.registration.as_ref(), purposes, gateway.now())?;
    let sealed = gateway.register_client(&caller.requester, &client, &registration).await?;
    Ok(v1::RegisterClientResponse {
        client_handle: gateway.pseudonyms().handle(&client, own),
        entry_index: sealed.index,
        receipt: sealed.receipt.to_text(),
    })
}

async fn get_registration(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    _: v1::GetRegistrationRequest,
) -> Result<v1::GetRegistrationResponse, Refusal> {
    let (registration, _) = gateway.consents(&caller.requester, &client).await?;
    let covenant = &caller.covenant.covenant;
    let withheld =
        registration.withheld.iter().map(|w| write::consent::withholding(w, &covenant.catalogue)).collect();
    let registration = write::registration::registration(&registration, &covenant.purposes);
    Ok(v1::GetRegistrationResponse { registration: Some(registration), withheld })
}

async fn record_consent(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::RecordConsentRequest,
) -> Result<v1::RecordConsentResponse, Refusal> {
    let request = parse::consent::record(&caller, client, &asked)?;
    let changed = gateway.record_consent(&caller.requester, &request).await?;
    let recipient = changed.consent.permit().map(|permit| &permit.recipient.organisation);
    let handle = recipient.map(|recipient| gateway.pseudonyms().handle(&request.client, recipient));
    Ok(v1::RecordConsentResponse {
        consent: Some(written(gateway, &caller, &changed.consent, &changed.registration)),
        recipient_client_handle: handle.unwrap_or_default(),
        entry_index: changed.sealed.index,
        receipt: changed.sealed.receipt.to_text(),
    })
}

async fn add_grant(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::AddGrantRequest,
) -> Result<v1::AddGrantResponse, Refusal> {
    let request = parse::consent::grant(&caller, client, &asked)?;
    let changed = gateway.add_grant(&caller.requester, &request).await?;
    Ok(v1::AddGrantResponse {
        consent: Some(written(gateway, &caller, &changed.consent, &changed.registration)),
        entry_index: changed.sealed.index,
        receipt: changed.sealed.receipt.to_text(),
    })
}

async fn withdraw_consent(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::WithdrawConsentRequest,
) -> Result<v1::WithdrawConsentResponse, Refusal> {
    let request = parse::consent::withdrawal(&caller, client, &asked)?;
    let changed = gateway.withdraw(&caller.requester, &request).await?;
    Ok(v1::WithdrawConsentResponse {
        consent: Some(written(gateway, &caller, &changed.consent, &changed.registration)),
        entry_index: changed.sealed.index,
        receipt: changed.sealed.receipt.to_text(),
    })
}

async fn get_consent(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::GetConsentRequest,
) -> Result<v1::GetConsentResponse, Refusal> {
    let id = parse::consent::consent_id(&asked.consent_id)?;
    let (registration, consents) = gateway.consents(&caller.requester, &client).await?;
    let consent = consents.iter().find(|consent| consent.id == id).ok_or(Error::NotFound("consent"))?;
    Ok(v1::GetConsentResponse { consent: Some(written(gateway, &caller, consent, &registration)) })
}

async fn list_consents(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    _: v1::ListConsentsRequest,
) -> Result<v1::ListConsentsResponse, Refusal> {
    let (registration, consents) = gateway.consents(&caller.requester, &client).await?;
    let consents = consents.iter().map(|consent| written(gateway, &caller, consent, &registration));
    Ok(v1::ListConsentsResponse { consents: consents.collect() })
}

async fn describe_consent(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::DescribeConsentRequest,
) -> Result<v1::DescribeConsentResponse, Refusal> {
    let request = parse::draft::describe(&caller, client, &asked)?;
    let described = gateway.describe(&caller.requester, &request).await?;
    Ok(write::text::described(&described, request.language, &caller.covenant.covenant.catalogue))
}

pub(super) fn written(
    gateway: &Gateway,
    caller: &Caller,
    consent: &Consent,
    registration: &Registration,
) -> v1::Consent {
    write::consent::consent(consent, registration, &caller.covenant.covenant, gateway.now())
}
