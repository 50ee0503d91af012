//! What a professional brings forward for a ground other than consent (rules.md T2, column Rec; T2c).
//!
//! What is always true here: there is no text. The answers are read at the edge, which only notes which of them were
//! there; the reasoning itself stands in a note in the file, and its reference is kept (promise 5). So this is at once
//! what is decided on and what the entry keeps, and a decision can be replayed from it.

use std::collections::BTreeSet;

use jiff::{Span, civil::Date};

use crate::domain::ground::Ground;
use crate::domain::id::{CustodianReference, EvidenceReference, PersonRef, RequesterRef};
use crate::domain::time::Timestamp;

/// How many days ahead a delayed notice is looked at again, at most: a delay is never silent.
const LONGEST_DELAY: i32 = 31;

/// Something that a ground asks, to be answered in a sentence at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Why the client could expect this (R04).
    Expectation,
    /// What the signals are (Meldcode, step 1).
    Signals,
    /// Which colleague, or Veilig Thuis, was consulted about what (Meldcode, step 2).
    Consultation,
    /// What was talked over with the client, or why not (Meldcode, step 3).
    Conversation,
    /// How it was weighed (Meldcode, step 4; R07).
    Weighing,
    /// What was decided (Meldcode, step 5).
    Decision,
    /// Why it is necessary for carrying out the order (R06).
    Necessity,
    /// Was everything done to obtain consent? (T2c, 1)
    Consent,
    /// Is serious harm (nearly) certain without disclosure? (T2c, 2)
    Damage,
    /// Does silence bring the professional in serious conflict? (T2c, 3)
    Conscience,
    /// Is there no other way? (T2c, 4)
    Subsidiarity,
    /// Is it (nearly) certain that disclosure prevents or limits the harm? (T2c, 5)
    Effectiveness,
    /// Is it the least information, to the fewest? (T2c, 6)
    Proportionality,
}

/// On whose initiative an institution gets what it needs for an order: on request there is a duty to give it, on the own
/// initiative a right (Jeugdwet 7.3.11(4)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initiative {
    /// The institution asked.
    OnRequest,
    /// The custodian offered.
    OwnInitiative,
}

/// Whether and when the client is told of a disclosure without consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientNotice {
    /// The client knows.
    Told,
    /// Not yet.
    Delayed {
        /// Why not.
        reason: DelayReason,
        /// On which day this is looked at again.
        review_on: Date,
    },
}

/// Why a client is not told yet (BPSW code: "without consent" is not "without knowledge").
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DelayReason {
    /// Telling would itself cause the client serious harm.
    HarmToClient,
    /// Telling would put somebody else in danger.
    DangerToOthers,
    /// Telling would frustrate an inquiry into what happens.
    InquiryAtRisk,
    /// The client cannot be reached, or cannot understand it now.
    OutOfReach,
}

/// What was brought forward, as it is kept: which answers were there, references and dates.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroundEvidence {
    /// The questions that were answered.
    pub answered: BTreeSet<Question>,
    /// Where the reasoning stands: a note in the file.
    pub note: Option<EvidenceReference>,
    /// Whom the data is handed to (R03).
    pub representative: Option<PersonRef>,
    /// That the client was informed beforehand (R04).
    pub informed: bool,
    /// Which order is carried out (R06): the court's reference.
    pub order: Option<CustodianReference>,
    /// On whose initiative (R06).
    pub initiative: Option<Initiative>,
    /// Which colleague was consulted, as a pseudonym (T2c). Never the requester.
    pub consulted: Option<RequesterRef>,
    /// Whether and when the client is told.
    pub notice: Option<ClientNotice>,
}

impl Question {
    /// What a ground asks; nothing of those that ask no answers.
    pub fn of(ground: Ground) -> &'static [Self] {
        use Question as Q;
        match ground {
            Ground::PRESUMED => &[Q::Expectation],
            Ground::REPORT => &[Q::Signals, Q::Consultation, Q::Conversation, Q::Weighing, Q::Decision],
            Ground::ORDER => &[Q::Necessity],
            Ground::INQUIRY => &[Q::Weighing],
            ground if ground.is_emergency() => {
                &[Q::Consent, Q::Damage, Q::Conscience, Q::Subsidiarity, Q::Effectiveness, Q::Proportionality]
            }
            _ => &[],
        }
    }
}

