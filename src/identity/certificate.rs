//! The organisation behind a connection.
//!
//! It is the `Subject.serialNumber` (2.5.4.5) of the verified leaf certificate, where `PKIoverheid` puts the OIN,
//! and only if there is exactly one, alone in its RDN: a second one would let two readers see two organisations.

use aws_lc_rs::digest::{SHA256, digest};
use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry::{OID_X509_ORGANIZATIONAL_UNIT, OID_X509_SERIALNUMBER};
use x509_parser::parse_x509_certificate;
use x509_parser::x509::X509Name;

use crate::domain::OrganisationId;

/// The organisational unit that marks every certificate of a development CA. Production refuses them.
pub const DEVELOPMENT_MARK: &str = "sluis-development";

/// What a client certificate says, once TLS has verified it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The organisation it was issued to.
    pub organisation: OrganisationId,
    /// SHA-256 of its DER encoding: what a token is bound to (RFC 8705 §3.1, `x5t#S256`).
    pub thumbprint: [u8; 32],
}

/// Why a certificate does not name one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// It is not one whole DER certificate.
    #[error("the certificate cannot be read: send one DER-encoded X.509 certificate")]
    Unreadable,
    /// There is no `Subject.serialNumber`.
    #[error("the certificate names no organisation: Subject.serialNumber (2.5.4.5) must hold the OIN")]
    NoOrganisation,
    /// There is more than one `Subject.serialNumber`, or it shares its RDN with another attribute.
    #[error("the certificate must hold exactly one Subject.serialNumber, alone in its RDN")]
    AmbiguousOrganisation,
    /// The `Subject.serialNumber` is not an organisation's number.
    #[error("Subject.serialNumber must be an organisation's number, such as an OIN of 20 characters")]
    MalformedOrganisation,
}

impl PeerCertificate {
    /// Reads a DER-encoded leaf certificate. Its chain, dates and revocation are TLS's to verify: see `tls`.
    pub fn read(der: &[u8]) -> Result<Self, CertificateProblem> {
        let certificate = parse(der)?;
        let organisation = organisation(certificate.subject())?;
        Ok(Self { organisation, thumbprint: thumbprint(der) })
    }
}

/// SHA-256 of a DER-encoded certificate.
pub fn thumbprint(der: &[u8]) -> [u8; 32] {
    let mut thumbprint = [0; 32];
    thumbprint.copy_from_slice(digest(&SHA256, der).as_ref());
    thumbprint
}

/// Whether a DER-encoded certificate comes from a development CA, or is one.
pub fn is_development(der: &[u8]) -> Result<bool, CertificateProblem> {
    let certificate = parse(der)?;
    let marked = |name: &X509Name<'_>| {
        name.iter_by_oid(&OID_X509_ORGANIZATIONAL_UNIT).any(|unit| unit.as_str() == Ok(DEVELOPMENT_MARK))
    };
    Ok(marked(certificate.subject()) || marked(certificate.issuer()))
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>, CertificateProblem> {
    match parse_x509_certificate(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(CertificateProblem::Unreadable),
    }
}

