//! The same over real processes: three `sluis serve` on one PostgreSQL, asked over gRPC with certificates and tokens, and killed with
//! SIGKILL. What is heard there says less (no list says who agreed), so that is compared which is heard.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sluis::contract::v1::*;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::Code;

use crate::calls::Subject;
use crate::checker::{NEVER, Object, Operation};
use crate::client::{self, Answer, Call, Client, Field, Id, Person};
use crate::harness::gateway::audit;
use crate::harness::*;
use crate::history::{History, show};
use crate::random::Random;
use crate::{plan, records};

const AT_ONCE: usize = 12;
const CALLERS: usize = 4;
const CALLS: usize = 3;
const BETWEEN_KILLS: usize = 90;
/// The last answers.
const OVER: usize = usize::MAX;

/// What is heard over the wire.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Heard {
    Registered,
    /// The new version.
    Changed(u32),
    Refused(String),
    Released(BTreeSet<Field>),
    /// Every consent in its version, and what was taken back of it.
    Listed(BTreeMap<Id, (u32, BTreeSet<Field>)>),
}

/// A client whose answers come over the wire.
struct OverTheWire;

impl Object for OverTheWire {
    type State = Client;
    type Call = Call;
    type Answer = Heard;

    fn apply(state: &Client, call: &Call) -> (Client, Heard) {
        let (next, answer) = Client::apply(state, call);
        let heard = match answer {
            Answer::Registered => Heard::Registered,
            Answer::Changed(consent) => Heard::Changed(consent.version),
            Answer::Refused(code) => Heard::Refused(code.to_owned()),
            Answer::Released(fields) => Heard::Released(fields),
            Answer::Permitted(_) => unreachable!("nobody previews here"),
            Answer::Listed { consents, .. } => {
                let seen = |(id, c): (Id, client::Consent)| (id, (c.version, c.struck));
                Heard::Listed(consents.into_iter().map(seen).collect())
            }
        };
        (next, heard)
    }
}

/// Who asks at one process, until it is killed.
struct Live {
    care: Caller,
    team: Caller,
}

struct World {
    setting: Setting,
    seed: u64,
    live: Vec<Mutex<Option<Arc<Live>>>>,
    moment: AtomicU64,
    answered: watch::Sender<usize>,
    unknown: AtomicUsize,
    kills: AtomicUsize,
    /// By which day a consent ends, and so which one it is: its id is made by the gateway.
    until: Vec<String>,
}

/// One client, and the ids that its consents got.
struct File {
    of: Subject,
    bsn: String,
    care: Option<String>,
    team: Option<String>,
    ids: Mutex<HashMap<Id, String>>,
    operations: Mutex<Vec<Operation<OverTheWire>>>,
}

fn text(field: Field) -> &'static str {
    match field {
        Field::Name => "person.name",
        Field::Wish => "housing.wish",
    }
}

fn fields(texts: &[String]) -> BTreeSet<Field> {
    client::FIELDS.into_iter().filter(|field| texts.iter().any(|t| t == text(*field))).collect()
}

fn person(by: Person) -> (&'static str, Capacity) {
    match by {
        Person::Client => ("client", Capacity::Youth),
        Person::FirstParent => ("parent-1", Capacity::ParentAuthority),
        Person::SecondParent => ("parent-2", Capacity::ParentAuthority),
    }
}

