//! The part of `AuditService` that clients, and those who represent them, read through an organisation of the covenant.

use super::caller::Caller;
use super::refusal::Refusal;
use super::{parse, write};
use crate::contract::v1;
use crate::domain::{Capability, ClientRef};
use crate::gateway::Gateway;

/// Whoever may speak with the client hands it out, or an officer does.
pub(super) const INFORM: &[Capability] =
    &[Capability::InformClient, Capability::RecordConsent, Capability::Audit];

pub(super) async fn overview(
    gateway: &Gateway,
    verifier_key: &str,
    caller: Caller,
    client: ClientRef,
    asked: v1::GetOwnOverviewRequest,
) -> Result<v1::GetOwnOverviewResponse, Refusal> {
    let request = parse::overview::overview(client, &asked)?;
    let overview = gateway.overview(&caller.requester, &request).await?;
    Ok(write::overview::overview(overview, verifier_key, &caller.covenant.covenant))
}

pub(super) async fn left_out(
    gateway: &Gateway,
    caller: Caller,
    client: ClientRef,
    asked: v1::ListLeftOutRequest,
) -> Result<v1::ListLeftOutResponse, Refusal> {
    let request = parse::overview::overview(client, &asked.overview.unwrap_or_default())?;
    let (entries, _) = gateway.left_out(&caller.requester, &request).await?;
    Ok(v1::ListLeftOutResponse { entries: entries.iter().map(write::overview::left_out).collect() })
}
