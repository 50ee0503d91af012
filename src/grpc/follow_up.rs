//! The part of `AuditService` that comes after a disclosure: worklists, reviews, notices and verdicts on samples.

use super::caller::Caller;
use super::calls::Calls;
use super::refusal::Refusal;
use super::{parse, write};
use crate::contract::v1;
use crate::domain::{Capability, UnconsentedRelease};
use crate::gateway::{Gateway, page_token};
use crate::store::{Sealed, Worklist, WorklistPage};

/// Privacy officers judge.
pub(super) const REVIEW: &[Capability] = &[Capability::Audit];
/// Whoever may speak with the client for the custodian tells the client, or an officer does.
pub(super) const NOTICE: &[Capability] = &[Capability::Audit, Capability::RecordConsent];

pub(super) async fn list_emergencies(
    calls: &Calls,
    caller: Caller,
    asked: v1::ListEmergenciesRequest,
) -> Result<v1::ListEmergenciesResponse, Refusal> {
    let gateway = &calls.gateway;
    let v1::ListEmergenciesRequest { all, page_size, page_token } = asked;
    let (releases, next_page_token) =
        list(gateway, &caller, Worklist::Emergencies, all, (page_size, &page_token)).await?;
    let (pseudonyms, now) = (gateway.pseudonyms(), gateway.now());
    let emergencies = releases.iter().map(|release| write::follow_up::emergency(release, pseudonyms, now));
    Ok(v1::ListEmergenciesResponse { emergencies: emergencies.collect(), next_page_token })
}

pub(super) async fn list_notices(
    calls: &Calls,
    caller: Caller,
    asked: v1::ListNoticesRequest,
) -> Result<v1::ListNoticesResponse, Refusal> {
    let gateway = &calls.gateway;
    let v1::ListNoticesRequest { all, page_size, page_token } = asked;
    let (releases, next_page_token) =
        list(gateway, &caller, Worklist::Notices, all, (page_size, &page_token)).await?;
    let (pseudonyms, now) = (gateway.pseudonyms(), gateway.now());
    let notices = releases.iter().map(|release| write::follow_up::notice(release, pseudonyms, now));
    Ok(v1::ListNoticesResponse { notices: notices.collect(), next_page_token })
}

pub(super) async fn review_emergency(
    calls: &Calls,
    caller: Caller,
    asked: v1::ReviewEmergencyRequest,
) -> Result<v1::ReviewEmergencyResponse, Refusal> {
    let entry = asked.entry_index;
    let work = async {
        let (verdict, note) = parse::follow_up::review(&asked)?;
        Ok(calls.gateway.review_emergency(&caller.requester, entry, verdict, &note).await?)
    };
    let sealed = recorded(calls, &caller, "ReviewEmergency", entry, work).await?;
    Ok(v1::ReviewEmergencyResponse { entry_index: sealed.index, receipt: sealed.receipt.to_text() })
}

pub(super) async fn judge_sample_entry(
    calls: &Calls,
    caller: Caller,
    asked: v1::JudgeSampleEntryRequest,
) -> Result<v1::JudgeSampleEntryResponse, Refusal> {
    let work = async {
        let judgement = parse::follow_up::judgement(&asked)?;
        Ok(calls.gateway.judge_sample(&caller.requester, &judgement).await?)
    };
    let client = calls.gateway.client_of_request(caller.organisation(), asked.entry_index).await?;
    let sealed = calls.record(&caller.requester, client.as_ref(), "JudgeSampleEntry", work.await).await?;
    Ok(v1::JudgeSampleEntryResponse { entry_index: sealed.index, receipt: sealed.receipt.to_text() })
}

pub(super) async fn notify_client(
    calls: &Calls,
    caller: Caller,
    asked: v1::NotifyClientRequest,
) -> Result<v1::NotifyClientResponse, Refusal> {
    let entry = asked.entry_index;
    let work = async {
        let (told, how, note) = parse::follow_up::notice(&asked)?;
        Ok(calls.gateway.notify_client(&caller.requester, entry, &told, how, &note).await?)
    };
    let sealed = recorded(calls, &caller, "NotifyClient", entry, work).await?;
    Ok(v1::NotifyClientResponse { entry_index: sealed.index, receipt: sealed.receipt.to_text() })
}

pub(super) async fn delay_notice(
    calls: &Calls,
    caller: Caller,
    asked: v1::DelayNoticeRequest,
) -> Result<v1::DelayNoticeResponse, Refusal> {
    let entry = asked.entry_index;
    let work = async {
        let (reason, review_on, note) = parse::follow_up::delay(&asked)?;
        Ok(calls.gateway.delay_notice(&caller.requester, entry, reason, review_on, &note).await?)
    };
    let sealed = recorded(calls, &caller, "DelayNotice", entry, work).await?;
    Ok(v1::DelayNoticeResponse { entry_index: sealed.index, receipt: sealed.receipt.to_text() })
}

/// A call about a release is one about its client: if it is refused, that is recorded before it is answered.
async fn recorded(
    calls: &Calls,
    caller: &Caller,
    method: &'static str,
    entry: u64,
    work: impl Future<Output = Result<Sealed, Refusal>>,
) -> Result<Sealed, Refusal> {
    let client = calls.gateway.client_of_release(caller.organisation(), entry).await?;
    calls.record(&caller.requester, client.as_ref(), method, work.await).await
}

/// A page of the caller's own list, and the token of the next one.
async fn list(
    gateway: &Gateway,
    caller: &Caller,
    list: Worklist,
    all: bool,
    (size, token): (i32, &str),
) -> Result<(Vec<UnconsentedRelease>, String), Refusal> {
    let own = caller.organisation();
    let question = format!("{list:?}\n{own}\n{all}");
    let (limit, after) = parse::audit::part(gateway.pseudonyms(), &question, size, token)?;
    let releases = gateway.worklist(&caller.requester, WorklistPage { list, all, after, limit }).await?;
    let full = u32::try_from(releases.len()).is_ok_and(|count| count == limit);
    let last = releases.last().filter(|_| full).map(|release| release.entry);
    let next = last.map(|last| page_token::seal(gateway.pseudonyms(), &question, last));
    Ok((releases, next.unwrap_or_default()))
}
