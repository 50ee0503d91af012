//! The messages of the story, short to write.

use sluis::ambient::SystemClock;
use sluis::contract::v1::*;
use sluis::domain::Clock as _;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{ASSEN, Caller, request_id};

pub fn named(bsn: &str) -> Option<ClientName> {
    Some(ClientName { name: Some(client_name::Name::Bsn(bsn.into())) })
}

pub fn by_handle(handle: &str) -> Option<ClientName> {
    Some(ClientName { name: Some(client_name::Name::Handle(handle.into())) })
}

pub fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

/// A client with two parents in authority since birth.
pub fn registration(reference: &str, birth_date: &str) -> Registration {
    let parent = |person: &str| Authority {
        person: person.into(),
        capacity: Capacity::ParentAuthority.into(),
        period: Some(Period { from: birth_date.into(), until: String::new() }),
        source: AuthoritySource::AuthorityRegister.into(),
        checked_on: "2026-01-05".into(),
    };
    Registration {
        custodian_reference: reference.into(),
        birth_date: birth_date.into(),
        authority: vec![parent("parent-1"), parent("parent-2")],
        ..Registration::default()
    }
}

/// The day it is in the Netherlands, whatever day it is where the test runs: the rules count in Dutch days.
pub fn today() -> jiff::civil::Date {
    SystemClock.now().date()
}

/// The date on which somebody of this age was born half a year ago.
pub fn born(age: i16) -> String {
    today().saturating_sub(jiff::Span::new().years(age).months(6)).to_string()
}

pub fn in_days(days: i32) -> String {
    today().saturating_add(jiff::Span::new().days(days)).to_string()
}

pub fn evidence() -> Option<Evidence> {
    Some(Evidence {
        channel: Channel::Written.into(),
        text_version: "consent-text-3".into(),
        language: "nl".into(),
        note_reference: String::new(),
        refusal_explained: true,
    })
}

pub fn grantor(person: &str, capacity: Capacity) -> Option<Grantor> {
    Some(Grantor { person: person.into(), capacity: capacity.into(), fields: Vec::new() })
}

pub fn permit(
    bsn: &str,
    organisation: &str,
    role: &str,
    purpose: &str,
    fields: &[&str],
) -> RecordConsentRequest {
    RecordConsentRequest {
        client: named(bsn),
        stance: Some(record_consent_request::Stance::Permit(Permit {
            recipient_organisation: organisation.into(),
            recipient_role: role.into(),
            purpose: purpose.into(),
            fields: owned(fields),
        })),
        period: Some(Period { from: String::new(), until: in_days(90) }),
        grantor: grantor("client", Capacity::Youth),
        evidence: evidence(),
    }
}

pub fn ask(bsn: &str, custodian: &str, purpose: &str, fields: &[&str]) -> DiscloseRequest {
    DiscloseRequest {
        request_id: request_id(),
        client: named(bsn),
        custodian: custodian.into(),
        purpose: purpose.into(),
        life_domains: Vec::new(),
        requested_fields: owned(fields),
        ground: "R01".into(),
        evidence: None,
    }
}

pub fn withdraw(bsn: &str, consent: &str, person: &str) -> WithdrawConsentRequest {
    WithdrawConsentRequest {
        client: named(bsn),
        consent_id: consent.into(),
        person: person.into(),
        fields: Vec::new(),
    }
}

/// Registers a client of sixteen, who alone agrees that Assen's neighbourhood team gets these fields for housing.
pub async fn consented(care: &Caller, bsn: &str, reference: &str, fields: &[&str]) -> String {
    let registered =
        RegisterClientRequest { client: named(bsn), registration: Some(registration(reference, &born(16))) };
    care.consents().register_client(registered).await.unwrap();
    let recorded =
        care.consents().record_consent(permit(bsn, ASSEN, "wijkteam", "housing", fields)).await.unwrap();
    recorded.into_inner().consent.unwrap().consent_id
}

/// What a refusal says: code, reason, and the fields that it names.
pub fn refusal(status: &Status) -> (Code, String, Vec<String>) {
    let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
    let fields = status.get_details_bad_request().map(|b| b.field_violations).unwrap_or_default();
    (status.code(), reason, fields.into_iter().map(|f| f.field).collect())
}

pub fn released(answer: &DiscloseResponse) -> Vec<&str> {
    answer.released.iter().map(|f| f.field.as_str()).collect()
}

pub fn withheld(answer: &DiscloseResponse) -> Vec<(&str, &str)> {
    answer.withheld.iter().map(|f| (f.field.as_str(), f.reason.as_str())).collect()
}
