//! What is asked and answered in `DisclosureService.Consult`.

use super::Input;
use crate::contract::v1;
use crate::domain::{Content, Ground, RequestId, ValueType};
use crate::gateway::ConsultRequest;
use crate::grpc::caller::Caller;
use crate::grpc::refusal::Refusal;

/// The most characters of a question (rules.md 4.3).
const LONGEST: usize = 500;
/// The most characters of a name.
const LONGEST_NAME: usize = 120;

/// Reads a question about somebody who is not named.
pub(in crate::grpc) fn consult(caller: &Caller, wire: v1::ConsultRequest) -> Result<ConsultRequest, Refusal> {
    let v1::ConsultRequest {
        request_id,
        consulted_organisation,
        consulted_role,
        purpose,
        question,
        age_group,
        names,
    } = wire;
    let (question, names) =
        (Content::from(question), names.into_iter().map(Content::from).collect::<Vec<_>>());
    let covenant = &caller.covenant.covenant;
    let mut input = Input::default();
    let id = input.id("request_id", &request_id, RequestId::parse);
    let consulted =
        input.hat(("consulted_organisation", &consulted_organisation), ("consulted_role", &consulted_role));
    let known = consulted.filter(|hat| {
        let party = covenant.parties.get(&hat.organisation).and_then(|party| party.role(&hat.role));
        party.is_some() && hat.organisation != *caller.organisation()
    });
    let text = "name another party and one of its roles; see CatalogueService.ListParties";
    let consulted = input.need("consulted_organisation", known, "CONSULTED_UNKNOWN", text);
    let purpose = input.purpose("purpose", &purpose, &covenant.purposes);
    let anonymous = |code: &String| Ground::parse(code).is_some_and(|ground| ground.to_string() == "R12");
    if purpose.is_some_and(|purpose| !purpose.grounds.iter().any(anonymous)) {
        input.wrong("purpose", "PURPOSE_NOT_ANONYMOUS", "name a purpose that goes without naming anybody");
    }
    let length = question.as_str().chars().count();
    if question.as_str().trim().is_empty() || length > LONGEST {
        input.wrong("question", "QUESTION_LENGTH", format!("ask in 1 to {LONGEST} characters"));
    }
    if names.len() > super::MOST || names.iter().any(|name| name.as_str().chars().count() > LONGEST_NAME) {
        let text = format!("list at most {} names of at most {LONGEST_NAME} characters", super::MOST);
        input.wrong("names", "TOO_MANY", text);
    }
    let ages =
        caller.covenant.covenant.catalogue.by_id("person.age-group").and_then(|field| match &field.value {
            ValueType::Code { terms } => terms.iter().find(|term| term.code == age_group),
            _ => None,
        });
    let ages = ages.and_then(|term| {
        let (youngest, oldest) = term.code.split_once('-')?;
        Some((youngest.parse().ok()?, oldest.parse().ok()?))
    });
    let ages = input.need("age_group", ages, "AGE_GROUP_UNKNOWN", "name a code of person.age-group");
    input.finish(|| {
        let purpose = purpose?.code;
        Some(ConsultRequest { id: id?, consulted: consulted?, purpose, question, names, ages: ages? })
    })
}
