//! A client of the public API: mutual TLS for the system, a token for the professional, a trace for every call.
//!
//! One method per call, with the contract's own messages. Nothing is retried: what to do about a refusal is the caller's.

use std::time::Duration;

use prost::Message;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use zeroize::Zeroizing;

use super::credentials::Credentials;
use super::problem::{ClientProblem, Refusal};
use crate::ambient::{SystemClock, SystemRandomness};
use crate::contract::v1::audit_service_client::AuditServiceClient;
use crate::contract::v1::catalogue_service_client::CatalogueServiceClient;
use crate::contract::v1::consent_service_client::ConsentServiceClient;
use crate::contract::v1::development_service_client::DevelopmentServiceClient;
use crate::contract::v1::disclosure_service_client::DisclosureServiceClient;
use crate::contract::v1::{self, DiscloseResponse};
use crate::domain::{Clock, Randomness};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Where the gateway is, and how both sides prove who they are.
pub struct Door {
    /// `https://host:port`.
    pub gateway: String,
    /// The authorities that may have issued its certificate: PEM.
    pub ca_pem: Vec<u8>,
    /// The own certificate: PEM.
    pub certificate_pem: Vec<u8>,
    /// Its private key: PEM.
    pub key_pem: Zeroizing<Vec<u8>>,
}

/// A connected client, speaking for one professional in one role.
pub struct Client {
    disclosure: DisclosureServiceClient<Channel>,
    consent: ConsentServiceClient<Channel>,
    audit: AuditServiceClient<Channel>,
    catalogue: CatalogueServiceClient<Channel>,
    development: DevelopmentServiceClient<Channel>,
    credentials: Credentials,
}

impl Client {
    /// Connects.
    pub async fn connect(door: &Door, credentials: Credentials) -> Result<Self, ClientProblem> {
        let endpoint = Endpoint::from_shared(door.gateway.clone())?;
        if endpoint.uri().scheme_str() != Some("https") {
            return Err(ClientProblem::Argument("--gateway must be https://host:port"));
        }
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(&door.ca_pem))
            .identity(Identity::from_pem(&door.certificate_pem, &door.key_pem));
        let endpoint = endpoint.tls_config(tls)?.connect_timeout(CONNECT_TIMEOUT).timeout(CALL_TIMEOUT);
        let channel = endpoint.connect().await?;
        Ok(Self {
            disclosure: DisclosureServiceClient::new(channel.clone()),
            consent: ConsentServiceClient::new(channel.clone()),
            audit: AuditServiceClient::new(channel.clone()),
            catalogue: CatalogueServiceClient::new(channel.clone()),
            development: DevelopmentServiceClient::new(channel),
            credentials,
        })
    }

    /// A new `request_id`: a UUID version 7.
    pub fn new_request_id() -> String {
        let mut random = [0; 10];
        SystemRandomness.fill(&mut random);
        let now = SystemClock.now().0.unsigned_abs();
        uuid::Builder::from_unix_timestamp_millis(now, &random).into_uuid().to_string()
    }

    /// The same connection, for another professional.
    #[must_use]
    pub fn speaking_for(&self, credentials: Credentials) -> Self {
        Self {
            disclosure: self.disclosure.clone(),
            consent: self.consent.clone(),
            audit: self.audit.clone(),
            catalogue: self.catalogue.clone(),
            development: self.development.clone(),
            credentials,
        }
    }

    fn request<T>(&self, message: T) -> Result<Request<T>, ClientProblem> {
        let mut request = Request::new(message);
        let bearer = Zeroizing::new(format!("Bearer {}", *self.credentials.token(&SystemClock)?));
        let mut authorization: MetadataValue<Ascii> = bearer
            .parse()
            .map_err(|_| ClientProblem::Argument("--token holds something else than a token"))?;
        authorization.set_sensitive(true);
        request.metadata_mut().insert("authorization", authorization);
        if let Ok(trace) = trace_parent().parse() {
            request.metadata_mut().insert("traceparent", trace);
        }
        Ok(request)
    }
}

impl Client {
    /// Entries of the own side in another form.
    pub async fn export_entries(
        &self,
        message: v1::ExportEntriesRequest,
    ) -> Result<tonic::Streaming<v1::ExportEntriesResponse>, ClientProblem> {
        let answer = self.audit.clone().export_entries(self.request(message)?).await;
        Ok(answer.map_err(|status| Box::new(Refusal::from(status)))?.into_inner())
    }
}

/// A new trace (W3C Trace Context).
fn trace_parent() -> String {
    let (mut trace, mut span) = ([0; 16], [0; 8]);
    SystemRandomness.fill(&mut trace);
    SystemRandomness.fill(&mut span);
    format!("00-{:032x}-{:016x}-01", u128::from_be_bytes(trace), u64::from_be_bytes(span))
}

