//! Reading what the configuration points at. A secret that others can read is refused, and so is a certificate of
//! the wrong kind: development certificates in development only, and nothing else there.

use std::path::Path;
use std::{fs, io};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use zeroize::Zeroizing;

use super::problem::{ConfigError, Problem};
use crate::identity::certificate::is_development;

const MAXIMUM_BYTES: u64 = 16 * 1024 * 1024;

/// Checks that a file can be read, and that it is of a sensible size.
pub(super) fn file(key: &str, path: &Path) -> Result<(), ConfigError> {
    let unreadable = |problem: io::Error| ConfigError::new(key, Problem::File(problem.kind()));
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    if metadata.len() > MAXIMUM_BYTES {
        return Err(ConfigError::new(key, Problem::TooLarge));
    }
    fs::File::open(path).map(drop).map_err(unreadable)
}

/// Checks that a folder is there.
pub(super) fn folder(key: &str, path: &Path) -> Result<(), ConfigError> {
    let folder = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    if folder.is_dir() { Ok(()) } else { Err(ConfigError::new(key, Problem::Folder)) }
}

/// Reads a file.
fn read(key: &str, path: &Path) -> Result<Vec<u8>, ConfigError> {
    file(key, path)?;
    fs::read(path).map_err(|problem| ConfigError::new(key, Problem::File(problem.kind())))
}

/// Reads a file of text.
pub(super) fn text(key: &str, path: &Path) -> Result<String, ConfigError> {
    String::from_utf8(read(key, path)?)
        .map_err(|_| ConfigError::new(key, Problem::Unfit("must be text in UTF-8")))
}

/// Checks that a file holds certificates of authorities that are none of ours: PEM.
pub(super) fn authorities(key: &str, path: &Path) -> Result<(), ConfigError> {
    all::<CertificateDer<'static>>(&read(key, path)?, "certificate")
        .map(drop)
        .map_err(|problem| ConfigError::new(key, problem))
}

/// Reads revocation lists: PEM.
pub(super) fn revocation_lists(key: &str, path: &Path) -> Result<Vec<u8>, ConfigError> {
    let pem = read(key, path)?;
    all::<CertificateRevocationListDer<'static>>(&pem, "revocation list")
        .map_err(|problem| ConfigError::new(key, problem))?;
    Ok(pem)
}

/// How files are read.
#[derive(Clone, Copy)]
pub(super) struct Files {
    pub(super) development: bool,
}

impl Files {
    /// Checks that a secret can be read, by its owner only. In development anybody may.
    pub(super) fn secret_file(self, key: &str, path: &Path) -> Result<(), ConfigError> {
        file(key, path)?;
        if self.development || is_private(path) {
            Ok(())
        } else {
            Err(ConfigError::new(key, Problem::Exposed))
        }
    }

    /// Reads a secret.
    pub(super) fn secret(self, key: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
        self.secret_file(key, path)?;
        read(key, path).map(Zeroizing::new)
    }

    /// Reads a private key: PEM.
    pub(super) fn private_key(self, key: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
        let pem = self.secret(key, path)?;
        match PrivateKeyDer::from_pem_slice(&pem) {
            Ok(_) => Ok(pem),
            Err(_) => Err(ConfigError::new(key, Problem::Pem("private key"))),
        }
    }

    /// Reads certificates: PEM, each of the right kind.
    pub(super) fn certificates(self, key: &str, path: &Path) -> Result<Vec<u8>, ConfigError> {
        let pem = read(key, path)?;
        let problem = |problem| ConfigError::new(key, problem);
        for certificate in all::<CertificateDer<'static>>(&pem, "certificate").map_err(problem)? {
            match is_development(&certificate) {
                Ok(marked) if marked == self.development => {}
                Ok(true) => return Err(problem(Problem::Development)),
                Ok(false) => return Err(problem(Problem::NotDevelopment)),
                Err(_) => return Err(problem(Problem::Pem("certificate"))),
            }
        }
        Ok(pem)
    }
}

fn all<T: PemObject>(pem: &[u8], what: &'static str) -> Result<Vec<T>, Problem> {
    let found: Result<Vec<T>, _> = T::pem_slice_iter(pem).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or(Problem::Pem(what))
}

#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o077;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & OTHERS == 0)
}

/// Other systems have no such mode; there the folder's own rights must keep others out.
#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    true
}
