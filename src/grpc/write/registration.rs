//! A registration, as it was recorded.

use super::{end, purpose_id};
use crate::contract::v1;
use crate::domain::{
    Authority, CompetenceAssessment, Order, Period, PurposeCode, Purposes, Registration, Replacement,
    TeamMember,
};
use crate::grpc::codes;

/// Writes a registration.
pub(in crate::grpc) fn registration(registration: &Registration, purposes: &Purposes) -> v1::Registration {
    let Registration { reference, birth_date, authority, parents, orders, competence, team, withheld: _ } =
        registration;
    v1::Registration {
        custodian_reference: reference.to_string(),
        birth_date: birth_date.to_string(),
        authority: authority.iter().map(holder).collect(),
        parents: parents.iter().map(ToString::to_string).collect(),
        orders: orders.iter().map(|written| order(written, purposes)).collect(),
        competence: competence.iter().map(|written| assessment(written, purposes)).collect(),
        team: team.iter().map(team_member).collect(),
    }
}

fn period(period: Period) -> v1::Period {
    v1::Period { from: period.from().rfc3339(), until: end(period.until()) }
}

fn holder(authority: &Authority) -> v1::Authority {
    v1::Authority {
        person: authority.holder.person.to_string(),
        capacity: codes::capacity_to_wire(authority.holder.capacity).into(),
        period: Some(period(authority.period)),
        source: codes::source_to_wire(authority.source).into(),
        checked_on: authority.checked_on.to_string(),
    }
}

fn order(order: &Order, purposes: &Purposes) -> v1::Order {
    v1::Order {
        reference: order.reference.to_string(),
        organisation: order.carried_out_by.organisation.to_string(),
        role: order.carried_out_by.role.to_string(),
        period: Some(period(order.period)),
        replaces: order.replaces.as_ref().map(|written| replacement(written, purposes)),
    }
}

fn replacement(replacement: &Replacement, purposes: &Purposes) -> v1::Replacement {
    let id = |code: &PurposeCode| purpose_id(*code, purposes);
    v1::Replacement {
        parents: replacement.parents.iter().map(ToString::to_string).collect(),
        by: replacement.by.to_string(),
        scope: replacement.scope.iter().map(id).collect(),
        names_information: replacement.names_information,
    }
}

fn assessment(assessment: &CompetenceAssessment, purposes: &Purposes) -> v1::CompetenceAssessment {
    v1::CompetenceAssessment {
        from: assessment.from.to_string(),
        able: assessment.able,
        about: assessment.about.map(|code| purpose_id(code, purposes)).unwrap_or_default(),
        assessed_by: assessment.assessed_by.to_string(),
    }
}

fn team_member(member: &TeamMember) -> v1::TeamMember {
    v1::TeamMember {
        organisation: member.hat.organisation.to_string(),
        role: member.hat.role.to_string(),
        period: Some(period(member.period)),
    }
}
