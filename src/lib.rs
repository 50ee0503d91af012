//! Sluis.
pub mod ambient;
pub mod domain;
