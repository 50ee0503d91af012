//! `/covenant/versions`: every covenant that was ever in force, since when, and what to compare it with.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::parts::{Cell, Choice, Grid, Heading, Mood, Select};
use crate::console::{Console, Officer, Problem};
use crate::store::Adopted;

/// Versions on a page.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "versions.html")]
struct Versions {
    frame: Frame,
    grid: Grid,
    /// To choose two of them, where there are two.
    choices: Option<[Select; 2]>,
    next: Option<String>,
}

/// Where to go on.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::console) struct Where {
    before: Option<u64>,
}

/// `/covenant/versions`
pub(in crate::console) async fn versions(
    State(console): State<Arc<Console>>,
    officer: Officer,
    asked: Result<Query<Where>, QueryRejection>,
) -> Result<Response, Problem> {
    let Ok(Query(Where { before })) = asked else { return Err(Problem::not_found(officer.language)) };
    // One more than is shown: what the oldest of the page is compared with.
    let limit = u32::try_from(SHOWN).unwrap_or(u32::MAX).saturating_add(1);
    let found = console.gateway.covenants(&officer.requester, before, limit).await;
    let found = found.map_err(|error| Problem::of(officer.language, &error))?;
    let naming = Naming::new(&console, &officer);
    let title = ("Versies van het convenant", "Versions of the covenant");
    let frame = console.frame(&officer, Section::Covenant, title.0, title.1).await?;
    let shown = Versions {
        frame,
        grid: grid(&naming, &found, before.is_none()),
        choices: choices(&naming, &found),
        next: next(&found),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// From a version to another: what became different.
pub(super) fn between(older: u64, newer: u64) -> String {
    format!("/covenant/differences?older={older}&newer={newer}")
}

fn next(found: &[Adopted]) -> Option<String> {
    let last = found.get(SHOWN - 1).filter(|_| found.len() > SHOWN)?;
    Some(format!("/covenant/versions?before={}", last.index))
}

fn grid(naming: &Naming<'_>, found: &[Adopted], is_newest: bool) -> Grid {
    let say = |dutch, english| naming.say(dutch, english);
    let short = |digest: &str| Cell::Code(digest.chars().take(12).collect());
    let mut rows = Vec::new();
    for (at, version) in found.iter().take(SHOWN).enumerate() {
        let state = match (at == 0 && is_newest, version.is_kept) {
            (true, _) => Cell::badge(Mood::Good, say("geldt nu", "in force now")),
            (false, true) => Cell::badge(Mood::Plain, say("vervangen", "replaced")),
            (false, false) => Cell::badge(Mood::Warn, say("niet meer bewaard", "not kept any more")),
        };
        let difference = match found.get(at + 1) {
            Some(before) if before.is_kept && version.is_kept => {
                let text = say("Wat er veranderde", "What changed");
                Cell::link(between(before.index, version.index), text)
            }
            Some(_) => Cell::text(say("niet meer na te gaan", "cannot be known any more")),
            None => Cell::text(say("de eerste", "the first")),
        };
        rows.push(vec![
            Cell::link(format!("/entries/{}", version.index), &version.index),
            Cell::text(version.at.local()),
            state,
            short(version.covenant.as_str()),
            short(version.parties.as_str()),
            Cell::number(&version.party_revision),
            difference,
        ]);
    }
    let headings = vec![
        Heading::text(say("Regel", "Entry")),
        Heading::text(say("Geldt sinds", "In force since")),
        Heading::text(say("Stand", "Status")),
        Heading::text(say("Kenmerk", "Digest")),
        Heading::text(say("Kenmerk van de partijen", "Digest of the parties")),
        Heading::number(say("Versie van de partijen", "Revision of the parties")),
        Heading::text(say("Anders dan ervoor", "Different from before")),
    ];
    Grid { caption: say("Nieuwste eerst", "Newest first").to_owned(), headings, rows }
}

fn choices(naming: &Naming<'_>, found: &[Adopted]) -> Option<[Select; 2]> {
    let kept: Vec<&Adopted> = found.iter().filter(|version| version.is_kept).collect();
    let [newest, before, ..] = kept.as_slice() else { return None };
    let select = |name, label: &str, chosen: &Adopted| {
        let choice = |version: &&Adopted| {
            Choice::new(&version.index, format!("{} – {}", version.index, version.at.local()))
        };
        Select {
            name,
            label: label.to_owned(),
            chosen: chosen.index.to_string(),
            choices: kept.iter().map(choice).collect(),
        }
    };
    Some([
        select("older", naming.say("Van", "From"), before),
        select("newer", naming.say("Naar", "To"), newest),
    ])
}
