//! Killed at any moment: whatever was released is recorded, the ledger verifies, no acknowledged withdrawal is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sluis::contract::v1::*;
use tokio::sync::watch;

use crate::harness::gateway::audit;
use crate::harness::*;
use crate::records;

const CLIENTS: usize = 12;
const ROUNDS: usize = 6;

/// What the world outside saw acknowledged.
#[derive(Default)]
struct Seen {
    released: BTreeMap<u64, String>,
    withdrawn: BTreeSet<usize>,
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_under_load_nothing_is_released_unrecorded_and_no_withdrawal_is_lost() {
    let seed =
        u64::from(std::process::id()) ^ u64::from(jiff::Timestamp::now().subsec_nanosecond().unsigned_abs());
    println!("seed {seed}");
    let mut random = seed;
    let references: Vec<String> = (0..CLIENTS).map(|n| format!("acc-{n}")).collect();
    let marked: Vec<(&str, &str)> = references.iter().map(|r| (r.as_str(), "drie")).collect();
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&marked)))]);
    let seen = Arc::new(Mutex::new(Seen::default()));

    let process = Process::start(&setting).unwrap();
    let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
    let mut consents = Vec::new();
    for (n, reference) in references.iter().enumerate() {
        consents.push(consented(&care, &bsn(60 + n), reference, &["person.name", "housing.wish"]).await);
    }
    let consents = Arc::new(consents);
    process.kill();

    for round in 0..ROUNDS {
        let process = Process::start(&setting).expect("it starts again after every kill");
        let stop = Arc::new(AtomicBool::new(false));
        let (answered, _) = watch::channel(0_usize);
        let municipality = Caller::connect(&setting, process.address, ASSEN, "wijkteam").await;
        let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;

        // What was acknowledged before the kill holds after it.
        let withdrawn: Vec<usize> = seen.lock().unwrap().withdrawn.iter().copied().collect();
        for n in withdrawn {
            let again = ask(&bsn(60 + n), ACCARE, "housing", &["person.name"]);
            let answer = municipality.disclosures().disclose(again).await.unwrap().into_inner();
            assert!(answer.released.is_empty(), "round {round}: client {n} withdrew before the kill");
        }

        let mut load = Vec::new();
        for lane in 0..8 {
            let (stop, seen, municipality, answered) =
                (stop.clone(), seen.clone(), municipality.clone(), answered.clone());
            load.push(tokio::spawn(async move {
                let mut n = lane;
                while !stop.load(Ordering::Relaxed) {
                    n = (n + 5) % CLIENTS;
                    let request = ask(&bsn(60 + n), ACCARE, "housing", &["person.name", "housing.wish"]);
                    let id = request.request_id.clone();
                    let already = seen.lock().unwrap().withdrawn.contains(&n);
                    let Ok(answer) = municipality.disclosures().disclose(request).await else { return };
                    let answer = answer.into_inner();
                    answered.send_modify(|count| *count += 1);
                    if !answer.released.is_empty() {
                        assert!(!already, "client {n} had withdrawn before this was asked");
                        seen.lock().unwrap().released.insert(answer.entry_index, id);
                    }
                }
            }));
        }
        let withdrawer = {
            let (seen, consents, answered) = (seen.clone(), consents.clone(), answered.clone());
            tokio::spawn(async move {
                until(&answered, 20).await;
                let call = withdraw(&bsn(60 + round), &consents[round], "client");
                if care.consents().withdraw_consent(call).await.is_ok() {
                    seen.lock().unwrap().withdrawn.insert(round);
                }
            })
        };
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = 30 + usize::try_from((random >> 33) % 200).unwrap();
        until(&answered, moment).await;
        process.kill();
        stop.store(true, Ordering::Relaxed);
        withdrawer.await.unwrap();
        for lane in load {
            lane.await.unwrap();
        }
    }

    // The last start audits the ledger itself; then every released answer is looked up in it.
    let process = Process::start(&setting).unwrap();
    let officer = Caller::connect(&setting, process.address, ACCARE, "privacy-officer").await;
    let seen = seen.lock().unwrap();
    println!(
        "{} released answers, {} withdrawals over {ROUNDS} kills",
        seen.released.len(),
        seen.withdrawn.len()
    );
    assert!(seen.released.len() > 50 && !seen.withdrawn.is_empty(), "the load did its work");
    for (index, id) in &seen.released {
        let entry = officer
            .audit()
            .get_entry(GetEntryRequest { index: *index })
            .await
            .unwrap()
            .into_inner()
            .entry
            .unwrap();
        let body = String::from_utf8_lossy(&entry.entry);
        assert!(body.contains(id.as_str()), "entry {index} is of another request");
        assert!(
            !entry.released_fields.is_empty(),
            "entry {index} released nothing, but its caller got something"
        );
    }
    process.kill();
    let audit = audit(&setting).await.unwrap();
    assert!(audit.size >= seen.released.len() as u64);
}

/// Awaits that many answers.
async fn until(answered: &watch::Sender<usize>, many: usize) {
    let mut answered = answered.subscribe();
    let enough = answered.wait_for(|count| *count >= many);
    tokio::time::timeout(Duration::from_mins(2), enough)
        .await
        .expect("the load never came that far")
        .unwrap();
}
