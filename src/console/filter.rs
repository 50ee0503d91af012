//! Which entries: read from an address, and written into one. Never a BSN, never a name.
//!
//! What is always true here: what is wrong is refused by its name, and nothing of it is repeated; what the store cannot look up is
//! looked for in a bounded number of entries, and the page says how far it came.

mod wrong;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use jiff::civil::Date;

use super::address::with_query;
use super::{Console, Officer, Problem};
use crate::domain::{
    Entry, Event, EventKind, FieldCode, Ground, Language, OrganisationId, Outcome, RequesterRef, Timestamp,
};
use crate::gateway::page_token;
use crate::projection::{Account, Record};
use crate::store::EntryFilter;
use wrong::wrong;

/// The longest that any part can be.
const LONGEST: usize = 128;

/// As it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) client: String,
    pub(super) recipient: String,
    pub(super) custodian: String,
    pub(super) professional: String,
    pub(super) purpose: String,
    pub(super) outcome: String,
    pub(super) kind: String,
    pub(super) field: String,
    pub(super) ground: String,
    /// The first Dutch day.
    pub(super) from: String,
    /// The last Dutch day.
    pub(super) until: String,
    pub(super) page: String,
}

/// What it comes to.
#[derive(Debug)]
pub(super) struct Narrowed {
    pub(super) filter: EntryFilter,
    pub(super) field: Option<FieldCode>,
    pub(super) ground: Option<Ground>,
    question: String,
}

impl Asked {
    /// As the address says.
    pub(super) fn read(
        language: Language,
        asked: Result<Query<Self>, QueryRejection>,
    ) -> Result<Self, Problem> {
        let Ok(Query(asked)) = asked else {
            return Err(Problem::wrong(
                language,
                (
                    "Dit adres vraagt iets dat hier niet bestaat, of iets twee keer",
                    "This address asks something that is not here, or asks it twice",
                ),
                ("Begin opnieuw met een leeg filter.", "Begin again with an empty filter."),
                "FILTER_UNKNOWN",
            ));
        };
        Ok(asked)
    }

