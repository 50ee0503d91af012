//! A witness that nobody here wrote (torchwood's litewitness) cosigns a ledger that this gateway wrote, and refuses another
//! history of it. Needs a Go toolchain and `ssh-agent`; says loudly when it cannot be had.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sluis::contract::v1::*;
use sluis::ledger::{
    AddCheckpoint, Checkpoint, Hash, Policy, Proof, Receipt, VerifierKey, WitnessKey, cosignature,
};
use sluis::store::Store;

use crate::harness::witness::http;
use crate::harness::*;
use crate::records;
use crate::witness::cosigned_receipt;

/// Past libtest's capture: a test that proves nothing must be seen.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "\n*** SKIPPED: no third-party witness was tried: {why}\n");
}

/// The program, if it can be had.
fn litewitness() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("litewitness");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verifiers/witness/install");
    let installed = Command::new(script).arg(&folder).output().unwrap();
    if !installed.status.success() {
        skipped(&String::from_utf8_lossy(&installed.stderr));
        return None;
    }
    let found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    found.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with("litewitness-"))
}

/// Ends a program with the test.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An agent of its own with an Ed25519 key: its socket, and the fingerprint of the key.
fn agent(folder: &Path) -> Option<(Ending, PathBuf, String)> {
    let (key, socket) = (folder.join("witness.pem"), folder.join("agent.sock"));
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    if !made.is_ok_and(|status| status.success()) {
        skipped("ssh-keygen is missing: install openssh-client");
        return None;
    }
    let mut started = Command::new("ssh-agent");
    let mut child = started.arg("-D").arg("-a").arg(&socket).stdout(Stdio::piped()).spawn().unwrap();
    // It says where it listens once it does.
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let added = Command::new("ssh-add").env("SSH_AUTH_SOCK", &socket).arg(&key).output().unwrap();
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let shown = Command::new("ssh-keygen").arg("-lf").arg(&key).output().unwrap();
    let fingerprint = String::from_utf8(shown.stdout).unwrap().split(' ').nth(1).unwrap().to_owned();
    Some((Ending(child), socket, fingerprint))
}

/// Starts it, has it know this ledger, and gives its port and verifier key.
async fn start(
    program: &Path,
    folder: &Path,
    agent: (&Path, &str),
    ledger: &VerifierKey,
) -> (Ending, u16, String) {
    let (socket, fingerprint) = agent;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let database = folder.join("litewitness.db");
    let mut command = Command::new(program);
    command.args(["-name", "witness.example/lite", "-key", fingerprint, "-listen"]);
    command.arg(format!("127.0.0.1:{port}")).arg("-db").arg(&database).arg("-ssh-agent").arg(socket);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let line = said.by_ref().find(|line| line.contains("vkey=")).expect("it says its verifier key");
    let vkey = line.split("vkey=").nth(1).unwrap().trim_matches('"').to_owned();
    said.by_ref().find(|line| line.contains("listening")).expect("it listens");
    std::thread::spawn(move || said.for_each(drop));

    // What its own `witnessctl add-log` and `add-key` write.
    let url = format!("sqlite://{}", database.display());
    let pool = sqlx::sqlite::SqlitePool::connect(&url).await.unwrap();
    sqlx::query("insert into log (origin, tree_size, tree_hash) values ($1, 0, $2)")
        .bind(ledger.name())
        .bind(sluis::ledger::EMPTY_ROOT.to_base64())
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("insert into key (origin, key) values ($1, $2)")
        .bind(ledger.name())
        .bind(ledger.to_string())
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    (Ending(child), port, vkey)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_nobody_here_wrote_cosigns_our_ledger_and_refuses_another_history_of_it() {
    let Some(program) = litewitness() else { return };
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "acht")])))]);
    let folder = setting.path().join("lite");
    std::fs::create_dir(&folder).unwrap();
    let Some((_agent, socket, fingerprint)) = agent(&folder) else { return };
    let (_witness, port, vkey) = start(&program, &folder, (&socket, &fingerprint), &setting.verifier).await;

    setting.add("[witnesses]\nperiod_seconds = 1\n");
    setting.ask_witness("lite", &vkey, &format!("http://127.0.0.1:{port}"));
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    consented(&care, &bsn(98), "acc-1", &["person.name"]).await;
    cosigned_receipt(&care, 2).await;
    // Past a complete tile, so that the proofs come from tiles and from the edge.
    let mut answer = DiscloseResponse::default();
    for _ in 0..260 {
        let request = ask(&bsn(98), ACCARE, "housing", &["person.name"]);
        answer = municipality.disclosures().disclose(request).await.unwrap().into_inner();
    }
    let receipt = cosigned_receipt(&municipality, answer.entry_index).await;
    let receipt = Receipt::parse(&receipt).unwrap();
    let key = [WitnessKey::parse(&vkey).unwrap()];
    assert_eq!(cosignature::cosignatures(&receipt.checkpoint, &key).unwrap().len(), 1);
    let policy = format!("log {}\nwitness lite {vkey}\nquorum lite\n", gateway.setting.verifier);
    let (head, _) = Policy::parse(&policy).unwrap().open(&receipt.checkpoint).unwrap();
    let leaf = Hash(answer.leaf.as_slice().try_into().unwrap());
    let verifier = &gateway.setting.verifier;
    assert_eq!(receipt.verify_leaf(&leaf, verifier.name(), verifier).as_ref(), Ok(&head));
    let (setting, audit) = gateway.finish().await;

    // What it refuses of us, by the statuses that ours gives as well: the two agree on the protocol.
    let text = std::fs::read_to_string(setting.path().join("ledger.key")).unwrap();
    let ours = sluis::ledger::SigningKey::parse(text.trim()).unwrap();
    let store = Store::open(&setting.database(), 1).await.unwrap();
    let (size, note) = store.checkpoint().await.unwrap();
    let known = head.size;
    let proof = store.growth(known, size).await.unwrap().unwrap();
    let fork = Checkpoint { origin: ours.verifier().name().into(), size, root: Hash([1; 32]) };
    let request = |old, proof: &Proof, checkpoint: &str| {
        AddCheckpoint { old, proof: proof.clone(), checkpoint: checkpoint.to_owned() }.to_text()
    };
    let forged = note.replace(&format!("\n{size}\n"), &format!("\n{}\n", size + 1));
    for (what, body, status) in [
        ("another history", request(known, &proof, &fork.sign(&ours).unwrap()), 422),
        (
            "an old size that it left behind",
            request(3, &store.growth(3, size).await.unwrap().unwrap(), &note),
            409,
        ),
        ("a forged head", request(known, &proof, &forged), 403),
        ("our true head", request(known, &proof, &note), 200),
    ] {
        let (found, answer) = http(port, "POST", "/add-checkpoint", &body).await;
        assert_eq!(found, status, "{what}: {answer}");
    }
    assert_eq!(audit.size, size);
    store.close().await;
}
