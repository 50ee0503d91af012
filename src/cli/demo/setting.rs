//! Everything that the demonstration needs, in one folder: keys, certificates, covenant, records, configuration, profiles.
//!
//! The folder is made afresh every time. Only a folder with the demonstration's own mark is ever emptied, and then only
//! of what the demonstration makes.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::desk::Desk;
use super::people;
use super::problem::DemoProblem;
use super::provider::accounts::PARTIES as PARTIES_WITH_ACCOUNTS;
use super::provider::{CLIENT, base};
use crate::ambient::{SystemClock, SystemRandomness};
use crate::cli::client::Profile;
use crate::cli::keys::{self, DevelopmentCa, KeysProblem, TokenIssuer, file};
use crate::domain::{OrganisationId, Party};
use crate::identity::Algorithm;
use crate::ledger::VerifierKey;
use crate::policy::{Bundle, Covenant, CovenantError};

const MARK: &str = "made-by-sluis-demo";
const MADE: [&str; 7] = ["clients", "covenant", "gateway", "parties", "profiles", "records", "receipts"];
const GATEWAY: &str = "00000099000000000001";
const AUDIENCE: &str = "https://sluis.example";
const ORIGIN: &str = "sluis.example/ledger";

const PARTIES: (&str, &str) = ("parties.toml", include_str!("../../../deploy/parties.toml"));
const POLICIES: [(&str, &str); 11] = [
    ("schema.cedarschema", include_str!("../../../policies/schema.cedarschema")),
    ("consent.cedar", include_str!("../../../policies/consent.cedar")),
    ("emergency.cedar", include_str!("../../../policies/emergency.cedar")),
    ("grounds.cedar", include_str!("../../../policies/grounds.cedar")),
    ("purpose.cedar", include_str!("../../../policies/purpose.cedar")),
    ("recipient.cedar", include_str!("../../../policies/recipient.cedar")),
    ("statutory.cedar", include_str!("../../../policies/statutory.cedar")),
    ("trust.cedar", include_str!("../../../policies/trust.cedar")),
    ("catalogue.toml", include_str!("../../../policies/catalogue.toml")),
    ("purposes.toml", include_str!("../../../policies/purposes.toml")),
    ("deadlines.toml", include_str!("../../../policies/deadlines.toml")),
];

/// The folder, held by this demonstration for as long as this exists.
pub struct Setting {
    folder: PathBuf,
    /// What the parties agreed.
    pub covenant: Covenant,
    /// What anybody verifies the ledger with.
    pub verifier: VerifierKey,
    _held: File,
}

/// The files of the covenant that is built in.
pub fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    POLICIES.into_iter().chain([PARTIES])
}

/// The covenant that is built in.
pub fn covenant() -> Result<Covenant, CovenantError> {
    let mut bundle = Bundle::default();
    for (name, text) in files() {
        bundle.insert(name, text.to_owned());
    }
    Covenant::from_bundle(&bundle)
}

/// How an organisation's files are named: `gemeente-assen`; an abbreviation in brackets is taken.
pub fn short_name(name: &str) -> String {
    let abbreviated = name.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inner, _)| inner);
    let capitals = abbreviated.filter(|inner| inner.chars().all(|c| c.is_ascii_uppercase()));
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let text: String = capitals.unwrap_or(name).chars().map(plain).collect();
    text.split_whitespace().collect::<Vec<_>>().join("-")
}

impl Setting {
    /// Makes the folder.
    pub fn make(folder: &Path) -> Result<Self, DemoProblem> {
        let held = take(folder)?;
        let ca = DevelopmentCa::create(&folder.join("gateway/ca"), &SystemClock)?;
        let gateway = folder.join("gateway");
        let names = ["localhost", "127.0.0.1", "::1"];
        let own =
            OrganisationId::parse(GATEWAY).map_err(|_| DemoProblem::NoParty("of the gateway itself"))?;
        ca.organisation_certificate(&gateway, &own, "Sluis (demonstratie)", &names, &SystemClock)?;
        let setting = Self {
            covenant: covenant()?,
            verifier: secrets(&gateway)?,
            folder: folder.to_owned(),
            _held: held,
        };
        for party in setting.covenant.parties.iter() {
            let own = setting.party_folder(party);
            ca.organisation_certificate(
                &own,
                &party.id,
                &party.name,
                &["localhost", "127.0.0.1"],
                &SystemClock,
            )?;
            TokenIssuer::create(&own, Algorithm::Es256)?;
        }
        for (name, text) in files() {
            file::write_public(&folder.join("covenant"), name, text)?;
        }
        for (custodian, text) in people::RECORDS {
            file::write_private(&folder.join("records"), &format!("{custodian}.json"), text)?;
        }
        for person in &people::ALL {
            let name = format!("{}.bsn", short_name(person.name));
            file::write_private(&folder.join("clients"), &name, &format!("{}\n", person.bsn))?;
        }
        create(&folder.join("receipts"))?;
        Ok(setting)
    }

    /// A file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The party whose files have this name.
    pub fn party(&self, short: &'static str) -> Result<&Party, DemoProblem> {
        let found = self.covenant.parties.iter().find(|party| short_name(&party.name) == short);
        found.ok_or(DemoProblem::NoParty(short))
    }

    /// The folder with a party's certificate and token issuer.
    pub fn party_folder(&self, party: &Party) -> PathBuf {
        self.folder.join("parties").join(short_name(&party.name))
    }

