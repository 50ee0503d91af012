//! `sluis ledger tiles`: a ledger as the files of C2SP tlog-tiles, for verifiers that read a folder.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::ledger::LogResource;
use crate::store::{Error, Store};

/// Why the files were not written.
#[derive(Debug, thiserror::Error)]
pub enum TilesProblem {
    /// The ledger cannot be read.
    #[error(transparent)]
    Store(#[from] Error),
    /// The ledger is still empty.
    #[error("the ledger is empty: it has no checkpoint to verify by")]
    Empty,
    /// A file cannot be written.
    #[error("{path}: {problem}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        problem: io::Error,
    },
}

/// What was written.
pub struct Written {
    /// How many entries the checkpoint says there are.
    pub entries: u64,
    /// How many files.
    pub files: u64,
    /// How many bundles of entries could not be, because entries of theirs were destroyed.
    pub missing: u64,
}

/// Writes checkpoint, hash tiles and entry bundles of a ledger below a folder. What is there already is written anew.
pub async fn write(store: &Store, folder: &Path) -> Result<Written, TilesProblem> {
    let (size, checkpoint) = store.checkpoint().await?;
    if size == 0 {
        return Err(TilesProblem::Empty);
    }
    let mut written = Written { entries: size, files: 0, missing: 0 };
    for part in LogResource::all(size) {
        // The checkpoint of that size, also if the ledger grew meanwhile.
        let bytes = match part {
            LogResource::Checkpoint => Some(checkpoint.clone().into_bytes()),
            part => store.log_resource(&part).await?,
        };
        let Some(bytes) = bytes else {
            written.missing += 1;
            continue;
        };
        let path = folder.join(part.path());
        save(&path, &bytes).map_err(|problem| TilesProblem::File { path, problem })?;
        written.files += 1;
    }
    Ok(written)
}

fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}

/// Says what was written.
pub(super) fn tell(out: &mut impl Write, written: &Written, folder: &Path) -> io::Result<()> {
    let Written { entries, files, missing } = written;
    writeln!(out, "{files} files of a ledger of {entries} entries in {}", folder.display())?;
    if *missing > 0 {
        writeln!(
            out,
            "{missing} bundles are not there: entries of theirs were destroyed after their retention"
        )?;
    }
    writeln!(out, "The bundles are personal data: keep them as you keep the database.")
}
