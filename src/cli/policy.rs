//! `sluis policy`: what the covenant says, shown and tried. Nothing here serves, and nothing is stored.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::cli::Failure;
use crate::policy::cases::{CAST, Case};
use crate::policy::{Covenant, document};

/// What to do with the covenant.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Play every case on the covenant, and say which rule decided
    Test {
        /// The folder with the policies and, in it, the cases
        #[arg(long, default_value = "policies")]
        covenant: PathBuf,
        /// The list of parties; the cast of the cases where it is left out
        #[arg(long)]
        parties: Option<PathBuf>,
    },
    /// Write the lawyer's page: every rule, its source, whether it is in force, and the cases that prove it
    Document {
        /// The folder with the policies and, in it, the cases
        #[arg(long, default_value = "policies")]
        covenant: PathBuf,
    },
}

/// A case did not go as it says.
#[derive(Debug, thiserror::Error)]
#[error(
    "{failed} of {all} cases failed: the covenant decides otherwise than they say; change the one that is wrong"
)]
struct Failed {
    failed: usize,
    all: usize,
}

impl PolicyCommand {
    /// Runs it to its end.
    pub fn run(&self, out: &mut impl Write) -> Result<(), Failure> {
        match self {
            Self::Test { covenant, parties } => test(covenant, parties.as_deref(), out),
            Self::Document { covenant } => {
                let page = document(covenant).map_err(usage)?;
                out.write_all(page.as_bytes()).map_err(|e| Failure::Other(e.into()))
            }
        }
    }
}

fn usage(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::Usage(error.into())
}

fn test(folder: &Path, parties: Option<&Path>, out: &mut impl Write) -> Result<(), Failure> {
    let other = |e: std::io::Error| Failure::Other(e.into());
    let cast = folder.join(CAST);
    let covenant = Covenant::load(folder, parties.unwrap_or(&cast)).map_err(usage)?;
    let cases = Case::read_all(&folder.join("cases")).map_err(usage)?;
    let (mut failed, mut elsewhere) = (0, 0);
    for case in &cases {
        let outcome = case.run(&covenant);
        let state = match (outcome.differences.is_empty(), case.proved_by()) {
            (false, _) => "FAILED",
            (true, []) => "ok",
            (true, _) => "by a test",
        };
        failed += usize::from(!outcome.differences.is_empty());
        elsewhere += usize::from(!case.proved_by().is_empty());
        writeln!(out, "{state:<9} {:<8} {}", case.side.folder(), case.sentence()).map_err(other)?;
        for (what, said) in outcome.decided {
            writeln!(out, "{:21}{what}: {said}", "").map_err(other)?;
        }
        for test in case.proved_by() {
            writeln!(out, "{:21}{test}", "").map_err(other)?;
        }
        for difference in outcome.differences {
            writeln!(out, "{:19}! {difference}", "").map_err(other)?;
        }
    }
    let all = cases.len();
    writeln!(
        out,
        "\n{all} cases on covenant {}: {} as they say, {failed} failed; {elsewhere} of them by a test of the program",
        covenant.digest,
        all - failed,
    )
    .map_err(other)?;
    if failed == 0 { Ok(()) } else { Err(Failure::Other(Failed { failed, all }.into())) }
}
