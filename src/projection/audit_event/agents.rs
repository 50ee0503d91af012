//! The agents of an AuditEvent: the slices of its profile first, then whose record it is and who asked.

use super::codes as code;
use super::resource::{Agent, Coding, Network, Reference};
use super::{Profile, purposes};
use crate::domain::OrganisationId;
use crate::projection::Record;
use crate::projection::account::Account;

pub(super) fn gateway(record: &Record<'_>) -> Reference {
    Reference::to(code::LEDGER, record.reader.origin, None).of_type("Device")
}

pub(super) fn organisation(record: &Record<'_>, id: &OrganisationId) -> Reference {
    let name = record.reader.parties.get(id).map(|party| party.name.clone());
    Reference::to(code::ORGANISATION, id, name).of_type("Organization")
}

pub(super) fn agents(
    record: &Record<'_>,
    account: &Account<'_>,
    profile: Profile,
    observer: &Reference,
) -> Vec<Agent> {
    let agent = |r#type: Coding, who: Reference| Agent {
        r#type: r#type.into(),
        role: Vec::new(),
        who,
        requestor: false,
        policy: Vec::new(),
        network: None,
        purpose_of_use: Vec::new(),
    };
    let at =
        |agent: Agent, uri: String| Agent { network: Some(Network { address: uri, r#type: "5" }), ..agent };
    let ledger = || format!("{}:{}", code::LEDGER, record.reader.origin);
    let address = |id: &OrganisationId| format!("{}:{id}", code::ORGANISATION);
    let asker = record.entry.actor.as_ref();
    let receiver = asker.map(|actor| &actor.hat.organisation);
    let mut agents = Vec::new();
    match (profile, receiver) {
        (Profile::Source, Some(to)) => {
            agents.push(at(agent(code::source_role(), observer.clone()), ledger()));
            agents.push(at(agent(code::destination_role(), organisation(record, to)), address(to)));
        }
        (Profile::Recipient, Some(to)) => {
            agents.push(at(agent(code::source_role(), gateway(record)), ledger()));
            agents.push(at(agent(code::destination_role(), observer.clone()), address(to)));
        }
        (Profile::AuthorizedByConsent, Some(to)) => {
            agents.push(at(agent(code::application(), organisation(record, to)), address(to)));
            agents.push(agent(code::provider(), organisation(record, to)));
            agents.push(agent(code::authorization_server(), observer.clone()));
        }
        _ => {
            agents.push(agent(code::authorization_server(), observer.clone()));
            agents.extend(receiver.map(|by| agent(code::provider(), organisation(record, by))));
        }
    }
    agents.extend(record.entry.custodian().map(|id| agent(code::record_keeper(), organisation(record, id))));
    let also = account.recipient.map(|hat| &hat.organisation).filter(|id| Some(*id) != receiver);
    agents.extend(also.map(|id| agent(code::destination_role(), organisation(record, id))));
    agents.extend(asker.map(|actor| {
        let label = record.reader.parties.get(&actor.hat.organisation);
        let label = label.and_then(|party| party.role(&actor.hat.role)).map(|role| role.label.clone());
        let role = Coding { system: code::ROLE, code: actor.hat.role.to_string(), display: label };
        Agent {
            role: vec![role.into()],
            requestor: true,
            policy: vec![format!("{}:{}", code::COVENANT, record.entry.covenant)],
            purpose_of_use: purposes(record, account),
            ..agent(code::information_recipient(), Reference::to(code::REQUESTER, &actor.requester, None))
        }
    }));
    agents
}
