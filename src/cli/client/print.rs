//! The contract's answers, for people.

use std::io::{self, Write};

use super::{table, words};
use crate::contract::v1::{
    Consent, Contact, DescribeConsentResponse, DiscloseResponse, FieldValue, Grantor, LedgerEntry,
    ListFieldsResponse, ListPartiesResponse, ListPurposesResponse, PreviewResponse, WithheldField, consent,
    value,
};
use crate::ledger::Hash;

/// A disclosure: what was released, what was withheld and why.
pub fn disclosure(output: &mut impl Write, answer: &DiscloseResponse) -> io::Result<()> {
    if !answer.released.is_empty() {
        let row = |released: &FieldValue| [released.field.clone(), shown(released)];
        table::write(output, ["released", "value"], &rows(&answer.released, row))?;
    }
    withheld(output, &answer.withheld)?;
    if !answer.obligations.is_empty() {
        writeln!(output, "  obligations: {}", answer.obligations.join(", "))?;
    }
    writeln!(output, "  entry {}, leaf {}", answer.entry_index, leaf(&answer.leaf))
}

/// What would be released.
pub fn preview(output: &mut impl Write, answer: &PreviewResponse) -> io::Result<()> {
    if !answer.permitted.is_empty() {
        table::write(output, ["would be released"], &rows(&answer.permitted, |field| [field.clone()]))?;
    }
    withheld(output, &answer.withheld)?;
    for (what, fields) in [("gained", &answer.gained), ("lost", &answer.lost)] {
        if !fields.is_empty() {
            writeln!(output, "  {what}: {}", fields.join(", "))?;
        }
    }
    waiting(output, &answer.must_still_agree)
}

fn waiting(output: &mut impl Write, people: &[Grantor]) -> io::Result<()> {
    for grantor in people {
        writeln!(output, "  waits for {} ({})", grantor.person, words::of_capacity(grantor.capacity))?;
    }
    Ok(())
}

fn withheld(output: &mut impl Write, fields: &[WithheldField]) -> io::Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    let row = |w: &WithheldField| [w.field.clone(), w.reason.clone(), w.text_nl.clone()];
    table::write(output, ["withheld", "reason", "text"], &rows(fields, row))
}

/// A consent or objection, with who agreed and who must still agree.
pub fn consent(output: &mut impl Write, consent: &Consent) -> io::Result<()> {
    let id = &consent.consent_id;
    writeln!(output, "{id} version {}: {}", consent.version, words::of_status(consent.status))?;
    match &consent.stance {
        Some(consent::Stance::Permit(permit)) => {
            let (to, role) = (&permit.recipient_organisation, &permit.recipient_role);
            writeln!(output, "  permits {to}/{role}, {}: {}", permit.purpose, permit.fields.join(", "))?;
        }
        Some(consent::Stance::Objection(no)) => {
            let parts = [&no.recipient_organisation, &no.recipient_role, &no.purpose].map(|part| all(part));
            writeln!(
                output,
                "  objects to {}/{}, {}: {}",
                parts[0],
                parts[1],
                parts[2],
                all(&no.fields.join(", "))
            )?;
        }
        None => {}
    }
    if let Some(period) = &consent.period {
        writeln!(output, "  from {} until {}", period.from, period.until)?;
    }
    for grant in &consent.grants {
        let grantor = grant.grantor.clone().unwrap_or_default();
        let ended = if grant.withdrawn_at.is_empty() {
            String::new()
        } else {
            format!(", withdrawn {}", grant.withdrawn_at)
        };
        let capacity = words::of_capacity(grantor.capacity);
        writeln!(output, "  given by {} ({capacity}) {}{ended}", grantor.person, grant.given_at)?;
    }
    for decided in &consent.overrides {
        let refused: Vec<String> = decided
            .refused_by
            .iter()
            .map(|g| format!("{} ({})", g.person, words::of_capacity(g.capacity)))
            .collect();
        let state = match (decided.in_force, decided.revoked_at.is_empty(), decided.confirmed_at.is_empty()) {
            (true, _, _) => "in force",
            (false, false, _) => "revoked",
            (false, true, true) => "not confirmed by a second professional",
            (false, true, false) => "over",
        };
        let (refused, why) = (refused.join(", "), words::of_exception(decided.exception));
        writeln!(output, "  passes the refusal of {refused}: {why}, until {}, {state}", decided.until)?;
    }
    waiting(output, &consent.waiting_for)?;
    for change in &consent.upcoming {
        let waiting: Vec<&str> = change.waiting_for.iter().map(|g| g.person.as_str()).collect();
        let until =
            if waiting.is_empty() { String::new() } else { format!(" until {} agrees", waiting.join(", ")) };
        let (what, then) = (words::of_occasion(change.occasion), words::of_outlook(change.then));
        writeln!(output, "  {} {what} {}: {then}{until}", change.at, change.about)?;
    }
    if !consent.withdrawn_fields.is_empty() {
        writeln!(output, "  taken back: {}", consent.withdrawn_fields.join(", "))?;
    }
    Ok(())
}

/// What a client reads, and the version of it.
pub fn described(output: &mut impl Write, answer: &DescribeConsentResponse) -> io::Result<()> {
    for sentence in &answer.sentences {
        writeln!(output, "{}", sentence.text)?;
    }
    writeln!(output, "\n  text version {}, language {}", answer.text_version, answer.language)
}

