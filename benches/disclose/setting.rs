//! Everything the gateway is started with: keys, tokens, covenant, records and configuration, in a folder of its own.
//!
//! The folder is in the build's own, on a disk: a commit to memory would be durable in name only.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sluis::ambient::{SystemClock, SystemRandomness};
use sluis::cli::keys::{self, Claims, DevelopmentCa, TokenIssuer};
use sluis::domain::{AuthenticationLevel, Bsn, Field, OrganisationId, Role, ValueType};
use sluis::identity::Algorithm;
use sluis::identity::certificate::thumbprint;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

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
/// Numbers from here that pass the eleven test are the clients'.
const FIRST_BSN: u32 = 999_000_000;

/// An organisation that calls.
pub struct Caller {
    tls: ClientTlsConfig,
    /// One for each of its professionals.
    pub tokens: Vec<String>,
}

/// What one run rests on. Its folder goes when it is dropped.
pub struct Setting {
    /// Where everything is.
    pub folder: PathBuf,
    /// The clients.
    pub bsns: Vec<String>,
    /// What is asked about them.
    pub fields: Vec<Field>,
    /// Who records consents, and holds the data.
    pub custodian: Caller,
    /// Who asks.
    pub recipient: Caller,
    /// Where the gateway listens.
    pub gateway_port: u16,
    /// Where its metrics are.
    pub metrics_port: u16,
    /// Where the echo listens.
    pub echo_port: u16,
}

impl Setting {
    /// Makes it.
    pub fn make(clients: u32, tokens: u32) -> Result<Self, Problem> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("disclose-{}", std::process::id()));
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        let fields = covenant::adapt(&source.join("policies"), &folder.join("policies"))?;
        fs::copy(source.join("deploy/parties.toml"), folder.join("parties.toml"))?;

        let made = folder.join("keys");
        let ca = DevelopmentCa::create(&made.join("ca"), &SystemClock)?;
        let number = OrganisationId::parse(GATEWAY)?;
        ca.organisation_certificate(&made.join("gateway"), &number, "Sluis", &["localhost"], &SystemClock)?;
        keys::ledger(&made, "gateway.example/ledger", &SystemRandomness)?;
        keys::pseudonym(&made, &SystemRandomness)?;
        let [gateway_port, metrics_port, echo_port] = free_ports()?;
        let setting = Self {
            custodian: Caller::make(&ca, &made, "custodian", CUSTODIAN, CUSTODIAN_ROLE, 1)?,
            recipient: Caller::make(&ca, &made, "recipient", RECIPIENT, RECIPIENT_ROLE, tokens)?,
            bsns: bsns(clients)?,
            folder,
            fields,
            gateway_port,
            metrics_port,
            echo_port,
        };
        fs::write(setting.folder.join("records.json"), serde_json::to_vec(&setting.records())?)?;
        fs::write(setting.configuration(), setting.configuration_text())?;
        Ok(setting)
    }

    /// The gateway's configuration file.
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("sluis.toml")
    }

    /// Where the gateway's log goes.
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
        json!({ "records": (0..self.bsns.len()).map(record).collect::<Map<_, _>>() })
    }

    fn configuration_text(&self) -> String {
        let Self { gateway_port, metrics_port, .. } = self;
        format!(
            r#"development = true
[server]
listen = "127.0.0.1:{gateway_port}"
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
listen = "127.0.0.1:{metrics_port}"
[store]
file = "sluis.db"
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
    let numbers = (FIRST_BSN..1_000_000_000).map(|number| number.to_string());
    let bsns: Vec<String> =
        numbers.filter(|text| Bsn::parse(text).is_ok()).take(usize::try_from(count)?).collect();
    if bsns.len() == usize::try_from(count)? {
        Ok(bsns)
    } else {
        Err("there are not so many test numbers".into())
    }
}

/// Ports that were free a moment ago.
fn free_ports() -> Result<[u16; 3], Problem> {
    let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listeners = [bind()?, bind()?, bind()?];
    let mut ports = [0; 3];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}
