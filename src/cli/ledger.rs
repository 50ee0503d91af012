//! `sluis ledger`: verifying, explaining and replaying, from the database alone; and the files that others verify.

mod outside;
mod replay;

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::progress::Bar;
use crate::cli::tiles::{self, TilesProblem};
use crate::cli::{Failure, exported, runtime};
use crate::config::Config;
use crate::ledger::VerifierKey;
use crate::store::{Audit, Database, Store};

use outside::{Kept, OutsideCommand};

/// What to do with a ledger.
#[derive(Debug, clap::Subcommand)]
pub enum LedgerCommand {
    /// Verify every entry, the tree, the signed head and the tables beside it
    Verify {
        /// The database: a SQLite file, or the configuration (.toml) whose [store] says where it is
        #[arg(long)]
        database: PathBuf,
        /// The verifier key: a file, such as ledger.vkey
        #[arg(long)]
        vkey: PathBuf,
        /// A checkpoint that was kept elsewhere: the ledger must begin with it
        #[arg(long)]
        checkpoint: Option<PathBuf>,
        /// A trust policy (policy.txt): that checkpoint must have its quorum of cosignatures
        #[arg(long, requires = "checkpoint")]
        policy: Option<PathBuf>,
        /// Say how far it is, also where nobody watches
        #[arg(long)]
        progress: bool,
        /// Have the database's engine check its own indexes first, as the gateway does whenever it starts
        #[arg(long)]
        engine: bool,
    },
    /// Write the ledger as C2SP tlog-tiles: a folder that other verifiers read
    Tiles {
        /// The database: a SQLite file, or the configuration (.toml) whose [store] says where it is
        #[arg(long)]
        database: PathBuf,
        /// Into which folder
        #[arg(long)]
        to: PathBuf,
    },
    /// Verify an exported file by the proof beside it
    VerifyExport {
        /// The verifier key: a file, such as ledger.vkey
        #[arg(long)]
        vkey: PathBuf,
        /// The file; its proof is <file>.proof
        file: PathBuf,
    },
    /// Decide one entry again: what its verdicts rested on, and whether they are the same
    Explain {
        /// Its index
        index: u64,
        /// The database: a SQLite file, or the configuration (.toml) whose [store] says where it is
        #[arg(long)]
        database: PathBuf,
    },
    /// Decide every ruling again, and name each that is not the same
    Replay {
        /// The database: a SQLite file, or the configuration (.toml) whose [store] says where it is
        #[arg(long)]
        database: PathBuf,
        /// The first entry to decide again
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// The last entry to decide again; the newest if left out
        #[arg(long)]
        to: Option<u64>,
        /// Say how far it is, also where nobody watches
        #[arg(long)]
        progress: bool,
    },
    /// What others remember of it
    #[command(flatten)]
    Outside(OutsideCommand),
}

impl LedgerCommand {
    /// Runs it. Anything that does not hold is named, and the process ends with 65.
    pub fn run(self, out: &mut impl Write) -> Result<(), Failure> {
        match self {
            Self::Verify { database, vkey, checkpoint, policy, progress, engine } => {
                let kept = checkpoint.map(|checkpoint| Kept { checkpoint, policy });
                verify(&database, &vkey, kept.as_ref(), &Bar::new(progress), engine, out)
            }
            Self::Tiles { database, to } => tiles(&database, &to, out),
            Self::VerifyExport { vkey, file } => {
                let verified = exported::verify(&file, &trusted(&vkey)?, out);
                verified.map_err(|e| Failure::Integrity(e.into()))
            }
            Self::Explain { index, database } => {
                let database = find(&database)?;
                runtime()?.block_on(replay::explain(&database, index, out))
            }
            Self::Replay { database, from, to, progress } => {
                let database = find(&database)?;
                let bar = Bar::new(progress);
                let show = |done, total| bar.show(done, total);
                let replayed = runtime()?.block_on(replay::replay(&database, from, to, show, out));
                bar.end();
                replayed
            }
            Self::Outside(command) => command.run(out),
        }
    }
}

fn verify(
    database: &Path,
    vkey: &Path,
    kept: Option<&Kept>,
    bar: &Bar,
    engine: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let key = trusted(vkey)?;
    let database = find(database)?;
    let (audit, begins) = runtime()?.block_on(async {
        let store = Store::open_to_verify(&database).await.map_err(|e| Failure::Integrity(e.into()))?;
        let show = |done, total| bar.show(done, total);
        let audited = if engine { store.audit(&key, &show).await } else { store.verify(&key, &show).await };
        bar.end();
        let audit = audited.map_err(|e| Failure::Integrity(e.into()))?;
        let begins = match kept {
            Some(kept) => Some(kept.compare(&store, &key).await?),
            None => None,
        };
        store.close().await;
        Ok((audit, begins))
    })?;
    let (origin, Audit { size, root, gone }) = (key.name(), audit);
    let gone = match gone {
        0 => String::new(),
        gone => format!("\n  gone    {gone} entries, because their retention is over; the ledger says so"),
    };
    let begins = begins.map(|head| format!("\n  begins with the checkpoint of {} entries", head.size));
    let begins = begins.unwrap_or_default();
    writeln!(out, "the ledger verifies\n  origin  {origin}\n  entries {size}\n  root    {root}{gone}{begins}")
        .map_err(|e| Failure::Other(e.into()))
}

fn tiles(database: &Path, to: &Path, out: &mut impl Write) -> Result<(), Failure> {
    let database = find(database)?;
    let written = runtime()?.block_on(async {
        let store = Store::open_to_verify(&database).await.map_err(|e| Failure::Integrity(e.into()))?;
        let written = tiles::write(&store, to).await;
        store.close().await;
        written.map_err(|problem| match problem {
            TilesProblem::Store(_) | TilesProblem::Empty => Failure::Integrity(problem.into()),
            TilesProblem::File { .. } => Failure::Usage(problem.into()),
        })
    })?;
    tiles::tell(out, &written, to).map_err(|e| Failure::Other(e.into()))
}

fn trusted(vkey: &Path) -> Result<VerifierKey, Failure> {
    let text = std::fs::read_to_string(vkey)
        .map_err(|e| Failure::Usage(format!("--vkey {}: {e}", vkey.display()).into()))?;
    VerifierKey::parse(text.trim()).map_err(|e| Failure::Usage(format!("--vkey: {e}").into()))
}

/// Where `--database` says that the ledger is.
fn find(database: &Path) -> Result<Database, Failure> {
    if !database.is_file() {
        return Err(Failure::Usage(
            format!("--database {}: there is no such file", database.display()).into(),
        ));
    }
    if database.extension().is_some_and(|ending| ending == "toml") {
        return Config::database(database).map_err(|e| Failure::Usage(format!("--database: {e}").into()));
    }
    Ok(Database::from(database))
}
