//! `/`: what an officer sees first: whether the ledger is intact, what waits, and what was asked lately.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::tally::{DAYS, charts};
use super::verify::Head;
use super::waiting::{Waiting, waiting};
use crate::console::charts::StackedPicture;
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::{Console, Officer, Problem};
use crate::store::Worklist;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    head: Head,
    lists: Vec<Waiting>,
    nothing_waits: bool,
    charts: Vec<StackedPicture>,
    days: i32,
    /// The entries before this one are counted.
    counted: u64,
    is_counting: bool,
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
    let tallied = console.gateway.tally(&officer.requester).await.map_err(failed)?;
    let charts = charts(&tallied.tally, console.gateway.now().date(), &naming);
    let nothing_waits = lists.iter().all(|list| list.grid.is_none());
    let shown = Overview {
        frame,
        head,
        lists,
        nothing_waits,
        charts,
        days: DAYS,
        counted: tallied.counted,
        is_counting: tallied.counted < tallied.size,
    };
    Ok(page(StatusCode::OK, &shown))
}
