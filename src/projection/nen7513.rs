//! What NEN 7513 asks of a line of the log, by the names of the standard.
//!
//! The standard's text is not public; the names are those of the Logius concept extension 0.0.1 (Logius-standaarden/
//! logboek-extensie-nen7513, "not adopted, illustrative") and of the client-facing presentation in rules.md §5.2: which event,
//! when, which client, which user, on whose responsibility, which part of the record, by which authorisation protocol and
//! consent profile, whether the emergency procedure was used. For the custodian's side it is lossless: the canonical entry
//! itself is a participant object. Values are never in it, for they are not in the entry.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::account::Account;
use super::{NotProjected, Record, hex};
use crate::domain::{Event, Outcome};

/// What the other side of a disclosure does not get.
pub(super) const DROPS_FOR_RECIPIENTS: &[&str] = &[
    "format",
    "nonce",
    "parties",
    "client",
    "revision",
    "event.disclosure.repeat_of",
    "event.disclosure.life_domains",
    "event.disclosure.evidence",
    "event.disclosure.released.rule",
    "event.disclosure.released.consent",
    "event.disclosure.withheld.rule",
    "event.disclosure.withheld.because",
    "event.disclosure.failure",
    "event.disclosure.spends",
    "event.disclosure.follow_up",
    "event.previewed.recipient.role",
    "event.previewed.life_domains",
    "event.previewed.evidence",
    "event.previewed.supposing",
    "event.log_read",
];

/// A line.
#[derive(Serialize)]
pub(super) struct NenRecord {
    #[serde(rename = "traceID")]
    trace: String,
    #[serde(rename = "spanID")]
    span: String,
    #[serde(rename = "eventID")]
    event: &'static str,
    #[serde(rename = "eventActionCode")]
    action: &'static str,
    #[serde(rename = "eventDateTime")]
    at: String,
    #[serde(rename = "eventOutcomeIndicator")]
    outcome: &'static str,
    #[serde(rename = "eventTypeCode")]
    purpose: Option<String>,
    #[serde(rename = "noodprocedure")]
    emergency: bool,
    users: Vec<User>,
    participants: Vec<Participant>,
    #[serde(rename = "participantSegments")]
    segments: Vec<Participant>,
    #[serde(rename = "auditEnterpriseSiteID")]
    site: String,
    #[serde(rename = "auditSourceID")]
    source: String,
    #[serde(rename = "auditSourceTypeCode")]
    source_type: &'static str,
    #[serde(rename = "autorisatieProtocol")]
    authorisation: String,
    #[serde(rename = "behandelrelatieProtocol")]
    relation: Option<&'static str>,
    #[serde(rename = "toestemmingsProfiel")]
    consents: Vec<String>,
    #[serde(rename = "controles")]
    checks: Vec<String>,
}

/// Who did it, and on whose responsibility.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct User {
    #[serde(rename = "userID")]
    id: String,
    #[serde(rename = "userIsRequestor")]
    is_requestor: bool,
    #[serde(rename = "roleIDCode")]
    role: String,
    /// The responsible user, by organisation.
    #[serde(rename = "alternateUserID")]
    organisation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication_level: Option<&'static str>,
    #[serde(rename = "networkAccessPointTypeCode")]
    access_point_type: &'static str,
    #[serde(rename = "networkAccessPointID")]
    access_point: String,
}

