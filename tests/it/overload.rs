//! More than the gateway can do at once: whoever asks much waits for itself, deadlines hold, health tells the truth, and a stop
//! under load loses nothing.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sluis::contract::v1::custodian_service_server::{CustodianService, CustodianServiceServer};
use sluis::contract::v1::*;
use sluis::store::Store;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Code, Request, Response, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

use crate::harness::gateway::audit;
use crate::harness::*;
use crate::records;

/// A custodian that answers when it is let, and remembers what it was asked.
#[derive(Clone)]
struct Slow {
    asked: watch::Sender<Vec<String>>,
    given_up: watch::Sender<usize>,
    answers: Arc<Semaphore>,
}

struct GivenUp<'a>(&'a watch::Sender<usize>, bool);

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count += usize::from(!self.1));
    }
}

#[tonic::async_trait]
impl CustodianService for Slow {
    async fn fetch_fields(
        &self,
        request: Request<FetchFieldsRequest>,
    ) -> Result<Response<FetchFieldsResponse>, Status> {
        let reference = request.into_inner().custodian_reference;
        self.asked.send_modify(|asked| asked.push(reference.clone()));
        let mut waiting = GivenUp(&self.given_up, false);
        self.answers.acquire().await.unwrap().forget();
        waiting.1 = true;
        let value = Some(Value { kind: Some(value::Kind::Text("Testwaarde".into())) });
        let values = vec![FieldValue { field: "person.name".into(), value }];
        Ok(Response::new(FetchFieldsResponse { custodian_reference: reference, values }))
    }
}

impl Slow {
    fn new() -> Self {
        Self {
            asked: watch::channel(Vec::new()).0,
            given_up: watch::channel(0).0,
            answers: Arc::new(Semaphore::new(0)),
        }
    }

    fn serve(&self, setting: &Setting, listener: TcpListener) {
        let read = |path: &str| std::fs::read_to_string(setting.path().join(path)).unwrap();
        let identity =
            Identity::from_pem(read(&format!("{ACCARE}/cert.pem")), read(&format!("{ACCARE}/key.pem")));
        let tls = ServerTlsConfig::new()
            .identity(identity)
            .client_ca_root(Certificate::from_pem(read("ca/ca.pem")));
        let service = CustodianServiceServer::new(self.clone());
        let server = Server::builder().tls_config(tls).unwrap().add_service(service);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    }

    /// Waits until it was asked so often, and gives what for.
    async fn was_asked(&self, times: usize) -> Vec<String> {
        let mut asked = self.asked.subscribe();
        soon(asked.wait_for(|asked| asked.len() >= times)).await.unwrap().clone()
    }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(2), future).await.expect("in time")
}

/// A gateway before a slow custodian, with these settings; a client of Assen and one of Hoogeveen.
struct Crowd {
    process: Process,
    slow: Slow,
    setting: Setting,
    metrics: SocketAddr,
}

impl Crowd {
    async fn gather(server: &str, deadline_ms: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let setting = Setting::new(vec![(ACCARE, Custody::Service(listener.local_addr().unwrap().port()))]);
        let slow = Slow::new();
        slow.serve(&setting, listener);
        let metrics = free_address();
        setting.configure("request_timeout_ms = 8000", server);
        setting.configure("deadline_ms = 700", &format!("deadline_ms = {deadline_ms}"));
        setting.configure("[log]", &format!("[metrics]\nlisten = \"{metrics}\"\n\n[log]"));
        let process = Process::start(&setting).unwrap();
        let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
        consented(&care, &bsn(150), "of-the-crisis", &["person.name"]).await;
        consented(&care, &bsn(151), "of-the-noise", &["person.name"]).await;
        let noisy = permit(&bsn(151), HOOGEVEEN, "wijkteam", "housing", &["person.name"]);
        care.consents().record_consent(noisy).await.unwrap();
        Self { process, slow, setting, metrics }
    }

    async fn party(&self, organisation: &str) -> Caller {
        Caller::connect(&self.setting, self.process.address, organisation, "wijkteam").await
    }

    /// A number of the metrics.
    async fn reads(&self, metric: &str) -> f64 {
        let address = self.metrics;
        let text = tokio::task::spawn_blocking(move || scrape(address)).await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{metric} is not there")).parse().unwrap()
    }
}

