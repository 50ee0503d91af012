//! Everything the gateway is started with: keys, tokens, covenant, records and configuration, in a folder of its own.
//!
//! The folder is in the build's own, on a disk: a commit to memory would be durable in name only.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Map, Value, json};
use sluis::ambient::{SystemClock, SystemRandomness};
use sluis::cli::keys::{self, Claims, DevelopmentCa, TokenIssuer};
use sluis::domain::{AuthenticationLevel, Bsn, Field, OrganisationId, Role, ValueType};
use sluis::identity::Algorithm;
use sluis::identity::certificate::thumbprint;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

use crate::cluster::{self, Cluster};
use crate::{Problem, covenant};

/// Accare, in `deploy/parties.toml`.
pub const CUSTODIAN: &str = "00000099000000000101";
/// Gemeente Assen.
pub const RECIPIENT: &str = "00000099000000000201";
/// Who asks there.
pub const RECIPIENT_ROLE: &str = "wijkteam";
/// For what.
pub const PURPOSE: &str = "case-conference";
const CUSTODIAN_ROLE: &str = "fact-behandelaar";
const GATEWAY: &str = "00000099000000000901";
const AUDIENCE: &str = "https://gateway.example";
const TOKEN_MINUTES: u16 = 60;
/// Numbers up to here that pass the eleven test are the clients'.
const LAST_BSN: u32 = 999_999_999;
/// The custodian's records are a file in the gateway's memory, which holds those of so many clients.
const RECORDS: usize = 10_000;

/// An organisation that calls.
pub struct Caller {
    tls: ClientTlsConfig,
    /// One for each of its professionals.
    pub tokens: Vec<String>,
}

/// Where a ledger is.
#[derive(Clone, Copy)]
pub enum Engine<'a> {
    /// In a SQLite file on a disk.
    Sqlite,
    /// In a SQLite file in memory, where nothing is durable.
    SqliteInMemory,
    /// In a database of this cluster.
    Postgresql(&'a Cluster),
}

/// What a run is to rest on.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// How many clients there are, each with a consent.
    pub clients: u32,
    /// How many professionals ask, each with a token.
    pub tokens: u32,
    /// Where the ledger is.
    pub engine: Engine<'a>,
    /// How many gateways there are over it.
    pub gateways: usize,
}

/// Where a gateway is.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// Its calls.
    pub calls: u16,
    /// Its metrics.
    pub metrics: u16,
}

/// What one run rests on. Its folder goes when it is dropped.
pub struct Setting {
    /// Where everything is.
    pub folder: PathBuf,
    /// The clients.
    pub bsns: Vec<String>,
    /// Which of them are asked about: as many as the custodian's file can hold, scattered over all.
    pub asked: Vec<usize>,
    /// What is asked about them.
    pub fields: Vec<Field>,
    /// Who records consents, and holds the data.
    pub custodian: Caller,
    /// Who asks.
    pub recipient: Caller,
    /// Where the gateways listen.
    pub gateways: Vec<Ports>,
    /// Where the echo listens.
    pub echo_port: u16,
    /// The name of its database, on PostgreSQL.
    pub database: Option<String>,
}

