//! FHIR R4 AuditEvent; a disclosure by IHE BALP 1.1.
//!
//! What is always true here:
//! 1. For the custodian's side it is lossless: the canonical entry itself is in it, base64, and its RFC 6962 leaf hash beside
//!    it. What FHIR has an element for stands in that element as well.
//! 2. A disclosure is `PrivacyDisclosure.Source` for the custodian and `PrivacyDisclosure.Recipient` for who received; where
//!    nothing was released but a consent exists it is `AuthZconsent` for the custodian, and otherwise a plain AuditEvent
//!    with the same codes: that profile cannot say that there is no consent.
//! 3. An entry holds no network address: what was authenticated is the organisation of the certificate, so that is what
//!    stands there, as a URI.

mod agents;
mod codes;
mod resource;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::agents::{agents, gateway, organisation};
use self::codes as code;
use self::resource::{AuditEvent, Coding, Concept, Detail, Entity, Meta, Reference, Source};
use super::account::{Account, Action};
use super::{Record, hex};
use crate::domain::{Because, Event, Lack, Outcome};

/// What the other side of a disclosure does not get.
pub(super) const DROPS_FOR_RECIPIENTS: &[&str] = &[
    "format",
    "nonce",
    "parties",
    "client",
    "revision",
    "actor.level",
    "event.disclosure.repeat_of",
    "event.disclosure.life_domains",
    "event.disclosure.evidence",
    "event.disclosure.related",
    "event.disclosure.released.rule",
    "event.disclosure.released.consent",
    "event.disclosure.withheld.rule",
    "event.disclosure.withheld.because",
    "event.disclosure.failure",
    "event.disclosure.spends",
    "event.disclosure.follow_up",
    "event.previewed.recipient.role",
    "event.previewed.life_domains",
    "event.previewed.evidence",
    "event.previewed.supposing",
    "event.log_read",
];

/// Which profile of IHE BALP.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Source,
    Recipient,
    AuthorizedByConsent,
    None,
}

impl Profile {
    fn of(record: &Record<'_>) -> Self {
        let Event::Disclosure(d) = &record.entry.event else { return Self::None };
        match (d.released.is_empty(), record.is_whole()) {
            (false, true) => Self::Source,
            (false, false) => Self::Recipient,
            (true, true) if d.withheld.iter().any(|group| needs_a_consent(group.because)) => {
                Self::AuthorizedByConsent
            }
            (true, _) => Self::None,
        }
    }

    fn url(self) -> Option<&'static str> {
        match self {
            Self::Source => Some(code::PROFILE_SOURCE),
            Self::Recipient => Some(code::PROFILE_RECIPIENT),
            Self::AuthorizedByConsent => Some(code::PROFILE_AUTHZ_CONSENT),
            Self::None => None,
        }
    }
}

/// Whether a field can be withheld for this only where somebody's consent or objection is on record.
fn needs_a_consent(because: Because) -> bool {
    let Because::Lack(lack) = because else { return false };
    !matches!(
        lack,
        Lack::Unregistered
            | Lack::NotARepresentative
            | Lack::WithheldFromRepresentative
            | Lack::NoConsent
            | Lack::NobodyCompetent
    )
}

