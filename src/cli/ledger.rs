//! `sluis ledger`: verifying, from the database file and the public key alone.

use std::io::Write;
use std::path::PathBuf;

use crate::cli::Failure;
use crate::ledger::VerifierKey;
use crate::store::Store;

/// What to do with a ledger.
#[derive(Debug, clap::Subcommand)]
pub enum LedgerCommand {
    /// Verify every entry, the tree, the signed head and the tables beside it
    Verify {
        /// The database file
        #[arg(long)]
        database: PathBuf,
        /// The verifier key: a file, such as ledger.vkey
        #[arg(long)]
        vkey: PathBuf,
    },
}

impl LedgerCommand {
    /// Runs it. Anything that does not hold is named, and the process ends with 65.
    pub fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        let Self::Verify { database, vkey } = self;
        let text = std::fs::read_to_string(&vkey)
            .map_err(|e| Failure::Usage(format!("--vkey {}: {e}", vkey.display()).into()))?;
        let key =
            VerifierKey::parse(text.trim()).map_err(|e| Failure::Usage(format!("--vkey: {e}").into()))?;
        if !database.is_file() {
            return Err(Failure::Usage(
                format!("--database {}: there is no such file", database.display()).into(),
            ));
        }
        let runtime = tokio::runtime::Runtime::new().map_err(|e| Failure::Other(e.into()))?;
        let audit = runtime.block_on(async {
            let store = Store::open_to_verify(&database).await.map_err(|e| Failure::Integrity(e.into()))?;
            let audit = store.audit(&key, &progress).await.map_err(|e| Failure::Integrity(e.into()))?;
            store.close().await;
            Ok(audit)
        })?;
        writeln!(
            out,
            "the ledger verifies\n  origin  {}\n  entries {}\n  root    {}",
            key.name(),
            audit.size,
            audit.root
        )
        .map_err(|e| Failure::Other(e.into()))
    }
}

fn progress(done: u64, total: u64) {
    use std::io::IsTerminal;
    let mut error = std::io::stderr();
    if error.is_terminal() {
        let _ = write!(error, "\r{done} of {total} entries");
        if done == total {
            let _ = writeln!(error);
        }
    }
}
