//! The clients of a load: test numbers, each with a consent to all that will be asked.

use std::sync::Arc;

use jiff::ToSpan;
use tokio::task::JoinSet;

use super::{LoadArguments, LoadProblem};
use crate::ambient::SystemClock;
use crate::cli::client::{Client, ClientProblem, Profile};
use crate::cli::progress::Bar;
use crate::contract::v1;
use crate::domain::{Bsn, Clock};

/// Where test numbers begin: none above is ever given to anybody.
const FIRST: u32 = 999_000_000;
const END: u32 = 1_000_000_000;
/// Recordings at a time.
const RECORDERS: usize = 16;

/// Who is asked about, and what.
pub(super) struct Population {
    bsns: Vec<String>,
    reference: String,
    recipient: (String, String),
    custodian: String,
    purpose: String,
    fields: Vec<String>,
}

impl Population {
    /// As the arguments say; the recipient is who asks.
    pub(super) fn new(arguments: &LoadArguments, asker: &Profile) -> Result<Self, LoadProblem> {
        let wanted = usize::try_from(arguments.clients).unwrap_or(usize::MAX);
        let numbers = (FIRST..END).map(|number| number.to_string());
        let bsns: Vec<String> = numbers.filter(|text| Bsn::parse(text).is_ok()).take(wanted).collect();
        if bsns.len() < wanted {
            return Err(LoadProblem::Numbers);
        }
        let custodian = Profile::read(&arguments.custodian_profile)?;
        let said = |setting: &Option<String>, name| setting.clone().ok_or(ClientProblem::Missing(name));
        Ok(Self {
            bsns,
            reference: arguments.reference.clone(),
            recipient: (said(&asker.organisation, "organisation")?, said(&asker.role, "role")?),
            custodian: said(&custodian.organisation, "organisation")?,
            purpose: arguments.purpose.clone(),
            fields: arguments.fields.clone(),
        })
    }

    /// Registers every one as a youth of seventeen, who alone agrees.
    pub(super) async fn record(&self, recorder: Arc<Client>) -> Result<(), LoadProblem> {
        let bar = Bar::new(false);
        let mut recording = JoinSet::new();
        for (done, bsn) in self.bsns.iter().enumerate() {
            if recording.len() >= RECORDERS {
                recorded(recording.join_next().await)?;
            }
            let (client, registration, consent) =
                (recorder.clone(), self.registration(bsn), self.consent(bsn));
            recording.spawn(async move {
                client.register_client(registration?).await?;
                client.record_consent(consent?).await.map(drop)
            });
            bar.show_as("clients", done as u64 + 1, self.bsns.len() as u64);
        }
        while let Some(ended) = recording.join_next().await {
            recorded(Some(ended))?;
        }
        bar.end();
        Ok(())
    }

    /// A question about one of them, the how-many-th it is.
    pub(super) fn question(&self, number: u64) -> v1::DiscloseRequest {
        // A step that shares no factor with most counts: neighbours in time are not neighbours in number.
        let at = number.wrapping_mul(7_919) % (self.bsns.len() as u64).max(1);
        let bsn = usize::try_from(at).ok().and_then(|at| self.bsns.get(at));
        v1::DiscloseRequest {
            request_id: Client::new_request_id(),
            client: bsn.map(|bsn| named(bsn)),
            custodian: self.custodian.clone(),
            purpose: self.purpose.clone(),
            requested_fields: self.fields.clone(),
            ground: "R01".to_owned(),
            ..v1::DiscloseRequest::default()
        }
    }

    fn registration(&self, bsn: &str) -> Result<v1::RegisterClientRequest, ClientProblem> {
        let born = SystemClock.now().date().checked_sub(17.years().months(6));
        let registration = v1::Registration {
            custodian_reference: self.reference.clone(),
            birth_date: born
                .map_err(|_| ClientProblem::Argument("the clock of this machine is wrong"))?
                .to_string(),
            ..v1::Registration::default()
        };
        Ok(v1::RegisterClientRequest { client: Some(named(bsn)), registration: Some(registration) })
    }

    fn consent(&self, bsn: &str) -> Result<v1::RecordConsentRequest, ClientProblem> {
        let until = SystemClock.now().date().checked_add(2.months());
        let until =
            until.map_err(|_| ClientProblem::Argument("the clock of this machine is wrong"))?.to_string();
        let (organisation, role) = self.recipient.clone();
        Ok(v1::RecordConsentRequest {
            client: Some(named(bsn)),
            stance: Some(v1::record_consent_request::Stance::Permit(v1::Permit {
                recipient_organisation: organisation,
                recipient_role: role,
                purpose: self.purpose.clone(),
                fields: self.fields.clone(),
            })),
            period: Some(v1::Period { from: String::new(), until }),
            grantor: Some(v1::Grantor {
                person: "client".to_owned(),
                capacity: v1::Capacity::Youth.into(),
                fields: Vec::new(),
            }),
            evidence: Some(v1::Evidence {
                channel: v1::Channel::Written.into(),
                text_version: "load".to_owned(),
                language: "nl".to_owned(),
                note_reference: String::new(),
                refusal_explained: true,
            }),
        })
    }
}

fn named(bsn: &str) -> v1::ClientName {
    v1::ClientName { name: Some(v1::client_name::Name::Bsn(bsn.to_owned())) }
}

fn recorded(
    ended: Option<Result<Result<(), ClientProblem>, tokio::task::JoinError>>,
) -> Result<(), LoadProblem> {
    ended.map_or(Ok(Ok(())), |ended| ended).map_err(|_| LoadProblem::Broken)?.map_err(Into::into)
}
