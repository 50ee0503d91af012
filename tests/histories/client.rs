//! What one client's consents do, one call after the other: the specification that every history is held against.
//!
//! It is written from the rules, for the part of them that the histories use, and shares no code with the gateway. A client of thirteen
//! needs the own yes and that of every parent in authority; one of sixteen decides alone. Two fields are asked for
//! one purpose, by one team.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::checker::Object;

/// Who agrees, objects or takes back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
pub enum Person {
    Client,
    FirstParent,
    SecondParent,
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
pub enum Field {
    Name,
    Wish,
}

pub const FIELDS: [Field; 2] = [Field::Name, Field::Wish];

/// A consent, named by the number of the call that recorded it.
pub type Id = u8;

/// A consent in one of its versions.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Consent {
    pub version: u32,
    /// Whether it is a yes.
    pub permits: bool,
    pub single_use: bool,
    /// Who said yes, ever; and whose yes still counts.
    pub gave: BTreeSet<Person>,
    pub gives: BTreeSet<Person>,
    /// What was taken back of it.
    pub struck: BTreeSet<Field>,
    pub withdrawn: bool,
    /// The request that spent its single use.
    pub spent_by: Option<u8>,
}

/// Short: a history is read line by line.
impl fmt::Debug for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (self.permits, self.single_use) {
            (false, _) => "no",
            (true, false) => "yes",
            (true, true) => "yes, once,",
        };
        write!(f, "<version {}: {what} of {:?}", self.version, self.gives)?;
        if self.gave != self.gives {
            write!(f, ", ever {:?}", self.gave)?;
        }
        if !self.struck.is_empty() {
            write!(f, ", without {:?}", self.struck)?;
        }
        if self.withdrawn {
            f.write_str(", ended")?;
        }
        self.spent_by.map_or(Ok(()), |request| write!(f, ", spent by {request}"))?;
        f.write_str(">")
    }
}

/// What is asked of the gateways about a client.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(tag = "call")]
pub enum Call {
    /// The registration is replaced whole.
    Register {
        second_parent: bool,
    },
    Permit {
        id: Id,
        single_use: bool,
    },
    Object {
        id: Id,
    },
    Grant {
        id: Id,
        by: Person,
    },
    Withdraw {
        id: Id,
        by: Person,
        only: Option<Field>,
    },
    Disclose {
        request: u8,
    },
    Preview,
    List,
}

/// What is answered. What had no effect is no answer.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(tag = "answer", content = "of")]
pub enum Answer {
    Registered,
    /// A consent in its new version.
    Changed(Consent),
    Refused(&'static str),
    /// The fields that were released; every other one was withheld.
    Released(BTreeSet<Field>),
    /// The fields that would be, each on a consent in a version.
    Permitted(BTreeMap<Field, (Id, u32)>),
    /// All that is recorded.
    Listed {
        second_parent: bool,
        consents: BTreeMap<Id, Consent>,
    },
}

/// All that the register knows of a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    /// Thirteen years old, not sixteen.
    pub young: bool,
    /// Whether the second parent has authority too, once registered.
    pub registered: Option<bool>,
    pub consents: BTreeMap<Id, Consent>,
}

impl Client {
    pub fn unknown(young: bool) -> Self {
        Self { young, registered: None, consents: BTreeMap::new() }
    }

    /// Everyone whose yes is needed.
    fn must_agree(&self) -> BTreeSet<Person> {
        let mut people = BTreeSet::from([Person::Client]);
        if self.young {
            people.insert(Person::FirstParent);
            people.extend((self.registered == Some(true)).then_some(Person::SecondParent));
        }
        people
    }

    /// The consent that opens a field now, to this request: the first by its name that does.
    fn opens(&self, field: Field, request: Option<u8>) -> Option<(Id, &Consent)> {
        self.registered?;
        if self.consents.values().any(|c| !c.permits && !c.withdrawn && !c.struck.contains(&field)) {
            return None;
        }
        let people = self.must_agree();
        let in_force = |c: &Consent| {
            let unspent = c.spent_by.is_none_or(|spent| Some(spent) == request);
            c.permits && !c.withdrawn && !c.struck.contains(&field) && unspent && people.is_subset(&c.gives)
        };
        self.consents.iter().find(|(_, c)| in_force(c)).map(|(id, c)| (*id, c))
    }

