//! A line for the client, in plain Dutch or English.
//!
//! What is always true here (rules.md §5.2, NEN 7513 on presentation to the client):
//! 1. It says when, by whom (organisation and role), which data, what was done, by which agreements and which consent, and whether
//!    the emergency procedure was used. The responsible user is the organisation.
//! 2. It never names a professional, not even by pseudonym: that is decided per case, staged, outside the record.
//! 3. It never says who else agreed, objected or was told, and gives the reason for a field as its requester heard it.
//! 4. Lines of one day that say the same are one line, with the first time and how often.

mod consent;
mod words;

use std::fmt;

pub use self::consent::consent_line;
pub(super) use self::words::{Tongue, ground, status, title, titles, told};
use super::account::{Account, scope};
use super::{Phrase, Record};
use crate::domain::{Event, FieldCode, OrganisationId, Timestamp, Told};
use jiff::civil::Date;

/// What the line does not say.
pub(super) const DROPS: &[&str] = &[
    "format",
    "nonce",
    "trace",
    "parties",
    "client",
    "revision",
    "actor.requester",
    "actor.level",
    "event.*.request",
    "event.*.repeat_of",
    "event.*.life_domains",
    "event.*.evidence",
    "event.*.related",
    "event.*.released.rule",
    "event.*.withheld.rule",
    "event.*.withheld.because",
    "event.*.failure",
    "event.*.spends",
    "event.*.answered_in",
    "event.*.follow_up",
    "event.*.supposing",
    "event.*.method",
    "event.refused.reason",
    "event.*.registration",
    "event.*.withholding",
    "event.previewed.recipient.role",
    "event.*.stance.permit.recipient.role",
    "event.*.stance.permit.single_use",
    "event.*.stance.objection.role",
    "event.*.period",
    "event.*.grants",
    "event.*.struck",
    "event.*.withdrawn",
    "event.*.overrides",
    "event.*.spent",
    "event.*.entry",
    "event.*.verdict",
    "event.*.note",
    "event.*.told",
    "event.*.how",
    "event.notice_delayed.reason",
    "event.*.seed",
    "event.*.until",
    "event.consulted",
    "event.destruction_requested",
    "event.covenant_adopted",
    "event.ledger_resumed",
    "event.expired",
    "event.log_read",
];

/// What the line does not say where it is of the other side of a disclosure.
pub(super) const DROPS_FOR_RECIPIENTS: &[&str] = &[
    "format",
    "nonce",
    "trace",
    "parties",
    "client",
    "revision",
    "actor.requester",
    "actor.level",
    "event.*.request",
    "event.*.repeat_of",
    "event.*.life_domains",
    "event.*.evidence",
    "event.*.related",
    "event.*.released.rule",
    "event.*.released.consent",
    "event.*.withheld.rule",
    "event.*.withheld.because",
    "event.*.failure",
    "event.*.spends",
    "event.*.answered_in",
    "event.*.follow_up",
    "event.*.supposing",
    "event.previewed.recipient.role",
    "event.refused",
    "event.log_read",
];

/// One event, for the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When; the first time of those that say the same.
    pub at: Timestamp,
    /// What happened, as the ledger names it.
    pub event: &'static str,
    /// What it says, without when.
    pub text: Phrase,
    /// How often that day.
    pub times: u32,
    /// Whether the emergency procedure was used.
    pub emergency: bool,
    tongue: Tongue,
}

/// The entry as a line; `None` for an entry about nobody.
pub(super) fn line(record: &Record<'_>, tongue: Tongue) -> Option<Line> {
    record.client?;
    let (dutch, english) = titles(record.entry.event_name());
    let mut parts = vec![Phrase::from(format!("{}.", tongue.choose(dutch, english)))];
    let account = Account::of(record);
    parts.extend(who(record, &account, tongue));
    parts.extend(what(record, &account, tongue).into_iter().map(Phrase::from));
    if account.is_emergency() {
        let used = tongue.choose("De noodprocedure is gebruikt.", "The emergency procedure was used.");
        parts.push(used.into());
    }
    parts.extend(why(record, &account, tongue).into_iter().map(Phrase::from));
    let (at, event, emergency) = (record.entry.at, record.entry.event_name(), account.is_emergency());
    Some(Line { at, event, text: Phrase::joined(parts, " "), times: 1, emergency, tongue })
}

fn name(record: &Record<'_>, id: &OrganisationId) -> String {
    record.reader.parties.get(id).map_or_else(|| id.to_string(), |party| party.name.clone())
}

fn who(record: &Record<'_>, account: &Account<'_>, tongue: Tongue) -> Vec<Phrase> {
    let mut parts = Vec::new();
    let mut say = |dutch: &str, english: &str, text: Phrase| {
        parts.push(Phrase::from(format!("{}: ", tongue.choose(dutch, english))).then(text).then("."));
    };
    if let Some(hat) = record.entry.actor.as_ref().map(|actor| &actor.hat) {
        let role = record.reader.parties.get(&hat.organisation).and_then(|party| party.role(&hat.role));
        let agreed = |label: &String| Phrase::as_agreed(label, tongue.language());
        let role = role.map_or_else(|| hat.role.to_string().into(), |role| agreed(&role.label));
        say(
            "Door",
            "By",
            Phrase::from(format!("{} (", name(record, &hat.organisation))).then(role).then(")"),
        );
    }
    let judges = matches!(record.entry.event, Event::SampleJudged(_));
    if let Some(custodian) = record.entry.custodian().filter(|_| !judges) {
        say("Gegevens van", "Data held by", name(record, custodian).into());
    }
    let consent = record.entry.event.consent();
    let actor = record.entry.actor.as_ref().map(|actor| &actor.hat.organisation);
    let other = account.recipient.map(|hat| &hat.organisation).filter(|to| Some(*to) != actor);
    if let Some(to) = other.or_else(|| consent.and_then(|consent| scope(consent).0)) {
        say("Voor", "For", name(record, to).into());
    }
    parts
}

