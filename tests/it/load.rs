//! `sluis load` on a real gateway: it asks, counts, shows no client, and leaves alone what is not there to be tried.

use std::process::{Command, Output};

use crate::harness::gateway::audit;
use crate::harness::*;
use crate::records;

fn profile(setting: &Setting, process: &Process, organisation: &str, role: &str) -> std::path::PathBuf {
    let text = format!(
        "gateway = \"https://localhost:{}\"\nca = \"ca/ca.pem\"\ncertificate = \"{organisation}/cert.pem\"\n\
         key = \"{organisation}/key.pem\"\nissuer-key = \"{organisation}/issuer.key.pem\"\n\
         issuer = \"https://idp.test/{organisation}\"\naudience = \"{}\"\nsubject = \"somebody\"\n\
         organisation = \"{organisation}\"\nrole = \"{role}\"\n",
        process.address.port(),
        setting::AUDIENCE
    );
    let path = setting.path().join(format!("{organisation}.profile.toml"));
    std::fs::write(&path, text).unwrap();
    path
}

fn load(setting: &Setting, process: &Process, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sluis"))
        .args(["load", "--reference", "acc-1", "--profile"])
        .arg(profile(setting, process, ASSEN, "wijkteam"))
        .arg("--custodian-profile")
        .arg(profile(setting, process, ACCARE, "fact-behandelaar"))
        .args(more)
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_asks_as_often_as_it_says_shows_how_long_it_took_and_nothing_of_a_client() {
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "tachtig")])))]);
    let process = Process::start(&setting).unwrap();
    let few =
        ["--clients", "20", "--tokens", "5", "--concurrency", "8", "--seconds", "120", "--requests", "300"];
    for (more, calls) in [(&["--test-deployment"][..], 300), (&["--test-deployment", "--rate", "500"], 300)] {
        let output = load(&setting, &process, &[more, &few].concat());
        let said = String::from_utf8(output.stdout).unwrap();
        let complained = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{complained}");
        assert!(said.starts_with(&format!("{calls} calls in ")), "{said}");
        assert!(said.lines().any(|line| line.trim() == "300  released"), "{said}");
        for part in ["p50 ", "p90 ", "p99 ", "p99.9 ", "longest ", "up to ", "###"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(
            complained.contains("1000 of 1000") || complained.contains(" of 1000 per mille"),
            "{complained}"
        );
        for text in [said, complained] {
            assert!(!text.contains("9990") && !text.contains("acc-1") && !text.contains("tachtig"), "{text}");
        }
    }
    process.kill();
    // Twenty clients, registered and with a consent each time, the questions, and the covenant.
    assert_eq!(audit(&setting).await.unwrap().size, 1 + 2 * (2 * 20 + 300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_not_there_to_be_tried_is_left_alone() {
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "tachtig")])))]);
    let process = Process::start(&setting).unwrap();
    // It serves, so its ledger has begun.
    Caller::connect(&setting, process.address, ASSEN, "wijkteam").await;
    let output = load(&setting, &process, &[]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--test-deployment is missing"));
    process.kill();
    assert_eq!(audit(&setting).await.unwrap().size, 1, "only the covenant");
}
