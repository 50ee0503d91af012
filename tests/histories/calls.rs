//! The calls of a history, made at a gateway; and its answers in the words of the specification.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sluis::ambient::SystemClock;
use sluis::domain::*;
use sluis::gateway::*;
use sluis::store::Error::{ClockBehind, Refused, Stopped, Unavailable, Unknown};

use crate::client::{self, Answer, Call, FIELDS, Field, Person};

/// Of `deploy/parties.toml`.
pub const ACCARE: &str = "00000099000000000101";
pub const ASSEN: &str = "00000099000000000201";

/// What a caller heard.
pub enum Heard {
    Answer(Answer),
    /// That it had no effect.
    Nothing,
    /// Not whether it had one.
    Unknown,
}

/// Whom a history is about.
#[derive(Clone, Copy)]
pub struct Subject {
    pub number: u64,
    pub young: bool,
}

fn hat(organisation: &str, role: &str) -> Hat {
    Hat { organisation: OrganisationId::parse(organisation).unwrap(), role: Role::parse(role).unwrap() }
}

fn requester(number: u8, hat: Hat) -> Requester {
    let requester = RequesterRef::from_bytes([number; 16]);
    Requester {
        actor: Actor { requester, hat, level: AuthenticationLevel::Substantial },
        trace: TraceId::from_bytes([number; 16]),
    }
}

fn code(field: Field) -> FieldCode {
    FieldCode::parse(match field {
        Field::Name => "A03",
        Field::Wish => "C04",
    })
    .unwrap()
}

fn field(code: FieldCode) -> Field {
    FIELDS.into_iter().find(|field| self::code(*field) == code).unwrap()
}

fn person(person: Person) -> PersonRef {
    match person {
        Person::Client => PersonRef::client(),
        Person::FirstParent => PersonRef::parse("parent-1").unwrap(),
        Person::SecondParent => PersonRef::parse("parent-2").unwrap(),
    }
}

fn grantor(by: Person) -> Grantor {
    let capacity = if by == Person::Client { Capacity::Youth } else { Capacity::ParentAuthority };
    Grantor { person: person(by), capacity }
}

impl Subject {
    pub fn client(self) -> ClientRef {
        ClientRef::from_bytes(u128::from(self.number).to_be_bytes())
    }

    /// The bytes of which the id of a consent is made.
    pub fn name(self, id: client::Id) -> [u8; 16] {
        (u128::from(self.number) << 8 | u128::from(id)).to_be_bytes()
    }

    fn consent(self, id: client::Id) -> ConsentId {
        ConsentId::from_bytes(self.name(id))
    }

    pub fn request(self, number: u8) -> RequestId {
        let whole = u128::from(self.number) << 8 | u128::from(number);
        RequestId::parse(&format!(
            "0192f0c1-7a53-7c3e-{:04x}-{:012x}",
            whole >> 48 & 0xffff,
            whole & 0xffff_ffff_ffff
        ))
        .unwrap()
    }

    fn registration(self, second_parent: bool) -> Registration {
        let now = SystemClock.now();
        let years = if self.young { 13 } else { 16 };
        let birth_date: Date = now.date().saturating_sub(jiff::Span::new().years(years).months(6));
        let period = Period::new(Timestamp::start_of(birth_date), Timestamp::END).unwrap();
        let parents = [Some(Person::FirstParent), second_parent.then_some(Person::SecondParent)];
        let authority = parents.into_iter().flatten().map(|parent| Authority {
            holder: grantor(parent),
            period,
            source: Source::AuthorityRegister,
            checked_on: now.date(),
        });
        Registration {
            reference: CustodianReference::parse(&format!("record-{}", self.number)).unwrap(),
            birth_date,
            authority: authority.collect(),
            parents: vec![],
            orders: vec![],
            competence: vec![],
            team: vec![],
            withheld: vec![],
        }
    }

    fn record(self, stance: Stance, until: Option<Timestamp>) -> RecordRequest {
        RecordRequest {
            client: self.client(),
            stance,
            from: None,
            until,
            grantor: grantor(Person::Client),
            grantor_fields: None,
            evidence: Evidence {
                channel: Channel::Written,
                text_version: EvidenceReference::parse("consent-text-3").unwrap(),
                language: EvidenceReference::parse("nl").unwrap(),
                note: None,
                recorded_by: RequesterRef::from_bytes([1; 16]),
                refusal_explained: true,
            },
        }
    }
}

/// Asks a gateway, and waits for its answer.
pub async fn ask(gateway: &Gateway, of: Subject, call: &Call) -> Heard {
    match answer(gateway, of, call).await {
        Ok(answer) => Heard::Answer(answer),
        Err(Error::Consent(ConsentError::NotRegistered)) => Heard::Answer(Answer::Refused("NOT_REGISTERED")),
        Err(Error::Consent(ConsentError::Refused(refused))) => Heard::Answer(Answer::Refused(refused.code())),
        Err(Error::NotFound("consent")) => Heard::Answer(Answer::Refused("NOT_FOUND")),
        Err(Error::Store(Unknown | Stopped)) => Heard::Unknown,
        // Decided and late: where a machine stands still for a minute.
        Err(Error::Contended | Error::Store(Refused | Unavailable(_) | ClockBehind)) => Heard::Nothing,
        Err(other) => panic!("{call:?} of client {}: {other}", of.number),
    }
}

