//! `sluis client dossier`: all that a client, or somebody who represents the client, may have of what was done with the client's
//! data at one organisation (AVG art. 15), as a folder to hand over.
//!
//! What is always true here: the folder is there whole or not at all, and what was left out for its reader stands beside it, in
//! `<folder>.review.md`, for the officer who checks it and for nobody else.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::overview::{OverviewOf, sentence};
use super::{Client, ClientProblem, words};
use crate::contract::v1::{GetOwnOverviewResponse, LeftOutEntry, ListLeftOutRequest, OverviewLine};

/// Which dossier, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Dossier {
    #[command(flatten)]
    of: OverviewOf,
    /// The folder to make; what is left out is written to <folder>.review.md
    #[arg(long)]
    to: PathBuf,
}

#[derive(serde::Serialize)]
struct Written<'a> {
    consents: Vec<WrittenConsent<'a>>,
    lines: Vec<WrittenLine<'a>>,
    legal_bases: Vec<WrittenBasis<'a>>,
    checkpoint: &'a str,
    verifier_key: &'a str,
    entry_index: u64,
}

#[derive(serde::Serialize)]
struct WrittenConsent<'a> {
    consent_id: &'a str,
    kind: &'static str,
    status: String,
    recipient: &'a str,
    purpose: &'a str,
    fields: &'a [String],
    from: &'a str,
    until: &'a str,
    text: &'a str,
}

#[derive(serde::Serialize)]
struct WrittenLine<'a> {
    at: &'a str,
    times: u32,
    event: &'a str,
    emergency: bool,
    text: &'a str,
}

#[derive(serde::Serialize)]
struct WrittenBasis<'a> {
    recipient: &'a str,
    purpose: &'a str,
    basis: &'a str,
}

impl Dossier {
    pub(super) async fn call(self, gateway: &Client, output: &mut impl Write) -> Result<(), ClientProblem> {
        const THERE: ClientProblem =
            ClientProblem::Argument("--to is there already: name a folder that is not there yet");
        let Self { of, to } = self;
        let review = beside(&to, ".review.md");
        if to.exists() || review.exists() {
            return Err(THERE);
        }
        let (request, english) = (of.request()?, of.language == "en");
        let left_out = ListLeftOutRequest { overview: Some(request.clone()) };
        let left_out = gateway.list_left_out(left_out).await?.entries;
        let overview = gateway.get_own_overview(request).await?;
        let part = beside(&to, ".part");
        let kept = keep(&overview, english, &part)
            .and_then(|()| put(&review, &reviewed(&left_out)))
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

fn keep(overview: &GetOwnOverviewResponse, english: bool, folder: &Path) -> Result<(), ClientProblem> {
    fs::create_dir_all(folder).map_err(|problem| file(folder, problem))?;
    let name = if english { "overview.md" } else { "overzicht.md" };
    put(&folder.join(name), &told(overview, english))?;
    let json = serde_json::to_string_pretty(&written(overview))
        .map_err(|_| ClientProblem::Content { path: folder.to_owned(), expected: "overview" })?;
    put(&folder.join("overview.json"), &json)?;
    put(&folder.join("checkpoint"), &overview.checkpoint)?;
    put(&folder.join("ledger.vkey"), &overview.verifier_key)?;
    put(&folder.join("reading.tlog-proof"), &overview.receipt)
}

fn written(overview: &GetOwnOverviewResponse) -> Written<'_> {
    let consents = overview.consents.iter().map(|one| {
        let period = one.period.as_ref();
        WrittenConsent {
            consent_id: &one.consent_id,
            kind: if one.permit { "permit" } else { "objection" },
            status: words::of_status(one.status),
            recipient: &one.recipient,
            purpose: &one.purpose,
            fields: &one.fields,
            from: period.map_or("", |period| period.from.as_str()),
            until: period.map_or("", |period| period.until.as_str()),
            text: &one.text,
        }
    });
    let lines = overview.lines.iter().map(|one| WrittenLine {
        at: &one.at,
        times: one.times,
        event: &one.event,
        emergency: one.emergency,
        text: &one.text,
    });
    let bases = overview.bases.iter().map(|one| WrittenBasis {
        recipient: &one.recipient,
        purpose: &one.purpose,
        basis: &one.basis,
    });
    Written {
        consents: consents.collect(),
        lines: lines.collect(),
        legal_bases: bases.collect(),
        checkpoint: &overview.checkpoint,
        verifier_key: &overview.verifier_key,
        entry_index: overview.entry_index,
    }
}

/// The dossier in plain words.
fn told(overview: &GetOwnOverviewResponse, english: bool) -> String {
    let choose = |dutch: &'static str, english_text: &'static str| if english { english_text } else { dutch };
    let list = |items: Vec<String>| {
        if items.is_empty() {
            format!("{}\n", choose("Niets.", "Nothing."))
        } else {
            items.iter().map(|item| format!("- {item}\n")).collect::<Vec<_>>().concat()
        }
    };
    let notice = |line: &&OverviewLine| ["client-notified", "notice-delayed"].contains(&line.event.as_str());
    let consents = overview.consents.iter().map(|consent| consent.text.clone()).collect();
    let lines = overview.lines.iter().map(|line| sentence(line, english)).collect();
    let notices = overview.lines.iter().filter(notice).map(|line| sentence(line, english)).collect();
    let bases = overview.bases.iter().map(|one| format!("{}, {}: {}", one.recipient, one.purpose, one.basis));
    [
        (choose("# Wat er met gegevens is gedaan", "# What was done with data"), choose(
            "Dit overzicht laat zien wat deze organisatie met gegevens heeft gedaan. De gegevens zelf staan er niet in: \
             vraag daarvoor naar het dossier. Namen van medewerkers staan er ook niet in. Wilt u weten wie het was, of klopt er \
             iets niet? Vraag het aan deze organisatie. U kunt ook een klacht sturen naar de Autoriteit Persoonsgegevens.\n",
            "This overview shows what this organisation did with data. The data is not in it: ask for the file. Names of employees \
             are not in it either. Would you like to know who it was, or is something wrong? Ask this organisation. You can also \
             complain to the Dutch Data Protection Authority.\n",
        ).to_owned()),
        (choose("## Toestemmingen en bezwaren", "## Consents and objections"), list(consents)),
        (choose("## Wat er gebeurde", "## What happened"), list(lines)),
        (choose("## Verteld", "## Told"), list(notices)),
        (choose("## Waarom anderen de gegevens mogen hebben", "## Why others may have the data"), list(bases.collect())),
        (choose("## Bewijs", "## Proof"), choose(
            "Het bestand `checkpoint` is ondertekend. Het hoort bij dit overzicht. Bewaar het: later kunt u laten nagaan of er iets \
             in het register is veranderd.\n",
            "The file `checkpoint` is signed. It belongs to this overview. Keep it: later you can have it checked whether anything in \
             the record was altered.\n",
        ).to_owned()),
    ]
    .map(|(heading, text)| format!("{heading}\n\n{text}"))
    .join("\n")
}

/// What the officer weighs before the folder goes out.
fn reviewed(left_out: &[LeftOutEntry]) -> String {
    let rows = left_out
        .iter()
        .map(|one| format!("| {} | {} | {} | {} | |\n", one.index, one.at, one.event, one.reason));
    format!(
        "# For the reviewer alone: never hand this over\n\nLeft out for this reader. Weigh each: is leaving it out still right?\n\n\
         | entry | at | event | why | seen by |\n|---|---|---|---|---|\n{}",
        rows.collect::<String>()
    )
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
