//! What proves an exported file: the entry that says what was exported, and its receipt.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::FileDigest;
use crate::gateway::Exported;
use crate::projection::Format;

/// What stands beside an exported file, as JSON. `sluis ledger verify-export` verifies it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportProof {
    /// In which format.
    pub format: String,
    /// How many records.
    pub records: u64,
    /// Of the file, in hexadecimal.
    pub sha256: FileDigest,
    /// What the format leaves out of entries on the custodian's side.
    pub drops: Vec<String>,
    /// And of those on the other side of a disclosure.
    pub drops_for_recipients: Vec<String>,
    /// The leaf hash of the export's entry, in base64.
    pub leaf: String,
    /// That entry, in base64; absent where it names a client to an organisation that may not use the BSN.
    pub entry: Option<String>,
    /// Its receipt (C2SP tlog-proof).
    pub receipt: String,
    /// The ledger's verifier key, as the gateway said it: compare it with the one that you trust.
    pub verifier_key: String,
}

impl ExportProof {
    /// Of an export that was recorded, with the entry if it may be told.
    pub fn of(format: Format, exported: &Exported, entry: Option<&[u8]>, verifier_key: &str) -> Self {
        let owned = |drops: &[&str]| drops.iter().map(|&path| path.to_owned()).collect();
        Self {
            format: format.id().to_owned(),
            records: exported.records,
            sha256: exported.sha256.clone(),
            drops: owned(format.drops(true)),
            drops_for_recipients: owned(format.drops(false)),
            leaf: STANDARD.encode(exported.entry.leaf.0),
            entry: entry.map(|bytes| STANDARD.encode(bytes)),
            receipt: exported.entry.receipt.to_text(),
            verifier_key: verifier_key.to_owned(),
        }
    }
}
