//! What the entries, read from the first on, say the tables beside the ledger must hold.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;
use uuid::Uuid;

use crate::domain::retention::Stays;
use crate::domain::{Consent, Entry, Event, Expiry, UnconsentedRelease};
use crate::store::Error;
use crate::store::change::Change;
use crate::store::covenants::{self, Adoption};
use crate::store::expiry::Kept;
use crate::store::glance::Plain;
use crate::store::judged::Judged;
use crate::store::places::Place;

/// The state that a run of entries leads to.
#[derive(Default)]
pub(super) struct Fold {
    pub at: i64,
    pub covenant: String,
    pub parties: String,
    pub party_revision: i64,
    /// How far retention has come, by the account of the table; the newest entry about it must say the same.
    pub horizon: u64,
    pub retention: Option<(u64, Expiry)>,
    kept: Kept,
    adoptions: Vec<Adoption>,
    /// The covenants of older entries that are left.
    used: BTreeSet<String>,
    pub clients: BTreeMap<String, i64>,
    pub registrations: BTreeMap<(String, String), String>,
    pub consents: BTreeMap<String, (String, Consent)>,
    requests: HashMap<String, HashSet<u128, RandomState>, RandomState>,
    pub releases: BTreeMap<u64, UnconsentedRelease>,
    /// Of which clients the entries were, since it was last taken.
    pub seen: Vec<Place>,
    /// What was judged of samples, each with the entry that says so.
    pub judged: Vec<(u64, Judged)>,
}

impl Fold {
    /// Before the first entry, where retention has come so far.
    pub(super) fn new(horizon: u64) -> Self {
        Self { horizon, ..Self::default() }
    }

    /// Whether the entries that are left are those that the newest end of retention says. Takes what was counted.
    pub(super) fn stays(&mut self) -> Result<bool, Error> {
        let (count, digest) = std::mem::take(&mut self.kept).finish()?;
        Ok(match &self.retention {
            None => self.horizon == 0,
            Some((_, said)) => {
                (self.horizon, count, digest) == (said.before, said.kept, said.kept_digest.clone())
            }
        })
    }

    /// The covenants that are kept, each with its list of parties.
    pub(super) fn covenants(&self) -> BTreeMap<String, String> {
        covenants::needed(&self.adoptions, &self.used, self.horizon)
    }

    /// An entry whose retention is over, and that is left.
    fn stayed(&mut self, index: u64, entry: &Entry) {
        self.kept.push(index);
        if entry.stays() != Stays::Always {
            self.used.insert(entry.covenant.to_string());
        }
    }

