//! `/`: what an officer sees first: whether the ledger is intact, what waits, and what was asked lately.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::tally::Tally;
use super::verify::Head;
use super::waiting::{Waiting, waiting};
use crate::console::charts::StackedPicture;
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::{Console, Officer, Problem};
use crate::store::{EntryFilter, Worklist};

/// The newest entries that are counted.
const COUNTED: u32 = 1_000;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    head: Head,
    lists: Vec<Waiting>,
    charts: Vec<StackedPicture>,
    counted: usize,
    nothing_waits: bool,
}

/// `/`
pub(in crate::console) async fn overview(
    State(console): State<Arc<Console>>,
    officer: Officer,
) -> Result<Response, Problem> {
    let failed = |error| Problem::of(officer.language, &error);
    let frame = console.frame(&officer, Section::Overview, "Overzicht", "Overview").await?;
    let naming = Naming::new(&console, &officer);
    let head = Head::of(&console.gateway.checkpoint().await.map_err(failed)?);
    let lists = vec![
        waiting(&console, &officer, &naming, Worklist::Emergencies).await?,
        waiting(&console, &officer, &naming, Worklist::Notices).await?,
    ];
    let newest = console
        .gateway
        .entries(&officer.requester, &EntryFilter::default(), COUNTED)
        .await
        .map_err(failed)?;
    let mut tally = Tally::default();
    for row in &newest {
        tally.take(&row.entry);
    }
    let nothing_waits = lists.iter().all(|list| list.grid.is_none());
    let (charts, counted) = (tally.draw(&naming), newest.len());
    Ok(page(StatusCode::OK, &Overview { frame, head, lists, charts, counted, nothing_waits }))
}
