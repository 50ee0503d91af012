//! A record of the Authorization Decision Log (Logius, 0.0.1): what was asked of the rules, and what they answered.
//!
//! What is always true here:
//! 1. One record per ruling, yes or no; what is no ruling has none. Each field asked is one evaluation, in the words of AuthZEN.
//! 2. A field that the rules permitted and the custodian had no value for was permitted: the decision is about the rules.
//! 3. What was asked and answered is in the body; covenant and register are references that a replay can follow: the digest
//!    of the covenant, the place in the ledger and the client's revision.
//! 4. A no is not an `Error`; the rules of this gateway always answer.
//!
//! The standard publishes no schema file; this is the interface table of `sections/specifications.md` at 0511b85.

use serde_json::{Value, json};

use super::account::Account;
use super::{NotProjected, Record};
use crate::domain::{Event, Told};

/// What a record does not say.
pub(super) const DROPS: &[&str] = &[
    "format",
    "nonce",
    "client",
    "event.disclosure.repeat_of",
    "event.disclosure.evidence",
    "event.disclosure.failure",
    "event.disclosure.spends",
    "event.disclosure.answered_in",
    "event.disclosure.follow_up",
    "event.previewed.evidence",
    "event.previewed.supposing",
    "event.consulted",
    "event.refused",
    "event.registered",
    "event.consent_recorded",
    "event.grant_added",
    "event.consent_withdrawn",
    "event.refusal_overridden",
    "event.override_confirmed",
    "event.override_revoked",
    "event.withheld_from_representatives",
    "event.withholding_lifted",
    "event.emergency_reviewed",
    "event.client_notified",
    "event.notice_delayed",
    "event.sample_judged",
    "event.destruction_requested",
    "event.covenant_adopted",
    "event.ledger_resumed",
    "event.expired",
    "event.log_read",
];

/// The other side of a disclosure gets no record: the decision was not its own.
pub(super) const DROPS_FOR_RECIPIENTS: &[&str] = &["*"];

/// The entry as a record; `None` where nothing was decided, or by somebody else.
pub(super) fn record(record: &Record<'_>) -> Option<Value> {
    let entry = record.entry;
    let (action, related, domains) = match &entry.event {
        Event::Disclosure(d) => ("disclose", Some(d.related), &d.life_domains),
        Event::Previewed(p) => ("preview", None, &p.life_domains),
        _ => return None,
    };
    if !record.is_whole() {
        return None;
    }
    let account = Account::of(record);
    let (asked, answered): (Vec<Value>, Vec<Value>) = evaluations(record, &account).ok()?.into_iter().unzip();
    let recipient = account.recipient?;
    let actor = entry.actor.as_ref()?;
    let request = json!({
        "subject": {
            "type": "professional",
            "id": actor.requester,
            "properties": {
                "organisation": actor.hat.organisation,
                "role": actor.hat.role,
                "authentication_level": actor.level,
                "recipient_organisation": recipient.organisation,
                "recipient_role": recipient.role,
                "related": related,
            },
        },
        "action": { "name": action },
        "context": {
            "time": entry.at.rfc3339(),
            "request_id": account.request,
            "client": record.client,
            "custodian": entry.custodian(),
            "purpose": entry.purpose().map(|purpose| record.purpose(purpose)),
            "life_domains": domains,
            "ground": account.ground,
        },
        "evaluations": asked,
    });
    Some(json!({
        "trace_id": entry.trace,
        "span_id": record.span_id(),
        "event_name": "adl.access_evaluations",
        "timestamp": u64::try_from(entry.at.0).unwrap_or_default(),
        "status": "Unset",
        "attributes": {
            "adl.core.policies": {
                "covenant": format!("sha256:{}", entry.covenant),
                "parties": entry.parties,
            },
            "adl.core.information": {
                "ledger": { "origin": record.reader.origin, "index": record.index, "client_revision": entry.revision },
            },
        },
        "resource": { "service.name": "sluis", "service.instance.id": record.reader.origin },
        "body": { "adl.core.request": request, "adl.core.response": { "evaluations": answered } },
    }))
}

fn evaluations(record: &Record<'_>, account: &Account<'_>) -> Result<Vec<(Value, Value)>, NotProjected> {
    let asked = |code| json!({ "resource": { "type": "field", "id": record.field(code) } });
    let released = account.released.iter().map(|field| {
        let consent = field.consent.map(|(id, version)| json!({ "id": id, "version": version }));
        let answer = json!({ "decision": true, "context": { "rule": field.rule, "consent": consent } });
        Ok((asked(field.field), answer))
    });
    let withheld = account.withheld.iter().map(|field| {
        let because = serde_json::to_value(field.because).map_err(|_| NotProjected)?;
        let context = json!({ "reason": field.told.code(), "because": because, "rule": field.rule });
        let permitted = field.told == Told::NotAvailable;
        Ok((asked(field.field), json!({ "decision": permitted, "context": context })))
    });
    released.chain(withheld).collect()
}
