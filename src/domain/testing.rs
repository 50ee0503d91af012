//! Words for the tests of the domain, so that a test reads as a sentence. Everybody in it is fictional.

#![expect(
    clippy::missing_panics_doc,
    clippy::return_self_not_must_use,
    reason = "a test that is written wrongly may panic, and says so at once"
)]

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use crate::domain::client::{
    Authority, Capacity, CompetenceAssessment, Grantor, Order, Registration, Replacement, Source, TeamMember,
};
use crate::domain::consent::{Ask, Channel, Consent, Evidence, Grant, Objection, Permit, Stance};
use crate::domain::coverage::{ConsentQuestion, Coverage};
use crate::domain::id::{ConsentId, CustodianReference, Hat, OrganisationId, PersonRef, RequestId, Role};
use crate::domain::id::{EvidenceReference, RequesterRef};
use crate::domain::lack::Lack;
use crate::domain::{Catalogue, ConsentProfile, FieldCode, Period, PurposeCode, Purposes, Terms, Timestamp};

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;

/// The shipped purposes.
pub fn purposes() -> Purposes {
    Purposes::parse(include_str!("../../policies/purposes.toml")).unwrap()
}

/// The shipped catalogue.
pub fn catalogue() -> Catalogue {
    Catalogue::parse(include_str!("../../policies/catalogue.toml"), &purposes()).unwrap()
}

/// The terms of a custodian that reads the law in both ways.
pub fn terms(catalogue: &Catalogue) -> Terms<'_> {
    Terms { catalogue, profile: ConsentProfile::Dual }
}

/// Noon on the day of the tests.
pub fn today() -> Timestamp {
    noon(date(2026, 11, 22))
}

/// Noon.
pub fn noon(day: Date) -> Timestamp {
    Timestamp::start_of(day).plus(DAY / 2)
}

/// So many days before [`today`]; negative is later.
pub fn days_ago(days: i64) -> Timestamp {
    today().plus(-days * DAY)
}

/// Somebody who had the birthday of that age on 1 May 2026.
pub fn aged(years: i16) -> Registration {
    born(date(2026 - years, 5, 1))
}

/// A client about whom nothing else is registered.
pub fn born(birth_date: Date) -> Registration {
    Registration {
        reference: CustodianReference::parse("record-1").unwrap(),
        birth_date,
        authority: vec![],
        parents: vec![],
        orders: vec![],
        competence: vec![],
        team: vec![],
        withheld: vec![],
    }
}

/// From the beginning of 2000, without an end.
pub fn always() -> Period {
    Period::new(Timestamp::start_of(date(2000, 1, 1)), Timestamp::END).unwrap()
}

/// A period between two moments.
pub fn between(from: Timestamp, until: Timestamp) -> Period {
    Period::new(from, until).unwrap()
}

/// A person in a capacity.
pub fn grantor(person: &str, capacity: Capacity) -> Grantor {
    Grantor { person: self::person(person), capacity }
}

/// A person.
pub fn person(name: &str) -> PersonRef {
    PersonRef::parse(name).unwrap()
}

/// A purpose.
pub fn purpose(code: &str) -> PurposeCode {
    PurposeCode::parse(code).unwrap()
}

/// A field.
pub fn field(code: &str) -> FieldCode {
    FieldCode::parse(code).unwrap()
}

/// Fields.
pub fn fields(codes: &[&str]) -> Vec<FieldCode> {
    codes.iter().map(|code| field(code)).collect()
}

/// The care provider that holds the data.
pub fn custodian() -> OrganisationId {
    OrganisationId::parse("00000001111111110000").unwrap()
}

/// The municipal team that asks.
pub fn team() -> Hat {
    hat("00000002222222220000", "wijkteam")
}

/// A hat.
pub fn hat(organisation: &str, role: &str) -> Hat {
    Hat { organisation: OrganisationId::parse(organisation).unwrap(), role: Role::parse(role).unwrap() }
}

/// A request, told apart by a digit.
pub fn request(digit: u8) -> RequestId {
    RequestId::parse(&format!("0192f0c1-7a53-7c3e-9a41-00000000000{digit}")).unwrap()
}

impl Registration {
    /// Somebody decides, always.
    pub fn with(self, name: &str, capacity: Capacity) -> Self {
        self.with_during(name, capacity, always())
    }

    /// Somebody decides, for a time.
    pub fn with_during(mut self, name: &str, capacity: Capacity, period: Period) -> Self {
        let (source, checked_on) = (Source::AuthorityRegister, date(2026, 11, 1));
        self.authority.push(Authority { holder: grantor(name, capacity), period, source, checked_on });
        self
    }

    /// Both parents hold authority.
    pub fn with_parents(self) -> Self {
        self.with("mother", Capacity::ParentAuthority).with("father", Capacity::ParentAuthority)
    }

    /// A judgement of competence.
    pub fn judged(mut self, able: bool, from: Date, about: Option<&str>) -> Self {
        let about = about.map(purpose);
        self.competence.push(CompetenceAssessment { from, able, about, assessed_by: person("psychologist") });
        self
    }

