//! Anonymous consultation (ground R12): thinking along without knowing about whom.
//!
//! There is no client in it, and nothing is fetched. The gateway checks that the question names nobody and could be about
//! enough people, and records who consulted whom and how that ended: never the question. It keeps no names, so it
//! looks for those that the caller gives along, and forgets them.

use crate::domain::free_text::identifiers;
use crate::domain::{
    ClientRef, ConsultEvent, ConsultOutcome, Content, Entry, Event, Hat, Nonce, PartyKind, PurposeCode,
    RequestId,
};
use crate::gateway::{ATTEMPTS, Error, Gateway, Requester};
use crate::store::{SealOutcome, Sealed, Submission};

/// A question about somebody who is not named.
pub struct ConsultRequest {
    /// Which request.
    pub id: RequestId,
    /// Whom to ask.
    pub consulted: Hat,
    /// For what: a purpose that goes on ground R12.
    pub purpose: PurposeCode,
    /// The question. Never kept.
    pub question: Content,
    /// Names that must not be in it, as the caller's own system knows them. Never kept.
    pub names: Vec<Content>,
    /// The youngest and the oldest age of the group that is told.
    pub ages: (i16, i16),
}

/// So many clients are looked at to find enough who could be meant; with fewer found, the question could be about too few.
const LOOKED_AT: usize = 1000;
const PAGE: u32 = 200;

impl Gateway {
    /// Checks and records a consultation. A question that names somebody or fits too few is an outcome, not an error.
    pub async fn consult(
        &self,
        requester: &Requester,
        request: &ConsultRequest,
    ) -> Result<(ConsultOutcome, Sealed), Error> {
        for _ in 0..ATTEMPTS {
            let covenant = self.covenant();
            let names = request.names.iter().map(Content::as_str);
            let found = identifiers(request.question.as_str(), names);
            let outcome = if !found.is_empty() {
                ConsultOutcome::IdentifierDetected(found)
            } else if self.fits_enough(requester, request).await? {
                ConsultOutcome::Accepted
            } else {
                ConsultOutcome::ReIdentifiable
            };
            let event = ConsultEvent {
                request: request.id.clone(),
                consulted: request.consulted.clone(),
                purpose: request.purpose,
                outcome: outcome.clone(),
            };
            let entry = Entry {
                format: Entry::format(),
                at: self.clock.decide_at()?,
                nonce: Nonce::new(self.random()),
                trace: requester.trace.clone(),
                covenant: covenant.covenant.digest.clone(),
                parties: covenant.party_revision,
                client: None,
                revision: None,
                actor: Some(requester.actor.clone()),
                event: Event::Consulted(event),
            };
            if let SealOutcome::Sealed(sealed) = self.submit(Submission { entry, spent: vec![] }).await? {
                return Ok((outcome, sealed));
            }
        }
        Err(Error::Contended)
    }

    /// Whether the age group covers enough clients of the caller's organisation. Where a municipality is asked, only those
    /// count who are tied to it: registered there, or with a permit for it. That is fewer than live there, so in doubt the
    /// question is refused.
    async fn fits_enough(&self, requester: &Requester, request: &ConsultRequest) -> Result<bool, Error> {
        let (covenant, now) = (self.covenant().covenant.clone(), self.clock.now());
        let own = &requester.actor.hat.organisation;
        let asked = &request.consulted.organisation;
        let in_town = covenant.parties.get(asked).is_some_and(|party| party.kind == PartyKind::Municipality);
        let enough = covenant.purposes.get(request.purpose).map_or(usize::MAX, |p| p.smallest_group.into());
        let (mut fitting, mut looked_at, mut after) = (0, 0, None::<ClientRef>);
        while looked_at < LOOKED_AT {
            let page = self.register.clients_of(own, after.as_ref(), PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(false) };
            after = Some(last.clone());
            for (client, registration) in page {
                looked_at += 1;
                let age = registration.age(now);
                if !(request.ages.0..=request.ages.1).contains(&age) {
                    continue;
                }
                let tied = !in_town || {
                    // No seal checks the revision of each of them, and another gateway may have changed it.
                    if self.store.is_shared() {
                        self.register.forget(&client);
                    }
                    let file = self.register.current(&client).await?;
                    let permits = file.at(own).into_iter().flat_map(|own| &own.consents);
                    file.at(asked).is_some()
                        || permits.filter_map(|c| c.permit()).any(|p| p.recipient.organisation == *asked)
                };
                fitting += usize::from(tied);
                if fitting >= enough {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
