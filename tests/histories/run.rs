//! A run: many clients at once, each with several callers at several replicas, while replicas are killed.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sluis::store::{Database, Postgres};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::calls::{Heard, Subject, ask};
use crate::checker::{NEVER, Operation};
use crate::client::{Call, Client};
use crate::harness::cluster::{self, Cluster};
use crate::history::{Counts, History, show};
use crate::plan;
use crate::random::Random;
use crate::replica::{House, NAME, Replica};
use crate::wire::Barrier;

/// Clients that something is asked about at one moment.
const AT_ONCE: usize = 32;
/// Callers of one client, and what each asks.
const CALLERS: usize = 4;
const CALLS: usize = 3;
/// Clients of one database: the ledger stays small, and its audit short.
const ROUND: usize = 500;
/// How many answers lie between two blows to the replicas.
const BETWEEN_BLOWS: u64 = 350;
/// No answer comes any more.
const OVER: u64 = u64::MAX;
/// Nothing may take longer than this on the busiest of machines: no request hangs.
const HANGS: Duration = Duration::from_mins(5);
/// So many histories are shown; more say nothing new.
const SHOWN: usize = 3;

/// What a run is.
#[derive(Clone, Copy)]
pub struct Run {
    pub seed: u64,
    pub histories: usize,
    /// On one PostgreSQL; `None`: one gateway on SQLite.
    pub replicas: Option<usize>,
    /// Whole, or broken: which must be noticed.
    pub barrier: Barrier,
}

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    pub counts: Counts,
    /// The first histories that nothing explains, as text.
    pub shown: Vec<String>,
    /// The number of the first.
    pub first: Option<usize>,
}

impl Run {
    pub async fn play(self) -> Outcome {
        let mut outcome = Outcome::default();
        for first in (0..self.histories).step_by(ROUND) {
            let numbers = first..(first + ROUND).min(self.histories);
            World::of(self, first).await.play(numbers.collect(), &mut outcome).await;
        }
        outcome
    }

    /// In the folder that `SLUIS_HISTORIES_FOLDER` names, if it does.
    fn file(self) -> Option<File> {
        let folder = PathBuf::from(std::env::var_os("SLUIS_HISTORIES_FOLDER")?);
        let engine = if self.replicas.is_some() { "postgresql" } else { "sqlite" };
        let whole = self.barrier == Barrier::Whole;
        let name = if whole { format!("{engine}.jsonl") } else { format!("broken-{}.jsonl", self.seed) };
        Some(File::options().create(true).append(true).open(folder.join(name)).unwrap())
    }
}

/// The replicas of one round on one database.
struct World {
    run: Run,
    house: House,
    replicas: Vec<Mutex<Option<Arc<Replica>>>>,
    lives: AtomicU64,
    moment: AtomicU64,
    answered: watch::Sender<u64>,
    /// That a replica does not write any more was noticed.
    stopped: Notify,
    counts: Mutex<Counts>,
    /// Where every history is written, for another checker.
    file: Option<Mutex<File>>,
    /// Removes itself.
    _folder: Option<Folder>,
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl World {
    async fn of(run: Run, round: usize) -> Arc<Self> {
        let (database, folder) = if run.replicas.is_some() {
            let cluster = Cluster::shared();
            let database = Postgres {
                host: "127.0.0.1".into(),
                port: cluster.port,
                database: cluster.database(),
                user: cluster::ROLE.to_owned(),
                password: None,
                authorities: None,
                check_clock: false,
            };
            (Database::Postgres(database), None)
        } else {
            let name = format!("sluis-histories-{}-{:x}-{round}", std::process::id(), run.seed);
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder).unwrap();
            (Database::File(folder.join("ledger.db")), Some(Folder(folder)))
        };
        let house = House::new(database, run.barrier);
        let mut replicas = Vec::new();
        for number in 0..run.replicas.unwrap_or(1) {
            let seed = Random::of_case(run.seed, (round + number) as u64).below(usize::MAX);
            replicas.push(Mutex::new(Some(Arc::new(house.start(seed as u64).await))));
        }
        Arc::new(Self {
            run,
            house,
            replicas,
            lives: AtomicU64::new(round as u64 + 1000),
            moment: AtomicU64::new(0),
            answered: watch::Sender::new(0),
            stopped: Notify::new(),
            counts: Mutex::default(),
            file: run.file().map(Mutex::new),
            _folder: folder,
        })
    }

