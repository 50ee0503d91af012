//! The way that every call goes, around what it does.
//!
//! What is always true here:
//! 1. Nothing is read before it is known who calls and that they may (AIP-211).
//! 2. A call about a client that is refused for who calls or what they ask is recorded before it is answered, and if
//!    that fails the answer is UNAVAILABLE.
//! 3. A panic becomes INTERNAL; what it says stays here.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tonic::metadata::MetadataMap;
use tonic::{Code, Extensions, Request, Response, Status};

use super::caller::{Caller, Edge};
use super::refusal::Refusal;
use super::{measured, trace};
use crate::contract::v1::ClientName;
use crate::contract::v1::client_name::Name;
use crate::domain::{Bsn, Capability, ClientRef, TraceId};
use crate::gateway::{Followed, Gateway, Requester};

/// Any known hat may.
pub(super) const ANYONE: &[Capability] = &[];

/// The gateway and its edge.
#[derive(Clone)]
pub(super) struct Calls {
    pub(super) gateway: Arc<Gateway>,
    pub(super) edge: Arc<Edge>,
}

impl Calls {
    /// A call that is not about one client.
    pub(super) async fn answer<B, T, F>(
        &self,
        method: &'static str,
        may: &[Capability],
        request: Request<B>,
        work: impl FnOnce(Caller, B) -> F,
    ) -> Result<Response<T>, Status>
    where
        F: Future<Output = Result<T, Refusal>>,
    {
        let (metadata, extensions, body) = request.into_parts();
        let (trace, followed, identified) = self.identify(&metadata, &extensions);
        let answered = async {
            let caller = identified?;
            caller.may(self.edge.minimum_level, may)?;
            // Boxed, for every layer around it would copy it.
            Box::pin(work(caller, body)).await
        };
        measured(method, &trace, followed, answered).await
    }

    /// A call about the client whom the message names.
    pub(super) async fn about<B, T, F>(
        &self,
        method: &'static str,
        may: &[Capability],
        request: Request<B>,
        name: fn(&B) -> Option<&ClientName>,
        work: impl FnOnce(Caller, ClientRef, B) -> F,
    ) -> Result<Response<T>, Status>
    where
        F: Future<Output = Result<T, Refusal>>,
    {
        let (metadata, extensions, body) = request.into_parts();
        let (trace, followed, identified) = self.identify(&metadata, &extensions);
        let answered = async {
            let caller = identified?;
            let requester = caller.requester.clone();
            let (client, wrong_name) = self.read(&caller, name(&body));
            let allowed = caller.may(self.edge.minimum_level, may).and(wrong_name.map_or(Ok(()), Err));
            let result = match (allowed, client.clone()) {
                // Boxed, for every layer around it would copy it.
                (Ok(()), Some(client)) => Box::pin(work(caller, client, body)).await,
                (Ok(()), None) => Err(missing()),
                (Err(refusal), _) => Err(refusal),
            };
            self.record(&requester, client.as_ref(), method, result).await
        };
        measured(method, &trace, followed, answered).await
    }

    /// The call's trace, and who calls.
    fn identify(
        &self,
        metadata: &MetadataMap,
        extensions: &Extensions,
    ) -> (TraceId, Followed, Result<Caller, Refusal>) {
        let (trace, followed) = trace::begin(&self.edge, &self.gateway, metadata, extensions);
        let identifying = followed.part("identify");
        let identified = self.edge.identify(&self.gateway, &trace, metadata, extensions);
        drop(identifying);
        (trace, followed, identified)
    }

    /// The client, as far as it can be read, and what is wrong with the name. A handle that this gateway never made for
    /// the caller is read as nobody's, so that it is answered like a client whom nobody registered.
    fn read(&self, caller: &Caller, name: Option<&ClientName>) -> (Option<ClientRef>, Option<Refusal>) {
        let pseudonyms = self.gateway.pseudonyms();
        match name.and_then(|name| name.name.as_ref()) {
            None => (None, None),
            Some(Name::Handle(handle)) => {
                let known = pseudonyms.open_handle(handle, caller.organisation());
                (Some(known.unwrap_or_else(|| pseudonyms.stray(handle))), None)
            }
            Some(Name::Bsn(text)) => {
                let bsn = Bsn::parse(text).ok();
                let client = bsn.as_ref().map(|bsn| pseudonyms.client(bsn));
                let wrong = match (caller.may_use_bsn(), bsn) {
                    (false, _) => Some(bsn_not_allowed()),
                    (true, None) => {
                        Some(Refusal::invalid("client.bsn", "BSN_INVALID", "is not a BSN; check the digits"))
                    }
                    (true, Some(_)) => None,
                };
                (client, wrong)
            }
        }
    }

    pub(super) async fn record<T>(
        &self,
        requester: &Requester,
        client: Option<&ClientRef>,
        method: &'static str,
        result: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if let (Err(refusal), Some(client)) = (&result, client)
            && refusal.must_be_recorded()
            && let Err(error) =
                Box::pin(self.gateway.record_refusal(requester, client, method, refusal.reason())).await
        {
            let text = "it cannot be recorded now, so it is not answered; try again";
            return Err(Refusal::new(Code::Unavailable, "AUDIT_UNAVAILABLE", text).because(error.to_string()));
        }
        result
    }
}

/// Only by law (UAVG art. 46), never by consent.
pub(super) fn bsn_not_allowed() -> Refusal {
    let text = "your organisation may not use the BSN; name the client by the handle you were given";
    Refusal::new(Code::PermissionDenied, "BSN_NOT_ALLOWED", text)
}

fn missing() -> Refusal {
    Refusal::invalid("client", "CLIENT_MISSING", "name the client by bsn or handle")
}

/// Runs it, follows it, counts it, logs what broke, and makes a refusal a status.
async fn measured<T>(
    method: &'static str,
    trace: &TraceId,
    followed: Followed,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<Response<T>, Status> {
    let measuring = measured::begin(method, followed.clone());
    let result = caught(&followed, work).await.map_err(|refusal| match refusal.cause() {
        Some(cause) => {
            tracing::error!(method, reason = refusal.reason(), cause, %trace, "a call failed");
            refusal.with("trace_id", trace)
        }
        None => refusal,
    });
    if let Err(refusal) = &result {
        measured::refused(refusal.reason());
    }
    measuring.end(result.as_ref().map_or_else(Refusal::code, |_| Code::Ok));
    result.map(Response::new).map_err(Status::from)
}

async fn caught<T>(
    followed: &Followed,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let mut work = pin!(work);
    poll_fn(|context| {
        let poll = || followed.during(|| work.as_mut().poll(context));
        let polled = catch_unwind(AssertUnwindSafe(poll));
        polled.unwrap_or_else(|_| Poll::Ready(Err(Refusal::internal("a panic"))))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_told_as_internal_and_says_nothing_of_itself() {
        let work = async {
            assert!(!std::hint::black_box(true), "999993653");
            Ok::<(), Refusal>(())
        };
        let status =
            measured("Test", &TraceId::from_bytes([1; 16]), Followed::default(), work).await.unwrap_err();
        assert_eq!(status.code(), Code::Internal);
        assert!(!format!("{status:?}").contains("999993653"));
    }
}
