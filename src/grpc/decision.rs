//! What professionals of the custodian decide in `ConsentService`: passing a refusal, withholding from representatives.

use super::caller::Caller;
use super::consent::written;
use super::refusal::Refusal;
use super::{parse, write};
use crate::contract::v1;
use crate::domain::ClientRef;
use crate::gateway::Gateway;

pub(super) async fn override_refusal(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::OverrideRefusalRequest,
) -> Result<v1::OverrideRefusalResponse, Refusal> {
    let request = parse::decision::overriding(client, &asked)?;
    let changed = gateway.override_refusal(&caller.requester, &request).await?;
    Ok(v1::OverrideRefusalResponse {
        consent: Some(written(gateway, &caller, &changed.consent, &changed.registration)),
        entry_index: changed.sealed.index,
        receipt: changed.sealed.receipt.to_text(),
    })
}

pub(super) async fn confirm_override(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::ConfirmOverrideRequest,
) -> Result<v1::ConfirmOverrideResponse, Refusal> {
    let consent = parse::consent::consent_id(&asked.consent_id)?;
    let changed = gateway.confirm_override(&caller.requester, &client, &consent).await?;
    Ok(v1::ConfirmOverrideResponse {
        consent: Some(written(gateway, &caller, &changed.consent, &changed.registration)),
        entry_index: changed.sealed.index,
        receipt: changed.sealed.receipt.to_text(),
    })
}

pub(super) async fn revoke_override(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::RevokeOverrideRequest,
) -> Result<v1::RevokeOverrideResponse, Refusal> {
    let consent = parse::consent::consent_id(&asked.consent_id)?;
    let changed = gateway.revoke_override(&caller.requester, &client, &consent).await?;
    Ok(v1::RevokeOverrideResponse {
        consent: Some(written(gateway, &caller, &changed.consent, &changed.registration)),
        entry_index: changed.sealed.index,
        receipt: changed.sealed.receipt.to_text(),
    })
}

pub(super) async fn withhold_from_representative(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::WithholdFromRepresentativeRequest,
) -> Result<v1::WithholdFromRepresentativeResponse, Refusal> {
    let catalogue = &caller.covenant.covenant.catalogue;
    let request = parse::decision::withholding(client, &asked, catalogue)?;
    let (withholding, sealed) = gateway.withhold(&caller.requester, &request).await?;
    Ok(v1::WithholdFromRepresentativeResponse {
        withholding: Some(write::consent::withholding(&withholding, catalogue)),
        entry_index: sealed.index,
        receipt: sealed.receipt.to_text(),
    })
}

pub(super) async fn record_destruction(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::RecordDestructionRequest,
) -> Result<v1::RecordDestructionResponse, Refusal> {
    let (person, outcome, note) = parse::follow_up::destruction(&asked)?;
    let sealed = gateway.record_destruction(&caller.requester, &client, &person, outcome, &note).await?;
    Ok(v1::RecordDestructionResponse { entry_index: sealed.index, receipt: sealed.receipt.to_text() })
}

pub(super) async fn lift_withholding(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::LiftWithholdingRequest,
) -> Result<v1::LiftWithholdingResponse, Refusal> {
    let id = parse::consent::withholding_id(&asked.withholding_id)?;
    let sealed = gateway.lift_withholding(&caller.requester, &client, &id).await?;
    Ok(v1::LiftWithholdingResponse { entry_index: sealed.index, receipt: sealed.receipt.to_text() })
}
