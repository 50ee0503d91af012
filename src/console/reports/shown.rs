//! `/reports/<id>`: how far it is, and what came out: tables, a picture where one says more, and which checkpoint proves it.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::section;
use crate::console::charts::{HeatPicture, StackedPicture};
use crate::console::frame::{Frame, page};
use crate::console::naming::Naming;
use crate::console::pages::Head;
use crate::console::parts::{Cell, Grid, Heading};
use crate::console::work::Work;
use crate::console::{Console, Officer, Problem};
use crate::domain::{Ground, Told};
use crate::gateway::Reported;
use crate::projection::{Phrase, csv_cell, words};
use crate::report::{Cell as Found, Column, Kind, Question, Table};

mod pictures;

#[derive(Template)]
#[template(path = "report_making.html")]
struct Making {
    frame: Frame,
    asked: Phrase,
    looked: u64,
    of: u64,
}

struct Shown {
    title: &'static str,
    id: &'static str,
    grid: Option<Grid>,
    cut_off: u64,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    frame: Frame,
    id: String,
    asked: Phrase,
    from: String,
    head: Head,
    entry: u64,
    verifier_key: String,
    is_to_hand_on: bool,
    is_to_judge: bool,
    heats: Vec<HeatPicture>,
    charts: Vec<StackedPicture>,
    tables: Vec<Shown>,
}

/// `/reports/<id>`
pub(super) async fn report(
    State(console): State<Arc<Console>>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let work = own(&console, &officer, &id)?;
    let title = work.question.title();
    let frame = console.frame(&officer, section(work.question), title.nl, title.en).await?;
    let asked = work.asked(officer.language);
    let reported = match work.outcome() {
        None => {
            let (looked, of) = work.progress.so_far();
            return Ok(page(StatusCode::OK, &Making { frame, asked, looked, of }));
        }
        Some(Err(problem)) => return Err(Problem::of(officer.language, problem)),
        Some(Ok(reported)) => reported,
    };
    let naming = Naming::new(&console, &officer);
    let (heats, charts) = pictures::of(&naming, work.question, &reported.tables);
    let shown = ReportPage {
        frame,
        id,
        asked,
        from: naming.party(officer.side()),
        head: Head::of(&reported.checkpoint),
        entry: reported.entry.index,
        verifier_key: console.verifier_key.clone(),
        is_to_hand_on: work.question == Question::Monthly,
        is_to_judge: work.question == Question::Sample,
        heats,
        charts,
        tables: reported.tables.iter().map(|table| shown(&naming, &work, table)).collect(),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// `/reports/<id>/<table>`: one table, for a spreadsheet.
pub(super) async fn spreadsheet(
    State(console): State<Arc<Console>>,
    officer: Officer,
    Path((id, table)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let work = own(&console, &officer, &id)?;
    let not_here = || Problem::not_found(officer.language);
    let Some(Ok(Reported { tables, .. })) = work.outcome() else { return Err(not_here()) };
    let named = table.strip_suffix(".csv").ok_or_else(not_here)?;
    let found = tables.iter().find(|table| table.id == named).ok_or_else(not_here)?;
    let name = format!("attachment; filename=\"{}-{named}.csv\"", work.question.id());
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, written(found, &work)).into_response())
}

fn own(console: &Console, officer: &Officer, id: &str) -> Result<Arc<Work>, Problem> {
    let found = console.works.of(&officer.requester.actor, id);
    found.ok_or_else(|| Problem::not_found(officer.language))
}

/// RFC 4180, by the fixed names of the columns.
fn written(table: &Table, work: &Work) -> String {
    let line = |cells: Vec<String>| cells.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(",");
    let mut text = String::new();
    let heading = table.columns.iter().map(|column| column.id.to_owned()).collect();
    let _ = write!(text, "{}\r\n", line(heading));
    for row in &table.rows {
        let _ = write!(text, "{}\r\n", line(row.iter().map(|cell| cell.written(work.language)).collect()));
    }
    text
}

fn shown(naming: &Naming<'_>, work: &Work, table: &Table) -> Shown {
    let title = table.title.said(naming.language);
    let heading = |column: &Column| match column.kind {
        Kind::Number | Kind::Share => Heading::number(column.heading.said(naming.language)),
        _ => Heading::text(column.heading.said(naming.language)),
    };
    let one = |(column, cell): (&Column, &Found)| match (work.question, column.id, cell) {
        // With which sample it is looked at: there it can be judged.
        (Question::Sample, "entry", Found::Number(index)) => {
            Cell::link(format!("/entries/{index}?report={}", work.id), index)
        }
        _ => one(naming, column, cell),
    };
    let rows = table.rows.iter().map(|row| table.columns.iter().zip(row).map(one).collect()).collect();
    let grid =
        Grid { caption: title.to_owned(), headings: table.columns.iter().map(heading).collect(), rows };
    Shown { title, id: table.id, grid: (!table.rows.is_empty()).then_some(grid), cut_off: table.cut_off }
}

fn one(naming: &Naming<'_>, column: &Column, cell: &Found) -> Cell {
    match (column.kind, cell) {
        (_, Found::Empty) => Cell::text(""),
        (Kind::Client, Found::Text(handle)) => naming.client(Some(handle)),
        (Kind::Moment, Found::Moment(at)) => Cell::text(at.local()),
        (_, Found::Number(index)) if ["entry", "judged_in"].contains(&column.id) => {
            Cell::link(format!("/entries/{index}"), index)
        }
        (Kind::Text, Found::Text(basis)) if column.id == "legal_basis" => Cell::text(naming.agreed(basis)),
        (Kind::Text, Found::Text(code)) => Cell::text(worded(naming, column.id, code)),
        (Kind::Fields, Found::Text(ids)) => Cell::text(named(naming, ids)),
        (_, Found::Share(part, whole)) if *whole > 0 => {
            let tenths = part.saturating_mul(1_000).checked_div(*whole).unwrap_or_default();
            let comma = naming.say(",", ".");
            Cell::number(&format!("{}{comma}{} %", tenths / 10, tenths % 10))
        }
        (Kind::Number | Kind::Share, cell) => Cell::number(&cell.written(naming.language)),
        (_, cell) => Cell::text(cell.written(naming.language)),
    }
}

/// Codes by what people call them, in the columns that have codes.
fn worded(naming: &Naming<'_>, column: &str, code: &str) -> String {
    let language = naming.language;
    match column {
        "purpose" => naming.reader.purposes.by_id(code).map(|purpose| naming.purpose(purpose.code)),
        "reason" => Told::parse(code).map(|told| words::told(told, language).to_owned()),
        "ground" => {
            Ground::parse(code).map(|ground| format!("{ground}: {}", words::ground(ground, language)))
        }
        _ => None,
    }
    .unwrap_or_else(|| code.to_owned())
}

/// Fields by what people call them, where a report has their ids.
fn named(naming: &Naming<'_>, ids: &str) -> String {
    let name = |id: &str| {
        let mut fields = naming.reader.catalogue.fields();
        fields.find(|field| field.id == id).map_or_else(|| id.to_owned(), |field| naming.field(field.code))
    };
    ids.split(' ').filter(|id| !id.is_empty()).map(name).collect::<Vec<_>>().join("; ")
}
