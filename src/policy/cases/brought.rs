//! What a case brings forward for a ground other than consent.

use std::collections::BTreeSet;

use crate::domain::evidence::{ClientNotice, DelayReason, GroundEvidence, Initiative, Question};
use crate::domain::{CustodianReference, EvidenceReference, Ground, RequesterRef};
use crate::policy::cases::moment::Moment;
use crate::policy::cases::people::{Problem, person};
use crate::policy::cases::written::Brought;

impl Brought {
    /// The evidence; none for consent, which asks for nothing else.
    pub fn evidence(&self, ground: Ground) -> Result<Option<GroundEvidence>, Problem> {
        if ground == Ground::CONSENT || self.nothing {
            return Ok(None);
        }
        let asked: BTreeSet<Question> = Question::of(ground).iter().copied().collect();
        if let Some(other) = self.unanswered.iter().find(|question| !asked.contains(question)) {
            return Err(format!("{ground} does not ask {other:?}"));
        }
        let answered = asked.into_iter().filter(|question| !self.unanswered.contains(question));
        let note = EvidenceReference::parse("note-1").map_err(|e| e.to_string())?;
        let order =
            self.order.as_ref().map(|text| CustodianReference::parse(text).map_err(|e| e.to_string()));
        let delayed =
            |day: Moment| ClientNotice::Delayed { reason: DelayReason::HarmToClient, review_on: day.day() };
        Ok(Some(GroundEvidence {
            answered: answered.collect(),
            note: self.note.then_some(note),
            representative: self.representative.as_ref().map(|name| person(name)).transpose()?,
            informed: self.informed,
            order: order.transpose()?,
            initiative: self.initiative.then_some(Initiative::OnRequest),
            consulted: self.consulted.then(|| RequesterRef::from_bytes([9; 16])),
            notice: self.notice.then(|| self.delayed_until.map_or(ClientNotice::Told, delayed)),
        }))
    }
}
