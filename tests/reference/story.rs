//! What people do about one client, act by act, in the order of time.

use jiff::civil::Date;
use serde_json::{Value, json};
use sluis::domain::{
    Capability, Channel, Consent, ConsentId, ConsentProfile, Evidence, EvidenceReference, FieldCode, Grantor,
    Hat, OrganisationId, Period, PurposeCode, PurposeMembership, Registration, RequestId, RequesterRef,
    Timestamp,
};
use sluis::policy::Covenant;

use crate::people::{CAPACITIES, Days, PEOPLE, birth_date, person, registration};
use crate::random::Random;

/// A client's story so far.
pub struct Story<'a> {
    pub random: &'a mut Random,
    pub covenant: &'a Covenant,
    pub days: Days,
    pub birth_date: Date,
    pub custodian: OrganisationId,
    pub hats: Vec<Hat>,
    pub purposes: Vec<PurposeCode>,
    pub fields: Vec<FieldCode>,
    pub registration: Option<Registration>,
    pub consents: Vec<Consent>,
    pub acts: Vec<Value>,
    pub accepted: Vec<bool>,
}

impl<'a> Story<'a> {
    pub fn begin(random: &'a mut Random, covenant: &'a Covenant) -> Self {
        let days = Days::draw(random);
        let birth_date = birth_date(random, &days);
        let hats: Vec<Hat> = covenant
            .parties
            .iter()
            .flat_map(|party| {
                let hat = |role| Hat { organisation: party.id.clone(), role };
                party.roles.iter().map(move |role| hat(role.role.clone()))
            })
            .filter(|hat| covenant.parties.allows(hat, Capability::Ask))
            .collect();
        let by_consent = |p: &&sluis::domain::Purpose| p.grounds.iter().any(|ground| ground == "R01");
        let all: Vec<PurposeCode> = covenant.purposes.all().filter(by_consent).map(|p| p.code).collect();
        let purposes = vec![random.one(&all), random.one(&all)];
        let codes = |explicit: bool| -> Vec<FieldCode> {
            let fits = |membership| match membership {
                PurposeMembership::Outside => !explicit,
                PurposeMembership::Member | PurposeMembership::OnExplicit => explicit,
            };
            covenant.catalogue.fields().filter(|f| fits(f.in_purpose(purposes[0]))).map(|f| f.code).collect()
        };
        let special = |code: &FieldCode| {
            covenant.catalogue.field(*code).is_some_and(|f| {
                f.third_person.is_some() || f.needs_administrator() || !f.on_explicit.is_empty()
            })
        };
        let within = codes(true);
        let specials: Vec<FieldCode> = within.iter().copied().filter(special).collect();
        let mut fields: Vec<FieldCode> = (0..3).map(|_| random.one(&within)).collect();
        if !specials.is_empty() {
            fields.extend((0..3).map(|_| random.one(&specials)));
        }
        if random.chance(20) {
            fields.push(random.one(&codes(false)));
        }
        fields.sort();
        fields.dedup();
        // The first hat and the first purpose are what the case is mostly about.
        let kind = |hat: &Hat| covenant.parties.get(&hat.organisation).map(|party| party.kind);
        let custodian = random.one(&hats);
        let speaks = |hat: &&Hat| {
            let kinds = kind(&custodian).zip(kind(hat));
            kinds.is_some_and(|(from, to)| from.direction_to(to).is_some())
        };
        let near: Vec<Hat> = hats.iter().filter(speaks).cloned().collect();
        let from = if near.is_empty() || random.chance(10) { &hats } else { &near };
        let hats = vec![random.one(from), random.one(from), random.one(&hats)];
        let custodian = custodian.organisation;
        Self {
            random,
            covenant,
            days,
            birth_date,
            custodian,
            hats,
            purposes,
            fields,
            registration: None,
            consents: Vec::new(),
            acts: Vec::new(),
            accepted: Vec::new(),
        }
    }

    pub fn focus<T: Clone>(random: &mut Random, of: &[T]) -> T {
        if random.chance(85) { of[0].clone() } else { random.one(of) }
    }

