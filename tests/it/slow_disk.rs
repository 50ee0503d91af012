//! A disk that takes its time: whoever asks hears within the own deadline that there is no answer, and nothing leaves unrecorded.

use std::process::Command;
use std::time::Duration;

use tonic::{Code, Request};

use crate::harness::disk::{At, Disk, Fault, Of};
use crate::harness::gateway::{audit, replay};
use crate::harness::*;
use crate::records;

/// The gateway, on a disk of its own, or in a server on a disk of its own.
struct Slow {
    setting: Setting,
    disk: Disk,
    process: Process,
    _cluster: Option<Cluster>,
}

fn start() -> Slow {
    let custody = || vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "acht")])))];
    if setting::on_postgresql() {
        let mut disk = None;
        let cluster = Cluster::start_with(&["autovacuum = off"], |folder| {
            let new = Disk::new(folder, "/pg_wal/");
            let environment = new.environment();
            disk = Some(new);
            environment.into()
        });
        let setting = Setting::in_cluster(&cluster, custody());
        let process = Process::start(&setting).unwrap();
        return Slow { setting, disk: disk.unwrap(), process, _cluster: Some(cluster) };
    }
    let setting = Setting::new(custody());
    let disk = Disk::new(setting.path(), "/sluis.db");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
    command.args(["serve", "--config"]).arg(setting.configuration()).envs(disk.environment());
    let process = Process::start_command(command, &setting).unwrap();
    Slow { setting, disk, process, _cluster: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_is_slow_no_call_outlives_its_deadline_and_afterwards_every_retry_is_answered() {
    let slow = start();
    let care = Caller::connect(&slow.setting, slow.process.address, ACCARE, "fact-behandelaar").await;
    let municipality = Caller::connect(&slow.setting, slow.process.address, ASSEN, "wijkteam").await;
    let client = bsn(122);
    let consent = consented(&care, &client, "acc-1", &["person.name"]).await;

    let requests: Vec<_> = (0..4).map(|_| ask(&client, ACCARE, "housing", &["person.name"])).collect();
    // Far longer than a deadline of half a second.
    slow.disk.fails(At { of: Of::Flushes, nth: 1, stays: true, fault: Fault::Slow(4_000) });
    let mut calls = tokio::task::JoinSet::new();
    for request in requests.clone() {
        let municipality = municipality.clone();
        calls.spawn(async move {
            let mut request = Request::new(request);
            request.set_timeout(Duration::from_millis(500));
            municipality.disclosures().disclose(request).await
        });
    }
    while let Some(answered) = calls.join_next().await {
        let status = answered.unwrap().err().expect("nothing is answered that was not flushed");
        let late = [Code::DeadlineExceeded, Code::Cancelled, Code::Unavailable];
        assert!(late.contains(&status.code()), "{status:?}");
    }
    assert!(slow.disk.mend().1 > 0);

    let mut highest = 0;
    for request in requests {
        let answer = municipality.disclosures().disclose(request).await.unwrap().into_inner();
        assert_eq!(released(&answer), ["person.name"]);
        highest = answer.entry_index;
    }
    care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
    let asked = ask(&client, ACCARE, "housing", &["person.name"]);
    let answer = municipality.disclosures().disclose(asked).await.unwrap().into_inner();
    assert_eq!(withheld(&answer), [("person.name", "CONSENT_WITHDRAWN")]);
    slow.process.kill();
    assert_eq!(audit(&slow.setting).await.unwrap().size, highest + 3);
    replay(&slow.setting).await;
}
