//! Several gateways, each a process of its own, on one PostgreSQL database: together they keep what one of them promises.

use std::process::Command;

use sluis::ledger::{Hash, Receipt};
use tonic::Code;

use crate::harness::gateway::{audit, replay};
use crate::harness::*;
use crate::records;

fn setting(cluster: &Cluster) -> Setting {
    Setting::in_cluster(cluster, vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "vijf")])))])
}

/// A gateway with another configuration in the same folder.
fn start(setting: &Setting, configuration: &str, more: &[&str]) -> Result<Process, i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
    command.args(["serve", "--config"]).arg(setting.path().join(configuration)).args(more);
    Process::start_command(command, setting)
}

/// The same configuration under another name, with one thing changed.
fn configuration(setting: &Setting, name: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(setting.configuration()).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(setting.path().join(name), text.replace(from, to)).unwrap();
}

/// What the exit code is of a gateway that must not start.
fn refused(setting: &Setting, configuration: &str) -> i32 {
    match start(setting, configuration, &[]) {
        Err(code) => code,
        Ok(mut process) => process.child.wait().unwrap().code().unwrap_or(-1),
    }
}

async fn first_reason(municipality: &Caller, client: &str) -> Result<Option<String>, (Code, String)> {
    let asked = ask(client, ACCARE, "housing", &["person.name"]);
    match municipality.disclosures().disclose(asked).await {
        Ok(answer) => Ok(answer.into_inner().withheld.first().map(|field| field.reason.clone())),
        Err(status) => {
            let (code, reason, _) = refusal(&status);
            Err((code, reason))
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consented_at_one_gateway_withdrawn_at_another_and_asked_at_a_third_nothing_leaves_any_more() {
    let setting = setting(Cluster::shared());
    let gateways: Vec<Process> = (0..3).map(|_| Process::start(&setting).unwrap()).collect();
    let mut care = Vec::new();
    let mut municipality = Vec::new();
    for gateway in &gateways {
        care.push(Caller::connect(&setting, gateway.address, ACCARE, "fact-behandelaar").await);
        municipality.push(Caller::connect(&setting, gateway.address, ASSEN, "wijkteam").await);
    }
    let client = bsn(110);
    let consent = consented(&care[0], &client, "acc-1", &["person.name"]).await;
    // Every gateway has answered, and remembers the consent.
    for party in &municipality {
        let asked = ask(&client, ACCARE, "housing", &["person.name"]);
        let answer = party.disclosures().disclose(asked).await.unwrap().into_inner();
        assert_eq!(released(&answer), ["person.name"]);
        let leaf = Hash(answer.leaf.clone().try_into().unwrap());
        let key = &setting.verifier;
        Receipt::parse(&answer.receipt).unwrap().verify_leaf(&leaf, key.name(), key).unwrap();
    }
    care[1].consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
    for party in municipality.iter().rev() {
        assert_eq!(first_reason(party, &client).await, Ok(Some("CONSENT_WITHDRAWN".into())));
    }

    // One request, retried at another gateway when the first one is gone, is a repeat and no second release.
    let renewed = permit(&client, ASSEN, "wijkteam", "housing", &["person.name"]);
    care[2].consents().record_consent(renewed).await.unwrap();
    let request = ask(&client, ACCARE, "housing", &["person.name"]);
    let first = municipality[0].disclosures().disclose(request.clone()).await.unwrap().into_inner();
    let mut gateways = gateways.into_iter();
    gateways.next().unwrap().kill();
    let again = municipality[1].disclosures().disclose(request).await.unwrap().into_inner();
    assert_eq!(released(&again), released(&first));
    assert!(again.entry_index > first.entry_index);
    drop(gateways);

    let audited = audit(&setting).await.unwrap();
    // Covenant, registration, consent, three asks, withdrawal, three asks, consent, an ask and its repeat.
    assert_eq!(audited.size, 13);
    assert_eq!(replay(&setting).await, 8);
    for what in [["verify", "--vkey", "ledger.vkey"].as_slice(), &["replay"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
        command.current_dir(setting.path()).arg("ledger").args(what).args(["--database", "sluis.toml"]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{what:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_with_other_rules_does_not_start_and_one_that_fell_behind_decides_nothing() {
    let setting = setting(Cluster::shared());
    let first = Process::start(&setting).unwrap();
    let care = Caller::connect(&setting, first.address, ACCARE, "fact-behandelaar").await;
    let municipality = Caller::connect(&setting, first.address, ASSEN, "wijkteam").await;
    let client = bsn(111);
    consented(&care, &client, "acc-1", &["person.name"]).await;

    let other = setting.path().join("other");
    std::fs::create_dir(&other).unwrap();
    for file in std::fs::read_dir(setting.path().join("policies")).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), other.join(file.file_name())).unwrap();
    }
    let closed = "@id(\"closed\")\n@reason(\"OUTSIDE_PURPOSE\")\nforbid (principal, action, resource);\n";
    let rules = std::fs::read_to_string(other.join("purpose.cedar")).unwrap();
    std::fs::write(other.join("purpose.cedar"), format!("{rules}\n{closed}")).unwrap();
    configuration(&setting, "other.toml", "policies = \"policies\"", "policies = \"other\"");
    assert_eq!(refused(&setting, "other.toml"), 1);
    assert_eq!(first_reason(&municipality, &client).await, Ok(None), "the others go on");

    let second = start(&setting, "other.toml", &["--adopt-covenant"]).unwrap();
    let elsewhere = Caller::connect(&setting, second.address, ASSEN, "wijkteam").await;
    assert_eq!(first_reason(&elsewhere, &client).await, Ok(Some("OUTSIDE_PURPOSE".into())));
    let behind = first_reason(&municipality, &client).await.unwrap_err();
    assert_eq!(behind, (Code::Unavailable, "COVENANT_OUTDATED".to_owned()));
    first.says("another gateway brought another covenant into force").await;

    // The same files, and it goes on by itself.
    std::fs::copy(other.join("purpose.cedar"), setting.path().join("policies/purpose.cedar")).unwrap();
    first.says("a new covenant is in force").await;
    assert_eq!(first_reason(&municipality, &client).await, Ok(Some("OUTSIDE_PURPOSE".into())));
    first.kill();
    second.kill();
    audit(&setting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_with_another_ledger_key_does_not_start() {
    let setting = setting(Cluster::shared());
    let first = Process::start(&setting).unwrap();
    let other = setting.path().join("other");
    sluis::cli::keys::ledger(&other, "sluis.test/ledger", &sluis::ambient::SystemRandomness).unwrap();
    configuration(&setting, "other.toml", "key = \"ledger.key\"", "key = \"other/ledger.key\"");
    let care = Caller::connect(&setting, first.address, ACCARE, "fact-behandelaar").await;
    consented(&care, &bsn(112), "acc-1", &["person.name"]).await;
    assert_eq!(refused(&setting, "other.toml"), 65);
    first.kill();
    assert_eq!(audit(&setting).await.unwrap().size, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_for_a_while_costs_answers_and_nothing_else() {
    let cluster = Cluster::start(&[]);
    let setting = setting(&cluster);
    let gateways = [Process::start(&setting).unwrap(), Process::start(&setting).unwrap()];
    let care = Caller::connect(&setting, gateways[0].address, ACCARE, "fact-behandelaar").await;
    let municipality = Caller::connect(&setting, gateways[1].address, ASSEN, "wijkteam").await;
    let client = bsn(113);
    let consent = consented(&care, &client, "acc-1", &["person.name"]).await;
    assert_eq!(first_reason(&municipality, &client).await, Ok(None));
    cluster.kill();
    let (code, _) = first_reason(&municipality, &client).await.unwrap_err();
    assert!(matches!(code, Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled), "{code:?}");
    cluster.resume();
    care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
    assert_eq!(first_reason(&municipality, &client).await, Ok(Some("CONSENT_WITHDRAWN".into())));
    for gateway in gateways {
        gateway.kill();
    }
    audit(&setting).await.unwrap();
    replay(&setting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_lacked_an_answer_is_not_served_after_its_promotion_and_one_that_had_all_is() {
    for has_all in [true, false] {
        let cluster = Cluster::start(&[]);
        let setting = setting(&cluster);
        setting.keep_elsewhere();
        let mut process = Process::start(&setting).unwrap();
        let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
        let client = bsn(114);
        let consent = consented(&care, &client, "acc-1", &["person.name"]).await;
        let standby = cluster.standby();
        standby.has_all_of(&cluster);
        if !has_all {
            standby.kill();
        }
        care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
        // Stopped in good order, so that the second place knows all that was answered.
        let pid = process.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert_eq!(process.child.wait().unwrap().code(), Some(0));
        if has_all {
            standby.has_all_of(&cluster);
        }
        cluster.kill();
        if !has_all {
            standby.resume();
        }
        standby.promote();
        let at = |cluster: &Cluster| {
            let (folder, port) = (cluster.folder.display(), cluster.port);
            format!("host = \"{folder}\"\nport = {port}\n")
        };
        configuration(&setting, "promoted.toml", &at(&cluster), &at(&standby));
        if !has_all {
            assert_eq!(refused(&setting, "promoted.toml"), 65);
            continue;
        }
        let promoted = start(&setting, "promoted.toml", &[]).unwrap();
        let municipality = Caller::connect(&setting, promoted.address, ASSEN, "wijkteam").await;
        assert_eq!(first_reason(&municipality, &client).await, Ok(Some("CONSENT_WITHDRAWN".into())));
    }
}
