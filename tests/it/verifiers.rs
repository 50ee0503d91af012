//! Verifiers that nobody here wrote accept what our writer wrote, and refuse each tampered copy of it.
//!
//! They are programs in Go, so these tests run from `tests/verifiers/run`, which builds them: one over Go's own
//! `sumdb/note` and `sumdb/tlog`, and Tessera's `fsck`.

pub mod ledgers;
mod tampering;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::harness::*;
use crate::records;
use ledgers::{Written, write_ledger};
use tampering::tampered_copies;

/// Nothing full, something full, one more than full, and one more than a full tile of full tiles.
pub const SIZES: [u64; 5] = [1, 255, 256, 257, 65_537];

fn program(name: &str) -> Command {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verifiers").join(name);
    assert!(path.exists(), "{} is not built: run tests/verifiers/run", path.display());
    // No verifier takes minutes; one that waits for ever has not verified.
    let mut command = Command::new("timeout");
    command.arg("120").arg(path);
    command
}

/// What a verifier made of it: whether it accepted, and what it said.
fn judged(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

fn verifier(what: &str, key: &Path, arguments: &[&str]) -> (bool, String) {
    judged(program("verifier").arg(what).arg("-key").arg(key).args(arguments))
}

/// Ends with 0 also where it refuses, so what counts is whether it says that it checked all.
fn fsck(key: &Path, from: &str, token: Option<&str>) -> (bool, String) {
    let mut command = program("fsck");
    command.args(["--ui=false", "--N=8", "--storage_url", from, "--public_key"]).arg(key);
    command.args(token.map(|token| format!("--bearer_token={token}")));
    let (ended_well, said) = judged(&mut command);
    let accepted = ended_well && said.contains("Successfully fsck'd") && !said.contains("fsck failed");
    (accepted, said)
}

fn both_accept(key: &Path, folder: &Path) {
    let (accepted, said) = verifier("ledger", key, &["-from", &folder.to_string_lossy()]);
    assert!(accepted, "{said}");
    let (accepted, said) = fsck(key, &format!("file://{}/", folder.display()), None);
    assert!(accepted, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go: tests/verifiers/run"]
async fn go_and_tessera_accept_our_ledgers_and_receipts_and_refuse_each_tampered_copy() {
    let other = write_ledger(1, 8).await;
    for size in SIZES {
        let began = std::time::Instant::now();
        let ledger = write_ledger(size, 7).await;
        let (key, tiles) = (ledger.key_file(), ledger.tiles());
        both_accept(&key, &tiles);
        let mut tried = 0;
        for tampered in tampered_copies(&ledger) {
            tampered.make();
            let (accepted, said) = verifier("ledger", &key, &["-from", &tiles.to_string_lossy()]);
            assert!(!accepted, "{size} entries, {}: accepted", tampered.what);
            assert!(said.contains(&tampered.named), "{size} entries, {}: {said}", tampered.what);
            let (accepted, said) = fsck(&key, &format!("file://{}/", tiles.display()), None);
            assert!(!accepted, "{size} entries, {}: fsck accepted: {said}", tampered.what);
            tampered.undo();
            tried += 1;
        }
        both_accept(&key, &tiles);
        receipts_hold(&ledger, &other.key_file());
        println!("{size} entries: accepted, and {tried} tampered copies refused ({:?})", began.elapsed());
    }
}

/// Go accepts each receipt for its own entry, by its own key, unchanged, and in no other case.
fn receipts_hold(ledger: &Written, other_key: &Path) {
    let (key, size) = (ledger.key_file(), ledger.size);
    for (sealed, file) in ledger.receipts() {
        let leaf = sealed.leaf.to_string();
        let receipt =
            |leaf: &str, key: &Path| verifier("receipt", key, &["-leaf", leaf, &file.to_string_lossy()]);
        let (accepted, said) = receipt(&leaf, &key);
        assert!(accepted, "{size} entries, receipt {}: {said}", sealed.index);
        let refused = |(accepted, said): (bool, String), named: &str| {
            assert!(!accepted && said.contains(named), "{size} entries, receipt {}: {said}", sealed.index);
        };
        refused(receipt(&leaf.chars().rev().collect::<String>(), &key), "does not prove that this entry");
        refused(receipt(&leaf, other_key), "is not signed by the key");
        let text = std::fs::read_to_string(&file).unwrap();
        for (from, to, named) in [
            (format!("index {}\n", sealed.index), format!("index {size}\n"), "is not in a ledger of"),
            (format!("index {}\n", sealed.index), "index x\n".to_owned(), "is not its index"),
            ("tlog-proof@v1".into(), "tlog-proof@v2".into(), "is not a c2sp.org/tlog-proof@v1"),
            (
                format!("\n{}\n", sealed.receipt.checkpoint.lines().nth(1).unwrap()),
                "\n70000\n".into(),
                "is not signed by the key",
            ),
            ("\n\u{2014} ".into(), "\n- ".into(), "is not signed by the key"),
        ] {
            assert!(text.contains(&from), "{from}");
            std::fs::write(&file, text.replacen(&from, &to, 1)).unwrap();
            refused(receipt(&leaf, &key), named);
        }
        std::fs::write(&file, text).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go: tests/verifiers/run"]
async fn go_proves_from_the_tiles_that_an_old_ledger_is_the_beginning_of_the_new_one() {
    let (old, fork, small) =
        (write_ledger(257, 7).await, write_ledger(257, 7).await, write_ledger(1, 7).await);
    let key = old.key_file();
    let tiles = old.tiles().to_string_lossy().into_owned();
    let from = ["-from", &tiles];
    for index in ["0", "255", "256"] {
        let (accepted, said) = verifier("inclusion", &key, &[from[0], from[1], "-index", index]);
        assert!(accepted, "{said}");
    }
    let (accepted, said) = verifier("inclusion", &key, &[from[0], from[1], "-index", "257"]);
    assert!(!accepted && said.contains("there is no entry 257"), "{said}");
    for (sealed, _) in old.receipts() {
        let kept = old.folder.path().join("kept");
        std::fs::write(&kept, &sealed.receipt.checkpoint).unwrap();
        let (accepted, said) = verifier("consistency", &key, &[from[0], from[1], &kept.to_string_lossy()]);
        assert!(accepted, "{said}");
    }
    for (ledger, kept, named) in [
        (&old, fork.tiles().join("checkpoint"), "entries before 257 were changed"),
        (&small, old.tiles().join("checkpoint"), "entries were removed"),
    ] {
        let tiles = ledger.tiles().to_string_lossy().into_owned();
        let (accepted, said) = verifier("consistency", &key, &["-from", &tiles, &kept.to_string_lossy()]);
        assert!(!accepted && said.contains(named), "{said}");
    }
}

/// The proxy that lends fsck a certificate, ended when dropped.
struct Through(Child, String);

impl Through {
    fn start(setting: &Setting, upstream: &str) -> Self {
        let file = |name: &str| setting.path().join(name);
        let mut command = program("verifier");
        command.args(["through", "-upstream", upstream, "-ca"]).arg(file("ca/ca.pem"));
        command
            .arg("-cert")
            .arg(file(ACCARE).join("cert.pem"))
            .arg("-client-key")
            .arg(file(ACCARE).join("key.pem"));
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self(child, line.trim().to_owned())
    }
}

impl Drop for Through {
    fn drop(&mut self) {
        // `timeout` passes this on, where SIGKILL would leave the proxy behind.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go: tests/verifiers/run"]
async fn go_and_tessera_accept_a_running_gateway_over_mutual_tls_with_a_token() {
    let parties = shipped_parties().replacen("may = [\"audit\"]", "may = [\"audit\", \"verify\"]", 1);
    let custodians = vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "twee")])))];
    let setting = Setting::among(&parties, custodians);
    let address = free_address();
    setting.configure("[custodians]", &format!("[tiles]\nlisten = \"{address}\"\n\n[custodians]"));
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    consented(&care, &bsn(0), "acc-1", &["person.name"]).await;
    for _ in 0..270 {
        municipality.disclosures().disclose(ask(&bsn(0), ACCARE, "housing", &["person.name"])).await.unwrap();
    }
    let (path, url) = (gateway.setting.path().to_owned(), format!("https://localhost:{}", address.port()));
    let key = path.join("ledger.vkey");
    let token = gateway.setting.token(ACCARE, "privacy-officer", "officer-1", ACCARE);
    std::fs::write(path.join("token"), &token).unwrap();
    let file = |name: &str| path.join(name).to_string_lossy().into_owned();
    let (ca, cert, own) =
        (file("ca/ca.pem"), file(&format!("{ACCARE}/cert.pem")), file(&format!("{ACCARE}/key.pem")));
    let access = ["-from", &url, "-ca", &ca, "-cert", &cert, "-client-key", &own];
    let (accepted, said) = verifier("ledger", &key, &[&access[..], &["-token", &file("token")]].concat());
    assert!(accepted, "{said}");
    let (accepted, said) = verifier("ledger", &key, &access);
    assert!(!accepted && said.contains("TOKEN_MISSING"), "{said}");
    let through = Through::start(&gateway.setting, &url);
    let (accepted, said) = fsck(&key, &through.1, Some(&token));
    assert!(accepted, "{said}");
    assert!(!fsck(&key, &through.1, None).0);
    drop(through);
    gateway.finish().await;
}
