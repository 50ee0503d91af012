//! Identifiers.
//!
//! Every identifier is parsed once, at the edge, into a type that cannot be malformed; after that no code checks
//! again. None of them may carry a BSN, a name or any other content: [`PersonRef`] and [`CustodianReference`]
//! refuse a text that passes the BSN check (UAVG art. 46).

use std::fmt;

use crate::domain::bsn::Bsn;
use crate::domain::free_text::contains_identifier;

/// Why a text is not the identifier it was given as. Names the kind and the remedy, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be {expected}")]
pub struct Malformed {
    /// Which identifier.
    pub kind: &'static str,
    /// What it should look like.
    pub expected: &'static str,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Parses the text.
            pub fn parse(text: &str) -> Result<Self, Malformed> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(Malformed { kind: $kind, expected: $expected })
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;
            fn try_from(text: String) -> Result<Self, Malformed> {
                Self::parse(&text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

fn chars(text: &str, max: usize, allowed: fn(char) -> bool) -> bool {
    !text.is_empty() && text.len() <= max && text.chars().all(allowed)
}

fn hex(text: &str, length: usize) -> bool {
    text.len() == length && text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
}

/// A reference that somebody outside made up: bounded, printable, and not a BSN in disguise.
fn reference(text: &str) -> bool {
    chars(text, 64, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/'))
        && Bsn::parse(text).is_err()
}

text_id!(
    /// An organisation, as in its certificate's `Subject.serialNumber`: an OIN (20 characters, Logius OIN-Stelsel)
    /// or one based on a URA.
    OrganisationId, "organisation", "8 to 32 letters and digits, such as an OIN",
    |t| t.len() >= 8 && chars(t, 32, |c| c.is_ascii_alphanumeric())
);
text_id!(
    /// A role within an organisation, such as `fact-behandelaar`. Organisation and role together are one *hat*.
    Role, "role", "1 to 40 lower-case letters, digits and hyphens",
    |t| chars(t, 40, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
);
text_id!(
    /// The gateway's own pseudonym of a client: a keyed function of the BSN, so that an unknown client has one too
    /// (rules.md, ruling 23). 32 hexadecimal characters.
    ClientRef, "client", "32 hexadecimal characters", |t| hex(t, 32)
);
text_id!(
    /// The pseudonymous reference of the professional who asks: a keyed function of organisation and token subject.
    RequesterRef, "requester", "32 hexadecimal characters", |t| hex(t, 32)
);
text_id!(
    /// A consent or objection, made by the gateway.
    ConsentId, "consent_id", "`c-` and 32 hexadecimal characters",
    |t| t.strip_prefix("c-").is_some_and(|rest| hex(rest, 32))
);
text_id!(
    /// A decision to withhold something from representatives, made by the gateway.
    WithholdingId, "withholding_id", "`w-` and 32 hexadecimal characters",
    |t| t.strip_prefix("w-").is_some_and(|rest| hex(rest, 32))
);
text_id!(
    /// What a retry is recognised by: a UUID that the requester makes (AIP-155). Version 7 keeps the index small.
    RequestId, "request_id", "a UUID in lower case, such as 0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d11",
    |t| t.len() == 36 && t.chars().enumerate().all(|(i, c)| match i {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
    })
);
text_id!(
    /// A person in a client's network, named by the custodian with a reference of its own; never a name or BSN.
    PersonRef, "person", "1 to 64 letters, digits and -_.:/ and not a BSN", reference
);
text_id!(
    /// How the custodian finds the client's record in its own system; never the BSN itself.
    CustodianReference, "custodian_reference", "1 to 64 letters, digits and -_.:/ and not a BSN", reference
);
text_id!(
    /// SHA-256 of a covenant, in hexadecimal: which rules were in force.
    CovenantDigest, "covenant digest", "64 hexadecimal characters", |t| hex(t, 64)
);

text_id!(
    /// SHA-256 over the indexes of the entries that stay when retention is over, in hexadecimal.
    KeptDigest, "digest of kept entries", "64 hexadecimal characters", |t| hex(t, 64)
);

text_id!(
    /// SHA-256 of a file, in hexadecimal.
    FileDigest, "file digest", "64 hexadecimal characters", |t| hex(t, 64)
);

text_id!(
    /// A reference to evidence kept elsewhere: a version of the consent text, a note in the custodian's file.
    EvidenceReference, "evidence reference", "1 to 64 letters, digits and -_.:/ and not a BSN", reference
);
text_id!(
    /// What a sample is drawn by: made by the gateway, or chosen by an officer.
    SampleSeed, "seed", "1 to 128 letters, digits and marks, without spaces and without a BSN",
    |t| chars(t, 128, |c| c.is_ascii_graphic()) && !contains_identifier(t)
);
text_id!(
    /// The 128-bit W3C trace id that ties an entry to the records of the systems around it.
    TraceId, "trace_id", "32 hexadecimal characters", |t| hex(t, 32)
);

fn to_hex<const N: usize>(bytes: [u8; N]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

impl FileDigest {
    /// The 32 bytes of the hash.
    pub fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(self.0.as_bytes().chunks_exact(2)) {
            let digit =
                |at: usize| pair.get(at).and_then(|c| char::from(*c).to_digit(16)).unwrap_or_default();
            *byte = u8::try_from(digit(0) * 16 + digit(1)).unwrap_or_default();
        }
        bytes
    }

    /// From the 32 bytes of the hash.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(to_hex(bytes).into())
    }
}

impl TraceId {
    /// From 16 bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(to_hex(bytes).into())
    }
}

impl ClientRef {
    /// From the 16 bytes of the keyed function.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(to_hex(bytes).into())
    }
}

impl RequesterRef {
    /// From the 16 bytes of the keyed function.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(to_hex(bytes).into())
    }
}

impl ConsentId {
    /// From 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(format!("c-{}", to_hex(bytes)).into())
    }
}

