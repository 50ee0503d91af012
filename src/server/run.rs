//! Starting, serving and stopping.
//!
//! Boot order: open the store, audit the whole ledger, compare it with what others remember of it, load the covenant and
//! bring it into force, and only then answer.
//! Stop order: say `NOT_SERVING`, take no new calls, let those under way finish within the drain time, tell the second place,
//! close the store.

use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::ambient::{DevelopmentClock, SystemClock, SystemRandomness};
use crate::config::{
    Config, ConfigError, Custodian as CustodianConfig, CustodiansSettings, ServerSettings, Settings,
};
use crate::custodian::file::{RecordsFile, RecordsFileError};
use crate::custodian::grpc::{GrpcCustodian, GrpcCustodianError, GrpcEndpoint};
use crate::custodian::{Custodian, Custodians};
use crate::domain::{Catalogue, Clock, OrganisationId};
use crate::gateway::{AdoptError, Follower, Gateway, Parts};
use crate::grpc::{Edge, Options};
use crate::identity::{TokenSettingsProblem, TokenVerifier};
use crate::policy::{Covenant, CovenantError};
use crate::server::admission::Admission;
use crate::server::console::{self, Lent};
use crate::server::health::Health;
use crate::server::outside::{HistoryProblem, Outside};
use crate::server::reload::Reload;
use crate::server::turns::Turns;
use crate::server::{ConnectionLimits, Rates, accept, limits, logbook, metrics, retention, traces};
use crate::store::{AuditProblem, Ledger, Register, Store};

/// The largest answer, in bytes: 62 fields of 500 characters and a receipt are far below it; a page of entries is not.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;
/// How long a custodian may take to accept a connection.
const CUSTODIAN_CONNECT: Duration = Duration::from_secs(2);

