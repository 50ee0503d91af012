//! The five collaborations that Sluis comes from, each a story over the public API.
//!
//! `docs/scenarios.md` tells the same stories to people who read no code, and a test holds the two together. Organisations are
//! as publicly described, with test numbers; clients are made up.

mod assen_hoogeveen;
mod ehr;
mod fact_neighbourhood_team;
mod groningen_drenthe;
mod schakenbosch_rijnmond;
mod told;
mod twente;

use serde_json::{Value, json};
use sluis::contract::v1::*;

use crate::harness::*;

/// A person, and as what they speak.
type Speaker<'a> = (&'a str, Capacity);

const CLIENT: Speaker<'static> = ("client", Capacity::Youth);
const MOTHER: Speaker<'static> = ("parent-1", Capacity::ParentAuthority);
const FATHER: Speaker<'static> = ("parent-2", Capacity::ParentAuthority);

/// The file of one client at one custodian, in the hands of a professional there.
struct ClientFile<'a> {
    keeper: &'a Caller,
    name: Option<ClientName>,
}

impl<'a> ClientFile<'a> {
    /// Registers the client.
    async fn open(keeper: &'a Caller, name: Option<ClientName>, registration: Registration) -> Self {
        let request = RegisterClientRequest { client: name.clone(), registration: Some(registration) };
        keeper.consents().register_client(request).await.unwrap();
        Self { keeper, name }
    }

