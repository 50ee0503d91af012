//! One changed bit anywhere in the stored ledger: `sluis ledger verify` and the start of the gateway both refuse.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::*;
use crate::records;

fn verify(setting: &Setting, database: &Path) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_sluis"))
        .args(["ledger", "verify", "--database"])
        .arg(database)
        .arg("--vkey")
        .arg(setting.path().join("ledger.vkey"))
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_changed_bit_in_any_entry_tile_or_head_is_refused_by_the_command_and_at_start() {
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "vier")])))]);
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    consented(&care, &bsn(90), "acc-1", &["person.name"]).await;
    let mut last = String::new();
    for _ in 0..270 {
        let request = ask(&bsn(90), ACCARE, "housing", &["person.name"]);
        last.clone_from(&request.request_id);
        municipality.disclosures().disclose(request).await.unwrap();
    }
    let (setting, audit) = gateway.finish().await;
    assert!(audit.size > 256, "there is a complete tile");
    let clean = verify(&setting, &setting.database());
    assert!(clean.status.success(), "{}", String::from_utf8_lossy(&clean.stderr));

    // The places where the ledger's own bytes lie, found by their content in the file itself.
    let original = std::fs::read(setting.database()).unwrap();
    // A page that SQLite gave up may hold an old copy, so every copy gets the same changed bit.
    let find = |needle: &[u8], offset: usize| -> Vec<usize> {
        let copies = original.windows(needle.len()).enumerate().filter(|(_, w)| *w == needle);
        let copies: Vec<usize> = copies.map(|(at, _)| at + offset).collect();
        assert!(!copies.is_empty());
        copies
    };
    let places = [
        ("an entry's body", find(format!("\"request\":\"{last}").as_bytes(), 20)),
        ("a consent in its entry", find(b"{\"consent_recorded\"", 40)),
        ("the checkpoint", find(b"sluis.test/ledger\n", 20)),
    ];
    for (what, at) in places {
        for bit in [0, 3] {
            let damaged = damage(&setting, &original, &at, bit);
            let refused = verify(&setting, &damaged);
            assert_eq!(
                refused.status.code(),
                Some(65),
                "{what}, bit {bit}: {}",
                String::from_utf8_lossy(&refused.stdout)
            );
            assert!(!refused.stderr.is_empty());
        }
        std::fs::write(setting.database(), flipped(&original, &at, 0)).unwrap();
        assert_eq!(Process::start_and_end(&setting), 65, "{what}: the gateway does not start");
        std::fs::write(setting.database(), &original).unwrap();
    }
    assert!(verify(&setting, &setting.database()).status.success(), "undone, it verifies again");
}

fn flipped(original: &[u8], places: &[usize], bit: u8) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for at in places {
        bytes[*at] ^= 1 << bit;
    }
    bytes
}

fn damage(setting: &Setting, original: &[u8], at: &[usize], bit: u8) -> PathBuf {
    let path = setting.path().join("damaged.db");
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    std::fs::write(&path, flipped(original, at, bit)).unwrap();
    path
}

#[test]
fn the_wrong_key_no_database_and_garbage_are_named() {
    let setting = Setting::new(vec![]);
    let missing = verify(&setting, &setting.path().join("nothing.db"));
    assert_eq!(missing.status.code(), Some(64));
    let garbage = setting.path().join("garbage.db");
    std::fs::write(&garbage, vec![7; 5_000]).unwrap();
    assert_eq!(verify(&setting, &garbage).status.code(), Some(65));
}