    /// Writes the gateway's configuration, with where each custodian listens.
    pub fn configure(
        &self,
        listen: SocketAddr,
        custodians: &[(OrganisationId, SocketAddr)],
        desk: &Desk,
    ) -> Result<PathBuf, DemoProblem> {
        let mut text = format!(
            "# The configuration of the demonstration: development keys, and a clock that can be set forward.\n\
             development = true\n\n\
             [server]\nlisten = \"{listen}\"\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n\
             client_ca = \"ca/ca.pem\"\nreflection = true\n\n\
             [store]\nfile = \"sluis.db\"\n\n[ledger]\nkey = \"ledger.key\"\n\n\
             [covenant]\npolicies = \"../covenant\"\nparties = \"../covenant/parties.toml\"\n\n\
             [identity]\naudience = \"{AUDIENCE}\"\npseudonym_key = \"pseudonym.key\"\n\n\
             [custodians]\ndeadline_ms = 5000\n\n[log]\nformat = \"text\"\nlevel = \"warn\"\n"
        );
        for party in self.covenant.parties.iter() {
            let (short, id) = (short_name(&party.name), &party.id);
            let _ = write!(
                text,
                "\n[[issuer]]\nissuer = \"{}\"\norganisation = \"{id}\"\nalgorithms = [\"ES256\"]\n\
                 key_set = \"../parties/{short}/issuer.jwks.json\"\n",
                issuer(&short)
            );
        }
        for (organisation, address) in custodians {
            let _ = write!(
                text,
                "\n[[custodian]]\norganisation = \"{organisation}\"\nurl = \"https://localhost:{}\"\n\
                 ca = \"ca/ca.pem\"\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n",
                address.port()
            );
        }
        let _ = write!(
            text,
            "\n[console]\nlisten = \"127.0.0.1:{}\"\naddress = \"{}\"\n",
            desk.port,
            desk.address()
        );
        for short in PARTIES_WITH_ACCOUNTS {
            let (id, base) = (&self.party(short)?.id, base(desk.providers.address));
            let _ = write!(
                text,
                "\n[[console.provider]]\nid = \"{short}\"\norganisation = \"{id}\"\nissuer = \"{base}/{short}\"\n\
                 client_id = \"{CLIENT}\"\nclient_secret = \"console.secret\"\nca = \"ca/ca.pem\"\nalgorithms = [\"ES256\"]\n"
            );
        }
        Ok(file::write_public(&self.folder.join("gateway"), "sluis.toml", &text)?)
    }

    /// Writes a profile of `sluis client` for each party, in its first role.
    pub fn write_profiles(&self, gateway: SocketAddr) -> Result<(), DemoProblem> {
        for party in self.covenant.parties.iter() {
            let short = short_name(&party.name);
            let role = party.roles.first().map_or("", |role| role.role.as_str());
            let text = format!(
                "# {}: another role of it with --role, another professional with --subject.\n\
                 gateway = \"https://localhost:{}\"\nca = \"../gateway/ca/ca.pem\"\n\
                 certificate = \"../parties/{short}/cert.pem\"\nkey = \"../parties/{short}/key.pem\"\n\
                 issuer-key = \"../parties/{short}/issuer.key.pem\"\nissuer = \"{}\"\naudience = \"{AUDIENCE}\"\n\
                 subject = \"medewerker-1\"\norganisation = \"{}\"\nrole = \"{role}\"\n",
                party.name,
                gateway.port(),
                issuer(&short),
                party.id
            );
            file::write_public(&self.folder.join("profiles"), &format!("{short}.toml"), &text)?;
        }
        Ok(())
    }

    /// The profile of a party, for this professional in this role.
    pub fn profile(&self, short: &str, role: &str, subject: &str) -> Result<Profile, super::StoryProblem> {
        let hat = Profile { role: Some(role.into()), subject: Some(subject.into()), ..Profile::default() };
        Ok(hat.or(Profile::read(&self.folder.join("profiles").join(format!("{short}.toml")))?))
    }
}

fn issuer(short: &str) -> String {
    format!("https://login.{short}.example")
}

/// The ledger key and the pseudonym key.
fn secrets(folder: &Path) -> Result<VerifierKey, DemoProblem> {
    let (_, verifier) = keys::ledger(folder, ORIGIN, &SystemRandomness)?;
    keys::pseudonym(folder, &SystemRandomness)?;
    Ok(VerifierKey::parse(file::read(&verifier)?.trim())?)
}

/// Takes the folder: makes it, or empties it of an earlier demonstration. Nobody else's folder is touched.
fn take(folder: &Path) -> Result<File, DemoProblem> {
    let failed = |problem| DemoProblem::File { path: folder.to_owned(), problem };
    let mark = folder.join(MARK);
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(1..) if !mark.is_file() => return Err(DemoProblem::Foreign(folder.to_owned())),
        Ok(_) => {}
        Err(problem) if problem.kind() == ErrorKind::NotFound => create(folder)?,
        Err(problem) => return Err(failed(problem)),
    }
    let held = File::options().write(true).create(true).truncate(false).open(&mark).map_err(failed)?;
    held.try_lock().map_err(|_| DemoProblem::Busy(folder.to_owned()))?;
    for made in MADE.map(|name| folder.join(name)) {
        let removed = if made.is_dir() { fs::remove_dir_all(&made) } else { fs::remove_file(&made) };
        match removed {
            Err(problem) if problem.kind() != ErrorKind::NotFound => {
                return Err(DemoProblem::File { path: made, problem });
            }
            _ => {}
        }
    }
    Ok(held)
}

fn create(folder: &Path) -> Result<(), DemoProblem> {
    fs::create_dir_all(folder)
        .map_err(|problem| KeysProblem::File { path: folder.to_owned(), problem }.into())
}

#[cfg(test)]
mod tests;
