//! The whole product: decide, fetch what was permitted, record, and only then answer (design.md §4).

use crate::domain::{
    ClientRef, Consent, Disclosure, DisclosureEvent, Event, FieldCode, Ground, GroundEvidence, LifeDomain,
    OrganisationId, PurposeCode, RequestId, SealedDisclosure, Spent,
};
use crate::gateway::{ATTEMPTS, Basis, Error, Gateway, Requester, follow};
use crate::policy::Inquiry;
use crate::store::{CustodianFile, SealOutcome, Sealed, Submission};

/// A request, checked against the catalogue.
#[derive(Debug, Clone)]
pub struct DisclosureRequest {
    /// What a retry is recognised by.
    pub id: RequestId,
    /// Whom it is about.
    pub client: ClientRef,
    /// Who holds the data.
    pub custodian: OrganisationId,
    /// For what.
    pub purpose: PurposeCode,
    /// The agenda of a case conference.
    pub life_domains: Vec<LifeDomain>,
    /// Which fields; never empty, nothing twice.
    pub fields: Vec<FieldCode>,
    /// On which ground.
    pub ground: Ground,
    /// What is brought forward for it.
    pub evidence: Option<GroundEvidence>,
}

impl Gateway {
    /// Answers a request: exactly the fields that consent opens now, a reason for every other one, and a receipt.
    pub async fn disclose(
        &self,
        requester: &Requester,
        request: &DisclosureRequest,
    ) -> Result<SealedDisclosure<Sealed>, Error> {
        let mut first = None;
        for _ in 0..ATTEMPTS {
            let deciding = follow::part("decide");
            let now = self.clock.decide_at()?;
            let covenant = self.covenant();
            let client = self.register.current(&request.client).await?;
            let file = client.at(&request.custodian);
            let basis =
                Basis { at: now, covenant: &covenant, client: &request.client, revision: client.revision };
            let answered_in = self.answered_in(requester, request, now).await?;

            let ruling = covenant.covenant.decide(
                &request.inquiry(requester, &basis, answered_in.is_some()),
                file.map(|f| (&f.registration, f.consents.as_slice())),
            );
            drop(deciding);
            let values = self.fetch(&covenant, request, file, ruling.permitted()).await;
            let disclosure = Disclosure::release(ruling, values);

            let spent = request.spends(requester, file, &disclosure, &basis);
            let event = request.event(&disclosure, &spent, first, answered_in, &basis);
            let entry = self.entry(requester, &basis, Event::Disclosure(event));
            match self.submit(Submission { entry, spent }).await? {
                SealOutcome::Sealed(receipt) => return Ok(disclosure.sealed(receipt)),
                SealOutcome::Stale => self.register.forget(&request.client),
                SealOutcome::Repeat(index) => first = Some(self.same_request(request, index).await?),
            }
        }
        Err(Error::Contended)
    }

    /// A retry is the same request, not another one under its name (ruling 24).
    async fn same_request(&self, request: &DisclosureRequest, first: u64) -> Result<u64, Error> {
        let row = self.store.entry(first).await?.ok_or(Error::NotFound("entry"))?;
        let same = match &row.entry.event {
            Event::Disclosure(d) => {
                let mut before: Vec<FieldCode> = d.asked().collect();
                let mut now = request.fields.clone();
                before.sort_unstable();
                now.sort_unstable();
                row.entry.client.as_ref() == Some(&request.client)
                    && d.custodian == request.custodian
                    && d.purpose == request.purpose
                    && d.ground == request.ground
                    && d.evidence == request.evidence
                    && d.life_domains == request.life_domains
                    && before == now
            }
            _ => false,
        };
        if same { Ok(first) } else { Err(Error::RequestIdReused) }
    }
}

impl DisclosureRequest {
    fn inquiry<'a>(&'a self, requester: &'a Requester, basis: &Basis<'_>, ticket: bool) -> Inquiry<'a> {
        Inquiry {
            recipient: &requester.actor.hat,
            custodian: &self.custodian,
            purpose: self.purpose,
            life_domains: &self.life_domains,
            ground: self.ground,
            evidence: self.evidence.as_ref(),
            ticket,
            level: requester.actor.level,
            fields: &self.fields,
            request: &self.id,
            at: basis.at,
        }
    }

    fn event(
        &self,
        disclosure: &Disclosure,
        spent: &[Consent],
        first: Option<u64>,
        answered_in: Option<u64>,
        basis: &Basis<'_>,
    ) -> DisclosureEvent {
        let deadlines = &basis.covenant.covenant.deadlines;
        let follow_up = || deadlines.after_release(self.ground, basis.at, self.evidence.as_ref());
        let (released, withheld) = DisclosureEvent::group(disclosure);
        DisclosureEvent {
            request: self.id.clone(),
            repeat_of: first,
            custodian: self.custodian.clone(),
            purpose: self.purpose,
            life_domains: self.life_domains.clone(),
            ground: self.ground,
            evidence: self.evidence.clone(),
            related: disclosure.related(),
            released,
            withheld,
            failure: disclosure.failure(),
            spends: spent.iter().map(|c| c.id.clone()).collect(),
            answered_in,
            follow_up: if disclosure.released().is_empty() { None } else { follow_up() },
        }
    }

    /// The single uses that this release spends, in their new versions (ruling 12).
    fn spends(
        &self,
        requester: &Requester,
        file: Option<&CustodianFile>,
        disclosure: &Disclosure,
        basis: &Basis<'_>,
    ) -> Vec<Consent> {
        let used = |c: &&Consent| {
            disclosure.released().iter().any(|r| r.consent.as_ref().is_some_and(|(id, _)| *id == c.id))
        };
        let spends = |c: &&Consent| c.spent.is_none() && c.permit().is_some_and(|p| p.single_use) && used(c);
        let by = || Spent {
            organisation: requester.actor.hat.organisation.clone(),
            request: self.id.clone(),
            at: basis.at,
        };
        let consents = file.map_or(&[][..], |file| &file.consents);
        consents.iter().filter(spends).map(|consent| consent.spend(by())).collect()
    }
}