fn organisation(subject: &X509Name<'_>) -> Result<OrganisationId, CertificateProblem> {
    let mut found = None;
    for rdn in subject.iter_rdn() {
        for attribute in rdn.iter().filter(|a| *a.attr_type() == OID_X509_SERIALNUMBER) {
            if found.is_some() || rdn.iter().count() != 1 {
                return Err(CertificateProblem::AmbiguousOrganisation);
            }
            found = Some(attribute.as_str().map_err(|_| CertificateProblem::MalformedOrganisation)?);
        }
    }
    let text = found.ok_or(CertificateProblem::NoOrganisation)?;
    OrganisationId::parse(text).map_err(|_| CertificateProblem::MalformedOrganisation)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERIAL: &[u8] = &[0x55, 4, 5];
    const COMMON_NAME: &[u8] = &[0x55, 4, 3];
    const OIN: &[u8] = b"00000099000000001000";

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        let mut der = vec![tag];
        match u8::try_from(length) {
            Ok(short) if short < 0x80 => der.push(short),
            Ok(short) => der.extend([0x81, short]),
            _ => {
                der.push(0x82);
                der.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
        }
        der.extend(content);
        der
    }

    fn attribute(oid: &[u8], value: &[u8]) -> Vec<u8> {
        tlv(0x30, &[tlv(0x06, oid), tlv(0x13, value)].concat())
    }

    fn content(der: &[u8]) -> &[u8] {
        &der[2 + if der[1] < 0x80 { 0 } else { usize::from(der[1] & 0x7f) }..]
    }

    /// A real certificate in which the subject is replaced by these RDNs; its signature no longer fits.
    fn certificate(rdns: &[Vec<Vec<u8>>]) -> Vec<u8> {
        let key = rcgen::KeyPair::generate().unwrap();
        let der = rcgen::CertificateParams::default().self_signed(&key).unwrap().der().to_vec();
        let (_, parsed) = parse_x509_certificate(&der).unwrap();
        let old = parsed.subject().as_raw();
        let tbs = parsed.tbs_certificate.as_ref();
        let rest = &content(&der)[tbs.len()..];
        let tbs = content(tbs);
        let at = tbs.windows(old.len()).rposition(|window| window == old).unwrap();
        let sets: Vec<u8> = rdns.iter().flat_map(|rdn| tlv(0x31, &rdn.concat())).collect();
        let tbs = [&tbs[..at], &tlv(0x30, &sets), &tbs[at + old.len()..]].concat();
        tlv(0x30, &[tlv(0x30, &tbs), rest.to_vec()].concat())
    }

    #[test]
    fn the_organisation_is_the_one_serial_number_of_the_subject() {
        let der = certificate(&[vec![attribute(COMMON_NAME, b"example")], vec![attribute(SERIAL, OIN)]]);
        let peer = PeerCertificate::read(&der).unwrap();
        assert_eq!(peer.organisation.as_str().as_bytes(), OIN);
        assert_eq!(peer.thumbprint, thumbprint(&der));
        assert_eq!(is_development(&der), Ok(false));
    }

    #[test]
    fn a_certificate_that_could_name_two_organisations_or_none_is_refused() {
        let other = b"00000099000000002000".as_slice();
        for (rdns, problem) in [
            (vec![vec![attribute(COMMON_NAME, OIN)]], CertificateProblem::NoOrganisation),
            (vec![], CertificateProblem::NoOrganisation),
            (
                vec![vec![attribute(SERIAL, OIN)], vec![attribute(SERIAL, other)]],
                CertificateProblem::AmbiguousOrganisation,
            ),
            (
                vec![vec![attribute(SERIAL, OIN)], vec![attribute(SERIAL, OIN)]],
                CertificateProblem::AmbiguousOrganisation,
            ),
            (
                vec![vec![attribute(SERIAL, OIN), attribute(SERIAL, other)]],
                CertificateProblem::AmbiguousOrganisation,
            ),
            (
                vec![vec![attribute(COMMON_NAME, b"example"), attribute(SERIAL, OIN)]],
                CertificateProblem::AmbiguousOrganisation,
            ),
            (vec![vec![attribute(SERIAL, b"")]], CertificateProblem::MalformedOrganisation),
            (vec![vec![attribute(SERIAL, b"00000099 00000001")]], CertificateProblem::MalformedOrganisation),
        ] {
            assert_eq!(PeerCertificate::read(&certificate(&rdns)), Err(problem), "{rdns:?}");
        }
    }

    #[test]
    fn bytes_after_the_certificate_or_a_cut_certificate_are_refused() {
        let der = certificate(&[vec![attribute(SERIAL, OIN)]]);
        assert!(PeerCertificate::read(&der).is_ok());
        assert_eq!(
            PeerCertificate::read(&[der.as_slice(), &[0]].concat()),
            Err(CertificateProblem::Unreadable)
        );
        assert_eq!(PeerCertificate::read(&der[..der.len() - 1]), Err(CertificateProblem::Unreadable));
        assert_eq!(PeerCertificate::read(&[]), Err(CertificateProblem::Unreadable));
    }
}
