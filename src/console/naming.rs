//! What things are called on a page, by the covenant of this moment: organisations, roles, fields, purposes.

use super::parts::{Cell, Mood};
use super::{Console, Officer};
use crate::domain::{FieldCode, Hat, Language, OrganisationId, Outcome, PurposeCode};
use crate::gateway::{reader, with_record};
use crate::projection::{Phrase, Reader, Record, words};
use crate::store::EntryRow;

/// The words of one officer's page.
#[derive(Clone, Copy)]
pub(super) struct Naming<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) language: Language,
}

impl<'a> Naming<'a> {
    pub(super) fn new(console: &'a Console, officer: &'a Officer) -> Self {
        Self {
            reader: reader(officer.side(), &console.origin, &officer.covenant),
            language: officer.language,
        }
    }

    /// Whichever is in the page's language.
    pub(super) fn say<'b>(&self, dutch: &'b str, english: &'b str) -> &'b str {
        match self.language {
            Language::Dutch => dutch,
            Language::English => english,
        }
    }

    pub(super) fn party(&self, id: &OrganisationId) -> String {
        self.reader.parties.get(id).map_or_else(|| id.to_string(), |party| party.name.clone())
    }

    /// What the covenant says in Dutch alone, among the words of this page.
    pub(super) fn agreed(&self, text: &str) -> Phrase {
        Phrase::as_agreed(text, self.language)
    }

    /// The role, and whose.
    pub(super) fn hat(&self, hat: &Hat) -> Phrase {
        let role = self.reader.parties.get(&hat.organisation).and_then(|party| party.role(&hat.role));
        let role = role.map_or_else(|| hat.role.to_string().into(), |role| self.agreed(&role.label));
        role.then(format!(", {}", self.party(&hat.organisation)))
    }

    pub(super) fn field(&self, code: FieldCode) -> String {
        let field = self.reader.catalogue.field(code);
        field.map_or_else(|| code.to_string(), |field| self.say(&field.label.nl, &field.label.en).to_owned())
    }

    pub(super) fn fields(&self, codes: impl IntoIterator<Item = FieldCode>) -> String {
        codes.into_iter().map(|code| self.field(code)).collect::<Vec<_>>().join("; ")
    }

    pub(super) fn purpose(&self, code: PurposeCode) -> String {
        let purpose = self.reader.purposes.get(code);
        purpose
            .map_or_else(|| code.to_string(), |found| self.say(&found.label.nl, &found.label.en).to_owned())
    }

    pub(super) fn outcome(&self, outcome: Outcome) -> Cell {
        let mood = match outcome {
            Outcome::Released => Mood::Good,
            Outcome::Partial => Mood::Part,
            Outcome::Withheld => Mood::Warn,
            Outcome::Failed => Mood::Bad,
            Outcome::Done => Mood::Plain,
        };
        Cell::badge(mood, words::outcome(outcome, self.language))
    }

    /// How the officer's organisation names the client of an entry, and a link to that client.
    pub(super) fn client(&self, handle: Option<&str>) -> Cell {
        match handle {
            Some(handle) => {
                let short: String = handle.chars().take(8).collect();
                Cell::link(format!("/clients/{handle}"), &format!("{short}…"))
            }
            None => Cell::text(self.say("geen", "none")),
        }
    }

    /// Has this done with an entry, as far as this officer may know it.
    pub(super) fn with<T>(
        &self,
        console: &Console,
        row: &EntryRow,
        use_it: impl FnOnce(&Record<'_>) -> T,
    ) -> T {
        with_record(console.gateway.pseudonyms(), row, self.reader, use_it)
    }
}
