//! The spans of followed calls, handed to a collector over OTLP.
//!
//! What is always true here: nobody waits for it. What the collector does not take, or not in time, is dropped and counted; while it is
//! away the queue fills, and what does not fit is dropped where it is made. A trace is a sample: what must not be lost is in the ledger.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tonic::transport::Channel;

use super::collector::{pairs, reach, unhex};
use crate::config::Traces;
use crate::contract::otlp::trace_service_client::TraceServiceClient;
use crate::contract::otlp::{
    ExportTraceServiceRequest, InstrumentationScope, KeyValue, Resource, ResourceSpans, ScopeSpans,
    Span as OtlpSpan, Status,
};
use crate::domain::{OrganisationId, Randomness};
use crate::gateway::{Follower, Span, SpanKind};

/// Spans in a message.
const PAGE: usize = 512;
/// How often what there is goes, also if it fills no message.
const EVERY: Duration = Duration::from_secs(1);
/// How long the collector may take for a message, a new connection included.
const ANSWER: Duration = Duration::from_secs(5);
/// How long a stop waits for the last spans to go.
const LAST: Duration = Duration::from_secs(2);
const NANOSECONDS: u64 = 1_000_000;

/// Handing over, under way if there is a collector.
#[derive(Default)]
pub(super) struct Exporting(Option<(oneshot::Sender<()>, JoinHandle<()>)>);

/// Begins, if there is a collector; gives who follows calls.
pub(super) fn start(
    traces: Option<Traces>,
    origin: &str,
    randomness: Arc<dyn Randomness>,
) -> Result<(Option<Follower>, Exporting), tonic::transport::Error> {
    let Some(traces) = traces else { return Ok((None, Exporting::default())) };
    let collector = reach(&traces.collector, ANSWER)?;
    let resource = resource(origin, &*randomness);
    let (follower, spans) = Follower::new(traces.sampled, randomness);
    let (stop, stopping) = oneshot::channel();
    let task = tokio::spawn(Exporter { spans, collector, resource, is_away: false }.run(stopping));
    Ok((Some(follower), Exporting(Some((stop, task)))))
}

impl Exporting {
    /// Hands over what there is, for a moment at most.
    pub(super) async fn finish(self) {
        let Some((stop, mut task)) = self.0 else { return };
        let _ = stop.send(());
        if timeout(LAST, &mut task).await.is_err() {
            task.abort();
        }
    }
}

struct Exporter {
    spans: mpsc::Receiver<Span>,
    collector: TraceServiceClient<Channel>,
    resource: Vec<KeyValue>,
    /// Whether it took nothing the last time.
    is_away: bool,
}

impl Exporter {
    async fn run(mut self, mut stopping: oneshot::Receiver<()>) {
        let mut page = Vec::with_capacity(PAGE);
        let mut timer = interval(EVERY);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let room = PAGE.saturating_sub(page.len());
            tokio::select! {
                _ = self.spans.recv_many(&mut page, room), if room > 0 && !self.spans.is_closed() => {
                    if page.len() < PAGE { continue; }
                }
                _ = timer.tick() => {}
                _ = &mut stopping => break,
            }
            self.hand_over(&mut page).await;
        }
        self.spans.close();
        while self.spans.recv_many(&mut page, PAGE).await > 0 {
            self.hand_over(&mut page).await;
        }
        self.hand_over(&mut page).await;
    }

    async fn hand_over(&mut self, page: &mut Vec<Span>) {
        if page.is_empty() {
            return;
        }
        let all = page.len() as u64;
        let message = message(&self.resource, page.drain(..));
        // By a clock of its own: the channel's does not count while it connects.
        let answer = timeout(ANSWER, self.collector.export(message)).await;
        let rejected = match answer {
            Ok(Ok(answer)) => {
                self.is_there(true, "");
                let partial = answer.into_inner().partial_success;
                partial.map_or(0, |partial| u64::try_from(partial.rejected_spans).unwrap_or(0)).min(all)
            }
            Ok(Err(status)) => {
                self.is_there(false, &format!("{:?}", status.code()));
                all
            }
            Err(_) => {
                self.is_there(false, "no answer in time");
                all
            }
        };
        metrics::counter!("sluis_spans_total", "outcome" => "dropped").increment(rejected);
        metrics::counter!("sluis_spans_total", "outcome" => "taken").increment(all.saturating_sub(rejected));
    }

    /// Says so once, and not for every message.
    fn is_there(&mut self, there: bool, reason: &str) {
        if there && self.is_away {
            tracing::info!("the collector takes spans again");
        } else if !there && !self.is_away {
            tracing::warn!(reason, "the collector does not take spans: they are dropped");
        }
        self.is_away = !there;
    }
}

