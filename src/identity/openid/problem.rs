//! Why a sign-in at a provider came to nothing, in words for whoever has to mend it. Never repeats what the provider said.

use super::https::HttpsProblem;
use crate::identity::{KeySetProblem, TokenProblem};

/// One reason each. [`OpenIdProblem::code`] is stable and stands on the page; the text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum OpenIdProblem {
    /// It cannot be asked.
    #[error("the provider: {0}")]
    Unreachable(#[from] HttpsProblem),
    /// It answers with another status than it should.
    #[error("the provider answered with HTTP {0}")]
    Status(u16),
    /// Its discovery document cannot be used.
    #[error("the provider's discovery document: {0}")]
    Metadata(&'static str),
    /// Its keys cannot be used.
    #[error("the provider's keys: {0}")]
    Keys(#[from] KeySetProblem),
    /// Its answer comes from another issuer (RFC 9207).
    #[error("the answer's `iss` must be the provider's issuer: somebody mixed up two providers")]
    MixedUp,
    /// It does not take the code: used, expired, or another's; or does not know the console.
    #[error(
        "the provider refuses the code (HTTP {0}): check `client_id`, `client_secret` and the redirect URI there"
    )]
    Code(u16),
    /// Its answer to the code holds no ID token.
    #[error("the provider's answer to the code must be JSON with an `id_token`")]
    NoToken,
    /// The ID token is not to be believed.
    #[error(transparent)]
    Token(#[from] TokenProblem),
    /// The ID token is of another sign-in.
    #[error("the ID token's `nonce` is not the one that was sent")]
    Nonce,
    /// They proved who they are too long ago.
    #[error("the ID token's `auth_time` is missing, or longer ago than `max_age`")]
    LongAgo,
    /// Nobody said how sure that `acr` is.
    #[error("the ID token's `acr` is missing, or not in console.provider.levels")]
    Level,
}

impl OpenIdProblem {
    /// The stable reason code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) | Self::Status(_) => "PROVIDER_UNREACHABLE",
            Self::Metadata(_) => "PROVIDER_METADATA",
            Self::Keys(_) => "PROVIDER_KEYS",
            Self::MixedUp => "PROVIDER_MIXED_UP",
            Self::Code(_) => "CODE_REFUSED",
            Self::NoToken => "TOKEN_MISSING",
            Self::Token(problem) => problem.code(),
            Self::Nonce => "TOKEN_NONCE",
            Self::LongAgo => "TOKEN_AUTH_TIME",
            Self::Level => "TOKEN_LEVEL",
        }
    }

    /// Whether it may pass by itself.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Status(_) | Self::Metadata(_) | Self::Keys(_))
    }
}
