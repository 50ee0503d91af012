//! The rows, rulings and vectors of the rules that cases prove, as data (`cases/rows.toml`).

use serde::Deserialize;

/// One row of a table of the rules, a ruling, or a test vector.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its name, such as `T1-05`, `ruling-16` or `vector-5`.
    pub id: String,
    /// What it says, in one sentence.
    pub says: String,
}

/// All of them, in the order of the rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// The rows.
    pub row: Vec<Row>,
}

impl Rows {
    /// Reads `rows.toml`.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}
