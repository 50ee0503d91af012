use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use super::*;
use crate::ambient::{SystemClock, SystemRandomness};
use crate::cli::keys::{self, DevelopmentCa, TokenIssuer};
use crate::identity::Algorithm;

const TEXT: &str = r#"
development = true
[server]
listen = "127.0.0.1:0"
certificate = "cert.pem"
key = "key.pem"
client_ca = "ca.pem"
[metrics]
[ledger]
key = "ledger.key"
[covenant]
policies = "policies"
parties = "parties.toml"
[identity]
audience = "https://sluis.example"
pseudonym_key = "pseudonym.key"
[[issuer]]
issuer = "https://login.example"
organisation = "00000099000000001000"
algorithms = ["ES256"]
key_set = "issuer.jwks.json"
[[custodian]]
organisation = "00000099000000001000"
records = "records.json"
[[custodian]]
organisation = "00000099000000002000"
url = "https://ehr.example:8443"
ca = "ca.pem"
certificate = "cert.pem"
key = "key.pem"
"#;

/// A folder with everything that the text points at, as the text says for development.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sluis-config-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = Self(std::env::temp_dir().join(name));
        let path = &folder.0;
        let oin = OrganisationId::parse("00000099000000001000").unwrap();
        let ca = DevelopmentCa::create(path, &SystemClock).unwrap();
        ca.organisation_certificate(path, &oin, "Gateway", &["localhost"], &SystemClock).unwrap();
        TokenIssuer::create(path, Algorithm::Es256).unwrap();
        keys::ledger(path, "sluis.example/ledger", &SystemRandomness).unwrap();
        keys::pseudonym(path, &SystemRandomness).unwrap();
        fs::create_dir(path.join("policies")).unwrap();
        for (file, text) in [("parties.toml", ""), ("records.json", "{}"), ("noise", "secret noise")] {
            folder.write(file, text);
        }
        folder
    }

    /// The same, with real certificates and keys in place of those for development.
    fn of_production() -> Self {
        let folder = Self::new();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::OrganizationName, "Real CA");
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &ca).unwrap();
        folder.write("ca.pem", &ca.pem());
        folder.write("cert.pem", &certificate.pem());
        folder.write("key.pem", &key.serialize_pem());
        folder
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        self.mode(file, 0o600);
    }

    #[cfg(unix)]
    fn mode(&self, file: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.0.join(file), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Loads the text, with some of it replaced.
    fn load(&self, changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let mut text = TEXT.to_owned();
        for (old, new) in changes {
            assert!(text.contains(old), "{old}");
            text = text.replacen(old, new, 1);
        }
        self.write("sluis.toml", &text);
        Config::load(&self.0.join("sluis.toml"))
    }
}

const PRODUCTION: (&str, &str) = ("development = true\n", "");

#[test]
fn development_keys_make_a_gateway_for_development_and_real_keys_one_for_production() {
    let config = Folder::new().load(&[]).unwrap();
    assert!(config.settings.development);
    assert_eq!(config.ledger_key.verifier().name(), "sluis.example/ledger");
    assert_eq!(config.custodians.len(), 2);
    assert_eq!(config.settings.metrics.as_ref().map(|m| m.listen.ip().is_loopback()), Some(true));

    let production = Folder::of_production();
    let config = production.load(&[PRODUCTION]).unwrap();
    assert!(!config.settings.development);
    assert_eq!(config.settings.store.file, production.0.join("sluis.db"));
}

#[test]
fn development_and_real_certificates_never_meet() {
    let (development, production) = (Folder::new(), Folder::of_production());
    for (folder, change, key, words) in [
        (&development, PRODUCTION, "server.client_ca", "development certificate"),
        (&production, ("[server]", "[server]"), "server.client_ca", "development certificates only"),
    ] {
        let error = folder.load(&[change]).unwrap_err();
        assert_eq!(error.key, key);
        assert!(error.to_string().contains(words), "{error}");
    }
    let read = |folder: &Folder, file: &str| fs::read_to_string(folder.0.join(file)).unwrap();
    for (file, key) in [("cert.pem", "server.certificate"), ("ca.pem", "server.client_ca")] {
        let mixed = Folder::of_production();
        mixed.write(file, &[read(&production, file), read(&development, file)].concat());
        assert_eq!(mixed.load(&[PRODUCTION]).unwrap_err().key, key);
    }
}

