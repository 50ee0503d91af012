//! `AuditService`: the ledger, for the officers of the organisations whose side it is.

use tonic::{Request, Response, Status};

use super::caller::Caller;
use super::calls::{ANYONE, Calls};
use super::refusal::Refusal;
use super::{export, follow_up, overview, parse, report, write};
use crate::contract::v1;
use crate::contract::v1::audit_service_server::AuditService;
use crate::domain::Capability;
use crate::gateway::{Gateway, page_token};

/// The service.
pub(super) struct Audits {
    pub(super) calls: Calls,
    pub(super) verifier_key: String,
}

#[tonic::async_trait]
impl AuditService for Audits {
    async fn list_entries(
        &self,
        request: Request<v1::ListEntriesRequest>,
    ) -> Result<Response<v1::ListEntriesResponse>, Status> {
        let gateway = &self.calls.gateway;
        let may = [Capability::Audit];
        self.calls
            .answer("ListEntries", &may, request, |caller, asked| list_entries(gateway, caller, asked))
            .await
    }

    async fn get_entry(
        &self,
        request: Request<v1::GetEntryRequest>,
    ) -> Result<Response<v1::GetEntryResponse>, Status> {
        let gateway = &self.calls.gateway;
        self.calls
            .answer("GetEntry", &[Capability::Audit], request, |caller, asked| async move {
                let v1::GetEntryRequest { index } = asked;
                let row = gateway.read_entry(&caller.requester, index).await?;
                let entry = write::entry::entry(row, caller.organisation(), &caller.covenant.covenant);
                Ok(v1::GetEntryResponse { entry: Some(entry) })
            })
            .await
    }

    async fn explain_entry(
        &self,
        request: Request<v1::ExplainEntryRequest>,
    ) -> Result<Response<v1::ExplainEntryResponse>, Status> {
        let gateway = &self.calls.gateway;
        self.calls
            .answer("ExplainEntry", &[Capability::Audit], request, |caller, asked| async move {
                let v1::ExplainEntryRequest { index } = asked;
                let explained = gateway.explain(&caller.requester, index).await?;
                Ok(write::explanation::explanation(explained, Some(caller.organisation())))
            })
            .await
    }

    type ExportEntriesStream = export::Stream;

    async fn export_entries(
        &self,
        request: Request<v1::ExportEntriesRequest>,
    ) -> Result<Response<Self::ExportEntriesStream>, Status> {
        let gateway = &self.calls.gateway;
        self.calls
            .answer("ExportEntries", &[Capability::Audit], request, |caller, asked| async move {
                export::export(gateway.clone(), self.verifier_key.clone(), caller, &asked)
            })
            .await
    }

    async fn get_report(
        &self,
        request: Request<v1::GetReportRequest>,
    ) -> Result<Response<v1::GetReportResponse>, Status> {
        let work = |caller, asked| report::get_report(&self.calls.gateway, caller, asked);
        self.calls.answer("GetReport", &[Capability::Audit], request, work).await
    }

    async fn get_checkpoint(
        &self,
        request: Request<v1::GetCheckpointRequest>,
    ) -> Result<Response<v1::GetCheckpointResponse>, Status> {
        self.calls
            .answer("GetCheckpoint", ANYONE, request, |_, _| async {
                let checkpoint = self.calls.gateway.checkpoint().await?;
                let head = self.calls.gateway.head().await?;
                let verifier_key = self.verifier_key.clone();
                Ok(v1::GetCheckpointResponse { checkpoint, verifier_key, head })
            })
            .await
    }

    async fn get_receipt(
        &self,
        request: Request<v1::GetReceiptRequest>,
    ) -> Result<Response<v1::GetReceiptResponse>, Status> {
        let gateway = &self.calls.gateway;
        let may = [Capability::Ask, Capability::Audit, Capability::RecordConsent];
        self.calls
            .answer("GetReceipt", &may, request, |caller, asked| async move {
                let v1::GetReceiptRequest { index } = asked;
                let receipt = gateway.receipt(caller.organisation(), index).await?;
                Ok(v1::GetReceiptResponse { receipt: receipt.to_text() })
            })
            .await
    }

