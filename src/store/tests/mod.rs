//! The store on real files and a real server, with a real key. A ledger of its own for every test, in a directory or database
//! of its own.
#![expect(clippy::print_stdout, reason = "random tests print their seed, table tests what they tried")]
#![expect(clippy::format_push_string, reason = "a description for comparing, not a hot path")]

#[path = "../../../tests/cluster/mod.rs"]
#[expect(dead_code, reason = "the integration tests use the rest")]
mod cluster;
#[path = "../../../tests/disk/mod.rs"]
#[expect(dead_code, reason = "the integration tests use the rest")]
mod disk;
mod faults;
mod postgresql;
mod sqlite;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::date;

use crate::domain::*;
use crate::ledger::{SigningKey, VerifierKey};
use crate::policy::Bundle;
use crate::store::{Audit, AuditProblem, Database, Error, Ledger, SealOutcome, Sealed, Store, Submission};
use cluster::Cluster;

pub(super) const ORIGIN: &str = "sluis.example/ledger";
pub(super) const NOON: Timestamp = Timestamp(1_795_003_200_000);
pub(super) const ACCARE: &str = "00000099000000001000";
pub(super) const ASSEN: &str = "00000099000000002000";
pub(super) const EMMEN: &str = "00000099000000003000";

/// A directory that removes itself.
pub(super) struct TempDir(pub PathBuf);

