//! The officer's questions (rules.md §7), asked on a form and answered in tables.
//!
//! What is always true here: a question may name a client or a professional, so it is posted; what it was narrowed to is shown in words
//! that name neither. What stands in the address is the number of a report, which its officer alone can open.

mod asking;
mod form;
mod shown;
mod start;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Console;
use crate::console::frame::Section;
use crate::report::Question;

/// The addresses of this part.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/reports", get(start::all))
        .route("/reports/new/{question}", get(start::form).post(start::ask))
        .route("/reports/{id}", get(shown::report))
        .route("/reports/{id}/{table}", get(shown::spreadsheet))
}

/// Where a question stands in the navigation.
fn section(question: Question) -> Section {
    match question {
        Question::Hygiene => Section::Consents,
        Question::Emergencies => Section::Emergencies,
        Question::Sample => Section::Samples,
        Question::Matrix => Section::Matrix,
        Question::Unusual => Section::Unusual,
        _ => Section::Reports,
    }
}

/// What it tells, in a line.
fn about(question: Question) -> (&'static str, &'static str) {
    match question {
        Question::WhoSaw => (
            "Elke vraag over één cliënt: wie, wanneer, welke gegevens, waarom.",
            "Every request about one client: who, when, which fields, why.",
        ),
        Question::Professional => (
            "Per cliënt: vragen, gegevens, buiten kantooruren, buiten de eigen caseload.",
            "For each client: requests, fields, outside office hours, outside the own caseload.",
        ),
        Question::Matrix => (
            "Gegeven × ontvanger × doel, en gegevens die nooit gaan: die kunnen uit de catalogus.",
            "Field × recipient × purpose, and fields that never go: those can leave the catalogue.",
        ),
        Question::Grounds => (
            "Per maand, doel en grond; met het aandeel van bemoeizorg en nood per team.",
            "By month, purpose and ground; with the share of outreach and emergency by team.",
        ),
        Question::Emergencies => (
            "De zes antwoorden, of de cliënt is ingelicht, en of er op tijd is beoordeeld.",
            "The six answers, whether the client was told, and whether it was reviewed in time.",
        ),
        Question::Sample => (
            "Een steekproef die iedereen opnieuw kan trekken, met wat er van elke regel is gevonden.",
            "A sample that anybody can draw again, with what was made of each entry.",
        ),
        Question::Unusual => (
            "Veel vragen, buiten kantooruren, niets gekregen en dan een ander doel, gevraagd na het einde van een toestemming.",
            "Many requests, outside office hours, refused and then another purpose, asked after a consent ended.",
        ),
        Question::Hygiene => (
            "Loopt af, onvolledig, verjaardagen (12, 16, 18), bezwaar, gezag een jaar niet nagegaan.",
            "Expiring, incomplete, birthdays (12, 16, 18), objections, authority not checked for a year.",
        ),
        Question::Withdrawals => (
            "De laatste verstrekking voor een intrekking, en hoeveel erna: dat moet nul zijn.",
            "The last release before a withdrawal, and how many after: that must be none.",
        ),
        Question::Denials => (
            "Per reden, met bij eigen gegevens de fijne reden.",
            "By reason, with the fine reason for own data.",
        ),
        Question::Exposure => (
            "Cliënten, gegevens, klassen en ontvangers in een tijd, en wat er van de 72 uur over is.",
            "Clients, fields, classes and recipients in a time, and what is left of the 72 hours.",
        ),
        Question::Activities => (
            "Activiteit per partij en doel; verstrekt zonder activiteit; activiteit zonder verstrekking.",
            "Activity by party and purpose; released without one; one without releases.",
        ),
        Question::Integrity => (
            "Grootte, wortel, medeondertekening, verklaarde gaten, de klok, houders die niet antwoordden.",
            "Size, root, cosignatures, explained gaps, the clock, custodians that did not answer.",
        ),
        Question::Readers => ("Elke keer, deze keer ook.", "Every time, this time too."),
        Question::Monthly => (
            "Zonder cliënten, om door te geven; kleiner dan vijf is <5.",
            "Without clients, to hand on; fewer than five is <5.",
        ),
        Question::Notices => ("Openstaande meldingen met hun leeftijd.", "Open notices with their age."),
        Question::TwoHats => (
            "Cliënten naar wie één mens in twee petten keek.",
            "Clients whom one person looked at in two hats.",
        ),
    }
}
