//! The subcommands of `sluis`.

pub mod keys;
