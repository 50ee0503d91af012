//! What goes wrong, as a page that says what to do, and repeats nothing that was sent.

use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::address::percent;
use super::frame::{Frame, page};
use super::speech::language_of;
use crate::domain::Language;
use crate::gateway::{ConsentError, Denied, Error};

/// What stands in the way of a page.
#[derive(Debug)]
pub(super) struct Problem {
    language: Language,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// Not signed in, or not any more: where to go after signing in.
    NotSignedIn(Option<String>),
    /// May not be here.
    Denied(Denied),
    /// Was not signed in.
    NotLetIn(Said),
    /// Asks too often, or asked for what took too long.
    Again(Again),
    /// The form is not from the officer's own page, or that page is of another session.
    Forged,
    /// What was filled in cannot be read.
    Unreadable,
    /// There is no such thing on this side.
    NotFound,
    /// Something on the page was filled in or asked wrongly: what, and the remedy.
    Wrong(Said),
    /// The gateway does not answer now.
    Unavailable,
}

/// Why to ask again later.
#[derive(Debug, Clone, Copy)]
pub(super) enum Again {
    /// Too often from this address.
    TooOften,
    /// It took too long.
    TooLong,
}

#[derive(askama::Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    what: &'a str,
    remedy: &'a str,
    code: &'a str,
    signs_in: bool,
}

impl Problem {
    /// Who must sign in first. Only what was looked at is gone back to: a form is filled in again.
    pub(super) fn not_signed_in(language: Language, method: &Method, here: &str) -> Self {
        let back = (method == Method::GET).then(|| here.to_owned());
        Self { language, kind: Kind::NotSignedIn(back) }
    }

    pub(super) fn denied(language: Language, denied: Denied) -> Self {
        Self { language, kind: Kind::Denied(denied) }
    }

    pub(super) fn not_let_in(language: Language, said: Said) -> Self {
        Self { language, kind: Kind::NotLetIn(said) }
    }

    pub(super) fn again(language: Language, why: Again) -> Self {
        Self { language, kind: Kind::Again(why) }
    }

    pub(super) fn forged(language: Language) -> Self {
        Self { language, kind: Kind::Forged }
    }

    pub(super) fn unreadable(language: Language) -> Self {
        Self { language, kind: Kind::Unreadable }
    }

    pub(super) fn not_found(language: Language) -> Self {
        Self { language, kind: Kind::NotFound }
    }

    /// What was asked is wrong: which part of it, what to do, and a code.
    pub(super) fn wrong(
        language: Language,
        what: (&'static str, &'static str),
        remedy: (&'static str, &'static str),
        code: &'static str,
    ) -> Self {
        Self { language, kind: Kind::Wrong((StatusCode::BAD_REQUEST, what, remedy, code)) }
    }

    pub(super) fn unavailable(language: Language) -> Self {
        Self { language, kind: Kind::Unavailable }
    }

    /// Of what the gateway says. What it could not do stands in the log, not on the page.
    pub(super) fn of(language: Language, error: &Error) -> Self {
        let kind = match error {
            Error::NotFound(_)
            | Error::Store(crate::store::Error::Expired)
            | Error::Consent(ConsentError::NotRegistered) => Kind::NotFound,
            error => {
                tracing::error!(%error, "a page of the console cannot be made");
                Kind::Unavailable
            }
        };
        Self { language, kind }
    }
}