#[test]
fn every_fault_is_named_by_its_key() {
    let folder = Folder::new();
    for (old, new, key) in [
        ("[server]\n", "[server]\nlisen = 1\n", "server.lisen"),
        ("[metrics]\n", "[matrics]\n", "matrics"),
        ("algorithms =", "roles = 1\nalgorithms =", "issuer.roles"),
        ("records =", "file = 'x'\nrecords =", "custodian.file"),
        ("audience = \"https://sluis.example\"\n", "", "identity.audience"),
        ("https://sluis.example\"", "\"", "identity.audience"),
        ("127.0.0.1:0", "localhost", "server.listen"),
        ("[server]\n", "[server]\nmax_connections = 0\n", "server.max_connections"),
        ("[server]\n", "[server]\nmax_message_bytes = 1_000_000_000\n", "server.max_message_bytes"),
        ("[server]\n", "[server]\nrequest_timeout_ms = -1\n", "server.request_timeout_ms"),
        ("[server]\n", "[server]\nhandshake_timeout_ms = 0\n", "server.handshake_timeout_ms"),
        ("[server]\n", "[server]\nburst = 1.5\n", "server.burst"),
        ("[server]\n", "[server]\nrequest_timeout_ms = 2000\n", "custodians.deadline_ms"),
        ("[metrics]\n", "[store]\nreaders = 65\n", "store.readers"),
        ("[metrics]\n", "[store.postgresql]\nhost = ''\n", "store.postgresql.host"),
        ("[metrics]\n", "[store.postgresql]\nhost = 'db.example'\n", "store.postgresql.ca"),
        ("[metrics]\n", "[store.postgresql]\nhost = 'localhost'\n", "store.postgresql.ca"),
        ("[metrics]\n", "[store.postgresql]\nhost = 'db.example'\ntls = false\n", "store.postgresql.tls"),
        (
            "[metrics]\n",
            "[store.postgresql]\nhost = '::1'\ntls = false\nca = 'ca.pem'\n",
            "store.postgresql.ca",
        ),
        ("[metrics]\n", "[store.postgresql]\nhost = 'x'\nca = 'noise'\n", "store.postgresql.ca"),
        (
            "[metrics]\n",
            "[store.postgresql]\nhost = 'x'\nca = 'ca.pem'\npassword = 'none'\n",
            "store.postgresql.password",
        ),
        ("[metrics]\n", "[store.postgresql]\nhost = 'x'\nca = 'ca.pem'\nurl = 'y'\n", "store.postgresql.url"),
        ("[metrics]\n", "[log]\nlevel = 'loud'\n", "log.level"),
        ("[metrics]\n", "[log]\nformat = 'xml'\n", "log.format"),
        ("[identity]\n", "[identity]\nminimum_level = 'none'\n", "identity.minimum_level"),
        ("[identity]\n", "[identity]\nleeway_seconds = 61\n", "identity.leeway_seconds"),
        ("\"ES256\"", "\"HS256\"", "issuer.algorithms"),
        ("\"ES256\"", "", "issuer"),
        ("\"cert.pem\"", "\"none.pem\"", "server.certificate"),
        ("\"cert.pem\"", "\"noise\"", "server.certificate"),
        ("\"cert.pem\"", "\"policies\"", "server.certificate"),
        ("\"key.pem\"", "\"none.pem\"", "server.key"),
        ("\"key.pem\"", "\"noise\"", "server.key"),
        ("\"key.pem\"", "\"issuer.key.pem\"", "server.certificate"),
        ("\"ca.pem\"", "\"noise\"", "server.client_ca"),
        ("[server]\n", "[server]\nrevocation_list = 'noise'\n", "server.revocation_list"),
        ("[metrics]\n", "[store]\nfile = 'none/sluis.db'\n", "store.file"),
        ("\"ledger.key\"", "\"noise\"", "ledger.key"),
        ("\"ledger.key\"", "\"ledger.vkey\"", "ledger.key"),
        ("\"policies\"", "\"none\"", "covenant.policies"),
        ("\"parties.toml\"", "\"none\"", "covenant.parties"),
        ("\"pseudonym.key\"", "\"noise\"", "identity.pseudonym_key"),
        ("\"issuer.jwks.json\"", "\"noise\"", "issuer"),
        ("\"records.json\"", "\"none\"", "custodian.records (of 00000099000000001000)"),
        ("records = \"records.json\"\n", "", "custodian"),
        ("records =", "url = 'https://x'\nrecords =", "custodian"),
        ("https://ehr", "http://ehr", "custodian"),
        ("00000099000000002000", "00000099000000001000", "custodian.organisation"),
        ("00000099000000002000", "x", "custodian.organisation"),
        ("[metrics]\n", "[traces]\nendpoint = 'http://x'\nca = 'ca.pem'\n", "traces.endpoint"),
        ("[metrics]\n", "[traces]\nendpoint = 'https://x'\nca = 'noise'\n", "traces.ca"),
        (
            "[metrics]\n",
            "[traces]\nendpoint = 'https://x'\nca = 'ca.pem'\ncertificate = 'cert.pem'\n",
            "traces.certificate",
        ),
        ("[metrics]\n", "[traces]\nendpoint = 'https://x'\nca = 'ca.pem'\nsampled = 1.5\n", "traces.sampled"),
        ("[metrics]\n", "[traces]\nendpoint = 'https://x'\nca = 'ca.pem'\nsampled = nan\n", "traces.sampled"),
        ("[server]", "[server", "the configuration file"),
    ] {
        let error = folder.load(&[(old, new)]).unwrap_err();
        assert_eq!(error.key, key, "{new}: {error}");
        assert!(!error.to_string().contains("secret noise"), "{error}");
    }
}

