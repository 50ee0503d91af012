//! The gateway's port: who may connect, how many at a time, and how often they may call.

pub mod limits;
pub mod listener;
pub mod rate;
mod share;
#[cfg(test)]
mod testing;

pub use listener::{Connection, ConnectionLimits, accept};
pub use rate::{Rates, RetryAfter};
