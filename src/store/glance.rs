//! The commonest entries at a glance: a disclosure on the client's consent that leaves nothing to be done.
//!
//! To decode an entry whole takes several times as long as to hash it, and nearly all entries are of this one kind. What the audit
//! compares with the tables is read from the canonical writing itself, by its fixed beginning and its fixed end; anything that is
//! written otherwise is no glance, and is decoded whole. That what lies between is as it was written, the signed tree says.

use std::fmt::Write as _;

use crate::domain::Outcome;
use crate::store::batch::Row;

/// What the tables beside the ledger hold about such an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Glance<'a> {
    pub at: i64,
    pub covenant: &'a str,
    pub parties: i64,
    pub client: &'a str,
    pub revision: Option<i64>,
    requester: &'a str,
    organisation: &'a str,
    request: &'a str,
    repeat: bool,
    custodian: &'a str,
    purpose: &'a str,
    outcome: Outcome,
}

const END: &str = ",\"failure\":null,\"spends\":[],\"answered_in\":null,\"follow_up\":null}}}";

impl<'a> Glance<'a> {
    /// Reads such an entry; `None` for any other.
    pub(super) fn of(body: &'a [u8]) -> Option<Self> {
        let mut rest = Rest(std::str::from_utf8(body).ok()?);
        rest.skip("{\"format\":1,\"at\":")?;
        let at = rest.until(',')?.parse().ok()?;
        rest.skip("\"nonce\":\"")?;
        rest.until('"')?;
        rest.skip(",\"trace\":\"")?;
        rest.until('"')?;
        rest.skip(",\"covenant\":\"")?;
        let covenant = rest.until('"')?;
        rest.skip(",\"parties\":")?;
        let parties = rest.until(',')?.parse().ok()?;
        rest.skip("\"client\":\"")?;
        let client = rest.until('"')?;
        rest.skip(",\"revision\":")?;
        let revision = match rest.until(',')? {
            "null" => None,
            number => Some(number.parse().ok()?),
        };
        rest.skip("\"actor\":{\"requester\":\"")?;
        let requester = rest.until('"')?;
        rest.skip(",\"hat\":{\"organisation\":\"")?;
        let organisation = rest.until('"')?;
        rest.skip(",\"role\":\"")?;
        rest.until('"')?;
        rest.skip("},\"level\":\"")?;
        rest.until('"')?;
        rest.skip("},\"event\":{\"disclosure\":{\"request\":\"")?;
        let request = rest.until('"')?;
        rest.skip(",\"repeat_of\":")?;
        let repeat = rest.until(',')? != "null";
        rest.skip("\"custodian\":\"")?;
        let custodian = rest.until('"')?;
        rest.skip(",\"purpose\":\"")?;
        let purpose = rest.until('"')?;
        rest.skip(",\"life_domains\":[")?;
        rest.until(']')?;
        rest.skip(",\"ground\":\"R01\",\"evidence\":null,\"related\":")?;
        rest.until(',')?;
        rest.skip("\"released\":[")?;
        let fields = rest.0.strip_suffix(END)?;
        let outcome = match (fields.starts_with(']'), fields.ends_with("\"withheld\":[]")) {
            (true, _) => Outcome::Withheld,
            (false, true) => Outcome::Released,
            (false, false) => Outcome::Partial,
        };
        Some(Self {
            at,
            covenant,
            parties,
            client,
            revision,
            requester,
            organisation,
            request,
            repeat,
            custodian,
            purpose,
            outcome,
        })
    }

    /// How the first of its request is found again; `None` for a repeat.
    pub(super) fn request_key(&self) -> Option<String> {
        (!self.repeat).then(|| format!("{}/{}", self.organisation, self.request))
    }

    /// Its row, as [`columns_of`] writes one.
    pub(super) fn write_columns(&self, index: u64, text: &mut String) {
        let revision = self.revision.map(|revision| revision.to_string());
        let key = self.request_key();
        let optional = [
            Some(self.client),
            Some(self.custodian),
            Some(self.organisation),
            Some(self.requester),
            Some(self.purpose),
            revision.as_deref(),
            key.as_deref(),
        ];
        write(index, self.at, "disclosure", self.outcome.as_str(), optional, text);
    }
}

