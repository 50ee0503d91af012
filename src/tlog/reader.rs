//! Who reads the ledger, and which part of it they may have.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, header};

use crate::domain::{Actor, AuthenticationLevel, Capability, Clock, OrganisationId, Timestamp, TraceId};
use crate::gateway::{Denied, Gateway, Requester};
use crate::identity::{PeerCertificate, TokenProblem, TokenVerifier, bearer};

/// How often an organisation may read: for once too many, how long to wait.
pub type Rates = Box<dyn Fn(&OrganisationId, Timestamp) -> Result<(), Duration> + Send + Sync>;

/// Who may read what.
pub struct Readers {
    /// Judges tokens.
    pub tokens: Arc<TokenVerifier>,
    /// The time by which tokens and rates are judged: the system's.
    pub clock: Arc<dyn Clock>,
    /// The least that must be sure about who an auditor is.
    pub minimum_level: AuthenticationLevel,
    /// How often an organisation may read.
    pub rates: Rates,
    /// Organisations outside the covenant that may witness.
    pub witnesses: BTreeSet<OrganisationId>,
}

/// Why somebody does not get what they asked.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The organisation is neither a party nor a witness.
    #[error("your organisation is neither a party to the covenant nor named as a witness; ask to be added")]
    Stranger,
    /// Whole entries need a token.
    #[error(transparent)]
    Token(#[from] TokenProblem),
    /// This role may not have whole entries.
    #[error("{0} (whole entries are for roles that may `verify`)")]
    Denied(#[from] Denied),
    /// There is no such thing.
    #[error(
        "the ledger has no such part; see c2sp.org/tlog-tiles for the paths, and ask no more than the checkpoint's size"
    )]
    NotFound,
    /// Wait.
    #[error("your organisation reads too often; wait as long as Retry-After says")]
    TooOften(Duration),
    /// The store failed, or the reading could not be recorded.
    #[error("it cannot be read, or that it is read cannot be recorded, now; try again")]
    Unavailable,
}

impl Refused {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stranger => "PARTY_UNKNOWN",
            Self::Token(problem) => problem.code(),
            Self::Denied(denied) => denied.code(),
            Self::NotFound => "NOT_FOUND",
            Self::TooOften(_) => "RATE_LIMITED",
            Self::Unavailable => "UNAVAILABLE",
        }
    }

    /// The cause stays here.
    pub(super) fn failed(error: &crate::gateway::Error) -> Self {
        tracing::error!(%error, "a part of the ledger could not be read");
        Self::Unavailable
    }
}

impl Readers {
    pub(super) fn slow_down(&self, organisation: &OrganisationId, now: Timestamp) -> Result<(), Refused> {
        (self.rates)(organisation, now).map_err(Refused::TooOften)
    }

    /// Whether this certificate may have what says nothing about anybody.
    pub(super) fn may_witness(&self, gateway: &Gateway, peer: &PeerCertificate) -> Result<(), Refused> {
        let party = gateway.covenant().covenant.parties.get(&peer.organisation).is_some();
        if party || self.witnesses.contains(&peer.organisation) { Ok(()) } else { Err(Refused::Stranger) }
    }

    /// Who has whole entries, if they may.
    pub(super) fn may_verify(
        &self,
        gateway: &Gateway,
        peer: &PeerCertificate,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Requester, Refused> {
        let mut sent = headers.get_all(header::AUTHORIZATION).iter();
        let authorization = match (sent.next(), sent.next()) {
            (None, _) => None,
            (Some(value), None) => value.to_str().ok(),
            (Some(_), Some(_)) => return Err(TokenProblem::Malformed("send exactly one").into()),
        };
        let token = self.tokens.verify(bearer(authorization)?, peer, now)?;
        let actor = Actor { requester: token.subject.clone(), hat: token.hat.clone(), level: token.level };
        gateway.covenant().permits(&actor, self.minimum_level, &[Capability::Verify])?;
        Ok(Requester { actor, trace: TraceId::from_bytes(gateway.random()) })
    }
}
