//! A permit to think about: typed as a draft, or named by the id of one that was recorded.

use crate::contract::v1::describe_consent_request::Of;
use crate::contract::v1::preview_request::Supposing;
use crate::contract::v1::{ConsentDraft, Period, Permit};

/// Which permit.
#[derive(Debug, clap::Args)]
pub struct Thought {
    /// One that was recorded; without, a draft
    #[arg(long, conflicts_with_all = ["recipient", "recipient_role", "purpose", "fields", "from", "until"])]
    consent_id: Option<String>,
    /// Which organisation may receive (OIN)
    #[arg(long, required_unless_present = "consent_id")]
    recipient: Option<String>,
    /// In which role
    #[arg(long, required_unless_present = "consent_id")]
    recipient_role: Option<String>,
    /// For which purpose
    #[arg(long, required_unless_present = "consent_id")]
    purpose: Option<String>,
    /// Which field. More than once
    #[arg(long = "field", required_unless_present = "consent_id")]
    fields: Vec<String>,
    /// From when: a date or RFC 3339; without, from now
    #[arg(long)]
    from: Option<String>,
    /// Until when: a date lasts through that day; without, as long as the purpose proposes
    #[arg(long)]
    until: Option<String>,
}

impl Thought {
    /// The draft, if no recorded one is named.
    fn draft(self) -> ConsentDraft {
        let permit = Permit {
            recipient_organisation: self.recipient.unwrap_or_default(),
            recipient_role: self.recipient_role.unwrap_or_default(),
            purpose: self.purpose.unwrap_or_default(),
            fields: self.fields,
        };
        let (from, until) = (self.from.unwrap_or_default(), self.until.unwrap_or_default());
        ConsentDraft { permit: Some(permit), period: Some(Period { from, until }) }
    }
}

impl From<Thought> for Of {
    fn from(mut thought: Thought) -> Self {
        thought.consent_id.take().map_or_else(|| Self::Draft(thought.draft()), Self::ConsentId)
    }
}

impl From<Thought> for Supposing {
    fn from(mut thought: Thought) -> Self {
        thought.consent_id.take().map_or_else(|| Self::Draft(thought.draft()), Self::ConsentId)
    }
}
