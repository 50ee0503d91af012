//! `POST /entries/<index>/replay`: the entry decided again from the ledger alone, and compared with what was recorded.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::entry::number;
use super::rules::{self, RuleText};
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::parts::{Cell, Grid, Heading, Mood};
use crate::console::{Console, Genuine, Problem};
use crate::policy::{Replayed, ReplayedField, Said};
use crate::projection::words;
use crate::store::Explanation;

/// The form says nothing more than that it is genuine.
#[derive(serde::Deserialize)]
pub(in crate::console) struct Nothing {}

#[derive(Template)]
#[template(path = "replay.html")]
struct Replay {
    frame: Frame,
    index: u64,
    was_decided: bool,
    is_same: bool,
    /// What is not the same beside the fields.
    differences: Vec<String>,
    grid: Grid,
    covenant: String,
    rules: Vec<RuleText>,
}

/// `POST /entries/<index>/replay`
pub(in crate::console) async fn replay(
    State(console): State<Arc<Console>>,
    Path(index): Path<String>,
    Genuine { officer, form: _ }: Genuine<Nothing>,
) -> Result<Response, Problem> {
    let index = number(&officer, &index)?;
    let explained = console.gateway.explain(&officer.requester, index).await;
    let Explanation { row, covenant, replayed } =
        explained.map_err(|error| Problem::of(officer.language, &error))?;
    let title = (format!("Regel {index}, opnieuw beslist"), format!("Entry {index}, decided again"));
    let frame = console.frame(&officer, Section::Entries, &title.0, &title.1).await?;
    let naming = Naming::new(&console, &officer);
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method is of one lifetime only")]
    let whole = naming.with(&console, &row, |record| record.is_whole());
    let (was_decided, is_same) = (replayed.is_some(), replayed.as_ref().is_none_or(Replayed::is_same));
    let (fields, differences) = replayed.map(|again| (again.fields, again.differences)).unwrap_or_default();
    let named = fields
        .iter()
        .flat_map(|field| [&field.recorded, &field.again])
        .filter_map(|said| said.rule.as_deref());
    let rules = if whole { rules::of(&naming, &covenant, named) } else { Vec::new() };
    let shown = Replay {
        index,
        was_decided,
        is_same,
        differences: differences.iter().map(ToString::to_string).collect(),
        grid: grid(&naming, &fields, whole),
        covenant: covenant.digest.as_str().chars().take(12).collect(),
        rules,
        frame,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn grid(naming: &Naming<'_>, fields: &[ReplayedField], whole: bool) -> Grid {
    let say = |dutch, english| naming.say(dutch, english);
    let mut headings = vec![
        Heading::text(say("Gegeven", "Field")),
        Heading::text(say("Zoals vastgelegd", "As recorded")),
        Heading::text(say("Opnieuw beslist", "Decided again")),
        Heading::text(say("Hetzelfde?", "The same?")),
    ];
    if whole {
        headings.push(Heading::text(say("Wie had ingestemd", "Who had agreed")));
    }
    let row = |again: &ReplayedField| {
        let same = if again.same {
            Cell::badge(Mood::Good, say("hetzelfde", "the same"))
        } else {
            Cell::badge(Mood::Bad, say("anders", "different"))
        };
        let mut row = vec![
            Cell::text(naming.field(again.field)),
            Cell::text(said(naming, &again.recorded, whole)),
            Cell::text(said(naming, &again.again, whole)),
            same,
        ];
        if whole {
            let agreed = again.agreed.iter().map(|grant| {
                format!("{} ({})", words::capacity(grant.by.capacity, naming.language), grant.by.person)
            });
            row.push(Cell::text(agreed.collect::<Vec<_>>().join("; ")));
        }
        row
    };
    Grid {
        caption: say("Per gegeven", "Field by field").to_owned(),
        headings,
        rows: fields.iter().map(row).collect(),
    }
}

/// What was said of a field, and to the custodian's own officer on what it rested.
fn said(naming: &Naming<'_>, said: &Said, whole: bool) -> String {
    let mut parts = vec![if said.released {
        naming.say("mag", "may").to_owned()
    } else {
        naming.say("mag niet", "may not").to_owned()
    }];
    parts.extend(said.told.map(|told| words::told(told, naming.language).to_owned()));
    if whole {
        parts.extend(said.because.map(words::because_code));
        parts.extend(said.rule.clone());
        let version = naming.say("versie", "version");
        parts.extend(said.consent.as_ref().map(|(id, number)| format!("{id}, {version} {number}")));
    }
    parts.join("; ")
}
