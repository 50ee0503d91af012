//! How far a logbook is: a file of two lines, the name of the ledger and the next entry, replaced whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A place in a ledger, on disk.
pub(super) struct Cursor {
    path: PathBuf,
    origin: String,
}

/// Why a cursor cannot be used. Nothing is sent until somebody has looked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CursorProblem {
    #[error("{path}: {problem}")]
    File { path: PathBuf, problem: io::Error },
    #[error("{0} is not the cursor of this ledger; move it away to send everything again")]
    Other(PathBuf),
}

impl Cursor {
    pub(super) fn new(path: &Path, origin: &str) -> Self {
        Self { path: path.to_owned(), origin: origin.to_owned() }
    }

    /// The next entry to send; 0 where there is no file yet.
    pub(super) fn read(&self) -> Result<u64, CursorProblem> {
        let text = match fs::read_to_string(&self.path) {
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok(0),
            read => read.map_err(|problem| self.problem(problem))?,
        };
        let next = text.strip_suffix('\n').and_then(|text| text.split_once('\n'));
        let next = next.filter(|(origin, _)| *origin == self.origin).and_then(|(_, next)| next.parse().ok());
        next.ok_or_else(|| CursorProblem::Other(self.path.clone()))
    }

    /// Keeps it: durable when this returns.
    pub(super) fn write(&self, next: u64) -> Result<(), CursorProblem> {
        self.replace(next).map_err(|problem| self.problem(problem))
    }

    fn replace(&self, next: u64) -> io::Result<()> {
        let mut name = self.path.as_os_str().to_owned();
        name.push(".new");
        let mut file = File::create(&name)?;
        write!(file, "{}\n{next}\n", self.origin)?;
        file.sync_all()?;
        fs::rename(&name, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn problem(&self, problem: io::Error) -> CursorProblem {
        CursorProblem::File { path: self.path.clone(), problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logbook_goes_on_where_it_stopped_and_never_in_another_ledger() {
        let folder = std::env::temp_dir().join(format!("sluis-cursor-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("logbook.cursor");
        let cursor = Cursor::new(&path, "sluis.example/ledger");
        assert_eq!(cursor.read().unwrap(), 0);
        cursor.write(4711).unwrap();
        assert_eq!(cursor.read().unwrap(), 4711);
        assert!(matches!(Cursor::new(&path, "sluis.example/other").read(), Err(CursorProblem::Other(_))));
        for broken in ["", "sluis.example/ledger\n", "sluis.example/ledger\n47", "sluis.example/ledger\n-1\n"]
        {
            fs::write(&path, broken).unwrap();
            assert!(cursor.read().is_err(), "{broken:?}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
