//! Dutch first, English second: which of them, and who says what.
//!
//! What is always true here: both texts stand side by side where they are used, so that none can be missing.

use axum::http::{HeaderMap, header};

use super::officer::cookie;
use crate::domain::Language;

/// The cookie that remembers a choice of language. It says nothing about who chose.
pub(super) const COOKIE: &str = "__Host-sluis-language";

/// What a template says in one of both languages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speech(pub(super) Language);

impl Speech {
    /// Its name, for the page (BCP 47).
    pub(super) fn id(self) -> &'static str {
        self.0.id()
    }

    /// Whichever is in this language.
    pub(super) fn say<'a>(self, dutch: &'a str, english: &'a str) -> &'a str {
        match self.0 {
            Language::Dutch => dutch,
            Language::English => english,
        }
    }
}

/// What was chosen, otherwise what the browser prefers, otherwise Dutch.
pub(super) fn language_of(headers: &HeaderMap) -> Language {
    let chosen = cookie(headers, COOKIE).and_then(Language::parse);
    chosen.or_else(|| preferred(headers)).unwrap_or(Language::Dutch)
}

/// The first of both that `Accept-Language` names: browsers name what they prefer first (RFC 9110 §12.5.4).
fn preferred(headers: &HeaderMap) -> Option<Language> {
    let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    text.split(',').find_map(|part| Language::parse(part.trim().get(..2)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_goes_before_what_the_browser_prefers_and_dutch_is_the_rest() {
        for (chosen, accepts, language) in [
            (None, None, Language::Dutch),
            (None, Some("de-DE,de;q=0.9"), Language::Dutch),
            (None, Some("de,en-GB;q=0.8,nl;q=0.5"), Language::English),
            (None, Some("nl-NL,en"), Language::Dutch),
            (Some("en"), Some("nl"), Language::English),
            (Some("nl"), Some("en"), Language::Dutch),
            (Some("xx"), Some("en"), Language::English),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(chosen) = chosen {
                headers.insert(header::COOKIE, format!("{COOKIE}={chosen}").parse().unwrap());
            }
            if let Some(accepts) = accepts {
                headers.insert(header::ACCEPT_LANGUAGE, accepts.parse().unwrap());
            }
            assert_eq!(language_of(&headers), language, "{chosen:?} {accepts:?}");
        }
    }
}