#[test]
fn what_is_for_development_only_is_refused_in_production() {
    let production = Folder::of_production();
    let error = production.load(&[PRODUCTION, ("[metrics]\n", "[log]\nlevel = 'debug'\n")]).unwrap_err();
    assert_eq!(error.key, "log.level");
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_refused_except_in_development() {
    for (file, key) in [
        ("key.pem", "server.key"),
        ("ledger.key", "ledger.key"),
        ("pseudonym.key", "identity.pseudonym_key"),
        ("records.json", "custodian.records (of 00000099000000001000)"),
    ] {
        for mode in [0o640, 0o604, 0o620] {
            let (development, production) = (Folder::new(), Folder::of_production());
            production.mode(file, mode);
            development.mode(file, mode);
            assert_eq!(production.load(&[PRODUCTION]).unwrap_err().key, key, "{mode:o}");
            assert!(development.load(&[]).is_ok());
        }
    }
}

#[test]
fn neither_debug_nor_an_error_shows_a_secret() {
    let folder = Folder::new();
    let shown = format!("{:?}", folder.load(&[]).unwrap());
    let secrets = ["ledger.key", "pseudonym.key", "key.pem"].map(|file| {
        let text = fs::read_to_string(folder.0.join(file)).unwrap();
        text.lines().max_by_key(|line| line.len()).unwrap().to_owned()
    });
    for secret in &secrets {
        assert!(!shown.contains(secret));
        // A secret that was pasted where a path or another value belongs is not repeated.
        for old in ["\"ledger.key\"", "\"127.0.0.1:0\"", "\"pseudonym.key\"", "[\"ES256\"]", "true"] {
            let error = folder.load(&[(old, &format!("\"{secret}\""))]).unwrap_err();
            assert!(!error.to_string().contains(secret.as_str()), "{error}");
        }
    }
}

#[test]
fn the_example_configuration_is_one() {
    let text = include_str!("../../deploy/sluis.toml");
    let settings = Settings::parse(text).unwrap();
    assert!(!settings.development);
    // What is commented out as a default is the default.
    let uncommented: String = text
        .lines()
        .map(|line| line.strip_prefix("# default: ").unwrap_or(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_ne!(uncommented, text);
    assert_eq!(Settings::parse(&uncommented).unwrap(), settings);
}
