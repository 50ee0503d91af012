//! One command, one call (entries: one for each page), and its answer shown.

use std::io::Write;
use std::path::PathBuf;

use super::arguments::{Asked, Giver, Named, Recorded};
use super::command::{ClientCommand, Filter};
use super::explanation::explanation as print_explanation;
use super::{Client, ClientProblem, print, write};
use crate::contract::v1::preview_request::Supposing;
use crate::contract::v1::{
    AddGrantRequest, DescribeConsentRequest, DiscloseRequest, ExplainEntryRequest, GetCheckpointRequest,
    GetEntryRequest, GetReceiptRequest, ListConsentsRequest, ListEntriesRequest, ListFieldsRequest,
    ListPartiesRequest, ListPurposesRequest, PreviewRequest, RecordConsentRequest, RegisterClientRequest,
    SetClockRequest, SupposedWithdrawal, WithdrawConsentRequest, record_consent_request::Stance,
};

impl ClientCommand {
    /// Makes the call and shows the answer.
    pub(super) async fn call(self, gateway: &Client, output: &mut impl Write) -> Result<(), ClientProblem> {
        match self {
            Self::Register { client, registration } => {
                let registration = Some(registration.into());
                let request = RegisterClientRequest { client: client.client()?, registration };
                let answer = gateway.register_client(request).await?;
                writeln!(output, "registered as {} (entry {})", answer.client_handle, answer.entry_index)?;
            }
            Self::Consent { client, permit, giver, recorded } => {
                record(gateway, &client, Stance::Permit(permit.into()), giver, recorded, output).await?;
            }
            Self::Describe { client, thought, reader, language } => {
                let request = DescribeConsentRequest {
                    client: client.client()?,
                    of: Some(thought.into()),
                    reader: reader.unwrap_or_default(),
                    language,
                };
                print::described(output, &gateway.describe_consent(request).await?)?;
            }
            Self::Object { client, objection, giver, recorded } => {
                record(gateway, &client, Stance::Objection(objection.into()), giver, recorded, output)
                    .await?;
            }
            Self::Grant { client, consent_id, giver } => {
                let grantor = Some(giver.into());
                let request = AddGrantRequest { client: client.client()?, consent_id, grantor };
                print::consent(output, &gateway.add_grant(request).await?.consent.unwrap_or_default())?;
            }
            Self::Withdraw { client, consent_id, person, fields } => {
                let request = WithdrawConsentRequest { client: client.client()?, consent_id, person, fields };
                print::consent(
                    output,
                    &gateway.withdraw_consent(request).await?.consent.unwrap_or_default(),
                )?;
            }
            Self::Decide(decision) => decision.call(gateway, output).await?,
            Self::Ask { client, asked, request_id, receipt_out } => {
                let answer = gateway.disclose(disclose(&client, asked, request_id)?).await?;
                print::disclosure(output, &answer)?;
                keep(receipt_out, &answer.receipt)?;
            }
            Self::Preview { client, asked, recipient, recipient_role } => {
                let request = PreviewRequest {
                    client: client.client()?,
                    evidence: asked.evidence()?,
                    custodian: asked.custodian,
                    recipient_organisation: recipient,
                    recipient_role,
                    purpose: asked.purpose,
                    life_domains: asked.life_domains,
                    requested_fields: asked.fields,
                    ground: asked.ground,
                    supposing: None,
                };
                print::preview(output, &gateway.preview(request).await?)?;
            }
            Self::PreviewDraft { client, custodian, thought, life_domains } => {
                let supposing = Some(thought.into());
                let request = suppose(&client, custodian, life_domains, supposing)?;
                print::preview(output, &gateway.preview(request).await?)?;
            }
            Self::PreviewWithdrawal { client, custodian, consent_id, person, fields, life_domains } => {
                let withdrawal = SupposedWithdrawal { consent_id, person, fields };
                let supposing = Some(Supposing::Withdrawal(withdrawal));
                let request = suppose(&client, custodian, life_domains, supposing)?;
                print::preview(output, &gateway.preview(request).await?)?;
            }
            Self::Consents { client } => {
                let answer = gateway.list_consents(ListConsentsRequest { client: client.client()? }).await?;
                answer.consents.iter().try_for_each(|one| print::consent(output, one))?;
            }
            Self::Entries(filter) => all_entries(gateway, filter, output).await?,
            Self::Overview(overview) => overview.call(gateway, output).await?,
            Self::Dossier(dossier) => dossier.call(gateway, output).await?,
            Self::Export(export) => export.call(gateway, output).await?,
            Self::Entry { index, receipt_out } => one_entry(gateway, index, receipt_out, output).await?,
            Self::Explain { index } => {
                print_explanation(output, &gateway.explain_entry(ExplainEntryRequest { index }).await?)?;
            }
            Self::FollowUp(command) => command.call(gateway, output).await?,
            Self::Checkpoint => {
                let answer = gateway.get_checkpoint(GetCheckpointRequest {}).await?;
                writeln!(output, "{}\n{}", answer.verifier_key, answer.checkpoint)?;
            }
            Self::Fields { purpose } => {
                print::fields(output, &gateway.list_fields(ListFieldsRequest { purpose }).await?)?;
            }
            Self::Purposes => print::purposes(output, &gateway.list_purposes(ListPurposesRequest {}).await?)?,
            Self::Parties => print::parties(output, &gateway.list_parties(ListPartiesRequest {}).await?)?,
            Self::Clock { now } => {
                writeln!(output, "{}", gateway.set_clock(SetClockRequest { now }).await?.now)?;
            }
            // Verified without a gateway.
            Self::Receipt { .. } => {}
        }
        Ok(())
    }
}

