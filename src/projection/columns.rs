//! Comma-separated values (RFC 4180), safe to open in a spreadsheet.
//!
//! What is always true here:
//! 1. Every cell is in quotes, every line ends with CR LF, and every row has the columns of the heading.
//! 2. A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line break) is preceded by an
//!    apostrophe (OWASP, CSV injection). Nothing else is changed.
//! 3. Lists are in one cell: fields parted by a space, withheld fields as `field=REASON`, consents as `id@version`.

use super::account::{Account, scope};
use super::{Record, hex};
use crate::domain::Event;

const COLUMNS: [&str; 26] = [
    "index",
    "leaf",
    "at",
    "event",
    "outcome",
    "custodian",
    "custodian_name",
    "recipient",
    "recipient_name",
    "role",
    "requester",
    "authentication_level",
    "client",
    "purpose",
    "ground",
    "emergency",
    "related",
    "released",
    "withheld",
    "consents",
    "rules",
    "request",
    "about_entry",
    "refused",
    "covenant",
    "trace",
];

/// What a row does not say.
pub(super) const DROPS: &[&str] = &[
    "format",
    "nonce",
    "parties",
    "client",
    "revision",
    "event.disclosure.repeat_of",
    "event.disclosure.life_domains",
    "event.disclosure.evidence",
    "event.disclosure.withheld.because",
    "event.disclosure.failure",
    "event.disclosure.spends",
    "event.disclosure.follow_up",
    "event.previewed.life_domains",
    "event.previewed.evidence",
    "event.previewed.supposing",
    "event.previewed.recipient.role",
    "event.consulted.consulted.role",
    "event.consulted.outcome.identifier_detected",
    "event.*.registration",
    "event.*.withholding",
    "event.*.stance.permit.recipient.role",
    "event.*.stance.permit.single_use",
    "event.*.stance.objection.role",
    "event.*.period",
    "event.*.grants",
    "event.consent_recorded.evidence",
    "event.grant_added.evidence",
    "event.consent_withdrawn.evidence",
    "event.refusal_overridden.evidence",
    "event.override_confirmed.evidence",
    "event.override_revoked.evidence",
    "event.*.struck",
    "event.*.withdrawn",
    "event.*.overrides",
    "event.*.spent",
    "event.*.verdict",
    "event.*.note",
    "event.*.told",
    "event.*.how",
    "event.notice_delayed.reason",
    "event.sample_judged.seed",
    "event.sample_judged.follow_up",
    "event.*.until",
    "event.destruction_requested",
    "event.covenant_adopted",
    "event.ledger_resumed",
    "event.expired",
    "event.log_read",
];

/// What the other side of a disclosure does not get beside that.
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
    "event.previewed.life_domains",
    "event.previewed.evidence",
    "event.previewed.supposing",
    "event.previewed.recipient.role",
    "event.log_read",
];

/// The heading, without a line end.
pub(super) fn heading() -> String {
    cells(COLUMNS.map(str::to_owned))
}

/// The entry as a row, without a line end.
pub(super) fn row(record: &Record<'_>) -> String {
    let (entry, account) = (record.entry, Account::of(record));
    let actor = entry.actor.as_ref();
    let consent = entry.event.consent();
    let recipient = account.recipient.map(|hat| &hat.organisation);
    let recipient = recipient.or_else(|| consent.and_then(|consent| scope(consent).0));
    let recipient = recipient.or_else(|| actor.map(|actor| &actor.hat.organisation));
    let name = |id| record.reader.parties.get(id).map(|party| party.name.clone()).unwrap_or_default();
    let text = |id: Option<&crate::domain::OrganisationId>| id.map(ToString::to_string).unwrap_or_default();
    let mut released: Vec<String> = account.released.iter().map(|field| record.field(field.field)).collect();
    // Of a consent these are the fields that it is about.
    let about = consent.and_then(|consent| scope(consent).2).unwrap_or_default();
    released.extend(about.iter().map(|code| record.field(*code)));
    let withheld = account.withheld.iter().map(|w| format!("{}={}", record.field(w.field), w.told.code()));
    let purpose = entry.purpose().or_else(|| consent.and_then(|consent| scope(consent).1));
    let refused = account.refused.map(|(method, reason)| format!("{method} {reason}"));
    let related = match &entry.event {
        Event::Disclosure(d) => yes_no(d.related),
        _ => String::new(),
    };
    let rules = account.released.iter().filter_map(|field| field.rule);
    let rules = rules.chain(account.withheld.iter().filter_map(|field| field.rule)).map(str::to_owned);
    cells([
        record.index.to_string(),
        hex(&record.leaf),
        entry.at.rfc3339(),
        entry.event_name().to_owned(),
        entry.outcome().as_str().to_owned(),
        text(entry.custodian()),
        entry.custodian().map(name).unwrap_or_default(),
        text(recipient),
        recipient.map(name).unwrap_or_default(),
        actor.map(|actor| actor.hat.to_string()).unwrap_or_default(),
        actor.map(|actor| actor.requester.to_string()).unwrap_or_default(),
        actor.map(|actor| actor.level.as_str().to_owned()).unwrap_or_default(),
        record.client.unwrap_or_default().to_owned(),
        purpose.map(|purpose| record.purpose(purpose)).unwrap_or_default(),
        account.ground.map(|ground| ground.to_string()).unwrap_or_default(),
        yes_no(account.is_emergency()),
        related,
        once(released.into_iter()),
        once(withheld),
        once(account.consents.iter().map(|(id, version)| format!("{id}@{version}"))),
        once(rules),
        account.request.map(ToString::to_string).unwrap_or_default(),
        account.about.map(|about| about.to_string()).unwrap_or_default(),
        refused.unwrap_or_default(),
        entry.covenant.to_string(),
        entry.trace.to_string(),
    ])
}

fn yes_no(yes: bool) -> String {
    if yes { "yes".to_owned() } else { "no".to_owned() }
}

/// Each once, parted by a space.
fn once(items: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for item in items {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen.join(" ")
}

fn cells<const N: usize>(cells: [String; N]) -> String {
    cells.map(|cell| csv_cell(&cell)).join(",")
}

/// A cell in its quotes, that no spreadsheet takes for a formula.
pub fn csv_cell(cell: &str) -> String {
    format!("\"{}\"", harmless(cell).replace('"', "\"\""))
}

/// A text that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text_and_a_quote_stays_in_its_cell() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+31", "'+31"),
            ("-1", "'-1"),
            ("@sum", "'@sum"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("a=1", "a=1"),
            ("", ""),
        ];
        for (cell, safe) in cases {
            assert_eq!(harmless(cell), safe, "{cell:?}");
        }
        assert_eq!(cells(["a\"b".to_owned(), "c,d".to_owned()]), "\"a\"\"b\",\"c,d\"");
    }
}
