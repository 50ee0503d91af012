//! Verdicts on the entries of a sample: by an officer of the own side, never on what that officer asked, and each an entry.

use crate::domain::{ClientRef, Drawable, Event, OrganisationId, SampleJudgement, SampleRefused};
use crate::gateway::{ATTEMPTS, Basis, Error, Gateway, Requester};
use crate::store::{EntryRow, Sealed};

impl Gateway {
    /// Records it. The writer looks again, in the commit itself, at what it is about.
    pub async fn judge_sample(
        &self,
        requester: &Requester,
        judgement: &SampleJudgement,
    ) -> Result<Sealed, Error> {
        for _ in 0..ATTEMPTS {
            let at = self.clock.decide_at()?;
            let covenant = self.covenant();
            let judged = self.requested(judgement.entry).await?.ok_or(SampleRefused::NotDrawable)?;
            judgement.holds_for(&requester.actor, &judged.entry)?;
            let client = judged.entry.client.as_ref().ok_or(SampleRefused::NotDrawable)?;
            let revision = self.register.current(client).await?.revision;
            let basis = Basis { at, covenant: &covenant, client, revision };
            let entry = self.entry(requester, &basis, Event::SampleJudged(judgement.clone()));
            if let Some(sealed) = self.seal(client, entry).await? {
                return Ok(sealed);
            }
        }
        Err(Error::Contended)
    }

    /// The client of a request on this organisation's side, if the entry is one.
    pub async fn client_of_request(
        &self,
        side: &OrganisationId,
        index: u64,
    ) -> Result<Option<ClientRef>, Error> {
        let row = self.requested(index).await?;
        let drawable = row.as_ref().and_then(|row| Drawable::of(&row.entry));
        Ok(drawable.filter(|drawable| drawable.is_on_side(side)).map(|drawable| drawable.client.clone()))
    }

    /// What the officers of this side said of an entry, oldest first. Whoever reads the entry reads these with it: that reading is
    /// recorded, not this one.
    pub async fn verdicts_on(
        &self,
        side: &OrganisationId,
        row: &EntryRow,
    ) -> Result<Vec<(EntryRow, SampleJudgement)>, Error> {
        let Some(drawable) = Drawable::of(&row.entry) else { return Ok(Vec::new()) };
        Ok(self.store.verdicts_on(side, drawable.client, row.index).await?)
    }

    /// An entry, if there is one that still says something.
    async fn requested(&self, index: u64) -> Result<Option<EntryRow>, Error> {
        match self.store.entry(index).await {
            Err(crate::store::Error::Expired) => Ok(None),
            found => Ok(found?),
        }
    }
}
