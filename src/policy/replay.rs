//! Deciding an old request again, from what the ledger keeps, and comparing. Pure.
//!
//! What is always true here:
//! 1. All that a ruling rested on stands in its entry, in the client's entries before it, and in the covenant of its digest.
//!    What the gateway did not decide but hear is taken as recorded: who asked and how sure that was, which answers a
//!    ground brought forward (never their text), and after a permit whether the custodian had a value.
//! 2. So a custodian that failed after a permit is a recorded failure, and no difference.
//! 3. What was looked at as if (a draft, a withdrawal) was never decided, and is not decided again.

use std::collections::BTreeSet;

use crate::domain::{
    Actor, Because, Consent, ConsentId, DisclosureEvent, Entry, Event, FieldCode, Grant, PreviewEvent,
    Registration, RequestId, Ruling, Timestamp, Told, Verdict,
};
use crate::policy::covenant::Covenant;
use crate::policy::decide::Inquiry;

/// A preview answers no request: a single use that was spent is spent for it.
pub const NO_REQUEST: &str = "00000000-0000-0000-0000-000000000000";

/// What was said of one field, then or now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whether it was released; of a preview, whether it would be.
    pub released: bool,
    /// What the requester heard of a withheld field.
    pub told: Option<Told>,
    /// The fine reason of a withheld field; a preview keeps none.
    pub because: Option<Because>,
    /// The rule that decided; a preview keeps none.
    pub rule: Option<String>,
    /// The consent that it rested on, and its version.
    pub consent: Option<(ConsentId, u32)>,
}

/// One field, as it was recorded and as it is decided again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedField {
    /// Which field.
    pub field: FieldCode,
    /// As the entry says.
    pub recorded: Said,
    /// As it is decided again. Of a field that was permitted and that the custodian had no value for, this is the permit.
    pub again: Said,
    /// Who had agreed to the consent that it rests on.
    pub agreed: Vec<Grant>,
    /// Whether the two are the same.
    pub same: bool,
}

/// Something that the entry says and that does not follow from what it was decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// A verdict.
    #[error("{0}: is decided otherwise")]
    Field(FieldCode),
    /// The relation of the requester to the client (ruling 3).
    #[error("whether the requester is related to the client is decided otherwise")]
    Related,
    /// The single uses that were spent.
    #[error("other consents are spent by it")]
    Spends,
    /// What a release without consent leaves to be done.
    #[error("what it leaves to be done, or until when, is decided otherwise")]
    FollowUp,
}

/// A ruling of long ago, decided again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Its fields: released, then withheld.
    pub fields: Vec<ReplayedField>,
    /// What is not the same; empty for a ruling that is.
    pub differences: Vec<Difference>,
}

impl Covenant {
    /// Decides the ruling of an entry again, from the client's file as it was then; `None` for an entry that holds none.
    pub fn replay(&self, entry: &Entry, file: Option<(&Registration, &[Consent])>) -> Option<Replayed> {
        let actor = entry.actor.as_ref()?;
        match &entry.event {
            Event::Disclosure(event) => Some(self.disclosure(event, actor, entry.at, file)),
            Event::Previewed(event) if event.supposing.is_none() => {
                self.preview(event, actor, entry.at, file)
            }
            _ => None,
        }
    }

    fn disclosure(
        &self,
        event: &DisclosureEvent,
        actor: &Actor,
        at: Timestamp,
        file: Option<(&Registration, &[Consent])>,
    ) -> Replayed {
        let fields: Vec<FieldCode> = event.asked().collect();
        let inquiry = Inquiry {
            recipient: &actor.hat,
            custodian: &event.custodian,
            purpose: event.purpose,
            life_domains: &event.life_domains,
            ground: event.ground,
            evidence: event.evidence.as_ref(),
            ticket: event.answered_in.is_some(),
            level: actor.level,
            fields: &fields,
            request: &event.request,
            at,
        };
        let ruling = self.decide(&inquiry, file);
        let mut replayed = Replayed::of(recorded(event).collect(), &ruling, file);
        let related = ruling.related() == event.related;
        let spends = spends(event, file) == event.spends.iter().collect();
        let follow_up = (!event.released.is_empty())
            .then(|| self.deadlines.after_release(event.ground, at, event.evidence.as_ref()));
        let follow_up = follow_up.flatten() == event.follow_up;
        let more =
            [(related, Difference::Related), (spends, Difference::Spends), (follow_up, Difference::FollowUp)];
        replayed.differences.extend(more.into_iter().filter(|(same, _)| !same).map(|(_, what)| what));
        replayed
    }

