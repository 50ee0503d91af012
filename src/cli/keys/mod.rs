//! `sluis keys`: keys and certificates for development and tests.
//!
//! Every certificate made here carries a mark by which production refuses it. The ledger key and the pseudonym key
//! are as good as any. A private key file is readable by its owner only and is never overwritten.

pub mod authority;
pub mod file;
pub mod issuer;

use std::io::Write;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

pub use authority::{Certified, DevelopmentCa};
pub use issuer::{Claims, TokenIssuer};

use crate::domain::{Clock, OrganisationId, Randomness, Role};
use crate::identity::certificate::thumbprint;
use crate::identity::{Algorithm, AuthenticationLevel};
use crate::ledger::key::PrivateKey;
use crate::ledger::{CosigningKey, KeyError, SigningKey};

/// Why a key was not made. Never shows a key.
#[derive(Debug, thiserror::Error)]
pub enum KeysProblem {
    /// The file is there already.
    #[error("{0} exists and is not overwritten: choose another directory, or move it away yourself")]
    Exists(PathBuf),
    /// The file cannot be read or written.
    #[error("{path}: {problem}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        problem: std::io::Error,
    },
    /// The file holds something else.
    #[error("{path} holds no {expected}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
    /// A name, address or number cannot be put into a certificate.
    #[error("the certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A token cannot be signed with this key.
    #[error("the token cannot be signed: {0}")]
    Token(#[from] jsonwebtoken::errors::Error),
    /// Nothing can be signed with this algorithm here.
    #[error("development issuers sign with ES256 or EdDSA")]
    Algorithm,
    /// The key of a ledger or a witness cannot be made under this name.
    #[error("the key cannot be made: {0}")]
    Ledger(#[from] KeyError),
    /// The result cannot be shown.
    #[error("the result cannot be written: {0}")]
    Output(#[source] std::io::Error),
}

/// Makes keys for development.
#[derive(Debug, clap::Subcommand)]
pub enum KeysCommand {
    /// Make a development CA: ca.pem and ca.key.pem
    Ca {
        /// Into which directory
        #[arg(long)]
        out: PathBuf,
    },
    /// Make an organisation's certificate: cert.pem and key.pem
    Certificate {
        /// The directory of the development CA
        #[arg(long)]
        ca: PathBuf,
        /// The organisation's OIN (00000099… is for tests)
        #[arg(long, value_parser = OrganisationId::parse)]
        organisation: OrganisationId,
        /// The organisation's name
        #[arg(long)]
        name: String,
        /// Host names and IP addresses of its servers
        #[arg(long, num_args = 1.., default_value = "localhost")]
        dns: Vec<String>,
        /// Into which directory
        #[arg(long)]
        out: PathBuf,
    },
    /// Make a token issuer: issuer.key.pem and issuer.jwks.json
    Issuer {
        /// ES256 or `EdDSA`
        #[arg(long, default_value = "ES256", value_parser = algorithm)]
        algorithm: Algorithm,
        /// Into which directory
        #[arg(long)]
        out: PathBuf,
    },
    /// Make a token for a professional and print it
    Token(TokenArguments),
    /// Make a ledger key: ledger.key, and ledger.vkey to verify with
    Ledger {
        /// The log's name in every checkpoint and receipt, such as sluis.example/ledger
        #[arg(long)]
        origin: String,
        /// Into which directory
        #[arg(long)]
        out: PathBuf,
    },
    /// Make a witness's key: witness.key, and witness.vkey for the gateways that it witnesses
    Witness {
        /// The witness's name in every cosignature, such as witness.example/w1
        #[arg(long)]
        name: String,
        /// Into which directory
        #[arg(long)]
        out: PathBuf,
    },
    /// Make a pseudonym key: pseudonym.key
    Pseudonym {
        /// Into which directory
        #[arg(long)]
        out: PathBuf,
    },
}

/// What a token is to say.
#[derive(Debug, clap::Args)]
pub struct TokenArguments {
    /// The issuer's private key: issuer.key.pem
    #[arg(long)]
    issuer_key: PathBuf,
    /// The exact `iss`, as configured
    #[arg(long)]
    issuer: String,
    /// The client certificate that the token is bound to: cert.pem
    #[arg(long)]
    certificate: PathBuf,
    /// The professional, as the organisation knows them
    #[arg(long)]
    subject: String,
    /// The professional's organisation
    #[arg(long, value_parser = OrganisationId::parse)]
    organisation: OrganisationId,
    /// The professional's role
    #[arg(long, value_parser = Role::parse)]
    role: Role,
    /// How sure it is: low, substantial or high
    #[arg(long, default_value = "substantial", value_parser = level)]
    acr: AuthenticationLevel,
    /// The gateway's audience
    #[arg(long)]
    audience: String,
    /// For how many minutes
    #[arg(long, default_value_t = 5)]
    minutes: u16,
}

fn algorithm(text: &str) -> Result<Algorithm, KeysProblem> {
    Algorithm::parse(text).filter(|a| issuer::can_sign(*a)).ok_or(KeysProblem::Algorithm)
}

fn level(text: &str) -> Result<AuthenticationLevel, &'static str> {
    AuthenticationLevel::parse(text).ok_or("low, substantial or high")
}

impl KeysCommand {
    /// Does it, and says which files were made (or prints the token).
    pub fn run(
        self,
        clock: &impl Clock,
        randomness: &impl Randomness,
        output: &mut impl Write,
    ) -> Result<(), KeysProblem> {
        let made = match self {
            Self::Ca { out } => {
                DevelopmentCa::create(&out, clock)?;
                format!("{}\n{}", out.join("ca.pem").display(), out.join("ca.key.pem").display())
            }
            Self::Certificate { ca, organisation, name, dns, out } => {
                let ca = DevelopmentCa::open(&ca)?;
                let names: Vec<&str> = dns.iter().map(String::as_str).collect();
                let made = ca.organisation_certificate(&out, &organisation, &name, &names, clock)?;
                format!("{}\n{}", made.certificate.display(), made.key.display())
            }
            Self::Issuer { algorithm, out } => {
                TokenIssuer::create(&out, algorithm)?;
                format!(
                    "{}\n{}",
                    out.join("issuer.key.pem").display(),
                    out.join("issuer.jwks.json").display()
                )
            }
            Self::Token(arguments) => arguments.mint(clock, randomness)?,
            Self::Ledger { origin, out } => {
                let (key, verifier) = ledger(&out, &origin, randomness)?;
                format!("{}\n{}", key.display(), verifier.display())
            }
            Self::Witness { name, out } => {
                let (key, verifier) = witness(&out, &name, randomness)?;
                format!("{}\n{}", key.display(), verifier.display())
            }
            Self::Pseudonym { out } => pseudonym(&out, randomness)?.display().to_string(),
        };
        writeln!(output, "{made}").map_err(KeysProblem::Output)
    }
}

impl TokenArguments {
    fn mint(&self, clock: &impl Clock, randomness: &impl Randomness) -> Result<String, KeysProblem> {
        let certificate = file::certificate(&self.certificate)?;
        let claims = Claims {
            issuer: &self.issuer,
            audience: &self.audience,
            subject: &self.subject,
            organisation: &self.organisation,
            role: &self.role,
            level: self.acr,
            thumbprint: thumbprint(&certificate),
            minutes: self.minutes,
        };
        TokenIssuer::open(&self.issuer_key)?.mint(&claims, clock, randomness)
    }
}

/// Makes a ledger key with this name: `ledger.key`, and `ledger.vkey` for everyone who verifies.
pub fn ledger(
    directory: &Path,
    origin: &str,
    randomness: &impl Randomness,
) -> Result<(PathBuf, PathBuf), KeysProblem> {
    note_key(directory, "ledger", |seed| SigningKey::from_seed(origin, seed), randomness)
}

/// Makes a witness's key with this name: `witness.key`, and `witness.vkey` for the gateways that it witnesses.
pub fn witness(
    directory: &Path,
    name: &str,
    randomness: &impl Randomness,
) -> Result<(PathBuf, PathBuf), KeysProblem> {
    note_key(directory, "witness", |seed| CosigningKey::from_seed(name, seed), randomness)
}

fn note_key<const ALGORITHM: u8>(
    directory: &Path,
    file: &str,
    make: impl Fn(&[u8; 32]) -> Result<PrivateKey<ALGORITHM>, KeyError>,
    randomness: &impl Randomness,
) -> Result<(PathBuf, PathBuf), KeysProblem> {
    let (private, public) = (format!("{file}.key"), format!("{file}.vkey"));
    file::refuse_existing(directory, &[&private, &public])?;
    let mut seed = Zeroizing::new([0; 32]);
    randomness.fill(seed.as_mut_slice());
    let key = make(&seed)?;
    let text = Zeroizing::new(format!("{}\n", *key.to_text()?));
    Ok((
        file::write_private(directory, &private, &text)?,
        file::write_public(directory, &public, &format!("{}\n", key.verifier()))?,
    ))
}

/// Makes a pseudonym key: 32 random bytes, in hexadecimal, in `pseudonym.key`.
pub fn pseudonym(directory: &Path, randomness: &impl Randomness) -> Result<PathBuf, KeysProblem> {
    let mut bytes = Zeroizing::new([0; 32]);
    randomness.fill(bytes.as_mut_slice());
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    let mut text = Zeroizing::new(String::with_capacity(65));
    text.extend(digits.chain(['\n']));
    file::write_private(directory, "pseudonym.key", &text)
}

#[cfg(test)]
mod tests;
