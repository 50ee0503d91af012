//! `sluis client`: the public API from a command line, so that trying it needs no code.
//!
//! It knows nothing that another client could not know: the contract, a certificate and a token. A BSN is read from a
//! file or standard input, and is never shown.

mod arguments;
mod connection;
mod credentials;
mod print;
mod problem;
mod profile;
mod table;
mod words;

use std::io::Write;
use std::path::PathBuf;

pub use connection::{Client, Door, said};
pub use credentials::{Credentials, Minted};
pub use print::{consent, disclosure, entries, leaf, preview};
pub use problem::{ClientProblem, Refusal};
pub use profile::Profile;

use arguments::{Asked, Giver, Named, Objected, Permitted, Recorded, Registered};

use crate::ambient::SystemClock;
use crate::cli::keys::{KeysProblem, file};
use crate::contract::v1::{
    AddGrantRequest, DiscloseRequest, GetCheckpointRequest, GetEntryRequest, GetReceiptRequest,
    ListConsentsRequest, ListEntriesRequest, ListFieldsRequest, ListPartiesRequest, ListPurposesRequest,
    PreviewRequest, RecordConsentRequest, RegisterClientRequest, SetClockRequest, WithdrawConsentRequest,
    record_consent_request::Stance,
};
use crate::domain::Clock;
use crate::ledger::{Hash, Receipt, VerifierKey};

/// `sluis client`
#[derive(Debug, clap::Args)]
pub struct ClientArguments {
    /// A TOML file with the options below
    #[arg(long, global = true)]
    profile: Option<PathBuf>,
    #[command(flatten)]
    options: Profile,
    #[command(subcommand)]
    command: ClientCommand,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum ClientCommand {
    /// Register a client at your organisation
    Register {
        #[command(flatten)]
        client: Named,
        #[command(flatten)]
        registration: Registered,
    },
    /// Record a consent: a permit to exactly this recipient, for this purpose, of these fields
    Consent {
        #[command(flatten)]
        client: Named,
        #[command(flatten)]
        permit: Permitted,
        #[command(flatten)]
        giver: Giver,
        #[command(flatten)]
        recorded: Recorded,
    },
    /// Record an objection; what is left out means all
    Object {
        #[command(flatten)]
        client: Named,
        #[command(flatten)]
        objection: Objected,
        #[command(flatten)]
        giver: Giver,
        #[command(flatten)]
        recorded: Recorded,
    },
    /// Another person who must agree, agrees
    Grant {
        #[command(flatten)]
        client: Named,
        /// Which consent
        #[arg(long)]
        consent_id: String,
        #[command(flatten)]
        giver: Giver,
    },
    /// A person takes back what they gave
    Withdraw {
        #[command(flatten)]
        client: Named,
        /// Which consent
        #[arg(long)]
        consent_id: String,
        /// Who takes it back
        #[arg(long, default_value = "client")]
        person: String,
        /// Only this field. More than once
        #[arg(long = "field")]
        fields: Vec<String>,
    },
    /// Ask for fields about a client
    Ask {
        #[command(flatten)]
        client: Named,
        #[command(flatten)]
        asked: Asked,
        /// To repeat an earlier request; without, a new one is made
        #[arg(long)]
        request_id: Option<String>,
        /// Write the receipt to this file
        #[arg(long)]
        receipt_out: Option<PathBuf>,
    },
    /// What would be released now, without asking for it
    Preview {
        #[command(flatten)]
        client: Named,
        #[command(flatten)]
        asked: Asked,
        /// Who would ask; without, you
        #[arg(long, default_value = "")]
        recipient: String,
        /// In which role
        #[arg(long, default_value = "")]
        recipient_role: String,
    },
    /// All consents of a client at your organisation
    Consents {
        #[command(flatten)]
        client: Named,
    },
    /// Who saw what: entries of the ledger on your organisation's side
    Entries(Filter),
    /// One entry of the ledger
    Entry {
        /// Its index
        index: u64,
        /// Write its receipt to this file
        #[arg(long)]
        receipt_out: Option<PathBuf>,
    },
    /// Verify a receipt, offline
    Receipt {
        /// The receipt
        #[arg(long)]
        receipt: PathBuf,
        /// The leaf hash of the entry, as `ask` shows it
        #[arg(long)]
        leaf: String,
        /// The ledger's verifier key, as `checkpoint` shows it
        #[arg(long)]
        vkey: String,
    },
    /// The newest signed head of the ledger
    Checkpoint,
    /// The fields that can be shared
    Fields {
        /// Only those of this purpose
        #[arg(long, default_value = "")]
        purpose: String,
    },
    /// The purposes for which fields can be shared
    Purposes,
    /// The parties that you can share with
    Parties,
    /// Set a development gateway's clock forward
    Clock {
        /// RFC 3339, such as 2027-01-01T12:00:00Z
        now: String,
    },
}

/// Which entries.
#[derive(Debug, clap::Args)]
pub struct Filter {
    #[command(flatten)]
    client: Named,
    /// Of which recipient (OIN)
    #[arg(long, default_value = "")]
    recipient: String,
    /// Of which custodian (OIN)
    #[arg(long, default_value = "")]
    custodian: String,
    /// Of which professional at your organisation
    #[arg(long, default_value = "")]
    requester_subject: String,
    /// For which purpose
    #[arg(long, default_value = "")]
    purpose: String,
    /// released, partial, withheld, failed or done
    #[arg(long, default_value = "")]
    outcome: String,
    /// From (RFC 3339), inclusive
    #[arg(long, default_value = "")]
    from: String,
    /// Until (RFC 3339), exclusive
    #[arg(long, default_value = "")]
    until: String,
}

impl ClientArguments {
    /// Does it, and shows the answer.
    pub async fn run(self, output: &mut impl Write) -> Result<(), ClientProblem> {
        if let ClientCommand::Receipt { receipt, leaf, vkey } = &self.command {
            return verify(&file::read(receipt)?, leaf, vkey, output);
        }
        let filed = self.profile.as_deref().map(Profile::read).transpose()?.unwrap_or_default();
        let profile = self.options.or(filed);
        let client = profile.connect(profile.development_clock()?).await?;
        match self.command {
            ClientCommand::Clock { now } => set_clock(&client, &profile, now, output).await,
            command => command.call(&client, output).await,
        }
    }
}

impl ClientCommand {
    async fn call(self, gateway: &Client, output: &mut impl Write) -> Result<(), ClientProblem> {
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
            Self::Ask { client, asked, request_id, receipt_out } => {
                let answer = gateway.disclose(disclose(gateway, &client, asked, request_id)?).await?;
                print::disclosure(output, &answer)?;
                keep(receipt_out, &answer.receipt)?;
            }
            Self::Preview { client, asked, recipient, recipient_role } => {
                let request = PreviewRequest {
                    client: client.client()?,
                    custodian: asked.custodian,
                    recipient_organisation: recipient,
                    recipient_role,
                    purpose: asked.purpose,
                    life_domains: asked.life_domains,
                    requested_fields: asked.fields,
                    ground: asked.ground,
                };
                print::preview(output, &gateway.preview(request).await?)?;
            }
            Self::Consents { client } => {
                let answer = gateway.list_consents(ListConsentsRequest { client: client.client()? }).await?;
                answer.consents.iter().try_for_each(|one| print::consent(output, one))?;
            }
            Self::Entries(filter) => all_entries(gateway, filter, output).await?,
            Self::Entry { index, receipt_out } => {
                let answer = gateway.get_entry(GetEntryRequest { index }).await?;
                print::entry(output, &answer.entry.unwrap_or_default())?;
                if receipt_out.is_some() {
                    keep(receipt_out, &gateway.get_receipt(GetReceiptRequest { index }).await?.receipt)?;
                }
            }
            Self::Checkpoint => {
                let answer = gateway.get_checkpoint(GetCheckpointRequest {}).await?;
                writeln!(output, "{}\n{}", answer.verifier_key, answer.checkpoint)?;
            }
            Self::Fields { purpose } => {
                print::fields(output, &gateway.list_fields(ListFieldsRequest { purpose }).await?)?;
            }
            Self::Purposes => print::purposes(output, &gateway.list_purposes(ListPurposesRequest {}).await?)?,
            Self::Parties => print::parties(output, &gateway.list_parties(ListPartiesRequest {}).await?)?,
            Self::Receipt { .. } | Self::Clock { .. } => {}
        }
        Ok(())
    }
}