impl Setting {
    /// Makes it.
    pub fn make(plan: Plan<'_>) -> Result<Self, Problem> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("disclose-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let memory = matches!(plan.engine, Engine::SqliteInMemory);
        let place = if memory { Path::new("/dev/shm") } else { Path::new(env!("CARGO_TARGET_TMPDIR")) };
        let folder = place.join(name);
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        let fields = covenant::adapt(&source.join("policies"), &folder.join("policies"))?;
        fs::copy(source.join("deploy/parties.toml"), folder.join("parties.toml"))?;

        let made = folder.join("keys");
        let ca = DevelopmentCa::create(&made.join("ca"), &SystemClock)?;
        let number = OrganisationId::parse(GATEWAY)?;
        ca.organisation_certificate(&made.join("gateway"), &number, "Sluis", &["localhost"], &SystemClock)?;
        keys::ledger(&made, "gateway.example/ledger", &SystemRandomness)?;
        keys::pseudonym(&made, &SystemRandomness)?;
        let (database, store) = plan.engine.section()?;
        let bsns = bsns(plan.clients)?;
        let asked = (0..bsns.len()).step_by(bsns.len().div_ceil(RECORDS).max(1)).collect();
        let mut ports = free_ports(plan.gateways * 2 + 1)?.into_iter();
        let mut port = || ports.next().ok_or("there are too few ports");
        let echo_port = port()?;
        let mut gateways = Vec::new();
        for _ in 0..plan.gateways {
            gateways.push(Ports { calls: port()?, metrics: port()? });
        }
        let setting = Self {
            custodian: Caller::make(&ca, &made, "custodian", CUSTODIAN, CUSTODIAN_ROLE, 1)?,
            recipient: Caller::make(&ca, &made, "recipient", RECIPIENT, RECIPIENT_ROLE, plan.tokens)?,
            bsns,
            asked,
            folder,
            fields,
            gateways,
            echo_port,
            database,
        };
        fs::write(setting.folder.join("records.json"), serde_json::to_vec(&setting.records())?)?;
        for ports in &setting.gateways {
            fs::write(setting.configuration(*ports), configuration_text(*ports, &store))?;
        }
        Ok(setting)
    }

    /// A gateway's configuration file.
    pub fn configuration(&self, gateway: Ports) -> PathBuf {
        self.folder.join(format!("sluis-{}.toml", gateway.calls))
    }

    /// What `sluis ledger verify` takes for the database.
    pub fn database(&self) -> Result<PathBuf, Problem> {
        let file = self.folder.join("sluis.db");
        let gateway = self.gateways.first().ok_or("there is no gateway")?;
        Ok(if file.exists() { file } else { self.configuration(*gateway) })
    }

    /// Where the gateways' log goes.
    pub fn log(&self) -> PathBuf {
        self.folder.join("gateway.log")
    }

    /// The last lines of that log.
    pub fn end_of_log(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(10)).copied().collect::<Vec<_>>().join("\n")
    }

    /// Connects an organisation, so many times.
    pub async fn connect(
        &self,
        port: u16,
        caller: &Caller,
        connections: usize,
    ) -> Result<Vec<Channel>, Problem> {
        let endpoint =
            Endpoint::from_shared(format!("https://127.0.0.1:{port}"))?.tls_config(caller.tls.clone())?;
        let mut channels = Vec::new();
        for _ in 0..connections {
            channels.push(endpoint.connect().await?);
        }
        Ok(channels)
    }

    fn records(&self) -> Value {
        let record = |client| {
            let values = self.fields.iter().map(|field| (field.id.clone(), value(field, client)));
            (reference(client), Value::Object(values.collect()))
        };
        json!({ "records": self.asked.iter().copied().map(record).collect::<Map<_, _>>() })
    }
}

fn configuration_text(Ports { calls, metrics }: Ports, store: &str) -> String {
    format!(
        r#"development = true
[server]
listen = "127.0.0.1:{calls}"
certificate = "keys/gateway/cert.pem"
key = "keys/gateway/key.pem"
client_ca = "keys/ca/ca.pem"
# Limits that would bind one machine with one organisation behind it.
max_connections_per_address = 1024
max_requests_per_connection = 10000
max_concurrent_streams = 10000
requests_per_second = 1000000
burst = 1000000
drain_seconds = 5
[metrics]
listen = "127.0.0.1:{metrics}"
{store}
[ledger]
key = "keys/ledger.key"
[covenant]
policies = "policies"
parties = "parties.toml"
[identity]
audience = "{AUDIENCE}"
pseudonym_key = "keys/pseudonym.key"
maximum_lifetime_seconds = 3600
[[issuer]]
issuer = "https://login.custodian.example"
organisation = "{CUSTODIAN}"
algorithms = ["ES256"]
key_set = "keys/custodian/issuer.jwks.json"
[[issuer]]
issuer = "https://login.recipient.example"
organisation = "{RECIPIENT}"
algorithms = ["ES256"]
key_set = "keys/recipient/issuer.jwks.json"
[[custodian]]
organisation = "{CUSTODIAN}"
records = "records.json"
"#
    )
}