    async fn get_consistency(
        &self,
        request: Request<v1::GetConsistencyRequest>,
    ) -> Result<Response<v1::GetConsistencyResponse>, Status> {
        let gateway = &self.calls.gateway;
        self.calls
            .answer("GetConsistency", ANYONE, request, |_, asked| async move {
                let v1::GetConsistencyRequest { old_size } = asked;
                let (proof, checkpoint) = gateway.consistency(old_size).await?;
                let proof = proof.0.iter().map(|hash| hash.0.to_vec()).collect();
                Ok(v1::GetConsistencyResponse { proof, checkpoint })
            })
            .await
    }

    async fn list_emergencies(
        &self,
        request: Request<v1::ListEmergenciesRequest>,
    ) -> Result<Response<v1::ListEmergenciesResponse>, Status> {
        let work = |caller, asked| follow_up::list_emergencies(&self.calls, caller, asked);
        self.calls.answer("ListEmergencies", follow_up::REVIEW, request, work).await
    }

    async fn judge_sample_entry(
        &self,
        request: Request<v1::JudgeSampleEntryRequest>,
    ) -> Result<Response<v1::JudgeSampleEntryResponse>, Status> {
        let work = |caller, asked| follow_up::judge_sample_entry(&self.calls, caller, asked);
        self.calls.answer("JudgeSampleEntry", follow_up::REVIEW, request, work).await
    }

    async fn review_emergency(
        &self,
        request: Request<v1::ReviewEmergencyRequest>,
    ) -> Result<Response<v1::ReviewEmergencyResponse>, Status> {
        let work = |caller, asked| follow_up::review_emergency(&self.calls, caller, asked);
        self.calls.answer("ReviewEmergency", follow_up::REVIEW, request, work).await
    }

    async fn list_notices(
        &self,
        request: Request<v1::ListNoticesRequest>,
    ) -> Result<Response<v1::ListNoticesResponse>, Status> {
        let work = |caller, asked| follow_up::list_notices(&self.calls, caller, asked);
        self.calls.answer("ListNotices", follow_up::NOTICE, request, work).await
    }

    async fn notify_client(
        &self,
        request: Request<v1::NotifyClientRequest>,
    ) -> Result<Response<v1::NotifyClientResponse>, Status> {
        let work = |caller, asked| follow_up::notify_client(&self.calls, caller, asked);
        self.calls.answer("NotifyClient", follow_up::NOTICE, request, work).await
    }

    async fn delay_notice(
        &self,
        request: Request<v1::DelayNoticeRequest>,
    ) -> Result<Response<v1::DelayNoticeResponse>, Status> {
        let work = |caller, asked| follow_up::delay_notice(&self.calls, caller, asked);
        self.calls.answer("DelayNotice", follow_up::NOTICE, request, work).await
    }

    async fn get_own_overview(
        &self,
        request: Request<v1::GetOwnOverviewRequest>,
    ) -> Result<Response<v1::GetOwnOverviewResponse>, Status> {
        let key = &self.verifier_key;
        let work =
            |caller, client, asked| overview::overview(&self.calls.gateway, key, caller, client, asked);
        self.calls
            .about("GetOwnOverview", overview::INFORM, request, |asked| asked.client.as_ref(), work)
            .await
    }

    async fn list_left_out(
        &self,
        request: Request<v1::ListLeftOutRequest>,
    ) -> Result<Response<v1::ListLeftOutResponse>, Status> {
        let named: fn(&v1::ListLeftOutRequest) -> Option<&v1::ClientName> =
            |asked| asked.overview.as_ref().and_then(|overview| overview.client.as_ref());
        let work = |caller, client, asked| overview::left_out(&self.calls.gateway, caller, client, asked);
        self.calls.about("ListLeftOut", &[Capability::Audit], request, named, work).await
    }
}

async fn list_entries(
    gateway: &Gateway,
    caller: Caller,
    asked: v1::ListEntriesRequest,
) -> Result<v1::ListEntriesResponse, Refusal> {
    let side = caller.organisation();
    let page = parse::audit::page(gateway.pseudonyms(), &caller, &asked)?;
    let rows = gateway.entries(&caller.requester, &page.filter, page.size).await?;
    let full = u32::try_from(rows.len()).is_ok_and(|count| count == page.size);
    let last = rows.last().map(|row| row.index).filter(|index| full && *index > 0);
    let next = last.map(|index| page_token::write(gateway.pseudonyms(), side, &page.filter, index));
    let covenant = &caller.covenant.covenant;
    Ok(v1::ListEntriesResponse {
        entries: rows.into_iter().map(|row| write::entry::entry(row, side, covenant)).collect(),
        next_page_token: next.unwrap_or_default(),
        expired_before: gateway.expired_before().await?,
    })
}
