use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::ambient::{SystemClock, SystemRandomness};
use crate::identity::certificate::{PeerCertificate, is_development};
use crate::identity::{
    IssuerConfig, Issuers, PseudonymKey, TlsMaterial, TokenProblem, TokenSettings, TokenVerifier, tls,
};

struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sluis-keys-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn oin() -> OrganisationId {
    OrganisationId::parse("00000099000000001000").unwrap()
}

/// Runs `sluis keys ...` as a person would type it.
fn keys(line: &str) -> Result<String, String> {
    #[derive(clap::Parser)]
    struct Cli {
        #[command(subcommand)]
        command: KeysCommand,
    }
    let words = std::iter::once("keys").chain(line.split(' '));
    let cli = <Cli as clap::Parser>::try_parse_from(words).map_err(|problem| problem.to_string())?;
    let mut output = Vec::new();
    cli.command.run(&SystemClock, &SystemRandomness, &mut output).map_err(|problem| problem.to_string())?;
    Ok(String::from_utf8(output).unwrap())
}

#[test]
fn a_development_certificate_names_its_organisation_serves_tls_and_is_marked() {
    let directory = Directory::new();
    let ca = DevelopmentCa::create(&directory.0, &SystemClock).unwrap();
    let names = ["localhost", "127.0.0.1", "::1"];
    let made = ca.organisation_certificate(&directory.0, &oin(), "Gemeente Voorbeeld", &names, &SystemClock);
    let made = made.unwrap();
    let leaf = file::certificate(&made.certificate).unwrap();
    assert_eq!(PeerCertificate::read(&leaf).unwrap().organisation, oin());
    let authority = file::certificate(&directory.0.join("ca.pem")).unwrap();
    assert_eq!((is_development(&leaf), is_development(&authority)), (Ok(true), Ok(true)));

    let read = |path: &Path| std::fs::read(path).unwrap();
    let (ca, certificate, key) =
        (read(&directory.0.join("ca.pem")), read(&made.certificate), read(&made.key));
    let material = TlsMaterial {
        client_ca: &ca,
        revocation_lists: None,
        certificate_chain: &certificate,
        private_key: &key,
    };
    assert!(tls::server_config(material).is_ok());
    let verifier = tls::client_verifier(&ca, None).unwrap();
    let moment = rustls::pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_millis(
        SystemClock.now().0.unsigned_abs(),
    ));
    assert!(verifier.verify_client_cert(&leaf, &[], moment).is_ok());
}

#[test]
fn a_certificate_of_a_reopened_ca_is_verified_by_the_first_one_and_of_another_ca_is_not() {
    let (own, other, leaf) = (Directory::new(), Directory::new(), Directory::new());
    DevelopmentCa::create(&own.0, &SystemClock).unwrap();
    DevelopmentCa::create(&other.0, &SystemClock).unwrap();
    let reopened = DevelopmentCa::open(&own.0).unwrap();
    let made =
        reopened.organisation_certificate(&leaf.0, &oin(), "Accare", &["localhost"], &SystemClock).unwrap();
    let certificate = file::certificate(&made.certificate).unwrap();
    let moment = rustls::pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_millis(
        SystemClock.now().0.unsigned_abs(),
    ));
    for (directory, accepted) in [(&own, true), (&other, false)] {
        let ca = std::fs::read(directory.0.join("ca.pem")).unwrap();
        let verified = tls::client_verifier(&ca, None).unwrap().verify_client_cert(&certificate, &[], moment);
        assert_eq!(verified.is_ok(), accepted);
    }
}

