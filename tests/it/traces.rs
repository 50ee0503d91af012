//! Traces, over OTLP, at a receiver that nobody here wrote: of a call and its parts, under the trace id that its entry has, up to the
//! custodian; with nothing of a client in them, and nobody waits for them.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::time::Duration;

use serde_json::Value;
use sluis::contract::v1::*;
use sluis::store::Store;
use tonic::{Code, Request};

use crate::harness::*;
use crate::metrics::pseudonyms;
use crate::overload::scrape;
use crate::records;

const DISCLOSE: &str = "sluis.v1.DisclosureService/Disclose";
const FOLLOWED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const NOT_FOLLOWED: &str = "00-5bf92f3577b34da6a3ce929d0e0e4737-10f067aa0ba902b8-00";

/// Has calls followed, all of which the caller says nothing.
fn follow(setting: &Setting, port: u16) {
    setting.add(&format!(
        "[traces]\nendpoint = \"https://localhost:{port}\"\nca = \"ca/ca.pem\"\nsampled = 1\n"
    ));
}

fn question(client: &str, trace: Option<&str>) -> Request<DiscloseRequest> {
    let mut request = Request::new(ask(client, ACCARE, "housing", &["person.name"]));
    if let Some(trace) = trace {
        request.metadata_mut().insert("traceparent", trace.parse().unwrap());
        request.metadata_mut().insert("tracestate", "vendor=Kanarie".parse().unwrap());
    }
    request
}

/// Takes spans until so many disclosures ended.
async fn disclosures(mut collector: Collector, times: usize) -> Vec<Value> {
    let take = move || {
        let mut spans: Vec<Value> = Vec::new();
        while spans.iter().filter(|span| span["name"] == DISCLOSE).count() < times {
            spans.extend(collector.spans(1));
        }
        spans
    };
    tokio::task::spawn_blocking(take).await.unwrap()
}

/// The trace id of an entry.
async fn trace_of(setting: &Setting, index: u64) -> String {
    let store = Store::open_to_verify(&setting.store).await.unwrap();
    let row = store.entry(index).await.unwrap().unwrap();
    store.close().await;
    row.entry.trace.to_string()
}

fn text<'a>(span: &'a Value, key: &str) -> &'a str {
    span[key].as_str().unwrap()
}

/// The spans of a trace: the call itself, and its parts in their order.
fn of<'a>(spans: &'a [Value], trace: &str) -> (&'a Value, Vec<&'a Value>) {
    let (mut calls, parts): (Vec<_>, Vec<_>) =
        spans.iter().filter(|span| span["trace_id"] == trace).partition(|span| span["kind"] == "Server");
    assert_eq!(calls.len(), 1, "one call under {trace}");
    (calls.remove(0), parts)
}

