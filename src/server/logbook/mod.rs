//! An organisation's Logboek Dataverwerkingen, handed line by line to a collector over OTLP.
//!
//! What is always true here:
//! 1. It reads the ledger; it is not in the way of an answer, and cannot lose a line: what the collector did not confirm is sent
//!    again, from a cursor on disk. So a line can come twice, with the same trace and span id, and none is left out.
//! 2. No sampling. A line is a span, for that has the fields of a line: trace, span, name, start, end, status, attributes.
//! 3. A collector that is away is asked again, ever less often, until it is back; the lag is a metric.

mod cursor;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tonic::transport::Channel;

use self::cursor::{Cursor, CursorProblem};
use super::collector::{pairs, reach, unhex};
use crate::config::Logbook;
use crate::contract::otlp::trace_service_client::TraceServiceClient;
use crate::contract::otlp::{
    ExportTraceServiceRequest, InstrumentationScope, Resource, ResourceSpans, ScopeSpans, Span,
    Status as SpanStatus,
};
use crate::gateway::Gateway;
use crate::projection::{ProcessingRecord, Status};

/// How many entries are looked at for one message.
const PAGE: u32 = 200;
/// How often the ledger is looked at where everything was sent.
const LOOK: Duration = Duration::from_secs(1);
/// The longest wait after failures.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
const ANSWER: Duration = Duration::from_secs(20);
const NANOSECONDS: u64 = 1_000_000;

/// Why a logbook is behind.
#[derive(Debug, thiserror::Error)]
enum Behind {
    #[error("the collector did not take them: {0}")]
    Collector(tonic::Code),
    #[error("the collector rejected {0} lines")]
    Rejected(i64),
    #[error("the ledger has {size} entries, and {next} were sent before: it is an older one")]
    Shorter { size: u64, next: u64 },
    #[error(transparent)]
    Cursor(#[from] CursorProblem),
    #[error(transparent)]
    Gateway(#[from] crate::gateway::Error),
}

/// Begins to send every logbook's lines.
pub(super) fn start(
    logbooks: Vec<Logbook>,
    gateway: &Arc<Gateway>,
    origin: &str,
    stopping: &watch::Receiver<bool>,
) -> Result<(), tonic::transport::Error> {
    for logbook in logbooks {
        let sender = Sender::new(logbook, gateway.clone(), origin)?;
        tokio::spawn(sender.run(stopping.clone()));
    }
    Ok(())
}

/// A collector and how far it is.
struct Sender {
    logbook: Logbook,
    gateway: Arc<Gateway>,
    origin: String,
    cursor: Cursor,
    collector: TraceServiceClient<Channel>,
}

impl Sender {
    /// Prepares it; the collector is reached when there is something to send.
    fn new(logbook: Logbook, gateway: Arc<Gateway>, origin: &str) -> Result<Self, tonic::transport::Error> {
        let cursor = Cursor::new(&logbook.cursor, origin);
        let collector = reach(&logbook.collector, ANSWER)?;
        Ok(Self { logbook, gateway, origin: origin.to_owned(), cursor, collector })
    }

    /// Sends until it is told to stop.
    async fn run(self, mut stopping: watch::Receiver<bool>) {
        let organisation = self.logbook.organisation.to_string();
        let mut wait = Duration::ZERO;
        loop {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = stopping.changed() => return,
            }
            match self.send_a_page().await {
                Ok(lag) => {
                    gauge(&organisation, lag);
                    wait = if lag == 0 { LOOK } else { Duration::ZERO };
                }
                Err(problem) => {
                    metrics::counter!("sluis_logbook_failures_total", "organisation" => organisation.clone())
                        .increment(1);
                    tracing::error!(%organisation, %problem, "a logbook is behind; nothing is left out");
                    wait = wait.saturating_mul(2).clamp(LOOK, LONGEST_WAIT);
                }
            }
        }
    }

    /// Sends what fits in a message; gives how many entries are still to be looked at.
    async fn send_a_page(&self) -> Result<u64, Behind> {
        let next = self.cursor.read()?;
        let page = self.gateway.processing(&self.logbook.organisation, &self.origin, next, PAGE).await?;
        if page.size < next {
            gauge(self.logbook.organisation.as_str(), next.saturating_sub(page.size));
            return Err(Behind::Shorter { size: page.size, next });
        }
        if page.next == next {
            return Ok(0);
        }
        if !page.records.is_empty() {
            let request = message(&self.origin, &page.records);
            let answer = self.collector.clone().export(request).await;
            let answer = answer.map_err(|status| Behind::Collector(status.code()))?.into_inner();
            match answer.partial_success.map(|partial| partial.rejected_spans) {
                None | Some(0) => {}
                Some(rejected) => return Err(Behind::Rejected(rejected)),
            }
        }
        self.cursor.write(page.next)?;
        Ok(page.size.saturating_sub(page.next))
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 entries wait")]
fn gauge(organisation: &str, lag: u64) {
    metrics::gauge!("sluis_logbook_lag_entries", "organisation" => organisation.to_owned()).set(lag as f64);
}

fn message(origin: &str, records: &[ProcessingRecord]) -> ExportTraceServiceRequest {
    let resource = records.first().map(|record| Resource { attributes: pairs(record.resource()) });
    let scope =
        InstrumentationScope { name: origin.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let spans = records.iter().map(span).collect();
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans }];
    ExportTraceServiceRequest { resource_spans: vec![ResourceSpans { resource, scope_spans }] }
}

fn span(record: &ProcessingRecord) -> Span {
    let at = record.at.saturating_mul(NANOSECONDS);
    let code = match record.status {
        Status::Unset => 0,
        Status::Error => 2,
    };
    Span {
        trace_id: unhex(&record.trace_id),
        span_id: unhex(&record.span_id),
        parent_span_id: Vec::new(),
        name: record.name.to_owned(),
        kind: 1,
        start_time_unix_nano: at,
        end_time_unix_nano: at,
        attributes: pairs(record.attributes()),
        status: Some(SpanStatus { code }),
    }
}
