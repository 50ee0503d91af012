//! What a custodian registers about a client.

use super::Input;
use crate::contract::v1;
use crate::domain::{
    Authority, Capacity, CompetenceAssessment, CustodianReference, Grantor, Order, PersonRef, Purposes,
    Registration, Replacement, TeamMember, Timestamp,
};
use crate::grpc::codes;
use crate::grpc::refusal::Refusal;

/// Reads a registration.
pub(in crate::grpc) fn registration(
    wire: Option<&v1::Registration>,
    purposes: &Purposes,
    now: Timestamp,
) -> Result<Registration, Refusal> {
    let mut input = Input::default();
    let Some(wire) = wire else {
        return Err(Refusal::invalid("registration", "REGISTRATION_MISSING", "say what is registered"));
    };
    let v1::Registration { custodian_reference, birth_date, authority, parents, orders, competence, team } =
        wire;
    let reference =
        input.id("registration.custodian_reference", custodian_reference, CustodianReference::parse);
    let birth_date = input.day("registration.birth_date", birth_date);
    if birth_date.is_some_and(|day| day > now.date()) {
        input.wrong("registration.birth_date", "DATE_IN_THE_FUTURE", "cannot lie after today");
    }
    let authority = input.each("registration.authority", authority, Input::authority);
    let parents =
        input.each("registration.parents", parents, |input, field, person| input.other_person(field, person));
    let orders =
        input.each("registration.orders", orders, |input, field, order| input.order(field, order, purposes));
    let competence = input.each("registration.competence", competence, |input, field, assessment| {
        input.assessment(field, assessment, purposes)
    });
    let team = input.each("registration.team", team, Input::team_member);
    input.finish(|| {
        let (reference, birth_date) = (reference?, birth_date?);
        let withheld = Vec::new();
        Some(Registration { reference, birth_date, authority, parents, orders, competence, team, withheld })
    })
}

impl Input {
    /// Anybody but the client, whose own say follows from age and competence.
    fn other_person(&mut self, field: &str, text: &str) -> Option<PersonRef> {
        let person = self.id(field, text, PersonRef::parse)?;
        let text = "is the client, who is not registered as another person; use another reference";
        self.need(field, Some(person).filter(|p| !p.is_client()), "PERSON_IS_CLIENT", text)
    }

    fn authority(&mut self, field: &str, wire: &v1::Authority) -> Option<Authority> {
        let v1::Authority { person, capacity, period, source, checked_on } = wire;
        let person = self.other_person(&format!("{field}.person"), person);
        let capacity = codes::capacity(*capacity).filter(|capacity| match capacity {
            Capacity::ParentAuthority
            | Capacity::Guardian
            | Capacity::Curator
            | Capacity::Mentor
            | Capacity::Proxy
            | Capacity::Partner
            | Capacity::Relative
            | Capacity::Administrator => true,
            Capacity::Youth | Capacity::Adult | Capacity::CourtOrder | Capacity::DataSubject => false,
        });
        let text = "give a capacity that is registered: a parent's, guardian's, curator's, mentor's, proxy's, \
            partner's, relative's or administrator's";
        let capacity = self.need(&format!("{field}.capacity"), capacity, "CAPACITY_NOT_REGISTERED", text);
        let period = self.period(&format!("{field}.period"), period.as_ref());
        let text = "say where the authority was checked";
        let source = self.need(&format!("{field}.source"), codes::source(*source), "SOURCE_MISSING", text);
        let checked_on = self.day(&format!("{field}.checked_on"), checked_on);
        Some(Authority {
            holder: Grantor { person: person?, capacity: capacity? },
            period: period?,
            source: source?,
            checked_on: checked_on?,
        })
    }

    fn order(&mut self, field: &str, wire: &v1::Order, purposes: &Purposes) -> Option<Order> {
        let v1::Order { reference, organisation, role, period, replaces } = wire;
        let reference = self.id(&format!("{field}.reference"), reference, CustodianReference::parse);
        let carried_out_by =
            self.hat((&format!("{field}.organisation"), organisation), (&format!("{field}.role"), role));
        let period = self.period(&format!("{field}.period"), period.as_ref());
        let replaces = replaces.as_ref().map(|r| self.replacement(&format!("{field}.replaces"), r, purposes));
        Some(Order {
            reference: reference?,
            carried_out_by: carried_out_by?,
            period: period?,
            replaces: match replaces {
                Some(replacement) => Some(replacement?),
                None => None,
            },
        })
    }

    fn replacement(
        &mut self,
        field: &str,
        wire: &v1::Replacement,
        purposes: &Purposes,
    ) -> Option<Replacement> {
        let v1::Replacement { parents, by, scope, names_information } = wire;
        let parents =
            self.each(&format!("{field}.parents"), parents, |input, field, p| input.other_person(field, p));
        let by = self.other_person(&format!("{field}.by"), by);
        let scope = self.each(&format!("{field}.scope"), scope, |input, field, id| {
            input.purpose(field, id, purposes).map(|purpose| purpose.code)
        });
        Some(Replacement { parents, by: by?, scope, names_information: *names_information })
    }

    fn assessment(
        &mut self,
        field: &str,
        wire: &v1::CompetenceAssessment,
        purposes: &Purposes,
    ) -> Option<CompetenceAssessment> {
        let v1::CompetenceAssessment { from, able, about, assessed_by } = wire;
        let from = self.day(&format!("{field}.from"), from);
        let about = self.purpose_if_present(&format!("{field}.about"), about, purposes);
        let assessed_by = self.other_person(&format!("{field}.assessed_by"), assessed_by);
        Some(CompetenceAssessment { from: from?, able: *able, about, assessed_by: assessed_by? })
    }

    fn team_member(&mut self, field: &str, wire: &v1::TeamMember) -> Option<TeamMember> {
        let v1::TeamMember { organisation, role, period } = wire;
        let hat =
            self.hat((&format!("{field}.organisation"), organisation), (&format!("{field}.role"), role));
        let period = self.period(&format!("{field}.period"), period.as_ref());
        Some(TeamMember { hat: hat?, period: period? })
    }
}