impl WithholdingId {
    /// From 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(format!("w-{}", to_hex(bytes)).into())
    }
}

impl EvidenceReference {
    /// Of what was only thought of: there is no evidence.
    pub fn none() -> Self {
        Self("none".into())
    }
}

impl PersonRef {
    /// The client, who needs no reference of their own.
    pub fn client() -> Self {
        Self("client".into())
    }

    /// Somebody whom a field names and nobody registered.
    pub fn unnamed() -> Self {
        Self("unnamed".into())
    }

    /// Whether this is the client.
    pub fn is_client(&self) -> bool {
        self.as_str() == "client"
    }
}

/// One *hat*: organisation and role together. A professional wears exactly one at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Hat {
    /// For which organisation.
    pub organisation: OrganisationId,
    /// In which role.
    pub role: Role,
}

impl fmt::Display for Hat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.organisation, self.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_that_passes_the_bsn_check_is_refused() {
        assert!(PersonRef::parse("999993653").is_err());
        assert!(CustodianReference::parse("123456782").is_err());
        assert!(PersonRef::parse("moeder-1").is_ok());
    }

    #[test]
    fn a_file_digest_is_the_hash_it_was_made_from() {
        let hash = std::array::from_fn(|at| u8::try_from(at * 7 % 256).unwrap());
        assert_eq!(FileDigest::from_bytes(hash).bytes(), hash);
        assert!(FileDigest::parse("00").is_err());
    }

    #[test]
    fn an_identifier_outside_its_form_is_refused_and_the_error_does_not_repeat_it() {
        let error = OrganisationId::parse("Gemeente Assen!").unwrap_err();
        assert!(!error.to_string().contains("Assen"));
        assert!(ClientRef::parse("ABCDEF").is_err());
        assert!(RequestId::parse("0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d11").is_ok());
        assert!(RequestId::parse("0192f0c1-7a53-7c3e-9a41").is_err());
        assert!(Role::parse("").is_err());
    }
}
