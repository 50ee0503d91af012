//! `/entries/<index>`: who, what and why; every field with its verdict; and the same entry in the forms that the field uses.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::forms::{self, Form};
use super::rules::{self, RuleText};
use super::verdict::{self, Judging};
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::parts::{Cell, Facts, Grid, Heading, Mood};
use crate::console::{Console, Officer, Problem};
use crate::domain::{Event, OBLIGATIONS};
use crate::projection::{Account, Record, words};

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    frame: Frame,
    secret: String,
    index: u64,
    facts: Facts,
    verdicts: Option<Grid>,
    is_whole: bool,
    rules: Vec<RuleText>,
    /// Whether it was decided under the covenant of now.
    is_current: bool,
    can_replay: bool,
    leaf: String,
    form: Form,
    /// What was made of it in samples.
    judging: Option<Judging>,
}

/// Which form is looked at, the sample that it was come from, and what was judged just now.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(in crate::console) struct Chosen {
    form: String,
    report: String,
    done: String,
}

/// `/entries/<index>`
pub(in crate::console) async fn entry(
    State(console): State<Arc<Console>>,
    officer: Officer,
    Path(index): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Problem> {
    let index = number(&officer, &index)?;
    let come_from = (chosen.report.as_str(), chosen.done.parse().ok());
    let form = forms::choose(officer.language, &chosen.form)?;
    let row = console.gateway.read_entry(&officer.requester, index).await;
    let row = row.map_err(|error| Problem::of(officer.language, &error))?;
    let judging = verdict::of(&console, &officer, &row, come_from).await?;
    let title = (format!("Regel {index}"), format!("Entry {index}"));
    let frame = console.frame(&officer, Section::Entries, &title.0, &title.1).await?;
    let naming = Naming::new(&console, &officer);
    let covenant = &officer.covenant.covenant;
    let is_current = row.entry.covenant == covenant.digest;
    let shown = naming.with(&console, &row, |record| {
        let account = Account::of(record);
        let named = account.released.iter().filter_map(|released| released.rule);
        let named = named.chain(account.withheld.iter().filter_map(|withheld| withheld.rule));
        EntryPage {
            secret: officer.session.secret.clone(),
            index,
            facts: facts(&naming, record, &account),
            is_whole: record.is_whole(),
            rules: if is_current { rules::of(&naming, covenant, named) } else { Vec::new() },
            verdicts: verdicts(&naming, record, &account),
            is_current,
            can_replay: matches!(record.entry.event, Event::Disclosure(_) | Event::Previewed(_)),
            leaf: row.leaf.to_base64(),
            form: forms::of(&naming, record, form),
            judging,
            frame,
        }
    });
    Ok(page(StatusCode::OK, &shown))
}

/// The number of an entry. What is none is like one that is not there.
pub(super) fn number(officer: &Officer, text: &str) -> Result<u64, Problem> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| plain);
    number.ok_or_else(|| Problem::not_found(officer.language))
}