impl GroundEvidence {
    /// Whether it is all that the ground asks at this moment. A ground for which nobody agreed what it asks is never
    /// complete.
    pub fn is_complete(&self, ground: Ground, at: Timestamp) -> bool {
        let answered = Question::of(ground).iter().all(|question| self.answered.contains(question));
        let reasoned = answered && self.note.is_some();
        let notice = self.notice.is_none_or(|notice| notice.holds(at));
        match ground {
            Ground::CONSENT | Ground::TREATMENT => true,
            Ground::REPRESENTATIVE => self.representative.is_some(),
            Ground::PRESUMED => reasoned && self.informed,
            Ground::ORDER => reasoned && notice && self.order.is_some() && self.initiative.is_some(),
            Ground::REPORT | Ground::INQUIRY => reasoned && notice,
            ground if ground.is_emergency() => {
                reasoned && notice && self.notice.is_some() && self.consulted.is_some()
            }
            _ => false,
        }
    }
}

impl ClientNotice {
    /// Whether a delay is looked at again, and soon enough.
    fn holds(self, at: Timestamp) -> bool {
        match self {
            Self::Told => true,
            Self::Delayed { review_on, .. } => {
                let today = at.date();
                (today..=today.saturating_add(Span::new().days(LONGEST_DELAY))).contains(&review_on)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{DAY, person, today};

    fn ground(number: u8) -> Ground {
        Ground::parse(&format!("R{number:02}")).unwrap()
    }

    /// Everything that any ground asks.
    fn everything() -> GroundEvidence {
        GroundEvidence {
            answered: (1..=15).flat_map(|n| Question::of(ground(n))).copied().collect(),
            note: Some(EvidenceReference::parse("note-1").unwrap()),
            representative: Some(person("mother")),
            informed: true,
            order: Some(CustodianReference::parse("order-1").unwrap()),
            initiative: Some(Initiative::OnRequest),
            consulted: Some(RequesterRef::from_bytes([9; 16])),
            notice: Some(ClientNotice::Told),
        }
    }

    type Change = fn(&mut GroundEvidence);

    #[test]
    fn each_ground_asks_what_it_asks_and_what_is_missing_makes_it_incomplete() {
        let without: [(Change, &[u8]); 7] = [
            (|e| e.note = None, &[4, 5, 6, 7, 9, 10, 15]),
            (|e| e.representative = None, &[3]),
            (|e| e.informed = false, &[4]),
            (|e| e.order = None, &[6]),
            (|e| e.initiative = None, &[6]),
            (|e| e.consulted = None, &[9, 10, 15]),
            (|e| e.notice = None, &[9, 10, 15]),
        ];
        for number in 1..=15 {
            let usable = !matches!(number, 8 | 11..=14);
            assert_eq!(everything().is_complete(ground(number), today()), usable, "R{number:02}");
            for (at, (change, bound)) in without.iter().enumerate() {
                let mut evidence = everything();
                change(&mut evidence);
                let complete = usable && !bound.contains(&number);
                assert_eq!(evidence.is_complete(ground(number), today()), complete, "R{number:02}, row {at}");
            }
        }
    }

    #[test]
    fn five_of_the_six_answers_are_not_enough_whichever_is_missing() {
        for number in [4, 5, 6, 7, 9, 10, 15] {
            for missing in Question::of(ground(number)) {
                let mut evidence = everything();
                evidence.answered.remove(missing);
                assert!(!evidence.is_complete(ground(number), today()), "R{number:02} without {missing:?}");
            }
        }
        let counts = [4, 5, 6, 7, 9, 10, 15].map(|number| Question::of(ground(number)).len());
        assert_eq!(counts, [1, 5, 1, 1, 6, 6, 6]);
    }

    #[test]
    fn a_delayed_notice_is_looked_at_again_within_a_month() {
        let reason = DelayReason::HarmToClient;
        for (days, complete) in [(-1, false), (0, true), (31, true), (32, false)] {
            let review_on = today().plus(days * DAY).date();
            let delayed = Some(ClientNotice::Delayed { reason, review_on });
            for number in [5, 6, 7, 9, 10, 15] {
                let evidence = GroundEvidence { notice: delayed, ..everything() };
                assert_eq!(evidence.is_complete(ground(number), today()), complete, "R{number:02} {days}");
            }
        }
    }
}