/// What an answer says, as bytes, without what differs for every entry: its index, leaf and receipt.
pub fn said(answer: &DiscloseResponse) -> Vec<u8> {
    let same =
        DiscloseResponse { entry_index: 0, leaf: Vec::new(), receipt: String::new(), ..answer.clone() };
    same.encode_to_vec()
}

macro_rules! calls {
    ($($service:ident.$call:ident($request:ident) -> $response:ident: $doc:literal)*) => {
        impl Client {
            $(
                #[doc = $doc]
                pub async fn $call(&self, message: v1::$request) -> Result<v1::$response, ClientProblem> {
                    let answer = self.$service.clone().$call(self.request(message)?).await;
                    Ok(answer.map_err(|status| Box::new(Refusal::from(status)))?.into_inner())
                }
            )*
        }
    };
}

calls! {
    disclosure.disclose(DiscloseRequest) -> DiscloseResponse: "Asks for fields."
    disclosure.preview(PreviewRequest) -> PreviewResponse: "What would be released now."
    disclosure.consult(ConsultRequest) -> ConsultResponse: "Checks a question about nobody in particular."
    consent.register_client(RegisterClientRequest) -> RegisterClientResponse: "Registers a client."
    consent.get_registration(GetRegistrationRequest) -> GetRegistrationResponse: "The registration."
    consent.record_consent(RecordConsentRequest) -> RecordConsentResponse: "Records a permit or an objection."
    consent.add_grant(AddGrantRequest) -> AddGrantResponse: "Another person agrees."
    consent.withdraw_consent(WithdrawConsentRequest) -> WithdrawConsentResponse: "A person takes back what they gave."
    consent.override_refusal(OverrideRefusalRequest) -> OverrideRefusalResponse: "A professional decides to pass a refusal."
    consent.confirm_override(ConfirmOverrideRequest) -> ConfirmOverrideResponse: "A second professional confirms."
    consent.revoke_override(RevokeOverrideRequest) -> RevokeOverrideResponse: "Ends an override."
    consent.withhold_from_representative(WithholdFromRepresentativeRequest) -> WithholdFromRepresentativeResponse: "Withholds from representatives."
    consent.lift_withholding(LiftWithholdingRequest) -> LiftWithholdingResponse: "Ends a withholding."
    consent.record_destruction(RecordDestructionRequest) -> RecordDestructionResponse: "A file was asked to be destroyed."
    consent.get_consent(GetConsentRequest) -> GetConsentResponse: "One consent."
    consent.list_consents(ListConsentsRequest) -> ListConsentsResponse: "All consents of a client."
    consent.describe_consent(DescribeConsentRequest) -> DescribeConsentResponse: "What a client reads before saying yes."
    audit.list_entries(ListEntriesRequest) -> ListEntriesResponse: "Entries of the own side, newest first."
    audit.get_entry(GetEntryRequest) -> GetEntryResponse: "One entry."
    audit.explain_entry(ExplainEntryRequest) -> ExplainEntryResponse: "One entry, decided again from the ledger alone."
    audit.get_report(GetReportRequest) -> GetReportResponse: "The answer to an officer's question."
    audit.get_checkpoint(GetCheckpointRequest) -> GetCheckpointResponse: "The newest signed head."
    audit.get_receipt(GetReceiptRequest) -> GetReceiptResponse: "Proof that an entry is in the ledger."
    audit.get_consistency(GetConsistencyRequest) -> GetConsistencyResponse: "Proof that nothing before was altered."
    audit.list_emergencies(ListEmergenciesRequest) -> ListEmergenciesResponse: "Emergencies that wait for a review."
    audit.review_emergency(ReviewEmergencyRequest) -> ReviewEmergencyResponse: "Judges an emergency."
    audit.judge_sample_entry(JudgeSampleEntryRequest) -> JudgeSampleEntryResponse: "Judges an entry of a sample."
    audit.list_notices(ListNoticesRequest) -> ListNoticesResponse: "Clients to be told."
    audit.notify_client(NotifyClientRequest) -> NotifyClientResponse: "The client was told."
    audit.delay_notice(DelayNoticeRequest) -> DelayNoticeResponse: "The client is told later."
    audit.get_own_overview(GetOwnOverviewRequest) -> GetOwnOverviewResponse: "What a client reads of the record."
    audit.list_left_out(ListLeftOutRequest) -> ListLeftOutResponse: "What such an overview leaves out."
    catalogue.list_fields(ListFieldsRequest) -> ListFieldsResponse: "The fields."
    catalogue.list_purposes(ListPurposesRequest) -> ListPurposesResponse: "The purposes."
    catalogue.list_parties(ListPartiesRequest) -> ListPartiesResponse: "The parties."
    development.set_clock(SetClockRequest) -> SetClockResponse: "Sets the gateway's clock forward."
}
