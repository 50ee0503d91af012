//! Every metric, with what it says: what a scrape gives as HELP, and what `docs/operating.md` and the dashboard are tested against.

use std::sync::LazyLock;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

use Kind::{Counter, Gauge, Histogram};

const METRICS: &[(&str, Kind, &str)] = &[
    (
        "sluis_requests_total",
        Counter,
        "Calls that were answered, by method and gRPC code; Cancelled: the caller was gone or the time over",
    ),
    ("sluis_request_duration_seconds", Histogram, "How long calls took, by method"),
    ("sluis_refusals_total", Counter, "Calls that were refused, by reason"),
    ("sluis_fields_total", Counter, "Fields of disclosures, by outcome: released or withheld"),
    ("sluis_calls_in_flight", Gauge, "Calls that are worked on now"),
    ("sluis_calls_in_flight_limit", Gauge, "Calls that may be worked on at a time (server.max_requests)"),
    ("sluis_calls_waiting", Gauge, "Calls that wait for their turn"),
    (
        "sluis_calls_waiting_limit",
        Gauge,
        "Calls of one organisation that may wait (server.max_waiting_per_organisation)",
    ),
    ("sluis_connections", Gauge, "Connections of organisations now"),
    ("sluis_connections_limit", Gauge, "Connections that there may be (server.max_connections)"),
    ("sluis_connections_refused_total", Counter, "Connections that were not let in, by reason"),
    (
        "sluis_connections_cut_total",
        Counter,
        "Connections that were cut off, by reason: age, unread_answers or flood",
    ),
    ("sluis_entries_total", Counter, "Entries sealed by this gateway"),
    ("sluis_commits_total", Counter, "Batches sealed by this gateway"),
    ("sluis_batch_entries", Histogram, "Entries in a batch"),
    ("sluis_commit_duration_seconds", Histogram, "How long a batch took, from taking the lock to the answer"),
    ("sluis_seal_duration_seconds", Histogram, "How long an entry waited until it was durable or sent back"),
    ("sluis_seal_waiting", Gauge, "Entries that wait for the next batch"),
    ("sluis_seal_waiting_limit", Gauge, "Entries that may wait"),
    (
        "sluis_seal_abandoned_total",
        Counter,
        "Disclosures that were not sealed because nobody waited for them any more",
    ),
    ("sluis_exports", Gauge, "Exports under way"),
    ("sluis_exports_limit", Gauge, "Exports that may be under way"),
    ("sluis_database_connections", Gauge, "Connections to the database that are used now, by pool"),
    ("sluis_database_connections_limit", Gauge, "Connections to the database that there may be, by pool"),
    ("sluis_cache_total", Counter, "What was looked for in memory, by cache and outcome: hit or miss"),
    ("sluis_cache_entries", Gauge, "What is kept in memory, by cache"),
    ("sluis_custodian_duration_seconds", Histogram, "How long custodians took to answer, by organisation"),
    (
        "sluis_custodian_failures_total",
        Counter,
        "Questions that custodians did not answer well, by organisation and reason",
    ),
    ("sluis_custodian_questions", Gauge, "Questions to a custodian that are under way, by organisation"),
    (
        "sluis_custodian_questions_limit",
        Gauge,
        "Questions to a custodian that may be under way (custodians.max_questions)",
    ),
    ("sluis_custodian_up", Gauge, "Whether a custodian's system can be reached: 1 or 0, by organisation"),
    ("sluis_serving", Gauge, "Whether health says SERVING: 1 or 0"),
    ("sluis_ledger_size", Gauge, "Entries of the ledger, of all its gateways"),
    ("sluis_checkpoint_timestamp_seconds", Gauge, "When the newest entry was decided, since 1970"),
    ("sluis_second_place_size", Gauge, "Entries of the checkpoint in the second place; 0 if there is none"),
    (
        "sluis_cosigned_size",
        Gauge,
        "Entries of the newest checkpoint that enough witnesses cosigned; 0 if there is none",
    ),
    ("sluis_cosigned_timestamp_seconds", Gauge, "When it was published, since 1970; 0 if there is none"),
    (
        "sluis_clock_skew_seconds",
        Gauge,
        "How far the clock is ahead of the database's; on SQLite how far it is behind the newest entry (negative)",
    ),
    ("sluis_reviews_waiting", Gauge, "Emergencies that wait for a review"),
    ("sluis_reviews_overdue", Gauge, "Emergencies that were not reviewed in time"),
    ("sluis_notices_waiting", Gauge, "Clients who must still be told of a release without consent"),
    ("sluis_notices_overdue", Gauge, "Clients who were not told in time"),
    ("sluis_tiles_requests_total", Counter, "Reads of the ledger's tiles, by code"),
    ("sluis_console_pages_total", Counter, "Pages of the console, by HTTP status as code"),
    ("sluis_console_problems_total", Counter, "Pages of the console that say why not, by code"),
    ("sluis_console_sign_ins_total", Counter, "Sign-ins at the console, by outcome: SIGNED_IN, or why not"),
    (
        "sluis_console_connections_refused_total",
        Counter,
        "Connections to the console that were not let in, by reason",
    ),
    ("sluis_logbook_lag_entries", Gauge, "Entries still to be looked at for a logbook, by organisation"),
    (
        "sluis_logbook_failures_total",
        Counter,
        "Attempts to hand over lines of a logbook that failed, by organisation",
    ),
    ("sluis_spans_total", Counter, "Spans of followed calls, by outcome: taken by the collector, or dropped"),
    ("sluis_covenant_info", Gauge, "1 for the digest of the covenant in force"),
    ("sluis_build_info", Gauge, "1, with the version of the program"),
    ("process_resident_memory_bytes", Gauge, "Memory that the process holds"),
    ("process_open_fds", Gauge, "Files and sockets that the process has open"),
];