/// An object: the client, a field of the record, the entry itself.
#[derive(Serialize)]
struct Participant {
    #[serde(rename = "participantObjectTypeCode")]
    r#type: &'static str,
    #[serde(rename = "participantObjectTypeCodeRole")]
    role: &'static str,
    #[serde(rename = "participantObjectIDTypeCode")]
    id_type: &'static str,
    #[serde(rename = "participantObjectID")]
    id: String,
    #[serde(rename = "participantObjectName", skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "participantObjectSensitivity", skip_serializing_if = "Option::is_none")]
    sensitivity: Option<String>,
    #[serde(rename = "participantObjectDetail", skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// The entry as a line.
pub(super) fn record(record: &Record<'_>) -> Result<NenRecord, NotProjected> {
    let (entry, account) = (record.entry, Account::of(record));
    let mut consents: Vec<String> =
        account.consents.iter().map(|(id, version)| format!("{id}@{version}")).collect();
    consents.dedup();
    Ok(NenRecord {
        trace: entry.trace.to_string(),
        span: record.span_id(),
        event: entry.event_name(),
        action: account.action.code(),
        at: entry.at.rfc3339(),
        outcome: match entry.outcome() {
            Outcome::Released | Outcome::Partial | Outcome::Done => "0",
            Outcome::Withheld => "4",
            Outcome::Failed => "8",
        },
        purpose: entry.purpose().map(|purpose| record.purpose(purpose)),
        emergency: account.is_emergency(),
        users: users(record),
        participants: participants(record, &account),
        segments: segments(record, &account)?,
        site: entry.custodian().unwrap_or(record.reader.side).to_string(),
        source: record.reader.origin.to_owned(),
        source_type: "6",
        authorisation: format!("covenant {}", entry.covenant),
        relation: relation(&entry.event),
        consents,
        checks: checks(record, &account)?,
    })
}

fn users(record: &Record<'_>) -> Vec<User> {
    let user = record.entry.actor.as_ref().map(|actor| User {
        id: actor.requester.to_string(),
        is_requestor: true,
        role: actor.hat.role.to_string(),
        organisation: actor.hat.organisation.to_string(),
        authentication_level: Some(actor.level.as_str()),
        access_point_type: "5",
        access_point: format!("urn:sluis:organisation:{}", actor.hat.organisation),
    });
    user.into_iter().collect()
}

fn participants(record: &Record<'_>, account: &Account<'_>) -> Vec<Participant> {
    let object = |r#type, role, id_type, id: String| Participant {
        r#type,
        role,
        id_type,
        id,
        name: None,
        sensitivity: None,
        detail: None,
    };
    let mut objects = Vec::new();
    objects.extend(record.client.map(|handle| object("1", "1", "client-handle", handle.to_owned())));
    objects.extend(record.entry.custodian().map(|id| object("3", "2", "custodian", id.to_string())));
    let recipient = account.recipient.map(|hat| &hat.organisation);
    objects.extend(recipient.map(|id| object("3", "16", "recipient", id.to_string())));
    objects.extend(account.request.map(|request| object("2", "24", "request", request.to_string())));
    objects.extend(account.about.map(|about| object("2", "3", "about-entry", about.to_string())));
    let detail = record.is_whole().then(|| STANDARD.encode(record.body));
    let id = format!("{}#{}", record.reader.origin, record.index);
    let name = Some(hex(&record.leaf));
    objects.push(Participant { name, detail, ..object("2", "3", "ledger-entry", id) });
    objects
}

/// The parts of the record: one for each field that was asked, and what became of it.
fn segments(record: &Record<'_>, account: &Account<'_>) -> Result<Vec<Participant>, NotProjected> {
    let class = |code| record.reader.catalogue.field(code).map(|field| format!("{:?}", field.class));
    let segment = |code, detail| Participant {
        r#type: "2",
        role: "4",
        id_type: "field",
        id: record.field(code),
        name: record.reader.catalogue.field(code).map(|field| field.label.nl.clone()),
        sensitivity: class(code),
        detail: Some(detail),
    };
    let released = account.released.iter().map(|released| Ok(segment(released.field, "released".to_owned())));
    let withheld = account.withheld.iter().map(|withheld| {
        let because = withheld.because.map(|because| super::json(&because)).transpose()?;
        let detail = [Some(withheld.told.code().to_owned()), because].into_iter().flatten();
        Ok(segment(withheld.field, format!("withheld {}", detail.collect::<Vec<_>>().join(" "))))
    });
    released.chain(withheld).collect()
}

fn relation(event: &Event) -> Option<&'static str> {
    match event {
        Event::Disclosure(d) if d.related => Some("relation"),
        Event::Disclosure(_) => Some("no-relation"),
        _ => None,
    }
}

fn checks(record: &Record<'_>, account: &Account<'_>) -> Result<Vec<String>, NotProjected> {
    let mut checks: Vec<String> = account.ground.iter().map(|ground| format!("ground {ground}")).collect();
    let rules = account.released.iter().filter_map(|field| field.rule);
    let rules = rules.chain(account.withheld.iter().filter_map(|field| field.rule));
    for rule in rules.map(|rule| format!("rule {rule}")) {
        if !checks.contains(&rule) {
            checks.push(rule);
        }
    }
    if let Event::Disclosure(d) = &record.entry.event
        && record.is_whole()
        && let Some(evidence) = &d.evidence
    {
        for question in &evidence.answered {
            checks.push(format!("answered {}", super::json(question)?.trim_matches('"')));
        }
    }
    checks.extend(account.refused.map(|(method, reason)| format!("refused {method} {reason}")));
    Ok(checks)
}
