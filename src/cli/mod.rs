//! The subcommands of `sluis`.

pub mod audit;
pub mod check;
pub mod client;
pub mod demo;
pub mod exported;
pub mod keys;
pub mod ledger;
pub mod load;
pub mod logging;
pub mod policy;
pub mod progress;
pub mod serve;
pub mod tiles;
pub mod witness;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::ambient::{SystemClock, SystemRandomness};

/// Usage or configuration (`EX_USAGE` of sysexits.h).
const USAGE: u8 = 64;
/// A ledger that does not verify (`EX_DATAERR)`: restarting does not help, somebody must look.
const INTEGRITY: u8 = 65;

/// A consent-aware information-sharing gateway between care providers and the social domain.
#[derive(Debug, Parser)]
#[command(name = "sluis", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway
    Serve {
        /// The configuration file
        #[arg(long, default_value = "sluis.toml")]
        config: PathBuf,
        /// On PostgreSQL: bring this gateway's covenant into force although the others decide by another
        #[arg(long)]
        adopt_covenant: bool,
    },
    /// Check the configuration and the covenant, and say what would run
    Check {
        /// The configuration file
        #[arg(default_value = "sluis.toml")]
        config: PathBuf,
    },
    /// Witness the ledgers of others: cosign what only grew
    Witness {
        /// The witness's own configuration file
        #[arg(long, default_value = "witness.toml")]
        config: PathBuf,
    },
    /// Try the covenant on its cases
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Verify the ledger, or write it for other verifiers
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Answer a privacy officer's questions from the ledger (P1 to P18)
    Audit(Box<audit::AuditArguments>),
    /// Use a gateway's public API
    Client(Box<client::ClientArguments>),
    /// Load a test deployment, and see what it does and how fast
    Load(Box<load::LoadArguments>),
    /// See a whole collaboration on this machine: gateway, custodians, professionals
    Demo(Box<demo::DemoArguments>),
    /// Make keys, certificates and tokens for development
    #[command(subcommand)]
    Keys(keys::KeysCommand),
}

/// What went wrong, and with which exit code the process ends.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The arguments or the configuration.
    #[error(transparent)]
    Usage(Box<dyn std::error::Error + Send + Sync>),
    /// The ledger does not verify.
    #[error(transparent)]
    Integrity(Box<dyn std::error::Error + Send + Sync>),
    /// Everything else.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl Failure {
    /// 64 for usage and configuration, 65 for a ledger that does not verify, 1 otherwise.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(USAGE),
            Self::Integrity(_) => ExitCode::from(INTEGRITY),
            Self::Other(_) => ExitCode::FAILURE,
        }
    }
}

/// Runs a subcommand to its end.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    match arguments.command {
        Command::Serve { config, adopt_covenant } => serve::run(&config, adopt_covenant),
        Command::Check { config } => check::run(&config, &mut out),
        Command::Witness { config } => witness::run(&config),
        Command::Policy(command) => command.run(&mut out),
        Command::Ledger(command) => command.run(&mut out),
        Command::Audit(arguments) => {
            runtime()?.block_on(arguments.run(&mut out)).map_err(|e| Failure::Other(e.into()))
        }
        Command::Client(arguments) => {
            runtime()?.block_on(arguments.run(&mut out)).map_err(|e| Failure::Other(e.into()))
        }
        Command::Load(arguments) => runtime()?.block_on(arguments.run(&mut out)).map_err(|e| match e {
            load::LoadProblem::NotSaid | load::LoadProblem::NotATest => Failure::Usage(e.into()),
            e => Failure::Other(e.into()),
        }),
        Command::Demo(arguments) => {
            runtime()?.block_on(arguments.run(serve::start, &mut out)).map_err(|e| Failure::Other(e.into()))
        }
        Command::Keys(command) => {
            command.run(&SystemClock, &SystemRandomness, &mut out).map_err(|e| Failure::Other(e.into()))
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Runtime::new().map_err(|e| Failure::Other(e.into()))
}
