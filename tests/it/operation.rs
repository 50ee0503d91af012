//! What an operator relies on: a full disk, a reload, a clean stop, a configuration that is refused.

use std::process::Command;

use tonic::Code;

use crate::harness::gateway::audit;
use crate::harness::*;
use crate::records;

fn setting() -> Setting {
    Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "vijf")])))])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_covenant_comes_into_force_by_itself_and_a_bad_one_is_refused_while_the_old_one_stays() {
    let setting = setting();
    let process = Process::start(&setting).unwrap();
    let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
    let municipality = Caller::connect(&setting, process.address, ASSEN, "wijkteam").await;
    let client = bsn(100);
    consented(&care, &client, "acc-1", &["person.name"]).await;
    let reason = async || {
        let answer =
            municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &["person.name"])).await;
        answer.unwrap().into_inner().withheld.first().map(|w| w.reason.clone())
    };
    assert_eq!(reason().await, None);

    let rules = setting.path().join("policies/purpose.cedar");
    let good = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, "permit (principal, action, resource);").unwrap();
    process.says("the covenant was refused; the running one stays").await;
    assert_eq!(reason().await, None, "the bad one is not in force, the old one is");

    let closed = "@id(\"closed\")\n@reason(\"OUTSIDE_PURPOSE\")\nforbid (principal, action, resource);\n";
    std::fs::write(&rules, format!("{good}\n{closed}")).unwrap();
    process.says("a new covenant is in force").await;
    assert_eq!(reason().await.as_deref(), Some("OUTSIDE_PURPOSE"));
    process.kill();
    audit(&setting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_and_reflection_is_served_where_it_is_configured() {
    let gateway = TestGateway::start(setting()).await;
    let party = gateway.party(ASSEN, "wijkteam").await;
    let mut health = tonic_health::pb::health_client::HealthClient::new(party.channel.clone());
    let asked = tonic_health::pb::HealthCheckRequest { service: "sluis.v1.DisclosureService".into() };
    assert_eq!(health.check(asked).await.unwrap().into_inner().status, 1);
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_in_the_configuration_ends_with_64_and_names_it() {
    let setting = setting();
    setting.configure("[ledger]", "[ledger]\nkeyy = \"x\"");
    for arguments in [["serve", "--config"].as_slice(), &["check"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_sluis"))
            .args(arguments)
            .arg(setting.configuration())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(64));
        assert!(String::from_utf8_lossy(&output.stderr).contains("keyy"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_what_would_run() {
    let setting = setting();
    let output =
        Command::new(env!("CARGO_BIN_EXE_sluis")).arg("check").arg(setting.configuration()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("62 fields, 11 purposes"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_calls_finish_and_the_ledger_verifies() {
    let setting = setting();
    let mut process = Process::start(&setting).unwrap();
    let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
    consented(&care, &bsn(101), "acc-1", &["person.name"]).await;
    let pid = process.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let status = tokio::task::spawn_blocking(move || process.child.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(audit(&setting).await.unwrap().size, 3);
}

/// A real small disk: needs the right to mount one (root, or user namespaces).
#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_released_and_nothing_is_half_written() {
    let setting = setting();
    let disk = setting.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    setting.configure("file = \"sluis.db\"", "file = \"disk/sluis.db\"");
    let mount = |unshare: &[&str]| {
        let script = format!(
            "mount -t tmpfs -o size=2m tmpfs {0} && exec {1} serve --config {2}",
            disk.display(),
            env!("CARGO_BIN_EXE_sluis"),
            setting.configuration().display()
        );
        let mut command = Command::new("unshare");
        command.args(unshare).args(["sh", "-c", &script]);
        command
    };
    let allowed = |unshare: &[&str]| {
        let probe = format!("mount -t tmpfs -o size=2m tmpfs {}", disk.display());
        Command::new("unshare").args(unshare).args(["sh", "-c", &probe]).status().is_ok_and(|s| s.success())
    };
    let ways: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let Some(way) = ways.into_iter().find(|way| allowed(way)) else {
        println!(
            "SKIPPED: this machine lets nobody mount a small disk; store::tests::full_disk covers SQLITE_FULL"
        );
        return;
    };
    let process = Process::start_command(mount(way), &setting).unwrap();
    let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
    let municipality = Caller::connect(&setting, process.address, ASSEN, "wijkteam").await;
    consented(&care, &bsn(102), "acc-1", &["person.name"]).await;
    let mut answered = 0;
    let status = loop {
        match municipality.disclosures().disclose(ask(&bsn(102), ACCARE, "housing", &["person.name"])).await {
            Ok(answer) => answered += usize::from(!answer.into_inner().released.is_empty()),
            Err(status) => break status,
        }
        assert!(answered < 20_000, "the disk never filled");
    };
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert!(answered > 10, "{answered} answers before the disk was full");
    for _ in 0..5 {
        // A little room may come back when the log is folded into the database: then it is recorded, too.
        let again =
            municipality.disclosures().disclose(ask(&bsn(102), ACCARE, "housing", &["person.name"])).await;
        answered += usize::from(again.is_ok_and(|a| !a.into_inner().released.is_empty()));
    }
    let copy = setting.path().join("sluis.db");
    for suffix in ["", "-wal"] {
        let inside = format!("/proc/{}/root{}/sluis.db{suffix}", process.child.id(), disk.display());
        std::fs::copy(inside, format!("{}{suffix}", copy.display())).unwrap();
    }
    process.kill();
    let audit = audit(&setting).await.unwrap();
    assert!(audit.size >= answered as u64 + 3, "released {answered}, recorded {}", audit.size);
}
