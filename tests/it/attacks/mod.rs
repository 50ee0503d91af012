//! The attacks of threats.md T11 on a real process, by a party with a good certificate and token: its own connections suffer,
//! the memory of the gateway stays bounded, and somebody else's calls are answered, none of them lost and none of them late
//! beyond a multiple of what they take in peace.
//!
//! Seconds for each attack, or as many as `SLUIS_ATTACK_SECONDS` says.

mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use prost::Message as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::harness::*;
use crate::records;
use wire::*;

/// Who attacks, and who asks meanwhile.
const ATTACKER: &str = HOOGEVEEN;
/// Connections of the attacker at a time.
const CONNECTIONS: usize = 4;
/// How much longer 99 of 100 calls may take than in peace. The attacker, the gateway and whoever else is at work share two cores:
/// fairly shared that is some ten times longer; without bounds, calls are not answered at all.
const TIMES_LONGER: u32 = 60;
/// Calls that are asked at least.
const AT_LEAST: usize = 30;
/// What the gateway may hold more than before, in KiB.
const MORE_MEMORY: u64 = 192 * 1024;

const DISCLOSE: &str = "/sluis.v1.DisclosureService/Disclose";

/// What an attacker has.
struct Attack {
    setting: Setting,
    address: SocketAddr,
    token: String,
    stop: AtomicBool,
    /// Frames, calls or connections.
    blows: AtomicU64,
    /// Connections that the gateway ended.
    ended: AtomicU64,
}

impl Attack {
    fn goes_on(&self) -> bool {
        !self.stop.load(Relaxed)
    }

    async fn open(&self, settings: &[u8]) -> Option<Wire> {
        let mut wire = Wire::open(&self.setting, self.address, ATTACKER, settings).await?;
        wire.read_on();
        Some(wire)
    }

    /// Sends the same again and again, on one connection after the other.
    async fn flood(&self, begin: &[u8], mut next: impl FnMut() -> Vec<u8>) {
        while self.goes_on() {
            let Some(mut wire) = self.open(&[]).await else { continue };
            if !wire.send(begin).await {
                continue;
            }
            while self.goes_on() {
                self.blows.fetch_add(1, Relaxed);
                if !wire.send(&next()).await {
                    self.ended.fetch_add(1, Relaxed);
                    break;
                }
            }
        }
    }
}

/// Streams as a client numbers them: odd, and never again.
fn streams() -> impl FnMut() -> u32 {
    let mut next = 1;
    move || {
        let stream = next;
        // After the last, the numbers begin anew: by then the connection is ended anyway.
        next = if next > 0x3fff_ffff { 1 } else { next + 2 };
        stream
    }
}

async fn one(attack: &Attack, kind: &str) {
    let call = call(DISCLOSE, &attack.token);
    let mut stream = streams();
    match kind {
        // CVE-2023-44487: a call, and at once a reset.
        "rapid reset" => {
            let pair = move || {
                let id = stream();
                let cancel = frame(RST_STREAM, 0, id, &8_u32.to_be_bytes());
                [frame(HEADERS, END_HEADERS, id, &call), cancel].concat()
            };
            attack.flood(&[], pair).await;
        }
        // Headers that never end.
        "continuation flood" => {
            let begin = frame(HEADERS, 0, 1, &call);
            let more = frame(CONTINUATION, 0, 1, &header("x-more", &"a".repeat(1_000)));
            attack.flood(&begin, || more.clone()).await;
        }
        // RUSTSEC-2026-0258: nothing, again and again.
        "empty data" => {
            let begin = frame(HEADERS, END_HEADERS, 1, &call);
            let nothing = frame(DATA, 0, 1, &[]).repeat(100);
            attack.flood(&begin, || nothing.clone()).await;
        }
        "settings flood" => {
            let settings = frame(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0]).repeat(50);
            attack.flood(&[], || settings.clone()).await;
        }
        "ping flood" => {
            let pings = frame(PING, 0, 0, &[7; 8]).repeat(50);
            attack.flood(&[], || pings.clone()).await;
        }
        // CVE-2025-8671: have the server reset what it already works on, by breaking the rules of a stream.
        "made you reset" => {
            let mut turn = 0_u32;
            let broken = move || {
                let id = stream();
                turn += 1;
                let wrong = match turn % 3 {
                    0 => frame(WINDOW_UPDATE, 0, id, &[0; 4]),
                    1 => frame(WINDOW_UPDATE, 0, id, &0x7fff_ffff_u32.to_be_bytes()),
                    _ => frame(PRIORITY, 0, id, &[0; 4]),
                };
                [frame(HEADERS, END_HEADERS, id, &call), wrong].concat()
            };
            attack.flood(&[], broken).await;
        }
        // Few bytes that stand for many: one header in the table, named thousands of times (RFC 7541 §6.1).
        "header bomb" => {
            let bomb = move || {
                let mut block = call.clone();
                block.push(0x40);
                block.extend(&header("x", &"b".repeat(3_000))[1..]);
                block.extend([0xbe; 8_000]);
                frame(HEADERS, END_HEADERS | END_STREAM, stream(), &block)
            };
            attack.flood(&[], bomb).await;
        }
        // Calls whose answers are not read: a window of nothing.
        "slow reader" => {
            let asked = ask(&bsn(141), ACCARE, "housing", &["person.name"]).encode_to_vec();
            while attack.goes_on() {
                let none = [0, 4, 0, 0, 0, 0];
                let Some(mut wire) = attack.open(&none).await else { continue };
                for _ in 0..60 {
                    let id = stream();
                    let asks = frame(DATA, END_STREAM, id, &message(&asked));
                    attack.blows.fetch_add(1, Relaxed);
                    if !wire.send(&[frame(HEADERS, END_HEADERS, id, &call), asks].concat()).await {
                        break;
                    }
                }
                // It stays until it is cut off.
                while attack.goes_on() && wire.send(&frame(PING, 0, 0, &[1; 8])).await {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                attack.ended.fetch_add(u64::from(attack.goes_on()), Relaxed);
            }
        }
        // Who connects and says nothing, and who says half of it.
        "half-open handshakes" => {
            let mut held = Vec::new();
            while attack.goes_on() {
                if let Ok(mut stream) = TcpStream::connect(attack.address).await {
                    let half = [22, 3, 1, 2, 0, 1, 0, 1];
                    let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, &half).await;
                    attack.blows.fetch_add(1, Relaxed);
                    held.push(stream);
                }
                if held.len() > 300 {
                    held.clear();
                }
                tokio::task::yield_now().await;
            }
        }
        other => panic!("{other}"),
    }
}

