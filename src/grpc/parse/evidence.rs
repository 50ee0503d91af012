//! What is brought forward for a ground.
//!
//! This is the only place where the answers are. Of each is noted that it says something; the text goes no further. An
//! answer that is not there is no error of the message: the decision says so, and is recorded. A text that could hold a
//! BSN is an error.

use super::Input;
use crate::contract::v1;
use crate::contract::v1::client_notice::When;
use crate::contract::v1::ground_evidence::Ground as Kind;
use crate::domain::free_text::{LONGEST_ANSWER, contains_identifier, is_sentence};
use crate::domain::{
    ClientNotice, CustodianReference, EvidenceReference, Ground, GroundEvidence, Initiative, PersonRef,
    Question,
};
use crate::grpc::caller::Caller;
use crate::grpc::codes;
use crate::identity::PseudonymKey;

/// The longest subject of a token.
const LONGEST_SUBJECT: usize = 128;

impl Input {
    /// What is there of what the ground asks; nothing where nothing was brought forward.
    pub(super) fn ground_evidence(
        &mut self,
        wire: Option<&v1::GroundEvidence>,
        ground: Option<Ground>,
        pseudonyms: &PseudonymKey,
        caller: &Caller,
    ) -> Option<GroundEvidence> {
        let v1::GroundEvidence { ground: kind, note_reference, notice } = wire?;
        if kind.as_ref().zip(ground).is_some_and(|(kind, ground)| !kind.belongs_to(ground)) {
            self.wrong("evidence", "EVIDENCE_OF_OTHER_GROUND", "give what this ground asks, or leave it out");
            return None;
        }
        let mut evidence = GroundEvidence {
            note: self.id_if_present("evidence.note_reference", note_reference, EvidenceReference::parse),
            notice: self.notice(notice.as_ref()),
            ..GroundEvidence::default()
        };
        let answers: Vec<(Question, &str, &String)> = match kind {
            None => vec![],
            Some(Kind::Representative(v1::RepresentativeEvidence { person })) => {
                const PERSON: &str = "evidence.representative.person";
                evidence.representative = self.id_if_present(PERSON, person, PersonRef::parse);
                vec![]
            }
            Some(Kind::PresumedConsent(v1::PresumedConsentEvidence { expectation, informed })) => {
                evidence.informed = *informed;
                vec![(Question::Expectation, "presumed_consent.expectation", expectation)]
            }
            Some(Kind::Report(report)) => of_report(report),
            Some(Kind::SupervisionOrder(v1::SupervisionOrderEvidence { order, initiative, necessity })) => {
                const ORDER: &str = "evidence.supervision_order.order";
                evidence.order = self.id_if_present(ORDER, order, CustodianReference::parse);
                evidence.initiative = self::initiative(*initiative);
                vec![(Question::Necessity, "supervision_order.necessity", necessity)]
            }
            Some(Kind::Inquiry(v1::InquiryEvidence { weighing })) => {
                vec![(Question::Weighing, "inquiry.weighing", weighing)]
            }
            Some(Kind::Emergency(emergency)) => {
                let consulted = &emergency.consulted;
                if consulted.chars().count() > LONGEST_SUBJECT {
                    let text = format!("has at most {LONGEST_SUBJECT} characters");
                    self.wrong("evidence.emergency.consulted", "TOO_LONG", text);
                }
                let colleague = pseudonyms.requester(caller.organisation(), consulted);
                let is_another = colleague != caller.requester.actor.requester;
                evidence.consulted = (!consulted.is_empty() && is_another).then_some(colleague);
                of_emergency(emergency)
            }
        };
        let answered = answers.into_iter().filter(|(_, field, text)| self.is_answered(field, text));
        evidence.answered = answered.map(|(question, _, _)| question).collect();
        Some(evidence)
    }

    /// Whether a text says something. Here it ends.
    fn is_answered(&mut self, field: &str, text: &str) -> bool {
        let field = format!("evidence.{field}");
        if text.chars().count() > LONGEST_ANSWER {
            let text =
                format!("has at most {LONGEST_ANSWER} characters; the whole of it belongs in the file");
            self.wrong(&field, "TOO_LONG", text);
        } else if contains_identifier(text) {
            self.wrong(&field, "IDENTIFIER_DETECTED", "holds a number that could be a BSN; leave it out");
        }
        is_sentence(text)
    }

    fn notice(&mut self, wire: Option<&v1::ClientNotice>) -> Option<ClientNotice> {
        match wire?.when.as_ref()? {
            When::Told(told) => told.then_some(ClientNotice::Told),
            When::Delayed(v1::DelayedNotice { review_on, .. }) if review_on.is_empty() => None,
            When::Delayed(v1::DelayedNotice { reason, review_on }) => {
                let review_on = self.day("evidence.notice.delayed.review_on", review_on)?;
                Some(ClientNotice::Delayed { reason: codes::delay_reason(*reason)?, review_on })
            }
        }
    }
}

impl Kind {
    /// Whether it is what this ground asks.
    fn belongs_to(&self, ground: Ground) -> bool {
        match self {
            Self::Representative(_) => ground == Ground::REPRESENTATIVE,
            Self::PresumedConsent(_) => ground == Ground::PRESUMED,
            Self::Report(_) => ground == Ground::REPORT,
            Self::SupervisionOrder(_) => ground == Ground::ORDER,
            Self::Inquiry(_) => ground == Ground::INQUIRY,
            Self::Emergency(_) => ground.is_emergency(),
        }
    }
}

fn of_report(report: &v1::ReportEvidence) -> Vec<(Question, &'static str, &String)> {
    let v1::ReportEvidence { signals, consultation, conversation, weighing, decision } = report;
    vec![
        (Question::Signals, "report.signals", signals),
        (Question::Consultation, "report.consultation", consultation),
        (Question::Conversation, "report.conversation", conversation),
        (Question::Weighing, "report.weighing", weighing),
        (Question::Decision, "report.decision", decision),
    ]
}

fn of_emergency(emergency: &v1::EmergencyEvidence) -> Vec<(Question, &'static str, &String)> {
    let v1::EmergencyEvidence {
        consent,
        damage,
        conscience,
        subsidiarity,
        effectiveness,
        proportionality,
        consulted: _,
    } = emergency;
    vec![
        (Question::Consent, "emergency.consent", consent),
        (Question::Damage, "emergency.damage", damage),
        (Question::Conscience, "emergency.conscience", conscience),
        (Question::Subsidiarity, "emergency.subsidiarity", subsidiarity),
        (Question::Effectiveness, "emergency.effectiveness", effectiveness),
        (Question::Proportionality, "emergency.proportionality", proportionality),
    ]
}

fn initiative(wire: i32) -> Option<Initiative> {
    match v1::Initiative::try_from(wire).ok()? {
        v1::Initiative::Unspecified => None,
        v1::Initiative::OnRequest => Some(Initiative::OnRequest),
        v1::Initiative::Own => Some(Initiative::OwnInitiative),
    }
}

#[cfg(test)]
mod tests;
