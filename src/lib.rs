//! Sluis.
pub mod ambient;
pub mod domain;
pub mod policy;