impl Engine<'_> {
    /// The name of a new database, on PostgreSQL; and the section that says where the ledger is.
    fn section(self) -> Result<(Option<String>, String), Problem> {
        let Self::Postgresql(cluster) = self else {
            return Ok((None, "[store]\nfile = \"sluis.db\"".to_owned()));
        };
        let (host, port) = (cluster.folder.to_str().ok_or("a folder has no name")?, cluster.port);
        let (database, user) = (cluster.database(), cluster::ROLE);
        let section = format!(
            "[store.postgresql]\nhost = \"{host}\"\nport = {port}\ndatabase = \"{database}\"\nuser = \"{user}\"\ntls = false"
        );
        Ok((Some(database), section))
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Caller {
    /// With a certificate, an issuer, and a token for each of so many professionals.
    fn make(
        ca: &DevelopmentCa,
        keys: &Path,
        name: &str,
        organisation: &str,
        role: &str,
        tokens: u32,
    ) -> Result<Self, Problem> {
        let folder = keys.join(name);
        let (organisation, role) = (OrganisationId::parse(organisation)?, Role::parse(role)?);
        let made = ca.organisation_certificate(&folder, &organisation, name, &["localhost"], &SystemClock)?;
        let issuer = TokenIssuer::create(&folder, Algorithm::Es256)?;
        let thumbprint = thumbprint(&keys::file::certificate(&made.certificate)?);
        let mint = |number| {
            let claims = Claims {
                issuer: &format!("https://login.{name}.example"),
                audience: AUDIENCE,
                subject: &format!("professional-{number}"),
                organisation: &organisation,
                role: &role,
                level: AuthenticationLevel::Substantial,
                thumbprint,
                minutes: TOKEN_MINUTES,
            };
            issuer.mint(&claims, &SystemClock, &SystemRandomness)
        };
        let tokens = (0..tokens).map(mint).collect::<Result<_, _>>()?;
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(fs::read(keys.join("ca/ca.pem"))?))
            .identity(Identity::from_pem(fs::read(&made.certificate)?, fs::read(&made.key)?))
            .domain_name("localhost");
        Ok(Self { tls, tokens })
    }
}

/// How the custodian finds a client.
pub fn reference(client: usize) -> String {
    format!("dossier-{client}")
}

/// The header that carries a token.
pub fn bearer(token: &str) -> Result<MetadataValue<Ascii>, Problem> {
    Ok(format!("Bearer {token}").parse()?)
}

fn value(field: &Field, client: usize) -> Value {
    match &field.value {
        // Free text with the client's own name in it is refused.
        ValueType::Text { .. } if field.id == "person.name" => json!(format!("Fictief {client:05}")),
        ValueType::Text { .. } => json!(format!("Waarde {client:05}")),
        ValueType::Code { terms } => json!(terms.first().map(|term| &term.code)),
        ValueType::Date => json!("2026-09-01"),
        ValueType::YesNo => json!(true),
        ValueType::Contact => json!({ "name": format!("Team {client:05}") }),
    }
}

fn bsns(count: u32) -> Result<Vec<String>, Problem> {
    let numbers = (0..=LAST_BSN).rev().map(|number| number.to_string());
    let bsns: Vec<String> =
        numbers.filter(|text| Bsn::parse(text).is_ok()).take(usize::try_from(count)?).collect();
    if bsns.len() == usize::try_from(count)? {
        Ok(bsns)
    } else {
        Err("there are not so many test numbers".into())
    }
}

/// Ports that were free a moment ago.
fn free_ports(count: usize) -> Result<Vec<u16>, Problem> {
    let listeners: Vec<_> =
        (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<Result<_, _>>()?;
    listeners.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}
