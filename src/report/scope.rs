//! What a question is narrowed to.

use crate::domain::{Actor, DisclosureEvent, OrganisationId, PurposeCode, RequesterRef, Timestamp};
use crate::report::Heads;

/// What a question is narrowed to; an absent part narrows nothing. The client is not here: then only the client's entries are read.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// The moment that it is asked: what is late is late by this.
    pub now: Timestamp,
    /// By this professional.
    pub requester: Option<RequesterRef>,
    /// By or for this organisation.
    pub organisation: Option<OrganisationId>,
    /// For this purpose.
    pub purpose: Option<PurposeCode>,
    /// The same human being in another hat (P18).
    pub other: Option<RequesterRef>,
    /// When a breach was discovered (P12).
    pub discovered: Option<Timestamp>,
    /// What a sample is drawn by (P6), and how many; as many as is usual if not said.
    pub seed: String,
    /// See `seed`.
    pub count: Option<u64>,
    /// How the ledger stands (P14); its size bounds every sample.
    pub heads: Heads,
}

impl Scope {
    /// Whether a moment is in the period.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether somebody is the professional, and of the organisation, that were named.
    pub(super) fn is_by(&self, actor: &Actor) -> bool {
        self.requester.as_ref().is_none_or(|requester| *requester == actor.requester)
            && self.organisation.as_ref().is_none_or(|id| *id == actor.hat.organisation)
    }

    /// Whether an ask is by the professional, by or of the organisation, and for the purpose that were named.
    pub(super) fn is_about(&self, asked: &DisclosureEvent, actor: &Actor) -> bool {
        let party = |id: &OrganisationId| *id == actor.hat.organisation || *id == asked.custodian;
        self.requester.as_ref().is_none_or(|requester| *requester == actor.requester)
            && self.organisation.as_ref().is_none_or(party)
            && self.purpose.is_none_or(|purpose| purpose == asked.purpose)
    }
}
