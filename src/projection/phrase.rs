//! Words that are not all in one language: what the parties agreed in Dutch stays Dutch in an English sentence.
//!
//! What is always true here: a piece says its language only where that differs from what stands around it, so that a page can mark it
//! (WCAG 2.2, 3.1.2) without knowing what it is. As plain text it is the same words.

use std::fmt;

use crate::domain::Language;

/// A part of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// In which language, where that is another than that of the words around it.
    pub language: Option<Language>,
}

/// Words, each known to be in the language around them or in another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase(Vec<Piece>);

impl Phrase {
    /// These words in their own language, among words in the language `around`.
    pub fn of(text: impl Into<String>, language: Language, around: Language) -> Self {
        let mut phrase = Self::default();
        phrase.put(Piece { text: text.into(), language: (language != around).then_some(language) });
        phrase
    }

    /// What a covenant says in one language only, whatever the page: what a role is called, a legal basis, a source. The law that it
    /// names is Dutch, and so are the parties.
    pub fn as_agreed(text: impl Into<String>, around: Language) -> Self {
        Self::of(text, Language::Dutch, around)
    }

    /// Adds what comes next.
    pub fn push(&mut self, next: impl Into<Self>) {
        next.into().0.into_iter().for_each(|piece| self.put(piece));
    }

    /// The same with what comes next.
    #[must_use]
    pub fn then(mut self, next: impl Into<Self>) -> Self {
        self.push(next);
        self
    }

    /// All of them, with this between each two.
    pub fn joined(phrases: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut joined = Self::default();
        for (at, phrase) in phrases.into_iter().enumerate() {
            if at > 0 {
                joined.push(between);
            }
            joined.push(phrase);
        }
        joined
    }

    /// Its pieces in order; two that follow each other are never in the same language.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn put(&mut self, next: Piece) {
        match self.0.last_mut() {
            _ if next.text.is_empty() => {}
            Some(last) if last.language == next.language => last.text.push_str(&next.text),
            _ => self.0.push(next),
        }
    }
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        let mut phrase = Self::default();
        phrase.put(Piece { text, language: None });
        phrase
    }
}

impl From<&String> for Phrase {
    fn from(text: &String) -> Self {
        Self::from(text.clone())
    }
}

impl From<&str> for Phrase {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| f.write_str(&piece.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Dutch, English};

    #[test]
    fn what_was_agreed_in_dutch_says_so_among_english_and_not_among_dutch() {
        let by = |around| Phrase::from("By: ").then(Phrase::as_agreed("Medewerker wonen", around)).then(".");
        let pieces = |phrase: &Phrase| -> Vec<(String, Option<Language>)> {
            phrase.pieces().iter().map(|piece| (piece.text.clone(), piece.language)).collect()
        };
        let expected =
            [("By: ".to_owned(), None), ("Medewerker wonen".to_owned(), Some(Dutch)), (".".to_owned(), None)];
        assert_eq!(pieces(&by(English)), expected);
        assert_eq!(pieces(&by(Dutch)), [("By: Medewerker wonen.".to_owned(), None)]);
        assert_eq!(by(English).to_string(), by(Dutch).to_string());
    }

    #[test]
    fn phrases_are_joined_by_what_stands_between_them_and_nothing_is_no_piece() {
        let agreed = |text: &str| Phrase::as_agreed(text, English);
        let joined = Phrase::joined([agreed("een"), agreed("twee"), "three".into()], "; ");
        assert_eq!(joined.to_string(), "een; twee; three");
        assert_eq!(joined.pieces().len(), 4);
        assert!(Phrase::joined([], "; ").is_empty());
        assert!(agreed("").is_empty() && Phrase::from("").then(agreed("")).is_empty());
    }
}
