//! What officers made of an entry that was drawn for a sample, and the form to say so. Which sample it is comes along by the number of
//! the report that drew it, which its officer alone can open; or it is filled in.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::entry::number;
use crate::console::address::with_query;
use crate::console::naming::Naming;
use crate::console::parts::{Cell, Choice, Facts, Grid, Heading, Mood, Select, Textbox};
use crate::console::{Console, Genuine, Officer, Problem};
use crate::domain::{
    Drawable, EvidenceReference, SampleFollowUp, SampleJudgement, SampleRefused, SampleSeed, SampleVerdict,
};
use crate::gateway::Error;
use crate::projection::words;
use crate::report::{Cell as Found, Question};
use crate::store::EntryRow;

/// What stands on the page of an entry that a sample can draw.
pub(super) struct Judging {
    /// The entry that says what was judged just now.
    pub(super) done: Option<u64>,
    /// What was said until now.
    pub(super) said: Option<Grid>,
    /// Who asked it may not judge it.
    pub(super) is_own: bool,
    /// The report that drew it.
    pub(super) report: Option<String>,
    pub(super) seed: Textbox,
    pub(super) follow_up: Select,
    pub(super) note: Textbox,
}

/// What is shown of it; `None` for what no sample draws. `report` is the one that it was come from.
pub(super) async fn of(
    console: &Console,
    officer: &Officer,
    row: &EntryRow,
    (report, done): (&str, Option<u64>),
) -> Result<Option<Judging>, Problem> {
    let Some(drawable) = Drawable::of(&row.entry) else { return Ok(None) };
    let said = console.gateway.verdicts_on(officer.side(), row).await;
    let said = said.map_err(|error| Problem::of(officer.language, &error))?;
    let naming = Naming::new(console, officer);
    let seed = seed(console, officer, report);
    let box_of = |name, (dutch, english), (hint, in_english), value| Textbox {
        name,
        kind: "text",
        label: naming.say(dutch, english).to_owned(),
        hint: naming.say(hint, in_english).to_owned(),
        value,
    };
    let choice =
        |what: SampleFollowUp| Choice::new(what.as_str(), words::sample_follow_up(what, naming.language));
    Ok(Some(Judging {
        done,
        said: (!said.is_empty()).then(|| grid(&naming, &said)),
        is_own: drawable.is_by(&officer.requester.actor),
        report: seed.as_ref().map(|_| report.to_owned()),
        seed: box_of(
            "seed",
            ("Zaad van de steekproef", "Seed of the sample"),
            ("Zoals het in de steekproef staat.", "As it stands in the sample."),
            seed.unwrap_or_default(),
        ),
        follow_up: Select {
            name: "follow_up",
            label: naming.say("Vervolg", "Follow-up").to_owned(),
            chosen: SampleFollowUp::Nothing.as_str().to_owned(),
            choices: SampleFollowUp::ALL.map(choice).into(),
        },
        note: box_of(
            "note",
            ("Waar in uw administratie de reden staat", "Where your own file says why"),
            (
                "Een verwijzing, zoals verslag-12. Geen zin en geen naam. Mag leeg blijven als het in orde is.",
                "A reference, such as report-12. No sentence and no name. May be empty where all is in order.",
            ),
            String::new(),
        ),
    }))
}

/// What this report drew its sample by, if it is this officer's and still there.
fn seed(console: &Console, officer: &Officer, report: &str) -> Option<String> {
    let work = console.works.of(&officer.requester.actor, report)?;
    let Some(Ok(drawn)) = work.outcome().filter(|_| work.question == Question::Sample) else { return None };
    match drawn.tables.iter().find(|table| table.id == "how")?.rows.first()?.first()? {
        Found::Text(seed) => Some(seed.clone()),
        _ => None,
    }
}

fn grid(naming: &Naming<'_>, said: &[(EntryRow, SampleJudgement)]) -> Grid {
    let by =
        |row: &EntryRow| row.entry.actor.as_ref().map(|actor| naming.hat(&actor.hat)).unwrap_or_default();
    let row = |(row, judgement): &(EntryRow, SampleJudgement)| {
        vec![
            Cell::link(format!("/entries/{}", row.index), &row.index),
            Cell::text(row.entry.at.local()),
            Cell::text(by(row)),
            verdict(naming, judgement.verdict),
            Cell::text(words::sample_follow_up(judgement.follow_up, naming.language)),
            Cell::text(judgement.note.as_ref().map(ToString::to_string).unwrap_or_default()),
            Cell::Code(judgement.seed.to_string()),
        ]
    };
    let heading = |dutch, english| Heading::text(naming.say(dutch, english));
    Grid {
        caption: naming.say("Oordelen over deze regel", "Verdicts on this entry").to_owned(),
        headings: vec![
            heading("Regel", "Entry"),
            heading("Wanneer", "When"),
            heading("Door", "By"),
            heading("Oordeel", "Verdict"),
            heading("Vervolg", "Follow-up"),
            heading("Dossier", "File"),
            heading("Zaad van de steekproef", "Seed of the sample"),
        ],
        rows: said.iter().map(row).collect(),
    }
}