    /// Another version of a consent, or why not.
    fn change(
        &mut self,
        id: Id,
        change: impl FnOnce(&mut Consent, &BTreeSet<Person>) -> Result<(), &'static str>,
    ) -> Answer {
        if self.registered.is_none() {
            return Answer::Refused("NOT_REGISTERED");
        }
        let people = self.must_agree();
        let Some(consent) = self.consents.get_mut(&id) else { return Answer::Refused("NOT_FOUND") };
        let mut next = consent.clone();
        if let Err(code) = change(&mut next, &people) {
            return Answer::Refused(code);
        }
        next.version += 1;
        *consent = next.clone();
        Answer::Changed(next)
    }

    fn record(&mut self, id: Id, permits: bool, single_use: bool) -> Answer {
        if self.registered.is_none() {
            return Answer::Refused("NOT_REGISTERED");
        }
        let by = BTreeSet::from([Person::Client]);
        let consent = Consent {
            version: 1,
            permits,
            single_use,
            gave: by.clone(),
            gives: by,
            struck: BTreeSet::new(),
            withdrawn: false,
            spent_by: None,
        };
        self.consents.insert(id, consent.clone());
        Answer::Changed(consent)
    }

    fn disclose(&mut self, request: u8) -> Answer {
        let opened = FIELDS.map(|field| (field, self.opens(field, Some(request)).map(|(id, _)| id)));
        for consent in opened.iter().filter_map(|(_, id)| *id).collect::<BTreeSet<Id>>() {
            let spends = |c: &&mut Consent| c.single_use && c.spent_by.is_none();
            if let Some(consent) = self.consents.get_mut(&consent).filter(spends) {
                consent.spent_by = Some(request);
                consent.version += 1;
            }
        }
        Answer::Released(opened.iter().filter(|(_, id)| id.is_some()).map(|(field, _)| *field).collect())
    }
}

/// Somebody agrees as well.
fn grant(consent: &mut Consent, people: &BTreeSet<Person>, by: Person) -> Result<(), &'static str> {
    if !consent.permits {
        return Err("OBJECTION_IS_ONE_PERSONS");
    }
    if consent.withdrawn || consent.spent_by.is_some() {
        return Err("CONSENT_ENDED");
    }
    if !people.contains(&by) {
        return Err("GRANTOR_CANNOT_AGREE");
    }
    consent.gave.insert(by);
    consent.gives.insert(by);
    Ok(())
}

/// Somebody takes back what they gave, whole or one field of it. Whoever must agree now may, in the place of whoever does not any more.
fn withdraw(
    consent: &mut Consent,
    people: &BTreeSet<Person>,
    by: Person,
    only: Option<Field>,
) -> Result<(), &'static str> {
    if consent.withdrawn {
        return Err("CONSENT_ENDED");
    }
    let in_place_of_another = people.contains(&by) && consent.gave.iter().any(|p| !people.contains(p));
    let gave = if consent.permits {
        consent.gives.contains(&by) || in_place_of_another
    } else {
        consent.gave.contains(&by)
    };
    if !gave {
        return Err("NOT_THE_GRANTOR");
    }
    let is_needed = people.contains(&by);
    match only {
        None if !consent.permits => {
            consent.withdrawn = true;
            return Ok(());
        }
        Some(_) if !is_needed => return Err("GRANT_NOT_NEEDED"),
        Some(field) => {
            consent.struck.insert(field);
        }
        None => {
            consent.gives.remove(&by);
            consent.struck.extend(FIELDS.iter().filter(|_| is_needed));
        }
    }
    consent.withdrawn = FIELDS.iter().all(|field| consent.struck.contains(field));
    Ok(())
}

impl Object for Client {
    type State = Self;
    type Call = Call;
    type Answer = Answer;

    fn apply(state: &Self, call: &Call) -> (Self, Answer) {
        let mut next = state.clone();
        let answer = match call {
            Call::Register { second_parent } => {
                next.registered = Some(*second_parent);
                Answer::Registered
            }
            Call::Permit { id, single_use } => next.record(*id, true, *single_use),
            Call::Object { id } => next.record(*id, false, false),
            Call::Grant { id, by } => next.change(*id, |consent, people| grant(consent, people, *by)),
            Call::Withdraw { id, by, only } => {
                next.change(*id, |consent, people| withdraw(consent, people, *by, *only))
            }
            Call::Disclose { request } => next.disclose(*request),
            Call::Preview => {
                let opens = |field| state.opens(field, None).map(|(id, c)| (field, (id, c.version)));
                Answer::Permitted(FIELDS.into_iter().filter_map(opens).collect())
            }
            Call::List => match state.registered {
                None => Answer::Refused("NOT_REGISTERED"),
                Some(second_parent) => Answer::Listed { second_parent, consents: state.consents.clone() },
            },
        };
        (next, answer)
    }
}