impl World {
    /// Asks, and says what was heard; an error where that tells nothing.
    async fn call(&self, live: &Live, file: &File, call: &Call) -> Result<Heard, tonic::Status> {
        let mut care = live.care.with_token(file.care.clone()).consents();
        let bsn = file.bsn.as_str();
        let consent_id = |id: &Id| file.ids.lock().unwrap()[id].clone();
        let version = |consent: Option<Consent>| Heard::Changed(consent.unwrap().version);
        let both = client::FIELDS.map(text);
        Ok(match call {
            Call::Register { second_parent } => {
                let age = if file.of.young { 13 } else { 16 };
                let mut registration = registration(&format!("acc-{}", file.of.number), &born(age));
                registration.authority.truncate(if *second_parent { 2 } else { 1 });
                let request = RegisterClientRequest { client: named(bsn), registration: Some(registration) };
                care.register_client(request).await?;
                Heard::Registered
            }
            Call::Permit { id, .. } | Call::Object { id } => {
                let mut request = permit(bsn, ASSEN, "wijkteam", "housing", &both);
                if matches!(call, Call::Object { .. }) {
                    request.stance = Some(record_consent_request::Stance::Objection(Objection {
                        recipient_organisation: ASSEN.into(),
                        recipient_role: "wijkteam".into(),
                        purpose: "housing".into(),
                        fields: owned(&both),
                    }));
                }
                let until = self.until[usize::from(*id)].clone();
                request.period = Some(Period { from: String::new(), until });
                let consent = care.record_consent(request).await?.into_inner().consent.unwrap();
                file.ids.lock().unwrap().insert(*id, consent.consent_id);
                Heard::Changed(consent.version)
            }
            Call::Grant { id, by } => {
                let (name, capacity) = person(*by);
                let (consent_id, grantor) = (consent_id(id), grantor(name, capacity));
                let request = AddGrantRequest { client: named(bsn), consent_id, grantor };
                version(care.add_grant(request).await?.into_inner().consent)
            }
            Call::Withdraw { id, by, only } => {
                let mut request = withdraw(bsn, &consent_id(id), person(*by).0);
                request.fields = only.iter().map(|field| text(*field).to_owned()).collect();
                version(care.withdraw_consent(request).await?.into_inner().consent)
            }
            Call::Disclose { request } => {
                let mut asked = ask(bsn, ACCARE, "housing", &both);
                asked.request_id = file.of.request(*request).to_string();
                let team = live.team.with_token(file.team.clone());
                let answer = team.disclosures().disclose(asked).await?.into_inner();
                Heard::Released(fields(&owned(&released(&answer))))
            }
            Call::Preview | Call::List => {
                let listed =
                    care.list_consents(ListConsentsRequest { client: named(bsn) }).await?.into_inner();
                let seen = listed.consents.into_iter().map(|c| {
                    let until = c.period.unwrap().until;
                    let id =
                        self.until.iter().position(|moment| until.starts_with(&moment[..10])).unwrap() as Id;
                    file.ids.lock().unwrap().insert(id, c.consent_id);
                    (id, (c.version, fields(&c.withdrawn_fields)))
                });
                Heard::Listed(seen.collect())
            }
        })
    }

    async fn ask(&self, file: &File, caller: usize, call: Call, random: &mut Random) -> bool {
        let call = match call {
            // Here the purpose decides whether a use is single; and nobody can name what nobody heard the name of.
            Call::Permit { id, .. } => Call::Permit { id, single_use: false },
            Call::Withdraw { id, .. } | Call::Grant { id, .. }
                if !file.ids.lock().unwrap().contains_key(&id) =>
            {
                Call::List
            }
            Call::Preview => Call::List,
            other => other,
        };
        let (replica, live) = loop {
            let number = random.below(self.live.len());
            if let Some(live) = self.live[number].lock().unwrap().clone() {
                break (number, live);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        let from = self.moment.fetch_add(1, Ordering::SeqCst);
        let heard = self.call(&live, file, &call).await;
        let until = self.moment.fetch_add(1, Ordering::SeqCst);
        self.answered.send_modify(|answered| *answered += 1);
        let (answer, until) = match heard {
            Ok(heard) => (Some(heard), until),
            Err(status) => {
                let (code, reason, _) = refusal(&status);
                match (code, reason.as_str()) {
                    (Code::NotFound, "CLIENT_NOT_REGISTERED") => {
                        (Some(Heard::Refused("NOT_REGISTERED".into())), until)
                    }
                    (Code::FailedPrecondition | Code::NotFound | Code::InvalidArgument, _) => {
                        (Some(Heard::Refused(reason)), until)
                    }
                    (Code::Unauthenticated | Code::PermissionDenied, _) => panic!("{call:?}: {status}"),
                    _ => {
                        self.unknown.fetch_add(1, Ordering::SeqCst);
                        (None, NEVER)
                    }
                }
            }
        };
        let heard = answer.is_some();
        file.operations.lock().unwrap().push(Operation { call, answer, from, until, caller, replica });
        heard
    }

    async fn live(self: Arc<Self>, number: usize) -> History<OverTheWire> {
        let mut random = Random::of_case(self.seed, number as u64);
        let of = Subject { number: number as u64, young: random.chance(40) };
        let file = Arc::new(File {
            of,
            bsn: bsn(400 + number),
            care: Some(self.setting.token(ACCARE, "fact-behandelaar", "professional-1", ACCARE)),
            team: Some(self.setting.token(ASSEN, "wijkteam", "professional-1", ASSEN)),
            ids: Mutex::default(),
            operations: Mutex::default(),
        });
        let (mut consents, mut requests) = (0, 0);
        for call in plan::beginning(&mut random, of.young, &mut consents) {
            if !self.ask(&file, 0, call, &mut random).await {
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
                    let heard = world.ask(&file, caller, call.clone(), &mut random).await;
                    again = Some(call).filter(|c| !heard && matches!(c, Call::Disclose { .. }));
                }
            });
        }
        while let Some(done) = callers.join_next().await {
            done.unwrap();
        }
        (_, requests) = *numbers.lock().unwrap();
        for call in [Call::List, Call::Disclose { request: requests }] {
            self.ask(&file, 0, call, &mut random).await;
        }
        let operations = std::mem::take(&mut *file.operations.lock().unwrap());
        let name = format!("history {number} over processes of seed {}", self.seed);
        History { name, initial: Client::unknown(of.young), operations }
    }