fn verdict(naming: &Naming<'_>, verdict: SampleVerdict) -> Cell {
    let mood = match verdict {
        SampleVerdict::InOrder => Mood::Good,
        SampleVerdict::NotInOrder => Mood::Bad,
        SampleVerdict::FurtherQuestion => Mood::Warn,
    };
    Cell::badge(mood, words::sample_verdict(verdict, naming.language))
}

/// What a verdict says, on the page of its own entry.
pub(super) fn facts(facts: &mut Facts, naming: &Naming<'_>, judgement: &SampleJudgement) {
    facts.add(naming.say("Oordeel", "Verdict"), [verdict(naming, judgement.verdict)]);
    let follow_up = words::sample_follow_up(judgement.follow_up, naming.language);
    facts.add(naming.say("Vervolg", "Follow-up"), [Cell::text(follow_up)]);
    facts.add(naming.say("Dossier", "File"), judgement.note.as_ref().map(|note| Cell::text(note.as_str())));
    facts.add(
        naming.say("Zaad van de steekproef", "Seed of the sample"),
        [Cell::Code(judgement.seed.to_string())],
    );
}

/// A judgement, as it was filled in.
#[derive(serde::Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(in crate::console) struct Judged {
    seed: String,
    verdict: String,
    follow_up: String,
    note: String,
    report: String,
}

/// `POST /entries/<index>/verdict`
pub(in crate::console) async fn judge(
    State(console): State<Arc<Console>>,
    Path(index): Path<String>,
    Genuine { officer, form }: Genuine<Judged>,
) -> Result<Response, Problem> {
    let entry = number(&officer, &index)?;
    let judgement = read(entry, &form).map_err(|said| wrong(&officer, said))?;
    let judged = console.gateway.judge_sample(&officer.requester, &judgement).await;
    let sealed = judged.map_err(|error| match error {
        Error::Sample(SampleRefused::NotDrawable) => Problem::not_found(officer.language),
        Error::Sample(refused) => wrong(&officer, contradiction(refused)),
        error => Problem::of(officer.language, &error),
    })?;
    let report = if seed(&console, &officer, &form.report).is_some() { form.report.as_str() } else { "" };
    let pairs = [("report", report), ("done", &*sealed.index.to_string())];
    Ok(Redirect::to(&with_query(&format!("/entries/{entry}"), &pairs)).into_response())
}

/// What is wrong, what to do, and the code.
type Wrong = ((&'static str, &'static str), (&'static str, &'static str), &'static str);

fn wrong(officer: &Officer, (what, remedy, code): Wrong) -> Problem {
    Problem::wrong(officer.language, what, remedy, code)
}

fn read(entry: u64, form: &Judged) -> Result<SampleJudgement, Wrong> {
    let verdict = SampleVerdict::parse(&form.verdict).ok_or((
        ("Er is geen oordeel gekozen", "No verdict was chosen"),
        ("Ga terug en kies er een.", "Go back and choose one."),
        "VERDICT_UNKNOWN",
    ))?;
    let follow_up = SampleFollowUp::parse(&form.follow_up).ok_or((
        ("Er is geen vervolg gekozen", "No follow-up was chosen"),
        ("Ga terug en kies er een.", "Go back and choose one."),
        "FOLLOW_UP_UNKNOWN",
    ))?;
    let seed = SampleSeed::parse(form.seed.trim()).map_err(|_| {
        let what = ("Het zaad klopt niet", "The seed is not right");
        let remedy = ("Neem het over uit de steekproef.", "Take it from the sample.");
        (what, remedy, "SEED_MALFORMED")
    })?;
    let note = Some(form.note.trim()).filter(|note| !note.is_empty()).map(EvidenceReference::parse);
    let note = note.transpose().map_err(|_| {
        let what =
            ("De verwijzing naar uw administratie klopt niet", "The reference to your file is not right");
        let remedy = (
            "Vul in waar de reden staat: letters, cijfers en streepjes, geen zin.",
            "Fill in where the reason stands: letters, digits and dashes, no sentence.",
        );
        (what, remedy, "NOTE_INVALID")
    })?;
    let judgement = SampleJudgement { entry, seed, verdict, follow_up, note };
    judgement.is_whole().map_err(contradiction)?;
    Ok(judgement)
}

fn contradiction(refused: SampleRefused) -> Wrong {
    match refused {
        SampleRefused::NothingToFollowUp => (
            ("Wat in orde is heeft geen vervolg", "What is in order has no follow-up"),
            ("Kies geen vervolg, of een ander oordeel.", "Choose no follow-up, or another verdict."),
            "NOTHING_TO_FOLLOW_UP",
        ),
        SampleRefused::NoteMissing => (
            ("De reden ontbreekt", "The reason is missing"),
            (
                "Vul in waar in uw administratie de reden staat; alleen wat in orde is kan zonder.",
                "Fill in where your own file says why; only what is in order can do without.",
            ),
            "NOTE_MISSING",
        ),
        SampleRefused::OwnRequest | SampleRefused::NotDrawable => (
            ("U vroeg dit zelf", "You asked for this yourself"),
            (
                "Een andere functionaris van uw organisatie moet het beoordelen.",
                "Another officer of your organisation must judge it.",
            ),
            "OWN_REQUEST",
        ),
    }
}
