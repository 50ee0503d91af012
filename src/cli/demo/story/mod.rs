//! The story: nine fields asked, five released, four withheld with a reason; a receipt; a withdrawal; and nothing.
//!
//! It plays over the public API only, as the professionals of the organisations would.

mod beyond;
mod consent;
mod disclosure;
mod emergency;
mod proof;

use std::io::Write;

use jiff::ToSpan;
use jiff::civil::Date;

use super::narrator::Narrator;
use super::people::{self, Person};
use super::problem::{DemoProblem, StoryProblem};
use super::professionals::Professionals;
use super::setting::Setting;
use crate::ambient::SystemClock;
use crate::cli::client::{self, Client};
use crate::contract::v1::{
    AddGrantRequest, Capacity, Channel, Consent, DiscloseRequest, DiscloseResponse, Evidence, Grantor,
    GroundEvidence, Period, Permit, RecordConsentRequest, RegisterClientRequest,
    record_consent_request::Stance,
};
use crate::domain::Clock;

/// What the municipality asks, for housing.
const ASKED: [&str; 9] = [
    "person.name",
    "support.case-manager",
    "housing.situation",
    "housing.support-need",
    "housing.wish",
    "person.birth-date",
    "support.functional-impact",
    "money.worries",
    "safety.crisis-plan",
];
/// What the youth and both parents agree to: the first five.
const AGREED: [&str; 5] =
    ["person.name", "support.case-manager", "housing.situation", "housing.support-need", "housing.wish"];

/// The story, while it is told.
struct Story<'a, 'o, W> {
    narrator: &'a mut Narrator<'o, W>,
    setting: &'a Setting,
    people: Professionals,
    today: Date,
}

/// Whom a permit is for, and for what.
#[derive(Clone, Copy)]
struct For {
    organisation: &'static str,
    role: &'static str,
    purpose: &'static str,
}

const HOUSING_IN_ASSEN: For = For { organisation: "gemeente-assen", role: "wonen", purpose: "housing" };

/// Tells it.
pub async fn tell(setting: &Setting, output: &mut (impl Write + Send)) -> Result<(), DemoProblem> {
    let mut narrator = Narrator::new(output);
    let told = Box::pin(play(setting, &mut narrator)).await;
    told.map_err(|problem| DemoProblem::Story { step: narrator.step(), problem })
}

async fn play<W: Write + Send>(
    setting: &Setting,
    narrator: &mut Narrator<'_, W>,
) -> Result<(), StoryProblem> {
    let people = Box::pin(Professionals::connect(setting)).await?;
    let today = SystemClock.now().date();
    let mut story = Story { narrator, setting, people, today };
    story.register().await?;
    let consent = story.consent().await?;
    let (disclosed, head) = story.disclosure().await?;
    story.receipt(&disclosed)?;
    story.withdrawal(consent).await?;
    story.stranger().await?;
    story.other_way_round().await?;
    story.birthdays().await?;
    story.emergency().await?;
    story.who_saw_what(&head).await?;
    story.ledger().await
}

impl<W: Write> Story<'_, '_, W> {
    /// The number of the party whose files have this name.
    fn id(&self, short: &'static str) -> Result<String, StoryProblem> {
        let party = self.setting.party(short).map_err(|problem| StoryProblem::Setting(Box::new(problem)))?;
        Ok(party.id.to_string())
    }

    /// Asks on the ground of consent.
    async fn ask(
        &self,
        by: &Client,
        bsn: &str,
        custodian: &'static str,
        purpose: &str,
        fields: &[&str],
    ) -> Result<DiscloseResponse, StoryProblem> {
        let ground = ("R01", None);
        Ok(by.disclose(self.question(bsn, custodian, purpose, fields, ground)?).await?)
    }

    /// A question on a ground, with what that asks.
    fn question(
        &self,
        bsn: &str,
        custodian: &'static str,
        purpose: &str,
        fields: &[&str],
        (ground, evidence): (&str, Option<GroundEvidence>),
    ) -> Result<DiscloseRequest, StoryProblem> {
        Ok(DiscloseRequest {
            request_id: Client::new_request_id(),
            client: people::named(bsn),
            custodian: self.id(custodian)?,
            purpose: purpose.to_owned(),
            life_domains: Vec::new(),
            requested_fields: owned(fields),
            ground: ground.to_owned(),
            evidence,
        })
    }

    async fn register_at(&self, person: &Person, custodian: &'static str) -> Result<(), StoryProblem> {
        let registration = Some(person.registration(custodian, self.today));
        let request = RegisterClientRequest { client: people::named(person.bsn), registration };
        self.people.recorder(custodian).register_client(request).await?;
        Ok(())
    }

    /// Records a permit for five months, in writing.
    async fn permit(
        &self,
        custodian: &'static str,
        person: &Person,
        recipient: For,
        fields: &[&str],
        by: Grantor,
    ) -> Result<Consent, StoryProblem> {
        let permit = Permit {
            recipient_organisation: self.id(recipient.organisation)?,
            recipient_role: recipient.role.to_owned(),
            purpose: recipient.purpose.to_owned(),
            fields: owned(fields),
        };
        let evidence = Evidence {
            channel: Channel::Written.into(),
            text_version: "toestemming-2026-1".to_owned(),
            language: "nl".to_owned(),
            note_reference: String::new(),
            refusal_explained: true,
        };
        let until = self.today.saturating_add(5.months()).to_string();
        let request = RecordConsentRequest {
            client: people::named(person.bsn),
            period: Some(Period { from: String::new(), until }),
            grantor: Some(by),
            evidence: Some(evidence),
            stance: Some(Stance::Permit(permit)),
        };
        let recorded = self.people.recorder(custodian).record_consent(request).await?;
        recorded.consent.ok_or(StoryProblem::Claim("A recorded consent is answered with the consent."))
    }

    async fn grant(
        &self,
        custodian: &'static str,
        person: &Person,
        consent: &Consent,
        by: Grantor,
    ) -> Result<Consent, StoryProblem> {
        let request = AddGrantRequest {
            client: people::named(person.bsn),
            consent_id: consent.consent_id.clone(),
            grantor: Some(by),
        };
        let granted = self.people.recorder(custodian).add_grant(request).await?;
        granted.consent.ok_or(StoryProblem::Claim("A grant is answered with the consent."))
    }

    /// Shows an answer.
    fn show(&mut self, answer: &DiscloseResponse) -> Result<(), StoryProblem> {
        Ok(client::disclosure(&mut self.narrator.output, answer)?)
    }
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|&field| field.to_owned()).collect()
}

fn grantor(person: &str, capacity: Capacity) -> Grantor {
    Grantor { person: person.to_owned(), capacity: capacity.into(), fields: Vec::new() }
}

fn youth() -> Grantor {
    grantor("client", Capacity::Youth)
}

fn parent(person: &str) -> Grantor {
    grantor(person, Capacity::ParentAuthority)
}

/// The fields that were released, as they were asked.
fn released(answer: &DiscloseResponse) -> Vec<&str> {
    answer.released.iter().map(|value| value.field.as_str()).collect()
}

/// Whether nothing was released, and every field was withheld for this one reason.
fn all_withheld(answer: &DiscloseResponse, fields: usize, reason: &str) -> bool {
    answer.released.is_empty()
        && answer.withheld.len() == fields
        && answer.withheld.iter().all(|withheld| withheld.reason == reason)
}
