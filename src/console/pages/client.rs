//! `/clients/<handle>`: who saw what of this client, in plain words, and which consents there are.
//!
//! What is always true here: a client whom this side does not know, and a handle that is nobody's, get the same page.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::filter::Asked;
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::parts::{Cell, Choice, Grid, Heading, Select};
use crate::console::{Console, Officer, Problem};
use crate::domain::{ClientRef, Consent, Language, Registration};
use crate::gateway::{ConsentError, Error};
use crate::projection::{Days, Format, Phrase, Record, consent_line, words};
use crate::store::EntryRow;

use super::received::{extent, received};

/// Entries that are told on a page.
const SHOWN: usize = 50;
/// Entries that are looked through for them: who looks often would otherwise see little but that they looked.
const LOOKED: u32 = 500;

/// What happened, in plain words.
struct Line {
    index: u64,
    at: String,
    text: Phrase,
    emergency: bool,
}

/// Who was given what.
struct Received {
    extent: String,
    grid: Option<Grid>,
}

#[derive(Template)]
#[template(path = "client.html")]
struct ClientPage {
    frame: Frame,
    secret: String,
    handle: String,
    received: Option<Received>,
    lines: Vec<Line>,
    /// How often the record of this client was looked at meanwhile.
    looks: usize,
    next: Option<String>,
    is_registered: bool,
    consents: Option<Grid>,
    readers: Select,
    language: Select,
}