    /// Takes the next entry. An error names what about it cannot follow from the entries before.
    pub(super) fn take(
        &mut self,
        index: u64,
        entry: &Entry,
        key: Option<&String>,
    ) -> Result<(), &'static str> {
        if index < self.horizon {
            self.stayed(index, entry);
        }
        let client = entry.client.as_ref().map(ToString::to_string);
        if let Some(client) = &client {
            self.seen.push(Place::of(client, index).ok_or("is about no client that can be")?);
        }
        let known = client.as_ref().and_then(|id| self.clients.get(id)).copied();
        if entry.revision != known {
            return Err("was decided on another revision of the client");
        }
        if let Some(key) = key {
            let (organisation, request) = key.split_once('/').ok_or("has no key of its request")?;
            let request = Uuid::try_parse(request).map_err(|_| "has no key of its request")?;
            self.is_first(organisation, request.as_u128())?;
        }
        let mut spent = Vec::new();
        if let Some((ids, by)) = entry.spends() {
            for id in ids {
                let recorded = self.consents.get(id.as_str());
                let (_, consent) = recorded.ok_or("spends a consent that was never recorded")?;
                spent.push(consent.spend(by.clone()));
            }
        }
        self.answers_hold(entry)?;
        match Change::of(entry, spent).map_err(|_: Error| "makes a change that cannot be")? {
            None => self.same_rules(entry.covenant.as_str(), entry.parties)?,
            Some(Change::Covenant { digest, parties, .. }) => {
                self.party_revision += i64::from(parties.as_str() != self.parties);
                self.covenant = digest.to_string();
                self.parties = parties.to_string();
                self.adoptions.push(Adoption::new(index, &digest, &parties));
                self.same_rules(entry.covenant.as_str(), entry.parties)?;
            }
            Some(Change::Expired(_)) => {
                self.same_rules(entry.covenant.as_str(), entry.parties)?;
                let Event::Expired(expiry) = &entry.event else { return Err("is no end of retention") };
                let after = self.retention.as_ref().is_none_or(|(_, last)| last.before < expiry.before);
                if !after || expiry.before > index || !expiry.is_late_enough(entry.at) {
                    return Err("ends retention too early");
                }
                self.retention = Some((index, expiry.clone()));
            }
            Some(Change::Registration { client, custodian, body }) => {
                self.same_rules(entry.covenant.as_str(), entry.parties)?;
                *self.clients.entry(client.to_string()).or_default() += 1;
                self.registrations.insert((client.to_string(), custodian.to_string()), body);
            }
            Some(Change::Consents { client, consents, new }) => {
                self.same_rules(entry.covenant.as_str(), entry.parties)?;
                *self.clients.entry(client.to_string()).or_default() += 1;
                for consent in consents {
                    let owner = self.consents.get(consent.id.as_str()).map(|(of, _)| of.as_str());
                    if owner != (!new).then_some(client.as_str()) {
                        return Err("records a consent twice, or changes one that this client does not have");
                    }
                    self.consents.insert(consent.id.to_string(), (client.to_string(), consent));
                }
            }
            Some(Change::Judged(judged)) => {
                self.same_rules(entry.covenant.as_str(), entry.parties)?;
                self.judged.push((index, *judged));
            }
            Some(Change::Release(release)) => {
                self.same_rules(entry.covenant.as_str(), entry.parties)?;
                self.releases.insert(index, UnconsentedRelease { entry: index, ..*release });
            }
            Some(Change::FollowUp { client, .. }) => {
                self.same_rules(entry.covenant.as_str(), entry.parties)?;
                let about = entry.event.follows_up().and_then(|(about, _)| self.releases.get_mut(&about));
                let release = about.ok_or("follows up a release that never was")?;
                release.take(index, entry).map_err(|_| "follows up a release that does not wait for it")?;
                *self.clients.entry(client.to_string()).or_default() += 1;
            }
        }
        self.at = self.at.max(entry.at.0);
        Ok(())
    }

    /// The same for a disclosure that changes nothing beside the ledger.
    pub(super) fn take_plain(&mut self, index: u64, seen: &Plain) -> Result<(), &'static str> {
        self.seen.push(Place::of(seen.client(), index).ok_or("is about no client that can be")?);
        if seen.revision != self.clients.get(seen.client()).copied() {
            return Err("was decided on another revision of the client");
        }
        if let Some(request) = seen.request {
            self.is_first(&seen.organisation, request)?;
        }
        self.same_rules(&seen.covenant, seen.parties)?;
        self.at = self.at.max(seen.at);
        Ok(())
    }

    /// A request is a UUID, and an organisation makes each of its own once.
    fn is_first(&mut self, organisation: &str, request: u128) -> Result<(), &'static str> {
        let first = match self.requests.get_mut(organisation) {
            Some(requests) => requests.insert(request),
            None => self.requests.entry(organisation.to_owned()).or_default().insert(request),
        };
        if first { Ok(()) } else { Err("is not marked as the repeat that it is") }
    }

    /// An emergency without answers of its own rests on an entry that has them (ruling 25).
    fn answers_hold(&self, entry: &Entry) -> Result<(), &'static str> {
        let Event::Disclosure(asked) = &entry.event else { return Ok(()) };
        let Some(given) = asked.answered_in else { return Ok(()) };
        let holds = match (self.releases.get(&given), &entry.actor, &entry.client) {
            (Some(release), Some(actor), Some(client)) => {
                release.answers(actor, client, &asked.custodian, asked.ground, entry.at)
            }
            _ => false,
        };
        if holds { Ok(()) } else { Err("rests on answers that do not hold for it") }
    }

    fn same_rules(&self, covenant: &str, parties: i64) -> Result<(), &'static str> {
        if covenant == self.covenant && parties == self.party_revision {
            Ok(())
        } else {
            Err("was decided under a covenant that was not in force")
        }
    }
}