fn about(n: usize) -> DiscloseRequest {
    ask(&bsn(n), ACCARE, "housing", &["person.name"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_noisy_municipality_waits_for_itself_and_a_crisis_team_has_the_next_turn() {
    let limits = "request_timeout_ms = 120000\nmax_requests = 4\nmax_waiting_per_organisation = 20";
    let crowd = Crowd::gather(limits, 60_000).await;
    let (noisy, crisis) = (crowd.party(HOOGEVEEN).await, crowd.party(ASSEN).await);
    let ask = |caller: &Caller, n| {
        let mut calls = caller.disclosures();
        async move { calls.disclose(about(n)).await }
    };
    let mut noise = JoinSet::new();
    for _ in 0..4 {
        noise.spawn(ask(&noisy, 151));
    }
    crowd.slow.was_asked(4).await;
    // All turns are taken; twenty may wait, the next is refused at once.
    for _ in 0..21 {
        noise.spawn(ask(&noisy, 151));
    }
    let refused = soon(noise.join_next()).await.unwrap().unwrap().err().expect("one too many is refused");
    assert_eq!(refusal(&refused).1, "ORGANISATION_BUSY", "{refused:?}");
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(refused.get_details_retry_info().is_some_and(|retry| retry.retry_delay.is_some()));

    let urgent = tokio::spawn(ask(&crisis, 150));
    soon(async { while crowd.reads("sluis_calls_waiting").await < 21.0 {} }).await;
    assert!((crowd.reads("sluis_calls_in_flight").await - 4.0).abs() < 0.1);
    crowd.slow.answers.add_permits(1);
    let asked = crowd.slow.was_asked(5).await;
    assert_eq!(asked[4], "of-the-crisis", "the turn that came free is the crisis team's");

    crowd.slow.answers.add_permits(100);
    assert_eq!(released(&soon(urgent).await.unwrap().unwrap().into_inner()), ["person.name"]);
    let mut answered = 0;
    while let Some(answer) = soon(noise.join_next()).await {
        answered += usize::from(answer.unwrap().is_ok());
    }
    assert_eq!(answered, 24, "and whoever waited is answered");
    crowd.process.kill();
    audit(&crowd.setting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn work_whose_time_is_over_is_not_begun_not_gone_on_with_and_never_recorded_as_released() {
    let crowd = Crowd::gather("request_timeout_ms = 120000\nmax_requests = 1", 60_000).await;
    let assen = crowd.party(ASSEN).await;
    let before = audit_size(&crowd).await;
    let in_time = |milliseconds| {
        let mut request = Request::new(about(150));
        request.set_timeout(Duration::from_millis(milliseconds));
        let mut calls = assen.disclosures();
        async move { calls.disclose(request).await }
    };
    // One is worked on until its caller is gone; the other one waited in vain, and was never begun.
    let first = tokio::spawn(in_time(1_500));
    crowd.slow.was_asked(1).await;
    for late in [in_time(200).await, first.await.unwrap()] {
        let code = late.err().expect("there was no answer").code();
        assert!(matches!(code, Code::DeadlineExceeded | Code::Cancelled), "{code:?}");
    }
    soon(crowd.slow.given_up.subscribe().wait_for(|count| *count == 1)).await.unwrap();
    crowd.slow.answers.add_permits(1);
    let answer = assen.disclosures().disclose(about(150)).await.unwrap().into_inner();
    assert_eq!(released(&answer), ["person.name"]);
    assert_eq!(crowd.slow.was_asked(2).await.len(), 2, "the custodian never heard of the one that waited");
    assert_eq!(audit_size(&crowd).await, before + 1, "one disclosure was recorded");
    crowd.process.kill();
}

/// How many entries there are, as the ledger itself says.
async fn audit_size(crowd: &Crowd) -> u64 {
    let officer = Caller::connect(&crowd.setting, crowd.process.address, ACCARE, "privacy-officer").await;
    let checkpoint = officer.audit().get_checkpoint(GetCheckpointRequest {}).await.unwrap().into_inner();
    checkpoint.checkpoint.lines().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateways_own_deadline_is_told_with_a_reason_and_when_to_try_again() {
    let crowd = Crowd::gather("request_timeout_ms = 1000\nmax_requests = 1", 800).await;
    let assen = crowd.party(ASSEN).await;
    let mut calls = assen.disclosures();
    let first = tokio::spawn(async move { calls.disclose(about(150)).await });
    crowd.slow.was_asked(1).await;
    // It begins when the first one's custodian ran out of time, and has not enough left.
    let second = assen.disclosures().disclose(about(150)).await.err().unwrap();
    assert_eq!(refusal(&second).1, "DEADLINE_EXCEEDED", "{second:?}");
    assert_eq!(second.code(), Code::DeadlineExceeded);
    assert!(second.get_details_retry_info().is_some());
    // Where the machine is slow, its own deadline comes before its custodian's.
    let first = refusal(&first.await.unwrap().err().unwrap()).1;
    assert!(
        ["CUSTODIAN_TIMEOUT", "CUSTODIAN_UNAVAILABLE", "DEADLINE_EXCEEDED"].contains(&first.as_str()),
        "{first}"
    );
    crowd.process.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custodian_that_is_slow_takes_no_more_than_its_own_places() {
    let crowd = Crowd::gather("request_timeout_ms = 120000", 60_000).await;
    let setting = crowd.setting.path().join("sluis.toml");
    drop(crowd.process);
    let text = std::fs::read_to_string(&setting).unwrap();
    std::fs::write(&setting, text.replace("[custodians]\n", "[custodians]\nmax_questions = 2\n")).unwrap();
    let process = Process::start(&crowd.setting).unwrap();
    let assen = Caller::connect(&crowd.setting, process.address, ASSEN, "wijkteam").await;
    let mut held = JoinSet::new();
    for _ in 0..2 {
        let mut calls = assen.disclosures();
        held.spawn(async move { calls.disclose(about(150)).await });
    }
    crowd.slow.was_asked(2).await;
    let refused = assen.disclosures().disclose(about(150)).await.err().unwrap();
    assert_eq!(refusal(&refused).1, "CUSTODIAN_UNAVAILABLE", "at once, and recorded");
    crowd.slow.answers.add_permits(2);
    while let Some(answer) = held.join_next().await {
        answer.unwrap().unwrap();
    }
    process.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn health_says_which_custodian_cannot_be_reached_and_that_nothing_is_disclosed_without_any() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let setting = Setting::new(vec![(ACCARE, Custody::Service(address.port()))]);
    let process = Process::start(&setting).unwrap();
    process.says("a custodian cannot be reached").await;
    let assen = Caller::connect(&setting, process.address, ASSEN, "wijkteam").await;
    let own = format!("custodian/{ACCARE}");
    is(&assen, &own, 2).await;
    is(&assen, "sluis.v1.DisclosureService", 2).await;
    is(&assen, "sluis.v1.ConsentService", 1).await;
    is(&assen, "", 1).await;
    Slow::new().serve(&setting, TcpListener::bind(address).await.unwrap());
    is(&assen, "sluis.v1.DisclosureService", 1).await;
    is(&assen, &own, 1).await;
    process.kill();
}

/// Waits until health says this: 1 is serving, 2 is not.
pub async fn is(caller: &Caller, service: &str, status: i32) {
    let mut health = HealthClient::new(caller.channel.clone());
    let asked = || HealthCheckRequest { service: service.to_owned() };
    soon(async {
        while !health.check(asked()).await.is_ok_and(|answer| answer.into_inner().status == status) {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_under_load_every_call_is_answered_or_refused_and_every_answer_is_in_the_ledger() {
    const LANES: usize = 24;
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "tien")])))]);
    let mut process = Process::start(&setting).unwrap();
    let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
    consented(&care, &bsn(152), "acc-1", &["person.name"]).await;
    let (answered, _) = watch::channel(0_usize);
    let seen = Arc::new(Mutex::new(BTreeMap::new()));
    let mut lanes = JoinSet::new();
    for _ in 0..LANES {
        let caller = Caller::connect(&setting, process.address, ASSEN, "wijkteam").await;
        let (answered, seen) = (answered.clone(), seen.clone());
        lanes.spawn(async move {
            // Until it is refused: that is the last word.
            loop {
                let request = about(152);
                let id = request.request_id.clone();
                match caller.disclosures().disclose(request).await {
                    Ok(answer) => {
                        assert!(seen.lock().unwrap().insert(answer.into_inner().entry_index, id).is_none());
                        answered.send_modify(|count| *count += 1);
                    }
                    Err(status) => return status,
                }
            }
        });
    }
    soon(answered.subscribe().wait_for(|count| *count >= 300)).await.unwrap();
    let pid = process.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    while let Some(last) = soon(lanes.join_next()).await {
        let last = last.unwrap();
        // A call that came after the GOAWAY was not begun: the client's library calls that a protocol error, with NO_ERROR.
        let not_begun = last.code() == Code::Internal && format!("{last:?}").contains("NO_ERROR");
        let refused = matches!(last.code(), Code::Unavailable | Code::Cancelled | Code::Unknown);
        assert!(refused || not_begun, "{last:?}");
    }
    let status = tokio::task::spawn_blocking(move || process.child.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(0));
    let audited = audit(&setting).await.unwrap();
    let store = Store::open_to_verify(&setting.store).await.unwrap();
    let seen = seen.lock().unwrap().clone();
    println!("{} answers before the stop, {} entries", seen.len(), audited.size);
    for (index, id) in &seen {
        let row = store.entry(*index).await.unwrap().expect("what was answered is in the ledger");
        assert!(
            String::from_utf8_lossy(&row.body).contains(id.as_str()),
            "entry {index} is of another request"
        );
    }
    store.close().await;
}

/// The metrics, as Prometheus reads them.
pub fn scrape(address: SocketAddr) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}
