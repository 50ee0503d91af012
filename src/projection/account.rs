//! What an entry says happened, as far as its reader may know: what all projections are made of.

use super::Record;
use crate::domain::{
    Because, Consent, ConsentId, Event, FieldCode, Ground, Hat, Objection, OrganisationId, PurposeCode,
    RequestId, Stance, Told,
};

/// What was done to the record, by the codes that NEN 7513, DICOM and FHIR share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Read,
    Update,
    Delete,
    Execute,
}

impl Action {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Create => "C",
            Self::Read => "R",
            Self::Update => "U",
            Self::Delete => "D",
            Self::Execute => "E",
        }
    }
}

/// A field that was withheld: what was heard, and for the custodian's own people why.
#[derive(Debug, Clone, Copy)]
pub struct Withheld<'a> {
    /// Which field.
    pub field: FieldCode,
    /// What the requester heard.
    pub told: Told,
    /// The fine reason.
    pub because: Option<Because>,
    /// The rule that decided.
    pub rule: Option<&'a str>,
}

/// A field that was released: for the custodian's own people, by which rule on which consent.
#[derive(Debug, Clone, Copy)]
pub struct Released<'a> {
    /// Which field.
    pub field: FieldCode,
    /// The rule that decided.
    pub rule: Option<&'a str>,
    /// The consent that it rests on, and its version.
    pub consent: Option<(&'a ConsentId, u32)>,
}

/// What happened.
pub struct Account<'a> {
    pub(super) action: Action,
    /// Who would hold the data.
    pub recipient: Option<&'a Hat>,
    /// On which ground.
    pub ground: Option<Ground>,
    /// Which request.
    pub request: Option<&'a RequestId>,
    /// What was released, or would be.
    pub released: Vec<Released<'a>>,
    /// What was withheld, or would be.
    pub withheld: Vec<Withheld<'a>>,
    /// The consents that it rests on or is about.
    pub consents: Vec<(&'a ConsentId, u32)>,
    /// The release that it follows up, or whose answers it rests on; the entry of a sample that it judges.
    pub about: Option<u64>,
    /// How a refused call is named, and by which code it was refused.
    pub refused: Option<(&'a str, &'a str)>,
}

impl<'a> Account<'a> {
    /// What this record tells its reader.
    pub fn of(record: &Record<'a>) -> Self {
        let (entry, whole) = (record.entry, record.is_whole());
        let actor = entry.actor.as_ref().map(|actor| &actor.hat);
        let mut account = Self {
            action: action(&entry.event),
            recipient: None,
            ground: None,
            request: None,
            released: Vec::new(),
            withheld: Vec::new(),
            consents: Vec::new(),
            about: entry.event.comes_after(),
            refused: None,
        };
        match &entry.event {
            Event::Disclosure(d) => {
                account.recipient = actor;
                account.ground = Some(d.ground);
                account.request = Some(&d.request);
                account.about = d.answered_in;
                for group in &d.released {
                    let consent =
                        group.consent.as_ref().filter(|_| whole).map(|(id, version)| (id, *version));
                    let rule = whole.then_some(group.rule.as_str());
                    account.consents.extend(consent);
                    let released = |field: &FieldCode| Released { field: *field, rule, consent };
                    account.released.extend(group.fields.iter().map(released));
                }
                for group in &d.withheld {
                    let rule = whole.then_some(group.rule.as_str());
                    let because = whole.then_some(group.because);
                    let withheld =
                        |field: &FieldCode| Withheld { field: *field, told: group.told, because, rule };
                    account.withheld.extend(group.fields.iter().map(withheld));
                }
            }
            Event::Previewed(p) => {
                account.recipient = Some(&p.recipient);
                account.ground = Some(p.ground);
                let released = |field: &FieldCode| Released { field: *field, rule: None, consent: None };
                account.released = p.permitted.iter().map(released).collect();
                let withheld = |(field, told): &(FieldCode, Told)| Withheld {
                    field: *field,
                    told: *told,
                    because: None,
                    rule: None,
                };
                account.withheld = p.withheld.iter().map(withheld).collect();
            }
            Event::Consulted(c) => {
                account.recipient = Some(&c.consulted);
                account.ground = Some(Ground::CONSULTATION);
                account.request = Some(&c.request);
            }
            Event::Refused { method, reason } => account.refused = Some((method, reason)),
            event => account.consents.extend(event.consent().map(|consent| (&consent.id, consent.version))),
        }
        account
    }

    /// Whether somebody broke the glass (T2c).
    pub fn is_emergency(&self) -> bool {
        self.ground.is_some_and(Ground::is_emergency)
    }
}

/// A consent's recipient, purpose and fields, where it names them; an objection may name none.
pub(super) fn scope(
    consent: &Consent,
) -> (Option<&OrganisationId>, Option<PurposeCode>, Option<&[FieldCode]>) {
    match &consent.stance {
        Stance::Permit(p) => (Some(&p.recipient.organisation), Some(p.purpose), Some(&p.fields)),
        Stance::Objection(Objection { recipient, purpose, fields, .. }) => {
            (recipient.as_ref(), *purpose, fields.as_deref())
        }
    }
}

fn action(event: &Event) -> Action {
    match event {
        Event::Disclosure(_) | Event::LogRead(_) => Action::Read,
        Event::Previewed(_) | Event::Consulted(_) | Event::Refused { .. } => Action::Execute,
        Event::Registered { .. }
        | Event::ConsentRecorded(_)
        | Event::EmergencyReviewed(_)
        | Event::ClientNotified(_)
        | Event::NoticeDelayed(_)
        | Event::SampleJudged(_)
        | Event::DestructionRequested(_) => Action::Create,
        Event::GrantAdded(_)
        | Event::ConsentWithdrawn(_)
        | Event::RefusalOverridden(_)
        | Event::OverrideConfirmed(_)
        | Event::OverrideRevoked(_)
        | Event::WithheldFromRepresentatives(_)
        | Event::WithholdingLifted(_)
        | Event::LedgerResumed(_)
        | Event::CovenantAdopted { .. } => Action::Update,
        Event::Expired(_) => Action::Delete,
    }
}
