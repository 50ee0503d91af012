//! A ledger, and what the callers of it heard: what holds after every fault.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::*;
use super::kinds::LATER;
use super::{Brings, Write};
use crate::ledger::{Receipt, verify_consistency};
use crate::store::Register;

/// What a caller hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Heard {
    /// It is recorded.
    Sealed,
    /// It is not recorded.
    NotRecorded,
    /// It may be recorded.
    Unknown,
}

/// A ledger, and what its callers heard.
pub(in crate::store) struct Scene<E: TestEngine> {
    pub world: WorldOn<E>,
    /// What every caller who was answered got: the entry, and its receipt.
    acknowledged: BTreeMap<Vec<u8>, (u64, Receipt)>,
    /// Of what nobody could say.
    unknown: BTreeMap<Vec<u8>, Entry>,
    /// Of whom, and which.
    withdrawn: Vec<(ClientRef, ConsentId)>,
}

impl<E: TestEngine> Scene<E> {
    /// In a ledger of its own.
    pub async fn new() -> Self {
        Self::of(WorldOn::new().await).await
    }

    /// In this ledger, which holds a covenant and nothing else.
    pub async fn of(world: WorldOn<E>) -> Self {
        let mut scene =
            Self { world, acknowledged: BTreeMap::new(), unknown: BTreeMap::new(), withdrawn: vec![] };
        let first = scene.world.store.entry(0).await.unwrap().unwrap();
        let receipt = scene.world.store.receipt(0).await.unwrap().unwrap();
        scene.acknowledged.insert(first.body, (0, receipt));
        scene
    }

    /// With questions that are six years old: what retention can end for. Before anything is written now.
    pub async fn with_old(mut self) -> Self {
        let mut sealing = tokio::task::JoinSet::new();
        for entry in (0..260).map(|_| ask(9, None)) {
            let ledger = self.world.ledger.clone();
            let body = entry.encode().unwrap();
            sealing.spawn(async move { (body, ledger.seal(Submission { entry, spent: vec![] }).await) });
        }
        while let Some(sealed) = sealing.join_next().await {
            let (body, outcome) = sealed.unwrap();
            let Ok(SealOutcome::Sealed(sealed)) = outcome else { panic!("{}", name(&outcome)) };
            self.acknowledged.insert(body, (sealed.index, sealed.receipt));
        }
        self
    }

    /// Hands it in, and remembers what is heard. Nobody waits for ever.
    pub async fn write(&mut self, write: Write) -> Heard {
        self.tried(write).await.0
    }

    /// The same; gives the outcome in words too.
    pub async fn tried(&mut self, write: Write) -> (Heard, String) {
        let Write { entry, brings } = write;
        let (body, ledger) = (entry.encode().unwrap(), &self.world.ledger);
        let copy = entry.clone();
        let sealing = async {
            match brings {
                Brings::Nothing => ledger.seal(Submission { entry, spent: vec![] }).await,
                Brings::Spent(spent) => ledger.seal(Submission { entry, spent }).await,
                Brings::Files(files) => ledger.adopt(entry, files).await,
                Brings::Plan(plan) => ledger.expire(entry, *plan).await,
            }
        };
        let outcome = tokio::time::timeout(Duration::from_mins(3), sealing).await;
        let outcome = outcome.unwrap_or_else(|_| panic!("{} hangs", copy.event_name()));
        let words = name(&outcome);
        (self.heard_elsewhere(body, &copy, outcome), words)
    }

