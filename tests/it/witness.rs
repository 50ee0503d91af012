//! A witness of our own and a gateway that asks it: what is cosigned, what is refused, and by what status.

use std::process::Command;
use std::time::Duration;

use sluis::contract::v1::*;
use sluis::ledger::{
    AddCheckpoint, Checkpoint, Hash, Policy, Proof, Receipt, SigningKey, WitnessKey, cosignature,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::harness::witness::http;
use crate::harness::*;
use crate::records;

fn setting() -> Setting {
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "zes")])))]);
    setting.add("[witnesses]\nperiod_seconds = 1\n");
    setting
}

/// Asks until the receipt of an entry rests on a checkpoint that somebody cosigned.
pub async fn cosigned_receipt(of: &Caller, index: u64) -> String {
    let asking = async {
        loop {
            let answer = of.audit().get_receipt(GetReceiptRequest { index }).await.unwrap().into_inner();
            if answer.receipt.lines().filter(|line| line.starts_with('\u{2014}')).count() > 1 {
                return answer.receipt;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), asking).await.expect("no witness ever cosigned it")
}

fn sluis(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_sluis")).args(arguments).output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_cosigned_at_most_one_checkpoint_later_and_counts_by_the_policy() {
    let setting = setting();
    setting.keep_elsewhere();
    let (first, second) =
        (WitnessHouse::new(&setting, "gemeente", true), WitnessHouse::new(&setting, "aanbieder", false));
    let witnesses = [first.start(&setting).unwrap(), second.start(&setting).unwrap()];
    let url = format!("https://localhost:{}", witnesses[0].address.port());
    setting.ask_witness("gemeente", &first.vkey, &url);
    setting.ask_witness("aanbieder", &second.vkey, &format!("http://{}", witnesses[1].address));
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    consented(&care, &bsn(95), "acc-1", &["person.name"]).await;
    let answer =
        municipality.disclosures().disclose(ask(&bsn(95), ACCARE, "housing", &["person.name"])).await;
    let answer = answer.unwrap().into_inner();
    assert_eq!(answer.receipt.matches('\u{2014}').count(), 1, "at seal nobody can have cosigned it yet");
    let receipt = cosigned_receipt(&municipality, answer.entry_index).await;

    let published = care.audit().get_checkpoint(GetCheckpointRequest {}).await.unwrap().into_inner();
    assert!(published.checkpoint.matches('\u{2014}').count() == 3 && !published.head.is_empty());

    let (setting, _) = gateway.finish().await;
    let configuration = setting.configuration();
    let written = sluis(&["ledger", "policy", "--config", configuration.to_str().unwrap()]);
    let policy = String::from_utf8(written.stdout).unwrap();
    let file = setting.path().join("policy.txt");
    std::fs::write(&file, &policy).unwrap();
    assert!(policy.contains("group witnesses 2 gemeente aanbieder"), "{policy}");
    let parsed = Policy::parse(&policy).unwrap();
    let read = Receipt::parse(&receipt).unwrap();
    let (head, _) = parsed.open(&read.checkpoint).unwrap();
    assert!(head.size > answer.entry_index);

    // The same by the commands, and the receipt of the seal does not count.
    let leaf = &answer.leaf;
    let leaf = Hash(leaf.as_slice().try_into().unwrap()).to_base64();
    let at_seal = setting.path().join("seal.tlog-proof");
    let later = setting.path().join("later.tlog-proof");
    std::fs::write(&at_seal, &answer.receipt).unwrap();
    std::fs::write(&later, &receipt).unwrap();
    let checked = |receipt: &std::path::Path| {
        let (receipt, policy) = (receipt.to_str().unwrap(), file.to_str().unwrap());
        sluis(&["client", "receipt", "--receipt", receipt, "--leaf", &leaf, "--policy", policy])
    };
    assert!(checked(&later).status.success(), "{}", String::from_utf8_lossy(&checked(&later).stderr));
    let refused = String::from_utf8(checked(&at_seal).stderr).unwrap();
    assert!(refused.contains("quorum"), "{refused}");

    // And the database begins with what was cosigned.
    let cosigned = setting.path().join("elsewhere/cosigned");
    let (database, vkey) = (setting.database(), setting.path().join("ledger.vkey"));
    let verify = |checkpoint: &std::path::Path| {
        let paths = [&database, &vkey, checkpoint, &file].map(|path| path.to_str().unwrap());
        let [database, vkey, checkpoint, policy] = paths;
        let known = ["--checkpoint", checkpoint, "--policy", policy];
        sluis(&[["ledger", "verify", "--database", database, "--vkey", vkey].as_slice(), &known].concat())
    };
    let verified = verify(&cosigned);
    let said = String::from_utf8(verified.stdout).unwrap();
    assert!(said.contains("begins with the checkpoint of"), "{said}");
    let uncosigned = verify(&setting.path().join("elsewhere/checkpoint"));
    assert_eq!(uncosigned.status.code(), Some(65));

    // The witness shows it to whoever monitors.
    let hash = first.memory().file_stem().unwrap().to_str().unwrap().to_owned();
    let port = witnesses[1].address.port();
    let (status, shown) = http(port, "GET", &format!("/{hash}/checkpoint"), "").await;
    let key = [WitnessKey::parse(&second.vkey).unwrap()];
    let note = shown.split_once("\r\n\r\n").unwrap().1;
    assert_eq!((status, cosignature::cosignatures(note, &key).unwrap().len()), (200, 1));
    assert_eq!(http(port, "GET", "/00/checkpoint", "").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_a_witness_has_the_status_that_the_protocol_names() {
    let mut setting = Setting::new(vec![]);
    let key = SigningKey::from_seed("sluis.test/other", &[7; 32]).unwrap();
    setting.verifier = key.verifier().clone();
    let house = WitnessHouse::new(&setting, "gemeente", false);
    let process = house.start(&setting).unwrap();
    let port = process.address.port();
    let signed = |size, root: u8, key: &SigningKey| {
        let origin = key.verifier().name().to_owned();
        Checkpoint { origin, size, root: Hash([root; 32]) }.sign(key).unwrap()
    };
    let body = |old, checkpoint: String| AddCheckpoint { old, proof: Proof::default(), checkpoint }.to_text();
    let forger = SigningKey::from_seed("sluis.test/other", &[8; 32]).unwrap();
    let stranger = SigningKey::from_seed("sluis.test/stranger", &[7; 32]).unwrap();
    let hashes = format!("{}\n", Hash([1; 32]).to_base64()).repeat(64);
    let too_long = body(0, signed(5, 1, &key)).replacen('\n', &format!("\n{hashes}"), 1);
    for (what, body, status, says) in [
        ("another ledger", body(0, signed(5, 1, &stranger)), 404, ""),
        ("a forged signature", body(0, signed(5, 1, &forger)), 403, ""),
        ("not a request", "hello".into(), 400, ""),
        ("a proof of 64 lines", too_long, 400, "63"),
        ("larger than anything", "x".repeat(100_000), 400, ""),
        ("a size that it never cosigned", body(3, signed(5, 1, &key)), 409, "text/x.tlog.size\r\n"),
        ("the first", body(0, signed(5, 1, &key)), 200, "\u{2014} gemeente.example/w "),
        ("the old size again", body(0, signed(6, 1, &key)), 409, "\r\n\r\n5\n"),
        ("the old size above the new", body(5, signed(4, 1, &key)), 400, ""),
        ("no proof", body(5, signed(6, 1, &key)), 422, ""),
        ("another head of the same size", body(5, signed(5, 2, &key)), 422, ""),
        ("the same head", body(5, signed(5, 1, &key)), 200, "\u{2014} gemeente.example/w "),
    ] {
        let (found, answer) = http(port, "POST", "/add-checkpoint", &body).await;
        assert_eq!(found, status, "{what}: {answer}");
        assert!(answer.contains(says), "{what}: {answer}");
    }
    assert_eq!(http(port, "GET", "/add-checkpoint", "").await.0, 405);
    drop(process);

    // Killed and started again it remembers; with its memory changed it does not start.
    let process = house.start(&setting).unwrap();
    let again = http(process.address.port(), "POST", "/add-checkpoint", &body(5, signed(5, 2, &key))).await;
    assert_eq!(again.0, 422);
    drop(process);
    let memory = std::fs::read_to_string(house.memory()).unwrap();
    std::fs::write(house.memory(), memory.replace("\n5\n", "\n4\n")).unwrap();
    assert_eq!(house.start(&setting).err(), Some(65));
}

/// Answers every request with the same bytes.
async fn liar(answer: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    port
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_witness_forges_mistakes_or_does_not_say_is_never_published() {
    let probe = setting();
    let house = WitnessHouse::new(&probe, "gemeente", false);
    let other = WitnessHouse::new(&probe, "ander", false);
    let cosigning = |house: &WitnessHouse| {
        let text = std::fs::read_to_string(house.folder.join("witness.key")).unwrap();
        sluis::ledger::CosigningKey::parse(text.trim()).unwrap()
    };
    let elsewhere = "sluis.test/ledger\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let of_other_head = cosignature::cosign(&cosigning(&house), elsewhere, 5).unwrap();
    let of_other_key = cosignature::cosign(&cosigning(&other), elsewhere, 5).unwrap();
    for (what, answer, says) in [
        ("of another checkpoint", ok(&format!("{of_other_head}\n")), "does not fit the text"),
        ("of another key", ok(&format!("{of_other_key}\n")), "no cosignature of its key"),
        ("nothing", ok(""), "does not count"),
        ("an endless answer", ok(&"x".repeat(200_000)), "too large"),
        ("a refusal", "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n".into(), "refuses this ledger"),
        (
            "a conflict without a size",
            "HTTP/1.1 409 Conflict\r\ncontent-length: 0\r\n\r\n".into(),
            "without a size",
        ),
        ("no HTTP", "hello\r\n\r\n".into(), "conversation"),
    ] {
        let setting = setting();
        let port = liar(answer).await;
        setting.ask_witness("gemeente", &house.vkey, &format!("http://127.0.0.1:{port}"));
        let process = Process::start(&setting).unwrap();
        let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
        consented(&care, &bsn(96), "acc-1", &["person.name"]).await;
        process.says(says).await;
        let head = care.audit().get_checkpoint(GetCheckpointRequest {}).await.unwrap().into_inner();
        assert_eq!(head.checkpoint, head.head, "{what}: published without a cosignature");
        assert_eq!(head.checkpoint.matches('\u{2014}').count(), 1, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_fell_behind_is_brought_up_and_one_that_is_away_holds_nobody_up() {
    let setting = setting();
    let house = WitnessHouse::new(&setting, "gemeente", false);
    let process = house.start(&setting).unwrap();
    setting.ask_witness("gemeente", &house.vkey, &format!("http://{}", process.address));
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    consented(&care, &bsn(97), "acc-1", &["person.name"]).await;
    cosigned_receipt(&care, 0).await;
    let stale = std::fs::read(house.memory()).unwrap();
    for _ in 0..3 {
        care.consents().register_client(registered_again(97)).await.unwrap();
    }
    cosigned_receipt(&care, 5).await;
    let (setting, _) = gateway.finish().await;
    drop(process);

    // Away: the gateway starts and answers, with the head that nobody saw.
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    care.consents().register_client(registered_again(97)).await.unwrap();
    let (setting, _) = gateway.finish().await;

    // Behind: it names its size, and gets the proof from there.
    std::fs::write(house.memory(), stale).unwrap();
    let process = house.start(&setting).unwrap();
    let text = std::fs::read_to_string(setting.configuration()).unwrap();
    let url = text.lines().find(|line| line.starts_with("url = \"http://")).unwrap().to_owned();
    setting.configure(&url, &format!("url = \"http://{}\"", process.address));
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    cosigned_receipt(&care, 6).await;
    gateway.finish().await;
}

fn registered_again(n: usize) -> RegisterClientRequest {
    RegisterClientRequest { client: named(&bsn(n)), registration: Some(registration("acc-1", &born(16))) }
}
