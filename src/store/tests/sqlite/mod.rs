//! A ledger in a SQLite file: the conformance suite, and what only a file can suffer.

use super::*;

#[path = "../conformance/mod.rs"]
mod conformance;

mod faults;
mod found;
mod full_disk;
mod opening;
mod places;
mod raw_file;
mod tampering;
mod wal;

type World = WorldOn<File>;

/// A file in a folder of the test's own.
pub(super) struct File;

impl TestEngine for File {
    fn database(dir: &TempDir) -> Database {
        Database::File(dir.file())
    }
}
