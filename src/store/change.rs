//! What an entry changes in the tables beside the ledger, in the same transaction.

use std::sync::Arc;

use sqlx::AnyConnection;

use crate::domain::{
    ClientRef, Consent, CovenantDigest, Entry, Event, OrganisationId, Registration, UnconsentedRelease,
};
use crate::policy::Bundle;
use crate::store::expiry::ExpiryPlan;
use crate::store::judged::Judged;
use crate::store::{Error, covenants, release};

/// What an entry changes in the tables beside the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    Registration {
        client: ClientRef,
        custodian: OrganisationId,
        body: String,
    },
    Consents {
        client: ClientRef,
        consents: Vec<Consent>,
        new: bool,
    },
    Covenant {
        digest: CovenantDigest,
        parties: CovenantDigest,
        /// What is kept of it; an entry that is read again brings none.
        files: Option<Arc<Bundle>>,
    },
    /// Retention ended; an entry that is read again brings no plan.
    Expired(Option<Box<ExpiryPlan>>),
    /// A release without consent opens its notice, and an emergency its review.
    Release(Box<UnconsentedRelease>),
    /// A release is reviewed, its client told, or that is put off.
    FollowUp {
        client: ClientRef,
        entry: Box<Entry>,
    },
    /// An entry of a sample is judged: nothing changes, if it may be judged so.
    Judged(Box<Judged>),
}

impl Change {
    /// The change that an entry makes by itself; `spent` are the consents that a release spent.
    pub(super) fn of(entry: &Entry, spent: Vec<Consent>) -> Result<Option<Self>, Error> {
        let change = match (&entry.event, entry.client.clone()) {
            (Event::Registered { custodian, registration }, Some(client)) => {
                Some(Self::registration(client, custodian, registration)?)
            }
            (Event::WithheldFromRepresentatives(c) | Event::WithholdingLifted(c), Some(client)) => {
                Some(Self::registration(client, &c.custodian, &c.registration)?)
            }
            (
                Event::ConsentRecorded(c)
                | Event::GrantAdded(c)
                | Event::ConsentWithdrawn(c)
                | Event::RefusalOverridden(c)
                | Event::OverrideConfirmed(c)
                | Event::OverrideRevoked(c),
                Some(client),
            ) => {
                let new = matches!(entry.event, Event::ConsentRecorded(_));
                Some(Self::Consents { client, consents: vec![c.clone()], new })
            }
            (Event::Disclosure(_), Some(client)) => {
                let (ids, by) = entry.spends().map_or((&[][..], None), |(ids, by)| (ids, Some(by)));
                if !spent.iter().map(|c| (&c.id, &c.spent)).eq(ids.iter().map(|id| (id, &by))) {
                    return Err(Error::Corrupt("an entry spends other consents than those handed in"));
                }
                match (UnconsentedRelease::of(0, entry).map_err(Error::Corrupt)?, spent.is_empty()) {
                    (None, true) => None,
                    (None, false) => Some(Self::Consents { client, consents: spent, new: false }),
                    (Some(release), true) => Some(Self::Release(Box::new(release))),
                    (Some(_), false) => return Err(Error::Corrupt("a release without consent spends one")),
                }
            }
            (
                Event::EmergencyReviewed(_) | Event::ClientNotified(_) | Event::NoticeDelayed(_),
                Some(client),
            ) => Some(Self::FollowUp { client, entry: Box::new(entry.clone()) }),
            (Event::SampleJudged(judgement), Some(client)) => {
                Some(Self::Judged(Box::new(Judged::of(entry, client, judgement)?)))
            }
            (Event::CovenantAdopted { parties }, _) => {
                let (digest, parties) = (entry.covenant.clone(), parties.clone());
                Some(Self::Covenant { digest, parties, files: None })
            }
            (Event::Expired(_), None) => Some(Self::Expired(None)),
            (Event::Expired(_), Some(_)) => return Err(Error::Corrupt("an end of retention about a client")),
            (Event::Consulted(_), Some(_)) => return Err(Error::Corrupt("a consultation about a client")),
            (Event::LedgerResumed(_), Some(_)) => {
                return Err(Error::Corrupt("a resumption about a client"));
            }
            (Event::Consulted(_) | Event::LedgerResumed(_), None)
            | (Event::Previewed(_) | Event::Refused { .. } | Event::DestructionRequested(_), Some(_))
            | (Event::LogRead(_), _) => None,
            (_, None) => return Err(Error::Corrupt("an entry without its client")),
        };
        Ok(change)
    }

    fn registration(client: ClientRef, at: &OrganisationId, what: &Registration) -> Result<Self, Error> {
        let body = serde_json::to_string(what).map_err(|_| Error::Corrupt("a registration"))?;
        Ok(Self::Registration { client, custodian: at.clone(), body })
    }

    /// The client whose revision it counts up.
    pub(super) fn client(&self) -> Option<&ClientRef> {
        match self {
            Self::Registration { client, .. }
            | Self::Consents { client, .. }
            | Self::FollowUp { client, .. } => Some(client),
            Self::Covenant { .. } | Self::Release(_) | Self::Expired(_) | Self::Judged(_) => None,
        }
    }

    /// Writes what the entry of this index changes, and counts the client's revision up.
    pub(super) async fn apply(&self, tx: &mut AnyConnection, index: u64) -> Result<(), Error> {
        match self {
            Self::Registration { client, custodian, body } => {
                sqlx::query(
                    "insert into registration (client, custodian, body) values ($1, $2, $3) \
                     on conflict (client, custodian) do update set body = excluded.body",
                )
                .bind(client.to_string())
                .bind(custodian.to_string())
                .bind(body.clone())
                .execute(&mut *tx)
                .await?;
            }
            Self::Consents { client, consents, new } => {
                let text = if *new {
                    "insert into consent (id, client, body) values ($1, $2, $3)"
                } else {
                    "update consent set body = $3 where id = $1 and client = $2"
                };
                for consent in consents {
                    let body = serde_json::to_string(consent).map_err(|_| Error::Corrupt("a consent"))?;
                    let done = sqlx::query(text)
                        .bind(consent.id.to_string())
                        .bind(client.to_string())
                        .bind(body)
                        .execute(&mut *tx)
                        .await?;
                    if done.rows_affected() != 1 {
                        return Err(Error::Corrupt("a change of a consent that this client does not have"));
                    }
                }
            }
            Self::Release(release) => {
                release::open(tx, &UnconsentedRelease { entry: index, ..(**release).clone() }).await?;
            }
            Self::Expired(plan) => {
                let plan = plan.as_ref().ok_or(Error::Corrupt("an end of retention without its plan"))?;
                plan.carry_out(tx, index).await?;
            }
            Self::FollowUp { entry, .. } => release::follow_up(tx, index, entry).await?,
            Self::Judged(_) => {}
            Self::Covenant { digest, files, .. } => {
                let files = files.as_ref().ok_or(Error::Corrupt("a covenant without its files"))?;
                covenants::keep(tx, digest, files).await?;
            }
        }
        if let Some(client) = self.client() {
            sqlx::query(
                "insert into client (id, revision) values ($1, 1) \
                 on conflict (id) do update set revision = client.revision + 1",
            )
            .bind(client.to_string())
            .execute(tx)
            .await?;
        }
        Ok(())
    }
}