fn disclose(
    gateway: &Client,
    client: &Named,
    asked: Asked,
    request_id: Option<String>,
) -> Result<DiscloseRequest, ClientProblem> {
    Ok(DiscloseRequest {
        request_id: request_id.unwrap_or_else(|| gateway.new_request_id()),
        client: client.client()?,
        custodian: asked.custodian,
        purpose: asked.purpose,
        life_domains: asked.life_domains,
        requested_fields: asked.fields,
        ground: asked.ground,
    })
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

async fn all_entries(gateway: &Client, filter: Filter, output: &mut impl Write) -> Result<(), ClientProblem> {
    let mut request = ListEntriesRequest {
        client_bsn: filter.client.bsn()?.map(|bsn| bsn.to_string()).unwrap_or_default(),
        client_handle: filter.client.handle(),
        recipient: filter.recipient,
        custodian: filter.custodian,
        requester_subject: filter.requester_subject,
        purpose: filter.purpose,
        outcome: filter.outcome,
        from: filter.from,
        until: filter.until,
        ..ListEntriesRequest::default()
    };
    loop {
        let page = gateway.list_entries(request.clone()).await?;
        print::entries(output, &page.entries)?;
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

async fn set_clock(
    gateway: &Client,
    profile: &Profile,
    now: String,
    output: &mut impl Write,
) -> Result<(), ClientProblem> {
    let answer = gateway.set_clock(SetClockRequest { now }).await?;
    writeln!(output, "{}", answer.now)?;
    let moment: jiff::Timestamp =
        answer.now.parse().map_err(|_| ClientProblem::Argument("the gateway's clock cannot be read"))?;
    let ahead = moment.as_millisecond() - SystemClock.now().0;
    match &profile.clock {
        Some(path) => write(path.clone(), &format!("{ahead}\n")),
        None => Ok(()),
    }
}

fn verify(receipt: &str, leaf: &str, vkey: &str, output: &mut impl Write) -> Result<(), ClientProblem> {
    let key = VerifierKey::parse(vkey)?;
    let leaf = Hash::from_base64(leaf)
        .ok_or(ClientProblem::Argument("--leaf must be the base64 of 32 bytes, as `ask` shows it"))?;
    let receipt = Receipt::parse(receipt)?;
    let head = receipt.verify_leaf(&leaf, key.name(), &key)?;
    Ok(writeln!(output, "entry {} is in the ledger {} of {} entries", receipt.index, head.origin, head.size)?)
}

fn keep(path: Option<PathBuf>, receipt: &str) -> Result<(), ClientProblem> {
    path.map_or(Ok(()), |path| write(path, receipt))
}

fn write(path: PathBuf, text: &str) -> Result<(), ClientProblem> {
    std::fs::write(&path, text).map_err(|problem| KeysProblem::File { path, problem }.into())
}

#[cfg(test)]
mod tests;
