//! Sluis.
pub mod ambient;
pub mod contract;
pub mod domain;
pub mod ledger;
