//! Every required element, slice and fixed code of the IHE BALP profiles (IHE/ITI.BasicAudit at 09fe729, `input/fsh/Disclose.fsh` and
//! `AuthZ.fsh`), as a table in our own words. The base definitions are checked by a validator nobody here wrote
//! (tests/verifiers/projections).

use serde_json::Value;

use super::samples::{Words, disclosure, entry, refusal};
use super::*;
use crate::domain::Event;
use crate::domain::testing::{custodian, team};

const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const PATIENT: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/audit-entity-type", "1");
const CONSENT: (&str, &str) = ("http://hl7.org/fhir/resource-types", "Consent");
const AUTHORIZER: (&str, &str) =
    ("http://terminology.hl7.org/CodeSystem/extra-security-role-type", "authserver");

/// An agent's slice: its type, what it must have, what it cannot have, and `requestor` where it is fixed.
struct Slice {
    code: (&'static str, &'static str),
    least: usize,
    must: &'static [&'static str],
    never: &'static [&'static str],
    requestor: Option<bool>,
}

struct Profile {
    id: &'static str,
    r#type: (&'static str, &'static str),
    subtype: (&'static str, &'static str),
    action: &'static str,
    agents: &'static [Slice],
    /// The agent that must be the source's observer.
    observer: (&'static str, &'static str),
    /// Whether entities of other types than those of the profile are refused.
    closed: bool,
}

const DISCLOSE: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose");
const NETWORKED: &[&str] = &["who", "network"];
const PARTIES: &[Slice] = &[
    Slice { code: (DCM, "110153"), least: 1, must: NETWORKED, never: &[], requestor: None },
    Slice { code: (DCM, "110152"), least: 1, must: NETWORKED, never: &[], requestor: None },
    Slice {
        code: ("http://snomed.info/sct", "159541003"),
        least: 0,
        must: &["who"],
        never: &[],
        requestor: None,
    },
    Slice {
        code: ("http://snomed.info/sct", "429577009"),
        least: 0,
        must: &["who"],
        never: &[],
        requestor: None,
    },
];
const DECIDERS: &[Slice] = &[
    Slice {
        code: (DCM, "110150"),
        least: 1,
        must: NETWORKED,
        never: &["role", "altId", "name", "location", "media", "purposeOfUse"],
        requestor: None,
    },
    Slice {
        code: ("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"),
        least: 1,
        must: &["who"],
        never: &["altId", "location", "media", "network"],
        requestor: Some(true),
    },
    Slice {
        code: ("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV"),
        least: 1,
        must: &["who"],
        never: &["role", "altId", "name", "location", "policy", "media", "network"],
        requestor: Some(false),
    },
    Slice {
        code: AUTHORIZER,
        least: 1,
        must: &["who"],
        never: &["role", "altId", "name", "location", "policy", "media", "network", "purposeOfUse"],
        requestor: Some(false),
    },
];

const SOURCE: Profile = Profile {
    id: "IHE.BasicAudit.PrivacyDisclosure.Source",
    r#type: (DCM, "110106"),
    subtype: DISCLOSE,
    action: "R",
    agents: PARTIES,
    observer: (DCM, "110153"),
    closed: false,
};
const RECIPIENT: Profile = Profile {
    id: "IHE.BasicAudit.PrivacyDisclosure.Recipient",
    r#type: (DCM, "110107"),
    subtype: DISCLOSE,
    action: "C",
    agents: PARTIES,
    observer: (DCM, "110152"),
    closed: false,
};
const AUTHZ_CONSENT: Profile = Profile {
    id: "IHE.BasicAudit.AuthZconsent",
    r#type: (DCM, "110113"),
    subtype: ("https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType", "AuthZ-Consent"),
    action: "E",
    agents: DECIDERS,
    observer: AUTHORIZER,
    closed: true,
};

fn is(coding: &Value, code: (&str, &str)) -> bool {
    coding["system"] == code.0 && coding["code"] == code.1
}

fn agents<'a>(event: &'a Value, code: (&'a str, &'a str)) -> Vec<&'a Value> {
    let typed = move |agent: &&Value| {
        agent["type"]["coding"].as_array().is_some_and(|all| all.iter().any(|coding| is(coding, code)))
    };
    event["agent"].as_array().unwrap().iter().filter(typed).collect()
}