/// Entries of the ledger.
pub fn entries(output: &mut impl Write, entries: &[LedgerEntry]) -> io::Result<()> {
    let row = |entry: &LedgerEntry| {
        let recipient = if entry.recipient.is_empty() {
            String::new()
        } else {
            format!("{}/{}", entry.recipient, entry.role)
        };
        let counts = format!("{} / {}", entry.released_fields.len(), entry.withheld_fields.len());
        [
            entry.index.to_string(),
            entry.at.clone(),
            entry.event.clone(),
            recipient,
            entry.purpose.clone(),
            entry.outcome.clone(),
            counts,
        ]
    };
    let heading = ["entry", "at", "event", "recipient", "purpose", "outcome", "released / withheld"];
    table::write(output, heading, &rows(entries, row))
}

/// One entry, whole.
pub fn entry(output: &mut impl Write, entry: &LedgerEntry) -> io::Result<()> {
    entries(output, std::slice::from_ref(entry))?;
    writeln!(
        output,
        "  custodian {}, requester {}, ground {}",
        entry.custodian, entry.requester, entry.ground
    )?;
    if !entry.released_fields.is_empty() {
        writeln!(output, "  released: {}", entry.released_fields.join(", "))?;
    }
    for withheld in &entry.withheld_fields {
        writeln!(output, "  withheld: {} ({})", withheld.field, withheld.reason)?;
    }
    writeln!(output, "  leaf {}", leaf(&entry.leaf))?;
    if !entry.entry.is_empty() {
        writeln!(output, "  {}", String::from_utf8_lossy(&entry.entry))?;
    }
    Ok(())
}

/// The fields of the catalogue.
pub fn fields(output: &mut impl Write, answer: &ListFieldsResponse) -> io::Result<()> {
    let heading = ["field", "code", "class", "purposes", "label"];
    let list = rows(&answer.fields, |f| {
        [f.id.clone(), f.code.clone(), f.sensitivity.clone(), f.purposes.join(", "), f.label_nl.clone()]
    });
    table::write(output, heading, &list)
}

/// The purposes.
pub fn purposes(output: &mut impl Write, answer: &ListPurposesResponse) -> io::Result<()> {
    let list =
        rows(&answer.purposes, |p| [p.id.clone(), p.code.clone(), p.label_nl.clone(), p.label_en.clone()]);
    table::write(output, ["purpose", "code", "nl", "en"], &list)
}

/// The parties and their roles.
pub fn parties(output: &mut impl Write, answer: &ListPartiesResponse) -> io::Result<()> {
    let list = rows(&answer.parties, |p| {
        let roles: Vec<&str> = p.roles.iter().map(|role| role.role.as_str()).collect();
        [p.id.clone(), p.name.clone(), p.kind.clone(), roles.join(", "), p.purposes.join(", ")]
    });
    table::write(output, ["organisation", "name", "kind", "roles", "may receive for"], &list)
}

/// A leaf hash, as receipts write hashes.
pub fn leaf(bytes: &[u8]) -> String {
    bytes.try_into().map_or_else(|_| "(none)".to_owned(), |hash| Hash(hash).to_base64())
}

fn shown(released: &FieldValue) -> String {
    match released.value.as_ref().and_then(|v| v.kind.as_ref()) {
        None => String::new(),
        Some(value::Kind::Text(text) | value::Kind::Code(text) | value::Kind::Date(text)) => text.clone(),
        Some(value::Kind::YesNo(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        Some(value::Kind::Contact(contact)) => reachable(contact),
    }
}

fn reachable(contact: &Contact) -> String {
    let parts = [&contact.name, &contact.role, &contact.organisation, &contact.phone, &contact.email];
    let present: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    present.join(", ")
}

fn rows<T, const N: usize>(items: &[T], row: impl Fn(&T) -> [String; N]) -> Vec<[String; N]> {
    items.iter().map(row).collect()
}

fn all(part: &str) -> &str {
    if part.is_empty() { "all" } else { part }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::v1::Value;

    fn released(kind: value::Kind) -> FieldValue {
        FieldValue { field: "f".to_owned(), value: Some(Value { kind: Some(kind) }) }
    }

    #[test]
    fn every_kind_of_value_can_be_read() {
        let contact = Contact { name: "Voorbeeld".to_owned(), phone: "112".to_owned(), ..Contact::default() };
        for (kind, expected) in [
            (value::Kind::Text("rustig".to_owned()), "rustig"),
            (value::Kind::Code("own-home".to_owned()), "own-home"),
            (value::Kind::Date("2026-11-22".to_owned()), "2026-11-22"),
            (value::Kind::YesNo(true), "yes"),
            (value::Kind::YesNo(false), "no"),
            (value::Kind::Contact(contact), "Voorbeeld, 112"),
        ] {
            assert_eq!(shown(&released(kind)), expected);
        }
    }

    #[test]
    fn a_disclosure_shows_each_value_each_reason_and_its_entry() {
        let answer = DiscloseResponse {
            entry_index: 7,
            released: vec![released(value::Kind::Code("own-home".to_owned()))],
            withheld: vec![WithheldField {
                field: "money.worries".to_owned(),
                reason: "OUTSIDE_PURPOSE".to_owned(),
                text_nl: "hoort niet bij dit doel".to_owned(),
                text_en: String::new(),
            }],
            leaf: vec![0; 32],
            ..DiscloseResponse::default()
        };
        let mut output = Vec::new();
        disclosure(&mut output, &answer).unwrap();
        let text = String::from_utf8(output).unwrap();
        for part in ["own-home", "money.worries", "OUTSIDE_PURPOSE", "entry 7, leaf AAAA"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
