//! A certificate authority for development, and the certificates of organisations.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::string::PrintableString;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use zeroize::Zeroizing;

use super::{KeysProblem, file};
use crate::domain::{Clock, OrganisationId};
use crate::identity::certificate::DEVELOPMENT_MARK;

const NAME: &str = "Sluis development CA - not for production";
/// X.520 `serialNumber`: where `PKIoverheid` puts the OIN.
const SERIAL_NUMBER: [u64; 4] = [2, 5, 4, 5];
const HOUR: Duration = Duration::from_hours(1);
const VALIDITY: Duration = Duration::from_hours(365 * 24);

/// The development CA: ECDSA P-256, valid for a year.
pub struct DevelopmentCa {
    issuer: Issuer<'static, KeyPair>,
}

/// The files of an organisation's certificate.
#[derive(Debug, Clone)]
pub struct Certified {
    /// The certificate, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM (PKCS #8).
    pub key: PathBuf,
}

impl DevelopmentCa {
    /// Makes a CA: `ca.pem` and `ca.key.pem`.
    pub fn create(directory: &Path, clock: &impl Clock) -> Result<Self, KeysProblem> {
        file::refuse_existing(directory, &["ca.pem", "ca.key.pem"])?;
        let key = KeyPair::generate()?;
        let mut params = params();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        valid_from_now(&mut params, clock);
        let certificate = params.self_signed(&key)?;
        file::write_private(directory, "ca.key.pem", &Zeroizing::new(key.serialize_pem()))?;
        file::write_public(directory, "ca.pem", &certificate.pem())?;
        Ok(Self { issuer: Issuer::new(params, key) })
    }

    /// Opens the CA that was made in this directory.
    pub fn open(directory: &Path) -> Result<Self, KeysProblem> {
        let path = directory.join("ca.key.pem");
        let pem = Zeroizing::new(file::read(&path)?);
        let key = KeyPair::from_pem(&pem)
            .map_err(|_| KeysProblem::Content { path, expected: "private key in PEM" })?;
        Ok(Self { issuer: Issuer::new(params(), key) })
    }

    /// Makes a certificate for client and server: `cert.pem` and `key.pem`. The names are host names or IP addresses.
    pub fn organisation_certificate(
        &self,
        directory: &Path,
        organisation: &OrganisationId,
        name: &str,
        names: &[&str],
        clock: &impl Clock,
    ) -> Result<Certified, KeysProblem> {
        file::refuse_existing(directory, &["cert.pem", "key.pem"])?;
        let key = KeyPair::generate()?;
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names)?;
        let number = PrintableString::try_from(organisation.as_str())?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, name);
        params
            .distinguished_name
            .push(DnType::CustomDnType(SERIAL_NUMBER.to_vec()), DnValue::PrintableString(number));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        valid_from_now(&mut params, clock);
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(Certified {
            key: file::write_private(directory, "key.pem", &Zeroizing::new(key.serialize_pem()))?,
            certificate: file::write_public(directory, "cert.pem", &certificate.pem())?,
        })
    }
}

/// What is the same for every development CA, so that its key alone is enough to open it.
fn params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, NAME);
    params.distinguished_name.push(DnType::OrganizationalUnitName, DEVELOPMENT_MARK);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// From an hour ago, for clocks that run behind.
fn valid_from_now(params: &mut CertificateParams, clock: &impl Clock) {
    let now = Duration::from_millis(u64::try_from(clock.now().0).unwrap_or(0));
    let now = date_time_ymd(1970, 1, 1) + now;
    params.not_before = now - HOUR;
    params.not_after = now + VALIDITY;
}