    /// Each part by its name.
    fn parts(&self) -> [(&'static str, &str); 12] {
        let Self {
            client,
            recipient,
            custodian,
            professional,
            purpose,
            outcome,
            kind,
            field,
            ground,
            from,
            until,
            page,
        } = self;
        [
            ("client", client),
            ("recipient", recipient),
            ("custodian", custodian),
            ("professional", professional),
            ("purpose", purpose),
            ("outcome", outcome),
            ("kind", kind),
            ("field", field),
            ("ground", ground),
            ("from", from),
            ("until", until),
            ("page", page),
        ]
    }

    /// Whether nothing was asked in particular.
    pub(super) fn is_empty(&self) -> bool {
        self.parts().iter().all(|(name, value)| *name == "page" || value.is_empty())
    }

    /// The same question, at this page.
    pub(super) fn at_page(&self, path: &str, page: &str) -> String {
        let turned = Self { page: page.to_owned(), ..self.clone() };
        with_query(path, &turned.parts())
    }

    /// What it means to this officer.
    pub(super) fn narrow(&self, console: &Console, officer: &Officer) -> Result<Narrowed, Problem> {
        let language = officer.language;
        if self.parts().iter().any(|(_, value)| value.len() > LONGEST) {
            return Err(wrong(language, "filter"));
        }
        let covenant = &officer.covenant.covenant;
        let (pseudonyms, side) = (console.gateway.pseudonyms(), officer.side());
        let party =
            |text: &str| OrganisationId::parse(text).ok().filter(|id| covenant.parties.get(id).is_some());
        let day = |text: &str| text.parse::<Date>().ok().filter(|day| day.to_string() == text);
        let read = |name| Reading { language, name };
        let from = read("from").of(&self.from, day)?;
        let until = read("until").of(&self.until, day)?;
        if matches!((from, until), (Some(from), Some(until)) if until < from) {
            return Err(wrong(language, "period"));
        }
        let client = if self.client.is_empty() {
            None
        } else {
            // A handle that is nobody's is answered like a client who is not on this side.
            Some(pseudonyms.open_handle(&self.client, side).ok_or_else(|| Problem::not_found(language))?)
        };
        let purpose = |text: &str| covenant.purposes.by_id(text).map(|purpose| purpose.code);
        let mut filter = EntryFilter {
            client,
            recipient: read("recipient").of(&self.recipient, party)?,
            custodian: read("custodian").of(&self.custodian, party)?,
            requester: read("professional").of(&self.professional, |text| RequesterRef::parse(text).ok())?,
            purpose: read("purpose").of(&self.purpose, purpose)?,
            outcome: read("outcome").of(&self.outcome, outcome)?,
            kind: read("kind").of(&self.kind, EventKind::parse)?,
            from: from.map(Timestamp::start_of),
            until: until.map(Timestamp::end_of),
            before: None,
            after: None,
        };
        let field = |text: &str| covenant.catalogue.by_id(text).map(|field| field.code);
        let field = read("field").of(&self.field, field)?;
        let ground = read("ground").of(&self.ground, Ground::parse)?;
        let sifted = [field.map(|field| field.to_string()), ground.map(|ground| ground.to_string())];
        let sifted = sifted.map(Option::unwrap_or_default).join("\n");
        let question = format!("{}\n{sifted}", page_token::question(side, &filter));
        filter.before =
            read("page").of(&self.page, |token| page_token::open(pseudonyms, &question, token))?;
        Ok(Narrowed { filter, field, ground, question })
    }
}

struct Reading {
    language: Language,
    name: &'static str,
}

impl Reading {
    fn of<T>(&self, text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        if text.is_empty() {
            return Ok(None);
        }
        parse(text).map(Some).ok_or_else(|| wrong(self.language, self.name))
    }
}

impl Narrowed {
    /// Whether it asks what the store cannot look up.
    pub(super) fn is_sifted(&self) -> bool {
        self.field.is_some() || self.ground.is_some()
    }

    /// Whether an entry has the field and the ground.
    pub(super) fn holds(&self, record: &Record<'_>) -> bool {
        let account = Account::of(record);
        let asked = || {
            let released = account.released.iter().map(|released| released.field);
            released.chain(account.withheld.iter().map(|withheld| withheld.field))
        };
        self.ground.is_none_or(|ground| account.ground == Some(ground))
            && self
                .field
                .is_none_or(|field| asked().any(|code| code == field) || is_about(record.entry, field))
    }

    /// Where the page before this entry begins, for this question only.
    pub(super) fn token(&self, console: &Console, before: u64) -> String {
        page_token::seal(console.gateway.pseudonyms(), &self.question, before)
    }
}

/// Whether a consent names the field; an objection may name none, and is about all.
fn is_about(entry: &Entry, field: FieldCode) -> bool {
    let consent = match &entry.event {
        Event::Disclosure(_) | Event::Previewed(_) => None,
        event => event.consent(),
    };
    consent.and_then(|consent| consent.permit()).is_some_and(|permit| permit.fields.contains(&field))
}

/// All outcomes, as they are spelled.
pub(super) const OUTCOMES: [Outcome; 5] =
    [Outcome::Released, Outcome::Partial, Outcome::Withheld, Outcome::Failed, Outcome::Done];

fn outcome(text: &str) -> Option<Outcome> {
    OUTCOMES.into_iter().find(|outcome| outcome.as_str() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_stands_in_the_address_without_what_was_left_empty() {
        let asked = Asked { purpose: "housing".to_owned(), page: "old".to_owned(), ..Asked::default() };
        assert_eq!(asked.at_page("/entries", "new"), "/entries?purpose=housing&page=new");
        assert_eq!(asked.at_page("/entries", ""), "/entries?purpose=housing");
        assert!(!asked.is_empty());
        assert!(Asked { page: "old".to_owned(), ..Asked::default() }.is_empty());
    }
}
