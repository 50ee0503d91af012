//! The gateway keeps no content: after a full run, no BSN, name or value is found in anything it wrote.

use sluis::contract::v1::*;
use tonic::Status;

use crate::harness::*;
use crate::records;

/// The whole story, refusals and failures included; returns every error that was answered.
async fn run(setting: &Setting, process: &Process) -> Vec<String> {
    let care = Caller::connect(setting, process.address, ACCARE, "fact-behandelaar").await;
    let municipality = Caller::connect(setting, process.address, ASSEN, "wijkteam").await;
    let officer = Caller::connect(setting, process.address, ACCARE, "privacy-officer").await;
    let fields: Vec<String> = records::record("").as_object().unwrap().keys().cloned().collect();
    // The age group is for another purpose.
    let fields: Vec<&str> =
        fields.iter().map(String::as_str).filter(|id| *id != "person.age-group").collect();
    let mut errors = Vec::new();
    let mut keep =
        |status: Status| errors.push(format!("{status:?} {}", String::from_utf8_lossy(status.details())));
    for n in 80..84 {
        let client = bsn(n);
        let reference = format!("acc-{n}");
        let consent = consented(&care, &client, &reference, &fields).await;
        let answer = municipality
            .disclosures()
            .disclose(ask(&client, ACCARE, "housing", &fields))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.released.len(), fields.len(), "the values did pass through");
        let wrong = ask(&client, ACCARE, "housing", &["person.diagnosis"]);
        keep(municipality.disclosures().disclose(wrong).await.err().unwrap());
        let preview = PreviewRequest {
            client: named(&client),
            custodian: ACCARE.into(),
            purpose: "housing".into(),
            requested_fields: owned(&fields),
            ground: "R01".into(),
            ..Default::default()
        };
        municipality.disclosures().preview(preview).await.unwrap();
        let listed = ListEntriesRequest { client_bsn: client.clone(), ..Default::default() };
        officer.audit().list_entries(listed).await.unwrap();
        care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
        keep(care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.err().unwrap());
        municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &fields)).await.unwrap();
    }
    // A client whose record the custodian does not have, and a BSN that is none.
    consented(&care, &bsn(84), "acc-gone", &fields).await;
    keep(municipality.disclosures().disclose(ask(&bsn(84), ACCARE, "housing", &fields)).await.err().unwrap());
    keep(
        municipality
            .disclosures()
            .disclose(ask("123456789", ACCARE, "housing", &fields))
            .await
            .err()
            .unwrap(),
    );
    errors
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bsn_name_or_value_is_found_in_database_logs_metrics_or_errors() {
    let marks: Vec<String> = (80..84).map(|n| format!("Kanarie{n}")).collect();
    let references: Vec<String> = (80..84).map(|n| format!("acc-{n}")).collect();
    let pairs: Vec<(&str, &str)> =
        references.iter().map(String::as_str).zip(marks.iter().map(String::as_str)).collect();
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&pairs)))]);
    let metrics = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    setting.configure(
        "[log]\nlevel = \"info\"",
        &format!("[metrics]\nlisten = \"{metrics}\"\n\n[log]\nlevel = \"trace\""),
    );

    let process = Process::start(&setting).unwrap();
    let errors = run(&setting, &process).await;
    let measured = http_get(metrics);
    assert!(measured.contains("sluis_requests_total"), "the metrics are there: {measured}");
    process.kill();

    let mut needles: Vec<String> = (80..=84).map(bsn).collect();
    needles.push("123456789".into());
    needles.extend(marks.iter().cloned());
    needles.extend(["Testjongere", "Een rustige plek", "Regiehouder", "050 123 45 67"].map(String::from));
    needles.push(born(16));
    let mut places: Vec<(String, Vec<u8>)> = vec![("metrics".into(), measured.into_bytes())];
    places.extend(errors.into_iter().map(|e| ("an error".to_owned(), e.into_bytes())));
    let log = std::fs::read(setting.path().join("log.jsonl")).unwrap();
    for (name, bytes) in setting.stored().into_iter().chain([("log.jsonl".to_owned(), log)]) {
        assert!(bytes.len() > 100, "{name} was written");
        places.push((name, bytes));
    }
    for (place, bytes) in &places {
        for needle in &needles {
            let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!found, "{needle} is found in {place}");
        }
    }
    // The search itself finds what is there.
    let records = std::fs::read(setting.path().join(format!("{ACCARE}.json"))).unwrap();
    assert!(records.windows(marks[0].len()).any(|window| window == marks[0].as_bytes()));
}

fn http_get(address: std::net::SocketAddr) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}