impl TempDir {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("sluis-store-{:016x}", new_seed()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn file(&self) -> PathBuf {
        self.0.join("ledger.db")
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(super) fn new_seed() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// Repeatable randomness (`SplitMix64`), for tests that print their seed.
pub(super) struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}

pub(super) fn organisation(oin: &str) -> OrganisationId {
    OrganisationId::parse(oin).unwrap()
}

pub(super) fn client(number: u8) -> ClientRef {
    ClientRef::from_bytes([number; 16])
}

pub(super) fn requester(number: u8) -> RequesterRef {
    RequesterRef::from_bytes([number; 16])
}

/// The files of a covenant: rules and a list of parties of one letter each.
pub(super) fn covenant(rules: char, parties: char) -> Bundle {
    let mut files = Bundle::default();
    files.insert("rules.cedar", rules.to_string());
    files.insert("parties.toml", parties.to_string());
    files.insert("deadlines.toml", include_str!("../../../policies/deadlines.toml").to_owned());
    files
}

/// The covenant that has this letter for its rules and for its parties.
pub(super) fn digest(letter: char) -> CovenantDigest {
    covenant(letter, letter).digest().unwrap()
}

/// What an entry brings into force.
fn files_of(entry: &Entry) -> Bundle {
    let mut all = ('a'..='e').flat_map(|rules| ('a'..='e').map(move |parties| covenant(rules, parties)));
    all.find(|files| files.digest().unwrap() == entry.covenant).unwrap()
}

/// As the gateway seals it: a covenant with its files.
async fn hand_in(ledger: &Ledger, entry: Entry) -> Result<SealOutcome, Error> {
    match entry.event {
        Event::CovenantAdopted { .. } => {
            let files = Arc::new(files_of(&entry));
            ledger.adopt(entry, files).await
        }
        _ => ledger.seal(Submission { entry, spent: vec![] }).await,
    }
}

pub(super) fn request(number: u64) -> RequestId {
    RequestId::parse(&format!("0192f0c1-7a53-7c3e-9a41-{number:012x}")).unwrap()
}

/// A request that was never made before.
pub(super) fn new_request() -> RequestId {
    request(0x8000_0000_0000 | count())
}

fn count() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// An entry under the first covenant, by a professional of Assen.
pub(super) fn entry(client: Option<ClientRef>, revision: Option<i64>, event: Event) -> Entry {
    let number = u128::from(count()).to_be_bytes();
    Entry {
        format: Entry::format(),
        at: NOON,
        nonce: Nonce::new(number),
        trace: TraceId::from_bytes(number),
        covenant: digest('a'),
        parties: 1,
        client,
        revision,
        actor: Some(Actor {
            requester: requester(7),
            hat: Hat { organisation: organisation(ASSEN), role: Role::parse("wijkteam").unwrap() },
            level: AuthenticationLevel::Substantial,
        }),
        event,
    }
}

/// A request that is answered in part.
pub(super) fn ask(number: u8, revision: Option<i64>) -> Entry {
    let event = Event::Disclosure(DisclosureEvent {
        request: new_request(),
        repeat_of: None,
        custodian: organisation(ACCARE),
        purpose: PurposeCode::parse("WON").unwrap(),
        life_domains: vec![LifeDomain::Housing],
        ground: Ground::CONSENT,
        evidence: None,
        related: true,
        released: vec![ReleasedFields {
            rule: "consent".into(),
            consent: None,
            fields: vec![FieldCode::parse("C01").unwrap()],
        }],
        withheld: vec![WithheldFields {
            rule: "purpose".into(),
            because: Because::Rule(Told::OutsidePurpose),
            told: Told::OutsidePurpose,
            fields: vec![FieldCode::parse("D01").unwrap()],
        }],
        failure: None,
        spends: vec![],
        answered_in: None,
        follow_up: None,
    });
    entry(Some(client(number)), revision, event)
}

/// Changes what an entry says about its request.
pub(super) fn with(mut entry: Entry, change: impl FnOnce(&mut DisclosureEvent)) -> Entry {
    if let Event::Disclosure(disclosure) = &mut entry.event {
        change(disclosure);
    }
    entry
}

pub(super) fn registered(number: u8, revision: Option<i64>) -> Entry {
    let registration = Registration {
        reference: CustodianReference::parse(&format!("dossier-{number}")).unwrap(),
        birth_date: date(2010, 3, 1),
        authority: vec![],
        parents: vec![PersonRef::parse("moeder-1").unwrap()],
        orders: vec![],
        competence: vec![],
        team: vec![],
        withheld: vec![],
    };
    entry(Some(client(number)), revision, Event::Registered { custodian: organisation(ACCARE), registration })
}

pub(super) fn consent(number: u8, single_use: bool) -> Consent {
    let by = Grantor { person: PersonRef::client(), capacity: Capacity::Youth };
    Consent {
        id: ConsentId::from_bytes([number; 16]),
        version: 1,
        custodian: organisation(ACCARE),
        stance: Stance::Permit(Permit {
            recipient: Hat { organisation: organisation(ASSEN), role: Role::parse("wijkteam").unwrap() },
            purpose: PurposeCode::parse("WON").unwrap(),
            fields: vec![FieldCode::parse("C01").unwrap()],
            single_use,
        }),
        period: Period::new(NOON, NOON.plus(86_400_000)).unwrap(),
        grants: vec![Grant { by, given_at: NOON, fields: None, withdrawn: None }],
        evidence: Evidence {
            channel: Channel::Written,
            text_version: EvidenceReference::parse("nl-2026-1").unwrap(),
            language: EvidenceReference::parse("nl").unwrap(),
            note: None,
            recorded_by: requester(7),
            refusal_explained: true,
        },
        struck: BTreeMap::new(),
        withdrawn: None,
        overrides: vec![],
        spent: None,
    }
}

pub(super) fn recorded(number: u8, revision: i64, consent: &Consent) -> Entry {
    entry(Some(client(number)), Some(revision), Event::ConsentRecorded(consent.clone()))
}

pub(super) fn withdrawn(number: u8, revision: i64, consent: &Consent) -> Entry {
    let next = Consent { version: consent.version + 1, withdrawn: Some(NOON), ..consent.clone() };
    entry(Some(client(number)), Some(revision), Event::ConsentWithdrawn(next))
}

/// The covenant with this digest comes into force, with these parties at this revision.
pub(super) fn adopted(rules: char, parties: char, revision: i64) -> Entry {
    let files = covenant(rules, parties);
    let event = Event::CovenantAdopted { parties: files.parties_digest().unwrap() };
    let mut entry = entry(None, None, event);
    (entry.covenant, entry.parties, entry.actor) = (files.digest().unwrap(), revision, None);
    entry
}

/// Where a test keeps its ledger.
pub(super) trait TestEngine {
    fn database(dir: &TempDir) -> Database;
}

/// A store with its writer, under the covenant `a` with the parties `a`.
pub(super) struct WorldOn<E> {
    engine: PhantomData<E>,
    pub dir: TempDir,
    pub database: Database,
    pub store: Store,
    pub ledger: Ledger,
    pub key: VerifierKey,
}

impl<E: TestEngine> WorldOn<E> {
    /// With entry 0, the covenant.
    pub async fn new() -> Self {
        let world = Self::empty().await;
        world.sealed(adopted('a', 'a', 1)).await;
        world
    }

    pub async fn empty() -> Self {
        let dir = TempDir::new();
        let database = E::database(&dir);
        Self::in_dir(dir, database).await
    }

    /// In this database, which is empty.
    pub async fn in_database(database: Database) -> Self {
        Self::in_dir(TempDir::new(), database).await
    }

    async fn in_dir(dir: TempDir, database: Database) -> Self {
        let store = Store::open(&database, 2).await.unwrap();
        let key = signing_key();
        let ledger = Ledger::start(&store, key.clone());
        Self { engine: PhantomData, ledger, key: key.verifier().clone(), dir, database, store }
    }

    pub async fn seal(&self, entry: Entry) -> Result<SealOutcome, Error> {
        hand_in(&self.ledger, entry).await
    }

    pub async fn sealed(&self, entry: Entry) -> Sealed {
        match self.seal(entry).await {
            Ok(SealOutcome::Sealed(sealed)) => sealed,
            other => panic!("not sealed: {}", name(&other)),
        }
    }

    /// Hands all of them in before the writer looks, so that they are one batch, and gives the outcomes by name.
    pub async fn one_batch(&self, entries: Vec<Entry>) -> Vec<String> {
        let lock = self.store.writer.acquire().await.unwrap();
        let waiting: Vec<_> = entries
            .into_iter()
            .map(|entry| {
                let ledger = self.ledger.clone();
                tokio::spawn(async move { name(&hand_in(&ledger, entry).await) })
            })
            .collect();
        // The test runtime has one thread: after this every one of them stands in the queue.
        for _ in 0..waiting.len() + 8 {
            tokio::task::yield_now().await;
        }
        drop(lock);
        let mut outcomes = Vec::new();
        for outcome in waiting {
            outcomes.push(outcome.await.unwrap());
        }
        outcomes
    }

    pub async fn audit(&self) -> Result<Audit, AuditProblem> {
        self.store.audit(&self.key, &|_, _| ()).await
    }

    pub async fn audited(&self, size: u64) {
        assert_eq!(self.audit().await.expect("a clean audit").size, size);
    }
}

pub(super) fn signing_key() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap())
}

/// An outcome in words: `sealed 3`, `stale`, `repeat of 2`, `other rules`, or the error.
pub(super) fn name(outcome: &Result<SealOutcome, Error>) -> String {
    match outcome {
        Ok(SealOutcome::Sealed(sealed)) => format!("sealed {}", sealed.index),
        Ok(SealOutcome::Stale) => "stale".into(),
        Ok(SealOutcome::Repeat(index)) => format!("repeat of {index}"),
        Err(Error::OtherCovenant) => "other rules".into(),
        Err(error) => format!("{error}"),
    }
}
