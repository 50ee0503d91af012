//! Lines of the Logboek Dataverwerkingen, over OTLP, at a receiver that nobody here wrote.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::harness::*;
use crate::records;

/// Asks for a client of Accare so many times; gives the entry of the last.
async fn ask_often(gateway: &TestGateway, times: usize) -> u64 {
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let mut last = 0;
    for _ in 0..times {
        let asked = ask(&bsn(0), ACCARE, "housing", &["housing.situation"]);
        last = municipality.disclosures().disclose(asked).await.unwrap().into_inner().entry_index;
    }
    last
}

/// Waits until the gateway keeps that this entry was taken: the collector has it a moment earlier.
async fn kept(cursor: &Path, entry: u64) {
    let next = || std::fs::read_to_string(cursor).ok()?.lines().nth(1)?.parse::<u64>().ok();
    let reached = async {
        while next().is_none_or(|next| next <= entry) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), reached).await.expect("the entry is taken");
}

fn spans_of(spans: &[Value]) -> Vec<String> {
    spans.iter().map(|span| span["span_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_the_logbook_reaches_the_collector_once_it_is_there_and_none_twice_after_a_restart() {
    let Some(program) = Collector::program() else { return };
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "één")])))]);
    let port = free_address().port();
    let text = std::fs::read_to_string(setting.configuration()).unwrap();
    let logbook = format!(
        "\n[[logbook]]\norganisation = \"{ACCARE}\"\nendpoint = \"https://localhost:{port}\"\nca = \"ca/ca.pem\"\n\
         cursor = \"accare.cursor\"\n"
    );
    std::fs::write(setting.configuration(), text + &logbook).unwrap();

    // The collector is away, and nothing waits for it.
    let gateway = TestGateway::start(setting).await;
    ask_often(&gateway, 3).await;
    let mut collector = Collector::start(&program, &gateway.setting, port);
    let (mut collector, first) = tokio::task::spawn_blocking(move || {
        let spans = collector.spans(3);
        (collector, spans)
    })
    .await
    .unwrap();
    let newest = ask_often(&gateway, 1).await;
    let (collector, next) = tokio::task::spawn_blocking(move || {
        let spans = collector.spans(1);
        (collector, spans)
    })
    .await
    .unwrap();
    for span in first.iter().chain(&next) {
        let attributes = span["attributes"].as_object().unwrap();
        assert_eq!(span["trace_id"].as_str().unwrap().len(), 32);
        assert_eq!(span["status"], "Unset");
        assert_eq!(span["start"], span["end"]);
        assert_eq!(attributes["dpl.core.data_subject_id_type"], "urn:sluis:client-handle");
        assert_eq!(attributes["dpl.core.processing_activity_id"], "urn:sluis:activity:housing");
        assert_eq!(
            attributes["dpl.core.foreign_operation.processor"],
            format!("urn:sluis:organisation:{ASSEN}")
        );
        assert_eq!(attributes.len(), 4, "no user: {span}");
        assert_eq!(span["resource"]["service.name"], "sluis");
        assert!(!span.to_string().contains(&bsn(0)));
    }
    kept(&gateway.setting.path().join("accare.cursor"), newest).await;
    drop(collector);

    // What was taken is not sent again.
    let (setting, _) = gateway.finish().await;
    let mut collector = Collector::start(&program, &setting, port);
    let gateway = TestGateway::start(setting).await;
    ask_often(&gateway, 1).await;
    let last = tokio::task::spawn_blocking(move || collector.spans(1)).await.unwrap();
    let mut all = spans_of(&[first, next, last].concat());
    assert_eq!(all.len(), 5);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5, "five asks, five spans");
    gateway.finish().await;
}
