//! Every ruling of the past can be decided again from the ledger alone, and is the same, whatever changed since.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sluis::contract::v1::*;

use crate::harness::*;
use crate::records;

const FIELDS: [&str; 3] = ["person.name", "housing.wish", "money.worries"];

fn sluis(arguments: &[&str], database: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
    command.arg("ledger").args(arguments).arg("--database").arg(database).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn explain(officer: &Caller, index: u64) -> ExplainEntryResponse {
    officer.audit().explain_entry(ExplainEntryRequest { index }).await.unwrap().into_inner()
}

/// Two fields released, one that the purpose does not carry; and a preview.
async fn told(gateway: &TestGateway, client: &str) -> DiscloseResponse {
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    consented(&care, client, "acc-1", &FIELDS[..2]).await;
    let preview = PreviewRequest {
        client: named(client),
        custodian: ACCARE.into(),
        purpose: "housing".into(),
        requested_fields: owned(&FIELDS),
        ground: "R01".into(),
        ..Default::default()
    };
    municipality.disclosures().preview(preview).await.unwrap();
    municipality.disclosures().disclose(ask(client, ACCARE, "housing", &FIELDS)).await.unwrap().into_inner()
}

fn setting() -> Setting {
    Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "zes")])))])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_entry_is_explained_by_the_covenant_and_the_consents_of_then_whatever_changed_since() {
    let client = bsn(120);
    let setting = setting();
    // Without optimisation a covenant takes seconds to read.
    setting.configure("request_timeout_ms = 8000", "request_timeout_ms = 60000");
    let gateway = TestGateway::start(setting).await;
    let answer = told(&gateway, &client).await;
    assert_eq!(released(&answer), FIELDS[..2]);
    let index = answer.entry_index;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let before = explain(&officer, index).await;
    assert!(before.decided && before.same && before.differences.is_empty());
    let name = &before.fields[0];
    let again = name.again.as_ref().unwrap();
    assert_eq!(
        (name.field.as_str(), again.verdict.as_str(), again.consent_version),
        ("person.name", "permitted", 1)
    );
    let agreed: Vec<_> =
        name.agreed.iter().map(|grant| grant.grantor.as_ref().unwrap().person.as_str()).collect();
    assert_eq!(agreed, ["client"]);
    assert_eq!(before.fields[2].recorded.as_ref().unwrap().reason, "OUTSIDE_PURPOSE");

    // The other side hears no more than its requester did.
    let other = gateway.party(ASSEN, "privacy-officer").await;
    let heard = explain(&other, index).await;
    assert!(heard.same && heard.fields.iter().all(|field| field.agreed.is_empty()));
    for said in heard.fields.iter().flat_map(|field| [&field.recorded, &field.again]).flatten() {
        assert!(said.rule.is_empty() && said.fine_reason.is_empty() && said.consent_id.is_empty());
    }
    let stranger = gateway.party(VNN, "privacy-officer").await;
    let status = stranger.audit().explain_entry(ExplainEntryRequest { index }).await.err().unwrap();
    assert_eq!(refusal(&status).1, "NOT_FOUND");

    // The consent is withdrawn, and from tomorrow nobody gets anything for housing in Assen.
    let consent = again.consent_id.clone();
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
    let (setting, _) = gateway.finish().await;
    let parties = setting.path().join("parties.toml");
    let agreed = std::fs::read_to_string(&parties).unwrap();
    let kept: Vec<&str> = agreed.lines().filter(|line| !line.contains("purpose = \"WON\"")).collect();
    let changed = kept.join("\n");
    assert_ne!(agreed.len(), changed.len());
    std::fs::write(&parties, changed).unwrap();
    let gateway = TestGateway::start_adopting(setting).await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let now = municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &FIELDS)).await.unwrap();
    let now = now.into_inner();
    assert!(withheld(&now).contains(&("person.name", "RECIPIENT_NOT_ENTITLED")), "{:?}", withheld(&now));
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let after = explain(&officer, index).await;
    assert!(after == before, "the same explanation, to the letter");
    let newest = explain(&officer, now.entry_index).await;
    assert!(newest.same && newest.covenant != before.covenant);

    // And by the command, from the file alone.
    let (setting, audit) = gateway.finish().await;
    let shown = sluis(&["explain", &index.to_string()], &setting.database());
    assert!(shown.status.success(), "{}", text(&shown.stderr));
    for expected in ["person.name", "client (youth)", "the same as recorded", &before.covenant] {
        assert!(text(&shown.stdout).contains(expected), "{expected}: {}", text(&shown.stdout));
    }
    assert!(audit.size > now.entry_index + 1, "that somebody had it explained is an entry too");
    let last = now.entry_index.to_string();
    for (part, rulings) in [(vec![], 3), (vec!["--from", &last], 1), (vec!["--to", "2"], 0)] {
        let replayed = sluis(&[vec!["replay"], part].concat(), &setting.database());
        assert!(replayed.status.success(), "{}", text(&replayed.stderr));
        let expected = format!("{rulings} rulings decided again: all the same as recorded\n");
        assert_eq!(text(&replayed.stdout), expected);
    }
    assert_eq!(sluis(&["explain", "999"], &setting.database()).status.code(), Some(64));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ruling_that_was_changed_and_a_covenant_that_is_gone_are_named() {
    let gateway = TestGateway::start(setting()).await;
    let index = told(&gateway, &bsn(121)).await.entry_index;
    let covenant = explain(&gateway.party(ACCARE, "privacy-officer").await, index).await.covenant;
    let (setting, _) = gateway.finish().await;

    // Somebody with the file in hand says that a field was released for which there was no consent.
    let forged = changed(&setting, "\"fields\":[\"A03\",\"C04\"]}]", "\"fields\":[\"A03\",\"C03\"]}]");
    for (arguments, named) in [
        (vec!["replay"], format!("entry {index}: C03: is decided otherwise")),
        (vec!["explain", &index.to_string()], "C03: is decided otherwise".to_owned()),
    ] {
        let output = sluis(&arguments, &forged);
        assert_eq!(output.status.code(), Some(65));
        assert!(text(&output.stdout).contains(&named), "{}", text(&output.stdout));
    }

    let other = covenant.replace(|c: char| c.is_ascii_hexdigit(), "0");
    let gone = changed(&setting, &covenant, &other);
    // Its rows and its index; the entries still name it.
    let bytes = std::fs::read(&gone).unwrap();
    let named = format!("\"covenant\":\"{other}\"");
    let mut restored = bytes.clone();
    for at in (0..bytes.len() - named.len()).filter(|at| bytes[*at..].starts_with(named.as_bytes())) {
        restored[at + 12..at + 12 + covenant.len()].copy_from_slice(covenant.as_bytes());
    }
    std::fs::write(&gone, restored).unwrap();
    let output = sluis(&["replay"], &gone);
    assert_eq!(output.status.code(), Some(65));
    let said = text(&output.stdout);
    assert!(said.contains(&format!("the covenant {covenant} is not kept")), "{said}");
    assert!(said.lines().filter(|line| line.contains("is not kept")).count() == 1, "named once: {said}");
}

/// A copy of the database with one text in the place of another, wherever it stands.
fn changed(setting: &Setting, from: &str, to: &str) -> PathBuf {
    assert_eq!(from.len(), to.len());
    let mut bytes = std::fs::read(setting.database()).unwrap();
    let places: Vec<usize> =
        (0..bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from.as_bytes())).collect();
    assert!(!places.is_empty(), "{from} is nowhere");
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    let path = setting.path().join("changed.db");
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    std::fs::write(&path, bytes).unwrap();
    path
}
