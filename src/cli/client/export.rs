//! `sluis client export`: a file, whole or not at all, and its proof beside it.
//!
//! Records are written to `<file>.part` as they come. Only after the end, when the file is byte for byte what the gateway recorded,
//! it gets its name.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::command::Filter;
use super::perform::listed;
use super::{Client, ClientProblem};
use crate::cli::exported::{ExportProblem, ExportProof, digest, proof_of};
use crate::contract::v1::export_entries_response::Part;
use crate::contract::v1::{ExportBeginning, ExportEntriesRequest};
use crate::domain::FileDigest;
use crate::ledger::VerifierKey;

/// What to export, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    #[command(flatten)]
    filter: Filter,
    /// nen7513, fhir, ldv, ldv-0.7, adl, csv, plain-nl or plain-en
    #[arg(long)]
    format: String,
    /// Only this entry
    #[arg(long)]
    entry: Option<u64>,
    /// The file; its proof is written to <file>.proof
    #[arg(long)]
    to: PathBuf,
}

impl Export {
    pub(super) async fn call(self, gateway: &Client, output: &mut impl Write) -> Result<(), ClientProblem> {
        let Self { filter, format, entry, to } = self;
        let request = ExportEntriesRequest { filter: Some(listed(filter)?), format, entry_index: entry };
        let part = with_ending(&to, ".part");
        let received = receive(gateway, request, &part).await;
        let kept = match received {
            Ok(beginning) => keep(&beginning, &part, &to),
            Err(problem) => Err(problem),
        };
        if kept.is_err() {
            // It may not have been made at all.
            let _ = fs::remove_file(&part);
        }
        let ExportProof { records, .. } = kept?;
        Ok(writeln!(output, "{records} records in {}; its proof is beside it", to.display())?)
    }
}

async fn receive(
    gateway: &Client,
    request: ExportEntriesRequest,
    part: &Path,
) -> Result<ExportBeginning, ClientProblem> {
    let mut stream = gateway.export_entries(request).await?;
    let file = |problem| ExportProblem::File { path: part.to_owned(), problem };
    let mut next = async || -> Result<Part, ClientProblem> {
        let message = stream.message().await.map_err(|status| Box::new(super::Refusal::from(status)))?;
        Ok(message.and_then(|message| message.part).ok_or(ExportProblem::Half)?)
    };
    let Part::Beginning(beginning) = next().await? else { return Err(ExportProblem::NotAsRecorded.into()) };
    let mut written = BufWriter::new(File::create(part).map_err(file)?);
    if !beginning.heading.is_empty() {
        write!(written, "{}{}", beginning.heading, beginning.line_end).map_err(file)?;
    }
    let mut records = 0_u64;
    loop {
        match next().await? {
            Part::Record(one) => {
                write!(written, "{}{}", one.record, beginning.line_end).map_err(file)?;
                records = records.saturating_add(1);
            }
            Part::End(end) if end.records == records && records == beginning.records => break,
            Part::End(_) | Part::Beginning(_) => return Err(ExportProblem::NotAsRecorded.into()),
        }
    }
    let whole = written.into_inner().map_err(|problem| file(problem.into_error()))?;
    whole.sync_all().map_err(file)?;
    Ok(beginning)
}

/// Gives the file its name, with its proof, once it is what the gateway recorded.
fn keep(beginning: &ExportBeginning, part: &Path, to: &Path) -> Result<ExportProof, ClientProblem> {
    let sha256 =
        <[u8; 32]>::try_from(beginning.sha256.as_slice()).map_err(|_| ExportProblem::NotAsRecorded)?;
    let proof = ExportProof {
        format: beginning.format.clone(),
        records: beginning.records,
        sha256: FileDigest::from_bytes(sha256),
        drops: beginning.drops.clone(),
        drops_for_recipients: beginning.drops_for_recipients.clone(),
        leaf: STANDARD.encode(&beginning.leaf),
        entry: (!beginning.entry.is_empty()).then(|| STANDARD.encode(&beginning.entry)),
        receipt: beginning.receipt.clone(),
        verifier_key: beginning.verifier_key.clone(),
    };
    proof.verify(&digest(part)?, &VerifierKey::parse(&beginning.verifier_key)?)?;
    let beside = proof_of(to);
    let temporary = with_ending(&beside, ".part");
    let file = |path: &Path| {
        let path = path.to_owned();
        move |problem| ExportProblem::File { path, problem }
    };
    let text = serde_json::to_vec_pretty(&proof).map_err(|_| ExportProblem::NotAsRecorded)?;
    fs::write(&temporary, text).map_err(file(&temporary))?;
    fs::rename(&temporary, &beside).map_err(file(&beside))?;
    fs::rename(part, to).map_err(file(to))?;
    Ok(proof)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
