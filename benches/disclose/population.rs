//! The clients: registered, and with a consent, as any custodian would record them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::ToSpan;
use sluis::ambient::SystemClock;
use sluis::contract::v1::client_name::Name;
use sluis::contract::v1::consent_service_client::ConsentServiceClient;
use sluis::contract::v1::record_consent_request::Stance;
use sluis::contract::v1::{
    Capacity, Channel, ClientName, Evidence, Grantor, Period, Permit, RecordConsentRequest,
    RegisterClientRequest, Registration,
};
use sluis::domain::Clock;
use tokio::task::JoinSet;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel as Connection;

use crate::Problem;
use crate::setting::{self, Setting};

const RECORDERS: usize = 64;
const PROGRESS: usize = 1_000;

struct Task {
    bsns: Vec<String>,
    permit: Permit,
    birth_date: String,
    until: String,
    token: MetadataValue<Ascii>,
    next: AtomicUsize,
}

/// Registers every client as a youth of 17, who alone agrees to all the fields.
pub async fn record(setting: &Setting, connections: &[Connection]) -> Result<(), Problem> {
    let today = SystemClock.now().date();
    let task = Arc::new(Task {
        bsns: setting.bsns.clone(),
        permit: Permit {
            recipient_organisation: setting::RECIPIENT.to_owned(),
            recipient_role: setting::RECIPIENT_ROLE.to_owned(),
            purpose: setting::PURPOSE.to_owned(),
            fields: setting.fields.iter().map(|field| field.id.clone()).collect(),
        },
        birth_date: today.checked_sub(17.years().months(6))?.to_string(),
        until: today.checked_add(5.months())?.to_string(),
        token: setting::bearer(setting.custodian.tokens.first().ok_or("the custodian has no token")?)?,
        next: AtomicUsize::new(0),
    });
    let mut recording = JoinSet::new();
    for connection in connections.iter().cycle().take(RECORDERS) {
        recording.spawn(task.clone().work(ConsentServiceClient::new(connection.clone())));
    }
    while let Some(done) = recording.join_next().await {
        done??;
    }
    Ok(())
}

impl Task {
    async fn work(self: Arc<Self>, mut consents: ConsentServiceClient<Connection>) -> Result<(), Problem> {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(bsn) = self.bsns.get(at) else { return Ok(()) };
            let client = ClientName { name: Some(Name::Bsn(bsn.clone())) };
            consents.register_client(self.signed(self.registration(client.clone(), at))).await?;
            consents.record_consent(self.signed(self.consent(client))).await?;
            if (at + 1).is_multiple_of(PROGRESS) {
                println!("{} of {} clients are recorded", at + 1, self.bsns.len());
            }
        }
    }

    fn registration(&self, client: ClientName, at: usize) -> RegisterClientRequest {
        let registration = Registration {
            custodian_reference: setting::reference(at),
            birth_date: self.birth_date.clone(),
            ..Registration::default()
        };
        RegisterClientRequest { client: Some(client), registration: Some(registration) }
    }

    fn consent(&self, client: ClientName) -> RecordConsentRequest {
        RecordConsentRequest {
            client: Some(client),
            stance: Some(Stance::Permit(self.permit.clone())),
            period: Some(Period { from: String::new(), until: self.until.clone() }),
            grantor: Some(Grantor {
                person: "client".to_owned(),
                capacity: Capacity::Youth.into(),
                fields: Vec::new(),
            }),
            evidence: Some(Evidence {
                channel: Channel::Written.into(),
                text_version: "2026-1".to_owned(),
                language: "nl".to_owned(),
                note_reference: String::new(),
                refusal_explained: true,
            }),
        }
    }

    fn signed<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.token.clone());
        request
    }
}
