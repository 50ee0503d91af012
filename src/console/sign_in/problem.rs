//! Why somebody was not signed in, as a page that says what to do.

use axum::http::StatusCode;

use crate::console::problem::Said;
use crate::identity::openid::OpenIdProblem;

/// One reason each.
#[derive(Debug)]
pub(super) enum NotSignedIn {
    /// The answer is to no sign-in that began in this browser: replayed, another's, or too late.
    Unknown,
    /// The provider says no, or the officer did.
    Refused,
    /// The provider cannot ask for a second factor.
    Unsure,
    /// What the provider says is not to be believed, or it says nothing.
    Provider(OpenIdProblem),
    /// The token names more than one role that may audit.
    SeveralRoles,
}

impl NotSignedIn {
    /// What the provider answers in place of a code (RFC 6749 §4.1.2.1; OpenID Connect Core 1.0 §3.1.2.6).
    pub(super) fn of(error: &str) -> Self {
        match error {
            "unmet_authentication_requirements" => Self::Unsure,
            _ => Self::Refused,
        }
    }

    /// What the page says.
    pub(super) fn said(&self) -> Said {
        let forbidden = StatusCode::FORBIDDEN;
        match self {
            Self::Unknown => (
                StatusCode::BAD_REQUEST,
                ("Deze aanmelding is hier niet begonnen", "This sign-in did not begin here"),
                (
                    "Zij is al gebruikt, begon in een andere browser, of duurde langer dan tien minuten. Begin opnieuw.",
                    "It was used already, began in another browser, or took longer than ten minutes. Begin again.",
                ),
                "SIGN_IN_UNKNOWN",
            ),
            Self::Refused => (
                forbidden,
                ("U bent niet aangemeld", "You are not signed in"),
                (
                    "Uw organisatie meldde u niet aan, of u brak het af. Begin opnieuw, of vraag uw beheerder om toegang.",
                    "Your organisation did not sign you in, or you broke it off. Begin again, or ask your administrator for access.",
                ),
                "SIGN_IN_REFUSED",
            ),
            Self::Unsure | Self::Provider(OpenIdProblem::Level) => (
                forbidden,
                ("Het is niet zeker genoeg wie u bent", "It is not sure enough who you are"),
                (
                    "Meld u aan met een tweede factor. Heeft u die niet, vraag uw beheerder.",
                    "Sign in with a second factor. If you have none, ask your administrator.",
                ),
                "AUTHENTICATION_LEVEL_TOO_LOW",
            ),
            Self::Provider(problem) if problem.passes() => (
                StatusCode::SERVICE_UNAVAILABLE,
                ("Aanmelden kan nu niet", "Signing in is not possible now"),
                (
                    "De aanmelddienst van uw organisatie antwoordt niet zoals het hoort. Probeer het over een paar minuten \
                     opnieuw. Blijft het zo, bel dan de beheerder.",
                    "Your organisation's sign-in service does not answer as it should. Try again in a few minutes. If it stays \
                     so, call the operator.",
                ),
                problem.code(),
            ),
            Self::Provider(problem) => (
                forbidden,
                ("U bent niet aangemeld", "You are not signed in"),
                (
                    "Wat de aanmelddienst van uw organisatie over u zegt, wordt hier niet aangenomen. Begin opnieuw. Blijft het \
                     zo, noem de beheerder dan de code hieronder.",
                    "What your organisation's sign-in service says of you is not accepted here. Begin again. If it stays so, tell \
                     the operator the code below.",
                ),
                problem.code(),
            ),
            Self::SeveralRoles => (
                forbidden,
                ("U heeft meer dan één rol", "You have more than one role"),
                (
                    "Het register moet weten in welke rol u kijkt. Vraag uw beheerder u er één te geven die mag inzien.",
                    "The record must know in which role you look. Ask your administrator to give you one that may look into it.",
                ),
                "ROLES_SEVERAL",
            ),
        }
    }
}

impl From<OpenIdProblem> for NotSignedIn {
    fn from(problem: OpenIdProblem) -> Self {
        Self::Provider(problem)
    }
}
