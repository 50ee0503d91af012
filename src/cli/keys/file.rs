//! Files of keys and certificates.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::KeysProblem;

/// Writes a file that anybody may read.
pub fn write_public(directory: &Path, name: &str, text: &str) -> Result<PathBuf, KeysProblem> {
    write(directory, name, text, 0o644)
}

/// Writes a file that only its owner may read.
pub fn write_private(directory: &Path, name: &str, text: &str) -> Result<PathBuf, KeysProblem> {
    write(directory, name, text, 0o600)
}

/// Reads a text.
pub fn read(path: &Path) -> Result<String, KeysProblem> {
    fs::read_to_string(path).map_err(|problem| KeysProblem::File { path: path.to_owned(), problem })
}

/// Reads the first certificate of a PEM file, as DER.
pub fn certificate(path: &Path) -> Result<CertificateDer<'static>, KeysProblem> {
    CertificateDer::from_pem_slice(read(path)?.as_bytes())
        .map_err(|_| KeysProblem::Content { path: path.to_owned(), expected: "certificate in PEM" })
}

/// Refuses if one of these files exists, before any is made: half a pair is worse than none.
pub fn refuse_existing(directory: &Path, names: &[&str]) -> Result<(), KeysProblem> {
    let taken = names.iter().map(|name| directory.join(name)).find(|path| path.symlink_metadata().is_ok());
    taken.map_or(Ok(()), |path| Err(KeysProblem::Exists(path)))
}

fn write(directory: &Path, name: &str, text: &str, mode: u32) -> Result<PathBuf, KeysProblem> {
    let path = directory.join(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let written = fs::create_dir_all(directory)
        .and_then(|()| options.open(&path))
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    match written {
        Ok(()) => Ok(path),
        Err(problem) if problem.kind() == ErrorKind::AlreadyExists => Err(KeysProblem::Exists(path)),
        Err(problem) => Err(KeysProblem::File { path, problem }),
    }
}
