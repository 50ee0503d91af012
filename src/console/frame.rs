//! What stands around every page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::officer::Officer;
use super::problem::Problem;
use super::session::Ends;
use super::speech::Speech;
use super::{Console, assets};
use crate::domain::Language;

/// Where a page stands in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Entries,
    Clients,
    Consents,
    Emergencies,
    Samples,
    Matrix,
    Unusual,
    Reports,
    Covenant,
    /// Sign-in, and what is no page.
    Elsewhere,
}

/// A link of the navigation.
pub(super) struct Link {
    pub(super) section: Section,
    pub(super) to: &'static str,
    pub(super) dutch: &'static str,
    pub(super) english: &'static str,
}

const fn link(section: Section, to: &'static str, dutch: &'static str, english: &'static str) -> Link {
    Link { section, to, dutch, english }
}

/// The navigation. A page is linked once it is there.
const LINKS: &[Link] = &[
    link(Section::Overview, "/", "Overzicht", "Overview"),
    link(Section::Entries, "/entries", "Regels", "Entries"),
    link(Section::Clients, "/clients", "Cliënten", "Clients"),
    link(Section::Consents, "/reports/new/hygiene", "Toestemmingen", "Consents"),
    link(Section::Emergencies, "/emergencies", "Nood", "Emergencies"),
    link(Section::Samples, "/reports/new/sample", "Steekproef", "Sample"),
    link(Section::Matrix, "/reports/new/matrix", "Gegevens × ontvangers", "Fields × recipients"),
    link(Section::Unusual, "/reports/new/unusual", "Opvallend", "Unusual"),
    link(Section::Reports, "/reports", "Rapporten", "Reports"),
    link(Section::Covenant, "/covenant", "Convenant", "Covenant"),
];

/// Who is shown to be signed in.
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) organisation: String,
    pub(super) secret: String,
    pub(super) ends: Ends,
    theme: String,
}

impl Shown {
    /// Where it stands how long this page may be looked at before its session's end is told.
    pub(super) fn warning(&self) -> String {
        assets::warning(self.ends.within)
    }
}

/// What stands around a page.
pub(super) struct Frame {
    pub(super) speech: Speech,
    pub(super) section: Section,
    pub(super) title: String,
    /// This page's own address, for the choice of language.
    pub(super) here: String,
    pub(super) signed_in: Option<Shown>,
    /// How many entries the ledger has at this moment.
    pub(super) size: Option<u64>,
}

impl Console {
    /// Around an officer's page, with how far the ledger is.
    pub(super) async fn frame(
        &self,
        officer: &Officer,
        section: Section,
        dutch: &str,
        english: &str,
    ) -> Result<Frame, Problem> {
        let size = self.gateway.size().await.map_err(|error| Problem::of(officer.language, &error))?;
        Ok(Frame { size: Some(size), ..Frame::new(officer, section, dutch, english) })
    }
}

impl Frame {
    /// Around an officer's page.
    pub(super) fn new(officer: &Officer, section: Section, dutch: &str, english: &str) -> Self {
        let party = officer.covenant.covenant.parties.get(officer.side());
        let shown = Shown {
            name: officer.session.shown.clone(),
            organisation: party.map(|party| party.name.clone()).unwrap_or_default(),
            secret: officer.session.secret.clone(),
            ends: officer.ends,
            theme: assets::theme(Some(officer.side())),
        };
        Self {
            speech: Speech(officer.language),
            section,
            title: Speech(officer.language).say(dutch, english).to_owned(),
            here: officer.here.clone(),
            signed_in: Some(shown),
            size: None,
        }
    }

    /// Around a page for anybody.
    pub(super) fn for_anybody(language: Language, dutch: &str, english: &str) -> Self {
        Self {
            speech: Speech(language),
            section: Section::Elsewhere,
            title: Speech(language).say(dutch, english).to_owned(),
            here: "/".to_owned(),
            signed_in: None,
            size: None,
        }
    }

    /// Whichever is in the page's language.
    pub(super) fn say<'a>(&self, dutch: &'a str, english: &'a str) -> &'a str {
        self.speech.say(dutch, english)
    }

    /// Where the look is.
    #[expect(clippy::unused_self, reason = "for templates")]
    pub(super) fn stylesheet(&self) -> &'static str {
        assets::stylesheet()
    }

    /// Where an organisation's own tokens are.
    pub(super) fn theme(&self) -> String {
        self.signed_in.as_ref().map_or_else(|| assets::theme(None), |who| who.theme.clone())
    }

    /// The navigation.
    #[expect(clippy::unused_self, reason = "for templates")]
    pub(super) fn links(&self) -> &'static [Link] {
        LINKS
    }
}

/// A page as an answer.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(problem) => {
            tracing::error!(%problem, "a page cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
