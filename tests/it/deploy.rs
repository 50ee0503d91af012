//! The example configuration of `deploy/`, with keys of its own kind, through `sluis check`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer, KeyIdMethod,
    KeyPair, SerialNumber, date_time_ymd,
};
use sluis::ambient::SystemRandomness;
use sluis::cli::keys::{TokenIssuer, ledger, pseudonym};
use sluis::identity::Algorithm;

use crate::harness::Folder;

fn secret(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Everything that `deploy/sluis.toml` names, where it names it: keys that are not development keys.
fn installed() -> Folder {
    let folder = Folder::new();
    let root = folder.path();
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for name in ["tls", "issuers", "records", "policies"] {
        fs::create_dir(root.join(name)).unwrap();
    }
    for entry in fs::read_dir(repository.join("policies")).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            fs::copy(entry.path(), root.join("policies").join(entry.file_name())).unwrap();
        }
    }
    fs::copy(repository.join("deploy/parties.toml"), root.join("parties.toml")).unwrap();
    let example = fs::read_to_string(repository.join("deploy/sluis.toml")).unwrap();
    let here = example.replace("/var/lib/sluis/sluis.db", "sluis.db");
    assert_ne!(example, here);
    fs::write(root.join("sluis.toml"), here).unwrap();

    let (ca_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::OrganizationName, "A trusted authority");
    let ca_pem = authority.self_signed(&ca_key).unwrap().pem();
    let ca = Issuer::new(authority, ca_key);
    let gateway =
        CertificateParams::new(vec!["sluis.example".to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
    let revoked = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 1, 1),
        next_update: date_time_ymd(2100, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    fs::write(root.join("tls/client-ca.pem"), &ca_pem).unwrap();
    fs::write(root.join("tls/custodian-ca.pem"), &ca_pem).unwrap();
    fs::write(root.join("tls/revoked.pem"), revoked.signed_by(&ca).unwrap().pem().unwrap()).unwrap();
    fs::write(root.join("tls/gateway.pem"), gateway.pem()).unwrap();
    secret(&root.join("tls/gateway.key.pem"), &key.serialize_pem());
    secret(&root.join("records/municipality.json"), "{ \"records\": {} }");
    ledger(root, "sluis.example/ledger", &SystemRandomness).unwrap();
    pseudonym(root, &SystemRandomness).unwrap();
    for name in ["youth-care", "municipality"] {
        let own = root.join("made").join(name);
        TokenIssuer::create(&own, Algorithm::Es256).unwrap();
        fs::copy(own.join("issuer.jwks.json"), root.join(format!("issuers/{name}.jwks.json"))).unwrap();
    }
    folder
}

fn check(folder: &Folder) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sluis"))
        .arg("check")
        .arg(folder.path().join("sluis.toml"))
        .output()
        .unwrap()
}

#[test]
fn the_example_configuration_passes_check_with_keys_of_its_own_kind() {
    let folder = installed();
    let output = check(&folder);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.starts_with("production configuration is good"), "{said}");
}

#[test]
fn and_fails_it_with_a_key_that_others_can_read_or_a_covenant_that_does_not_hold() {
    let folder = installed();
    let key = folder.path().join("ledger.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let open = check(&folder);
    assert_eq!(open.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&open.stderr).contains("ledger.key"));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();

    let rules = folder.path().join("policies/recipient.cedar");
    let good = fs::read_to_string(&rules).unwrap();
    fs::write(&rules, good.replace("recipient_has_legal_basis", "recipient_has_legal_basjs")).unwrap();
    let broken = check(&folder);
    assert_eq!(broken.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&broken.stderr).contains("recipient"));
}
