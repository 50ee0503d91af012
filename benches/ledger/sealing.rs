//! Sealing alone: how many searchable entries a second become durable, on either engine, by one gateway's writer and by several, and
//! what it is worth that waiters share a commit.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sluis::domain::CovenantDigest;
use sluis::store::{Database, Ledger, Postgres, Store};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::bars::{self, Bars, picture};
use crate::cluster::{self, Cluster};
use crate::figures::{GOALS, Goal, Spread};
use crate::{Arguments, Problem, machine, page, written};

/// Who wait at a time.
const MANY: u32 = 256;
const FEW: u32 = 64;

/// Writers over one database.
struct Replicas {
    name: &'static str,
    ledgers: Vec<Ledger>,
    stores: Vec<Store>,
    rules: CovenantDigest,
    next: Arc<AtomicU64>,
    /// Removed with it.
    folder: Option<PathBuf>,
}

/// What was sealed in one turn.
#[derive(Debug, Clone, Copy)]
struct Sealed {
    per_second: f64,
    p50: f64,
    p99: f64,
}

/// What is measured in each round: a name, the replicas, how many wait, and whether they share a commit.
struct Turn {
    name: &'static str,
    replicas: usize,
    waiters: u32,
    shared: bool,
    sealed: Vec<Sealed>,
}

impl Turn {
    fn new(name: &'static str, replicas: usize, waiters: u32, shared: bool) -> Self {
        Self { name, replicas, waiters, shared, sealed: Vec::new() }
    }
}

/// Measures it, and says so.
pub async fn measure(arguments: &Arguments) -> Result<(), Problem> {
    let cluster = Cluster::start(&[]);
    let all = [
        Replicas::sqlite().await?,
        Replicas::postgresql("PostgreSQL", &cluster, 1).await?,
        Replicas::postgresql("2 writers", &cluster, 2).await?,
        Replicas::postgresql("3 writers", &cluster, 3).await?,
    ];
    let mut turns = vec![
        Turn::new("SQLite", 0, MANY, true),
        Turn::new("PostgreSQL, 1 writer", 1, MANY, true),
        Turn::new("PostgreSQL, 2 writers", 2, MANY, true),
        Turn::new("PostgreSQL, 3 writers", 3, MANY, true),
        Turn::new("SQLite", 0, FEW, true),
        Turn::new("SQLite, a commit each", 0, FEW, false),
        Turn::new("PostgreSQL, 1 writer", 1, FEW, true),
        Turn::new("PostgreSQL, a commit each", 1, FEW, false),
    ];
    for number in 0..=arguments.pairs {
        for turn in &mut turns {
            let replicas = all.get(turn.replicas).ok_or("there are no such replicas")?;
            let sealed =
                replicas.seal(turn.waiters, turn.shared, Duration::from_secs(arguments.seconds)).await?;
            // The first round warms the caches.
            if number > 0 {
                println!("{number}: {}, {} waiters: {:.0}/s", turn.name, turn.waiters, sealed.per_second);
                turn.sealed.push(sealed);
            }
        }
    }
    let version = cluster.sql("postgres", "show server_version");
    let mut sizes = Vec::new();
    for replicas in all {
        let name = replicas.name;
        sizes.push(format!("{name} {}", replicas.stop().await?));
    }
    let text = format!(
        "{}\n{}\n- {} rounds of {} s each in turn, after one that is not counted; writers, waiters and the PostgreSQL server share the machine.\n\
         - An entry is a disclosure of 40 fields with its columns, indexes, revision check, leaf, tiles and signed head; a waiter goes on when its entry is durable.\n\
         - SQLite `synchronous = FULL`; PostgreSQL {} with `fsync` and `synchronous_commit` on, as it comes for the rest. A commit each: waiters take turns.\n\
         - Every ledger was verified whole afterwards; entries: {}.\n- Machine: {}.\n",
        goals(&turns),
        table(&turns),
        arguments.pairs,
        arguments.seconds,
        version.trim(),
        sizes.join(", "),
        machine::describe(Path::new(env!("CARGO_MANIFEST_DIR")))
    );
    println!("\n{text}");
    if arguments.write {
        page::write_section(
            "seal",
            &format!(
                "## Sealing alone\n\nWritten by `cargo bench --bench ledger -- --part seal --write`.\n\n\
                 ![Entries sealed a second](pictures/seal.svg)\n\n{text}"
            ),
        )?;
        bars::write_picture("seal.svg", &drawn(&turns))?;
    }
    Ok(())
}

fn rates(turn: &Turn) -> impl Iterator<Item = f64> {
    turn.sealed.iter().map(|sealed| sealed.per_second)
}

