//! Sluis.
pub mod ambient;
pub mod contract;
pub mod custodian;
pub mod domain;
pub mod grpc;
pub mod ledger;
