//! What comes after a release without consent: the client is told, or later with a reason, and an emergency is judged. By the
//! custodian's own people, and each an entry. Nothing else takes a release off a list.

use jiff::civil::Date;

use crate::domain::{
    ClientRef, DelayReason, EmergencyReview, Event, EvidenceReference, FollowUpRefused, LogView, NoticeDelay,
    NoticeGiven, OrganisationId, PersonRef, ReviewVerdict, Timestamp, ToldHow, UnconsentedRelease,
};
use crate::gateway::{ATTEMPTS, Basis, CovenantInForce, DisclosureRequest, Error, Gateway, Requester};
use crate::store::{Backlog, EntryFilter, Sealed, WorklistPage};

impl Gateway {
    /// A part of the caller's own list: emergencies to review or clients to tell, oldest first. Each page is recorded.
    pub async fn worklist(
        &self,
        requester: &Requester,
        page: WorklistPage,
    ) -> Result<Vec<UnconsentedRelease>, Error> {
        let size = self.size().await?;
        let own = &requester.actor.hat.organisation;
        let releases = self.store.worklist(own, page).await?;
        let from = page.after.map_or(0, |after| after.saturating_add(1));
        let until = releases.last().map_or(size, |last| size.max(last.entry.saturating_add(1)));
        let of_own = EntryFilter { custodian: Some(own.clone()), ..EntryFilter::default() };
        let read = of_own.read(LogView::Report(page.name().to_owned()), from, until);
        self.record_log_read(requester, None, &read).await?;
        Ok(releases)
    }

    /// How much is still to be done at this moment, of all custodians together.
    pub async fn backlog(&self) -> Result<Backlog, Error> {
        Ok(self.store.backlog(self.clock.now()).await?)
    }

    /// The client of a release of this organisation's data, if the entry is one.
    pub async fn client_of_release(
        &self,
        custodian: &OrganisationId,
        entry: u64,
    ) -> Result<Option<ClientRef>, Error> {
        let release = self.store.unconsented_release(entry).await?;
        Ok(release.filter(|release| release.custodian == *custodian).map(|release| release.client))
    }

    /// An officer judges an emergency: never the one who asked (four eyes).
    pub async fn review_emergency(
        &self,
        requester: &Requester,
        entry: u64,
        verdict: ReviewVerdict,
        note: &EvidenceReference,
    ) -> Result<Sealed, Error> {
        self.follow_up(requester, entry, |custodian, _, _| {
            let note = note.clone();
            Ok(Event::EmergencyReviewed(EmergencyReview { custodian, entry, verdict, note }))
        })
        .await
    }

    /// The client was told.
    pub async fn notify_client(
        &self,
        requester: &Requester,
        entry: u64,
        told: &PersonRef,
        how: ToldHow,
        note: &EvidenceReference,
    ) -> Result<Sealed, Error> {
        self.follow_up(requester, entry, |custodian, _, _| {
            let (told, note) = (told.clone(), note.clone());
            Ok(Event::ClientNotified(NoticeGiven { custodian, entry, told, how, note }))
        })
        .await
    }

    /// The client is told later: this is looked at again on `review_on`.
    pub async fn delay_notice(
        &self,
        requester: &Requester,
        entry: u64,
        reason: DelayReason,
        review_on: Date,
        note: &EvidenceReference,
    ) -> Result<Sealed, Error> {
        self.follow_up(requester, entry, |custodian, covenant, now| {
            if review_on > covenant.covenant.deadlines.latest_review(now) {
                return Err(FollowUpRefused::ReviewTooLate.into());
            }
            let (note, until) = (note.clone(), Timestamp::end_of(review_on));
            Ok(Event::NoticeDelayed(NoticeDelay { custodian, entry, reason, note, until }))
        })
        .await
    }

    /// The entry whose answers an emergency without answers of its own rests on (ruling 25): four hours from a release on the
    /// same ground to the same professional. Such an entry only appears, and ends with time, so a decision on it never goes
    /// stale.
    pub(super) async fn answered_in(
        &self,
        requester: &Requester,
        request: &DisclosureRequest,
        now: Timestamp,
    ) -> Result<Option<u64>, Error> {
        let DisclosureRequest { client, custodian, ground, evidence, .. } = request;
        let own_answers = evidence.as_ref().is_some_and(|evidence| evidence.is_complete(*ground, now));
        if own_answers || !ground.is_emergency() {
            return Ok(None);
        }
        let releases = self.store.unconsented_releases(client, custodian).await?;
        let holds = |release: &&UnconsentedRelease| {
            release.answers(&requester.actor, client, custodian, *ground, now)
        };
        Ok(releases.iter().rev().find(holds).map(|release| release.entry))
    }

    /// One step, decided on what is stored now and sealed if it still holds. The revision is read before the release: whatever
    /// changes in between is newer than it, and stale at the seal.
    async fn follow_up(
        &self,
        requester: &Requester,
        entry: u64,
        event: impl Fn(OrganisationId, &CovenantInForce, Timestamp) -> Result<Event, Error>,
    ) -> Result<Sealed, Error> {
        const MISSING: Error = Error::NotFound("release without consent");
        let own = &requester.actor.hat.organisation;
        let client = self.store.unconsented_release(entry).await?.ok_or(MISSING)?.client;
        for _ in 0..ATTEMPTS {
            let now = self.clock.decide_at()?;
            let covenant = self.covenant();
            let revision = self.register.current(&client).await?.revision;
            let release = self.store.unconsented_release(entry).await?;
            let mut release = release.filter(|release| release.custodian == *own).ok_or(MISSING)?;
            let basis = Basis { at: now, covenant: &covenant, client: &client, revision };
            let step = self.entry(requester, &basis, event(own.clone(), &covenant, now)?);
            release.take(entry, &step)?;
            if let Some(sealed) = self.seal(&client, step).await? {
                self.register.forget(&client);
                return Ok(sealed);
            }
        }
        Err(Error::Contended)
    }
}
