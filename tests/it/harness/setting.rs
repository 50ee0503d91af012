use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sluis::ambient::{SystemClock, SystemRandomness};
use sluis::cli::keys::{Claims, DevelopmentCa, TokenIssuer, ledger, pseudonym};
use sluis::domain::{OrganisationId, Role};
use sluis::identity::{Algorithm, AuthenticationLevel};
use sluis::ledger::VerifierKey;

use sluis::store::{Database, Postgres};

use super::cluster::{self, Cluster};
use super::{Folder, GATEWAY};

pub const AUDIENCE: &str = "https://sluis.test";

/// How a custodian is reached.
pub enum Custody {
    /// A records file beside the gateway: the JSON text.
    Records(String),
    /// A gRPC server at this port of localhost.
    Service(u16),
}

/// Everything a gateway needs, in a folder of its own.
pub struct Setting {
    pub folder: Folder,
    pub issuers: BTreeMap<String, TokenIssuer>,
    pub verifier: VerifierKey,
    /// Where the ledger is.
    pub store: Database,
}

/// Whether everything is tried on PostgreSQL, as the second run of `tests/run` has it.
pub fn on_postgresql() -> bool {
    std::env::var("SLUIS_TEST_ENGINE").is_ok_and(|engine| engine == "postgresql")
}

