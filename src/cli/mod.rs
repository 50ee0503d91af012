//! The subcommands of `sluis`.

pub mod client;

pub mod keys;