/// The status, what is wrong, what to do (both in Dutch and in English), and the stable code.
pub(super) type Said = (StatusCode, (&'static str, &'static str), (&'static str, &'static str), &'static str);

fn said(kind: &Kind) -> Said {
    match kind {
        Kind::NotSignedIn(_) => (
            StatusCode::UNAUTHORIZED,
            ("U bent niet meer aangemeld", "You are not signed in any more"),
            ("Meld u opnieuw aan. Er is niets veranderd.", "Sign in again. Nothing was changed."),
            "SESSION_ENDED",
        ),
        Kind::Denied(denied) => (
            StatusCode::FORBIDDEN,
            ("U mag deze pagina niet zien", "You may not see this page"),
            denied_remedy(*denied),
            denied.code(),
        ),
        Kind::NotLetIn(said) | Kind::Wrong(said) => *said,
        Kind::Again(Again::TooOften) => (
            StatusCode::TOO_MANY_REQUESTS,
            ("Dit gaat te snel", "This is too fast"),
            ("Wacht even, en probeer het opnieuw.", "Wait a moment, and try again."),
            "TOO_OFTEN",
        ),
        Kind::Again(Again::TooLong) => (
            StatusCode::SERVICE_UNAVAILABLE,
            ("Dit duurde te lang", "This took too long"),
            (
                "Probeer het opnieuw, of vraag minder tegelijk. Blijft het zo, bel dan de beheerder.",
                "Try again, or ask for less at a time. If it stays so, call the operator.",
            ),
            "TOO_LONG",
        ),
        Kind::Forged => (
            StatusCode::FORBIDDEN,
            ("Dit formulier is niet aangenomen", "This form was not accepted"),
            (
                "Het kwam niet van uw eigen pagina, of die was van een vorige aanmelding. Open de pagina opnieuw en vul het \
                 formulier daar in. Er is niets veranderd.",
                "It did not come from your own page, or that page was of an earlier sign-in. Open the page again and fill in the \
                 form there. Nothing was changed.",
            ),
            "FORM_FORGED",
        ),
        Kind::Unreadable => (
            StatusCode::BAD_REQUEST,
            ("Wat is ingevuld kan niet worden gelezen", "What was filled in cannot be read"),
            ("Ga terug en vul het formulier opnieuw in.", "Go back and fill in the form again."),
            "FORM_UNREADABLE",
        ),
        Kind::NotFound => (
            StatusCode::NOT_FOUND,
            ("Dit is er niet", "This is not here"),
            (
                "Wat u zoekt bestaat niet, is vervallen, of staat niet aan de kant van uw organisatie.",
                "What you look for does not exist, has expired, or is not on your organisation's side.",
            ),
            "NOT_FOUND",
        ),
        Kind::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            ("Het register antwoordt nu niet", "The record does not answer now"),
            (
                "Probeer het over een paar minuten opnieuw. Blijft het zo, bel dan de beheerder.",
                "Try again in a few minutes. If it stays so, call the operator.",
            ),
            "UNAVAILABLE",
        ),
    }
}

fn denied_remedy(denied: Denied) -> (&'static str, &'static str) {
    match denied {
        Denied::PartyUnknown | Denied::RoleUnknown | Denied::RoleMayNot => (
            "Uw rol mag volgens het convenant het register niet nagaan. Vraag wie de partijen van het convenant beheert.",
            "By the covenant your role may not audit the record. Ask whoever keeps the parties of the covenant.",
        ),
        Denied::LevelTooLow => (
            "Meld u aan met een tweede factor: er moet zekerder zijn wie u bent.",
            "Sign in with a second factor: it must be surer who you are.",
        ),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Kind::NotSignedIn(Some(here)) = &self.kind {
            let back: String = percent(here);
            return Redirect::to(&format!("/sign-in?back={back}")).into_response();
        }
        let (status, what, remedy, code) = said(&self.kind);
        metrics::counter!("sluis_console_problems_total", "code" => code).increment(1);
        let frame = Frame::for_anybody(self.language, what.0, what.1);
        let what = frame.speech.say(what.0, what.1);
        let remedy = frame.speech.say(remedy.0, remedy.1);
        let signs_in = matches!(self.kind, Kind::NotSignedIn(_) | Kind::NotLetIn(_) | Kind::Denied(_));
        page(status, &ProblemPage { frame, what, remedy, code, signs_in })
    }
}

/// What answers every other address.
pub(super) async fn no_such_page(headers: HeaderMap) -> Problem {
    Problem::not_found(language_of(&headers))
}
