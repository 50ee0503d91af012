//! One gateway, as a process would be: with a runtime, connections and memory of its own, all of which it loses at once when it is
//! killed.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sluis::ambient::{SystemClock, SystemRandomness};
use sluis::custodian::{Answering, Custodian, Custodians, Fetch};
use sluis::domain::{Catalogue, Content, OrganisationId, Randomness, Value};
use sluis::gateway::{Gateway, Parts};
use sluis::identity::PseudonymKey;
use sluis::ledger::SigningKey;
use sluis::policy::Covenant;
use sluis::store::{Database, Ledger, Postgres, Register, Store};
use tokio::runtime::{Builder, Handle, Runtime};
use zeroize::Zeroizing;

use crate::calls::ACCARE;
use crate::random::Random;
use crate::wire::{Barrier, Delays, End, Wire};

tokio::task_local! {
    /// The name that a consent gets that is being recorded: what nobody heard the answer of can be spoken of too.
    pub static NAME: Cell<Option<[u8; 16]>>;
}

/// Where the ledger is, and what it is signed with.
#[derive(Clone)]
pub struct House {
    pub database: Database,
    pub key: Arc<SigningKey>,
    pub barrier: Barrier,
}

/// A gateway that runs.
pub struct Replica {
    pub gateway: Arc<Gateway>,
    pub handle: Handle,
    /// Its pace, for what does not go over a wire.
    pub delays: Delays,
    runtime: Mutex<Option<Runtime>>,
    wire: Option<Wire>,
}

impl House {
    pub fn new(database: Database, barrier: Barrier) -> Self {
        let key = Arc::new(SigningKey::from_seed("sluis.example/ledger", &[7; 32]).unwrap());
        Self { database, key, barrier }
    }

    pub async fn start(&self, seed: u64) -> Replica {
        let delays = Delays::of(&mut Random::of_case(seed, 0));
        let (database, wire) = match &self.database {
            Database::File(file) => (Database::File(file.clone()), None),
            Database::Postgres(postgres) => {
                let wire = Wire::to(postgres.port, self.barrier, seed).await;
                let through = Postgres { host: "127.0.0.1".into(), port: wire.port, ..postgres.clone() };
                (Database::Postgres(through), Some(wire))
            }
        };
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let handle = runtime.handle().clone();
        let gateway = handle.spawn(gateway(database, self.key.clone(), seed, delays)).await.unwrap();
        Replica { gateway, handle, delays, runtime: Mutex::new(Some(runtime)), wire }
    }

    /// Proves that the whole ledger verifies; its number of entries.
    pub async fn audit(&self) -> u64 {
        let store = Store::open_to_verify(&self.database).await.unwrap();
        let audit = store.audit(self.key.verifier(), &|_, _| {}).await.unwrap();
        store.close().await;
        audit.size
    }
}

async fn gateway(database: Database, key: Arc<SigningKey>, seed: u64, delays: Delays) -> Arc<Gateway> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let covenant = Covenant::load(&root.join("policies"), &root.join("deploy/parties.toml")).unwrap();
    let store = Store::open(&database, 4).await.unwrap();
    let custodian: Arc<dyn Custodian> = Arc::new(Unhurried {
        seed,
        delays,
        number: AtomicU64::new(0),
        catalogue: covenant.catalogue.clone(),
    });
    let parts = Parts {
        register: Register::new(&store, 10_000),
        ledger: Ledger::start(&store, key),
        store,
        custodians: Custodians::new(
            HashMap::from([(OrganisationId::parse(ACCARE).unwrap(), custodian)]),
            Duration::from_mins(1),
            1_000,
        ),
        pseudonyms: Arc::new(PseudonymKey::new(&Zeroizing::new([1; 32])).unwrap()),
        clock: Arc::new(SystemClock),
        clock_tolerance: Duration::from_mins(1),
        replaces_covenant: false,
        randomness: Arc::new(Named),
    };
    Gateway::start(parts, covenant).await.unwrap()
}

impl Replica {
    /// Ends it after so many more steps of its connections, abruptly.
    pub async fn kill(&self, steps: i64) {
        if let Some(wire) = &self.wire {
            wire.ends_after(steps, End::Dead).await;
        }
        if let Some(runtime) = self.runtime.lock().unwrap().take() {
            runtime.shutdown_background();
        }
    }

    /// Takes its connections away after so many more steps; whether it had any.
    pub async fn lose_connections(&self, steps: i64) -> bool {
        match &self.wire {
            Some(wire) => wire.ends_after(steps, End::Lost).await,
            None => return false,
        }
        true
    }

    /// Whether it lives and does not write any more.
    pub fn has_stopped(&self) -> bool {
        !self.gateway.ledger().writes() && self.runtime.lock().unwrap().is_some()
    }

    pub fn sent_back(&self) -> u64 {
        self.wire.as_ref().map_or(0, Wire::sent_back)
    }
}

/// A custodian that takes its time between the decision and the seal.
struct Unhurried {
    seed: u64,
    delays: Delays,
    number: AtomicU64,
    catalogue: Arc<Catalogue>,
}

impl Custodian for Unhurried {
    fn fetch<'a>(&'a self, fetch: &'a Fetch, _: Duration) -> Answering<'a> {
        let mut random = Random::of_case(self.seed, self.number.fetch_add(1, Ordering::Relaxed));
        Box::pin(async move {
            self.delays.pause(&mut random).await;
            let name = self.catalogue.by_id("person.name").map(|field| field.code);
            let value = |code| if Some(code) == name { "Testjongere" } else { "Een rustige plek" };
            let text = |code| (code, Value::Text(Content::from(value(code).to_owned())));
            Ok(fetch.fields.iter().copied().map(text).collect())
        })
    }
}

/// The system's randomness, but for the name of a consent.
struct Named;

impl Randomness for Named {
    fn fill(&self, bytes: &mut [u8]) {
        match NAME.try_with(Cell::take) {
            Ok(Some(name)) if bytes.len() == name.len() => bytes.copy_from_slice(&name),
            _ => SystemRandomness.fill(bytes),
        }
    }
}
