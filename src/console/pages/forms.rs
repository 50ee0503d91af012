//! The same entry in another form: tabs by address, no script.

use crate::console::Problem;
use crate::console::naming::Naming;
use crate::domain::Language;
use crate::projection::{Format, Record};

/// A tab.
pub(super) struct Tab {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) is_chosen: bool,
}

/// The tabs, and what the chosen one shows.
pub(super) struct Form {
    pub(super) tabs: Vec<Tab>,
    pub(super) text: Option<String>,
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
    let written =
        chosen.map(|format| format.project(record).ok().flatten().map(|text| readable(format, text)));
    let is_absent = matches!(written, Some(None));
    Form { tabs: Format::ALL.into_iter().map(tab).collect(), text: written.flatten(), is_absent }
}

fn name(naming: &Naming<'_>, format: Format) -> &'static str {
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