/// How long 99 of 100 calls take (the longest, of fewer), asked one after the other for so long. Every one of them is answered.
async fn p99(caller: &Caller, client: &str, lasts: Duration) -> (Duration, usize) {
    let (mut times, end) = (Vec::new(), Instant::now() + lasts);
    while Instant::now() < end || times.len() < AT_LEAST {
        let asked = Instant::now();
        let answer = caller.disclosures().disclose(ask(client, ACCARE, "housing", &["person.name"])).await;
        let answer = answer.expect("whoever keeps to the rules is answered").into_inner();
        assert_eq!(released(&answer), ["person.name"]);
        times.push(asked.elapsed());
    }
    times.sort_unstable();
    (times[times.len() * 99 / 100], times.len())
}

/// What a process holds in memory now, in KiB.
fn resident(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn lasts() -> Duration {
    let seconds = std::env::var("SLUIS_ATTACK_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(2))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attack_over_http2_costs_its_own_connections_and_others_are_answered_in_bounded_time_and_memory() {
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "elf")])))]);
    // As shipped, but for what would take long.
    setting.configure("max_connections_per_address = 1000\nmax_requests_per_connection = 1000\nmax_concurrent_streams = 1000",
        "handshake_timeout_ms = 500\nunread_answers_ms = 400\nmax_connections_per_address = 100");
    let process = Process::start(&setting).unwrap();
    let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
    let municipality = Caller::connect(&setting, process.address, ASSEN, "wijkteam").await;
    consented(&care, &bsn(140), "acc-1", &["person.name"]).await;
    // What the slow reader will ask for.
    p99(&municipality, &bsn(140), Duration::ZERO).await;
    let (peace, _) = p99(&municipality, &bsn(140), lasts()).await;
    let before = resident(&process);
    println!("in peace: p99 {peace:?}, {before} KiB");

    let token = setting.token(ATTACKER, "wijkteam", "attacker", ATTACKER);
    let attack = Attack {
        setting,
        address: process.address,
        token,
        stop: AtomicBool::new(true),
        blows: AtomicU64::new(0),
        ended: AtomicU64::new(0),
    };
    let attack = Arc::new(attack);
    for kind in [
        "rapid reset",
        "continuation flood",
        "empty data",
        "settings flood",
        "ping flood",
        "made you reset",
        "header bomb",
        "slow reader",
        "half-open handshakes",
    ] {
        attack.stop.store(false, Relaxed);
        attack.blows.store(0, Relaxed);
        attack.ended.store(0, Relaxed);
        let mut attacking = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let attack = attack.clone();
            attacking.spawn(async move { one(&attack, kind).await });
        }
        let (under_attack, calls) = p99(&municipality, &bsn(140), lasts()).await;
        let held = resident(&process);
        attack.stop.store(true, Relaxed);
        // What is stuck in a write of its own is of no interest any more.
        attacking.shutdown().await;
        let (blows, ended) = (attack.blows.load(Relaxed), attack.ended.load(Relaxed));
        println!(
            "{kind}: p99 {under_attack:?} over {calls} calls ({:.1} times), {held} KiB; {blows} blows, {ended} connections ended",
            under_attack.as_secs_f64() / peace.as_secs_f64()
        );
        assert!(blows > 0, "{kind}: nothing was tried");
        assert!(under_attack < peace * TIMES_LONGER, "{kind}: {under_attack:?}, and {peace:?} in peace");
        assert!(held < before + MORE_MEMORY, "{kind}: {held} KiB, and {before} KiB before");
        if ["continuation flood", "settings flood", "ping flood", "slow reader"].contains(&kind) {
            assert!(ended > 0, "{kind}: the gateway ends such connections");
        }
    }
    // A new caller gets in, and the ledger holds.
    let other = Caller::connect(&attack.setting, process.address, ASSEN, "wijkteam").await;
    p99(&other, &bsn(140), Duration::ZERO).await;
    process.kill();
    gateway::audit(&attack.setting).await.unwrap();
}
