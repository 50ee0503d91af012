//! `/emergencies`: what was released in acute danger, to be judged by another officer than who asked (four eyes), before its deadline.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::entry::number;
use super::waiting::due;
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::parts::{Cell, Facts, Mood};
use crate::console::{Console, Genuine, Officer, Problem};
use crate::domain::{EvidenceReference, FollowUpRefused, ReviewVerdict, UnconsentedRelease};
use crate::gateway::Error;
use crate::projection::words;
use crate::store::{Worklist, WorklistPage};

/// How many are on a page.
const SHOWN: u32 = 20;

/// What stands in the address.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::console) struct Asked {
    /// Also what was judged.
    all: Option<bool>,
    /// After this entry.
    after: Option<u64>,
    /// What was judged just now.
    done: Option<u64>,
}

struct Emergency {
    index: u64,
    facts: Facts,
    /// Whether it can be judged here and now.
    is_open: bool,
    /// Who asked for it may not judge it.
    is_own: bool,
}

#[derive(Template)]
#[template(path = "emergencies.html")]
struct Emergencies {
    frame: Frame,
    secret: String,
    all: bool,
    done: Option<u64>,
    listed: Vec<Emergency>,
    next: Option<u64>,
}

/// `/emergencies`
pub(in crate::console) async fn emergencies(
    State(console): State<Arc<Console>>,
    officer: Officer,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(Asked { all, after, done }) = asked.map_err(|_| Problem::not_found(officer.language))?;
    let all = all.unwrap_or_default();
    let part = WorklistPage { list: Worklist::Emergencies, all, after, limit: SHOWN };
    let releases = console.gateway.worklist(&officer.requester, part).await;
    let releases = releases.map_err(|error| Problem::of(officer.language, &error))?;
    let frame =
        console.frame(&officer, Section::Emergencies, "Noodverstrekkingen", "Emergency releases").await?;
    let full = u32::try_from(releases.len()).is_ok_and(|count| count == SHOWN);
    let next = releases.last().filter(|_| full).map(|release| release.entry);
    let naming = Naming::new(&console, &officer);
    let listed = releases.iter().map(|release| listed(&console, &officer, &naming, release)).collect();
    let secret = officer.session.secret.clone();
    Ok(page(StatusCode::OK, &Emergencies { frame, secret, all, done, listed, next }))
}

fn listed(
    console: &Console,
    officer: &Officer,
    naming: &Naming<'_>,
    release: &UnconsentedRelease,
) -> Emergency {
    let handle = console.gateway.pseudonyms().handle(&release.client, officer.side());
    let say = |dutch, english| naming.say(dutch, english);
    let mut facts = Facts::default();
    facts.add(say("Wanneer", "When"), [Cell::text(release.at.local())]);
    facts.add(say("Door", "By"), [Cell::text(naming.hat(&release.actor.hat))]);
    facts.add(say("Cliënt", "Client"), [naming.client(Some(&handle))]);
    let ground = format!("{}: {}", release.ground, words::ground(release.ground, naming.language));
    facts.add(say("Grond", "Ground"), [Cell::text(ground)]);
    let entry = release.entry;
    let link = Cell::link(
        format!("/entries/{entry}"),
        say("de hele regel, met wat is gegeven", "the whole entry, with what was released"),
    );
    facts.add(say("Bekijk", "Look at"), [link]);
    let told = match (release.told_in, release.delayed_in) {
        (Some(index), _) => Cell::link(format!("/entries/{index}"), say("verteld", "told")),
        (None, Some(index)) => Cell::link(format!("/entries/{index}"), say("uitgesteld", "put off")),
        (None, None) => due(naming, release.tell_by, console.gateway.now()),
    };
    facts.add(say("De cliënt vertellen voor", "Tell the client before"), [told]);
    if let Some((index, verdict)) = release.reviewed {
        let said = Cell::badge(mood(verdict), verdict_words(naming, verdict));
        let entry = Cell::link(format!("/entries/{index}"), &format!("{} {index}", say("regel", "entry")));
        facts.add(say("Oordeel", "Verdict"), [said, entry]);
    }
    let is_open = release.reviewed.is_none_or(|(_, verdict)| !verdict.is_final());
    if let Some(by) = release.review_by.filter(|_| is_open) {
        facts.add(say("Beoordelen voor", "Review before"), [due(naming, by, console.gateway.now())]);
    }
    let is_own = release.actor.requester == officer.requester.actor.requester;
    Emergency { index: entry, facts, is_open, is_own }
}