async fn answer(gateway: &Gateway, of: Subject, call: &Call) -> Result<Answer, Error> {
    let care = requester(1, hat(ACCARE, "fact-behandelaar"));
    let team = requester(2, hat(ASSEN, "wijkteam"));
    let purpose = PurposeCode::parse("WON").unwrap();
    let fields: Vec<FieldCode> = FIELDS.map(code).to_vec();
    let custodian = care.actor.hat.organisation.clone();
    let client = of.client();
    let changed = |changed: Changed| Answer::Changed(seen(&changed.consent));
    Ok(match call {
        Call::Register { second_parent } => {
            gateway.register_client(&care, &client, &of.registration(*second_parent)).await?;
            Answer::Registered
        }
        Call::Permit { single_use, .. } => {
            let recipient = team.actor.hat.clone();
            let permit = Permit { recipient, purpose, fields, single_use: *single_use };
            let until = SystemClock.now().plus(90 * 86_400_000);
            changed(gateway.record_consent(&care, &of.record(Stance::Permit(permit), Some(until))).await?)
        }
        Call::Object { .. } => {
            let Hat { organisation, role } = team.actor.hat.clone();
            // As exact as a permit: then it wins whatever the dates.
            let objection = Objection {
                recipient: Some(organisation),
                role: Some(role),
                purpose: Some(purpose),
                fields: Some(fields),
            };
            changed(gateway.record_consent(&care, &of.record(Stance::Objection(objection), None)).await?)
        }
        Call::Grant { id, by } => {
            let consent = of.consent(*id);
            let request = GrantRequest { client, consent, grantor: grantor(*by), grantor_fields: None };
            changed(gateway.add_grant(&care, &request).await?)
        }
        Call::Withdraw { id, by, only } => {
            let fields = only.map(|field| vec![code(field)]);
            let request = WithdrawRequest { client, consent: of.consent(*id), person: person(*by), fields };
            changed(gateway.withdraw(&care, &request).await?)
        }
        Call::Disclose { request } => {
            let request = DisclosureRequest {
                id: of.request(*request),
                client,
                custodian,
                purpose,
                life_domains: vec![],
                fields,
                ground: Ground::CONSENT,
                evidence: None,
            };
            let sealed = gateway.disclose(&team, &request).await?;
            assert!(sealed.failure().is_none(), "the custodian of the test does not fail");
            let (released, withheld, _) = sealed.open();
            assert_eq!(released.len() + withheld.len(), FIELDS.len());
            Answer::Released(released.into_iter().map(|(code, _)| field(code)).collect())
        }
        Call::Preview => {
            let recipient = team.actor.hat.clone();
            let request = PreviewRequest {
                client,
                custodian,
                recipient,
                purpose,
                life_domains: vec![],
                fields,
                ground: Ground::CONSENT,
                evidence: None,
            };
            let ruling = gateway.preview(&team, &request).await?;
            let permitted = ruling.verdicts().iter().filter_map(|(code, verdict)| match verdict {
                Verdict::Permitted { consent, .. } => {
                    let (id, version) = consent.as_ref().unwrap();
                    Some((field(*code), (last_byte(id.as_str()), *version)))
                }
                Verdict::Withheld { .. } => None,
            });
            Answer::Permitted(permitted.collect())
        }
        Call::List => {
            let (registration, consents) = gateway.consents(&care, &client).await?;
            let consents: BTreeMap<_, _> =
                consents.iter().map(|consent| (last_byte(consent.id.as_str()), seen(consent))).collect();
            Answer::Listed { second_parent: registration.authority.len() == 2, consents }
        }
    })
}

/// A consent as the specification has it.
fn seen(consent: &Consent) -> client::Consent {
    let people = |live: bool| -> BTreeSet<Person> {
        let grants = consent.grants.iter().filter(|g| !live || g.withdrawn.is_none());
        let all = [Person::Client, Person::FirstParent, Person::SecondParent];
        grants.map(|g| all.into_iter().find(|p| person(*p) == g.by.person).unwrap()).collect()
    };
    client::Consent {
        version: consent.version,
        permits: consent.permit().is_some(),
        single_use: consent.permit().is_some_and(|p| p.single_use),
        gave: people(false),
        gives: people(true),
        struck: consent.struck.keys().map(|code| field(*code)).collect(),
        withdrawn: consent.withdrawn.is_some(),
        spent_by: consent.spent.as_ref().map(|spent| last_byte(spent.request.as_str())),
    }
}

/// The number that an id ends with.
pub fn last_byte(id: &str) -> u8 {
    u8::from_str_radix(&id[id.len() - 2..], 16).unwrap()
}