    async fn serve(&self, number: usize) -> Process {
        let process = tokio::task::block_in_place(|| Process::start(&self.setting))
            .expect("it starts after every kill");
        let care = Caller::connect(&self.setting, process.address, ACCARE, "fact-behandelaar").await;
        let team = Caller::connect(&self.setting, process.address, ASSEN, "wijkteam").await;
        *self.live[number].lock().unwrap() = Some(Arc::new(Live { care, team }));
        process
    }

    /// Kills one process after the other, until it is over.
    async fn strike(self: Arc<Self>, mut processes: Vec<Process>, mut random: Random) {
        let mut answered = self.answered.subscribe();
        loop {
            let next = answered.borrow().saturating_add(BETWEEN_KILLS / 2 + random.below(BETWEEN_KILLS));
            if *answered.wait_for(|answered| *answered >= next).await.unwrap() == OVER {
                processes.into_iter().for_each(Process::kill);
                return;
            }
            let number = random.below(processes.len());
            processes.remove(number).kill();
            *self.live[number].lock().unwrap() = None;
            self.kills.fetch_add(1, Ordering::SeqCst);
            processes.insert(number, self.serve(number).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_three_processes_on_postgresql_that_are_killed_every_history_is_linearizable() {
    let (seed, histories, start) = (crate::seed(), (crate::histories() / 25).min(2000), Instant::now());
    let references: Vec<String> = (0..histories).map(|n| format!("acc-{n}")).collect();
    let marked: Vec<(&str, &str)> = references.iter().map(|r| (r.as_str(), "acht")).collect();
    let setting =
        Setting::in_cluster(Cluster::shared(), vec![(ACCARE, Custody::Records(records::file(&marked)))]);
    let world = Arc::new(World {
        setting,
        seed,
        live: (0..3).map(|_| Mutex::new(None)).collect(),
        moment: AtomicU64::new(0),
        answered: watch::Sender::new(0),
        unknown: AtomicUsize::new(0),
        kills: AtomicUsize::new(0),
        until: (0..100).map(|day| format!("{}T12:00:00Z", in_days(20 + day))).collect(),
    });
    let mut processes = Vec::new();
    for number in 0..3 {
        processes.push(world.serve(number).await);
    }
    let blows = tokio::spawn(world.clone().strike(processes, Random::of_case(seed, u64::MAX)));
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (world, next) = (world.clone(), next.clone());
        workers.spawn(async move {
            let mut seen = (0, 0, 0, Vec::new());
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                if number >= histories {
                    return seen;
                }
                let mut history = world.clone().live(number).await;
                let released = |o: &&Operation<OverTheWire>| {
                    matches!(&o.answer, Some(Heard::Released(fields)) if !fields.is_empty())
                };
                seen.0 += history.operations.len();
                seen.1 += history.operations.iter().filter(released).count();
                seen.2 += usize::from(history.races() > 0);
                if let Err(longest) = history.check() {
                    seen.3.push(show(&history, &longest));
                }
            }
        });
    }
    let (mut operations, mut releases, mut raced, mut wrong) = (0, 0, 0, Vec::new());
    while let Some(seen) = workers.join_next().await {
        let seen = seen.unwrap();
        operations += seen.0;
        releases += seen.1;
        raced += seen.2;
        wrong.extend(seen.3);
    }
    world.answered.send_replace(OVER);
    blows.await.unwrap();
    let audit = audit(&world.setting).await.unwrap();
    let (kills, unknown) = (world.kills.load(Ordering::SeqCst), world.unknown.load(Ordering::SeqCst));
    println!(
        "three processes over gRPC, seed {seed}, {} seconds: {histories} histories of {operations} operations, {releases} releases, {} entries; \
         a withdrawal at one process while another was asked to disclose in {raced} histories; {kills} kills, {unknown} unknown; {} violations",
        start.elapsed().as_secs(),
        audit.size,
        wrong.len()
    );
    assert!(wrong.is_empty(), "SLUIS_SEED={seed}\n{}", wrong.join("\n"));
    let enough = kills > 0 && unknown > 0 && releases > 0 && raced > 0;
    assert!(histories < 30 || enough, "too little happened");
}