    /// What a caller heard, of this gateway or another one.
    pub fn heard_elsewhere(
        &mut self,
        body: Vec<u8>,
        entry: &Entry,
        outcome: Result<SealOutcome, Error>,
    ) -> Heard {
        match outcome {
            Ok(SealOutcome::Sealed(Sealed { index, receipt, .. })) => {
                self.acknowledge(body, entry, index, receipt);
                Heard::Sealed
            }
            Ok(SealOutcome::Stale | SealOutcome::Repeat(_))
            | Err(
                Error::Refused
                | Error::ClockBehind
                | Error::ClockAhead
                | Error::OtherCovenant
                | Error::OtherKey
                | Error::OtherVersion
                | Error::Older,
            ) => Heard::NotRecorded,
            Err(Error::Unknown | Error::Stopped) => {
                self.unknown.insert(body, entry.clone());
                Heard::Unknown
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn acknowledge(&mut self, body: Vec<u8>, entry: &Entry, index: u64, receipt: Receipt) {
        if let (Event::ConsentWithdrawn(consent), Some(client)) = (&entry.event, &entry.client) {
            self.withdrawn.push((client.clone(), consent.id.clone()));
        }
        self.unknown.remove(&body);
        self.acknowledged.insert(body, (index, receipt));
    }

    /// Seals what nothing stands in the way of but a busy machine, and gives its index.
    pub(super) async fn sealed(&mut self, entry: Entry) -> u64 {
        let body = entry.encode().unwrap();
        for _ in 0..5 {
            let heard = self.tried(Write { entry: entry.clone(), brings: Brings::Nothing }).await;
            match heard {
                (Heard::Sealed, _) => return self.acknowledged[&body].0,
                (Heard::NotRecorded, _) => {}
                (Heard::Unknown, words) => panic!("{}: {words}", entry.event_name()),
            }
        }
        panic!("{} is refused", entry.event_name());
    }

    /// What must hold after every fault, and does.
    pub async fn holds(&self) {
        self.holds_in(&self.world.store).await;
    }

    /// The same in another copy of the ledger. Gives what is there of what nobody could say.
    pub async fn holds_in(&self, store: &Store) -> BTreeSet<Vec<u8>> {
        let audit = store.audit(&self.world.key, &|_, _| ()).await.expect("a ledger that verifies");
        let text = "select idx, body, leaf from entry order by idx";
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> =
            sqlx::query_as(text).fetch_all(&store.readers).await.unwrap();
        let mut there: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
        for (index, body, _) in &rows {
            assert!(there.insert(body.clone(), *index).is_none() || body.is_empty(), "entry {index} twice");
        }
        for (body, (index, receipt)) in &self.acknowledged {
            let (_, now, leaf) = &rows[usize::try_from(*index).unwrap()];
            let gone = now.is_empty() && audit.gone > 0;
            assert!(gone || now == body, "entry {index} was acknowledged, and is another one");
            assert_eq!(receipt.index, *index);
            assert_eq!(leaf.as_slice(), crate::ledger::leaf_hash(body).0);
        }
        // The newest head that anybody saw is one of this ledger: so are all before it.
        let newest = self.acknowledged.iter().max_by_key(|(_, (index, _))| *index).unwrap();
        let seen = newest.1.1.verify(newest.0, ORIGIN, &self.world.key).unwrap();
        let (proof, _) = store.consistency(seen.size).await.unwrap().expect("a ledger as long as was seen");
        verify_consistency(seen.size, audit.size, &seen.root, &audit.root, &proof).unwrap();
        // Nothing is there that its caller was told is not.
        let found: BTreeSet<Vec<u8>> =
            self.unknown.keys().filter(|body| there.contains_key(*body)).cloned().collect();
        let told = self.acknowledged.len() + found.len();
        assert_eq!(usize::try_from(audit.size).unwrap(), told, "more than anybody was told");
        let register = Register::new(store, 100);
        for (client, consent) in &self.withdrawn {
            let file = register.current(client).await.unwrap();
            let consents = &file.at(&organisation(ACCARE)).unwrap().consents;
            assert!(consents.iter().any(|c| c.id == *consent && c.withdrawn.is_some()), "withdrawn, and not");
        }
        found
    }

    /// Goes on in this ledger, as after a restart: what is there of what nobody could say is known from now on. Gives how much that is.
    pub async fn goes_on_in(&mut self, store: Store) -> usize {
        let found = self.holds_in(&store).await;
        for body in &found {
            let text = "select idx from entry where body = $1";
            let index: i64 =
                sqlx::query_scalar(text).bind(body.clone()).fetch_one(&store.readers).await.unwrap();
            let index = u64::try_from(index).unwrap();
            let receipt = store.receipt(index).await.unwrap().unwrap();
            let entry = self.unknown[body].clone();
            self.acknowledge(body.clone(), &entry, index, receipt);
        }
        // What is not there now never will be: nobody writes but this ledger.
        self.unknown.clear();
        self.world.ledger = Ledger::start(&store, signing_key());
        self.world.store = store;
        found.len()
    }

    /// A question, to see whether it writes.
    pub async fn goes_on(&mut self) {
        let write = self.ready(super::Kind::Released).await;
        assert_eq!(self.write(write).await, Heard::Sealed);
        self.holds().await;
    }

    /// Whether the retention of anything is over.
    pub async fn has_old(&self) -> bool {
        self.world.store.plan_expiry(LATER).await.unwrap().is_some()
    }
}
