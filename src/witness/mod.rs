//! Witnessing: outside the ledger's own database somebody remembers its newest head, and refuses another past.
//!
//! [`KeptFile`] is that memory on a disk, by compare-and-swap. [`Witness`] is a witness (c2sp.org/tlog-witness): it
//! cosigns what only grew. [`WitnessClient`] asks one, ours or anybody's. What is always true here: what is kept is durable
//! before anybody hears of it, and what is kept never goes back.

pub mod ask;
pub mod http;
pub mod kept;
pub mod serve;

pub use ask::{Answer, AskProblem, Cosigned, WitnessClient, WitnessUrlProblem};
pub use http::serve;
pub use kept::{KeptFile, Swap};
pub use serve::{StateProblem, Witness};
