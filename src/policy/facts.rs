//! What Cedar is told: the facts of a request, and those of a class of fields in it.
//!
//! Together they are everything a decision depends on, and nothing that names a client. The words are those of
//! `schema.cedarschema`; a word that it does not list makes the evaluation fail, and so withholds.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression, Schema,
};

use crate::domain::{Coverage, Ground, Hat, Lack, PartyKind, PurposeCode, PurposeMembership, Sensitivity};

/// The facts that hold for all fields of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Situation {
    pub recipient: Hat,
    pub recipient_kind: PartyKind,
    pub recipient_has_legal_basis: bool,
    pub custodian_kind: PartyKind,
    pub purpose: PurposeCode,
    pub purpose_has_agenda: bool,
    pub ground: Ground,
    pub ground_fits_purpose: bool,
}

/// The facts of one field, the same for its whole class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FieldFacts {
    pub domain: &'static str,
    pub sensitivity: &'static str,
    pub membership: &'static str,
    pub direction_fits: bool,
    pub on_agenda: bool,
    pub coverage: &'static str,
}

pub(super) fn sensitivity_word(class: Sensitivity) -> &'static str {
    match class {
        Sensitivity::K0 => "K0",
        Sensitivity::K1 => "K1",
        Sensitivity::K2 => "K2",
        Sensitivity::K3 => "K3",
        Sensitivity::KS => "KS",
    }
}

pub(super) fn membership_word(membership: PurposeMembership) -> &'static str {
    match membership {
        PurposeMembership::Member => "member",
        PurposeMembership::OnExplicit => "on-explicit",
        PurposeMembership::Outside => "outside",
    }
}

/// Only ended consents may be told apart from none at all (ruling 2).
pub(super) fn coverage_word(coverage: &Coverage) -> &'static str {
    match coverage {
        Coverage::Covered { overridden: false, .. } => "covered",
        Coverage::Covered { overridden: true, .. } => "overridden",
        Coverage::Lacking(Lack::ConsentWithdrawn) => "withdrawn",
        Coverage::Lacking(Lack::ConsentExpired) => "expired",
        Coverage::Lacking(_) => "none",
    }
}

/// The names of the schema, parsed once.
pub(super) struct Vocabulary {
    disclose: EntityUid,
    hat: EntityTypeName,
    field_class: EntityTypeName,
    ground: EntityTypeName,
    coverage: EntityTypeName,
    membership: EntityTypeName,
    party_kind: EntityTypeName,
    life_domain: EntityTypeName,
    sensitivity: EntityTypeName,
}

/// The facts do not fit the schema.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unfit(String);

fn unfit(error: impl std::fmt::Display) -> Unfit {
    Unfit(error.to_string())
}

fn uid(kind: &EntityTypeName, word: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(word))
}

fn word(kind: &EntityTypeName, word: &str) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid(kind, word))
}

fn text(text: &impl ToString) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_string())
}

fn named<const N: usize>(
    pairs: [(&str, RestrictedExpression); N],
) -> impl Iterator<Item = (String, RestrictedExpression)> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value))
}

impl Vocabulary {
    pub fn new() -> Result<Self, Unfit> {
        let kind = |name: &str| name.parse::<EntityTypeName>().map_err(unfit);
        Ok(Self {
            disclose: uid(&kind("Action")?, "disclose"),
            hat: kind("Hat")?,
            field_class: kind("FieldClass")?,
            ground: kind("Ground")?,
            coverage: kind("Coverage")?,
            membership: kind("Membership")?,
            party_kind: kind("PartyKind")?,
            life_domain: kind("LifeDomain")?,
            sensitivity: kind("Sensitivity")?,
        })
    }

    /// The request and its entities, checked against the schema.
    pub fn ask(
        &self,
        about: &Situation,
        field: FieldFacts,
        schema: &Schema,
    ) -> Result<(Request, Entities), Unfit> {
        let flag = RestrictedExpression::new_bool;
        let hat = uid(&self.hat, &about.recipient.to_string());
        let class = uid(&self.field_class, field.domain);
        let hat_attributes = named([
            ("organisation", text(&about.recipient.organisation)),
            ("role", text(&about.recipient.role)),
            ("kind", word(&self.party_kind, about.recipient_kind.as_str())),
        ]);
        let class_attributes = named([
            ("domain", word(&self.life_domain, field.domain)),
            ("sensitivity", word(&self.sensitivity, field.sensitivity)),
            ("membership", word(&self.membership, field.membership)),
            ("direction_fits", flag(field.direction_fits)),
            ("on_agenda", flag(field.on_agenda)),
        ]);
        let context = Context::from_pairs(named([
            ("purpose", text(&about.purpose)),
            ("purpose_has_agenda", flag(about.purpose_has_agenda)),
            ("ground", word(&self.ground, &about.ground.to_string())),
            ("ground_fits_purpose", flag(about.ground_fits_purpose)),
            ("custodian_kind", word(&self.party_kind, about.custodian_kind.as_str())),
            ("recipient_has_legal_basis", flag(about.recipient_has_legal_basis)),
            ("coverage", word(&self.coverage, field.coverage)),
        ]))
        .map_err(unfit)?;
        let entity = |uid: &EntityUid, attributes: HashMap<_, _>| {
            Entity::new(uid.clone(), attributes, HashSet::new()).map_err(unfit)
        };
        let entities = [entity(&hat, hat_attributes.collect())?, entity(&class, class_attributes.collect())?];
        let entities = Entities::from_entities(entities, Some(schema)).map_err(unfit)?;
        let request =
            Request::new(hat, self.disclose.clone(), class, context, Some(schema)).map_err(unfit)?;
        Ok((request, entities))
    }
}
