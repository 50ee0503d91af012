//! The people and organisations of a case, from the words that it uses for them.

use jiff::civil::{Date, date};

use crate::domain::{
    Authority, Capacity, CompetenceAssessment, CustodianReference, EvidenceReference, Grantor, Hat,
    Malformed, Order, OrganisationId, Period, PersonRef, Registration, Replacement, RequesterRef, Role,
    Source, TeamMember, Timestamp, WithheldItems, Withholding, WithholdingId, WithholdingReason,
};
use crate::policy::Covenant;
use crate::policy::cases::moment::{Moment, TODAY};
use crate::policy::cases::play::fields;
use crate::policy::cases::written::{Client, During, Holding};

/// What in a case does not make sense.
pub(super) type Problem = String;

const LONG_AGO: Date = date(2000, 1, 1);

pub(super) fn period(from: Option<Moment>, until: Option<Moment>) -> Result<Period, Problem> {
    let from = from.map_or_else(|| Timestamp::start_of(LONG_AGO), Moment::begins);
    Period::new(from, until.map_or(Timestamp::END, Moment::ends)).map_err(|e| e.to_string())
}

fn malformed(error: Malformed) -> Problem {
    error.to_string()
}

/// The client is called client or youth; everybody else by role, such as mother.
pub(super) fn person(name: &str) -> Result<PersonRef, Problem> {
    if name == "youth" { Ok(PersonRef::client()) } else { PersonRef::parse(name).map_err(malformed) }
}

/// An organisation by its name in the list of parties; one that is not in it by its number.
pub(super) fn organisation(name: &str, covenant: &Covenant) -> Result<OrganisationId, Problem> {
    match covenant.parties.iter().find(|party| party.name == name) {
        Some(party) => Ok(party.id.clone()),
        None => OrganisationId::parse(name)
            .ok()
            .filter(|id| id.as_str().starts_with(|c: char| c.is_ascii_digit()))
            .ok_or_else(|| format!("{name} is not in the list of parties")),
    }
}

/// A hat: organisation, stroke, role.
pub(super) fn hat(text: &str, covenant: &Covenant) -> Result<Hat, Problem> {
    let (name, role) = text.split_once('/').ok_or_else(|| format!("{text}: write organisation/role"))?;
    Ok(Hat { organisation: organisation(name, covenant)?, role: Role::parse(role).map_err(malformed)? })
}

impl Client {
    pub fn registration(&self, covenant: &Covenant) -> Result<Registration, Problem> {
        let birth_date = match self.born {
            Some(born) => born.day(),
            None => Date::new(TODAY.day().year() - self.age, 5, 1).map_err(|e| e.to_string())?,
        };
        let mut authority = Vec::new();
        let kinds = [
            (&self.holders, Capacity::ParentAuthority),
            (&self.guardians, Capacity::Guardian),
            (&self.curators, Capacity::Curator),
            (&self.mentors, Capacity::Mentor),
            (&self.proxies, Capacity::Proxy),
            (&self.partners, Capacity::Partner),
            (&self.relatives, Capacity::Relative),
            (&self.administrators, Capacity::Administrator),
        ];
        for (holdings, capacity) in kinds {
            for holding in holdings {
                authority.push(holds(holding, capacity)?);
            }
        }
        Ok(Registration {
            reference: CustodianReference::parse("record-1").map_err(malformed)?,
            birth_date,
            authority,
            parents: self.parents.iter().map(|name| person(name)).collect::<Result<_, _>>()?,
            orders: self.orders(covenant)?,
            competence: self.assessments()?,
            team: self.members(covenant)?,
            withheld: self.withheld()?,
        })
    }

    fn withheld(&self) -> Result<Vec<Withholding>, Problem> {
        let codes = fields(&self.withheld_from_representatives)?;
        let withholding = Withholding {
            id: WithholdingId::from_bytes([1; 16]),
            items: WithheldItems::Fields(codes),
            reason: WithholdingReason::TrustAtRisk,
            note: EvidenceReference::parse("note-1").map_err(malformed)?,
            by: RequesterRef::from_bytes([7; 16]),
            at: Timestamp::start_of(date(2026, 1, 1)),
            review_on: date(2026, 12, 31),
        };
        Ok(if self.withheld_from_representatives.is_empty() { Vec::new() } else { vec![withholding] })
    }

    fn orders(&self, covenant: &Covenant) -> Result<Vec<Order>, Problem> {
        let order = |written: &super::written::Order| {
            let replacement = |by: &String| {
                Ok::<_, Problem>(Replacement {
                    parents: written.in_place_of.iter().map(|name| person(name)).collect::<Result<_, _>>()?,
                    by: person(by)?,
                    scope: written.scope.clone(),
                    names_information: written.names_information,
                })
            };
            Ok(Order {
                reference: CustodianReference::parse("order-1").map_err(malformed)?,
                carried_out_by: hat(
                    written.carried_out_by.as_deref().unwrap_or("gi/jeugdbeschermer"),
                    covenant,
                )?,
                period: period(written.from, written.until)?,
                replaces: written.by.as_ref().map(replacement).transpose()?,
            })
        };
        self.order.iter().map(order).collect()
    }

    fn assessments(&self) -> Result<Vec<CompetenceAssessment>, Problem> {
        let assessed_by = person("psychologist")?;
        let always = self.unable.then(|| CompetenceAssessment {
            from: date(2026, 1, 1),
            able: false,
            about: None,
            assessed_by: assessed_by.clone(),
        });
        let written = self.competence.iter().map(|c| CompetenceAssessment {
            from: c.from.day(),
            able: c.able,
            about: c.about,
            assessed_by: assessed_by.clone(),
        });
        Ok(always.into_iter().chain(written).collect())
    }

    fn members(&self, covenant: &Covenant) -> Result<Vec<TeamMember>, Problem> {
        let member = |m: &super::written::Member| {
            Ok(TeamMember { hat: hat(&m.hat, covenant)?, period: period(m.from, m.until)? })
        };
        self.team.iter().map(member).collect()
    }
}

fn holds(holding: &Holding, capacity: Capacity) -> Result<Authority, Problem> {
    let (name, period) = match holding {
        Holding::Always(name) => (name, period(None, None)?),
        Holding::During(During { who, from, until }) => (who, period(*from, *until)?),
    };
    let (source, checked_on) = (Source::AuthorityRegister, date(2026, 11, 1));
    Ok(Authority { holder: Grantor { person: person(name)?, capacity }, period, source, checked_on })
}

/// In what capacity somebody speaks who does not say so: as they are registered.
pub(super) fn speaker(
    name: &str,
    said: Option<Capacity>,
    registration: &Registration,
    at: Timestamp,
) -> Result<Grantor, Problem> {
    let person = person(name)?;
    let of_client = || {
        let capacity = if registration.age(at) < 18 { Capacity::Youth } else { Capacity::Adult };
        person.is_client().then_some(capacity)
    };
    let registered =
        || registration.authority.iter().find(|a| a.holder.person == person).map(|a| a.holder.capacity);
    let by_order = || {
        let mut replaced = registration.orders.iter().filter_map(|o| o.replaces.as_ref());
        replaced.any(|r| r.by == person).then_some(Capacity::CourtOrder)
    };
    let capacity = said.or_else(of_client).or_else(registered).or_else(by_order);
    let capacity = capacity.ok_or_else(|| format!("{name} is not registered: say as what, with as = "))?;
    Ok(Grantor { person, capacity })
}
