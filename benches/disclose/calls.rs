//! What is asked: a disclosure, or an echo.

use std::sync::Arc;

use http::uri::PathAndQuery;
use prost::Message;
use sluis::ambient::SystemClock;
use sluis::contract::v1::client_name::Name;
use sluis::contract::v1::custodian_service_client::CustodianServiceClient;
use sluis::contract::v1::{ClientName, DiscloseRequest, FetchFieldsRequest};
use sluis::domain::Clock;
use tonic::Request;
use tonic::client::Grpc;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;

use crate::load::Caller;
use crate::random::{Random, Zipf};
use crate::setting::{self, Setting};
use crate::wire::{AsBytes, Fields};
use crate::{Problem, echo};

/// About whom can be asked, and by whom.
pub struct Workload {
    bsns: Vec<String>,
    popularity: Zipf,
    tokens: Vec<MetadataValue<Ascii>>,
    fields: Vec<String>,
    /// The part of every request that is the same.
    what: Vec<u8>,
}

/// The call.
const DISCLOSE: &str = "/sluis.v1.DisclosureService/Disclose";
/// `DiscloseResponse.released`, and in it `FieldValue.field`.
const RELEASED: u64 = 2;
const FIELD: u64 = 1;
/// `DiscloseResponse.withheld`.
const WITHHELD: u64 = 3;
/// `DiscloseResponse.receipt`.
const RECEIPT: u64 = 5;

impl Workload {
    /// Of this setting.
    pub fn new(setting: &Setting) -> Result<Arc<Self>, Problem> {
        let bearer = |token: &String| setting::bearer(token);
        let fields: Vec<String> = setting.fields.iter().map(|field| field.id.clone()).collect();
        let what = DiscloseRequest {
            custodian: setting::CUSTODIAN.to_owned(),
            purpose: setting::PURPOSE.to_owned(),
            requested_fields: fields.clone(),
            ground: "R01".to_owned(),
            ..DiscloseRequest::default()
        };
        Ok(Arc::new(Self {
            popularity: Zipf::over(u32::try_from(setting.asked.len())?),
            bsns: setting.asked.iter().filter_map(|at| setting.bsns.get(*at)).cloned().collect(),
            tokens: setting.recipient.tokens.iter().map(bearer).collect::<Result<_, _>>()?,
            fields,
            what: what.encode_to_vec(),
        }))
    }

    /// All fields in the order asked, each with a value, nothing withheld, and a receipt.
    fn check(&self, answer: &[u8]) -> Result<(), Problem> {
        let mut asked = self.fields.iter();
        let (mut answer, mut proven) = (Fields(answer), false);
        while let Some((number, content)) = answer.next()? {
            match number {
                RELEASED => {
                    let mut released = Fields(content);
                    let named = released.next()?.filter(|(number, _)| *number == FIELD).map(|(_, id)| id);
                    if named != asked.next().map(String::as_bytes) || released.next()?.is_none() {
                        return Err("another field was released than asked, or one without a value".into());
                    }
                }
                WITHHELD => return Err("a field was withheld".into()),
                RECEIPT => proven = !content.is_empty(),
                _ => {}
            }
        }
        if asked.next().is_none() && proven {
            Ok(())
        } else {
            Err("not all was released, or no receipt".into())
        }
    }
}

/// Asks for the fields of a client by Zipf's distribution, with any of the tokens.
pub struct Disclosing {
    client: Grpc<Channel>,
    workload: Arc<Workload>,
    random: Random,
}

impl Disclosing {
    /// Over this connection.
    pub fn new(channel: Channel, workload: &Arc<Workload>, seed: u64) -> Self {
        // Seeds that follow on one another would give streams that overlap.
        let random = Random::new(Random::new(seed).next());
        Self { client: Grpc::new(channel), workload: workload.clone(), random }
    }

    async fn ask(&mut self) -> Result<usize, Problem> {
        let workload = &self.workload;
        let bsn =
            workload.bsns.get(workload.popularity.draw(&mut self.random)).ok_or("there is no client")?;
        let token = self.random.one_of(&workload.tokens).ok_or("there is no token")?;
        let now = u64::try_from(SystemClock.now().0)?;
        let id = uuid::Builder::from_unix_timestamp_millis(now, &self.random.ten_bytes()).into_uuid();
        let who = DiscloseRequest {
            request_id: id.to_string(),
            client: Some(ClientName { name: Some(Name::Bsn(bsn.clone())) }),
            ..DiscloseRequest::default()
        };
        // Messages written one behind the other are one message (protobuf encoding, "last one wins").
        let mut message = Vec::with_capacity(who.encoded_len() + workload.what.len());
        who.encode(&mut message)?;
        message.extend_from_slice(&workload.what);
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", token.clone());
        self.client.ready().await?;
        let answer = self.client.unary(request, PathAndQuery::from_static(DISCLOSE), AsBytes).await?;
        workload.check(answer.get_ref())?;
        Ok(answer.get_ref().len())
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
    Disclosing::new(channel.clone(), workload, seed).ask().await
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