fn goals(turns: &[Turn]) -> String {
    let mut text = GOALS.to_owned();
    for turn in turns.iter().filter(|turn| turn.waiters == MANY) {
        text += &Goal::AtLeast(15_000.0, 15_000.0)
            .line(&format!("entries/s, {}, {MANY} waiters", turn.name), Spread::of(rates(turn)));
    }
    for pair in turns.windows(2) {
        if let [shared, each] = pair
            && !each.shared
        {
            text += &Goal::AtLeast(1.5, 2.0).line(
                &format!("waiters share a commit ÷ a commit each, {}, {FEW} waiters", shared.name),
                Spread::of_ratios(rates(shared).zip(rates(each))),
            );
        }
    }
    text
}

fn table(turns: &[Turn]) -> String {
    let mut text = "| what | waiters | entries/s | p50 ms | p99 ms |\n|---|---|---|---|---|\n".to_owned();
    for turn in turns {
        let median = |of: fn(&Sealed) -> f64| Spread::of(turn.sealed.iter().map(of)).median;
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {:.1} | {:.1} |",
            turn.name,
            turn.waiters,
            median(|s| s.per_second),
            median(|s| s.p50) * 1e3,
            median(|s| s.p99) * 1e3
        );
    }
    text
}

fn drawn(turns: &[Turn]) -> String {
    let of = |waiters| {
        let turns = turns.iter().filter(move |turn| turn.waiters == waiters);
        turns.map(|turn| (turn.name, Spread::of(rates(turn)).median)).collect()
    };
    let bars = |title, values| Bars { title, unit: "", decimals: 0, values };
    picture(
        "Entries sealed a second",
        &[bars("Entries per second, 256 waiters", of(MANY)), bars("Entries per second, 64 waiters", of(FEW))],
    )
}

impl Replicas {
    async fn sqlite() -> Result<Self, Problem> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("seal-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let database = Database::File(folder.join("sluis.db"));
        Self::over("SQLite", database, 1, Some(folder)).await
    }

    async fn postgresql(name: &'static str, cluster: &Cluster, count: usize) -> Result<Self, Problem> {
        let database = Database::Postgres(Postgres {
            host: cluster.folder.to_str().ok_or("a folder has no name")?.to_owned(),
            port: cluster.port,
            database: cluster.database(),
            user: cluster::ROLE.to_owned(),
            password: None,
            authorities: None,
            check_clock: false,
        });
        Self::over(name, database, count, None).await
    }

    async fn over(
        name: &'static str,
        database: Database,
        count: usize,
        folder: Option<PathBuf>,
    ) -> Result<Self, Problem> {
        let (mut ledgers, mut stores) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let store = Store::open(&database, 1).await?;
            ledgers.push(Ledger::start(&store, Arc::new(written::key()?)));
            stores.push(store);
        }
        let rules = written::begin(ledgers.first().ok_or("there is no writer")?).await?;
        Ok(Self { name, ledgers, stores, rules, next: Arc::new(AtomicU64::new(1)), folder })
    }

    /// So many waiters, divided over the writers, each of whom seals, and seals again.
    async fn seal(&self, waiters: u32, shared: bool, during: Duration) -> Result<Sealed, Problem> {
        let turns = Arc::new(Semaphore::new(if shared { waiters as usize } else { 1 }));
        let begin = Instant::now();
        let mut waiting = JoinSet::new();
        for ledger in self.ledgers.iter().cycle().take(waiters as usize) {
            let (ledger, rules, next) = (ledger.clone(), self.rules.clone(), self.next.clone());
            let turns = turns.clone();
            waiting.spawn(async move {
                let mut times = Vec::new();
                while begin.elapsed() < during {
                    let entry = written::asked(next.fetch_add(1, Ordering::Relaxed), &rules)?;
                    let asked = Instant::now();
                    let turn = turns.acquire().await?;
                    written::seal(ledger.clone(), entry).await?;
                    drop(turn);
                    times.push(asked.elapsed().as_secs_f64());
                }
                Ok::<_, Problem>(times)
            });
        }
        let mut times = Vec::new();
        while let Some(waited) = waiting.join_next().await {
            times.extend(waited??);
        }
        let took = begin.elapsed().as_secs_f64();
        times.sort_unstable_by(f64::total_cmp);
        let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or(f64::NAN);
        Ok(Sealed { per_second: f64::from(u32::try_from(times.len())?) / took, p50: at(50), p99: at(99) })
    }

    /// Verifies the ledger; returns how many entries it has.
    async fn stop(self) -> Result<u64, Problem> {
        let store = self.stores.first().ok_or("there is no store")?;
        let audit = store.audit(written::key()?.verifier(), &|_, _| ()).await?;
        let asked = self.next.load(Ordering::Relaxed);
        for store in &self.stores {
            store.close().await;
        }
        if let Some(folder) = &self.folder {
            std::fs::remove_dir_all(folder)?;
        }
        if audit.size == asked { Ok(audit.size) } else { Err("another number of entries was sealed".into()) }
    }
}
