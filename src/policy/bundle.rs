//! The files of a covenant, read once, and their digest.
//!
//! The digest is that of the listing that `sha256sum` prints, sorted by name, so that anybody can check which rules
//! were in force without this program: `sha256sum *.cedar *.cedarschema *.toml | sort -k 2 | sha256sum`, in the
//! C locale, over the policies with the list of parties among them as `parties.toml`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};

use crate::domain::{CovenantDigest, Deadlines, DeadlinesError};
use crate::policy::covenant::CovenantError;

/// The most bytes that one file of a covenant may have.
pub const MAX_FILE_BYTES: u64 = 1 << 20;

pub(super) const SCHEMA: &str = "schema.cedarschema";
pub(super) const CATALOGUE: &str = "catalogue.toml";
pub(super) const PURPOSES: &str = "purposes.toml";
pub(super) const DEADLINES: &str = "deadlines.toml";
pub(super) const PARTIES: &str = "parties.toml";

/// The files of a covenant by name. The list of parties is always `parties.toml`, wherever it was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Bundle(BTreeMap<String, String>);

impl Bundle {
    /// Reads the schema, every `*.cedar`, the catalogue, the purposes and the deadlines from a folder, and the list of parties.
    pub fn read(policies_dir: &Path, parties_file: &Path) -> Result<Self, CovenantError> {
        let mut bundle = Self::default();
        for name in [SCHEMA, CATALOGUE, PURPOSES, DEADLINES] {
            bundle.insert(name, read_text(&policies_dir.join(name))?);
        }
        for name in rule_files(policies_dir)? {
            let text = read_text(&policies_dir.join(&name))?;
            bundle.insert(&name, text);
        }
        bundle.insert(PARTIES, read_text(parties_file)?);
        Ok(bundle)
    }

    /// Puts a file in, in the place of one with the same name.
    pub fn insert(&mut self, name: &str, text: String) {
        self.0.insert(name.to_owned(), text);
    }

    /// The deadlines in it.
    pub fn deadlines(&self) -> Result<Deadlines, DeadlinesError> {
        Deadlines::parse(self.text(DEADLINES))
    }

    /// The text of a file; empty if it is not there, which no reader of it accepts.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Every file by its name, in the order of the names.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The files with rules, sorted by name.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter(|(name, _)| is_rules(name)).map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The digest of all files together.
    pub fn digest(&self) -> Result<CovenantDigest, CovenantError> {
        let line = |(name, text): (&String, &String)| format!("{}  {name}\n", sha256(text));
        to_digest(&self.0.iter().map(line).collect::<String>())
    }

    /// The digest of the list of parties alone: what `sha256sum` says of that file.
    pub fn parties_digest(&self) -> Result<CovenantDigest, CovenantError> {
        to_digest(self.text(PARTIES))
    }
}

fn is_rules(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "cedar")
}

/// The names of the files with rules. A name that the listing could not show as it is, is refused.
fn rule_files(dir: &Path) -> Result<Vec<String>, CovenantError> {
    let unreadable = |source| CovenantError::Unreadable { file: dir.display().to_string(), source };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let shown = name.to_string_lossy();
        if is_rules(&shown) {
            if shown.starts_with('.') || !shown.chars().all(plain) {
                return Err(CovenantError::Name { file: shown.into_owned() });
            }
            names.push(shown.into_owned());
        }
    }
    Ok(names)
}

pub(super) fn read_text(path: &Path) -> Result<String, CovenantError> {
    let file = || path.display().to_string();
    let unreadable = |source| CovenantError::Unreadable { file: file(), source };
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that is too large without reading all of it.
    File::open(path)
        .map_err(unreadable)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(CovenantError::TooLarge { file: file() });
    }
    String::from_utf8(bytes).map_err(|_| CovenantError::NotText { file: file() })
}

pub(super) fn sha256(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::with_capacity(64), |hex, byte| format!("{hex}{byte:02x}"))
}

fn to_digest(text: &str) -> Result<CovenantDigest, CovenantError> {
    CovenantDigest::parse(&sha256(text)).map_err(|_| CovenantError::Digest)
}
