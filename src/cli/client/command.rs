//! What `sluis client` can do.

use std::path::PathBuf;

use super::arguments::{Asked, Giver, Named, Objected, Permitted, Recorded, Registered};
use super::decide::DecisionCommand;
use super::dossier::Dossier;
use super::export::Export;
use super::follow_up::FollowUpCommand;
use super::overview::OverviewOf;
use super::thought::Thought;
use super::words;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(super) enum ClientCommand {
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
    /// What a client reads before saying yes, in plain words; the text version goes with the consent
    Describe {
        #[command(flatten)]
        client: Named,
        #[command(flatten)]
        thought: Thought,
        /// Who reads it, such as youth or parent-authority; without, the first who must agree
        #[arg(long, value_parser = words::capacity)]
        reader: Option<i32>,
        /// nl or en
        #[arg(long, default_value = "nl")]
        language: String,
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
    /// What professionals decide
    #[command(flatten)]
    Decide(DecisionCommand),
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
    /// What a recipient would get if everybody who must agree did: to a draft, or to a recorded consent
    PreviewDraft {
        #[command(flatten)]
        client: Named,
        /// Your own organisation (OIN), which holds the data
        #[arg(long)]
        custodian: String,
        #[command(flatten)]
        thought: Thought,
        /// For a case conference: the life domains on the agenda; without, each
        #[arg(long = "life-domain")]
        life_domains: Vec<String>,
    },
    /// What a recipient would lose if somebody took back what they gave
    PreviewWithdrawal {
        #[command(flatten)]
        client: Named,
        /// Your own organisation (OIN), which holds the data
        #[arg(long)]
        custodian: String,
        /// Which consent
        #[arg(long)]
        consent_id: String,
        /// Who would take it back
        #[arg(long, default_value = "client")]
        person: String,
        /// Only this field. More than once
        #[arg(long = "field")]
        fields: Vec<String>,
        /// For a case conference: the life domains on the agenda; without, each
        #[arg(long = "life-domain")]
        life_domains: Vec<String>,
    },
    /// All consents of a client at your organisation
    Consents {
        #[command(flatten)]
        client: Named,
    },
    /// Who saw what: entries of the ledger on your organisation's side
    Entries(Filter),
    /// Entries of the ledger on your organisation's side in another form, as a file with its proof
    Export(Export),
    /// What a client, or somebody who represents the client, reads of what was done with the client's data at your organisation
    Overview(OverviewOf),
    /// All of that as a folder to hand over, and for you alone what it leaves out
    Dossier(Dossier),
    /// One entry of the ledger
    Entry {
        /// Its index
        index: u64,
        /// Write its receipt to this file
        #[arg(long)]
        receipt_out: Option<PathBuf>,
    },
    /// Why: an entry decided again from the ledger alone, field by field
    Explain {
        /// Its index
        index: u64,
    },
    #[command(flatten)]
    FollowUp(FollowUpCommand),
    /// Verify a receipt, offline
    Receipt {
        /// The receipt
        #[arg(long)]
        receipt: PathBuf,
        /// The leaf hash of the entry, as `ask` shows it
        #[arg(long)]
        leaf: String,
        /// The ledger's verifier key, as `checkpoint` shows it
        #[arg(long, required_unless_present = "policy")]
        vkey: Option<String>,
        /// A trust policy (policy.txt) instead: its witnesses must have cosigned
        #[arg(long, conflicts_with = "vkey")]
        policy: Option<PathBuf>,
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
pub(super) struct Filter {
    #[command(flatten)]
    pub(super) client: Named,
    /// Of which recipient (OIN)
    #[arg(long, default_value = "")]
    pub(super) recipient: String,
    /// Of which custodian (OIN)
    #[arg(long, default_value = "")]
    pub(super) custodian: String,
    /// Of which professional at your organisation
    #[arg(long, default_value = "")]
    pub(super) requester_subject: String,
    /// For which purpose
    #[arg(long, default_value = "")]
    pub(super) purpose: String,
    /// released, partial, withheld, failed or done
    #[arg(long, default_value = "")]
    pub(super) outcome: String,
    /// disclosures, refusals, consents, registrations, follow-ups, readings, others or all-but-readings
    #[arg(long, default_value = "")]
    pub(super) kind: String,
    /// From (RFC 3339), inclusive
    #[arg(long, default_value = "")]
    pub(super) from: String,
    /// Until (RFC 3339), exclusive
    #[arg(long, default_value = "")]
    pub(super) until: String,
}
