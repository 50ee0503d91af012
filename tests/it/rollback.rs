//! Yesterday's database, another history, an edited checkpoint: what is kept in a second place, and what a witness saw,
//! is compared at the start, and a ledger that contradicts it is not served.

use std::path::{Path, PathBuf};
use std::process::Command;

use sluis::contract::v1::*;
use sluis::store::Store;

use crate::harness::gateway::audit;
use crate::harness::*;
use crate::records;

fn setting() -> Setting {
    Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "zeven")])))])
}

/// Runs a gateway for as many registrations, and stops it cleanly.
async fn grow(setting: Setting, entries: usize) -> Setting {
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    for _ in 0..entries {
        let registered = RegisterClientRequest {
            client: named(&bsn(110)),
            registration: Some(registration("acc-1", &born(16))),
        };
        care.consents().register_client(registered).await.unwrap();
    }
    gateway.finish().await.0
}

/// A copy of the database of a gateway that does not run.
fn copy(setting: &Setting, name: &str) -> PathBuf {
    let to = setting.path().join(name);
    std::fs::copy(setting.database(), &to).unwrap();
    to
}

fn put_back(setting: &Setting, from: &Path) {
    for beside in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{beside}", setting.database().display()));
    }
    std::fs::copy(from, setting.database()).unwrap();
}

/// The start is refused with 65, and says this.
fn refused(setting: &Setting, says: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_sluis"))
        .args(["serve", "--config"])
        .arg(setting.configuration())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(65), "{said}");
    assert!(said.contains(says), "{said}");
}