    fn preview(
        &self,
        event: &PreviewEvent,
        actor: &Actor,
        at: Timestamp,
        file: Option<(&Registration, &[Consent])>,
    ) -> Option<Replayed> {
        let nobody_yet = RequestId::parse(NO_REQUEST).ok()?;
        let withheld = event.withheld.iter().map(|(field, _)| *field);
        let fields: Vec<FieldCode> = event.permitted.iter().copied().chain(withheld).collect();
        let inquiry = Inquiry {
            recipient: &event.recipient,
            custodian: &event.custodian,
            purpose: event.purpose,
            life_domains: &event.life_domains,
            ground: event.ground,
            evidence: event.evidence.as_ref(),
            ticket: false,
            level: actor.level,
            fields: &fields,
            request: &nobody_yet,
            at,
        };
        let said = |told| Said { released: false, told, because: None, rule: None, consent: None };
        let permitted = event.permitted.iter().map(|field| (*field, Said { released: true, ..said(None) }));
        let withheld = event.withheld.iter().map(|(field, told)| (*field, said(Some(*told))));
        let recorded = permitted.chain(withheld).collect();
        Some(Replayed::of(recorded, &self.decide(&inquiry, file), file))
    }
}

impl Replayed {
    /// Whether everything is as it was recorded.
    pub fn is_same(&self) -> bool {
        self.differences.is_empty()
    }

    fn of(
        recorded: Vec<(FieldCode, Said)>,
        ruling: &Ruling,
        file: Option<(&Registration, &[Consent])>,
    ) -> Self {
        let fields: Vec<ReplayedField> = recorded
            .into_iter()
            .zip(ruling.verdicts())
            .map(|((field, recorded), (_, verdict))| {
                let again = Said::of(verdict);
                let same = recorded.follows_from(&again);
                let agreed = again.consent.as_ref().or(recorded.consent.as_ref());
                let agreed = agreed.map(|(id, _)| who_agreed(id, file)).unwrap_or_default();
                ReplayedField { field, recorded, again, agreed, same }
            })
            .collect();
        let differences = fields.iter().filter(|f| !f.same).map(|f| Difference::Field(f.field)).collect();
        Self { fields, differences }
    }
}

impl Said {
    fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Permitted { rule, consent } => Self {
                released: true,
                told: None,
                because: None,
                rule: Some(rule.to_string()),
                consent: consent.clone(),
            },
            Verdict::Withheld { told, because, rule } => Self {
                released: false,
                told: Some(*told),
                because: Some(*because),
                rule: Some(rule.to_string()),
                consent: None,
            },
        }
    }

    /// Whether what was recorded is what the decision leads to. Where it permits, the custodian may have had nothing to give.
    fn follows_from(&self, again: &Self) -> bool {
        let not_given = matches!(self.because, Some(Because::NoValue | Because::Custodian(_)));
        if not_given {
            return again.released && self.told == Some(Told::NotAvailable) && self.rule == again.rule;
        }
        // A preview keeps less: what it keeps must be the same.
        let same = |kept: bool, equal: bool| !kept || equal;
        self.released == again.released
            && self.told == again.told
            && same(self.because.is_some(), self.because == again.because)
            && same(self.rule.is_some(), self.rule == again.rule && self.consent == again.consent)
    }
}

/// What the entry says of each field, in the order of [`DisclosureEvent::asked`].
fn recorded(event: &DisclosureEvent) -> impl Iterator<Item = (FieldCode, Said)> {
    let released = event.released.iter().flat_map(|group| {
        let said = Said {
            released: true,
            told: None,
            because: None,
            rule: Some(group.rule.clone()),
            consent: group.consent.clone(),
        };
        group.fields.iter().map(move |field| (*field, said.clone()))
    });
    let withheld = event.withheld.iter().flat_map(|group| {
        let said = Said {
            released: false,
            told: Some(group.told),
            because: Some(group.because),
            rule: Some(group.rule.clone()),
            consent: None,
        };
        group.fields.iter().map(move |field| (*field, said.clone()))
    });
    released.chain(withheld)
}

/// The single uses that this release spends (ruling 12).
fn spends<'a>(
    event: &'a DisclosureEvent,
    file: Option<(&'a Registration, &'a [Consent])>,
) -> BTreeSet<&'a ConsentId> {
    let used = |id: &ConsentId| {
        event.released.iter().any(|group| group.consent.as_ref().is_some_and(|(consent, _)| consent == id))
    };
    let consents = file.map_or(&[][..], |(_, consents)| consents).iter();
    let single = consents.filter(|c| c.spent.is_none() && c.permit().is_some_and(|p| p.single_use));
    single.map(|consent| &consent.id).filter(|id| used(id)).collect()
}

fn who_agreed(id: &ConsentId, file: Option<(&Registration, &[Consent])>) -> Vec<Grant> {
    let consents = file.map_or(&[][..], |(_, consents)| consents);
    let consent = consents.iter().find(|consent| consent.id == *id);
    let grants = consent.map_or(&[][..], |consent| &consent.grants).iter();
    grants.filter(|grant| grant.withdrawn.is_none()).cloned().collect()
}