/// Who hands them over: this gateway, of all that write this ledger.
fn resource(origin: &str, randomness: &dyn Randomness) -> Vec<KeyValue> {
    let mut bytes = [0; 16];
    randomness.fill(&mut bytes);
    let instance = uuid::Builder::from_random_bytes(bytes).into_uuid().to_string();
    pairs([
        ("service.name", "sluis"),
        ("service.namespace", origin),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", &instance),
    ])
}

fn message(resource: &[KeyValue], spans: impl Iterator<Item = Span>) -> ExportTraceServiceRequest {
    let scope =
        InstrumentationScope { name: "sluis".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let scope_spans =
        vec![ScopeSpans { scope: Some(scope), spans: spans.map(|span| written(&span)).collect() }];
    let resource = Some(Resource { attributes: resource.to_vec() });
    ExportTraceServiceRequest { resource_spans: vec![ResourceSpans { resource, scope_spans }] }
}

/// By the semantic conventions where they have a word.
fn written(span: &Span) -> OtlpSpan {
    let (call, after) = span.began;
    let whole = u64::try_from(call.0).unwrap_or(0).saturating_mul(NANOSECONDS);
    let began = whole.saturating_add(nanoseconds(after));
    let organisation = span.organisation.as_ref().map(OrganisationId::as_str);
    let attributes = match span.kind {
        SpanKind::Server => [
            Some(("rpc.system.name", "grpc")),
            Some(("rpc.method", span.name)),
            span.outcome.map(|outcome| ("rpc.response.status_code", outcome)),
            organisation.map(|caller| ("sluis.caller", caller)),
        ],
        SpanKind::Client | SpanKind::Internal => [
            span.outcome.map(|outcome| ("sluis.outcome", outcome)),
            organisation.map(|custodian| ("sluis.custodian", custodian)),
            None,
            None,
        ],
    };
    OtlpSpan {
        trace_id: unhex(span.trace.as_str()),
        span_id: span.id.to_vec(),
        parent_span_id: span.parent.map(Vec::from).unwrap_or_default(),
        name: span.name.to_owned(),
        kind: span.kind as i32,
        start_time_unix_nano: began,
        end_time_unix_nano: began.saturating_add(nanoseconds(span.took)),
        attributes: pairs(attributes.into_iter().flatten()),
        status: Some(Status { code: if span.failed { 2 } else { 0 } }),
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::otlp::AnyValue;
    use crate::domain::{Timestamp, TraceId};

    fn span(kind: SpanKind, outcome: &'static str) -> Span {
        Span {
            trace: TraceId::from_bytes([7; 16]),
            id: [2; 8],
            parent: Some([1; 8]),
            name: "ask the custodian",
            kind,
            began: (Timestamp(1_000), Duration::from_micros(3)),
            took: Duration::from_millis(2),
            organisation: OrganisationId::parse("00000099000000000101").ok(),
            outcome: Some(outcome),
            failed: kind == SpanKind::Client,
        }
    }

    fn attributes(span: &OtlpSpan) -> Vec<(&str, &str)> {
        fn text(value: Option<&AnyValue>) -> &str {
            value.map_or("", |value| &value.string_value)
        }
        span.attributes.iter().map(|pair| (pair.key.as_str(), text(pair.value.as_ref()))).collect()
    }

    #[test]
    fn a_span_says_when_to_the_nanosecond_under_what_and_between_whom() {
        let asked = written(&span(SpanKind::Client, "timeout"));
        assert_eq!(
            (asked.trace_id, asked.span_id, asked.parent_span_id),
            (vec![7; 16], vec![2; 8], vec![1; 8])
        );
        assert_eq!((asked.start_time_unix_nano, asked.end_time_unix_nano), (1_000_003_000, 1_002_003_000));
        assert_eq!((asked.kind, asked.status.map(|status| status.code)), (3, Some(2)));
    }

    #[test]
    fn the_attributes_of_a_span_are_these_and_no_others() {
        assert_eq!(
            attributes(&written(&span(SpanKind::Client, "timeout"))),
            [("sluis.outcome", "timeout"), ("sluis.custodian", "00000099000000000101")]
        );
        assert_eq!(
            attributes(&written(&span(SpanKind::Server, "OK"))),
            [
                ("rpc.system.name", "grpc"),
                ("rpc.method", "ask the custodian"),
                ("rpc.response.status_code", "OK"),
                ("sluis.caller", "00000099000000000101"),
            ]
        );
    }
}
