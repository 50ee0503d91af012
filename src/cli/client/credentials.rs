//! Which professional is asking: a token that was given, or a development token that is made for every call.

use zeroize::Zeroizing;

use crate::ambient::SystemRandomness;
use crate::cli::keys::{Claims, KeysProblem, TokenIssuer};
use crate::domain::{Clock, OrganisationId, Role};
use crate::identity::AuthenticationLevel;

const MINUTES: u16 = 5;
const LASTING_MINUTES: u16 = 15;

/// How a client proves who is asking.
pub enum Credentials {
    /// A token from elsewhere.
    Token(Zeroizing<String>),
    /// Tokens made here.
    Minted(Box<Minted>),
}

/// What the tokens say that are made here.
pub struct Minted {
    /// Who signs.
    pub signer: TokenIssuer,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// `sub`.
    pub subject: String,
    /// `organisation`.
    pub organisation: OrganisationId,
    /// `role`.
    pub role: Role,
    /// `acr`.
    pub level: AuthenticationLevel,
    /// The client certificate it is bound to.
    pub thumbprint: [u8; 32],
}

impl Credentials {
    /// One token for many calls: as long as a gateway takes one that nobody set otherwise.
    pub fn lasting(&self, clock: &impl Clock) -> Result<Self, KeysProblem> {
        match self {
            Self::Token(token) => Ok(Self::Token(token.clone())),
            Self::Minted(minted) => {
                minted.mint(clock, LASTING_MINUTES).map(|t| Self::Token(Zeroizing::new(t)))
            }
        }
    }

    /// A token for a call now.
    pub(super) fn token(&self, clock: &impl Clock) -> Result<Zeroizing<String>, KeysProblem> {
        match self {
            Self::Token(token) => Ok(token.clone()),
            Self::Minted(minted) => minted.mint(clock, MINUTES).map(Zeroizing::new),
        }
    }
}

impl Minted {
    fn mint(&self, clock: &impl Clock, minutes: u16) -> Result<String, KeysProblem> {
        let claims = Claims {
            issuer: &self.issuer,
            audience: &self.audience,
            subject: &self.subject,
            organisation: &self.organisation,
            role: &self.role,
            level: self.level,
            thumbprint: self.thumbprint,
            minutes,
        };
        self.signer.mint(&claims, clock, &SystemRandomness)
    }
}
