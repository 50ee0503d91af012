//! Sluis.
pub mod ambient;
pub mod cli;
pub mod domain;
pub mod identity;
