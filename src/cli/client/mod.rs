//! `sluis client`: the public API from a command line, so that trying it needs no code.
//!
//! It knows nothing that another client could not know: the contract, a certificate and a token. A BSN is read from a
//! file or standard input, and is never shown.

mod arguments;
mod command;
mod connection;
mod credentials;
mod decide;
mod dossier;
mod evidence;
mod explanation;
mod export;
mod follow_up;
mod overview;
mod perform;
mod print;
mod problem;
mod profile;
pub mod table;
mod thought;
mod words;

use std::io::Write;
use std::path::PathBuf;

pub use arguments::Named;
pub use connection::{Client, Door, said};
pub use credentials::{Credentials, Minted};
pub use explanation::explanation;
pub use print::{consent, disclosure, entries, leaf, preview};
pub use problem::{ClientProblem, Refusal};
pub use profile::Profile;

use command::ClientCommand;

use crate::cli::keys::{KeysProblem, file};
use crate::ledger::{Checkpoint, Hash, Policy, Receipt, VerifierKey};

/// `sluis client`
#[derive(Debug, clap::Args)]
pub struct ClientArguments {
    /// A TOML file with the options below
    #[arg(long, global = true)]
    profile: Option<PathBuf>,
    #[command(flatten)]
    options: Profile,
    #[command(subcommand)]
    command: ClientCommand,
}

impl ClientArguments {
    /// Does it, and shows the answer.
    pub async fn run(self, output: &mut impl Write) -> Result<(), ClientProblem> {
        if let ClientCommand::Receipt { receipt, leaf, vkey, policy } = &self.command {
            let policy =
                policy.as_deref().map(|path| Policy::parse(&file::read(path)?).map_err(ClientProblem::from));
            return verify(
                &file::read(receipt)?,
                leaf,
                vkey.as_deref(),
                policy.transpose()?.as_ref(),
                output,
            );
        }
        let filed = self.profile.as_deref().map(Profile::read).transpose()?.unwrap_or_default();
        let profile = self.options.or(filed);
        self.command.call(&profile.connect().await?, output).await
    }
}

fn verify(
    receipt: &str,
    leaf: &str,
    vkey: Option<&str>,
    policy: Option<&Policy>,
    output: &mut impl Write,
) -> Result<(), ClientProblem> {
    let leaf = Hash::from_base64(leaf)
        .ok_or(ClientProblem::Argument("--leaf must be the base64 of 32 bytes, as `ask` shows it"))?;
    let receipt = Receipt::parse(receipt)?;
    let key = match (policy, vkey) {
        (Some(policy), _) => policy.open(&receipt.checkpoint)?.1.clone(),
        (None, vkey) => VerifierKey::parse(vkey.unwrap_or_default())?,
    };
    let head = receipt.verify_leaf(&leaf, key.name(), &key)?;
    let cosigned = if policy.is_some() { ", cosigned as the policy asks" } else { "" };
    let Checkpoint { origin, size, .. } = head;
    Ok(writeln!(output, "entry {} is in the ledger {origin} of {size} entries{cosigned}", receipt.index)?)
}

fn write(path: PathBuf, text: &str) -> Result<(), ClientProblem> {
    std::fs::write(&path, text).map_err(|problem| KeysProblem::File { path, problem }.into())
}

#[cfg(test)]
mod tests;
