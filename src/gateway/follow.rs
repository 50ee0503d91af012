//! How a call is followed: its spans, handed to whoever exports them, or to nobody.
//!
//! What is always true here:
//! 1. A span says which part of a call it is, of or to which organisation, when, and how it ended, in words of ours: there is no place
//!    in it for anything of a client, a professional or a value.
//! 2. Nobody waits for a span: where the queue is full it is dropped, and counted.
//! 3. No use case takes a trace as an argument: which call is worked on is known for as long as it is polled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::domain::{OrganisationId, Randomness, SpanId, Timestamp, TraceId, TraceParent, TraceShare};

/// Spans that wait to be exported: those of a thousand calls.
const WAITING: usize = 4_096;

/// What a span is of, as OTLP numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// A part of a call.
    Internal = 1,
    /// A whole call.
    Server = 2,
    /// A question to another system.
    Client = 3,
}

/// A part of a call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its trace.
    pub trace: TraceId,
    /// Itself.
    pub id: SpanId,
    /// What it is a part of.
    pub parent: Option<SpanId>,
    /// A method of the contract, or a word of ours.
    pub name: &'static str,
    /// Of which kind.
    pub kind: SpanKind,
    /// When the call began, and how long after that this did.
    pub began: (Timestamp, Duration),
    /// How long it took.
    pub took: Duration,
    /// The organisation on the other side, if there is one.
    pub organisation: Option<OrganisationId>,
    /// How it ended: a code of ours.
    pub outcome: Option<&'static str>,
    /// Whether that is a fault, of ours or of who was asked.
    pub failed: bool,
}

/// Who follows calls: where their spans go, and which share of the calls.
#[derive(Clone)]
pub struct Follower {
    spans: mpsc::Sender<Span>,
    share: TraceShare,
    randomness: Arc<dyn Randomness>,
}

impl Follower {
    /// With the end at which spans are taken out.
    pub fn new(share: TraceShare, randomness: Arc<dyn Randomness>) -> (Self, mpsc::Receiver<Span>) {
        let (spans, taken_out) = mpsc::channel(WAITING);
        (Self { spans, share, randomness }, taken_out)
    }

    fn span_id(&self) -> SpanId {
        let mut id = SpanId::default();
        self.randomness.fill(&mut id);
        id
    }

    fn hand_over(&self, span: Span) {
        if self.spans.try_send(span).is_err() {
            metrics::counter!("sluis_spans_total", "outcome" => "dropped").increment(1);
        }
    }
}

/// What is known of a call when it begins.
pub struct Beginning<'a> {
    /// Its trace.
    pub trace: &'a TraceId,
    /// What the caller said of it.
    pub from: Option<&'a TraceParent>,
    /// When it came, by both clocks.
    pub at: (Timestamp, Instant),
    /// Whose it is.
    pub caller: Option<OrganisationId>,
}

/// A call that may be followed. By default it is not, and nobody who is asked for it hears of a trace.
#[derive(Clone, Default)]
pub struct Followed(Option<Arc<Call>>);

struct Call {
    trace: TraceId,
    /// Itself; where it is not followed, what others hear in its place.
    id: SpanId,
    parent: Option<SpanId>,
    at: (Timestamp, Instant),
    caller: Option<OrganisationId>,
    /// Whether anybody after us follows.
    sampled: bool,
    follower: Option<Follower>,
}

tokio::task_local! {
    static CURRENT: Followed;
}

impl Followed {
    /// A call begins. It is followed if the caller says so; where the caller says nothing, if it is of the share. Where nobody
    /// follows anything, what the caller says is passed on.
    pub fn begin(follower: Option<&Follower>, call: Beginning<'_>) -> Self {
        let Beginning { trace, from, at, caller } = call;
        let follows = |f: &&Follower| from.map_or_else(|| f.share.takes(trace), |from| from.sampled);
        let following = follower.filter(follows);
        let parent = from.map(|from| from.span);
        let id = match (parent, follower) {
            (Some(parent), _) if following.is_none() => parent,
            (_, Some(follower)) => follower.span_id(),
            (_, None) => return Self::default(),
        };
        let sampled = following.is_some() || from.is_some_and(|from| from.sampled);
        let (trace, follower) = (trace.clone(), following.cloned());
        Self(Some(Arc::new(Call { trace, id, parent, at, caller, sampled, follower })))
    }