#[test]
fn a_token_from_the_command_line_is_accepted_over_its_certificate_only() {
    for algorithm in ["ES256", "EdDSA"] {
        let directory = Directory::new();
        let d = directory.0.display();
        keys(&format!("ca --out {d}")).unwrap();
        keys(&format!(
            "certificate --ca {d} --organisation {} --name Accare --dns localhost ::1 --out {d}",
            oin()
        ))
        .unwrap();
        keys(&format!("issuer --algorithm {algorithm} --out {d}/issuer")).unwrap();
        keys(&format!("pseudonym --out {d}")).unwrap();
        let token = keys(&format!(
            "token --issuer-key {d}/issuer/issuer.key.pem --issuer https://login.example --certificate {d}/cert.pem \
             --subject medewerker-17 --organisation {} --role fact-behandelaar --audience sluis --minutes 5",
            oin()
        ))
        .unwrap();

        let issuers = Issuers::load(&[IssuerConfig {
            issuer: "https://login.example".to_owned(),
            organisation: oin(),
            algorithms: vec![Algorithm::parse(algorithm).unwrap()],
            key_set: directory.0.join("issuer/issuer.jwks.json"),
        }])
        .unwrap();
        let pseudonyms = Arc::new(PseudonymKey::read(&directory.0.join("pseudonym.key")).unwrap());
        let verifier = TokenVerifier::new(TokenSettings::for_audience("sluis"), issuers, pseudonyms).unwrap();
        let certificate = file::certificate(&directory.0.join("cert.pem")).unwrap();
        let peer = PeerCertificate::read(&certificate).unwrap();
        let verified = verifier.verify(token.trim(), &peer, SystemClock.now()).unwrap();
        assert_eq!(verified.hat.to_string(), format!("{}/fact-behandelaar", oin()));
        assert_eq!(verified.expires.0 - verified.not_before.0, 5 * 60 * 1000);
        let other = PeerCertificate { thumbprint: [0; 32], ..peer };
        let refused = verifier.verify(token.trim(), &other, SystemClock.now());
        assert_eq!(refused, Err(TokenProblem::BoundToOtherCertificate));
    }
}

#[test]
fn a_key_file_is_never_overwritten_and_is_its_owners_only() {
    let directory = Directory::new();
    let d = directory.0.display();
    for (command, files) in [
        ("ca", &["ca.key.pem", "ca.pem"][..]),
        ("issuer", &["issuer.key.pem", "issuer.jwks.json"]),
        ("ledger --origin sluis.example/ledger", &["ledger.key", "ledger.vkey"]),
        ("pseudonym", &["pseudonym.key"]),
    ] {
        keys(&format!("{command} --out {d}")).unwrap();
        let before = std::fs::read(directory.0.join(files[0])).unwrap();
        assert!(keys(&format!("{command} --out {d}")).unwrap_err().contains("not overwritten"), "{command}");
        assert_eq!(std::fs::read(directory.0.join(files[0])).unwrap(), before, "{command}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(directory.0.join(files[0])).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{command}");
        }
    }
}

#[test]
fn a_ledger_key_is_written_as_the_gateway_and_every_verifier_read_it() {
    let directory = Directory::new();
    keys(&format!("ledger --origin sluis.example/ledger --out {}", directory.0.display())).unwrap();
    let read = |name: &str| std::fs::read_to_string(directory.0.join(name)).unwrap();
    let key = SigningKey::parse(read("ledger.key").trim()).unwrap();
    assert_eq!(key.verifier().name(), "sluis.example/ledger");
    assert_eq!(key.verifier().to_string(), read("ledger.vkey").trim());
}

#[test]
fn what_cannot_be_made_is_refused_in_plain_words() {
    let directory = Directory::new();
    let d = directory.0.display();
    for (line, words) in [
        (format!("issuer --algorithm HS256 --out {d}"), "ES256 or EdDSA"),
        (format!("ledger --origin a+b --out {d}"), "a key name"),
        (format!("issuer --algorithm RS256 --out {d}"), "ES256 or EdDSA"),
        (format!("certificate --ca {d} --organisation x --name x --out {d}"), "such as an OIN"),
        (format!("certificate --ca {d} --organisation {} --name x --out {d}", oin()), "ca.key.pem"),
    ] {
        assert!(keys(&line).unwrap_err().contains(words), "{line}");
    }
}
