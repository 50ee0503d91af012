//! Under which trace a call goes, and whether it is followed.
//!
//! The trace of a call is the caller's, or a new one; its entries in the ledger name it, and so do its spans.

use std::sync::Arc;
use std::time::Instant;

use tonic::metadata::MetadataMap;
use tonic::{Code, Extensions};

use super::caller::{Edge, only};
use crate::domain::{TraceId, TraceParent};
use crate::gateway::{Beginning, Followed, Gateway};
use crate::identity::PeerCertificate;

/// Since when a call waited for its turn: an extension of every request that had to.
#[derive(Debug, Clone, Copy)]
pub struct WaitedSince(pub Instant);

/// A call begins.
pub(super) fn begin(
    edge: &Edge,
    gateway: &Gateway,
    metadata: &MetadataMap,
    extensions: &Extensions,
) -> (TraceId, Followed) {
    let from = only(metadata, "traceparent").ok().flatten().and_then(TraceParent::parse);
    let trace =
        from.as_ref().map_or_else(|| TraceId::from_bytes(gateway.random()), |from| from.trace.clone());
    if edge.follower.is_none() && from.is_none() {
        return (trace, Followed::default());
    }
    let waited = extensions.get::<WaitedSince>().map(|since| since.0);
    let now = Instant::now();
    let before = waited.map_or(0, |since| i64::try_from(now.duration_since(since).as_millis()).unwrap_or(0));
    let at = (edge.clock.now().plus(-before), waited.unwrap_or(now));
    let caller = extensions.get::<Arc<PeerCertificate>>().map(|peer| peer.organisation.clone());
    let call = Beginning { trace: &trace, from: from.as_ref(), at, caller };
    let followed = Followed::begin(edge.follower.as_ref(), call);
    drop(waited.and_then(|since| followed.part_since("wait for a turn", || since)));
    (trace, followed)
}

/// A gRPC code as OpenTelemetry writes it, and whether it is a fault of the server
/// (semantic conventions for gRPC: `rpc.response.status_code`, and the status of a server span).
pub(super) fn outcome(code: Code) -> (&'static str, bool) {
    match code {
        Code::Ok => ("OK", false),
        Code::Cancelled => ("CANCELLED", false),
        Code::Unknown => ("UNKNOWN", true),
        Code::InvalidArgument => ("INVALID_ARGUMENT", false),
        Code::DeadlineExceeded => ("DEADLINE_EXCEEDED", true),
        Code::NotFound => ("NOT_FOUND", false),
        Code::AlreadyExists => ("ALREADY_EXISTS", false),
        Code::PermissionDenied => ("PERMISSION_DENIED", false),
        Code::ResourceExhausted => ("RESOURCE_EXHAUSTED", false),
        Code::FailedPrecondition => ("FAILED_PRECONDITION", false),
        Code::Aborted => ("ABORTED", false),
        Code::OutOfRange => ("OUT_OF_RANGE", false),
        Code::Unimplemented => ("UNIMPLEMENTED", true),
        Code::Internal => ("INTERNAL", true),
        Code::Unavailable => ("UNAVAILABLE", true),
        Code::DataLoss => ("DATA_LOSS", true),
        Code::Unauthenticated => ("UNAUTHENTICATED", false),
    }
}