/// Everything that the profile asks and the event does not do.
fn broken(event: &Value, profile: &Profile) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    let list = |name: &str| event[name].as_array().cloned().unwrap_or_default();
    must(event["resourceType"] == "AuditEvent", "resourceType");
    let url = format!("https://profiles.ihe.net/ITI/BALP/StructureDefinition/{}", profile.id);
    must(event["meta"]["profile"] == serde_json::json!([url]), "meta.profile");
    must(event.get("modifierExtension").is_none(), "modifierExtension 0..0");
    must(is(&event["type"], profile.r#type), "type");
    let subtypes = list("subtype").iter().filter(|subtype| is(subtype, profile.subtype)).count();
    must(subtypes == 1, "subtype 1..1 of the profile's");
    must(!profile.closed || list("subtype").len() == 1, "subtype from the value set");
    must(event["action"] == profile.action, "action");
    must(event["recorded"].as_str().is_some_and(|at| at.ends_with('Z')), "recorded 1..1 instant");
    must(["0", "4", "8", "12"].iter().any(|code| event["outcome"] == *code), "outcome 1..1");
    must(list("agent").len() >= 2, "agent 2..*");
    must(event["source"]["observer"].is_object(), "source.observer 1..1");
    for agent in list("agent") {
        must(agent["requestor"].is_boolean(), "agent.requestor 1..1");
    }
    for slice in profile.agents {
        let found = agents(event, slice.code);
        must((slice.least..=1).contains(&found.len()), &format!("agent {}", slice.code.1));
        for agent in found {
            for element in slice.must {
                must(agent[element].is_object(), &format!("agent {} {element} 1..1", slice.code.1));
            }
            for element in slice.never {
                must(agent.get(element).is_none(), &format!("agent {} {element} 0..0", slice.code.1));
            }
            let requestor = slice.requestor.is_none_or(|fixed| agent["requestor"] == fixed);
            must(requestor, &format!("agent {} requestor", slice.code.1));
        }
    }
    let observer = agents(event, profile.observer);
    must(observer.first().is_some_and(|a| a["who"] == event["source"]["observer"]), "val-audit-source");
    must(list("entity").len() >= 2, "entity 2..*");
    let of = |code| list("entity").into_iter().filter(|entity| is(&entity["type"], code)).collect::<Vec<_>>();
    let patients = of(PATIENT);
    must(patients.len() == 1, "entity patient 1..1");
    for patient in patients {
        must(
            is(&patient["role"], ("http://terminology.hl7.org/CodeSystem/object-role", "1")),
            "patient role",
        );
        must(patient["what"]["type"] == "Patient", "patient what is a Patient");
    }
    if profile.closed {
        must(!of(CONSENT).is_empty(), "entity consent 1..*");
        must(of(CONSENT).iter().all(|consent| consent["what"].is_object()), "consent what 1..1");
        must(of(CONSENT).len() + 1 == list("entity").len(), "entities are closed");
    }
    broken
}

fn sample(profile: &Profile) -> Value {
    let (event, side) = match profile.id {
        "IHE.BasicAudit.AuthZconsent" => (refusal(), custodian()),
        "IHE.BasicAudit.PrivacyDisclosure.Recipient" => (disclosure(), team().organisation),
        _ => (disclosure(), custodian()),
    };
    let text = projected(&Words::new(), Format::AuditEvent, &entry(Event::Disclosure(event)), &side);
    serde_json::from_str(&text.unwrap()).unwrap()
}

#[test]
fn a_disclosure_meets_every_required_element_slice_and_fixed_code_of_its_profile() {
    for profile in [SOURCE, RECIPIENT, AUTHZ_CONSENT] {
        let event = sample(&profile);
        assert_eq!(broken(&event, &profile), Vec::<String>::new(), "{event:#}");
    }
}

#[test]
fn what_a_profile_asks_is_missed_when_it_is_taken_away() {
    for profile in [SOURCE, RECIPIENT, AUTHZ_CONSENT] {
        let good = sample(&profile);
        for member in
            ["meta", "type", "subtype", "action", "recorded", "outcome", "agent", "source", "entity"]
        {
            let mut bad = good.clone();
            bad[member] = Value::Null;
            if bad["agent"].is_null() {
                bad["agent"] = Value::Array(vec![]);
            }
            assert!(!broken(&bad, &profile).is_empty(), "{} without {member}", profile.id);
        }
        for at in 0..good["agent"].as_array().unwrap().len() {
            let mut bad = good.clone();
            let agent = bad["agent"].as_array_mut().unwrap().remove(at);
            let optional = is(&agent["type"]["coding"][0], ("http://snomed.info/sct", "159541003"))
                || (profile.id != AUTHZ_CONSENT.id && agent["type"]["coding"][0]["code"] == "IRCP");
            assert_eq!(broken(&bad, &profile).is_empty(), optional, "{} without {agent}", profile.id);
        }
    }
}

#[test]
fn a_refusal_without_a_consent_claims_no_profile() {
    use crate::domain::{Because, Lack, Told};
    let words = Words::new();
    let because = |because| {
        let mut event = refusal();
        event.withheld[0].because = because;
        let text = projected(&words, Format::AuditEvent, &entry(Event::Disclosure(event)), &custodian());
        serde_json::from_str::<Value>(&text.unwrap()).unwrap()["meta"].clone()
    };
    for none in [
        Because::Lack(Lack::NoConsent),
        Because::Lack(Lack::Unregistered),
        Because::Rule(Told::OutsidePurpose),
        Because::NoValue,
    ] {
        assert!(because(none).is_null(), "{none:?}");
    }
    assert!(because(Because::Lack(Lack::ConsentWithdrawn)).is_object());
}