    /// Lives through some acts in the order of time, and says when the last one was.
    pub fn live(&mut self) -> Timestamp {
        let count = self.random.between(3, 10);
        let mut moments: Vec<Timestamp> = (0..count).map(|_| self.days.moment(self.random)).collect();
        moments.sort();
        let last = moments[count - 1];
        if self.random.chance(2) {
            return last;
        }
        self.register(moments[0]);
        for now in moments {
            match self.random.below(100) {
                0..=42 => self.record_permit(now),
                43..=51 => self.record_objection(now),
                52..=63 => self.withdraw(now),
                64..=78 => self.complete(now),
                79..=81 => self.agree_anyhow(now),
                82..=93 => self.refuse_and_override(now),
                94..=95 => self.revoke(now),
                96 => self.spend(now),
                _ => self.register(now),
            }
            if self.random.chance(65) {
                self.complete(now);
            }
        }
        last
    }

    pub fn act(&mut self, act: Value, accepted: bool) {
        self.acts.push(act);
        self.accepted.push(accepted);
    }

    pub fn register(&mut self, now: Timestamp) {
        let made = registration(self.random, &self.days, self.birth_date, &self.hats, &self.purposes);
        self.act(json!({ "do": "register", "at": now, "registration": made }), true);
        self.registration = Some(made);
    }

    pub fn people(&self) -> Registration {
        self.registration.clone().unwrap()
    }

    /// Somebody who must agree now, or whoever.
    pub fn grantor(&mut self, now: Timestamp, purpose: PurposeCode) -> Grantor {
        let ladder = self.people().must_agree(purpose, self.profile(), now).unwrap_or_default();
        if !ladder.is_empty() && self.random.chance(85) {
            return self.random.one(&ladder);
        }
        let holders: Vec<Grantor> = self.people().authority.into_iter().map(|a| a.holder).collect();
        if !holders.is_empty() && self.random.chance(60) {
            return self.random.one(&holders);
        }
        Grantor { person: person(self.random.one(&PEOPLE)), capacity: self.random.one(&CAPACITIES) }
    }

    pub fn id(&self) -> ConsentId {
        ConsentId::from_bytes([u8::try_from(self.acts.len()).unwrap(); 16])
    }

    pub fn evidence(&mut self) -> Evidence {
        let reference = |text: &str| EvidenceReference::parse(text).unwrap();
        let channel = if self.random.chance(90) { Channel::Written } else { Channel::Verbal };
        Evidence {
            channel,
            text_version: reference("text-b1-v3"),
            language: reference("nl"),
            note: self.random.maybe(50, |_| reference("note-1")),
            recorded_by: RequesterRef::from_bytes([7; 16]),
            refusal_explained: self.random.chance(98),
        }
    }

    pub fn period(&mut self, now: Timestamp, latest: impl Fn(Timestamp) -> Timestamp) -> Period {
        let from = match self.random.below(8) {
            0 => self.days.moment(self.random),
            1 => Timestamp::start_of(now.date()),
            2 => Timestamp::end_of(now.date()),
            _ => now,
        };
        let longest = latest(from);
        let until = match self.random.below(8) {
            0 | 1 => self.days.moment(self.random),
            2 => longest.plus(1),
            3 => Timestamp::end_of(from.date()),
            _ => longest,
        };
        Period::new(from, until).or_else(|_| Period::new(from, from.plus(1))).unwrap()
    }

    pub fn profile(&self) -> ConsentProfile {
        self.covenant.parties.consent_profile(&self.custodian)
    }

    pub fn change(&mut self, at: usize, act: Value, next: Option<Consent>) {
        self.act(act, next.is_some());
        if let Some(next) = next {
            self.consents[at] = next;
        }
    }

    pub fn request(&mut self) -> RequestId {
        RequestId::parse(self.random.one(&REQUESTS)).unwrap()
    }
}

const REQUESTS: [&str; 2] = ["0192f0c1-7a53-7c3e-9a41-000000000001", "0192f0c1-7a53-7c3e-9a41-000000000002"];
