//! What a case asks, and what it brings forward for a ground other than consent.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::domain::evidence::{ClientNotice, DelayReason, GroundEvidence, Initiative, Question};
use crate::domain::{AuthenticationLevel, CustodianReference, EvidenceReference, Ground, RequesterRef};
use crate::policy::cases::moment::Moment;
use crate::policy::cases::people::{Problem, person};

/// What is asked: by the municipality's neighbourhood team of the care provider, for housing, today, on consent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Request {
    pub recipient: String,
    pub custodian: String,
    pub purpose: String,
    pub agenda: Vec<String>,
    pub fields: String,
    pub ground: Ground,
    /// How sure it is who asks.
    pub level: AuthenticationLevel,
    /// Whether a ticket of the four hours of an emergency is still valid (ruling 25).
    pub ticket: bool,
    pub at: Option<Moment>,
    /// The repeat of the request that spent a single use.
    pub repeats: bool,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            recipient: "municipality/wijkteam".into(),
            custodian: "care".into(),
            purpose: "WON".into(),
            agenda: Vec::new(),
            fields: "C01".into(),
            ground: Ground::CONSENT,
            level: AuthenticationLevel::Substantial,
            ticket: false,
            at: None,
            repeats: false,
        }
    }
}

/// What is brought forward for a ground other than consent: all that it asks, but for what is named here.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Brought {
    pub unanswered: Vec<Question>,
    pub missing: Vec<Part>,
    /// The client is told later: looked at again on this day.
    pub delayed_until: Option<Moment>,
    /// Another order than the registered one.
    pub order: Option<String>,
    pub representative: Option<String>,
}

/// What may be missing.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Part {
    Everything,
    Note,
    /// That the client was informed beforehand.
    Informing,
    /// A colleague who was consulted.
    Colleague,
    /// Whether the client is told.
    Notice,
    Initiative,
    Order,
}

impl Brought {
    /// The evidence; none for consent, which asks for nothing else.
    pub fn evidence(&self, ground: Ground) -> Result<Option<GroundEvidence>, Problem> {
        let there = |part| !self.missing.contains(&part);
        if ground == Ground::CONSENT || !there(Part::Everything) {
            return Ok(None);
        }
        let asked: BTreeSet<Question> = Question::of(ground).iter().copied().collect();
        if let Some(other) = self.unanswered.iter().find(|question| !asked.contains(question)) {
            return Err(format!("{ground} does not ask {other:?}"));
        }
        let answered = asked.into_iter().filter(|question| !self.unanswered.contains(question));
        let note = EvidenceReference::parse("note-1").map_err(|e| e.to_string())?;
        let order = self.order.as_deref().unwrap_or("order-1");
        let order = CustodianReference::parse(order).map_err(|e| e.to_string())?;
        let delayed =
            |day: Moment| ClientNotice::Delayed { reason: DelayReason::HarmToClient, review_on: day.day() };
        Ok(Some(GroundEvidence {
            answered: answered.collect(),
            note: there(Part::Note).then_some(note),
            representative: self.representative.as_ref().map(|name| person(name)).transpose()?,
            informed: there(Part::Informing),
            order: there(Part::Order).then_some(order),
            initiative: there(Part::Initiative).then_some(Initiative::OnRequest),
            consulted: there(Part::Colleague).then(|| RequesterRef::from_bytes([9; 16])),
            notice: there(Part::Notice).then(|| self.delayed_until.map_or(ClientNotice::Told, delayed)),
        }))
    }
}
