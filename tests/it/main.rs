//! Everything together: the real server, real TLS, real tokens, real SQLite.

#![expect(clippy::unwrap_used, reason = "tests")]

mod bad_custodians;
mod harness;
mod house;
mod kill;
mod operation;
mod privacy;
mod records;
mod refusals;
mod story;
mod tampering;
