//! `/entries`: the own side of the ledger, newest first, narrowed by what stands in the address.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{export, listing};
use crate::console::address::with_query;
use crate::console::filter::{Asked, Narrowed, OUTCOMES};
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::parts::{Cell, Choice, Grid, Select, Textbox};
use crate::console::{Console, Genuine, Officer, Problem};
use crate::domain::{EventKind, Ground};
use crate::gateway::Found;
use crate::projection::words;
use crate::store::EntryRow;

/// Entries on a page.
const SHOWN: usize = 50;
/// Entries that are looked through for a field or a ground, which the store cannot look up.
const SIFTED: u32 = 1_000;
/// Entries of the ledger that a page looks among: what is rare is looked for step by step.
const SPAN: u64 = 20_000;
/// The longest subject of a token.
const LONGEST_SUBJECT: usize = 128;

#[derive(Template)]
#[template(path = "entries.html")]
struct Entries {
    frame: Frame,
    secret: String,
    selects: Vec<Select>,
    boxes: Vec<Textbox>,
    /// What is asked and stands in no field of the form.
    kept: Vec<(&'static str, String)>,
    is_narrowed: bool,
    /// The same question without readings, where it does not say which kind.
    without_readings: Option<String>,
    grid: Option<Grid>,
    /// The oldest entry that was looked at, where there are older ones and the page is not full.
    looked: Option<u64>,
    next: Option<String>,
    expired_before: u64,
    /// Where to export it to, and in which forms.
    export: Option<(String, Select)>,
}

/// `/entries`
pub(in crate::console) async fn entries(
    State(console): State<Arc<Console>>,
    officer: Officer,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let asked = Asked::read(officer.language, asked)?;
    let narrowed = asked.narrow(&console, &officer)?;
    let failed = |error| Problem::of(officer.language, &error);
    let naming = Naming::new(&console, &officer);
    let limit = if narrowed.is_sifted() { SIFTED } else { u32::try_from(SHOWN).unwrap_or(SIFTED) };
    let found =
        console.gateway.search(&officer.requester, &narrowed.filter, limit, SPAN).await.map_err(failed)?;
    let (rows, before) = sift(&console, &naming, &narrowed, found);
    let looked = before.filter(|_| rows.len() < SHOWN);
    let next = before.map(|before| asked.at_page("/entries", &narrowed.token(&console, before)));
    let expired_before = console.gateway.expired_before().await.map_err(failed)?;
    let frame =
        console.frame(&officer, Section::Entries, "Regels in het register", "Entries of the ledger").await?;
    let cells: Vec<Vec<Cell>> =
        rows.iter().map(|row| naming.with(&console, row, |record| listing::row(&naming, record))).collect();
    let caption = naming.say("Nieuwste eerst", "Newest first").to_owned();
    let grid = (!cells.is_empty()).then(|| listing::grid(&naming, caption, cells));
    let kept = [("client", &asked.client), ("professional", &asked.professional)];
    let kept =
        kept.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.clone()));
    let shown = Entries {
        secret: officer.session.secret.clone(),
        selects: selects(&naming, &asked),
        boxes: boxes(&naming, &asked),
        kept: kept.collect(),
        is_narrowed: !asked.is_empty(),
        without_readings: without_readings(&asked),
        export: export::offer(&naming, &asked, &narrowed),
        frame,
        grid,
        looked,
        next,
        expired_before,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Those that hold, as many as a page shows, and before which entry to go on.
fn sift(
    console: &Console,
    naming: &Naming<'_>,
    narrowed: &Narrowed,
    found: Found,
) -> (Vec<EntryRow>, Option<u64>) {
    let end = found.more.then_some(found.looked);
    if !narrowed.is_sifted() {
        return (found.rows, end);
    }
    let mut kept = Vec::new();
    for row in found.rows {
        if naming.with(console, &row, |record| narrowed.holds(record)) {
            let index = row.index;
            kept.push(row);
            if kept.len() == SHOWN {
                return (kept, Some(index).filter(|index| *index > 0));
            }
        }
    }
    (kept, end)
}

/// Most of what happens in a ledger that is looked at is that it was looked at.
fn without_readings(asked: &Asked) -> Option<String> {
    let kind = EventKind::AllButReadings.to_string();
    asked.kind.is_empty().then(|| Asked { kind, ..asked.clone() }.at_page("/entries", ""))
}

fn selects(naming: &Naming<'_>, asked: &Asked) -> Vec<Select> {
    let all = || Choice::new("", naming.say("alle", "all"));
    let select = |name, label: &str, chosen: &str, choices: Vec<Choice>| Select {
        name,
        label: label.to_owned(),
        chosen: chosen.to_owned(),
        choices: std::iter::once(all()).chain(choices).collect(),
    };
    let parties =
        || naming.reader.parties.iter().map(|party| Choice::new(&party.id, party.name.clone())).collect();
    let purposes =
        naming.reader.purposes.all().map(|purpose| Choice::new(&purpose.id, naming.purpose(purpose.code)));
    let fields =
        naming.reader.catalogue.fields().map(|field| Choice::new(&field.id, naming.field(field.code)));
    let outcomes =
        OUTCOMES.map(|outcome| Choice::new(outcome.as_str(), words::outcome(outcome, naming.language)));
    let kinds = EventKind::ALL.map(|kind| Choice::new(&kind, words::event_kind(kind, naming.language)));
    let ground =
        |ground: Ground| Choice::new(&ground, format!("{ground} {}", words::ground(ground, naming.language)));
    vec![
        select("recipient", naming.say("Ontvanger", "Recipient"), &asked.recipient, parties()),
        select(
            "custodian",
            naming.say("Houder van de gegevens", "Custodian of the data"),
            &asked.custodian,
            parties(),
        ),
        select("purpose", naming.say("Doel", "Purpose"), &asked.purpose, purposes.collect()),
        select("kind", naming.say("Wat er gebeurde", "What happened"), &asked.kind, kinds.into()),
        select("outcome", naming.say("Uitkomst", "Outcome"), &asked.outcome, outcomes.into()),
        select("field", naming.say("Gegeven", "Field"), &asked.field, fields.collect()),
        select("ground", naming.say("Grond", "Ground"), &asked.ground, Ground::all().map(ground).collect()),
    ]
}

fn boxes(naming: &Naming<'_>, asked: &Asked) -> Vec<Textbox> {
    let day = |name, label: &str, value: &str| Textbox {
        name,
        kind: "date",
        label: label.to_owned(),
        hint: String::new(),
        value: value.to_owned(),
    };
    vec![
        day("from", naming.say("Vanaf (dag)", "From (day)"), &asked.from),
        day("until", naming.say("Tot en met (dag)", "Until and including (day)"), &asked.until),
    ]
}

/// The subject of a professional's token: staff data, so it is posted, and only its pseudonym comes in an address.
#[derive(serde::Deserialize)]
pub(in crate::console) struct Subject {
    #[serde(default)]
    subject: String,
}

/// `POST /entries/professional`
pub(in crate::console) async fn professional(
    State(console): State<Arc<Console>>,
    Genuine { officer, form }: Genuine<Subject>,
) -> Result<Response, Problem> {
    let subject = form.subject.trim();
    if subject.is_empty() || subject.chars().count() > LONGEST_SUBJECT {
        return Err(Problem::wrong(
            officer.language,
            ("De professional is niet ingevuld, of te lang", "The professional is missing, or too long"),
            (
                "Vul de naam in waarmee de professional aanmeldt.",
                "Fill in the name by which the professional signs in.",
            ),
            "SUBJECT_INVALID",
        ));
    }
    let pseudonym = console.gateway.pseudonyms().requester(officer.side(), subject);
    Ok(Redirect::to(&with_query("/entries", &[("professional", pseudonym.as_str())])).into_response())
}