/// What parts a call had: each is under it, and within its time.
fn parts<'a>(call: &Value, parts: &[&'a Value]) -> Vec<&'a str> {
    let time =
        |span: &Value, key: &str| span[key].as_u64().unwrap_or_else(|| text(span, key).parse().unwrap());
    for part in parts {
        assert_eq!(part["parent"], call["span_id"], "{part}");
        assert!(
            time(part, "start") >= time(call, "start") && time(part, "end") <= time(call, "end"),
            "{part}"
        );
    }
    parts.iter().map(|part| text(part, "name")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosure_is_one_trace_from_the_caller_to_the_custodian_by_the_id_of_its_entry_and_tells_nothing_of_a_client()
 {
    let Some(program) = Collector::program() else { return };
    let (custodian, listener) = HeldUp::listen().await;
    let setting = Setting::new(vec![(ACCARE, Custody::Service(custodian.port))]);
    let port = free_address().port();
    follow(&setting, port);
    custodian.serve(listener, &setting);
    custodian.answers(4);
    let collector = Collector::start(&program, &setting, port);
    let gateway = TestGateway::start(setting).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let client = bsn(170);
    let consent = consented(&care, &client, "acc-170", &["person.name"]).await;

    let mut entries = Vec::new();
    let mut needles = vec![client.clone(), consent, born(16)];
    // The one that is not followed goes third: what came later is there, and it is not.
    for trace in [None, Some(FOLLOWED), Some(NOT_FOLLOWED), None] {
        let asked = question(&client, trace);
        needles.push(asked.get_ref().request_id.clone());
        let answer = municipality.disclosures().disclose(asked).await.unwrap().into_inner();
        assert_eq!(released(&answer), ["person.name"]);
        entries.push(answer.entry_index);
    }
    let nobody = municipality.with_token(Some("Kanarie.Kanarie.Kanarie".into()));
    let refused = nobody.disclosures().disclose(question(&client, None)).await.err().unwrap();
    assert_eq!(refused.code(), Code::Unauthenticated);
    let wrong = ask(&client, ACCARE, "housing", &["Kanarie.field"]);
    let refused = municipality.disclosures().disclose(wrong).await.err().unwrap();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let spans = disclosures(collector, 5).await;

    // Whoever says nothing: a trace of the entry's own id.
    let heard = custodian.heard();
    let own = trace_of(&gateway.setting, entries[0]).await;
    let (call, its) = of(&spans, &own);
    assert_eq!(parts(call, &its), ["identify", "decide", "ask the custodian", "seal"]);
    assert_eq!((text(call, "name"), text(call, "parent"), text(call, "status")), (DISCLOSE, "", "Unset"));
    assert_eq!(call["attributes"]["sluis.caller"], ASSEN);
    assert_eq!(call["attributes"]["rpc.response.status_code"], "OK");
    assert_eq!((text(its[2], "kind"), &its[2]["attributes"]["sluis.custodian"]), ("Client", &ACCARE.into()));
    assert_eq!(its[3]["attributes"]["sluis.outcome"], "sealed");
    assert_eq!(heard[0], format!("00-{own}-{}-01", text(its[2], "span_id")));

    // Whoever is followed: the same trace goes on.
    let theirs = &FOLLOWED[3..35];
    assert_eq!(trace_of(&gateway.setting, entries[1]).await, theirs);
    let (call, its) = of(&spans, theirs);
    assert_eq!(parts(call, &its), ["identify", "decide", "ask the custodian", "seal"]);
    assert_eq!(text(call, "parent"), &FOLLOWED[36..52]);
    assert_eq!(heard[1], format!("00-{theirs}-{}-01", text(its[2], "span_id")));

    // Whoever is not: the same trace, and nobody follows it.
    assert_eq!(trace_of(&gateway.setting, entries[2]).await, &NOT_FOLLOWED[3..35]);
    assert_eq!(heard[2], NOT_FOLLOWED);
    assert!(spans.iter().all(|span| span["trace_id"] != NOT_FOLLOWED[3..35]));

    // A call that is refused is one as well.
    for (code, had) in [("UNAUTHENTICATED", &["identify"][..]), ("INVALID_ARGUMENT", &["identify", "seal"])] {
        let refused = |span: &&Value| span["attributes"]["rpc.response.status_code"] == code;
        let (call, its) = of(&spans, text(spans.iter().find(refused).unwrap(), "trace_id"));
        assert_eq!(parts(call, &its), had, "{code}");
    }
    nothing_of_a_client(&spans, needles, &gateway.setting, &[&care, &municipality]).await;
    gateway.finish().await;
}

async fn nothing_of_a_client(
    spans: &[Value],
    mut needles: Vec<String>,
    setting: &Setting,
    callers: &[&Caller],
) {
    const ATTRIBUTES: [&str; 6] = [
        "rpc.system.name",
        "rpc.method",
        "rpc.response.status_code",
        "sluis.caller",
        "sluis.custodian",
        "sluis.outcome",
    ];
    const RESOURCE: [&str; 4] =
        ["service.name", "service.namespace", "service.version", "service.instance.id"];
    let keys = |key: &str| -> BTreeSet<&str> {
        spans.iter().flat_map(|span| span[key].as_object().unwrap().keys().map(String::as_str)).collect()
    };
    assert_eq!(keys("attributes"), BTreeSet::from(ATTRIBUTES));
    assert_eq!(keys("resource"), BTreeSet::from(RESOURCE));
    let all = Value::from(spans.to_vec()).to_string();
    assert!(all.contains(ASSEN), "the search finds what is there");
    needles.extend(pseudonyms(setting).await);
    needles.extend(callers.iter().filter_map(|caller| caller.token.clone()));
    needles.extend(
        ["Kanarie", "acc-170", "Een rustige plek", "person.name", "housing", "professional-1"]
            .map(String::from),
    );
    for needle in needles {
        assert!(!all.contains(&needle), "{needle} is in a trace");
    }
}

/// How many spans were dropped.
fn dropped(scrape: &str) -> u64 {
    let line = scrape.lines().find_map(|line| line.strip_prefix("sluis_spans_total{outcome=\"dropped\"} "));
    line.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_or_hangs_loses_no_answer_and_the_spans_are_counted() {
    // It takes connections, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for port in [free_address().port(), silent.local_addr().unwrap().port()] {
        let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-171", "één")])))]);
        let metrics = free_address();
        let section = format!("[metrics]\nlisten = \"{metrics}\"\n\n[log]");
        setting.configure("[log]", &section);
        follow(&setting, port);
        let process = Process::start(&setting).unwrap();
        let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
        let municipality = Caller::connect(&setting, process.address, ASSEN, "wijkteam").await;
        consented(&care, &bsn(171), "acc-171", &["person.name"]).await;
        let times = 40;
        for _ in 0..times {
            let answer = municipality.disclosures().disclose(question(&bsn(171), None)).await.unwrap();
            assert_eq!(released(answer.get_ref()), ["person.name"]);
        }
        // A call is five spans.
        let counted = async {
            while dropped(&tokio::task::spawn_blocking(move || scrape(metrics)).await.unwrap()) < 5 * times {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(5), counted).await.expect("what is dropped is counted");
        process.kill();
        gateway::audit(&setting).await.unwrap();
        // Nor does a stop wait for it.
        setting.configure(&section, "[log]");
        let gateway = TestGateway::start(setting).await;
        let municipality = gateway.party(ASSEN, "wijkteam").await;
        municipality.disclosures().disclose(question(&bsn(171), None)).await.unwrap();
        gateway.finish().await;
    }
}