/// Who, what and why.
fn facts(naming: &Naming<'_>, record: &Record<'_>, account: &Account<'_>) -> Facts {
    let entry = record.entry;
    let mut facts = Facts::default();
    let say = |dutch, english| naming.say(dutch, english);
    facts.add(say("Wanneer", "When"), [Cell::text(entry.at.local())]);
    facts.add(say("Wat", "What"), [Cell::text(words::event(entry.event_name(), naming.language))]);
    facts.add(say("Uitkomst", "Outcome"), [naming.outcome(entry.outcome())]);
    if let Some(actor) = &entry.actor {
        let same = format!("/entries?professional={}", actor.requester);
        facts.add(
            say("Door", "By"),
            [
                Cell::text(naming.hat(&actor.hat)),
                Cell::link(same, say("alles van deze professional", "all by this professional")),
            ],
        );
    }
    facts.add(say("Cliënt", "Client"), record.client.map(|handle| naming.client(Some(handle))));
    // What a verdict is about is the own record, whoever held the data.
    let holder = entry.custodian().filter(|_| !matches!(entry.event, Event::SampleJudged(_)));
    facts.add(say("Gegevens van", "Data held by"), holder.map(|id| Cell::text(naming.party(id))));
    let actor = entry.actor.as_ref().map(|actor| &actor.hat);
    let recipient = account.recipient.filter(|recipient| Some(*recipient) != actor);
    facts.add(say("Voor", "For"), recipient.map(|hat| Cell::text(naming.hat(hat))));
    facts.add(say("Doel", "Purpose"), entry.purpose().map(|code| Cell::text(naming.purpose(code))));
    let ground = account.ground.map(|ground| format!("{ground}: {}", words::ground(ground, naming.language)));
    facts.add(say("Grond", "Ground"), ground.map(Cell::text));
    if account.is_emergency() {
        facts.add(say("Noodprocedure", "Emergency"), [Cell::badge(Mood::Bad, say("gebruikt", "used"))]);
    }
    let about = account.about.map(|about| Cell::link(format!("/entries/{about}"), &about));
    facts.add(say("Hoort bij regel", "Belongs to entry"), about);
    if let Event::Disclosure(disclosure) = &entry.event {
        let follow_up = disclosure.follow_up.iter();
        let told = |by: String| {
            Cell::text(format!("{} {by}", say("cliënt vertellen voor", "tell the client before")))
        };
        let reviewed = |by: String| Cell::text(format!("{} {by}", say("beoordelen voor", "review before")));
        let due = follow_up.flat_map(|due| {
            [Some(told(due.tell_by.local())), due.review_by.map(|by| reviewed(by.local()))]
                .into_iter()
                .flatten()
        });
        facts.add(say("Daarna te doen", "To be done then"), due.collect::<Vec<_>>());
        if !account.released.is_empty() {
            let kept = OBLIGATIONS.map(|code| Cell::text(format!("{code}: {}", obligation(naming, code))));
            facts.add(say("Plichten van de ontvanger", "Duties of the recipient"), kept);
        }
    }
    if let Event::SampleJudged(judgement) = &entry.event {
        verdict::facts(&mut facts, naming, judgement);
    }
    if let Event::LogRead(read) = &entry.event {
        let range = format!("{}: {} – {}", read.view.name(), read.from, read.until.saturating_sub(1));
        facts.add(say("Bekeken", "Looked at"), [Cell::text(range)]);
    }
    let refused = account.refused.map(|(method, reason)| Cell::text(format!("{method}: {reason}")));
    facts.add(say("Geweigerd", "Refused"), refused);
    let consents = account.consents.iter().map(|(id, version)| {
        let text = format!("{id}, {} {version}", say("versie", "version"));
        match record.client.filter(|_| record.is_whole()) {
            Some(handle) => Cell::link(format!("/clients/{handle}/consents/{id}"), &text),
            None => Cell::text(text),
        }
    });
    facts.add(say("Toestemming", "Consent"), consents.collect::<Vec<_>>());
    facts.add(say("Convenant", "Covenant"), [Cell::Code(entry.covenant.as_str().chars().take(12).collect())]);
    facts
}

fn obligation(naming: &Naming<'_>, code: &str) -> &'static str {
    let (dutch, english) = match code {
        "NORDSCLCD" => ("niet doorgeven zonder toestemming", "not to be passed on without consent"),
        "DELAU" => ("na gebruik verwijderen", "to be deleted after use"),
        _ => ("", ""),
    };
    naming.say(dutch, english)
}

/// Every field that was asked, and what became of it.
fn verdicts(naming: &Naming<'_>, record: &Record<'_>, account: &Account<'_>) -> Option<Grid> {
    if account.released.is_empty() && account.withheld.is_empty() {
        return None;
    }
    let (say, whole) = (|dutch, english| naming.say(dutch, english), record.is_whole());
    let rule = |rule: Option<&str>| Cell::Code(rule.unwrap_or_default().to_owned());
    let mut rows = Vec::new();
    for released in &account.released {
        let consent =
            released.consent.map(|(id, version)| format!("{id}, {} {version}", say("versie", "version")));
        let mut row = vec![
            Cell::text(naming.field(released.field)),
            Cell::badge(Mood::Good, say("gegeven", "released")),
            Cell::text(""),
        ];
        row.extend(
            [rule(released.rule), Cell::text(consent.unwrap_or_default())].into_iter().filter(|_| whole),
        );
        rows.push(row);
    }
    for withheld in &account.withheld {
        let because = withheld.because.map(|because| {
            format!("{} ({})", words::because(because, naming.language), words::because_code(because))
        });
        let mut row = vec![
            Cell::text(naming.field(withheld.field)),
            Cell::badge(Mood::Warn, say("niet gegeven", "withheld")),
            Cell::text(words::told(withheld.told, naming.language)),
        ];
        row.extend(
            [rule(withheld.rule), Cell::text(because.unwrap_or_default())].into_iter().filter(|_| whole),
        );
        rows.push(row);
    }
    let mut headings = vec![
        Heading::text(say("Gegeven", "Field")),
        Heading::text(say("Uitkomst", "Verdict")),
        Heading::text(say("Wat de vrager hoorde", "What the requester heard")),
    ];
    if whole {
        headings.push(Heading::text(say("Regel van het convenant", "Rule of the covenant")));
        headings.push(Heading::text(say("Waarop dat rust", "On what that rests")));
    }
    Some(Grid { caption: say("Per gegeven", "Field by field").to_owned(), headings, rows })
}
