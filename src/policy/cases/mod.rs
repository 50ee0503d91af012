//! Cases: the proof of the covenant, one decision a file, named after the sentence that it tests.
//!
//! What is always true here:
//! 1. A case goes the way that a real request goes: consents are recorded, agreed to and withdrawn by the domain, and the
//!    covenant decides. What a case does not mention is the plainest there is: a client of sixteen who decides alone.
//! 2. A case says for every field what is told, what the ledger keeps, and which rule decided: a rule that is taken away
//!    or turned round makes a case fail.
//! 3. Cases are proof and no rules: they are not in the digest of the covenant.

mod asked;
mod moment;
mod people;
mod play;
mod record;
mod rows;
mod written;

use std::path::Path;

pub use play::Outcome;
pub use rows::{Row, Rows};

use crate::policy::Covenant;
use crate::policy::bundle::read_text;
use written::Written;

/// The list of parties that the cases speak of, beside them.
pub const CAST: &str = "cases/parties.toml";

/// A case that cannot be read, or is not a case.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct CaseError {
    file: String,
    problem: String,
}

/// What the sentence says happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Something is released.
    Permit,
    /// Something is withheld, or cannot be recorded.
    Withhold,
}

impl Side {
    /// The folder that its cases are in.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Withhold => "withhold",
        }
    }
}

/// One case.
pub struct Case {
    /// The folder that it is in.
    pub side: Side,
    /// The name of its file: the sentence, with hyphens.
    pub name: String,
    written: Written,
}

impl Case {
    /// Reads a case. An unknown key refuses it.
    pub fn parse(side: Side, name: &str, text: &str) -> Result<Self, CaseError> {
        let refuse = |problem: String| CaseError { file: format!("{}/{name}.toml", side.folder()), problem };
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !name.contains('-') || !name.bytes().all(plain) {
            return Err(refuse("name the file after the sentence, in lower case with hyphens".into()));
        }
        let written: Written = toml::from_str(text).map_err(|e| refuse(e.to_string()))?;
        written.check(side).map_err(|problem| refuse(problem.into()))?;
        Ok(Self { side, name: name.to_owned(), written })
    }

    /// Reads every case of a folder, in the order of their names.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, CaseError> {
        let mut cases = Vec::new();
        for side in [Side::Permit, Side::Withhold] {
            let folder = folder.join(side.folder());
            let unreadable =
                |e: std::io::Error| CaseError { file: folder.display().to_string(), problem: e.to_string() };
            for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
                let path = entry.map_err(unreadable)?.path();
                let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
                let Some(name) = name.filter(|_| path.extension().is_some_and(|e| e == "toml")) else {
                    continue;
                };
                let text = read_text(&path)
                    .map_err(|e| CaseError { file: path.display().to_string(), problem: e.to_string() })?;
                cases.push(Self::parse(side, &name, &text)?);
            }
        }
        cases.sort_by(|a, b| (a.side, &a.name).cmp(&(b.side, &b.name)));
        Ok(cases)
    }

    /// The sentence, as people write it.
    pub fn sentence(&self) -> String {
        let words = self.name.replace('-', " ");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    /// The rows, rulings and vectors of the rules that it proves.
    pub fn proves(&self) -> &[String] {
        &self.written.proves
    }

    /// The tests that prove it where no decision can; empty for a case that is decided here.
    pub fn proved_by(&self) -> &[String] {
        &self.written.proved_by
    }

    /// The rules that it says decided, and that the requester hears.
    pub fn expected(&self) -> impl Iterator<Item = &str> {
        self.written.expected.values().map(String::as_str)
    }

    /// Plays it on a covenant.
    pub fn run(&self, covenant: &Covenant) -> Outcome {
        play::run(&self.written, covenant)
    }
}

#[cfg(test)]
mod mutation;
#[cfg(test)]
mod tests;