pub fn organisation(id: &str) -> OrganisationId {
    OrganisationId::parse(id).unwrap()
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

impl Setting {
    /// Certificates for every organisation, issuers, keys, the shipped covenant, and a configuration.
    pub fn new(custodians: Vec<(&str, Custody)>) -> Self {
        Self::among(&shipped_parties(), custodians)
    }

    /// The same among these parties: the text of a parties file.
    pub fn among(parties: &str, custodians: Vec<(&str, Custody)>) -> Self {
        Self::with(on_postgresql().then(Cluster::shared), parties, custodians)
    }

    /// The same with the ledger in a database of this cluster.
    pub fn in_cluster(cluster: &Cluster, custodians: Vec<(&str, Custody)>) -> Self {
        Self::with(Some(cluster), &shipped_parties(), custodians)
    }

    fn with(cluster: Option<&Cluster>, parties: &str, custodians: Vec<(&str, Custody)>) -> Self {
        let folder = Folder::new();
        let root = folder.path();
        let ca = DevelopmentCa::create(&root.join("ca"), &SystemClock).unwrap();
        let mut issuers = BTreeMap::new();
        let mut configuration = String::new();
        for id in ids(parties).chain([GATEWAY]) {
            let own = root.join(id);
            ca.organisation_certificate(
                &own,
                &organisation(id),
                id,
                &["localhost", "127.0.0.1"],
                &SystemClock,
            )
            .unwrap();
            if id != GATEWAY {
                issuers.insert(id.to_owned(), TokenIssuer::create(&own, Algorithm::Es256).unwrap());
                configuration.push_str(&format!(
                    "[[issuer]]\nissuer = \"https://idp.test/{id}\"\norganisation = \"{id}\"\nalgorithms = [\"ES256\"]\n\
                     key_set = \"{id}/issuer.jwks.json\"\n\n"
                ));
            }
        }
        for (id, custody) in custodians {
            configuration.push_str(&format!("[[custodian]]\norganisation = \"{id}\"\n"));
            match custody {
                Custody::Records(json) => {
                    fs::write(root.join(format!("{id}.json")), json).unwrap();
                    configuration.push_str(&format!("records = \"{id}.json\"\n\n"));
                }
                Custody::Service(port) => configuration.push_str(&format!(
                    "url = \"https://localhost:{port}\"\nca = \"ca/ca.pem\"\ncertificate = \"{GATEWAY}/cert.pem\"\n\
                     key = \"{GATEWAY}/key.pem\"\n\n"
                )),
            }
        }
        let (_, vkey) = ledger(root, "sluis.test/ledger", &SystemRandomness).unwrap();
        pseudonym(root, &SystemRandomness).unwrap();
        copy_covenant(root, parties);
        let (store, section) = match cluster {
            None => (Database::File(root.join("sluis.db")), "[store]\nfile = \"sluis.db\"\n".to_owned()),
            Some(cluster) => in_postgresql(cluster),
        };
        let base = BASE.replace("GATEWAY", GATEWAY).replace("[store]\n", &section);
        fs::write(root.join("sluis.toml"), format!("{base}{configuration}")).unwrap();
        let verifier = VerifierKey::parse(fs::read_to_string(vkey).unwrap().trim()).unwrap();
        Self { folder, issuers, verifier, store }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn configuration(&self) -> PathBuf {
        self.path().join("sluis.toml")
    }

    /// What `sluis ledger` takes for the database.
    pub fn database(&self) -> PathBuf {
        match &self.store {
            Database::File(file) => file.clone(),
            Database::Postgres(_) => self.configuration(),
        }
    }

    /// Everything that the database holds, by where it is.
    pub fn stored(&self) -> Vec<(String, Vec<u8>)> {
        match &self.store {
            Database::File(_) => ["sluis.db", "sluis.db-wal"]
                .map(|name| (name.to_owned(), fs::read(self.path().join(name)).unwrap_or_default()))
                .to_vec(),
            Database::Postgres(postgres) => Cluster::shared().contents(&postgres.database),
        }
    }

    /// Replaces a piece of the configuration; it must be there.
    pub fn configure(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.configuration()).unwrap();
        assert!(text.contains(from), "the configuration has no {from}");
        fs::write(self.configuration(), text.replace(from, to)).unwrap();
    }

    /// A token of this organisation's issuer for a professional in this role, bound to the certificate of `bound_to`.
    pub fn token(&self, id: &str, role: &str, subject: &str, bound_to: &str) -> String {
        self.token_at(AuthenticationLevel::Substantial, id, role, subject, bound_to)
    }

    /// The same at another level of assurance.
    pub fn token_at(
        &self,
        level: AuthenticationLevel,
        id: &str,
        role: &str,
        subject: &str,
        bound_to: &str,
    ) -> String {
        let der = sluis::cli::keys::file::certificate(&self.path().join(bound_to).join("cert.pem")).unwrap();
        let claims = Claims {
            issuer: &format!("https://idp.test/{id}"),
            audience: AUDIENCE,
            subject,
            organisation: &organisation(id),
            role: &Role::parse(role).unwrap(),
            level,
            thumbprint: sluis::identity::certificate::thumbprint(&der),
            minutes: 10,
        };
        self.issuers[id].mint(&claims, &SystemClock, &SystemRandomness).unwrap()
    }
}

/// A new database of a cluster, and the section that names it.
fn in_postgresql(cluster: &Cluster) -> (Database, String) {
    let (host, port, database) = (cluster.folder.to_str().unwrap(), cluster.port, cluster.database());
    let section = format!(
        "[store.postgresql]\nhost = \"{host}\"\nport = {port}\ndatabase = \"{database}\"\nuser = \"{}\"\ntls = false\n",
        cluster::ROLE
    );
    let postgres = Postgres {
        host: host.to_owned(),
        port,
        database,
        user: cluster::ROLE.to_owned(),
        password: None,
        authorities: None,
        check_clock: false,
    };
    (Database::Postgres(postgres), section)
}

/// The example that is shipped.
pub fn shipped_parties() -> String {
    fs::read_to_string(repository().join("deploy/parties.toml")).unwrap()
}

fn ids(parties: &str) -> impl Iterator<Item = &str> {
    parties.lines().filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'))
}

fn copy_covenant(root: &Path, parties: &str) {
    fs::create_dir_all(root.join("policies")).unwrap();
    for entry in fs::read_dir(repository().join("policies")).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            fs::copy(entry.path(), root.join("policies").join(entry.file_name())).unwrap();
        }
    }
    fs::write(root.join("parties.toml"), parties).unwrap();
}

const BASE: &str = r#"development = true

[server]
listen = "127.0.0.1:0"
certificate = "GATEWAY/cert.pem"
key = "GATEWAY/key.pem"
client_ca = "ca/ca.pem"
reflection = true
request_timeout_ms = 8000
requests_per_second = 100000
burst = 100000
max_connections_per_address = 1000
max_requests_per_connection = 1000
max_concurrent_streams = 1000

[store]

[ledger]
key = "ledger.key"

[covenant]
policies = "policies"
parties = "parties.toml"
reload_seconds = 1

[identity]
audience = "https://sluis.test"
pseudonym_key = "pseudonym.key"

[custodians]
deadline_ms = 700

[log]
level = "info"

"#;