    async fn play(self: Arc<Self>, numbers: VecDeque<usize>, outcome: &mut Outcome) {
        let blows =
            tokio::spawn(self.clone().strike(Random::of_case(self.run.seed, u64::MAX - numbers[0] as u64)));
        let numbers = Arc::new(Mutex::new(numbers));
        let mut workers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (world, numbers) = (self.clone(), numbers.clone());
            workers.spawn(async move {
                let mut failed = Vec::new();
                let next = || numbers.lock().unwrap().pop_front();
                while let Some(number) = next() {
                    let mut history = world.clone().live(number).await;
                    world.counts.lock().unwrap().count(&history);
                    let checked = history.check();
                    if let Some(file) = &world.file {
                        writeln!(file.lock().unwrap(), "{}", history.line(checked.is_ok())).unwrap();
                    }
                    if let Err(longest) = checked {
                        failed.push((number, show(&history, &longest)));
                    }
                }
                failed
            });
        }
        while let Some(failed) = workers.join_next().await {
            for (number, text) in failed.unwrap() {
                outcome.first = Some(outcome.first.map_or(number, |first| first.min(number)));
                outcome.counts.violations += 1;
                if outcome.shown.len() < SHOWN {
                    outcome.shown.push(text);
                }
            }
        }
        self.answered.send_replace(OVER);
        blows.await.unwrap();
        for replica in &self.replicas {
            let replica = replica.lock().unwrap().take();
            if let Some(replica) = replica {
                assert!(
                    self.run.barrier != Barrier::Whole || replica.gateway.ledger().writes(),
                    "a writer stopped by itself"
                );
                self.counts.lock().unwrap().sent_back += replica.sent_back();
                replica.kill(1).await;
            }
        }
        if self.run.barrier == Barrier::Whole {
            self.house.audit().await;
        }
        outcome.counts.add(&self.counts.lock().unwrap());
    }

    /// Everything that is asked about one client.
    async fn live(self: Arc<Self>, number: usize) -> History {
        let mut random = Random::of_case(self.run.seed, number as u64);
        let of = Subject { number: number as u64, young: random.chance(40) };
        let file = Arc::new(Asked::default());
        let (mut consents, mut requests) = (0, 0);
        let beginning = plan::beginning(&mut random, of.young, &mut consents);
        // As a rule there is something to withdraw before the others come. What was lost on the way is not asked again: a consent of
        // the same name could be there.
        for call in beginning {
            if !self.ask(&file, of, 0, call, &mut random).await {
                break;
            }
        }
        let numbers = Arc::new(Mutex::new((consents, requests)));
        let mut callers = JoinSet::new();
        for caller in 1..=CALLERS {
            let (world, file, numbers) = (self.clone(), file.clone(), numbers.clone());
            let mut random = Random::of_case(random.below(usize::MAX) as u64, caller as u64);
            callers.spawn(async move {
                let mut again = None;
                for _ in 0..CALLS {
                    let call = again.take().unwrap_or_else(|| {
                        let (consents, requests) = &mut *numbers.lock().unwrap();
                        plan::next(&mut random, of.young, consents, requests)
                    });
                    let heard = world.ask(&file, of, caller, call.clone(), &mut random).await;
                    // Whoever heard nothing asks the same again, elsewhere.
                    again = Some(call)
                        .filter(|c| !heard && matches!(c, Call::Disclose { .. }) && random.chance(60));
                }
            });
        }
        while let Some(done) = callers.join_next().await {
            done.unwrap();
        }
        (_, requests) = *numbers.lock().unwrap();
        // What holds in the end.
        for call in [Call::List, Call::Disclose { request: requests }] {
            self.ask(&file, of, 0, call, &mut random).await;
        }
        let operations = std::mem::take(&mut *file.operations.lock().unwrap());
        let name = format!("history {number} of seed {}", self.run.seed);
        History { name, initial: Client::unknown(of.young), operations }
    }

    /// Asks some replica that is there; whether an answer was heard.
    async fn ask(&self, file: &Asked, of: Subject, caller: usize, call: Call, random: &mut Random) -> bool {
        let (number, replica) = loop {
            let number = random.below(self.replicas.len());
            if let Some(replica) = self.replicas[number].lock().unwrap().clone() {
                if replica.gateway.ledger().writes() {
                    break (number, replica);
                }
                self.stopped.notify_one();
            }
            // Nobody is there: it is being started.
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        let name = match call {
            Call::Permit { id, .. } | Call::Object { id } => Some(of.name(id)),
            _ => None,
        };
        let mut own = Random::of_case(random.below(usize::MAX) as u64, 0);
        let (gateway, delays, asked) = (replica.gateway.clone(), replica.delays, call.clone());
        let from = self.moment.fetch_add(1, Ordering::SeqCst);
        let answering = replica.handle.spawn(NAME.scope(Cell::new(name), async move {
            delays.pause(&mut own).await;
            let heard = ask(&gateway, of, &asked).await;
            delays.pause(&mut own).await;
            heard
        }));
        drop(replica);
        let heard = tokio::time::timeout(HANGS, answering).await.expect("no request hangs");
        let until = self.moment.fetch_add(1, Ordering::SeqCst);
        self.answered.send_modify(|answered| *answered += 1);
        let (answer, until) = match heard {
            Ok(Heard::Answer(answer)) => (Some(answer), until),
            Ok(Heard::Unknown) => (None, NEVER),
            Err(error) if error.is_cancelled() => (None, NEVER),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
            Ok(Heard::Nothing) => {
                self.counts.lock().unwrap().without_effect += 1;
                return false;
            }
        };
        let heard = answer.is_some();
        let operation = Operation { call, answer, from, until, caller, replica: number };
        file.operations.lock().unwrap().push(operation);
        heard
    }

    /// Kills replicas, or takes their connections away: now one, now several, at any step.
    async fn strike(self: Arc<Self>, mut random: Random) {
        let mut answered = self.answered.subscribe();
        loop {
            let next = answered
                .borrow()
                .saturating_add(BETWEEN_BLOWS / 2 + random.below(BETWEEN_BLOWS as usize) as u64);
            let stopped = tokio::select! {
                answered = answered.wait_for(|answered| *answered >= next) => {
                    if *answered.unwrap() == OVER {
                        return;
                    }
                    false
                }
                () = self.stopped.notified() => true,
            };
            if stopped {
                self.restart().await;
                continue;
            }
            let victims = if random.chance(15) { random.between(1, self.replicas.len()) } else { 1 };
            let first = random.below(self.replicas.len());
            let mut blows = JoinSet::new();
            for victim in 0..victims {
                let number = (first + victim) % self.replicas.len();
                let random = Random::of_case(random.below(usize::MAX) as u64, 0);
                blows.spawn(self.clone().strike_one(number, random));
            }
            while let Some(done) = blows.join_next().await {
                done.unwrap();
            }
        }
    }

    /// Who stopped writing is started again, as a service manager does. On PostgreSQL nobody has a reason to stop.
    async fn restart(self: &Arc<Self>) {
        for number in 0..self.replicas.len() {
            let replica = self.replicas[number].lock().unwrap().clone();
            if let Some(replica) = replica.filter(|replica| replica.has_stopped()) {
                let stops = self.run.replicas.is_none() || self.run.barrier != Barrier::Whole;
                assert!(stops, "a writer stopped by itself");
                self.clone().replace(number, &replica, 1).await;
            }
        }
    }

    async fn strike_one(self: Arc<Self>, number: usize, mut random: Random) {
        let steps = random.between(1, 60) as i64;
        let Some(replica) = self.replicas[number].lock().unwrap().clone() else { return };
        if random.chance(30) && replica.gateway.ledger().writes() && replica.lose_connections(steps).await {
            self.counts.lock().unwrap().cuts += 1;
            return;
        }
        self.replace(number, &replica, steps).await;
    }

    /// Kills it and starts another in its place. While it dies it can still be asked.
    async fn replace(self: Arc<Self>, number: usize, replica: &Replica, steps: i64) {
        replica.kill(steps).await;
        *self.replicas[number].lock().unwrap() = None;
        {
            let mut counts = self.counts.lock().unwrap();
            counts.kills += 1;
            counts.sent_back += replica.sent_back();
        }
        let seed =
            Random::of_case(self.run.seed, self.lives.fetch_add(1, Ordering::SeqCst)).below(usize::MAX);
        let anew = self.house.start(seed as u64).await;
        *self.replicas[number].lock().unwrap() = Some(Arc::new(anew));
    }
}

/// What was asked about a client so far.
#[derive(Default)]
struct Asked {
    operations: Mutex<Vec<Operation<Client>>>,
}