/// The columns of a row but for body and leaf, in one text: as `dialect::PAGE` has the engine write them.
pub(super) fn write_columns_of(row: &Row, index: u64, text: &mut String) {
    let revision = row.revision.map(|revision| revision.to_string());
    let optional = [
        row.client.as_deref(),
        row.custodian.as_deref(),
        row.recipient.as_deref(),
        row.requester.as_deref(),
        row.purpose.as_deref(),
        revision.as_deref(),
        row.request_key.as_deref(),
    ];
    write(index, row.at, row.event, row.outcome, optional, text);
}

fn write(index: u64, at: i64, event: &str, outcome: &str, optional: [Option<&str>; 7], text: &mut String) {
    text.clear();
    // Writing to a text cannot fail.
    let _ = write!(text, "{index},{at},{event},{outcome}");
    for value in optional {
        text.push(',');
        text.push_str(value.unwrap_or_default());
    }
    text.push(',');
    text.extend(optional.iter().map(|value| if value.is_none() { '1' } else { '0' }));
}

/// What is left to read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn skip(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    /// What stands before this character, which is passed. A text with an escape is not one that an entry has.
    fn until(&mut self, end: char) -> Option<&'a str> {
        let (before, after) = self.0.split_once(end)?;
        self.0 = after;
        (!before.contains('\\')).then_some(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Entry, Event};
    use crate::store::tests::{adopted, ask, client, consent, entry, recorded, registered, with};

    fn columns(entry: &Entry) -> (Option<String>, String) {
        let row = Row::of(entry).unwrap();
        let (mut whole, mut seen) = (String::new(), String::new());
        write_columns_of(&row, 7, &mut whole);
        let glance = Glance::of(&row.body).map(|glance| {
            assert_eq!(glance.request_key(), row.request_key);
            assert_eq!((glance.covenant, glance.parties), (entry.covenant.as_str(), entry.parties));
            assert_eq!((glance.at, glance.revision), (row.at, row.revision));
            glance.write_columns(7, &mut seen);
            seen
        });
        (glance, whole)
    }

    #[test]
    fn a_disclosure_on_consent_is_seen_at_a_glance_as_it_is_when_decoded() {
        for plain in [
            ask(1, None),
            ask(2, Some(3)),
            with(ask(1, None), |d| d.released.clear()),
            with(ask(1, None), |d| d.withheld.clear()),
            with(ask(1, None), |d| d.repeat_of = Some(4)),
            with(ask(1, None), |d| (d.related, d.life_domains) = (false, vec![])),
        ] {
            let (seen, whole) = columns(&plain);
            assert_eq!(seen, Some(whole));
        }
    }

    #[test]
    fn an_entry_that_says_anything_else_is_decoded_whole() {
        let refused = Event::Refused { method: "Disclose".into(), reason: "X".into() };
        for other in [
            with(ask(1, None), |d| d.answered_in = Some(3)),
            with(ask(1, None), |d| d.spends = vec![consent(1, true).id]),
            with(ask(1, None), |d| d.ground = crate::domain::Ground::parse("R09").unwrap()),
            with(ask(1, None), |d| d.failure = Some(crate::domain::CustodianFailure::CustodianTimeout)),
            adopted('a', 'a', 1),
            registered(1, None),
            recorded(1, 1, &consent(1, false)),
            entry(Some(client(1)), None, refused),
            Entry { client: None, ..ask(1, None) },
            Entry { actor: None, ..ask(1, None) },
        ] {
            assert_eq!(columns(&other).0, None, "{}", other.event_name());
        }
    }

    #[test]
    fn nothing_but_the_canonical_writing_is_a_glance() {
        let text = String::from_utf8(ask(1, None).encode().unwrap()).unwrap();
        assert!(Glance::of(text.as_bytes()).is_some());
        for (from, to) in [
            ("\"format\":1", "\"format\":2"),
            (":1,", ": 1,"),
            ("\"WON\"", "\"W\\u004fN\""),
            ("\"client\":", "\"clients\":"),
            ("}}}", "}}} "),
            ("\"follow_up\":null", "\"follow_up\":{}"),
        ] {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, text);
            assert_eq!(Glance::of(other.as_bytes()), None, "{to}");
        }
    }
}
