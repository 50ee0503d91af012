//! What Cedar is told: the facts of a request, and those of a class of fields in it.
//!
//! Together they are everything a decision depends on, and nothing that names a client. The words are those of
//! `schema.cedarschema`; a word that it does not list makes the evaluation fail, and so withholds.

use std::collections::HashSet;

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression, Schema,
};

use crate::domain::{
    Coverage, Field, Ground, Hat, Involvement, Lack, PartyKind, PurposeCode, PurposeMembership, Sensitivity,
};

/// The facts that hold for all fields of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that a rule asks about")]
pub(super) struct Situation {
    pub recipient: Hat,
    pub recipient_kind: PartyKind,
    pub recipient_has_legal_basis: bool,
    pub custodian_kind: PartyKind,
    pub own_organisation: bool,
    pub purpose: PurposeCode,
    pub purpose_has_agenda: bool,
    pub ground: Ground,
    pub ground_in_force: bool,
    pub ground_fits_purpose: bool,
    pub evidence_complete: bool,
    pub has_second_factor: bool,
    pub related: bool,
    pub involvement: Involvement,
}

/// The facts of one field, the same for its whole class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that a rule asks about")]
pub(super) struct FieldFacts {
    pub domain: &'static str,
    pub sensitivity: &'static str,
    pub membership: &'static str,
    pub direction: &'static str,
    pub on_agenda: bool,
    pub coverage: &'static str,
    pub is_objected: bool,
    pub is_withheld_from_representative: bool,
    pub others_agreed: bool,
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

/// Whether the field may go from the one kind of party to the other.
pub(super) fn direction_word(field: &Field, custodian: PartyKind, recipient: PartyKind) -> &'static str {
    match custodian.direction_to(recipient) {
        Some(direction) if field.travels(direction) => "agreed",
        None if custodian.tells_by_ceiling(recipient) => "by-ceiling",
        _ => "against",
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
    direction: EntityTypeName,
    purpose: EntityTypeName,
    party_kind: EntityTypeName,
    life_domain: EntityTypeName,
    sensitivity: EntityTypeName,
}

/// The part of a question that is the same for every class of fields, made once.
pub(super) struct Preamble {
    hat: EntityUid,
    recipient: Entity,
    context: Context,
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

fn entity(
    uid: &EntityUid,
    attributes: impl Iterator<Item = (String, RestrictedExpression)>,
) -> Result<Entity, Unfit> {
    Entity::new(uid.clone(), attributes.collect(), HashSet::new()).map_err(unfit)
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
            direction: kind("Direction")?,
            purpose: kind("Purpose")?,
            party_kind: kind("PartyKind")?,
            life_domain: kind("LifeDomain")?,
            sensitivity: kind("Sensitivity")?,
        })
    }

    /// What is asked of every class of fields in this situation.
    pub fn preamble(&self, about: &Situation) -> Result<Preamble, Unfit> {
        let flag = RestrictedExpression::new_bool;
        let hat = uid(&self.hat, &about.recipient.to_string());
        let attributes = named([
            ("organisation", text(&about.recipient.organisation)),
            ("role", text(&about.recipient.role)),
            ("kind", word(&self.party_kind, about.recipient_kind.as_str())),
        ]);
        let context = Context::from_pairs(named([
            ("purpose", word(&self.purpose, about.purpose.as_str())),
            ("purpose_has_agenda", flag(about.purpose_has_agenda)),
            ("ground", word(&self.ground, &about.ground.to_string())),
            ("ground_in_force", flag(about.ground_in_force)),
            ("ground_fits_purpose", flag(about.ground_fits_purpose)),
            ("custodian_kind", word(&self.party_kind, about.custodian_kind.as_str())),
            ("recipient_has_legal_basis", flag(about.recipient_has_legal_basis)),
            ("evidence_complete", flag(about.evidence_complete)),
            ("has_second_factor", flag(about.has_second_factor)),
            ("own_organisation", flag(about.own_organisation)),
            ("related", flag(about.related)),
            ("client_is_registered", flag(about.involvement.registered)),
            ("in_treatment_team", flag(about.involvement.in_treatment_team)),
            ("holds_order", flag(about.involvement.holds_order)),
            ("hands_to_representative", flag(about.involvement.hands_to_representative)),
        ]))
        .map_err(unfit)?;
        Ok(Preamble { recipient: entity(&hat, attributes)?, hat, context })
    }

    /// The request about one class of fields, and its entities, checked against the schema.
    pub fn ask(
        &self,
        preamble: &Preamble,
        field: FieldFacts,
        schema: &Schema,
    ) -> Result<(Request, Entities), Unfit> {
        let flag = RestrictedExpression::new_bool;
        let class = uid(&self.field_class, field.domain);
        let attributes = named([
            ("domain", word(&self.life_domain, field.domain)),
            ("sensitivity", word(&self.sensitivity, field.sensitivity)),
            ("membership", word(&self.membership, field.membership)),
            ("direction", word(&self.direction, field.direction)),
            ("coverage", word(&self.coverage, field.coverage)),
            ("on_agenda", flag(field.on_agenda)),
            ("is_objected", flag(field.is_objected)),
            ("is_withheld_from_representative", flag(field.is_withheld_from_representative)),
            ("others_agreed", flag(field.others_agreed)),
        ]);
        let entities = [preamble.recipient.clone(), entity(&class, attributes)?];
        let entities = Entities::from_entities(entities, Some(schema)).map_err(unfit)?;
        let (hat, context) = (preamble.hat.clone(), preamble.context.clone());
        let request =
            Request::new(hat, self.disclose.clone(), class, context, Some(schema)).map_err(unfit)?;
        Ok((request, entities))
    }
}
