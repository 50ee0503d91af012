//! One answered request: from a ruling and what was fetched, to an answer that can be sent.
//!
//! The types make the wrong order unwritable. Values from a custodian have no accessor but [`Disclosure::release`],
//! which copies the permitted ones and deletes nothing; values leave a [`Disclosure`] only as a [`SealedDisclosure`],
//! which takes the receipt of an entry that is already durable (promise 2).

use crate::domain::catalogue::Catalogue;
use crate::domain::field::FieldCode;
use crate::domain::field_set::FieldSet;
use crate::domain::free_text::{contains_date, contains_first_name};
use crate::domain::id::ConsentId;
use crate::domain::ruling::{Because, CustodianFailure, Ruling, Told, Verdict};
use crate::domain::value::Value;
use jiff::civil::Date;
use std::sync::Arc;

/// What the recipient takes on with released fields: not to pass them on without consent, and to delete them after
/// use (HL7 v3 `ActCode`, `ObligationPolicy`).
pub const OBLIGATIONS: [&str; 2] = ["NORDSCLCD", "DELAU"];

/// The field that says who it is.
const NAME: &str = "person.name";

/// What a custodian answered, checked against what was asked and against the catalogue, and closed.
pub struct FetchedValues {
    /// In the order of their codes.
    values: Vec<(FieldCode, Option<Value>)>,
}

impl FetchedValues {
    /// Nothing: for a request of which nothing was permitted.
    pub fn none() -> Self {
        Self { values: Vec::new() }
    }

    /// Takes the custodian's answer. A field that was not asked, a field answered twice, a value of another type
    /// or length, or free text with the client's birth date or first name makes the whole answer invalid: it is not passed on
    /// in part.
    pub fn check(
        asked: &[FieldCode],
        catalogue: &Catalogue,
        birth_date: Date,
        answered: Vec<(FieldCode, Value)>,
    ) -> Result<Self, CustodianFailure> {
        let name = catalogue.by_id(NAME).map(|field| field.code);
        let named = answered.iter().find(|(code, _)| Some(*code) == name).and_then(|(_, value)| value.text());
        let tells = |(code, value): &(FieldCode, Value)| {
            Some(*code) != name
                && value.text().is_some_and(|text| {
                    contains_date(text, birth_date)
                        || named.is_some_and(|name| contains_first_name(text, name))
                })
        };
        if answered.iter().any(tells) {
            return Err(CustodianFailure::CustodianAnswerInvalid);
        }
        let asked: FieldSet = asked.iter().collect();
        let mut seen = FieldSet::default();
        let checked = answered.into_iter().map(|(code, value)| {
            let field = catalogue.field(code).filter(|_| asked.contains(code) && seen.insert(code))?;
            Some((code, Some(field.value.accept(value).ok()?)))
        });
        let mut values: Vec<_> =
            checked.collect::<Option<_>>().ok_or(CustodianFailure::CustodianAnswerInvalid)?;
        values.sort_unstable_by_key(|(code, _)| *code);
        Ok(Self { values })
    }

    fn take(&mut self, code: FieldCode) -> Option<Value> {
        let position = self.values.binary_search_by_key(&code, |(code, _)| *code).ok()?;
        self.values.get_mut(position)?.1.take()
    }
}

/// A released field, and what released it.
pub struct Released {
    /// Which field.
    pub field: FieldCode,
    /// By which rule.
    pub rule: Arc<str>,
    /// On which consent, in which version.
    pub consent: Option<(ConsentId, u32)>,
    value: Value,
}

/// A withheld field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Which field.
    pub field: FieldCode,
    /// What the requester hears.
    pub told: Told,
    /// What the ledger keeps.
    pub because: Because,
    /// By which rule.
    pub rule: Arc<str>,
}

/// The outcome of one request, not yet recorded.
pub struct Disclosure {
    released: Vec<Released>,
    withheld: Vec<Withheld>,
    related: bool,
    failure: Option<CustodianFailure>,
}

impl Disclosure {
    /// Copies the permitted values out of what was fetched. Where the custodian failed nothing is released.
    pub fn release(ruling: Ruling, fetched: Result<FetchedValues, CustodianFailure>) -> Self {
        let (verdicts, related) = ruling.into_parts();
        let (mut values, failure) = match fetched {
            Ok(values) => (values, None),
            Err(failure) => (FetchedValues::none(), Some(failure)),
        };
        let mut disclosure = Self { released: Vec::new(), withheld: Vec::new(), related, failure };
        for (field, verdict) in verdicts {
            match verdict {
                Verdict::Withheld { told, because, rule } => {
                    disclosure.withheld.push(Withheld { field, told, because, rule });
                }
                Verdict::Permitted { rule, consent } => {
                    if let Some(value) = values.take(field) {
                        disclosure.released.push(Released { field, rule, consent, value });
                    } else {
                        let because = failure.map_or(Because::NoValue, Because::Custodian);
                        disclosure.withheld.push(Withheld { field, told: Told::NotAvailable, because, rule });
                    }
                }
            }
        }
        disclosure
    }

    /// What will be released, without the values.
    pub fn released(&self) -> &[Released] {
        &self.released
    }

    /// What is withheld.
    pub fn withheld(&self) -> &[Withheld] {
        &self.withheld
    }

    /// Whether the requester has a relation to the client.
    pub fn related(&self) -> bool {
        self.related
    }

    /// What went wrong at the custodian.
    pub fn failure(&self) -> Option<CustodianFailure> {
        self.failure
    }

    /// With the receipt of its durable entry it may be answered.
    pub fn sealed<R>(self, receipt: R) -> SealedDisclosure<R> {
        SealedDisclosure { disclosure: self, receipt }
    }
}

/// An answer whose record is durable and in the tree.
pub struct SealedDisclosure<R> {
    disclosure: Disclosure,
    receipt: R,
}

impl<R> SealedDisclosure<R> {
    /// The answer's parts: released fields with their values, withheld fields, the receipt.
    pub fn open(self) -> (Vec<(FieldCode, Value)>, Vec<Withheld>, R) {
        let released = self.disclosure.released.into_iter().map(|r| (r.field, r.value)).collect();
        (released, self.disclosure.withheld, self.receipt)
    }

    /// What went wrong at the custodian.
    pub fn failure(&self) -> Option<CustodianFailure> {
        self.disclosure.failure
    }
}

#[cfg(test)]
mod tests;
