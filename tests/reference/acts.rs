//! The acts: a permit or an objection is recorded, agreed to, withdrawn, spent, and a refusal is overridden.

use jiff::ToSpan;
use serde_json::json;
use sluis::domain::{
    Capacity, Consent, Draft, EvidenceReference, Exception, Extra, FieldCode, Grantor, Objection,
    OverrideDecision, Period, Permit, PersonRef, PurposeMembership, RequesterRef, Spent, Stance, Timestamp,
};

use crate::people::{PEOPLE, person};
use crate::random::Random;
use crate::story::Story;

impl Story<'_> {
    pub fn record_permit(&mut self, now: Timestamp) {
        let purpose = Self::focus(self.random, &self.purposes);
        let covenant = self.covenant;
        let within = |code: &FieldCode| {
            let field = covenant.catalogue.field(*code);
            field.is_some_and(|f| f.in_purpose(purpose) != PurposeMembership::Outside)
        };
        let mut fields: Vec<FieldCode> = self.fields.iter().copied().filter(within).collect();
        if fields.is_empty() || self.random.chance(3) {
            fields.clone_from(&self.fields);
        }
        let stance = Stance::Permit(Permit {
            recipient: Self::focus(self.random, &self.hats),
            purpose,
            fields: self.random.some(&fields, 75),
            single_use: self.random.chance(8),
        });
        let period =
            self.period(now, |from| covenant.purposes.get(purpose).unwrap().max_until(from).unwrap());
        let by = self.grantor(now, purpose);
        self.record(now, stance, period, by);
    }

    pub fn record_objection(&mut self, now: Timestamp) {
        let exact = if self.random.chance(30) { 100 } else { 45 };
        let hat = Self::focus(self.random, &self.hats);
        let purpose = Self::focus(self.random, &self.purposes);
        let fields = self.random.some(&self.fields, 60);
        let stance = Stance::Objection(Objection {
            recipient: self.random.maybe(exact, |_| hat.organisation),
            role: self.random.maybe(exact, |_| hat.role),
            purpose: self.random.maybe(exact, |_| purpose),
            fields: self.random.maybe(exact, |_| fields),
        });
        let mut by = self.grantor(now, purpose);
        let administrators: Vec<Grantor> = (self.people().authority.into_iter().map(|a| a.holder))
            .filter(|holder| holder.capacity == Capacity::Administrator)
            .collect();
        if self.random.chance(15) {
            let adult = self.people().age(now) >= 18;
            let capacity = if adult { Capacity::Adult } else { Capacity::Youth };
            by = Grantor { person: PersonRef::client(), capacity };
        } else if !administrators.is_empty() && self.random.chance(30) {
            by = self.random.one(&administrators);
        } else if self.random.chance(16) {
            by = Grantor { person: person(self.random.one(&PEOPLE)), capacity: Capacity::DataSubject };
        }
        let period = self.period(now, |_| Timestamp::END);
        self.record(now, stance, period, by);
    }

    pub fn record(&mut self, now: Timestamp, stance: Stance, period: Period, grantor: Grantor) {
        let subject = grantor.capacity == Capacity::DataSubject;
        let grantor_fields =
            if subject { self.random.maybe(90, |random| random.some(&self.fields, 70)) } else { None };
        let (id, evidence) = (self.id(), self.evidence());
        let act = json!({
            "do": "record", "at": now, "id": id, "stance": stance, "period": period, "by": grantor,
            "grantor_fields": grantor_fields, "evidence": evidence,
        });
        let custodian = self.custodian.clone();
        let draft = Draft { id, custodian, stance, period, grantor, grantor_fields, evidence };
        let (catalogue, purposes) = (&self.covenant.catalogue, &self.covenant.purposes);
        let made = draft.record(&self.people(), catalogue, purposes, now).ok();
        self.act(act, made.is_some());
        self.consents.extend(made);
    }

    /// Everybody who must still agree to one of the permits does, one after the other; now and then somebody does not.
    pub fn complete(&mut self, now: Timestamp) {
        let permits: Vec<usize> =
            (0..self.consents.len()).filter(|&at| self.consents[at].permit().is_some()).collect();
        if permits.is_empty() {
            return;
        }
        let at = self.random.one(&permits);
        self.complete_one(at, now);
    }

    fn complete_one(&mut self, at: usize, now: Timestamp) {
        let purpose = self.consents[at].permit().unwrap().purpose;
        let codes = self.consents[at].permit().unwrap().fields.clone();
        let people = self.people();
        let mut asked = people.must_agree(purpose, self.profile(), now).unwrap_or_default();
        for code in &codes {
            for extra in people.extras(self.covenant.catalogue.field(*code).unwrap(), now) {
                let anybody = Grantor {
                    person: person(self.random.one(&PEOPLE[1..])),
                    capacity: Capacity::DataSubject,
                };
                asked.push(if let Extra::Person(grantor) = extra { grantor } else { anybody });
            }
        }
        let mut done: Vec<Grantor> = Vec::new();
        for by in asked {
            if done.contains(&by) || self.random.chance(8) {
                continue;
            }
            done.push(by.clone());
            self.agree(at, by, &codes, now);
        }
    }

    pub fn agree_anyhow(&mut self, now: Timestamp) {
        if self.consents.is_empty() {
            return;
        }
        let at = self.random.below(self.consents.len());
        let by = self.grantor(now, self.purposes[0]);
        let codes = self.fields.clone();
        self.agree(at, by, &codes, now);
    }

    pub fn agree(&mut self, at: usize, by: Grantor, codes: &[FieldCode], now: Timestamp) {
        let subject = by.capacity == Capacity::DataSubject;
        let fields = if subject { self.random.maybe(95, |random| random.some(codes, 80)) } else { None };
        let act = json!({
            "do": "agree", "at": now, "id": self.consents[at].id, "by": by, "grantor_fields": fields,
        });
        let next = self.consents[at].add_grant(by, fields, &self.people(), now).ok();
        self.change(at, act, next);
    }

    pub fn withdraw(&mut self, now: Timestamp) {
        if self.consents.is_empty() {
            return;
        }
        let at = self.random.below(self.consents.len());
        let consent = &self.consents[at];
        let own = match &consent.stance {
            Stance::Permit(permit) => permit.fields.clone(),
            Stance::Objection(objection) => objection.fields.clone().unwrap_or_else(|| self.fields.clone()),
        };
        let mut gave: Vec<PersonRef> = consent.grants.iter().map(|g| g.by.person.clone()).collect();
        if self.random.chance(20) {
            gave = PEOPLE.map(person).to_vec();
        }
        let who = self.random.one(&gave);
        let from = if self.random.chance(95) { own } else { self.fields.clone() };
        let only = self.random.maybe(50, |random| random.some(&from, 40));
        let act = json!({ "do": "withdraw", "at": now, "id": consent.id, "person": who, "only": only });
        let next = consent
            .withdraw(&who, only.as_deref(), &self.people(), self.covenant.terms(&self.custodian), now)
            .ok();
        self.change(at, act, next);
    }

    pub fn spend(&mut self, now: Timestamp) {
        let spendable = |c: &Consent| {
            c.permit().is_some_and(|p| p.single_use) && c.spent.is_none() && c.withdrawn.is_none()
        };
        let Some(at) = self.consents.iter().position(spendable) else { return };
        let organisation = self.consents[at].permit().unwrap().recipient.organisation.clone();
        let spent = Spent { organisation, request: self.request(), at: now };
        let act = json!({ "do": "spend", "at": now, "id": self.consents[at].id, "spent": spent });
        let next = self.consents[at].spend(spent);
        self.change(at, act, Some(next));
    }

    /// A holder refuses what the client agreed to; one professional decides to pass that, another confirms, mostly.
    pub fn refuse_and_override(&mut self, now: Timestamp) {
        let purpose = self.purposes[0];
        let holders = self.people().must_agree(purpose, self.profile(), now).unwrap_or_default();
        if let Some(holder) = holders.last().cloned().filter(|_| self.random.chance(85)) {
            let fields = self.random.some(&self.fields, 80);
            let exact = if self.random.chance(50) { 100 } else { 40 };
            let stance = Stance::Objection(Objection {
                recipient: self.random.maybe(exact, |_| self.hats[0].organisation.clone()),
                role: None,
                purpose: self.random.maybe(exact, |_| purpose),
                fields: self.random.maybe(exact, |_| fields),
            });
            self.record(now, stance, Period::new(now, Timestamp::END).unwrap(), holder);
        }
        let Some(at) = self.consents.iter().rposition(|consent| consent.permit().is_some()) else { return };
        if self.random.chance(70) {
            let youth = Grantor { person: PersonRef::client(), capacity: Capacity::Youth };
            self.agree(at, youth, &[], now);
        }
        let professional = |random: &mut Random| RequesterRef::from_bytes([random.one(&[7, 8, 9]); 16]);
        let until = match self.random.below(4) {
            0 => self.days.moment(self.random),
            1 => Timestamp::end_of(now.date() + 3.months()).plus(self.random.one(&[0, 1])),
            _ => Timestamp::end_of(now.date() + 2.months()),
        };
        let by = professional(self.random);
        let act =
            json!({ "do": "override", "at": now, "id": self.consents[at].id, "by": by, "until": until });
        let note = EvidenceReference::parse("note-1").unwrap();
        let decision = OverrideDecision { exception: Exception::ConsideredWish, note, by, until };
        let (people, consents, profile) = (self.people(), self.consents.clone(), self.profile());
        let next = consents[at].override_refusal(decision, &people, &consents, profile, now).ok();
        self.change(at, act, next);
        if self.random.chance(85) {
            let by = professional(self.random);
            let act = json!({ "do": "confirm", "at": now, "id": self.consents[at].id, "by": by });
            let next = self.consents[at].confirm_override(&by, &people, &self.consents, profile, now).ok();
            self.change(at, act, next);
            self.complete_one(at, now);
        }
    }

    pub fn revoke(&mut self, now: Timestamp) {
        let Some(at) = self.consents.iter().rposition(|consent| !consent.overrides.is_empty()) else {
            return;
        };
        let act = json!({ "do": "revoke", "at": now, "id": self.consents[at].id });
        let next = self.consents[at].revoke_override(now).ok();
        self.change(at, act, next);
    }
}
