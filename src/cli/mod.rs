//! The subcommands of `sluis`.

pub mod client;
pub mod demo;
pub mod keys;
