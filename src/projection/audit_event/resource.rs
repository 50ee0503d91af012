//! The parts of a FHIR R4 AuditEvent (4.0.1) that are written here. Absent is left out, as FHIR asks.

use serde::Serialize;

/// `AuditEvent`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::projection) struct AuditEvent {
    pub(super) resource_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) meta: Option<Meta>,
    pub(super) r#type: Coding,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) subtype: Vec<Coding>,
    pub(super) action: &'static str,
    pub(super) recorded: String,
    pub(super) outcome: &'static str,
    pub(super) outcome_desc: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) purpose_of_event: Vec<Concept>,
    pub(super) agent: Vec<Agent>,
    pub(super) source: Source,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) entity: Vec<Entity>,
}

/// `Meta`: the profile that it claims.
#[derive(Serialize)]
pub(in crate::projection) struct Meta {
    pub(super) profile: Vec<&'static str>,
}

/// `Coding`.
#[derive(Serialize, Clone)]
pub(in crate::projection) struct Coding {
    pub(super) system: &'static str,
    pub(super) code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display: Option<String>,
}

/// `CodeableConcept`.
#[derive(Serialize, Clone)]
pub(in crate::projection) struct Concept {
    pub(super) coding: Vec<Coding>,
}

/// `Identifier`.
#[derive(Serialize, Clone)]
pub(in crate::projection) struct Identifier {
    pub(super) system: &'static str,
    pub(super) value: String,
}

/// `Reference`: always a logical one, for nothing here has an address.
#[derive(Serialize, Clone, Default)]
pub(in crate::projection) struct Reference {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identifier: Option<Identifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display: Option<String>,
}

/// `AuditEvent.agent`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::projection) struct Agent {
    pub(super) r#type: Concept,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) role: Vec<Concept>,
    pub(super) who: Reference,
    pub(super) requestor: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) policy: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<Network>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) purpose_of_use: Vec<Concept>,
}

/// `AuditEvent.agent.network`.
#[derive(Serialize)]
pub(in crate::projection) struct Network {
    pub(super) address: String,
    pub(super) r#type: &'static str,
}

/// `AuditEvent.source`.
#[derive(Serialize)]
pub(in crate::projection) struct Source {
    pub(super) site: String,
    pub(super) observer: Reference,
    pub(super) r#type: Vec<Coding>,
}

/// `AuditEvent.entity`.
#[derive(Serialize)]
pub(in crate::projection) struct Entity {
    pub(super) what: Reference,
    pub(super) r#type: Coding,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<Coding>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) detail: Vec<Detail>,
}

/// `AuditEvent.entity.detail`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::projection) struct Detail {
    pub(super) r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value_string: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value_base64_binary: Option<String>,
}

impl Coding {
    pub(super) fn new(system: &'static str, code: &str, display: &str) -> Self {
        Self { system, code: code.to_owned(), display: Some(display.to_owned()) }
    }
}

impl From<Coding> for Concept {
    fn from(coding: Coding) -> Self {
        Self { coding: vec![coding] }
    }
}

impl Reference {
    pub(super) fn to(
        system: &'static str,
        value: &(impl ToString + ?Sized),
        display: Option<String>,
    ) -> Self {
        Self { r#type: None, identifier: Some(Identifier { system, value: value.to_string() }), display }
    }

    pub(super) fn of_type(self, r#type: &'static str) -> Self {
        Self { r#type: Some(r#type), ..self }
    }
}

impl Detail {
    pub(super) fn text(r#type: &'static str, text: &(impl ToString + ?Sized)) -> Self {
        Self { r#type, value_string: Some(text.to_string()), value_base64_binary: None }
    }
}
