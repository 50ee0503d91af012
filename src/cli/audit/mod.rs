//! `sluis audit`: a privacy officer's questions, as tables to read or as CSV.
//!
//! It asks the gateway as any client could ([`crate::cli::client`]), and the gateway records that it was asked.

mod command;
mod show;

use std::io::Write;
use std::path::PathBuf;

use command::AuditCommand;

use crate::cli::client::{ClientProblem, Profile};

/// `sluis audit`
#[derive(Debug, clap::Args)]
#[command(after_help = "P11, what a client may have of it, is a folder to hand over: sluis client dossier")]
pub struct AuditArguments {
    /// A TOML file with the options of the connection
    #[arg(long, global = true)]
    profile: Option<PathBuf>,
    #[command(flatten)]
    options: Profile,
    /// nl or en
    #[arg(long, global = true, default_value = "nl")]
    language: String,
    /// Comma-separated values, safe for a spreadsheet, instead of aligned columns
    #[arg(long, global = true)]
    csv: bool,
    #[command(subcommand)]
    command: AuditCommand,
}

impl AuditArguments {
    /// Asks, and shows the answer.
    pub async fn run(self, output: &mut impl Write) -> Result<(), ClientProblem> {
        let filed = self.profile.as_deref().map(Profile::read).transpose()?.unwrap_or_default();
        let gateway = self.options.or(filed).connect().await?;
        let mut request = self.command.request()?;
        request.language.clone_from(&self.language);
        let answer = gateway.get_report(request).await?;
        if self.csv {
            show::csv(output, &answer)?;
        } else {
            show::tables(output, &answer, &self.language)?;
        }
        Ok(())
    }
}