fn what(record: &Record<'_>, account: &Account<'_>, tongue: Tongue) -> Vec<String> {
    let label = |code: FieldCode| {
        let field = record.reader.catalogue.field(code);
        field
            .map_or_else(|| code.to_string(), |field| tongue.choose(&field.label.nl, &field.label.en).clone())
    };
    let labels = |codes: &mut dyn Iterator<Item = FieldCode>| codes.map(label).collect::<Vec<_>>().join("; ");
    let mut parts = Vec::new();
    let consent = record.entry.event.consent().map(scope);
    let purpose = record.entry.purpose().or_else(|| consent.and_then(|scope| scope.1));
    if let Some(code) = purpose {
        let known = record.reader.purposes.get(code);
        let text =
            known.map_or_else(|| code.to_string(), |p| tongue.choose(&p.label.nl, &p.label.en).clone());
        parts.push(format!("{}: {text}.", tongue.choose("Doel", "Purpose")));
    }
    if !account.released.is_empty() {
        let shared = labels(&mut account.released.iter().map(|released| released.field));
        let (dutch, english) = match record.entry.event_name() {
            "previewed" => ("Zou gedeeld worden", "Would be shared"),
            _ => ("Gedeeld", "Shared"),
        };
        parts.push(format!("{}: {shared}.", tongue.choose(dutch, english)));
    }
    let mut reasons: Vec<Told> = account.withheld.iter().map(|withheld| withheld.told).collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        let of = account.withheld.iter().filter(|withheld| withheld.told == reason);
        let fields = labels(&mut of.map(|withheld| withheld.field));
        let not = tongue.choose("Niet gedeeld", "Not shared");
        parts.push(format!("{not} ({}): {fields}.", told(reason, tongue)));
    }
    if let Some(fields) = consent.and_then(|scope| scope.2) {
        parts.push(format!(
            "{}: {}.",
            tongue.choose("Gaat over", "About"),
            labels(&mut fields.iter().copied())
        ));
    }
    parts
}

fn why(record: &Record<'_>, account: &Account<'_>, tongue: Tongue) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(basis) = account.ground {
        let word = tongue.choose("Reden", "Ground");
        parts.push(format!("{word}: {} ({basis}).", ground(basis, tongue)));
    }
    let mut consents: Vec<String> = account
        .consents
        .iter()
        .map(|(id, version)| format!("{id}, {} {version}", tongue.choose("versie", "version")))
        .collect();
    consents.dedup();
    if !consents.is_empty() {
        parts.push(format!("{}: {}.", tongue.choose("Toestemming", "Consent"), consents.join("; ")));
    }
    let digest: String = record.entry.covenant.as_str().chars().take(12).collect();
    parts.push(format!("{}: {digest}.", tongue.choose("Afspraken", "Agreements")));
    parts
}

impl Line {
    /// All of it: when, what, and how often.
    pub fn said(&self) -> Phrase {
        let said = Phrase::from(format!("{} ", self.at.local())).then(self.text.clone());
        match self.times {
            1 => said,
            times => said.then(format!(" ({times} {})", self.tongue.choose("keer", "times"))),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

/// The most lines of a day that are compared with each other.
const COMPARED: usize = 1_000;

/// Makes one line of those of a day that say the same. Lines come in the order of time.
#[derive(Default)]
pub struct Days {
    day: Option<Date>,
    lines: Vec<Line>,
}

impl Days {
    /// Takes a record; gives the lines of the day before when a new day begins.
    pub fn take(&mut self, format: super::Format, record: &Record<'_>) -> Vec<String> {
        self.take_lines(format, record).iter().map(Line::to_string).collect()
    }

    /// The same, as lines.
    pub fn take_lines(&mut self, format: super::Format, record: &Record<'_>) -> Vec<Line> {
        let tongue = Tongue::of(format);
        let Some(line) = line(record, tongue) else { return Vec::new() };
        let day = line.at.date();
        let full = self.day.is_some_and(|known| known != day) || self.lines.len() >= COMPARED;
        let done = if full { self.finish_lines() } else { Vec::new() };
        self.day = Some(day);
        match self.lines.iter_mut().find(|known| known.text == line.text) {
            Some(known) => known.times = known.times.saturating_add(1),
            None => self.lines.push(line),
        }
        done
    }

    /// The lines that are left.
    pub fn finish(&mut self) -> Vec<String> {
        self.finish_lines().iter().map(Line::to_string).collect()
    }

    /// The same, as lines.
    pub fn finish_lines(&mut self) -> Vec<Line> {
        self.day = None;
        std::mem::take(&mut self.lines)
    }
}
