//! Why a token is refused, in words for whoever has to mend it. Never repeats anything from the token.

/// One reason each. [`TokenProblem::code`] is stable and goes on the wire; the text may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// No token was sent.
    #[error("there is no token: send it in the metadata as `authorization: Bearer <token>`")]
    Missing,
    /// It is not a token of the form that is accepted here.
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// The algorithm is unknown, not allowed for the issuer, or does not fit the key.
    #[error(
        "the token's `alg` must be one that is allowed for its issuer (of ES256, EdDSA, RS256, PS256) \
        and fit its key"
    )]
    Algorithm,
    /// The key is not, or no longer, in the issuer's key set.
    #[error("the token's `kid` is not in the key set of its issuer: sign with a published key")]
    KeyUnknown,
    /// The signature is not the key's.
    #[error("the token's signature is not valid: request a new token")]
    Signature,
    /// Its time is over.
    #[error("the token has expired: request a new token")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet: check the issuer's clock")]
    NotYetValid,
    /// It was issued for somebody else.
    #[error("the token's `aud` must be exactly this gateway's audience")]
    Audience,
    /// The issuer is not known here.
    #[error("the token's `iss` is not an issuer that this gateway trusts")]
    Issuer,
    /// It is not bound to a client certificate.
    #[error(
        "the token is not bound to a certificate: `cnf` must hold `x5t#S256` (RFC 8705) and nothing else"
    )]
    Unbound,
    /// It is bound to another client certificate than the connection's.
    #[error(
        "the token is bound to another certificate than this connection's: request one for this certificate"
    )]
    BoundToOtherCertificate,
    /// Token, issuer and certificate do not name one organisation.
    #[error("the token's `organisation` must be that of its issuer and of this connection's certificate")]
    Organisation,
    /// A claim is missing, or is not what it must be.
    #[error("the token's claim `{0}` is missing or malformed")]
    Claim(&'static str),
    /// It is valid for too long.
    #[error(
        "the token is valid for too long, or for no time at all: request a token with a shorter lifetime"
    )]
    Lifetime,
}

impl TokenProblem {
    /// The stable reason code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "TOKEN_MISSING",
            Self::Malformed(_) => "TOKEN_MALFORMED",
            Self::Algorithm => "TOKEN_ALGORITHM",
            Self::KeyUnknown => "TOKEN_KEY_UNKNOWN",
            Self::Signature => "TOKEN_SIGNATURE",
            Self::Expired => "TOKEN_EXPIRED",
            Self::NotYetValid => "TOKEN_NOT_YET_VALID",
            Self::Audience => "TOKEN_AUDIENCE",
            Self::Issuer => "TOKEN_ISSUER",
            Self::Unbound => "TOKEN_UNBOUND",
            Self::BoundToOtherCertificate => "TOKEN_BOUND_TO_OTHER_CERTIFICATE",
            Self::Organisation => "TOKEN_ORGANISATION",
            Self::Claim(_) => "TOKEN_CLAIM",
            Self::Lifetime => "TOKEN_LIFETIME",
        }
    }

    /// The claim that is missing or malformed, if that is the problem.
    pub fn claim(self) -> Option<&'static str> {
        match self {
            Self::Claim(name) => Some(name),
            _ => None,
        }
    }
}
