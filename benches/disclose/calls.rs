//! What is asked: a disclosure, or an echo.

use std::sync::Arc;

use prost::Message;
use sluis::ambient::SystemClock;
use sluis::contract::v1::client_name::Name;
use sluis::contract::v1::custodian_service_client::CustodianServiceClient;
use sluis::contract::v1::disclosure_service_client::DisclosureServiceClient;
use sluis::contract::v1::{ClientName, DiscloseRequest, DiscloseResponse, FetchFieldsRequest};
use sluis::domain::Clock;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;

use crate::load::Caller;
use crate::random::{Random, Zipf};
use crate::setting::{self, Setting};
use crate::{Problem, echo};

/// About whom can be asked, and by whom.
pub struct Workload {
    bsns: Vec<String>,
    popularity: Zipf,
    tokens: Vec<MetadataValue<Ascii>>,
    fields: Vec<String>,
}

impl Workload {
    /// Of this setting.
    pub fn new(setting: &Setting) -> Result<Arc<Self>, Problem> {
        let bearer = |token: &String| setting::bearer(token);
        Ok(Arc::new(Self {
            popularity: Zipf::over(u32::try_from(setting.bsns.len())?),
            bsns: setting.bsns.clone(),
            tokens: setting.recipient.tokens.iter().map(bearer).collect::<Result<_, _>>()?,
            fields: setting.fields.iter().map(|field| field.id.clone()).collect(),
        }))
    }
}

/// Asks for the fields of a client by Zipf's distribution, with any of the tokens.
pub struct Disclosing {
    client: DisclosureServiceClient<Channel>,
    workload: Arc<Workload>,
    random: Random,
}

impl Disclosing {
    /// Over this connection.
    pub fn new(channel: Channel, workload: &Arc<Workload>, seed: u64) -> Self {
        // Seeds that follow on one another would give streams that overlap.
        let random = Random::new(Random::new(seed).next());
        Self { client: DisclosureServiceClient::new(channel), workload: workload.clone(), random }
    }

    async fn ask(&mut self) -> Result<DiscloseResponse, Problem> {
        let workload = &self.workload;
        let bsn =
            workload.bsns.get(workload.popularity.draw(&mut self.random)).ok_or("there is no client")?;
        let token = self.random.one_of(&workload.tokens).ok_or("there is no token")?;
        let now = u64::try_from(SystemClock.now().0)?;
        let id = uuid::Builder::from_unix_timestamp_millis(now, &self.random.ten_bytes()).into_uuid();
        let mut request = Request::new(DiscloseRequest {
            request_id: id.to_string(),
            client: Some(ClientName { name: Some(Name::Bsn(bsn.clone())) }),
            custodian: setting::CUSTODIAN.to_owned(),
            purpose: setting::PURPOSE.to_owned(),
            life_domains: Vec::new(),
            requested_fields: workload.fields.clone(),
            ground: "R01".to_owned(),
            evidence: None,
        });
        request.metadata_mut().insert("authorization", token.clone());
        let answer = self.client.disclose(request).await?.into_inner();
        let all = answer.released.iter().map(|released| &released.field).eq(&workload.fields);
        if !all || !answer.withheld.is_empty() || answer.receipt.is_empty() {
            let (released, withheld) = (answer.released.len(), answer.withheld.len());
            return Err(format!(
                "{released} fields were released and {withheld} withheld: not all, or no receipt"
            )
            .into());
        }
        Ok(answer)
    }
}

impl Caller for Disclosing {
    async fn call(&mut self) -> Result<(), Problem> {
        self.ask().await.map(drop)
    }
}

/// How large an answer is, in bytes of its message.
pub async fn answer_bytes(
    channels: &[Channel],
    workload: &Arc<Workload>,
    seed: u64,
) -> Result<usize, Problem> {
    let channel = channels.first().ok_or("there is no connection")?;
    Ok(Disclosing::new(channel.clone(), workload, seed).ask().await?.encoded_len())
}

/// Asks the echo.
pub struct Echoing {
    client: CustodianServiceClient<Channel>,
}

impl Echoing {
    /// Over this connection.
    pub fn new(channel: Channel) -> Self {
        Self { client: CustodianServiceClient::new(channel) }
    }
}

impl Caller for Echoing {
    async fn call(&mut self) -> Result<(), Problem> {
        let answer = self.client.fetch_fields(FetchFieldsRequest::default()).await?.into_inner();
        if answer.encoded_len() == echo::ANSWER_BYTES { Ok(()) } else { Err("the echo is not whole".into()) }
    }
}
