//! `/reports`: which questions there are, the form of each, and beginning one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::asking::Filled;
use super::{about, form, section};
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::parts::{Cell, Grid, Heading, Mood, Select, Textbox};
use crate::console::work::Work;
use crate::console::{Console, Genuine, Officer, Problem};
use crate::report::Question;

struct Listed {
    id: &'static str,
    number: &'static str,
    title: &'static str,
    about: &'static str,
}

#[derive(Template)]
#[template(path = "reports.html")]
struct Reports {
    frame: Frame,
    questions: Vec<Listed>,
    made: Option<Grid>,
}

#[derive(Template)]
#[template(path = "report_form.html")]
struct ReportForm {
    frame: Frame,
    secret: String,
    id: &'static str,
    about: &'static str,
    boxes: Vec<Textbox>,
    selects: Vec<Select>,
}

/// `/reports`
pub(super) async fn all(State(console): State<Arc<Console>>, officer: Officer) -> Result<Response, Problem> {
    let frame = console.frame(&officer, Section::Reports, "Rapporten", "Reports").await?;
    let naming = Naming::new(&console, &officer);
    let listed = |question: Question| {
        let (dutch, english) = about(question);
        let title = question.title().said(officer.language);
        Listed { id: question.id(), number: question.number(), title, about: naming.say(dutch, english) }
    };
    let questions = Question::ALL.into_iter().map(listed).collect();
    let made = console.works.all_of(&officer.requester.actor);
    let made = (!made.is_empty()).then(|| grid(&naming, &made));
    Ok(page(StatusCode::OK, &Reports { frame, questions, made }))
}

fn grid(naming: &Naming<'_>, made: &[Arc<Work>]) -> Grid {
    let row = |work: &Arc<Work>| {
        let state = match work.outcome() {
            None => Cell::badge(Mood::Part, naming.say("wordt gemaakt", "being made")),
            Some(Ok(_)) => Cell::badge(Mood::Good, naming.say("klaar", "ready")),
            Some(Err(_)) => Cell::badge(Mood::Bad, naming.say("niet gelukt", "failed")),
        };
        let title = work.question.title().said(naming.language);
        vec![
            Cell::link(format!("/reports/{}", work.id), title),
            Cell::text(work.asked(naming.language)),
            state,
        ]
    };
    let headings = [("Rapport", "Report"), ("Waarover", "About"), ("Hoe ver", "How far")];
    Grid {
        caption: naming.say("Wat u vroeg", "What you asked").to_owned(),
        headings: headings.map(|(dutch, english)| Heading::text(naming.say(dutch, english))).into(),
        rows: made.iter().map(row).collect(),
    }
}

/// `/reports/new/<question>`
pub(super) async fn form(
    State(console): State<Arc<Console>>,
    officer: Officer,
    Path(question): Path<String>,
) -> Result<Response, Problem> {
    let question = named(&officer, &question)?;
    let title = question.title();
    let frame = console.frame(&officer, section(question), title.nl, title.en).await?;
    let naming = Naming::new(&console, &officer);
    let today = console.gateway.now().date();
    let form::Form { boxes, selects } = form::of(&naming, question, today, officer.may_use_bsn());
    let (dutch, english) = about(question);
    let (secret, about) = (officer.session.secret.clone(), naming.say(dutch, english));
    Ok(page(StatusCode::OK, &ReportForm { frame, secret, id: question.id(), about, boxes, selects }))
}

/// `POST /reports/new/<question>`
pub(super) async fn ask(
    State(console): State<Arc<Console>>,
    Path(question): Path<String>,
    Genuine { officer, form }: Genuine<Filled>,
) -> Result<Response, Problem> {
    let question = named(&officer, &question)?;
    let (request, asked) = form.ask(&console, &officer, question)?;
    let said = (asked, officer.language);
    let work = console.works.begin(&console.gateway, &officer.requester, request, said).await;
    Ok(Redirect::to(&format!("/reports/{}", work.id)).into_response())
}

fn named(officer: &Officer, id: &str) -> Result<Question, Problem> {
    Question::by_id(id).ok_or_else(|| Problem::not_found(officer.language))
}
