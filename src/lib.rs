//! Sluis.
pub mod ambient;
pub mod cli;
pub mod config;
pub mod contract;
pub mod domain;
pub mod identity;
pub mod ledger;
pub mod server;
pub mod store;
