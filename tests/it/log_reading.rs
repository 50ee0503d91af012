//! Reading the record is itself in the record, before what was read is handed over.

use sluis::contract::v1::*;
use tonic::Code;

use crate::harness::*;
use crate::records;

const HOUSING: [&str; 1] = ["housing.situation"];

async fn gateway() -> TestGateway {
    let records = records::file(&[("acc-1", "één"), ("acc-2", "twee")]);
    TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records))])).await
}

/// Two clients who agreed, of each of whom a municipality asked something.
async fn asked_about_two(gateway: &TestGateway) -> [String; 2] {
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let clients = [bsn(0), bsn(1)];
    for (client, reference) in clients.iter().zip(["acc-1", "acc-2"]) {
        consented(&care, client, reference, &HOUSING).await;
        municipality.disclosures().disclose(ask(client, ACCARE, "housing", &HOUSING)).await.unwrap();
    }
    clients
}

async fn list(officer: &Caller, request: ListEntriesRequest) -> ListEntriesResponse {
    officer.audit().list_entries(request).await.unwrap().into_inner()
}

/// The newest entries, the newest first; to look at them is a reading as well.
async fn newest(officer: &Caller, count: usize) -> Vec<LedgerEntry> {
    let page_size = i32::try_from(count).unwrap();
    list(officer, ListEntriesRequest { page_size, ..Default::default() }).await.entries
}

fn read(entry: &LedgerEntry) -> (&str, u64, u64) {
    let read = entry.read.as_ref().expect("a log-read");
    (&read.view, read.from, read.until)
}

async fn size(officer: &Caller) -> u64 {
    let head = officer.audit().get_checkpoint(GetCheckpointRequest {}).await.unwrap().into_inner().head;
    head.lines().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_listing_is_recorded_and_no_page_holds_what_records_it() {
    let gateway = gateway().await;
    let [client, other] = asked_about_two(&gateway).await;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let before = size(&officer).await;

    let mut request = ListEntriesRequest { page_size: 2, ..Default::default() };
    let (mut indexes, mut pages) = (Vec::new(), 0);
    loop {
        let page = list(&officer, request.clone()).await;
        pages += 1;
        assert_eq!(size(&officer).await, before + pages, "a page is an entry");
        indexes.extend(page.entries.iter().map(|entry| entry.index));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    let all: Vec<u64> = (0..before).rev().collect();
    assert_eq!(indexes, all, "all that was there when it began, once, and nothing of the reading itself");

    let readings = newest(&officer, usize::try_from(pages).unwrap()).await;
    let covered: Vec<(&str, u64, u64)> = readings.iter().rev().map(read).collect();
    assert_eq!(covered.first().unwrap().2, before);
    assert_eq!(covered.last().unwrap().1, 0);
    assert!(covered.windows(2).all(|two| two[0].1 == two[1].2), "page by page: {covered:?}");
    assert!(covered.iter().all(|(view, ..)| *view == "listing"));

    // What it was narrowed to is in it.
    let narrowed = ListEntriesRequest {
        purpose: "housing".into(),
        outcome: "released".into(),
        recipient: ASSEN.into(),
        ..Default::default()
    };
    assert_eq!(list(&officer, narrowed).await.entries.len(), 2);
    let entry = newest(&officer, 1).await.remove(0);
    let entry: serde_json::Value = serde_json::from_slice(&entry.entry).unwrap();
    let filter = &entry["event"]["log_read"]["filter"];
    assert_eq!((&filter["recipient"], &filter["outcome"]), (&ASSEN.into(), &"released".into()));
    assert!(filter["purpose"].is_string() && entry["client"].is_null(), "{entry}");
    // And the client: the entry is about them.
    let of = |client: &str| ListEntriesRequest { client_bsn: client.into(), ..Default::default() };
    let first = list(&officer, of(&client)).await.entries;
    let again = list(&officer, of(&client)).await.entries;
    assert_eq!((again.len(), again[0].event.as_str()), (first.len() + 1, "log-read"));
    assert!(again[0].entry.is_empty(), "the gateway's own pseudonym of a client is for custodians");
    assert!(list(&officer, of(&other)).await.entries.iter().all(|entry| entry.event != "log-read"));
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_an_explanation_and_a_worklist_are_recorded_and_proofs_are_not() {
    let gateway = gateway().await;
    let [_, client] = asked_about_two(&gateway).await;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let audit = || officer.audit();
    let listed = list(&officer, ListEntriesRequest::default()).await.entries;
    let released = listed.iter().find(|entry| entry.event == "disclosure").unwrap();
    let (index, at) = (released.index, size(&officer).await);

    audit().get_receipt(GetReceiptRequest { index }).await.unwrap();
    audit().get_consistency(GetConsistencyRequest { old_size: 1 }).await.unwrap();
    assert_eq!(size(&officer).await, at, "hashes say nothing of what entries say");
    let foreign = gateway.party(HOOGEVEEN, "privacy-officer").await;
    let none = foreign.audit().get_entry(GetEntryRequest { index }).await.err().unwrap();
    assert_eq!((none.code(), size(&officer).await), (Code::NotFound, at), "nothing was handed over");

    audit().get_entry(GetEntryRequest { index }).await.unwrap();
    audit().explain_entry(ExplainEntryRequest { index }).await.unwrap();
    audit().list_emergencies(ListEmergenciesRequest::default()).await.unwrap();
    audit().list_notices(ListNoticesRequest { all: true, ..Default::default() }).await.unwrap();
    let readings = newest(&officer, 4).await;
    let said: Vec<(&str, u64, u64)> = readings.iter().rev().map(read).collect();
    let one = (index, index + 1);
    let expected = [
        ("entry", one.0, one.1),
        ("explanation", one.0, one.1),
        ("emergencies-to-review", 0, at + 2),
        ("notices", 0, at + 3),
    ];
    assert_eq!(said, expected);
    let about = list(&officer, ListEntriesRequest { client_bsn: client, ..Default::default() }).await.entries;
    let views: Vec<&str> =
        about.iter().filter(|entry| entry.event == "log-read").map(|e| read(e).0).collect();
    assert_eq!(views, ["explanation", "entry"], "a client can learn who read about them");
    for worklist in &readings[..2] {
        let entry: serde_json::Value = serde_json::from_slice(&worklist.entry).unwrap();
        assert!(entry["client"].is_null());
        assert_eq!(entry["event"]["log_read"]["filter"]["custodian"], ACCARE);
    }
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recorded_is_not_handed_over() {
    let gateway = gateway().await;
    asked_about_two(&gateway).await;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let set = async |hours: i64| {
        let now = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours);
        officer.development().set_clock(SetClockRequest { now: now.to_string() }).await
    };
    set(48).await.unwrap();
    list(&officer, ListEntriesRequest::default()).await;
    // The gateway starts again with the clock of the machine, two days before its newest entry: it records nothing.
    let (setting, _) = gateway.finish().await;
    let gateway = TestGateway::start(setting).await;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let audit = || officer.audit();
    let refused = [
        audit().list_entries(ListEntriesRequest::default()).await.err(),
        audit().get_entry(GetEntryRequest { index: 1 }).await.err(),
        audit().explain_entry(ExplainEntryRequest { index: 1 }).await.err(),
        audit().list_emergencies(ListEmergenciesRequest::default()).await.err(),
        audit().list_notices(ListNoticesRequest::default()).await.err(),
    ];
    for status in refused {
        assert_eq!(status.unwrap().code(), Code::Unavailable);
    }
    audit().get_receipt(GetReceiptRequest { index: 1 }).await.unwrap();
    gateway.finish().await;
}
