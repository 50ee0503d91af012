//! A consent or objection in a line of plain words: what it says and how it stands, never who agreed.

use super::super::account::scope;
use super::super::{Format, Reader};
use super::words::{Tongue, status};
use crate::domain::{Consent, ConsentStatus, Timestamp};

/// The consent as its client reads it.
pub fn consent_line(consent: &Consent, stands: ConsentStatus, reader: &Reader<'_>, format: Format) -> String {
    let tongue = Tongue::of(format);
    let (to, purpose, fields) = scope(consent);
    let everyone = tongue.choose("iedereen", "everyone");
    let all = tongue.choose("alles", "everything");
    let to = to.map_or(everyone.to_owned(), |id| {
        reader.parties.get(id).map_or_else(|| id.to_string(), |party| party.name.clone())
    });
    let purpose = purpose.map_or(all.to_owned(), |code| {
        let known = reader.purposes.get(code);
        known.map_or_else(
            || code.to_string(),
            |purpose| tongue.choose(&purpose.label.nl, &purpose.label.en).clone(),
        )
    });
    let label = |code| {
        let field = reader.catalogue.field(code);
        field
            .map_or_else(|| code.to_string(), |field| tongue.choose(&field.label.nl, &field.label.en).clone())
    };
    let fields = fields
        .map_or(all.to_owned(), |codes| codes.iter().map(|code| label(*code)).collect::<Vec<_>>().join("; "));
    let yes = consent.permit().is_some();
    let what = match (yes, tongue) {
        (true, Tongue::Dutch) => "Toestemming om te delen.",
        (true, Tongue::English) => "Consent to share.",
        (false, Tongue::Dutch) => "Bezwaar tegen delen.",
        (false, Tongue::English) => "Objection to sharing.",
    };
    let part = |dutch, english, text: &str| format!("{}: {text}.", tongue.choose(dutch, english));
    let mut parts = vec![
        what.to_owned(),
        part("Met", "With", &to),
        part("Doel", "Purpose", &purpose),
        part("Gaat over", "About", &fields),
        part("Vanaf", "From", &day(consent.period.from())),
    ];
    if consent.period.until() != Timestamp::END {
        // The end is exclusive: the last day is the one before it.
        parts.push(part("Tot en met", "Until and including", &day(consent.period.until().plus(-1))));
    }
    parts.push(status(stands, tongue).to_owned());
    parts.join(" ")
}

fn day(at: Timestamp) -> String {
    at.date().to_string()
}