    /// These people agree, one after the other; what the consent is after the last.
    async fn agree(&self, people: &[Speaker<'_>], sharing: RecordConsentRequest) -> Consent {
        let ((person, capacity), others) = people.split_first().unwrap();
        let mut consent = self.record(grantor(person, *capacity), sharing).await.consent.unwrap();
        for (person, capacity) in others {
            consent = self.add(&consent, grantor(person, *capacity)).await;
        }
        consent
    }

    /// The first person agrees, or objects.
    async fn record(&self, by: Option<Grantor>, sharing: RecordConsentRequest) -> RecordConsentResponse {
        self.try_record(by, sharing).await.unwrap()
    }

    async fn try_record(
        &self,
        by: Option<Grantor>,
        sharing: RecordConsentRequest,
    ) -> Result<RecordConsentResponse, tonic::Status> {
        let request = RecordConsentRequest { client: self.name.clone(), grantor: by, ..sharing };
        Ok(self.keeper.consents().record_consent(request).await?.into_inner())
    }

    /// One more person agrees.
    async fn add(&self, consent: &Consent, by: Option<Grantor>) -> Consent {
        let consent_id = consent.consent_id.clone();
        let request = AddGrantRequest { client: self.name.clone(), consent_id, grantor: by };
        self.keeper.consents().add_grant(request).await.unwrap().into_inner().consent.unwrap()
    }

    /// Somebody says no: to all, or to what is named.
    async fn object(&self, (person, capacity): Speaker<'_>, to: Objection) {
        let stance = Some(record_consent_request::Stance::Objection(to));
        let no = RecordConsentRequest { stance, period: None, evidence: evidence(), ..Default::default() };
        self.record(grantor(person, capacity), no).await;
    }

    /// Somebody takes back what they gave: these fields, or all of it.
    async fn take_back(&self, person: &str, consent: &Consent, fields: &[&str]) -> Consent {
        let request = WithdrawConsentRequest {
            client: self.name.clone(),
            fields: owned(fields),
            ..withdraw("", &consent.consent_id, person)
        };
        self.keeper.consents().withdraw_consent(request).await.unwrap().into_inner().consent.unwrap()
    }

    /// What it would be like, for the conversation before it; nothing changes.
    async fn suppose(&self, custodian: &str, what: preview_request::Supposing) -> PreviewResponse {
        let (client, custodian) = (self.name.clone(), custodian.to_owned());
        let request = PreviewRequest { client, custodian, supposing: Some(what), ..Default::default() };
        self.keeper.disclosures().preview(request).await.unwrap().into_inner()
    }

    /// What the client is read, in plain Dutch, before agreeing.
    async fn read_aloud(&self, draft: ConsentDraft) -> Vec<Sentence> {
        let of = Some(describe_consent_request::Of::Draft(draft));
        let request = DescribeConsentRequest { client: self.name.clone(), of, ..Default::default() };
        self.keeper.consents().describe_consent(request).await.unwrap().into_inner().sentences
    }

    /// Of the client's consents here, which are in force.
    async fn listed(&self) -> Vec<bool> {
        let request = ListConsentsRequest { client: self.name.clone() };
        let consents = self.keeper.consents().list_consents(request).await.unwrap().into_inner().consents;
        consents.iter().map(is_in_force).collect()
    }
}

fn is_in_force(consent: &Consent) -> bool {
    consent.status() == ConsentStatus::InForce
}

/// That this hat gets these fields for this purpose, for ninety days.
fn sharing((organisation, role): (&str, &str), purpose: &str, fields: &[&str]) -> RecordConsentRequest {
    permit("", organisation, role, purpose, fields)
}

/// The same, before anybody agreed.
fn draft((organisation, role): (&str, &str), purpose: &str, fields: &[&str]) -> ConsentDraft {
    let permit = Permit {
        recipient_organisation: organisation.into(),
        recipient_role: role.into(),
        purpose: purpose.into(),
        fields: owned(fields),
    };
    ConsentDraft { permit: Some(permit), period: None }
}

/// The same, for so many days.
fn for_days(days: i32, sharing: RecordConsentRequest) -> RecordConsentRequest {
    RecordConsentRequest { period: Some(Period { from: String::new(), until: in_days(days) }), ..sharing }
}

/// Somebody agrees about data of their own.
fn about_themselves(person: &str, fields: &[&str]) -> Option<Grantor> {
    let capacity = Capacity::DataSubject.into();
    Some(Grantor { person: person.into(), capacity, fields: owned(fields) })
}

/// A member of the treatment team, this year.
fn member(organisation: &str, role: &str) -> TeamMember {
    let period = Some(Period { from: in_days(-100), until: in_days(200) });
    TeamMember { organisation: organisation.into(), role: role.into(), period }
}

/// A record in which the custodian finds these values.
fn holding(reference: &str, values: &Value) -> Custody {
    Custody::Records(json!({ "records": { reference: values } }).to_string())
}

async fn answer(asker: &Caller, question: DiscloseRequest) -> DiscloseResponse {
    asker.disclosures().disclose(question).await.unwrap().into_inner()
}

/// The same question once more, as a new one.
fn again(question: &DiscloseRequest) -> DiscloseRequest {
    DiscloseRequest { request_id: request_id(), ..question.clone() }
}

/// The same question on another ground.
fn on(ground: &str, question: &DiscloseRequest) -> DiscloseRequest {
    DiscloseRequest { ground: ground.into(), ..again(question) }
}

/// The question for a case conference about these life domains.
fn conference(agenda: &[&str], question: DiscloseRequest) -> DiscloseRequest {
    DiscloseRequest { life_domains: owned(agenda), purpose: "case-conference".into(), ..question }
}

/// Nothing was told, and every field says this.
#[track_caller]
fn assert_nothing(answer: &DiscloseResponse, reason: &str) {
    assert!(answer.released.is_empty(), "told: {:?}", released(answer));
    assert!(!answer.withheld.is_empty());
    assert!(withheld(answer).iter().all(|(_, why)| *why == reason), "{:?}", withheld(answer));
}

/// The value of a text or code that was told.
fn value<'a>(answer: &'a DiscloseResponse, field: &str) -> &'a str {
    let told = answer.released.iter().find(|told| told.field == field).unwrap();
    match told.value.as_ref().unwrap().kind.as_ref().unwrap() {
        sluis::contract::v1::value::Kind::Text(text) | sluis::contract::v1::value::Kind::Code(text) => text,
        _ => panic!("{field} is no text"),
    }
}

/// The entry of an answer, as the custodian's own officer reads it.
async fn entry(officer: &Caller, answer: &DiscloseResponse) -> String {
    let request = GetEntryRequest { index: answer.entry_index };
    let entry = officer.audit().get_entry(request).await.unwrap().into_inner().entry.unwrap();
    String::from_utf8(entry.entry).unwrap()
}
