//! `sluis client dossier`: all that a client, or somebody who represents the client, may have of what was done with the client's
//! data at one organisation (AVG art. 15), as a folder to hand over.
//!
//! What is always true here: the folder is there whole or not at all, and what was left out for its reader stands beside it, in
//! `<folder>.review.md`, for the officer who checks it and for nobody else.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::overview::OverviewOf;
use super::{Client, ClientProblem, leaf, words};
use crate::contract::v1::{GetOwnOverviewResponse, LeftOutEntry, ListLeftOutRequest};
use crate::domain::Language;
use crate::projection::dossier;

/// Which dossier, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Dossier {
    #[command(flatten)]
    of: OverviewOf,
    /// The folder to make; what is left out is written to <folder>.review.md
    #[arg(long)]
    to: PathBuf,
}

impl Dossier {
    pub(super) async fn call(self, gateway: &Client, output: &mut impl Write) -> Result<(), ClientProblem> {
        const THERE: ClientProblem =
            ClientProblem::Argument("--to is there already: name a folder that is not there yet");
        let Self { of: overview_of, to } = self;
        let review = beside(&to, ".review.md");
        if to.exists() || review.exists() {
            return Err(THERE);
        }
        let request = overview_of.request()?;
        let language = Language::parse(&overview_of.language).unwrap_or(Language::Dutch);
        let left_out = ListLeftOutRequest { overview: Some(request.clone()) };
        let left_out = gateway.list_left_out(left_out).await?.entries;
        let dossier = of(gateway.get_own_overview(request).await?);
        let part = beside(&to, ".part");
        let kept = keep(&dossier, language, &part)
            .and_then(|()| put(&review, &reviewed(left_out)))
            .and_then(|()| fs::rename(&part, &to).map_err(|problem| file(&to, problem)));
        if kept.is_err() {
            // It may not have been made at all.
            let _ = fs::remove_dir_all(&part);
        }
        kept?;
        let (folder, review) = (to.display(), review.display());
        Ok(writeln!(
            output,
            "{folder} is ready to be checked; what it leaves out is in {review}, for you alone"
        )?)
    }
}

fn keep(dossier: &dossier::Dossier, language: Language, folder: &Path) -> Result<(), ClientProblem> {
    fs::create_dir_all(folder).map_err(|problem| file(folder, problem))?;
    let files = dossier.files(language);
    let files =
        files.map_err(|_| ClientProblem::Content { path: folder.to_owned(), expected: "overview" })?;
    files.iter().try_for_each(|(name, text)| put(&folder.join(name), text))
}

/// As the gateway answered it.
fn of(overview: GetOwnOverviewResponse) -> dossier::Dossier {
    let consents = overview.consents.into_iter().map(|one| {
        let period = one.period.unwrap_or_default();
        dossier::DossierConsent {
            consent_id: one.consent_id,
            kind: if one.permit { "permit" } else { "objection" },
            status: words::of_status(one.status),
            recipient: one.recipient,
            purpose: one.purpose,
            fields: one.fields,
            from: period.from,
            until: period.until,
            text: one.text,
        }
    });
    let lines = overview.lines.into_iter().map(|one| dossier::DossierLine {
        at: one.at,
        times: one.times,
        event: one.event,
        emergency: one.emergency,
        text: one.text,
    });
    let bases = overview.bases.into_iter().map(|one| dossier::DossierBasis {
        recipient: one.recipient,
        purpose: one.purpose,
        basis: one.basis,
    });
    dossier::Dossier {
        consents: consents.collect(),
        lines: lines.collect(),
        bases: bases.collect(),
        checkpoint: overview.checkpoint,
        verifier_key: overview.verifier_key,
        entry_index: overview.entry_index,
        receipt: overview.receipt,
        leaf: leaf(&overview.leaf),
    }
}

/// What the officer weighs before the folder goes out.
fn reviewed(left_out: Vec<LeftOutEntry>) -> String {
    let left_out = left_out.into_iter().map(|one| dossier::DossierLeftOut {
        index: one.index,
        at: one.at,
        event: one.event,
        reason: one.reason,
    });
    dossier::review(&left_out.collect::<Vec<_>>())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn put(path: &Path, text: &str) -> Result<(), ClientProblem> {
    fs::write(path, text).map_err(|problem| file(path, problem))
}

fn file(path: &Path, problem: std::io::Error) -> ClientProblem {
    ClientProblem::File { path: path.to_owned(), problem }
}