/// `/clients/<handle>`
pub(in crate::console) async fn client(
    State(console): State<Arc<Console>>,
    officer: Officer,
    Path(handle): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let client = named(&console, &officer, &handle)?;
    let asked = Asked { client: handle.clone(), ..Asked::read(officer.language, asked)? };
    let narrowed = asked.narrow(&console, &officer)?;
    let failed = |error| Problem::of(officer.language, &error);
    let rows = console.gateway.entries(&officer.requester, &narrowed.filter, LOOKED).await.map_err(failed)?;
    let file = file(&console, &officer, &client).await?;
    let is_first = narrowed.filter.before.is_none();
    if is_first && file.is_none() && rows.iter().all(|row| row.entry.is_about_the_record()) {
        return Err(Problem::not_found(officer.language));
    }
    let naming = Naming::new(&console, &officer);
    // Of a part of the entries it would tell a part of the truth.
    let is_whole = is_first && Asked { client: String::new(), ..asked.clone() }.is_empty();
    let received = is_whole.then(|| {
        let all = !is_full(&rows);
        Received { extent: extent(&naming, all), grid: received(&naming, &rows, all) }
    });
    let Told { rows, looks, next } = tell(rows);
    let path = format!("/clients/{handle}");
    let turn = |before| {
        Asked { client: String::new(), ..asked.clone() }.at_page(&path, &narrowed.token(&console, before))
    };
    let next = next.map(turn);
    let frame = console.frame(&officer, Section::Clients, "Wie heeft wat gezien", "Who saw what").await?;
    let (registration, consents) = file.map_or((None, Vec::new()), |(r, consents)| (Some(r), consents));
    let shown = ClientPage {
        secret: officer.session.secret.clone(),
        received,
        lines: rows.iter().flat_map(|row| lines(&console, &naming, row)).collect(),
        looks,
        next,
        is_registered: registration.is_some(),
        consents: stand(&console, &naming, &officer, &handle, registration.as_ref(), &consents),
        readers: readers(&console, &naming, registration.as_ref()),
        language: language(&naming),
        handle,
        frame,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// What is told of what was found, and where to go on.
struct Told {
    rows: Vec<EntryRow>,
    looks: usize,
    next: Option<u64>,
}

/// Whether there may be more than was looked through.
fn is_full(found: &[EntryRow]) -> bool {
    u32::try_from(found.len()).is_ok_and(|count| count == LOOKED)
}

/// What was done, as many as a page shows; that it was looked at is counted.
fn tell(found: Vec<EntryRow>) -> Told {
    let full = is_full(&found);
    let end = found.last().map(|row| row.index).filter(|index| full && *index > 0);
    let (mut rows, mut looks) = (Vec::new(), 0);
    for row in found {
        if row.entry.is_about_the_record() {
            looks += 1;
            continue;
        }
        let index = row.index;
        rows.push(row);
        if rows.len() == SHOWN {
            return Told { rows, looks, next: Some(index).filter(|index| *index > 0) };
        }
    }
    Told { rows, looks, next: end }
}

/// Whom this side names so.
pub(super) fn named(console: &Console, officer: &Officer, handle: &str) -> Result<ClientRef, Problem> {
    let client = console.gateway.pseudonyms().open_handle(handle, officer.side());
    client.ok_or_else(|| Problem::not_found(officer.language))
}

/// What this organisation registered, if it did.
pub(super) async fn file(
    console: &Console,
    officer: &Officer,
    client: &ClientRef,
) -> Result<Option<(Registration, Vec<Consent>)>, Problem> {
    match console.gateway.consents(&officer.requester, client).await {
        Ok(file) => Ok(Some(file)),
        Err(Error::Consent(ConsentError::NotRegistered)) => Ok(None),
        Err(error) => Err(Problem::of(officer.language, &error)),
    }
}

/// The form for a client in this language.
pub(super) fn plain(language: Language) -> Format {
    match language {
        Language::Dutch => Format::PlainDutch,
        Language::English => Format::PlainEnglish,
    }
}

fn lines(console: &Console, naming: &Naming<'_>, row: &EntryRow) -> Vec<Line> {
    let told = |record: &Record<'_>| {
        let mut days = Days::default();
        let mut lines = days.take_lines(plain(naming.language), record);
        lines.extend(days.finish_lines());
        lines
    };
    let lines = naming.with(console, row, told).into_iter();
    let line = |line: crate::projection::Line| Line {
        index: row.index,
        at: line.at.local(),
        text: line.text,
        emergency: line.emergency,
    };
    lines.map(line).collect()
}

/// How each consent stands now.
fn stand(
    console: &Console,
    naming: &Naming<'_>,
    officer: &Officer,
    handle: &str,
    registration: Option<&Registration>,
    consents: &[Consent],
) -> Option<Grid> {
    let registration = registration.filter(|_| !consents.is_empty())?;
    let (terms, now) = (officer.covenant.covenant.terms(officer.side()), console.gateway.now());
    let row = |consent: &Consent| {
        let status = consent.status(registration, terms, now);
        let line = consent_line(consent, status, &naming.reader, plain(naming.language));
        vec![
            Cell::link(format!("/clients/{handle}/consents/{}", consent.id), &consent.id),
            Cell::number(&consent.version),
            Cell::text(words::status(status, naming.language)),
            Cell::text(line),
        ]
    };
    let headings = vec![
        Heading::text(naming.say("Toestemming of bezwaar", "Consent or objection")),
        Heading::number(naming.say("Versie", "Version")),
        Heading::text(naming.say("Stand", "Status")),
        Heading::text(naming.say("Wat er staat", "What it says")),
    ];
    let caption = naming.say("Zoals het nu is", "As it is now").to_owned();
    Some(Grid { caption, headings, rows: consents.iter().map(row).collect() })
}

/// Who may read the own overview now.
fn readers(console: &Console, naming: &Naming<'_>, registration: Option<&Registration>) -> Select {
    let now = console.gateway.now();
    let mut choices = vec![Choice::new("client", naming.say("de cliënt", "the client"))];
    for holder in registration.map(|registration| registration.represented_by(now)).unwrap_or_default() {
        let capacity = words::capacity(holder.capacity, naming.language);
        choices.push(Choice::new(&holder.person, format!("{} ({capacity})", holder.person)));
    }
    let label = naming.say("Voor wie", "For whom").to_owned();
    Select { name: "reader", label, chosen: "client".to_owned(), choices }
}

fn language(naming: &Naming<'_>) -> Select {
    let choices = [Language::Dutch, Language::English];
    let choices = choices.map(|language| Choice::language(language, naming.language)).into();
    let label = naming.say("Taal van de brief", "Language of the letter").to_owned();
    Select { name: "language", label, chosen: naming.language.id().to_owned(), choices }
}
