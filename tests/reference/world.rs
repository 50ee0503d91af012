//! Random worlds: what people did about one client, and what is asked afterwards.
//!
//! Most are histories that the gateway itself could have recorded, act by act, through the functions that it uses. Some
//! are then bent into states that no history leads to today, for a ledger may be older than a rule.

use serde_json::{Value, json};
use sluis::domain::{
    Capacity, Consent, FieldCode, Hat, LifeDomain, OrganisationId, Period, PurposeCode, Registration,
    RequestId, Timestamp,
};
use sluis::policy::Covenant;

use crate::people::registration;
use crate::random::Random;
use crate::story::Story;

/// One question.
pub struct Ask {
    pub recipient: Hat,
    pub purpose: PurposeCode,
    pub life_domains: Vec<LifeDomain>,
    pub fields: Vec<FieldCode>,
    pub request: RequestId,
    pub at: Timestamp,
}

/// One case: a world and its questions.
pub struct World {
    pub custodian: OrganisationId,
    pub registration: Option<Registration>,
    pub consents: Vec<Consent>,
    /// Which acts were accepted.
    pub accepted: Vec<bool>,
    pub asks: Vec<Ask>,
    /// The case as the model gets it.
    pub case: Value,
}

impl World {
    /// The world of this stream.
    pub fn draw(random: &mut Random, covenant: &Covenant) -> Self {
        let mut story = Story::begin(random, covenant);
        let mut last = story.live();
        let bent = story.random.chance(25);
        if bent {
            last = story.bend(last);
        }
        let asks: Vec<Ask> = (0..story.random.between(1, 2)).map(|_| story.ask(last)).collect();
        let Story { custodian, registration, consents, acts, accepted, .. } = story;
        let questions: Vec<Value> = asks.iter().map(|ask| ask.written(&custodian)).collect();
        let case = if bent {
            json!({ "registration": registration, "consents": consents, "asks": questions })
        } else {
            json!({ "acts": acts, "asks": questions })
        };
        let accepted = if bent { Vec::new() } else { accepted };
        Self { custodian, registration, consents, accepted, asks, case }
    }
}

impl Ask {
    fn written(&self, custodian: &OrganisationId) -> Value {
        json!({
            "recipient": self.recipient, "custodian": custodian, "purpose": self.purpose, "request": self.request,
            "life_domains": self.life_domains, "fields": self.fields, "at": self.at,
        })
    }
}

impl Story<'_> {
    /// Changes what stands behind the back of the rules; says when the last thing happened.
    fn bend(&mut self, last: Timestamp) -> Timestamp {
        let mut last = last;
        for _ in 0..self.random.between(1, 3) {
            let moment = self.days.moment(self.random);
            match self.random.below(5) {
                0 => {
                    let made =
                        registration(self.random, &self.days, self.birth_date, &self.hats, &self.purposes);
                    self.registration = self.registration.is_some().then_some(made);
                    continue;
                }
                _ if self.consents.is_empty() => continue,
                change => {
                    let at = self.random.below(self.consents.len());
                    let by = self.grantor(moment, self.purposes[0]);
                    let which = self.random.below(8);
                    let consent = &mut self.consents[at];
                    let which = which % consent.grants.len();
                    match change {
                        1 => consent.grants[which].given_at = moment,
                        2 if by.capacity != Capacity::DataSubject => consent.grants[0].by = by,
                        3 => {
                            let (from, until) = (consent.period.from().min(moment), consent.period.until());
                            consent.period = Period::new(from, until.max(from.plus(1))).unwrap();
                        }
                        _ if moment > consent.period.from() => {
                            consent.period = Period::new(consent.period.from(), moment).unwrap();
                        }
                        _ => {}
                    }
                }
            }
            last = last.max(moment);
        }
        last
    }

    fn ask(&mut self, last: Timestamp) -> Ask {
        let later: Vec<Timestamp> =
            (0..4).map(|_| self.days.moment(self.random)).filter(|m| *m >= last).collect();
        let mut at = if later.is_empty() || self.random.chance(20) { last } else { self.random.one(&later) };
        let ends: Vec<Timestamp> =
            self.consents.iter().map(|c| c.period.until()).filter(|m| *m > last).collect();
        if !ends.is_empty() && self.random.chance(25) {
            let end = self.random.one(&ends);
            at = if end == Timestamp::END { at } else { end.plus(self.random.one(&[-1, 0])) };
        }
        let overrides = self.consents.iter().flat_map(|c| &c.overrides);
        let counting: Vec<Timestamp> = overrides.filter(|o| o.is_in_force(last)).map(|o| o.until).collect();
        if !counting.is_empty() && self.random.chance(60) {
            let until = self.random.one(&counting);
            at = self.random.one(&[last, last, until.plus(-1), until]);
        }
        let mut fields = self.fields.clone();
        fields.truncate(6);
        let agenda: Vec<LifeDomain> =
            fields.iter().map(|code| code.domain()).filter(|domain| domain.is_agenda_item()).collect();
        let mut life_domains = self.random.some(&agenda, 80);
        life_domains.dedup();
        life_domains.truncate(3);
        Ask {
            recipient: Self::focus(self.random, &self.hats),
            purpose: Self::focus(self.random, &self.purposes),
            life_domains,
            fields,
            request: self.request(),
            at,
        }
    }
}
