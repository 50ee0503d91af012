//! Sluis.
pub mod ambient;
pub mod cli;
pub mod config;
pub mod contract;
pub mod custodian;
pub mod domain;
pub mod gateway;
pub mod grpc;
pub mod identity;
pub mod ledger;
pub mod policy;
pub mod server;
pub mod store;
