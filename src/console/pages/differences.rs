//! `/covenant/differences`: what became different from one covenant to another, in words, and line by line as it is written.
//!
//! What is always true here: nothing that differs is left out. What has no words here stands in the text of its file.

mod says;

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::written;
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::parts::Mood;
use crate::console::{Console, Officer, Problem};
use crate::gateway::{CovenantInForce, CovenantVersion, reader};
use crate::policy::{Became, Compared, ComparedLine, compared, compared_files, compared_lines};
use crate::projection::Phrase;

/// Something that became different.
struct Item {
    name: String,
    mood: Mood,
    how: &'static str,
    added: Vec<Phrase>,
    gone: Vec<Phrase>,
    /// The places where its text differs.
    text: Vec<Vec<Line>>,
}

/// A line of a text, to stand among English.
struct Line {
    became: Became,
    text: Phrase,
}

struct Part {
    title: &'static str,
    items: Vec<Item>,
}

/// One of the two.
struct Shown {
    index: u64,
    since: String,
    digest: String,
}

#[derive(Template)]
#[template(path = "differences.html")]
struct Differences {
    frame: Frame,
    older: Shown,
    newer: Shown,
    parts: Vec<Part>,
    /// Whether this version of the program reads both.
    is_read: bool,
    files: Vec<(String, Vec<Vec<Line>>)>,
}

/// Which two, by the entries by which they came into force.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::console) struct Two {
    older: u64,
    newer: u64,
}

/// `/covenant/differences?older=<entry>&newer=<entry>`
pub(in crate::console) async fn differences(
    State(console): State<Arc<Console>>,
    officer: Officer,
    asked: Result<Query<Two>, QueryRejection>,
) -> Result<Response, Problem> {
    let Ok(Query(Two { older, newer })) = asked else { return Err(Problem::not_found(officer.language)) };
    let found = console.gateway.covenant_versions(&officer.requester, [older, newer]).await;
    let [before, now] = found.map_err(|error| Problem::of(officer.language, &error))?;
    let (Some(files_before), Some(files_now)) = (&before.files, &now.files) else {
        return Err(not_kept(&officer));
    };
    let parts = match (&before.in_force, &now.in_force) {
        (Some(before), Some(now)) => Some(parts(&console, &officer, before, now)),
        _ => None,
    };
    let files = compared_files(files_before, files_now);
    let title = ("Verschillen tussen twee versies", "Differences between two versions");
    let frame = console.frame(&officer, Section::Covenant, title.0, title.1).await?;
    let shown = Differences {
        frame,
        older: shown(&before),
        newer: shown(&now),
        is_read: parts.is_some(),
        parts: parts.unwrap_or_default(),
        files: files.into_iter().map(|(name, places)| (name.to_owned(), read(places))).collect(),
    };
    Ok(page(StatusCode::OK, &shown))
}

fn shown(version: &CovenantVersion) -> Shown {
    let adopted = &version.adopted;
    Shown { index: adopted.index, since: adopted.at.local(), digest: adopted.covenant.to_string() }
}

fn not_kept(officer: &Officer) -> Problem {
    Problem::wrong(
        officer.language,
        ("Een van deze twee versies is niet meer bewaard", "One of these two versions is not kept any more"),
        (
            "De bewaartermijn is voorbij, en niets rust er nog op. Kies twee andere versies.",
            "Retention is over, and nothing rests on it any more. Choose two other versions.",
        ),
        "COVENANT_NOT_KEPT",
    )
}

