//! The same entry in another form: tabs by address, no script.
//!
//! What is always true here: a form is in its own language, whatever the page's. Those that programs read have English names and codes;
//! what they call by its Dutch name says so.

use std::collections::BTreeSet;

use crate::console::Problem;
use crate::console::naming::Naming;
use crate::domain::Language;
use crate::projection::{Days, Format, Line, Phrase, Record, words};

/// A tab.
pub(super) struct Tab {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) is_chosen: bool,
}

/// The tabs, and what the chosen one shows.
pub(super) struct Form {
    pub(super) tabs: Vec<Tab>,
    pub(super) text: Option<Phrase>,
    /// In which language that is, where it is not the page's.
    pub(super) language: Option<Language>,
    /// Whether a form was chosen that has no word for this entry.
    pub(super) is_absent: bool,
}

/// The form of that name; none where none was asked for.
pub(super) fn choose(language: Language, id: &str) -> Result<Option<Format>, Problem> {
    match id {
        "" => Ok(None),
        id => Format::by_id(id).map(Some).ok_or_else(|| {
            Problem::wrong(
                language,
                ("Deze vorm bestaat niet", "There is no such form"),
                ("Kies een vorm op de bladzijde van de regel.", "Choose a form on the page of the entry."),
                "FORM_UNKNOWN",
            )
        }),
    }
}

/// All tabs, with the text of the chosen one.
pub(super) fn of(naming: &Naming<'_>, record: &Record<'_>, chosen: Option<Format>) -> Form {
    let tab = |format: Format| Tab {
        id: format.id(),
        name: name(naming, format),
        is_chosen: chosen == Some(format),
    };
    let written = chosen.map(|format| written(naming, record, format));
    let is_absent = matches!(written, Some(None));
    let language = chosen.map(spoken).filter(|language| *language != naming.language);
    Form { tabs: Format::ALL.into_iter().map(tab).collect(), text: written.flatten(), language, is_absent }
}

/// In which language it is.
fn spoken(format: Format) -> Language {
    if format == Format::PlainDutch { Language::Dutch } else { Language::English }
}

/// The entry in this form, each word in its language; `None` where the form has no word for it.
fn written(naming: &Naming<'_>, record: &Record<'_>, format: Format) -> Option<Phrase> {
    if format.is_for_a_client() {
        let mut days = Days::default();
        days.take_lines(format, record);
        return days.finish_lines().first().map(Line::said);
    }
    let text = format.project(record).ok().flatten()?;
    Some(marked(&readable(format, text), &dutch_names(naming, record)))
}

/// What forms call by its Dutch name, as JSON has it: events, fields, purposes and roles.
fn dutch_names(naming: &Naming<'_>, record: &Record<'_>) -> BTreeSet<String> {
    let reader = naming.reader;
    let event = words::event(record.entry.event_name(), Language::Dutch);
    let fields = reader.catalogue.fields().map(|field| field.label.nl.as_str());
    let purposes = reader.purposes.all().map(|purpose| purpose.label.nl.as_str());
    let roles = reader.parties.iter().flat_map(|party| &party.roles).map(|role| role.label.as_str());
    let names = fields.chain(purposes).chain(roles).chain([event]);
    names.map(|name| serde_json::Value::from(name).to_string()).collect()
}

/// Lines of JSON, with what is one of these names known as Dutch.
fn marked(text: &str, dutch: &BTreeSet<String>) -> Phrase {
    let mut marked = Phrase::default();
    for line in text.split_inclusive('\n') {
        let (member, rest) = line.split_once(": ").unwrap_or((line, ""));
        let name = rest.trim_end().trim_end_matches(',');
        match rest.strip_prefix(name).filter(|_| dutch.contains(name)) {
            Some(end) => {
                marked.push(format!("{member}: "));
                marked.push(Phrase::as_agreed(name, Language::English));
                marked.push(end);
            }
            None => marked.push(line),
        }
    }
    marked
}

/// What people call a form.
pub(super) fn name(naming: &Naming<'_>, format: Format) -> &'static str {
    match format {
        Format::Nen7513 => "NEN 7513",
        Format::AuditEvent => "FHIR AuditEvent",
        Format::ProcessingLog(crate::projection::Version::V1) => "Logboek Dataverwerkingen",
        Format::ProcessingLog(crate::projection::Version::V0_7) => "Logboek Dataverwerkingen 0.7",
        Format::DecisionLog => "Authorization Decision Log",
        Format::Csv => "CSV",
        Format::PlainDutch => naming.say("Gewoon Nederlands", "Plain Dutch"),
        Format::PlainEnglish => naming.say("Gewoon Engels", "Plain English"),
    }
}

/// JSON with a line for each member; a spreadsheet with its heading.
fn readable(format: Format, text: String) -> String {
    if let Some(heading) = format.heading() {
        return format!("{heading}{}{text}", format.line_end());
    }
    let parsed = serde_json::from_str::<serde_json::Value>(&text).ok();
    parsed
        .filter(serde_json::Value::is_object)
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dutch_name_in_a_form_for_programs_says_that_it_is_dutch_and_no_byte_is_another() {
        let dutch = BTreeSet::from(["\"Woon \\\"situatie\\\"\"".to_owned()]);
        let text =
            "{\n  \"id\": \"housing.situation\",\n  \"name\": \"Woon \\\"situatie\\\"\",\n  \"n\": 1\n}";
        let read = marked(text, &dutch);
        assert_eq!(read.to_string(), text);
        let marked: Vec<_> = read.pieces().iter().filter(|piece| piece.language.is_some()).collect();
        assert_eq!(marked.len(), 1);
        assert_eq!(marked[0].text, "\"Woon \\\"situatie\\\"\"");
    }
}
