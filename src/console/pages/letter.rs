//! `/clients/<handle>/letter`: what was done with a client's data, as a letter on A4 for the client or somebody who represents them.
//!
//! What is always true here: the gateway decides who may read it and what of it, and records it; the letter says which checkpoint
//! proves it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::client::{named, plain};
use super::verify::Head;
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::speech::Speech;
use crate::console::{Console, Genuine, Officer, Problem};
use crate::domain::{Language, OverviewRefused, PersonRef};
use crate::gateway::{Error, OverviewRequest};
use crate::projection::Phrase;

struct Line {
    at: String,
    text: Phrase,
    times: u32,
    emergency: bool,
}

struct Basis {
    recipient: String,
    purpose: String,
    law: Phrase,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Letter {
    frame: Frame,
    /// The letter's own language.
    speech: Speech,
    from: String,
    on: String,
    lines: Vec<Line>,
    consents: Vec<String>,
    bases: Vec<Basis>,
    head: Head,
    verifier_key: String,
    entry: u64,
}

/// For whom, in which language.
#[derive(serde::Deserialize)]
pub(in crate::console) struct Wanted {
    #[serde(default)]
    reader: String,
    #[serde(default)]
    language: String,
}

/// `/clients/<handle>/letter`: for the client, in the language of the page.
pub(in crate::console) async fn for_the_client(
    State(console): State<Arc<Console>>,
    officer: Officer,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    let language = officer.language;
    letter(&console, &officer, &handle, PersonRef::client(), language).await
}

/// `POST /clients/<handle>/letter`: for whom was chosen. Posted, for it may name somebody by a reference.
pub(in crate::console) async fn for_somebody(
    State(console): State<Arc<Console>>,
    Path(handle): Path<String>,
    Genuine { officer, form }: Genuine<Wanted>,
) -> Result<Response, Problem> {
    let (language, reader) = wanted(&officer, &form)?;
    letter(&console, &officer, &handle, reader, language).await
}

/// For whom it is, and in which language.
pub(super) fn wanted(officer: &Officer, form: &Wanted) -> Result<(Language, PersonRef), Problem> {
    let wrong = |what, remedy, code| Problem::wrong(officer.language, what, remedy, code);
    let language = Language::parse(&form.language).ok_or_else(|| {
        let what = ("Deze taal is er niet", "There is no such language");
        wrong(what, ("Kies Nederlands of Engels.", "Choose Dutch or English."), "LANGUAGE_UNKNOWN")
    })?;
    let reader = PersonRef::parse(&form.reader).map_err(|_| {
        let what = ("Voor wie de brief is, kan niet worden gelezen", "Whom the letter is for cannot be read");
        wrong(what, ("Kies iemand uit de lijst.", "Choose somebody from the list."), "READER_UNKNOWN")
    })?;
    Ok((language, reader))
}

async fn letter(
    console: &Console,
    officer: &Officer,
    handle: &str,
    reader: PersonRef,
    language: Language,
) -> Result<Response, Problem> {
    let client = named(console, officer, handle)?;
    let request = OverviewRequest { client, reader, format: plain(language), from: None, until: None };
    let overview = console.gateway.overview(&officer.requester, &request).await;
    let overview = overview.map_err(|error| refused(officer, &error))?;
    let frame =
        console.frame(officer, Section::Clients, "Brief voor de cliënt", "Letter for the client").await?;
    let naming = Naming { language, ..Naming::new(console, officer) };
    let lines = overview.lines.into_iter().map(|line| Line {
        at: line.at.local(),
        text: line.text,
        times: line.times,
        emergency: line.emergency,
    });
    let bases = overview.bases.iter().map(|basis| Basis {
        recipient: naming.party(&basis.recipient),
        purpose: naming.purpose(basis.purpose),
        law: naming.agreed(&basis.basis),
    });
    let shown = Letter {
        frame,
        speech: Speech(language),
        from: naming.party(officer.side()),
        on: console.gateway.now().date().to_string(),
        lines: lines.collect(),
        consents: overview.consents.into_iter().map(|consent| consent.text).collect(),
        bases: bases.collect(),
        head: Head::of(&overview.checkpoint),
        verifier_key: console.verifier_key.clone(),
        entry: overview.sealed.index,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Why somebody does not read it.
pub(super) fn refused(officer: &Officer, error: &Error) -> Problem {
    let (what, remedy) = match error {
        Error::Overview(OverviewRefused::ClientTooYoung) => (
            ("De cliënt is jonger dan twaalf", "The client is younger than twelve"),
            (
                "Maak de brief voor wie de cliënt vertegenwoordigt.",
                "Make the letter for who represents the client.",
            ),
        ),
        Error::Overview(OverviewRefused::NotARepresentative) => (
            ("Deze persoon leest het overzicht nu niet", "This person does not read the overview now"),
            (
                "Kies iemand die de cliënt nu vertegenwoordigt, volgens de registratie bij uw organisatie.",
                "Choose somebody who represents the client now, as registered at your organisation.",
            ),
        ),
        error => return Problem::of(officer.language, error),
    };
    Problem::wrong(officer.language, what, remedy, "READER_NOT_ENTITLED")
}