static ONCE: LazyLock<()> = LazyLock::new(describe);

/// Describes every metric, and makes those that would only appear when something goes wrong, at zero.
pub(super) fn begin() {
    LazyLock::force(&ONCE);
}

fn describe() {
    for &(name, kind, text) in METRICS {
        let unit = if name.ends_with("_seconds") { Unit::Seconds } else { Unit::Count };
        match kind {
            Counter => describe_counter!(name, text),
            Gauge => describe_gauge!(name, text),
            Histogram => describe_histogram!(name, unit, text),
        }
    }
    crate::grpc::begin_metrics();
    for name in ["sluis_entries_total", "sluis_commits_total", "sluis_seal_abandoned_total"] {
        metrics::counter!(name).increment(0);
    }
    for name in ["sluis_second_place_size", "sluis_cosigned_size", "sluis_cosigned_timestamp_seconds"] {
        metrics::gauge!(name).set(0.0);
    }
    for reason in [
        "gone",
        "address_share",
        "organisation_share",
        "full",
        "slow_handshake",
        "handshake",
        "no_organisation",
    ] {
        metrics::counter!("sluis_connections_refused_total", "reason" => reason).increment(0);
    }
    metrics::counter!("sluis_console_pages_total", "code" => "200").increment(0);
    metrics::counter!("sluis_console_problems_total", "code" => "NOT_FOUND").increment(0);
    metrics::counter!("sluis_console_sign_ins_total", "outcome" => "SIGNED_IN").increment(0);
    for reason in ["address_share", "full", "slow_handshake", "handshake"] {
        metrics::counter!("sluis_console_connections_refused_total", "reason" => reason).increment(0);
    }
    for reason in ["age", "unread_answers", "flood"] {
        metrics::counter!("sluis_connections_cut_total", "reason" => reason).increment(0);
    }
    for outcome in ["taken", "dropped"] {
        metrics::counter!("sluis_spans_total", "outcome" => outcome).increment(0);
    }
    metrics::gauge!("sluis_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}
