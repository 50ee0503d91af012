//! What pages are made of: tables, lists of facts, and fields of a form. Each is a template of its own, so that what comes from an
//! entry or a covenant is escaped in one place.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::Language;
use crate::projection::Phrase;

/// What a badge says beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Good,
    Part,
    Warn,
    Bad,
    Plain,
}

impl Mood {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Part => "part",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Plain => "plain",
        }
    }
}

/// Something in a table or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Text(Phrase),
    Number(String),
    /// Within the console only.
    Link {
        to: String,
        text: String,
    },
    Badge {
        mood: Mood,
        text: String,
    },
    Code(String),
}

impl Cell {
    pub(super) fn text(text: impl Into<Phrase>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn number(number: &(impl ToString + ?Sized)) -> Self {
        Self::Number(number.to_string())
    }

    pub(super) fn link(to: impl Into<String>, text: &(impl ToString + ?Sized)) -> Self {
        Self::Link { to: to.into(), text: text.to_string() }
    }

    pub(super) fn badge(mood: Mood, text: impl Into<String>) -> Self {
        Self::Badge { mood, text: text.into() }
    }

    /// Whether it says nothing: then it names no row either.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Number(text) | Self::Code(text) => text.is_empty(),
            Self::Link { .. } | Self::Badge { .. } => false,
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }
}

/// What stands above a column.
pub(super) struct Heading {
    pub(super) text: String,
    pub(super) number: bool,
}

impl Heading {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: false }
    }

    pub(super) fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: true }
    }
}

/// A table. The first cell of a row names it.
#[derive(Template)]
#[template(path = "part/grid.html")]
pub(super) struct Grid {
    pub(super) caption: String,
    pub(super) headings: Vec<Heading>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// Names and what belongs to them.
#[derive(Template, Default)]
#[template(path = "part/facts.html")]
pub(super) struct Facts {
    pub(super) facts: Vec<(String, Vec<Cell>)>,
}

impl Facts {
    /// Adds one, unless there is nothing to say.
    pub(super) fn add(&mut self, name: &str, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<Cell> = cells.into_iter().collect();
        if !cells.is_empty() {
            self.facts.push((name.to_owned(), cells));
        }
    }
}

/// Something to choose.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    /// In which language it reads, where that is not the page's.
    pub(super) language: Option<Language>,
}

impl Choice {
    pub(super) fn new(value: &(impl ToString + ?Sized), text: impl Into<String>) -> Self {
        Self { value: value.to_string(), text: text.into(), language: None }
    }

    /// A language by its own name, on a page in the language `around`.
    pub(super) fn language(named: Language, around: Language) -> Self {
        let text = match named {
            Language::Dutch => "Nederlands",
            Language::English => "English",
        };
        Self { language: (named != around).then_some(named), ..Self::new(named.id(), text) }
    }
}

/// One of several.
#[derive(Template)]
#[template(path = "part/select.html")]
pub(super) struct Select {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) chosen: String,
    pub(super) choices: Vec<Choice>,
}

/// Something to fill in.
#[derive(Template)]
#[template(path = "part/textbox.html")]
pub(super) struct Textbox {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) value: String,
}

// Each is written by a template that escapes what it holds.
impl HtmlSafe for Grid {}
impl HtmlSafe for Facts {}
impl HtmlSafe for Select {}
impl HtmlSafe for Textbox {}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "\"><script>alert('1')</script>";

    fn is_harmless(html: &str) {
        assert!(!html.contains("<script") && !html.contains(HOSTILE), "{html}");
        assert!(html.contains("script"), "{html}");
    }

    #[test]
    fn whatever_a_part_is_given_is_escaped() {
        let cells = || {
            vec![
                Cell::text(HOSTILE),
                Cell::number(HOSTILE),
                Cell::link(HOSTILE, HOSTILE),
                Cell::badge(Mood::Good, HOSTILE),
                Cell::Code(HOSTILE.to_owned()),
            ]
        };
        for cell in cells() {
            let grid = Grid {
                caption: HOSTILE.to_owned(),
                headings: vec![Heading::text(HOSTILE), Heading::number(HOSTILE)],
                rows: vec![vec![cell.clone(), cell]],
            };
            is_harmless(&grid.render().unwrap());
        }
        let mut facts = Facts::default();
        facts.add(HOSTILE, cells());
        is_harmless(&facts.render().unwrap());
        let hostile = Phrase::of(HOSTILE, Language::Dutch, Language::English);
        for text in [hostile.clone(), Phrase::from(HOSTILE).then(hostile)] {
            let mut facts = Facts::default();
            facts.add("agreed", [Cell::text(text)]);
            is_harmless(&facts.render().unwrap());
        }
        let choices = vec![Choice::new(HOSTILE, HOSTILE)];
        let select = Select { name: "a", label: HOSTILE.to_owned(), chosen: HOSTILE.to_owned(), choices };
        is_harmless(&select.render().unwrap());
        let (label, hint, value) = (HOSTILE.to_owned(), HOSTILE.to_owned(), HOSTILE.to_owned());
        is_harmless(&Textbox { name: "a", kind: "text", label, hint, value }.render().unwrap());
    }

    #[test]
    fn what_is_in_another_language_than_the_page_says_which_and_nothing_else_does() {
        let written = |around| {
            let role = Phrase::as_agreed("Medewerker wonen", around);
            let mut facts = Facts::default();
            facts.add("who", [Cell::text(role.then(", Gemeente Assen")), Cell::text("Accare")]);
            let choices = [Language::Dutch, Language::English];
            let choices = choices.map(|language| Choice::language(language, around)).into();
            let chosen = "nl".to_owned();
            let select = Select { name: "a", label: String::new(), chosen, choices };
            facts.render().unwrap() + &select.render().unwrap()
        };
        let english = written(Language::English);
        assert!(
            english.contains("<dd><span lang=\"nl\">Medewerker wonen</span>, Gemeente Assen<br>Accare</dd>")
        );
        assert!(
            english.contains("<option value=\"nl\" lang=\"nl\" selected>Nederlands</option>"),
            "{english}"
        );
        assert_eq!(english.matches("lang=").count(), 2, "{english}");
        let dutch = written(Language::Dutch);
        assert!(dutch.contains("<dd>Medewerker wonen, Gemeente Assen<br>Accare</dd>"), "{dutch}");
        assert!(dutch.contains("<option value=\"en\" lang=\"en\">English</option>"), "{dutch}");
        assert_eq!(dutch.matches("lang=").count(), 1, "{dutch}");
    }

    #[test]
    fn a_fact_without_anything_to_say_is_left_out() {
        let mut facts = Facts::default();
        facts.add("nothing", []);
        assert!(facts.facts.is_empty());
    }
}
