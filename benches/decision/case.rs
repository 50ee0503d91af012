//! One request of 40 fields, about a youth of 14 who decides together with two parents.

use std::collections::BTreeMap;

use jiff::civil::date;
use sluis::domain::{
    AuthenticationLevel, Authority, Capacity, Channel, Consent, ConsentId, CustodianReference, Evidence,
    EvidenceReference, FieldCode, Grant, Grantor, Ground, Hat, LifeDomain, Objection, OrganisationId, Period,
    Permit, PersonRef, PurposeCode, PurposeMembership, Registration, RequestId, RequesterRef, Role, Ruling,
    Source, Stance, Timestamp,
};
use sluis::policy::{Covenant, Inquiry};

use crate::Problem;

/// How many fields are asked.
pub const FIELDS: usize = 40;
/// How many consents the client has, the one that opens fields among them.
pub const CONSENTS: u8 = 6;

/// Everything that a decision reads.
pub struct Case {
    recipient: Hat,
    custodian: OrganisationId,
    purpose: PurposeCode,
    fields: Vec<FieldCode>,
    request: RequestId,
    at: Timestamp,
    registration: Registration,
    consents: Vec<Consent>,
}

impl Case {
    /// A case conference: every field that it can carry, and others up to 40.
    pub fn of(covenant: &Covenant) -> Result<Self, Problem> {
        let purpose = PurposeCode::parse("CAS")?;
        let inside = |code: &FieldCode| {
            let field = covenant.catalogue.field(*code);
            field.is_some_and(|field| field.in_purpose(purpose) == PurposeMembership::Member)
        };
        let mut fields: Vec<FieldCode> = covenant.catalogue.fields().map(|field| field.code).collect();
        fields.sort_by_key(|code| !inside(code));
        fields.truncate(FIELDS);
        let recipient = hat("00000099000000000201", "wijkteam")?;
        let at = Timestamp::start_of(date(2026, 11, 22)).plus(36_000_000);
        let carried: Vec<FieldCode> = fields.iter().copied().filter(inside).collect();
        let consents = consents(&recipient, purpose, &carried, at)?;
        Ok(Self {
            recipient,
            custodian: OrganisationId::parse("00000099000000000101")?,
            purpose,
            fields,
            request: RequestId::parse("0192f0c1-7a53-7c3e-9a41-000000000001")?,
            at,
            registration: registration()?,
            consents,
        })
    }

    fn inquiry(&self) -> Inquiry<'_> {
        Inquiry {
            recipient: &self.recipient,
            custodian: &self.custodian,
            purpose: self.purpose,
            life_domains: &[LifeDomain::Housing, LifeDomain::Money, LifeDomain::Family],
            ground: Ground::CONSENT,
            evidence: None,
            ticket: false,
            level: AuthenticationLevel::Substantial,
            fields: &self.fields,
            request: &self.request,
            at: self.at,
        }
    }

    /// All 40 fields.
    pub fn decide(&self, covenant: &Covenant) -> Ruling {
        covenant.decide(&self.inquiry(), Some((&self.registration, &self.consents)))
    }

    /// One single decision of Cedar, about a field that leaves.
    pub fn single<'a>(&self, covenant: &'a Covenant) -> Option<impl Fn() -> bool + use<'a>> {
        let ruling = self.decide(covenant);
        let field = ruling.permitted().first().copied()?;
        covenant.single_decision(&self.inquiry(), field, (&self.registration, &self.consents))
    }

    /// Some fields leave and some do not, and the single decision releases: else other things are measured than said.
    pub fn check(&self, covenant: &Covenant) -> Result<(), Problem> {
        let released = self.decide(covenant).permitted().len();
        let single = self.single(covenant).is_some_and(|decide| decide());
        if self.fields.len() == FIELDS && (10..FIELDS).contains(&released) && single {
            Ok(())
        } else {
            Err(format!("{released} of {} fields are released; the case no longer fits", self.fields.len())
                .into())
        }
    }
}

fn hat(organisation: &str, role: &str) -> Result<Hat, Problem> {
    Ok(Hat { organisation: OrganisationId::parse(organisation)?, role: Role::parse(role)? })
}

fn registration() -> Result<Registration, Problem> {
    let holder = |name| {
        Ok(Authority {
            holder: Grantor { person: PersonRef::parse(name)?, capacity: Capacity::ParentAuthority },
            period: Period::new(Timestamp::start_of(date(2012, 5, 1)), Timestamp::END)?,
            source: Source::AuthorityRegister,
            checked_on: date(2026, 11, 1),
        })
    };
    Ok(Registration {
        reference: CustodianReference::parse("record-1")?,
        birth_date: date(2012, 5, 1),
        authority: [holder("mother"), holder("father")].into_iter().collect::<Result<_, Problem>>()?,
        parents: vec![],
        orders: vec![],
        competence: vec![],
        team: vec![],
        withheld: vec![],
    })
}

/// An old broad objection, permits to others, and last the permit that opens: nothing is found at once.
fn consents(
    recipient: &Hat,
    purpose: PurposeCode,
    fields: &[FieldCode],
    at: Timestamp,
) -> Result<Vec<Consent>, Problem> {
    let day = 86_400_000;
    let people = [
        ("client", Capacity::Youth),
        ("mother", Capacity::ParentAuthority),
        ("father", Capacity::ParentAuthority),
    ];
    let grants = |who: &[(&str, Capacity)], days: i64| {
        let grant = |(name, capacity): &(&str, Capacity)| {
            let by = Grantor { person: PersonRef::parse(name)?, capacity: *capacity };
            Ok(Grant { by, given_at: at.plus(-days * day), fields: None, withdrawn: None })
        };
        who.iter().map(grant).collect::<Result<Vec<Grant>, Problem>>()
    };
    let consent = |number: u8, stance, grants| {
        Ok::<Consent, Problem>(Consent {
            id: ConsentId::from_bytes([number; 16]),
            version: 3,
            custodian: OrganisationId::parse("00000099000000000101")?,
            stance,
            period: Period::new(at.plus(-90 * day), at.plus(90 * day))?,
            grants,
            evidence: evidence()?,
            struck: BTreeMap::new(),
            withdrawn: None,
            overrides: vec![],
            spent: None,
        })
    };
    let permit = |recipient: Hat| {
        Stance::Permit(Permit { recipient, purpose, fields: fields.to_vec(), single_use: false })
    };
    let broad = Objection { recipient: None, role: None, purpose: Some(purpose), fields: None };
    let mut consents = vec![consent(1, Stance::Objection(broad), grants(&people[..1], 60)?)?];
    for number in 2..CONSENTS {
        let other = hat("00000099000000000202", if number % 2 == 0 { "wijkteam" } else { "wonen" })?;
        consents.push(consent(number, permit(other), grants(&people, 50)?)?);
    }
    consents.push(consent(CONSENTS, permit(recipient.clone()), grants(&people, 30)?)?);
    Ok(consents)
}

fn evidence() -> Result<Evidence, Problem> {
    Ok(Evidence {
        channel: Channel::Written,
        text_version: EvidenceReference::parse("text-b1-v3")?,
        language: EvidenceReference::parse("nl")?,
        note: None,
        recorded_by: RequesterRef::from_bytes([7; 16]),
        refusal_explained: true,
    })
}
