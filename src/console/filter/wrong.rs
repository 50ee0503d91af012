//! What is wrong with a part of a filter, and the remedy: by its name, and nothing of what was asked is repeated.

use crate::console::Problem;
use crate::domain::Language;

/// About the part of this name.
pub(super) fn wrong(language: Language, name: &'static str) -> Problem {
    let (what, remedy, code) = match name {
        "recipient" => (
            ("Deze ontvanger staat niet in het convenant", "This recipient is not in the covenant"),
            ("Kies een ontvanger uit de lijst.", "Choose a recipient from the list."),
            "RECIPIENT_UNKNOWN",
        ),
        "custodian" => (
            ("Deze houder staat niet in het convenant", "This custodian is not in the covenant"),
            ("Kies een houder uit de lijst.", "Choose a custodian from the list."),
            "CUSTODIAN_UNKNOWN",
        ),
        "professional" => (
            ("Dit is geen pseudoniem van een professional", "This is not the pseudonym of a professional"),
            ("Zoek de professional met het formulier.", "Look the professional up with the form."),
            "PROFESSIONAL_UNKNOWN",
        ),
        "purpose" => (
            ("Dit doel staat niet in het convenant", "This purpose is not in the covenant"),
            ("Kies een doel uit de lijst.", "Choose a purpose from the list."),
            "PURPOSE_UNKNOWN",
        ),
        "outcome" => (
            ("Deze uitkomst bestaat niet", "There is no such outcome"),
            ("Kies een uitkomst uit de lijst.", "Choose an outcome from the list."),
            "OUTCOME_UNKNOWN",
        ),
        "kind" => (
            ("Zo'n gebeurtenis bestaat niet", "There is no such kind of event"),
            ("Kies wat er gebeurde uit de lijst.", "Choose what happened from the list."),
            "KIND_UNKNOWN",
        ),
        "field" => (
            ("Dit gegeven staat niet in de catalogus", "This field is not in the catalogue"),
            ("Kies een gegeven uit de lijst.", "Choose a field from the list."),
            "FIELD_UNKNOWN",
        ),
        "ground" => (
            ("Deze grond bestaat niet", "There is no such ground"),
            ("Kies een grond uit de lijst.", "Choose a ground from the list."),
            "GROUND_UNKNOWN",
        ),
        "from" => (
            ("De eerste dag is geen datum", "The first day is not a date"),
            ("Schrijf hem als 2026-11-22.", "Write it as 2026-11-22."),
            "FROM_INVALID",
        ),
        "until" => (
            ("De laatste dag is geen datum", "The last day is not a date"),
            ("Schrijf hem als 2026-11-22.", "Write it as 2026-11-22."),
            "UNTIL_INVALID",
        ),
        "period" => (
            ("De laatste dag ligt voor de eerste", "The last day is before the first"),
            ("Draai de dagen om.", "Turn the days round."),
            "PERIOD_BACKWARDS",
        ),
        "page" => (
            ("Deze bladzijde hoort niet bij deze vraag", "This page does not belong to this question"),
            ("Begin opnieuw bij de eerste bladzijde.", "Begin again at the first page."),
            "PAGE_TOKEN",
        ),
        _ => (
            ("Iets in het filter is te lang", "Something in the filter is too long"),
            ("Gebruik het formulier.", "Use the form."),
            "FILTER_TOO_LONG",
        ),
    };
    Problem::wrong(language, what, remedy, code)
}