/// The entry as an AuditEvent.
pub(super) fn audit_event(record: &Record<'_>) -> AuditEvent {
    let (account, profile) = (Account::of(record), Profile::of(record));
    let observer = match profile {
        Profile::Recipient => organisation(record, record.reader.side),
        _ => gateway(record),
    };
    let (r#type, subtype, action) = kind(record, &account, profile);
    AuditEvent {
        resource_type: "AuditEvent",
        meta: profile.url().map(|url| Meta { profile: vec![url] }),
        r#type,
        subtype,
        action,
        recorded: record.entry.at.rfc3339(),
        outcome: outcome(record),
        outcome_desc: description(record, &account),
        purpose_of_event: purposes(record, &account),
        agent: agents(record, &account, profile, &observer),
        source: Source {
            site: record.reader.origin.to_owned(),
            observer,
            r#type: vec![Coding::new(code::SOURCE_TYPE, "6", "Security Server")],
        },
        entity: entities(record, &account, profile),
    }
}

fn kind(record: &Record<'_>, account: &Account<'_>, profile: Profile) -> (Coding, Vec<Coding>, &'static str) {
    let event = Coding { system: code::EVENT, code: record.entry.event_name().to_owned(), display: None };
    let disclose = || Coding::new(code::LIFECYCLE, "disclose", "Disclose Record Lifecycle Event");
    match (profile, account.action) {
        (Profile::Source, _) => (Coding::new(code::DCM, "110106", "Export"), vec![disclose(), event], "R"),
        (Profile::Recipient, _) => (Coding::new(code::DCM, "110107", "Import"), vec![disclose(), event], "C"),
        (Profile::AuthorizedByConsent, _) => (alert(), vec![authorized_by_consent()], "E"),
        (Profile::None, action) if record.entry.is_about_the_record() => {
            (Coding::new(code::DCM, "110101", "Audit Log Used"), vec![event], action.code())
        }
        (Profile::None, Action::Read | Action::Execute) => {
            (alert(), vec![authorized_by_consent(), event], "E")
        }
        (Profile::None, action) => {
            (Coding::new(code::DCM, "110110", "Patient Record"), vec![event], action.code())
        }
    }
}

fn alert() -> Coding {
    Coding::new(code::DCM, "110113", "Security Alert")
}

fn authorized_by_consent() -> Coding {
    Coding::new(code::AUTHZ_SUBTYPE, "AuthZ-Consent", "Authorization Decision using Roles and Consent")
}

/// Minor where nothing was released: a refusal is not a failure of the system.
fn outcome(record: &Record<'_>) -> &'static str {
    match record.entry.outcome() {
        Outcome::Released | Outcome::Partial | Outcome::Done => "0",
        Outcome::Withheld => "4",
        Outcome::Failed => "8",
    }
}

fn description(record: &Record<'_>, account: &Account<'_>) -> String {
    let mut told: Vec<&str> = account.withheld.iter().map(|withheld| withheld.told.code()).collect();
    told.sort_unstable();
    told.dedup();
    let counts = format!("{} released, {} withheld", account.released.len(), account.withheld.len());
    match (account.refused, told.is_empty()) {
        (Some((_, reason)), _) => reason.to_owned(),
        (None, false) => format!("{counts}: {}", told.join(", ")),
        (None, true) if account.released.is_empty() => record.entry.outcome().as_str().to_owned(),
        (None, true) => counts,
    }
}

fn purposes(record: &Record<'_>, account: &Account<'_>) -> Vec<Concept> {
    let reason = if account.is_emergency() {
        Coding::new(code::ACT_REASON, "BTG", "break the glass")
    } else {
        Coding::new(code::ACT_REASON, "CAREMGT", "care management")
    };
    let own = record.entry.purpose().map(|purpose| Coding {
        system: code::PURPOSE,
        code: record.purpose(purpose),
        display: record.reader.purposes.get(purpose).map(|purpose| purpose.label.nl.clone()),
    });
    own.map(|own| Concept { coding: vec![reason, own] }).into_iter().collect()
}

fn entities(record: &Record<'_>, account: &Account<'_>, profile: Profile) -> Vec<Entity> {
    let mut details = facts(record, account);
    let mut entities = Vec::new();
    let patient = record.client.map(|handle| Entity {
        what: Reference::to(code::CLIENT, handle, None).of_type("Patient"),
        r#type: Coding::new(code::ENTITY_TYPE, "1", "Person"),
        role: Some(Coding::new(code::OBJECT_ROLE, "1", "Patient")),
        detail: Vec::new(),
    });
    let consent = |what: Reference, detail| Entity {
        what: what.of_type("Consent"),
        r#type: Coding::new(code::RESOURCE_TYPES, "Consent", "Consent"),
        role: None,
        detail,
    };
    if profile == Profile::AuthorizedByConsent {
        // The profile's entities are closed: what there is to say is said about the patient.
        entities.extend(patient.map(|patient| Entity { detail: std::mem::take(&mut details), ..patient }));
        let display = Some("on record at the custodian; the entry keeps the reason, not which".to_owned());
        entities.push(consent(Reference { display, ..Reference::default() }, Vec::new()));
        return entities;
    }
    entities.extend(patient);
    let mut consents = account.consents.clone();
    consents.dedup();
    let stated = consents.into_iter().map(|(id, version)| {
        consent(Reference::to(code::CONSENT, id, None), vec![Detail::text("version", &version)])
    });
    entities.extend(stated);
    entities.push(Entity {
        what: Reference::to(code::LEAF, &hex(&record.leaf), None),
        r#type: Coding::new(code::ENTITY_TYPE, "2", "System Object"),
        role: Some(Coding::new(code::OBJECT_ROLE, "3", "Report")),
        detail: details,
    });
    entities.push(Entity {
        what: Reference::to(code::TRACE, &record.entry.trace, None),
        r#type: Coding { system: code::BALP_ENTITY_TYPE, code: "XrequestId".to_owned(), display: None },
        role: None,
        detail: Vec::new(),
    });
    entities
}

fn facts(record: &Record<'_>, account: &Account<'_>) -> Vec<Detail> {
    let mut details =
        vec![Detail::text("index", &record.index), Detail::text("covenant", &record.entry.covenant)];
    details.extend(account.request.map(|request| Detail::text("request", request)));
    details.extend(account.ground.map(|ground| Detail::text("ground", &ground)));
    details.extend(account.about.map(|about| Detail::text("about-entry", &about)));
    details.extend(account.refused.map(|(method, _)| Detail::text("method", method)));
    details.extend(
        account.released.iter().map(|released| Detail::text("released", &record.field(released.field))),
    );
    let withheld = account.withheld.iter().map(|withheld| {
        Detail::text("withheld", &format!("{} {}", record.field(withheld.field), withheld.told.code()))
    });
    details.extend(withheld);
    if record.is_whole() {
        let value_base64_binary = Some(STANDARD.encode(record.body));
        details.push(Detail { r#type: "entry", value_string: None, value_base64_binary });
    }
    details
}