fn mood(verdict: ReviewVerdict) -> Mood {
    match verdict {
        ReviewVerdict::Justified => Mood::Good,
        ReviewVerdict::NotJustified => Mood::Bad,
        ReviewVerdict::NeedsFollowUp => Mood::Warn,
    }
}

fn verdict_words(naming: &Naming<'_>, verdict: ReviewVerdict) -> &'static str {
    let (dutch, english) = match verdict {
        ReviewVerdict::Justified => ("terecht: het kon niet wachten", "justified: it could not wait"),
        ReviewVerdict::NotJustified => ("niet terecht", "not justified"),
        ReviewVerdict::NeedsFollowUp => ("nog niet bekend", "not known yet"),
    };
    naming.say(dutch, english)
}

/// A judgement.
#[derive(serde::Deserialize)]
pub(in crate::console) struct Judged {
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    note: String,
}

/// `POST /emergencies/<entry>`
pub(in crate::console) async fn review(
    State(console): State<Arc<Console>>,
    Path(index): Path<String>,
    Genuine { officer, form }: Genuine<Judged>,
) -> Result<Response, Problem> {
    let index = number(&officer, &index)?;
    let language = officer.language;
    let verdict = ReviewVerdict::parse(&form.verdict).ok_or_else(|| {
        let what = ("Er is geen oordeel gekozen", "No verdict was chosen");
        Problem::wrong(
            language,
            what,
            ("Ga terug en kies er een.", "Go back and choose one."),
            "VERDICT_UNKNOWN",
        )
    })?;
    let note = EvidenceReference::parse(form.note.trim()).map_err(|_| {
        let what = ("De verwijzing naar het dossier klopt niet", "The reference to the file is not right");
        let remedy = (
            "Vul in waar in het dossier de reden staat: letters, cijfers en streepjes, geen zin.",
            "Fill in where the file says why: letters, digits and dashes, no sentence.",
        );
        Problem::wrong(language, what, remedy, "NOTE_INVALID")
    })?;
    let judged = console.gateway.review_emergency(&officer.requester, index, verdict, &note).await;
    judged.map_err(|error| refused(&officer, &error))?;
    Ok(Redirect::to(&format!("/emergencies?done={index}")).into_response())
}

fn refused(officer: &Officer, error: &Error) -> Problem {
    let (what, remedy, code) = match error {
        Error::FollowUp(FollowUpRefused::OwnRelease) => (
            ("U vroeg dit zelf", "You asked for this yourself"),
            (
                "Een andere functionaris van uw organisatie moet het beoordelen.",
                "Another officer of your organisation must review it.",
            ),
            "OWN_RELEASE",
        ),
        Error::FollowUp(FollowUpRefused::Reviewed) => (
            ("Dit is al beoordeeld", "This was reviewed before"),
            ("Dat oordeel blijft staan.", "That verdict stands."),
            "REVIEWED",
        ),
        Error::FollowUp(FollowUpRefused::NotAnEmergency) => (
            ("Dit is geen noodverstrekking", "This is not an emergency release"),
            ("Er valt niets te beoordelen.", "There is nothing to review."),
            "NOT_AN_EMERGENCY",
        ),
        error => return Problem::of(officer.language, error),
    };
    Problem::wrong(officer.language, what, remedy, code)
}