/// What differs in words, part by part.
fn parts(console: &Console, officer: &Officer, before: &CovenantInForce, now: &CovenantInForce) -> Vec<Part> {
    let naming = |version| Naming {
        reader: reader(officer.side(), &console.origin, version),
        language: officer.language,
    };
    let both = (naming(before), naming(now));
    let (before, now) = (&before.covenant, &now.covenant);
    let say = |dutch: &'static str, english: &'static str| both.1.say(dutch, english);
    let parties = compared(before.parties.iter(), now.parties.iter(), |party| party.id.clone());
    let purposes = compared(before.purposes.all(), now.purposes.all(), |purpose| purpose.code);
    let fields = compared(before.catalogue.fields(), now.catalogue.fields(), |field| field.code);
    let (rules_before, rules_now) = (before.rules(), now.rules());
    let rules = compared(&rules_before, &rules_now, |rule| rule.id.clone());
    let no_text = String::new;
    vec![
        part(
            both,
            say("Partijen", "Parties"),
            &parties,
            |_, one| one.name.clone(),
            says::party,
            |_| no_text(),
        ),
        part(
            both,
            say("Doelen", "Purposes"),
            &purposes,
            |naming, one| naming.purpose(one.code),
            says::purpose,
            |_| no_text(),
        ),
        part(
            both,
            say("Gegevens", "Fields"),
            &fields,
            |naming, one| naming.field(one.code),
            says::field,
            |_| no_text(),
        ),
        part(
            both,
            say("Regels", "Rules"),
            &rules,
            |_, one| one.id.to_string(),
            |naming, one| says::rule(naming, one),
            |one| one.text.clone(),
        ),
    ]
}

/// In which language each line is.
fn read(places: Vec<Vec<ComparedLine>>) -> Vec<Vec<Line>> {
    let place = |lines: Vec<ComparedLine>| {
        let mut written = written::Lines::default();
        let line = |line: ComparedLine| Line { became: line.became, text: written.read(&line.text) };
        lines.into_iter().map(line).collect()
    };
    places.into_iter().map(place).collect()
}

fn part<T>(
    both: (Naming<'_>, Naming<'_>),
    title: &'static str,
    things: &[Compared<'_, T>],
    name: impl Fn(&Naming<'_>, &T) -> String,
    says: impl Fn(&Naming<'_>, &T) -> Vec<Phrase>,
    text: impl Fn(&T) -> String,
) -> Part {
    let items = things.iter().filter_map(|one| item(both, one, &name, &says, &text)).collect();
    Part { title, items }
}

/// What became of one thing; `None` if nothing did.
fn item<T>(
    (before, now): (Naming<'_>, Naming<'_>),
    one: &Compared<'_, T>,
    name: impl Fn(&Naming<'_>, &T) -> String,
    says: impl Fn(&Naming<'_>, &T) -> Vec<Phrase>,
    text: impl Fn(&T) -> String,
) -> Option<Item> {
    let (old, new) = match one {
        Compared::Gone(thing) => (Some(*thing), None),
        Compared::New(thing) => (None, Some(*thing)),
        Compared::Both { before, now } => (Some(*before), Some(*now)),
    };
    let lines =
        |naming: &Naming<'_>, thing: Option<&T>| thing.map(|one| says(naming, one)).unwrap_or_default();
    let (old_lines, new_lines) = (lines(&before, old), lines(&now, new));
    let as_written = |thing: Option<&T>| thing.map(&text).unwrap_or_default();
    let text = read(compared_lines(&as_written(old), &as_written(new)));
    let only = |these: &[Phrase], others: &[Phrase]| -> Vec<Phrase> {
        these.iter().filter(|line| !others.contains(line)).cloned().collect()
    };
    let (added, gone) = (only(&new_lines, &old_lines), only(&old_lines, &new_lines));
    let (mood, how) = match (old, new) {
        (None, _) => (Mood::Good, now.say("nieuw", "new")),
        (_, None) => (Mood::Bad, now.say("weg", "gone")),
        (Some(_), Some(_)) => (Mood::Part, now.say("anders", "changed")),
    };
    let name = new.map(|thing| name(&now, thing)).or_else(|| old.map(|thing| name(&before, thing)))?;
    let differs = !added.is_empty() || !gone.is_empty() || !text.is_empty();
    differs.then_some(Item { name, mood, how, added, gone, text })
}
