//! The conformance suite: what is true of a ledger on whichever engine. Every test is run on each of them.

use super::*;

mod basis;
mod covenants;
mod opening;
pub mod places;
mod race;
mod reading;
pub mod release;
mod requests;
pub mod retention;
mod sealing;
mod verdicts;
