//! The code systems of an AuditEvent: those of DICOM, HL7, SNOMED and IHE, and our own for what they have no name for.
//!
//! No naming system for an OIN is published by fhir.nl, so the organisation has a URN of our own, like the rest that
//! only this ledger has: the handle of a client, the pseudonym of a professional, a leaf hash.

use super::resource::Coding;

pub(super) const PROFILE_SOURCE: &str =
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source";
pub(super) const PROFILE_RECIPIENT: &str =
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Recipient";
pub(super) const PROFILE_AUTHZ_CONSENT: &str =
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.AuthZconsent";

pub(super) const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
pub(super) const LIFECYCLE: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
pub(super) const AUTHZ_SUBTYPE: &str = "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType";
pub(super) const BALP_ENTITY_TYPE: &str = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";
pub(super) const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
pub(super) const SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
pub(super) const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
pub(super) const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
pub(super) const RESOURCE_TYPES: &str = "http://hl7.org/fhir/resource-types";

pub(super) const EVENT: &str = "urn:sluis:event";
pub(super) const PURPOSE: &str = "urn:sluis:purpose";
pub(super) const LEDGER: &str = "urn:sluis:ledger";
pub(super) const ORGANISATION: &str = "urn:sluis:organisation";
pub(super) const ROLE: &str = "urn:sluis:role";
pub(super) const REQUESTER: &str = "urn:sluis:requester";
pub(super) const CLIENT: &str = "urn:sluis:client-handle";
pub(super) const CONSENT: &str = "urn:sluis:consent";
pub(super) const COVENANT: &str = "urn:sluis:covenant";
pub(super) const LEAF: &str = "urn:sluis:leaf";
pub(super) const TRACE: &str = "urn:sluis:trace";

const SNOMED: &str = "http://snomed.info/sct";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const ROLE_CLASS: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleClass";
const SECURITY_ROLE: &str = "http://terminology.hl7.org/CodeSystem/extra-security-role-type";

pub(super) fn source_role() -> Coding {
    Coding::new(DCM, "110153", "Source Role ID")
}

pub(super) fn destination_role() -> Coding {
    Coding::new(DCM, "110152", "Destination Role ID")
}

pub(super) fn application() -> Coding {
    Coding::new(DCM, "110150", "Application")
}

pub(super) fn record_keeper() -> Coding {
    Coding::new(SNOMED, "159541003", "Record keeping/library clerk")
}

pub(super) fn information_recipient() -> Coding {
    Coding::new(PARTICIPATION, "IRCP", "information recipient")
}

pub(super) fn provider() -> Coding {
    Coding::new(ROLE_CLASS, "PROV", "healthcare provider")
}

pub(super) fn authorization_server() -> Coding {
    Coding::new(SECURITY_ROLE, "authserver", "authorization server")
}
