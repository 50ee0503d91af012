//! From the wire to the domain.
//!
//! Everything that is wrong with a message is told at once, each thing with the path to its field and a remedy, and
//! never with what was sent: it may be anything, a BSN included.

pub(super) mod audit;
pub(super) mod consent;
pub(super) mod consult;
pub(super) mod decision;
pub(super) mod disclosure;
pub(super) mod draft;
mod evidence;
pub(super) mod follow_up;
pub(super) mod moment;
pub(super) mod overview;
pub(super) mod registration;
pub(super) mod report;

use super::refusal::{Refusal, Violation};
use crate::domain::{
    Catalogue, FieldCode, FieldSet, Hat, Malformed, OrganisationId, Purpose, PurposeCode, Purposes, Role,
};

/// The most fields that can be named at once: all there are.
pub(super) const MOST_FIELDS: usize = 62;
/// The most of anything else in one list.
pub(super) const MOST: usize = 20;

/// A message being read, and what is wrong with it so far.
#[derive(Default)]
pub(super) struct Input(Vec<Violation>);

impl Input {
    /// What was read, if nothing is wrong.
    pub(super) fn finish<T>(self, read: impl FnOnce() -> Option<T>) -> Result<T, Refusal> {
        if !self.0.is_empty() {
            return Err(Refusal::violating(self.0));
        }
        read().ok_or_else(|| Refusal::internal("a part is absent that was not refused"))
    }

    pub(super) fn wrong(&mut self, field: &str, reason: &'static str, text: impl Into<String>) {
        self.0.push(Violation { field: field.to_owned(), reason, text: text.into() });
    }

    /// What must be there.
    pub(super) fn need<T>(
        &mut self,
        field: &str,
        value: Option<T>,
        reason: &'static str,
        text: &str,
    ) -> Option<T> {
        if value.is_none() {
            self.wrong(field, reason, text);
        }
        value
    }

    /// An identifier.
    pub(super) fn id<T>(
        &mut self,
        field: &str,
        text: &str,
        parse: fn(&str) -> Result<T, Malformed>,
    ) -> Option<T> {
        parse(text).map_err(|malformed| self.wrong(field, "MALFORMED", malformed.to_string())).ok()
    }

    /// An identifier that may be absent.
    pub(super) fn id_if_present<T>(
        &mut self,
        field: &str,
        text: &str,
        parse: fn(&str) -> Result<T, Malformed>,
    ) -> Option<T> {
        if text.is_empty() { None } else { self.id(field, text, parse) }
    }

    /// Each of a list that is not too long.
    pub(super) fn each<W, T>(
        &mut self,
        field: &str,
        list: &[W],
        mut read: impl FnMut(&mut Self, &str, &W) -> Option<T>,
    ) -> Vec<T> {
        if list.len() > MOST {
            self.wrong(field, "TOO_MANY", format!("list at most {MOST}"));
            return Vec::new();
        }
        let items = list.iter().enumerate();
        items.filter_map(|(at, item)| read(self, &format!("{field}[{at}]"), item)).collect()
    }

    pub(super) fn purpose<'a>(
        &mut self,
        field: &str,
        id: &str,
        purposes: &'a Purposes,
    ) -> Option<&'a Purpose> {
        let text = "name a purpose by its id; see CatalogueService.ListPurposes";
        self.need(field, purposes.by_id(id), "PURPOSE_UNKNOWN", text)
    }

    pub(super) fn purpose_if_present(
        &mut self,
        field: &str,
        id: &str,
        purposes: &Purposes,
    ) -> Option<PurposeCode> {
        if id.is_empty() { None } else { self.purpose(field, id, purposes).map(|p| p.code) }
    }

    /// Organisation and role.
    pub(super) fn hat(
        &mut self,
        (organisation_field, organisation): (&str, &str),
        (role_field, role): (&str, &str),
    ) -> Option<Hat> {
        let organisation = self.id(organisation_field, organisation, OrganisationId::parse);
        let role = self.id(role_field, role, Role::parse);
        Some(Hat { organisation: organisation?, role: role? })
    }

    /// Named fields: at least one, nothing twice, no wildcard. Nothing is ever "all".
    pub(super) fn fields(&mut self, field: &str, ids: &[String], catalogue: &Catalogue) -> Vec<FieldCode> {
        if ids.is_empty() {
            self.wrong(field, "FIELDS_MISSING", "name at least one field; nothing is ever \"all\"");
        }
        if ids.len() > MOST_FIELDS {
            self.wrong(field, "TOO_MANY", format!("name at most {MOST_FIELDS} fields"));
            return Vec::new();
        }
        let mut codes = Vec::with_capacity(ids.len());
        let mut named = FieldSet::default();
        for (at, id) in ids.iter().enumerate() {
            let (reason, text) = match catalogue.by_id(id) {
                Some(known) if named.insert(known.code) => {
                    codes.push(known.code);
                    continue;
                }
                Some(_) => ("FIELD_DUPLICATE", "is named before; name each field once"),
                None if id.contains('*') => ("FIELD_WILDCARD", "is a wildcard; name every field by itself"),
                None => ("FIELD_UNKNOWN", "is not a field of the catalogue; see CatalogueService.ListFields"),
            };
            self.wrong(&format!("{field}[{at}]"), reason, text);
        }
        codes
    }

    /// Named fields, or none named.
    pub(super) fn fields_if_present(
        &mut self,
        field: &str,
        ids: &[String],
        catalogue: &Catalogue,
    ) -> Option<Vec<FieldCode>> {
        if ids.is_empty() { None } else { Some(self.fields(field, ids, catalogue)) }
    }
}

#[cfg(test)]
pub(super) mod tests;