fn disclose(
    client: &Named,
    asked: Asked,
    request_id: Option<String>,
) -> Result<DiscloseRequest, ClientProblem> {
    Ok(DiscloseRequest {
        request_id: request_id.unwrap_or_else(Client::new_request_id),
        client: client.client()?,
        evidence: asked.evidence()?,
        custodian: asked.custodian,
        purpose: asked.purpose,
        life_domains: asked.life_domains,
        requested_fields: asked.fields,
        ground: asked.ground,
    })
}

fn suppose(
    client: &Named,
    custodian: String,
    life_domains: Vec<String>,
    supposing: Option<Supposing>,
) -> Result<PreviewRequest, ClientProblem> {
    let client = client.client()?;
    Ok(PreviewRequest { client, custodian, life_domains, supposing, ..PreviewRequest::default() })
}

async fn record(
    gateway: &Client,
    client: &Named,
    stance: Stance,
    giver: Giver,
    recorded: Recorded,
    output: &mut impl Write,
) -> Result<(), ClientProblem> {
    let (period, evidence) = recorded.parts();
    let request = RecordConsentRequest {
        client: client.client()?,
        period: Some(period),
        grantor: Some(giver.into()),
        evidence: Some(evidence),
        stance: Some(stance),
    };
    let answer = gateway.record_consent(request).await?;
    print::consent(output, &answer.consent.unwrap_or_default())?;
    if !answer.recipient_client_handle.is_empty() {
        writeln!(output, "  the recipient names this client {}", answer.recipient_client_handle)?;
    }
    Ok(())
}

/// Which entries, as the contract asks it.
pub(super) fn listed(filter: Filter) -> Result<ListEntriesRequest, ClientProblem> {
    Ok(ListEntriesRequest {
        client_bsn: filter.client.bsn()?.map(|bsn| bsn.to_string()).unwrap_or_default(),
        client_handle: filter.client.handle(),
        recipient: filter.recipient,
        custodian: filter.custodian,
        requester_subject: filter.requester_subject,
        purpose: filter.purpose,
        outcome: filter.outcome,
        kind: filter.kind,
        from: filter.from,
        until: filter.until,
        ..ListEntriesRequest::default()
    })
}

async fn all_entries(gateway: &Client, filter: Filter, output: &mut impl Write) -> Result<(), ClientProblem> {
    let mut request = listed(filter)?;
    loop {
        let page = gateway.list_entries(request.clone()).await?;
        print::entries(output, &page.entries)?;
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

async fn one_entry(
    gateway: &Client,
    index: u64,
    receipt_out: Option<PathBuf>,
    output: &mut impl Write,
) -> Result<(), ClientProblem> {
    let answer = gateway.get_entry(GetEntryRequest { index }).await?;
    print::entry(output, &answer.entry.unwrap_or_default())?;
    if receipt_out.is_some() {
        keep(receipt_out, &gateway.get_receipt(GetReceiptRequest { index }).await?.receipt)?;
    }
    Ok(())
}

fn keep(path: Option<PathBuf>, receipt: &str) -> Result<(), ClientProblem> {
    path.map_or(Ok(()), |path| write(path, receipt))
}
