//! The gateway's port: who may connect, how many at a time, and how often they may call; and what others remember of its
//! ledger.

mod admission;
mod calls;
mod collector;
mod connection;
mod console;
mod frames;
mod health;
pub mod limits;
pub mod listener;
mod logbook;
mod metrics;
pub mod outside;
pub mod rate;
mod reload;
mod retention;
mod run;
mod share;
#[cfg(test)]
mod testing;
mod tiles;
mod traces;
mod turns;

pub use calls::Peer;
pub use connection::Connection;
pub use listener::{ConnectionLimits, accept};
pub use outside::{HistoryProblem, SecondPlace};
pub use rate::{Rates, RetryAfter};
pub use run::{ServerError, run};
