//! A witness that nobody here wrote (torchwood's litewitness) cosigns a ledger that this gateway wrote, and refuses another
//! history of it. Needs a Go toolchain and `ssh-agent`; says loudly when it cannot be had.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sluis::contract::v1::*;
use sluis::ledger::{
    AddCheckpoint, Checkpoint, Hash, Policy, Proof, Receipt, SigningKey, VerifierKey, WitnessKey, cosignature,
};
use sluis::store::Store;

use crate::harness::witness::http;
use crate::harness::*;
use crate::records;
use crate::verifiers::SIZES;
use crate::verifiers::ledgers::write_ledger;
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
    let store = Store::open(&setting.store, 1).await.unwrap();
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

/// What a witness must not cosign, each with the status that the protocol names for it.
fn tampered(old: u64, proof: &Proof, head: &Checkpoint, ours: &SigningKey) -> Vec<(String, String, u16)> {
    let text = |proof: &Proof, note: &str| {
        AddCheckpoint { old, proof: proof.clone(), checkpoint: note.to_owned() }.to_text()
    };
    let (note, foreign) = (head.sign(ours).unwrap(), SigningKey::from_seed(&head.origin, &[99; 32]).unwrap());
    let larger = note.replacen(&format!("\n{}\n", head.size), &format!("\n{}\n", head.size + 1), 1);
    let mut tampered = vec![
        ("a head of another key".to_owned(), text(proof, &head.sign(&foreign).unwrap()), 403),
        ("a head that was signed smaller".to_owned(), text(proof, &larger), 403),
    ];
    // The first head that a witness sees is the one it remembers; there is nothing before it to contradict.
    if old > 0 {
        let other = Checkpoint { root: Hash([1; 32]), ..head.clone() }.sign(ours).unwrap();
        tampered.push(("another history".to_owned(), text(proof, &other), 422));
        for place in 0..proof.0.len() {
            let mut hashes = proof.0.clone();
            hashes[place].0[7] ^= 1;
            tampered.push((format!("hash {place} of the proof changed"), text(&Proof(hashes), &note), 422));
        }
        let shorter = Proof(proof.0[1..].to_vec());
        tampered.push(("a hash of the proof left out".to_owned(), text(&shorter, &note), 422));
        let longer = Proof(proof.0.iter().copied().chain([Hash([2; 32])]).collect());
        tampered.push(("a hash added to the proof".to_owned(), text(&longer, &note), 422));
    }
    tampered
}

fn body_of(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go: tests/verifiers/run"]
async fn a_witness_that_nobody_here_wrote_follows_our_ledger_through_every_size_and_no_tampered_head() {
    let Some(program) = litewitness() else { return };
    let ledger = write_ledger(SIZES[SIZES.len() - 1], 7).await;
    let folder = ledger.folder.path().join("lite");
    std::fs::create_dir(&folder).unwrap();
    let Some((_agent, socket, fingerprint)) = agent(&folder) else { return };
    let ours = &ledger.signing;
    let (_witness, port, vkey) = start(&program, &folder, (&socket, &fingerprint), ours.verifier()).await;
    let keys = [WitnessKey::parse(&vkey).unwrap()];
    let store = Store::open(&ledger.folder.path().join("sluis.db"), 1).await.unwrap();
    let mut old = 0;
    for size in SIZES {
        let root = store.root_at(size).await.unwrap().unwrap();
        let head = Checkpoint { origin: ours.verifier().name().into(), size, root };
        let proof = if old == 0 { Proof(vec![]) } else { store.growth(old, size).await.unwrap().unwrap() };
        let refused = tampered(old, &proof, &head, ours);
        for (what, body, status) in &refused {
            let (found, answer) = http(port, "POST", "/add-checkpoint", body).await;
            assert_eq!(found, *status, "{size} entries, {what}: {answer}");
        }
        let note = head.sign(ours).unwrap();
        let true_head = AddCheckpoint { old, proof, checkpoint: note.clone() }.to_text();
        let (found, cosignature) = http(port, "POST", "/add-checkpoint", &true_head).await;
        assert_eq!(found, 200, "{size} entries: {cosignature}");
        let cosigned = format!("{note}{}", body_of(&cosignature));
        assert_eq!(cosignature::cosignatures(&cosigned, &keys).unwrap().len(), 1, "{size} entries");
        let (found, remembered) = http(port, "POST", "/add-checkpoint", &true_head).await;
        assert_eq!(
            (found, body_of(&remembered).trim()),
            (409, size.to_string().as_str()),
            "{size} entries, again"
        );
        println!("{size} entries: cosigned, and {} tampered heads refused", refused.len());
        old = size;
    }
    store.close().await;
}
