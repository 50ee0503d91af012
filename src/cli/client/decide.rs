//! What professionals of the custodian decide: passing a refusal, withholding from representatives.

use std::io::Write;

use super::arguments::Named;
use super::{Client, ClientProblem, print, words};
use crate::contract::v1::{
    ConfirmOverrideRequest, LiftWithholdingRequest, OverrideRefusalRequest, RecordDestructionRequest,
    RevokeOverrideRequest, WithholdFromRepresentativeRequest,
};

/// What to decide.
#[derive(Debug, clap::Subcommand)]
pub(super) enum DecisionCommand {
    /// Decide to pass a holder's recorded refusal of a permit that the client of 12 to 15 agreed to (T1-05); a second
    /// professional confirms
    Override {
        #[command(flatten)]
        client: Named,
        /// Which permit
        #[arg(long)]
        consent_id: String,
        /// considered-wish or serious-harm
        #[arg(long, value_parser = words::exception)]
        exception: i32,
        /// Where the written reasons are, in your file
        #[arg(long)]
        note: String,
        /// Until when, three months at most: a date lasts through that day
        #[arg(long)]
        until: String,
    },
    /// Confirm an override that a colleague decided
    ConfirmOverride {
        #[command(flatten)]
        client: Named,
        /// Which permit
        #[arg(long)]
        consent_id: String,
    },
    /// End an override
    RevokeOverride {
        #[command(flatten)]
        client: Named,
        /// Which permit
        #[arg(long)]
        consent_id: String,
    },
    /// Withhold fields or entries from those who represent the client
    Withhold {
        #[command(flatten)]
        client: Named,
        /// Which field. More than once
        #[arg(long = "field", required_unless_present = "entries")]
        fields: Vec<String>,
        /// Which entry of the ledger. More than once
        #[arg(long = "entry", conflicts_with = "fields")]
        entries: Vec<u64>,
        /// help-at-risk, trust-at-risk or safety
        #[arg(long, value_parser = words::withholding_reason)]
        reason: i32,
        /// Where the written reasons are, in your file
        #[arg(long)]
        note: String,
        /// On which day somebody looks again, within a year
        #[arg(long)]
        review_on: String,
    },
    /// Record that a client's file was asked to be destroyed, and what came of it
    Destruction {
        #[command(flatten)]
        client: Named,
        /// Who asked: `client`, or your own reference for who stands in the client's place
        #[arg(long, default_value = "client")]
        person: String,
        /// destroyed, partly or refused
        #[arg(long, value_parser = words::destruction_outcome)]
        outcome: i32,
        /// Where your own file says so
        #[arg(long)]
        note: String,
    },
    /// End a withholding
    LiftWithholding {
        #[command(flatten)]
        client: Named,
        /// Which one
        #[arg(long)]
        withholding_id: String,
    },
}

impl DecisionCommand {
    /// Makes the call and shows the answer.
    pub(super) async fn call(self, gateway: &Client, output: &mut impl Write) -> Result<(), ClientProblem> {
        match self {
            Self::Override { client, consent_id, exception, note, until } => {
                let client = client.client()?;
                let request =
                    OverrideRefusalRequest { client, consent_id, exception, note_reference: note, until };
                let answer = gateway.override_refusal(request).await?;
                print::consent(output, &answer.consent.unwrap_or_default())?;
            }
            Self::ConfirmOverride { client, consent_id } => {
                let request = ConfirmOverrideRequest { client: client.client()?, consent_id };
                let answer = gateway.confirm_override(request).await?;
                print::consent(output, &answer.consent.unwrap_or_default())?;
            }
            Self::RevokeOverride { client, consent_id } => {
                let request = RevokeOverrideRequest { client: client.client()?, consent_id };
                let answer = gateway.revoke_override(request).await?;
                print::consent(output, &answer.consent.unwrap_or_default())?;
            }
            Self::Withhold { client, fields, entries, reason, note, review_on } => {
                let request = WithholdFromRepresentativeRequest {
                    client: client.client()?,
                    fields,
                    entries,
                    reason,
                    note_reference: note,
                    review_on,
                };
                let answer = gateway.withhold_from_representative(request).await?;
                let id = answer.withholding.unwrap_or_default().withholding_id;
                writeln!(output, "withheld from representatives as {id} (entry {})", answer.entry_index)?;
            }
            Self::Destruction { client, person, outcome, note: note_reference } => {
                let client = client.client()?;
                let request = RecordDestructionRequest { client, person, outcome, note_reference };
                let answer = gateway.record_destruction(request).await?;
                writeln!(output, "recorded (entry {})", answer.entry_index)?;
            }
            Self::LiftWithholding { client, withholding_id } => {
                let request = LiftWithholdingRequest { client: client.client()?, withholding_id };
                let answer = gateway.lift_withholding(request).await?;
                writeln!(output, "lifted (entry {})", answer.entry_index)?;
            }
        }
        Ok(())
    }
}
