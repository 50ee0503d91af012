//! `/clients/<handle>/consents/<id>`: a consent in all its versions, and what each changed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::client::named;
use crate::console::frame::{Frame, Section, page};
use crate::console::naming::Naming;
use crate::console::{Console, Officer, Problem};
use crate::domain::{Consent, ConsentId, EventKind, Stance, Timestamp};
use crate::projection::{Phrase, words};
use crate::store::EntryFilter;

/// Entries of the client that are looked through, newest first.
const LOOKED: u32 = 1_000;

/// A version, and what is new or gone in it.
struct Version {
    number: u32,
    entry: u64,
    at: String,
    what: &'static str,
    says: Vec<Phrase>,
    added: Vec<Phrase>,
    gone: Vec<Phrase>,
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage {
    frame: Frame,
    handle: String,
    id: String,
    versions: Vec<Version>,
    /// Whether older versions may be further back than was looked.
    has_older: bool,
}

/// `/clients/<handle>/consents/<id>`
pub(in crate::console) async fn consent(
    State(console): State<Arc<Console>>,
    officer: Officer,
    Path((handle, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let client = named(&console, &officer, &handle)?;
    let id = ConsentId::parse(&id).map_err(|_| Problem::not_found(officer.language))?;
    let filter = EntryFilter {
        client: Some(client),
        custodian: Some(officer.side().clone()),
        kind: Some(EventKind::Consents),
        ..EntryFilter::default()
    };
    let rows = console.gateway.entries(&officer.requester, &filter, LOOKED).await;
    let rows = rows.map_err(|error| Problem::of(officer.language, &error))?;
    let naming = Naming::new(&console, &officer);
    let full = u32::try_from(rows.len()).is_ok_and(|count| count == LOOKED);
    let mut versions: Vec<Version> = Vec::new();
    for row in rows.iter().rev() {
        let Some(consent) = row.entry.event.consent().filter(|consent| consent.id == id) else { continue };
        let says = says(&naming, consent);
        let before = versions.last().map(|version| version.says.as_slice());
        let new = |line: &&Phrase| before.is_some_and(|before| !before.contains(line));
        let added = says.iter().filter(new).cloned().collect();
        let gone = before.unwrap_or_default().iter().filter(|line| !says.contains(line)).cloned().collect();
        versions.push(Version {
            number: consent.version,
            entry: row.index,
            at: row.entry.at.local(),
            what: words::event(row.entry.event_name(), naming.language),
            says,
            added,
            gone,
        });
    }
    let Some(first) = versions.first() else { return Err(Problem::not_found(officer.language)) };
    let has_older = full && first.number > 1;
    versions.reverse();
    let frame =
        console.frame(&officer, Section::Clients, "Toestemming of bezwaar", "Consent or objection").await?;
    Ok(page(StatusCode::OK, &ConsentPage { frame, handle, id: id.to_string(), versions, has_older }))
}

/// All that a version says, a line for each part, so that two can be compared.
fn says(naming: &Naming<'_>, consent: &Consent) -> Vec<Phrase> {
    let say = |dutch, english| naming.say(dutch, english);
    let mut lines = Vec::new();
    let anything = || say("alles", "everything").to_owned();
    match &consent.stance {
        Stance::Permit(permit) => {
            line(&mut lines, say("Toestemming voor", "Consent for"), naming.hat(&permit.recipient));
            line(&mut lines, say("Doel", "Purpose"), naming.purpose(permit.purpose));
            permit
                .fields
                .iter()
                .for_each(|field| line(&mut lines, say("Gegeven", "Field"), naming.field(*field)));
            if permit.single_use {
                line(&mut lines, say("Gebruik", "Use"), say("één keer", "once").to_owned());
            }
        }
        Stance::Objection(objection) => {
            let anyone = || say("iedereen", "everyone").to_owned();
            line(
                &mut lines,
                say("Bezwaar tegen", "Objection to"),
                objection.recipient.as_ref().map_or_else(anyone, |id| naming.party(id)),
            );
            line(
                &mut lines,
                say("Doel", "Purpose"),
                objection.purpose.map_or_else(anything, |code| naming.purpose(code)),
            );
            let fields = objection.fields.as_ref();
            line(
                &mut lines,
                say("Gegevens", "Fields"),
                fields.map_or_else(anything, |fields| naming.fields(fields.iter().copied())),
            );
        }
    }
    line(&mut lines, say("Vanaf", "From"), consent.period.from().local());
    if consent.period.until() != Timestamp::END {
        line(&mut lines, say("Tot", "Until"), consent.period.until().local());
    }
    for grant in &consent.grants {
        let who = format!("{} ({})", grant.by.person, words::capacity(grant.by.capacity, naming.language));
        line(&mut lines, say("Ingestemd", "Agreed"), format!("{who}, {}", grant.given_at.local()));
        if let Some(at) = grant.withdrawn {
            line(&mut lines, say("Teruggenomen", "Taken back"), format!("{who}, {}", at.local()));
        }
    }
    for (field, at) in &consent.struck {
        line(
            &mut lines,
            say("Gegeven ingetrokken", "Field withdrawn"),
            format!("{}, {}", naming.field(*field), at.local()),
        );
    }
    for passed in &consent.overrides {
        line(&mut lines, say("Weigering gepasseerd", "Refusal passed"), passed.decided_at.local());
        if let Some(confirmed) = &passed.confirmed {
            line(&mut lines, say("Dat is bevestigd", "That was confirmed"), confirmed.at.local());
        }
        if let Some(at) = passed.revoked {
            line(&mut lines, say("Dat is beëindigd", "That was ended"), at.local());
        }
    }
    if let Some(at) = consent.withdrawn {
        line(&mut lines, say("Ingetrokken", "Withdrawn"), at.local());
    }
    if let Some(spent) = &consent.spent {
        line(&mut lines, say("Gebruikt", "Used"), spent.at.local());
    }
    lines
}

fn line(lines: &mut Vec<Phrase>, name: &str, value: impl Into<Phrase>) {
    lines.push(Phrase::from(format!("{name}: ")).then(value));
}