    /// Works on it for a moment: what begins meanwhile is a part of it.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        if self.0.is_some() { CURRENT.sync_scope(self.clone(), work) } else { work() }
    }

    /// A part of it begins; `None` where nobody follows. It ends when it is dropped.
    pub fn part(&self, name: &'static str) -> Option<Part> {
        self.part_since(name, Instant::now)
    }

    /// A part of it that began then.
    pub fn part_since(&self, name: &'static str, began: impl FnOnce() -> Instant) -> Option<Part> {
        let call = self.0.as_ref()?;
        let id = call.follower.as_ref()?.span_id();
        let (kind, organisation, outcome) = (SpanKind::Internal, None, None);
        Some(Part {
            call: call.clone(),
            id,
            name,
            kind,
            began: began(),
            organisation,
            outcome,
            failed: false,
        })
    }

    /// The whole of it ended so.
    pub fn end(&self, method: &'static str, outcome: &'static str, failed: bool) {
        let Some(call) = &self.0 else { return };
        let Some(follower) = &call.follower else { return };
        follower.hand_over(Span {
            trace: call.trace.clone(),
            id: call.id,
            parent: call.parent,
            name: method,
            kind: SpanKind::Server,
            began: (call.at.0, Duration::ZERO),
            took: call.at.1.elapsed(),
            organisation: call.caller.clone(),
            outcome: Some(outcome),
            failed,
        });
    }

    /// See [`question`].
    fn question(&self, name: &'static str, to: &OrganisationId) -> (Option<Part>, Option<TraceParent>) {
        let Some(call) = &self.0 else { return (None, None) };
        let mut part = self.part(name);
        if let Some(part) = &mut part {
            (part.kind, part.organisation) = (SpanKind::Client, Some(to.clone()));
        }
        let span = part.as_ref().map_or(call.id, |part| part.id);
        (part, Some(TraceParent { trace: call.trace.clone(), span, sampled: call.sampled }))
    }
}

/// A part of the call that is worked on begins.
pub(super) fn part(name: &'static str) -> Option<Part> {
    CURRENT.try_with(|call| call.part(name)).ok().flatten()
}

/// A question to another organisation's system begins: the part, and what that system hears of it.
pub(super) fn question(name: &'static str, to: &OrganisationId) -> (Option<Part>, Option<TraceParent>) {
    CURRENT.try_with(|call| call.question(name, to)).unwrap_or_default()
}

/// A part of a call under way. It ends when it is dropped.
pub struct Part {
    call: Arc<Call>,
    id: SpanId,
    name: &'static str,
    kind: SpanKind,
    began: Instant,
    organisation: Option<OrganisationId>,
    outcome: Option<&'static str>,
    failed: bool,
}

/// A part ends, where it is followed: how, and whether that is a fault.
pub(super) fn ended(part: Option<Part>, outcome: &'static str, failed: bool) {
    if let Some(mut part) = part {
        (part.outcome, part.failed) = (Some(outcome), failed);
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let call = &self.call;
        let Some(follower) = &call.follower else { return };
        follower.hand_over(Span {
            trace: call.trace.clone(),
            id: self.id,
            parent: Some(call.id),
            name: self.name,
            kind: self.kind,
            began: (call.at.0, self.began.saturating_duration_since(call.at.1)),
            took: self.began.elapsed(),
            organisation: self.organisation.take(),
            outcome: self.outcome,
            failed: self.failed,
        });
    }
}

#[cfg(test)]
mod tests;
