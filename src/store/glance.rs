//! The commonest entries at a glance: a disclosure on the client's consent that leaves nothing to be done.
//!
//! To decode an entry whole takes several times as long as to hash it, and nearly all entries are of this one kind. What the audit
//! compares with the tables is read from the canonical writing itself, by its fixed beginning and its fixed end; anything that is
//! written otherwise is no glance, and is decoded whole. That what lies between is as it was written, the signed tree says.

use std::sync::Arc;

use uuid::Uuid;

use crate::domain::Outcome;
use crate::store::columns::Columns;

/// What the tables beside the ledger hold about such an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Glance<'a> {
    pub at: i64,
    pub covenant: &'a [u8],
    pub parties: i64,
    client: &'a [u8],
    pub revision: Option<i64>,
    requester: &'a [u8],
    organisation: &'a [u8],
    request: &'a [u8],
    repeat: bool,
    custodian: &'a [u8],
    purpose: &'a [u8],
    outcome: Outcome,
}

/// What the account of the tables is made from: enough of such an entry, once its columns were held against it.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    pub at: i64,
    pub covenant: Arc<str>,
    pub parties: i64,
    client: [u8; 32],
    pub revision: Option<i64>,
    pub organisation: Arc<str>,
    /// The number of the request; none for a repeat.
    pub request: Option<u128>,
}

impl Plain {
    pub(super) fn client(&self) -> &str {
        // It was taken from a text.
        std::str::from_utf8(&self.client).unwrap_or_default()
    }
}

const END: &str = ",\"failure\":null,\"spends\":[],\"answered_in\":null,\"follow_up\":null}}}";

impl<'a> Glance<'a> {
    /// Reads such an entry; `None` for any other.
    pub(super) fn of(body: &'a [u8]) -> Option<Self> {
        let mut rest = Rest(body);
        rest.skip("{\"format\":1,\"at\":")?;
        let at = rest.number()?;
        rest.skip("\"nonce\":\"")?;
        rest.of_length(32)?;
        rest.skip("\",\"trace\":\"")?;
        rest.of_length(32)?;
        rest.skip("\",\"covenant\":\"")?;
        let covenant = rest.of_length(64)?;
        rest.skip("\",\"parties\":")?;
        let parties = rest.number()?;
        rest.skip("\"client\":\"")?;
        let client = rest.of_length(32)?;
        rest.skip("\",\"revision\":")?;
        let revision = if rest.skip("null,").is_some() { None } else { Some(rest.number()?) };
        rest.skip("\"actor\":{\"requester\":\"")?;
        let requester = rest.of_length(32)?;
        rest.skip("\",\"hat\":{\"organisation\":\"")?;
        let organisation = rest.until(b'"')?;
        rest.skip(",\"role\":\"")?;
        rest.until(b'"')?;
        rest.skip("},\"level\":\"")?;
        rest.until(b'"')?;
        rest.skip("},\"event\":{\"disclosure\":{\"request\":\"")?;
        let request = rest.of_length(36)?;
        rest.skip("\",\"repeat_of\":")?;
        let repeat = rest.until(b',')? != b"null";
        rest.skip("\"custodian\":\"")?;
        let custodian = rest.until(b'"')?;
        rest.skip(",\"purpose\":\"")?;
        let purpose = rest.until(b'"')?;
        rest.skip(",\"life_domains\":[")?;
        rest.until(b']')?;
        rest.skip(",\"ground\":\"R01\",\"evidence\":null,\"related\":")?;
        rest.until(b',')?;
        rest.skip("\"released\":[")?;
        let fields = rest.0.strip_suffix(END.as_bytes())?;
        let outcome = match (fields.starts_with(b"]"), fields.ends_with(b"\"withheld\":[]")) {
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

    /// The first of a request, of which there is one: the organisation, and the number of its request. `None` for a repeat.
    pub(super) fn request(&self) -> Option<(&'a [u8], &'a [u8])> {
        (!self.repeat).then_some((self.organisation, self.request))
    }

    /// What is kept of it, sharing what the one before said as well; `None` if its request has no number.
    pub(super) fn plain(&self, last: Option<&Plain>) -> Option<Plain> {
        let shared = |text: &[u8], of: fn(&Plain) -> &Arc<str>| match last.map(of) {
            Some(same) if same.as_bytes() == text => Some(same.clone()),
            _ => std::str::from_utf8(text).ok().map(Arc::from),
        };
        let number = || Some(Uuid::try_parse_ascii(self.request).ok()?.as_u128());
        Some(Plain {
            at: self.at,
            covenant: shared(self.covenant, |last| &last.covenant)?,
            parties: self.parties,
            client: self.client.try_into().ok()?,
            revision: self.revision,
            organisation: shared(self.organisation, |last| &last.organisation)?,
            request: if self.repeat { None } else { Some(number()?) },
        })
    }

    /// Whether this is its row.
    pub(super) fn is_in(&self, row: &Columns<'_>) -> bool {
        let key = |(organisation, request)| {
            row.request_key.and_then(|key| key.strip_prefix(organisation)?.strip_prefix(b"/"))
                == Some(request)
        };
        row.at == self.at
            && (row.event, row.outcome) == (&b"disclosure"[..], self.outcome.as_str().as_bytes())
            && (row.client, row.custodian) == (Some(self.client), Some(self.custodian))
            && (row.recipient, row.requester) == (Some(self.organisation), Some(self.requester))
            && (row.purpose, row.revision) == (Some(self.purpose), self.revision)
            && self.request().map_or(row.request_key.is_none(), key)
    }
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn skip(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal.as_bytes())?;
        Some(())
    }

    /// What stands before this character, which is passed. A text with an escape is not one that an entry has.
    fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let at = self.0.iter().position(|byte| *byte == end || *byte == b'\\')?;
        let before = self.of_length(at)?;
        self.0 = self.0.strip_prefix(&[end])?;
        Some(before)
    }

    /// A number, and the comma after it, which is passed.
    fn number(&mut self) -> Option<i64> {
        std::str::from_utf8(self.until(b',')?).ok()?.parse().ok()
    }

    /// So many characters.
    fn of_length(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Entry, Event};
    use crate::store::batch::Row;
    use crate::store::tests::{adopted, ask, client, consent, entry, recorded, registered, with};

    fn is_seen(entry: &Entry) -> bool {
        let row = Row::of(entry).unwrap();
        let Some(glance) = Glance::of(&row.body) else { return false };
        let key = glance.request().map(|(organisation, request)| [organisation, b"/", request].concat());
        assert_eq!(key, row.request_key.clone().map(String::into_bytes));
        assert_eq!((glance.covenant, glance.parties), (entry.covenant.as_str().as_bytes(), entry.parties));
        assert_eq!((glance.at, glance.revision), (row.at, row.revision));
        let columns = Columns::of(&row, 7);
        assert!(glance.is_in(&columns));
        for other in columns.each_changed() {
            assert!(!glance.is_in(&other), "{other:?}");
        }
        true
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
            assert!(is_seen(&plain));
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
            assert!(!is_seen(&other), "{}", other.event_name());
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