    /// Judged unable, since the beginning of 2026.
    pub fn unable(self) -> Self {
        self.judged(false, date(2026, 1, 1), None)
    }

    /// A supervision order, with or without a replacement.
    pub fn with_order(mut self, period: Period, replaces: Option<Replacement>) -> Self {
        let reference = CustodianReference::parse("order-1").unwrap();
        self.orders.push(Order { reference, carried_out_by: institution(), period, replaces });
        self
    }

    /// A member of the treatment team.
    pub fn with_member(mut self, hat: Hat, period: Period) -> Self {
        self.team.push(TeamMember { hat, period });
        self
    }
}

/// The institution that carries out orders.
pub fn institution() -> Hat {
    hat("00000003333333330000", "jeugdbeschermer")
}

/// The institution takes a parent's place for the purposes of its scope.
pub fn in_place_of(parents: &[&str], scope: &[&str]) -> Replacement {
    Replacement {
        parents: parents.iter().map(|p| person(p)).collect(),
        by: person("institution"),
        scope: scope.iter().map(|p| purpose(p)).collect(),
        names_information: true,
    }
}

/// Complete evidence.
pub fn evidence() -> Evidence {
    Evidence {
        channel: Channel::Written,
        text_version: EvidenceReference::parse("text-b1-v3").unwrap(),
        language: EvidenceReference::parse("nl").unwrap(),
        note: None,
        recorded_by: RequesterRef::from_bytes([7; 16]),
        refusal_explained: true,
    }
}

fn consent(stance: Stance, period: Period) -> Consent {
    Consent {
        id: ConsentId::from_bytes([1; 16]),
        version: 0,
        custodian: custodian(),
        stance,
        period,
        grants: vec![],
        evidence: evidence(),
        struck: BTreeMap::new(),
        withdrawn: None,
        overrides: vec![],
        spent: None,
    }
}

/// A permit for the team, in force from a hundred days ago for two hundred days.
pub fn permit(purpose: &str, codes: &[&str]) -> Consent {
    let purpose = self::purpose(purpose);
    let permit = Permit { recipient: team(), purpose, fields: fields(codes), single_use: false };
    consent(Stance::Permit(permit), between(days_ago(100), days_ago(-100)))
}

/// An objection, without an end.
pub fn no(who: &str, capacity: Capacity, at: Timestamp, objection: Objection) -> Consent {
    consent(Stance::Objection(objection), always()).yes(who, capacity, at)
}

/// Against everything.
pub fn to_all() -> Objection {
    Objection { recipient: None, role: None, purpose: None, fields: None }
}

/// Against exactly what a permit to the team for this would permit.
pub fn to_exactly(purpose: &str, codes: &[&str]) -> Objection {
    Objection {
        recipient: Some(team().organisation),
        role: Some(team().role),
        purpose: Some(self::purpose(purpose)),
        fields: Some(fields(codes)),
    }
}

impl Consent {
    /// Somebody agrees (or, to an objection, objects).
    pub fn yes(self, who: &str, capacity: Capacity, at: Timestamp) -> Self {
        self.with_yes(who, capacity, at, None)
    }

    /// A data subject agrees to fields about them.
    pub fn yes_about(self, who: &str, codes: &[&str], at: Timestamp) -> Self {
        self.with_yes(who, Capacity::DataSubject, at, Some(fields(codes)))
    }

    /// Both parents agree.
    pub fn parents_yes(self, at: Timestamp) -> Self {
        self.yes("mother", Capacity::ParentAuthority, at).yes("father", Capacity::ParentAuthority, at)
    }

    /// In another period.
    pub fn during(self, period: Period) -> Self {
        Self { period, ..self }
    }

    fn with_yes(
        mut self,
        who: &str,
        capacity: Capacity,
        given_at: Timestamp,
        fields: Option<Vec<FieldCode>>,
    ) -> Self {
        self.grants.push(Grant { by: grantor(who, capacity), given_at, fields, withdrawn: None });
        self.version += 1;
        self
    }
}

/// What the team lacks for one field; `None` is covered.
pub fn lack(
    client: &Registration,
    consents: &[Consent],
    purpose: &str,
    code: &str,
    at: Timestamp,
) -> Option<Lack> {
    let (recipient, request) = (team(), request(1));
    let profile = ConsentProfile::Dual;
    let ask = Ask { recipient: &recipient, purpose: self::purpose(purpose), request: &request, profile, at };
    lack_for(client, consents, ask, code)
}

/// What somebody lacks for one field; `None` is covered.
pub fn lack_for(client: &Registration, consents: &[Consent], ask: Ask<'_>, code: &str) -> Option<Lack> {
    let catalogue = catalogue();
    match ConsentQuestion::new(client, consents, ask).cover(catalogue.field(field(code)).unwrap()) {
        Coverage::Covered { .. } => None,
        Coverage::Lacking(lack) => Some(lack),
    }
}
