//! Everything together: the real server, real TLS, real tokens, real SQLite, and PostgreSQL where `SLUIS_TEST_ENGINE=postgresql` says so.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unnecessary_wraps,
    clippy::format_push_string,
    clippy::items_after_statements,
    clippy::too_many_lines,
    clippy::await_holding_lock,
    reason = "a test stops at the first thing that is not so, says its seed, and stands outside the gateway"
)]

mod attacks;
mod bad_custodians;
mod clock;
mod console;
mod consult;
mod deploy;
mod destruction;
mod emergency;
mod export;
mod grounds;
mod harness;
mod house;
mod kill;
mod killed_at;
mod load;
mod log_reading;
mod logbook;
mod metrics;
mod officer;
mod operation;
mod overload;
mod overview;
mod people;
mod postgresql;
mod privacy;
mod records;
mod refusals;
mod replay;
mod rollback;
mod sample;
mod scenarios;
mod single_use;
mod slow_disk;
mod story;
mod table;
mod tampering;
mod third_party_witness;
mod tiles;
mod traces;
mod verifiers;
mod witness;
