//! `DisclosureService`: asking for named fields about one client, for one purpose.

use std::sync::LazyLock;

use metrics::Counter;
use tonic::{Request, Response, Status};

use super::caller::Caller;
use super::calls::Calls;
use super::refusal::Refusal;
use super::{parse, wording, write};
use crate::contract::v1;
use crate::contract::v1::disclosure_service_server::DisclosureService;
use crate::custodian::wire_value;
use crate::domain::{Capability, ClientRef, ConsultOutcome, OBLIGATIONS};
use crate::gateway::Gateway;

static RELEASED: LazyLock<Counter> =
    LazyLock::new(|| metrics::counter!("sluis_fields_total", "outcome" => "released"));
static WITHHELD: LazyLock<Counter> =
    LazyLock::new(|| metrics::counter!("sluis_fields_total", "outcome" => "withheld"));

/// The service.
pub(super) struct Disclosures(pub(super) Calls);

#[tonic::async_trait]
impl DisclosureService for Disclosures {
    async fn disclose(
        &self,
        request: Request<v1::DiscloseRequest>,
    ) -> Result<Response<v1::DiscloseResponse>, Status> {
        let gateway = &self.0.gateway;
        self.0
            .about(
                "Disclose",
                &[Capability::Ask],
                request,
                |asked| asked.client.as_ref(),
                |caller, client, asked| disclose(gateway, caller, client, asked),
            )
            .await
    }

    async fn consult(
        &self,
        request: Request<v1::ConsultRequest>,
    ) -> Result<Response<v1::ConsultResponse>, Status> {
        let gateway = &self.0.gateway;
        let work = |caller, asked| consult(gateway, caller, asked);
        self.0.answer("Consult", &[Capability::Ask], request, work).await
    }

    async fn preview(
        &self,
        request: Request<v1::PreviewRequest>,
    ) -> Result<Response<v1::PreviewResponse>, Status> {
        let gateway = &self.0.gateway;
        self.0
            .about(
                "Preview",
                &[Capability::Ask, Capability::RecordConsent],
                request,
                |asked| asked.client.as_ref(),
                |caller, client, asked| preview(gateway, caller, client, asked),
            )
            .await
    }
}

async fn consult(
    gateway: &Gateway,
    caller: Caller,
    asked: v1::ConsultRequest,
) -> Result<v1::ConsultResponse, Refusal> {
    let request = parse::consult::consult(&caller, asked)?;
    let (outcome, sealed) = gateway.consult(&caller.requester, &request).await?;
    let (reason, (text_nl, text_en), found) = match &outcome {
        ConsultOutcome::Accepted => ("", ("", ""), &[][..]),
        ConsultOutcome::IdentifierDetected(found) => {
            ("IDENTIFIER_DETECTED", wording::IDENTIFIER_DETECTED, found.as_slice())
        }
        ConsultOutcome::ReIdentifiable => ("RE_IDENTIFIABLE", wording::RE_IDENTIFIABLE, &[][..]),
    };
    Ok(v1::ConsultResponse {
        entry_index: sealed.index,
        accepted: outcome == ConsultOutcome::Accepted,
        reason: reason.to_owned(),
        text_nl: text_nl.to_owned(),
        text_en: text_en.to_owned(),
        found: found.iter().map(|what| what.as_str().to_owned()).collect(),
        receipt: sealed.receipt.to_text(),
        leaf: sealed.leaf.0.to_vec(),
    })
}

async fn disclose(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::DiscloseRequest,
) -> Result<v1::DiscloseResponse, Refusal> {
    let request = parse::disclosure::disclosure(
        |id| gateway.serves(id),
        gateway.pseudonyms(),
        &caller,
        client,
        &asked,
    )?;
    let disclosure = gateway.disclose(&caller.requester, &request).await?;

    let failure = disclosure.failure();
    let (released, withheld, sealed) = disclosure.open();
    RELEASED.increment(released.len() as u64);
    WITHHELD.increment(withheld.len() as u64);
    if let Some(failure) = failure {
        return Err((failure, sealed.index).into());
    }
    let catalogue = &caller.covenant.covenant.catalogue;
    let obligations: &[&str] = if released.is_empty() { &[] } else { &OBLIGATIONS };
    Ok(v1::DiscloseResponse {
        entry_index: sealed.index,
        released: released
            .into_iter()
            .map(|(code, value)| v1::FieldValue {
                field: write::field_id(code, catalogue),
                value: Some(wire_value::to_wire(value)),
            })
            .collect(),
        withheld: withheld.iter().map(|w| write::verdict::withheld(w.field, w.told, catalogue)).collect(),
        obligations: obligations.iter().map(ToString::to_string).collect(),
        receipt: sealed.receipt.to_text(),
        leaf: sealed.leaf.0.to_vec(),
    })
}

async fn preview(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::PreviewRequest,
) -> Result<v1::PreviewResponse, Refusal> {
    let catalogue = &caller.covenant.covenant.catalogue;
    if asked.supposing.is_some() {
        let request = parse::draft::suppose(|id| gateway.serves(id), &caller, client, &asked)?;
        let supposed = gateway.suppose(&caller.requester, &request).await?;
        return Ok(write::verdict::supposed(&supposed, &caller.covenant.covenant));
    }
    let request =
        parse::disclosure::preview(|id| gateway.serves(id), gateway.pseudonyms(), &caller, client, &asked)?;
    let ruling = gateway.preview(&caller.requester, &request).await?;
    Ok(v1::PreviewResponse {
        permitted: write::field_ids(&ruling.permitted(), catalogue),
        withheld: write::verdict::withheld_of(&ruling, catalogue),
        ..v1::PreviewResponse::default()
    })
}
