//! Who a client is and where the gateway is: options of the command line, filled up from a small file.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::connection::{Client, Door};
use super::credentials::{Credentials, Minted};
use super::problem::ClientProblem;
use crate::cli::keys::{TokenIssuer, file};
use crate::domain::{AuthenticationLevel, OrganisationId, Role};
use crate::identity::certificate::thumbprint;

/// Paths in a file are relative to that file.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// The gateway, such as <https://localhost:8443>
    #[arg(long, global = true)]
    pub gateway: Option<String>,
    /// The authority of the gateway's certificate (PEM)
    #[arg(long, global = true)]
    pub ca: Option<PathBuf>,
    /// Your organisation's certificate (PEM)
    #[arg(long, global = true)]
    pub certificate: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, global = true)]
    pub key: Option<PathBuf>,
    /// A file with your token; without it a development token is made
    #[arg(long, global = true)]
    pub token: Option<PathBuf>,
    /// Development token: the issuer's private key (PEM)
    #[arg(long, global = true)]
    pub issuer_key: Option<PathBuf>,
    /// Development token: the exact `iss`
    #[arg(long, global = true)]
    pub issuer: Option<String>,
    /// Development token: the gateway's audience
    #[arg(long, global = true)]
    pub audience: Option<String>,
    /// Development token: the professional
    #[arg(long, global = true)]
    pub subject: Option<String>,
    /// Development token: the organisation (OIN)
    #[arg(long, global = true)]
    pub organisation: Option<String>,
    /// Development token: the role
    #[arg(long, global = true)]
    pub role: Option<String>,
    /// Development token: how sure it is who asks (low, substantial or high)
    #[arg(long, global = true)]
    pub level: Option<String>,
}

impl Profile {
    /// Reads a profile.
    pub fn read(path: &Path) -> Result<Self, ClientProblem> {
        let text = file::read(path)?;
        let refuse = |error: toml::de::Error| ClientProblem::Profile {
            path: path.to_owned(),
            problem: error.message().to_owned(),
        };
        let mut profile: Self = toml::from_str(&text).map_err(refuse)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let Self { ca, certificate, key, token, issuer_key, .. } = &mut profile;
        for path in [ca, certificate, key, token, issuer_key].into_iter().flatten() {
            *path = folder.join(&path);
        }
        Ok(profile)
    }

    /// This profile, with what it lacks from another.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            gateway: self.gateway.or(other.gateway),
            ca: self.ca.or(other.ca),
            certificate: self.certificate.or(other.certificate),
            key: self.key.or(other.key),
            token: self.token.or(other.token),
            issuer_key: self.issuer_key.or(other.issuer_key),
            issuer: self.issuer.or(other.issuer),
            audience: self.audience.or(other.audience),
            subject: self.subject.or(other.subject),
            organisation: self.organisation.or(other.organisation),
            role: self.role.or(other.role),
            level: self.level.or(other.level),
        }
    }

    /// Connects.
    pub async fn connect(&self) -> Result<Client, ClientProblem> {
        let certificate = needed(self.certificate.as_deref(), "certificate")?;
        let door = Door {
            gateway: needed(self.gateway.clone(), "gateway")?,
            ca_pem: file::read(needed(self.ca.as_deref(), "ca")?)?.into(),
            certificate_pem: file::read(certificate)?.into(),
            key_pem: Zeroizing::new(file::read(needed(self.key.as_deref(), "key")?)?.into()),
        };
        Client::connect(&door, self.bound_to(certificate)?).await
    }

    /// Who asks, without a connection.
    pub fn credentials(&self) -> Result<Credentials, ClientProblem> {
        self.bound_to(needed(self.certificate.as_deref(), "certificate")?)
    }

    fn bound_to(&self, certificate: &Path) -> Result<Credentials, ClientProblem> {
        if let Some(path) = &self.token {
            return Ok(Credentials::Token(Zeroizing::new(file::read(path)?.trim().to_owned())));
        }
        Ok(Credentials::Minted(Box::new(Minted {
            signer: TokenIssuer::open(needed(self.issuer_key.as_deref(), "token (or --issuer-key)")?)?,
            issuer: needed(self.issuer.clone(), "issuer")?,
            audience: needed(self.audience.clone(), "audience")?,
            subject: needed(self.subject.clone(), "subject")?,
            organisation: OrganisationId::parse(&needed(self.organisation.clone(), "organisation")?)?,
            role: Role::parse(&needed(self.role.clone(), "role")?)?,
            level: self.sure()?,
            thumbprint: thumbprint(&file::certificate(certificate)?),
        })))
    }

    /// How sure it is who asks: two factors, if nothing else is said.
    fn sure(&self) -> Result<AuthenticationLevel, ClientProblem> {
        const NONE: ClientProblem = ClientProblem::Argument("--level is low, substantial or high");
        let level = self.level.as_deref();
        level.map_or(Ok(AuthenticationLevel::Substantial), |l| AuthenticationLevel::parse(l).ok_or(NONE))
    }
}

fn needed<T>(setting: Option<T>, name: &'static str) -> Result<T, ClientProblem> {
    setting.ok_or(ClientProblem::Missing(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, text: &str) -> Result<Profile, ClientProblem> {
        let path = std::env::temp_dir().join(format!("sluis-profile-{}-{name}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let profile = Profile::read(&path);
        std::fs::remove_file(&path).unwrap();
        profile
    }

    #[test]
    fn what_is_typed_wins_over_the_profile_and_the_rest_comes_from_it() {
        let typed = Profile { role: Some("privacy-officer".to_owned()), ..Profile::default() };
        let text = "gateway = 'https://localhost:8443'\nrole = 'wonen'\nissuer-key = 'keys/issuer.key.pem'\n";
        let profile = typed.or(written("typed", text).unwrap());
        assert_eq!(profile.role.as_deref(), Some("privacy-officer"));
        assert_eq!(profile.gateway.as_deref(), Some("https://localhost:8443"));
        assert_eq!(profile.issuer_key, Some(std::env::temp_dir().join("keys/issuer.key.pem")));
        assert_eq!(profile.ca, None);
    }

    #[test]
    fn a_profile_with_an_unknown_key_is_refused_by_its_name() {
        let error = written("unknown", "gatewy = 'https://localhost:8443'\n").unwrap_err().to_string();
        assert!(error.contains("gatewy"), "{error}");
    }

    #[tokio::test]
    async fn what_is_missing_is_named_before_anything_is_reached() {
        let error = Profile::default().connect().await.err().unwrap().to_string();
        assert_eq!(error, "--certificate is missing: give it, or a --profile that has it");
    }
}