fn resume(setting: &Setting) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_sluis"))
        .args(["ledger", "resume", "--reference", "incident-2026-7", "--config"])
        .arg(setting.configuration())
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_yesterdays_database_is_refused_at_the_start_and_going_on_is_a_decision_in_the_ledger() {
    let setting = setting();
    let kept = setting.keep_elsewhere();
    let setting = grow(setting, 2).await;
    let yesterday = copy(&setting, "yesterday.db");
    let setting = grow(setting, 3).await;
    let today = copy(&setting, "today.db");
    let newest = std::fs::read_to_string(&kept).unwrap();
    assert!(newest.contains("\n6\n"), "a clean stop leaves the second place exact: {newest}");

    put_back(&setting, &yesterday);
    audit(&setting).await.expect("an older ledger is a sound ledger: nothing inside it shows");
    refused(&setting, "it has 3 entries, and there were 6");
    put_back(&setting, &today);
    let setting = grow(setting, 0).await;

    // A database that was lost altogether is older, too.
    std::fs::remove_file(setting.database()).unwrap();
    refused(&setting, "it has 0 entries, and there were 6");

    put_back(&setting, &yesterday);
    let resumed = resume(&setting);
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    assert!(String::from_utf8_lossy(&resumed.stdout).contains("Entry 3 says"));
    assert_eq!(resume(&setting).status.code(), Some(64), "there is nothing left to decide");
    let gateway = TestGateway::start(setting).await;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let entry = officer.audit().get_entry(GetEntryRequest { index: 3 }).await.unwrap().into_inner().entry;
    let entry = entry.unwrap();
    let body = String::from_utf8(entry.entry).unwrap();
    assert_eq!(entry.event, "ledger-resumed");
    assert!(body.contains("incident-2026-7") && body.contains("sluis.test/ledger\\n6\\n"), "{body}");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_history_of_the_same_size_is_refused() {
    let setting = setting();
    let kept = setting.keep_elsewhere();
    let setting = grow(setting, 1).await;
    let common = copy(&setting, "common.db");
    let beginning = std::fs::read(&kept).unwrap();
    let setting = grow(setting, 2).await;
    let (ours, remembered) = (copy(&setting, "ours.db"), std::fs::read(&kept).unwrap());
    put_back(&setting, &common);
    std::fs::write(&kept, beginning).unwrap();
    for more in [2, 3] {
        let _theirs = grow_in_place(&setting, more).await;
        let theirs = std::fs::read(&kept).unwrap();
        std::fs::write(&kept, &remembered).unwrap();
        refused(&setting, "another history");
        std::fs::write(&kept, theirs).unwrap();
    }
    put_back(&setting, &ours);
    std::fs::write(&kept, remembered).unwrap();
    grow(setting, 1).await;
}

/// The same for a setting that is kept.
async fn grow_in_place(setting: &Setting, entries: usize) -> u64 {
    let mut process = Process::start(setting).unwrap();
    let care = Caller::connect(setting, process.address, ACCARE, "fact-behandelaar").await;
    for _ in 0..entries {
        let registered = RegisterClientRequest {
            client: named(&bsn(110)),
            registration: Some(registration("acc-1", &born(16))),
        };
        care.consents().register_client(registered).await.unwrap();
    }
    terminate(&mut process);
    audit(setting).await.unwrap().size
}

fn terminate(process: &mut Process) {
    let pid = process.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(process.child.wait().unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_foreign_or_missing_checkpoint_in_the_second_place_is_refused_by_name() {
    let setting = setting();
    let kept = setting.keep_elsewhere();
    let setting = grow(setting, 2).await;
    let good = std::fs::read_to_string(&kept).unwrap();
    let foreign = sluis::ledger::SigningKey::from_seed("sluis.test/ledger", &[7; 32]).unwrap();
    let head =
        sluis::ledger::Checkpoint::parse_and_verify(&good, "sluis.test/ledger", &setting.verifier).unwrap();
    for bad in [good.replace("\n3\n", "\n2\n"), head.sign(&foreign).unwrap(), String::new(), "x".into()] {
        std::fs::write(&kept, &bad).unwrap();
        refused(&setting, "is not a checkpoint that this ledger's key signed");
    }
    std::fs::remove_file(&kept).unwrap();
    refused(&setting, "is not there, though the ledger has entries");
    let resumed = resume(&setting);
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    grow(setting, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_place_that_lags_is_brought_up_and_never_leads_whenever_the_gateway_is_killed() {
    let setting = setting();
    let kept = setting.keep_elsewhere();
    let seed = jiff::Timestamp::now().subsec_nanosecond().unsigned_abs();
    println!("seed {seed}");
    let size_kept = |text: &str| {
        sluis::ledger::Checkpoint::parse_and_verify(text, "sluis.test/ledger", &setting.verifier)
            .unwrap()
            .size
    };
    let mut behind = 0;
    for round in 0..6 {
        let process = Process::start(&setting).expect("it starts again after every kill");
        let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
        for _ in 0..=(seed.wrapping_shr(round * 4) % 16) * 3 {
            let registered = RegisterClientRequest {
                client: named(&bsn(110)),
                registration: Some(registration("acc-1", &born(16))),
            };
            care.consents().register_client(registered).await.unwrap();
        }
        process.kill();
        let kept = size_kept(&std::fs::read_to_string(&kept).unwrap());
        let size = audit(&setting).await.unwrap().size;
        assert!(kept <= size, "round {round}: the second place leads, {kept} of {size}");
        behind += size - kept;
    }
    println!("behind by {behind} entries over six kills");

    // However far it lags, it is of this history, and is brought up.
    let old = std::fs::read_to_string(&kept).unwrap();
    let size = grow_in_place(&setting, 4).await;
    std::fs::write(&kept, &old).unwrap();
    grow_in_place(&setting, 0).await;
    assert_eq!(size_kept(&std::fs::read_to_string(&kept).unwrap()), size);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_alone_finds_yesterdays_database_out_and_another_history_too() {
    let setting = setting();
    setting.add("[witnesses]\nperiod_seconds = 1\n");
    let house = WitnessHouse::new(&setting, "gemeente", false);
    let witness = house.start(&setting).unwrap();
    setting.ask_witness("gemeente", &house.vkey, &format!("http://{}", witness.address));
    let yesterday = grow_in_place(&setting, 2).await;
    let older = copy(&setting, "older.db");
    // The start offers the newest head, so that the witness knows of all of it.
    let today = grow_in_place(&setting, 2).await;
    grow_in_place(&setting, 0).await;
    put_back(&setting, &older);
    refused(&setting, &format!("the witness gemeente: it has {yesterday} entries, and there were {today}"));

    // Away it cannot tell; when it is back, the gateway that went on stops by itself.
    let (memory, port) = (house.memory(), witness.address.port());
    assert!(memory.exists());
    drop(witness);
    let mut process = Process::start(&setting).unwrap();
    let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
    for _ in 0..4 {
        let registered = RegisterClientRequest {
            client: named(&bsn(110)),
            registration: Some(registration("acc-1", &born(16))),
        };
        care.consents().register_client(registered).await.unwrap();
    }
    let configuration = house.folder.join("witness.toml");
    let text = std::fs::read_to_string(&configuration).unwrap();
    std::fs::write(&configuration, text.replace("127.0.0.1:0", &format!("127.0.0.1:{port}"))).unwrap();
    let _witness = house.start(&setting).unwrap();
    let ended = tokio::task::spawn_blocking(move || process.child.wait().unwrap().code()).await.unwrap();
    assert_eq!(ended, Some(65));
    refused(&setting, "holds another history than the witness gemeente");
}

#[tokio::test]
async fn the_root_of_every_earlier_size_is_the_one_that_was_signed_then() {
    let setting = grow(setting(), 3).await;
    let store = Store::open(&setting.store, 1).await.unwrap();
    let audited = store.audit(&setting.verifier, &|_, _| {}).await.unwrap();
    assert_eq!(store.root_at(audited.size).await.unwrap(), Some(audited.root));
    assert_eq!(store.root_at(0).await.unwrap(), Some(sluis::ledger::EMPTY_ROOT));
    assert_eq!(store.root_at(audited.size + 1).await.unwrap(), None);
    for size in 1..=audited.size {
        let (old, proof) =
            (store.root_at(size).await.unwrap().unwrap(), store.growth(size, audited.size).await);
        let proof = proof.unwrap().unwrap();
        let holds = sluis::ledger::verify_consistency(size, audited.size, &old, &audited.root, &proof);
        assert_eq!(holds, Ok(()), "{size}");
        assert!(store.inclusion(size - 1, size).await.unwrap().is_some());
        assert!(store.inclusion(size, size).await.unwrap().is_none());
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_databases_that_one_key_signs_are_found_out_while_both_are_written() {
    let setting = setting();
    let kept = setting.keep_elsewhere();
    let setting = grow(setting, 1).await;
    let text = std::fs::read_to_string(setting.configuration()).unwrap();
    std::fs::write(setting.path().join("other.toml"), text.replace("\"sluis.db\"", "\"other.db\"")).unwrap();
    copy(&setting, "other.db");
    // Both begin with what the second place knows, and go on by themselves.
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
    command.args(["serve", "--config"]).arg(setting.path().join("other.toml"));
    let mut gateways =
        [Process::start(&setting).unwrap(), Process::start_command(command, &setting).unwrap()];
    let care = [
        Caller::connect(&setting, gateways[0].address, ACCARE, "fact-behandelaar").await,
        Caller::connect(&setting, gateways[1].address, ACCARE, "fact-behandelaar").await,
    ];
    let mut ended = None;
    'found: for round in 0..200 {
        for (which, gateway) in gateways.iter_mut().enumerate() {
            if let Some(status) = gateway.child.try_wait().unwrap() {
                ended = Some((which, status.code()));
                break 'found;
            }
            let registered = RegisterClientRequest {
                client: named(&bsn(110)),
                registration: Some(registration("acc-1", &born(16))),
            };
            let done = care[which].consents().register_client(registered).await;
            assert!(done.is_ok() || round > 0, "{:?}", done.err());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let (which, code) = ended.expect("two histories under one key went on side by side");
    assert_eq!(code, Some(65), "gateway {which}");
    drop(gateways);
    assert!(kept.exists());
    // What the second place remembers is the other one, and this one does not start any more.
    let output = Command::new(env!("CARGO_BIN_EXE_sluis"))
        .args(["serve", "--config"])
        .arg(setting.path().join(["sluis.toml", "other.toml"][which]))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(65), "{}", String::from_utf8_lossy(&output.stderr));
}