/// Why the gateway does not start, or stopped.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each passes on an error that says it all")]
pub enum ServerError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    #[error(
        "the ledger does not verify: {0}. Restore a good copy, or have it investigated; nothing is served"
    )]
    Audit(#[from] AuditProblem),
    #[error(transparent)]
    History(#[from] HistoryProblem),
    #[error(transparent)]
    Covenant(#[from] CovenantError),
    #[error(transparent)]
    Adopt(#[from] AdoptError),
    #[error("identity: {0}")]
    Tokens(#[from] TokenSettingsProblem),
    #[error("custodian.records: {0}")]
    Records(#[from] RecordsFileError),
    #[error("custodian.url: {0}")]
    Endpoint(#[from] GrpcCustodianError),
    #[error("the port cannot be used: {0}")]
    Port(#[source] std::io::Error),
    #[error("serving failed: {0}")]
    Transport(#[from] tonic::transport::Error),
    #[error("the contract cannot be reflected: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    #[error(
        "the ledger stopped writing: it is unknown what is durable. Restart; the audit at start finds out"
    )]
    LedgerStopped,
}

/// Serves until `shutdown` is done, then drains. `file` is the configuration's own path, for reloading.
pub async fn run(
    config: Config,
    file: PathBuf,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServerError> {
    let settings = &config.settings;
    let recording = metrics::begin(settings.metrics.as_ref());
    let store = Store::open(&config.database, settings.store.readers.number()).await?;
    let key = Arc::new(config.ledger_key);
    let audited = store.audit(key.verifier(), &audit_progress).await?;
    tracing::info!(entries = audited.size, root = %audited.root, "the ledger verifies");

    let period = settings.witnesses.period_seconds.seconds();
    let mut outside = Outside::new(&settings.ledger, config.witnesses, period, config.policy, &store, &key);
    outside.compare().await?;

    let covenant = Covenant::load(&settings.covenant.policies, &settings.covenant.parties)?;
    let (clock, development) = clock(settings.development);
    let (custodians, records) = custodians(config.custodians, &covenant.catalogue, &settings.custodians)?;
    let parts = Parts {
        ledger: Ledger::start(&store, key.clone()),
        register: Register::new(&store, settings.store.remembered_clients.get()),
        store: store.clone(),
        custodians,
        pseudonyms: config.pseudonyms.clone(),
        clock: clock.clone(),
        clock_tolerance: settings.ledger.clock_tolerance_ms.milliseconds(),
        replaces_covenant: config.adopts_covenant,
        randomness: Arc::new(SystemRandomness),
    };
    let gateway = Gateway::start(parts, covenant).await?;
    let tokens =
        Arc::new(TokenVerifier::new(settings.identity.tokens(), config.issuers, config.pseudonyms.clone())?);
    let origin = key.verifier().name();
    let (follower, exporting) = traces::start(config.traces, origin, Arc::new(SystemRandomness))?;
    let edge = edge(settings, &tokens, follower);
    let options = Options {
        question_limit: settings.server.max_message_bytes.count(),
        answer_limit: ANSWER_LIMIT,
        reflection: settings.server.reflection,
        verifier_key: key.verifier().to_string(),
        development,
    };
    let (routes, health) = crate::grpc::services(gateway.clone(), edge, options).await?;

    let tls = Arc::new(ArcSwap::new(config.tls));
    let (stop, stopping) = watch::channel(false);
    let console_tls = config.console.as_ref().map(|console| Arc::new(ArcSwap::new(console.tls.clone())));
    let reload = Reload {
        file,
        gateway: gateway.clone(),
        tokens: tokens.clone(),
        records,
        tls: tls.clone(),
        console: console_tls.clone(),
    };
    let reloading = tokio::spawn(reload.run(settings.covenant.reload_seconds.seconds(), stopping.clone()));
    let retaining = tokio::spawn(retention::run(gateway.clone(), stopping.clone()));
    let server = &settings.server;
    let turns = Turns::new(server.max_requests.count(), server.max_waiting_per_organisation.count());
    let sampled = metrics::Sampled {
        gateway: gateway.clone(),
        tokens: tokens.clone(),
        turns: turns.clone(),
        limits: bounds(server),
        covenant: Mutex::default(),
    };
    let metrics = metrics::serve(settings.metrics.as_ref(), recording, sampled, stopping.clone()).await?;
    let tiles =
        crate::server::tiles::serve(settings, tokens.clone(), gateway.clone(), tls.clone(), stopping.clone());
    let tiles = tiles.await?;
    let lent = Lent::new(&gateway, clock, config.pseudonyms, key.verifier());
    let console = console::serve(config.console, console_tls, settings, lent, stopping.clone()).await?;

    logbook::start(config.logbooks, &gateway, origin, &stopping)?;

    let mut telling = outside.start(&gateway);
    let (stop_serving, not_serving) = watch::channel(false);
    let watching = tokio::spawn(Health::new(health, gateway.clone()).run(not_serving));
    let connections = accept(listener, tls, ConnectionLimits::from(server));
    let admission = Admission { turns, timeout: server.request_timeout_ms.milliseconds() };
    let mut served = std::pin::pin!(
        limits::apply(tonic::transport::Server::builder(), server)
            .layer(admission)
            .add_routes(routes)
            .serve_with_incoming_shutdown(connections, stopped(stopping))
    );
    let broken = tokio::select! {
        result = &mut served => { result?; None }
        () = shutdown => None,
        () = gateway.ledger().stopped() => Some(ServerError::LedgerStopped),
        problem = telling.contradicted() => Some(problem.into()),
    };
    tell(broken.as_ref());
    // Health says so before the port closes.
    let _ = stop_serving.send(true);
    let _ = watching.await;
    let _ = stop.send(true);
    if tokio::time::timeout(settings.server.drain_seconds.seconds(), served).await.is_err() {
        tracing::warn!("calls were still under way when the drain time was over");
    }
    [reloading, retaining, metrics, tiles].iter().for_each(JoinHandle::abort);
    let _ = tokio::time::timeout(settings.server.drain_seconds.seconds(), console).await;
    telling.finish().await;
    exporting.finish().await;
    store.close().await;
    tracing::info!("stopped");
    broken.map_or(Ok(()), Err)
}

fn edge(settings: &Settings, tokens: &Arc<TokenVerifier>, follower: Option<Follower>) -> Arc<Edge> {
    let rates = Rates::of(&settings.server);
    Arc::new(Edge {
        tokens: tokens.clone(),
        clock: Arc::new(SystemClock),
        minimum_level: settings.identity.minimum_level,
        rates: Arc::new(move |organisation, now| rates.take(organisation, now).map_err(|retry| retry.0)),
        follower,
    })
}

/// The clock to decide by, and once more where it can be set.
fn clock(development: bool) -> (Arc<dyn Clock>, Option<Arc<DevelopmentClock>>) {
    if !development {
        return (Arc::new(SystemClock), None);
    }
    tracing::warn!("development mode: anyone with a certificate can set the clock");
    let clock = Arc::new(DevelopmentClock::default());
    (clock.clone(), Some(clock))
}

/// Why nothing is served any more.
fn tell(broken: Option<&ServerError>) {
    if let Some(reason) = broken {
        tracing::error!(%reason, "not serving");
    } else {
        tracing::info!(reason = "asked to stop", "not serving");
    }
}

/// The bounds that a dashboard shows beside what is used of them.
fn bounds(server: &ServerSettings) -> Vec<(&'static str, u64)> {
    vec![
        ("sluis_calls_in_flight_limit", server.max_requests.get()),
        ("sluis_calls_waiting_limit", server.max_waiting_per_organisation.get()),
        ("sluis_connections_limit", server.max_connections.get()),
    ]
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

fn audit_progress(done: u64, total: u64) {
    if done.is_multiple_of(65_536) || done == total {
        tracing::info!(done, total, "auditing the ledger");
    }
}

type Records = Vec<(OrganisationId, Arc<RecordsFile>)>;

fn custodians(
    configured: Vec<CustodianConfig>,
    catalogue: &Catalogue,
    settings: &CustodiansSettings,
) -> Result<(Custodians, Records), ServerError> {
    let mut records = Vec::new();
    let mut by_organisation: HashMap<OrganisationId, Arc<dyn Custodian>> = HashMap::new();
    for custodian in configured {
        match custodian {
            CustodianConfig::Records { organisation, file } => {
                let opened = Arc::new(RecordsFile::open(file, catalogue)?);
                records.push((organisation.clone(), opened.clone()));
                by_organisation.insert(organisation, opened);
            }
            CustodianConfig::Service { organisation, url, server_name, ca_pem, certificate_pem, key_pem } => {
                let endpoint = GrpcEndpoint {
                    organisation: organisation.clone(),
                    url,
                    server_name,
                    ca_pem,
                    certificate_pem,
                    key_pem,
                    connect_timeout: CUSTODIAN_CONNECT,
                };
                by_organisation.insert(organisation, Arc::new(GrpcCustodian::connect(&endpoint)?));
            }
        }
    }
    let deadline = settings.deadline_ms.milliseconds();
    Ok((Custodians::new(by_organisation, deadline, settings.max_questions.count()), records))
}
