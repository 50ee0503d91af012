//! Who is calling, and whether they may.
//!
//! The connection's certificate gives the organisation, the token the professional. Being known comes before being
//! allowed, and being allowed before what is asked is even read (AIP-211).

use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::MetadataMap;
use tonic::{Code, Extensions};

use super::refusal::Refusal;
use crate::domain::{
    Actor, AuthenticationLevel, Capability, Clock, Hat, OrganisationId, Party, Timestamp, TraceId,
};
use crate::gateway::{CovenantInForce, Follower, Gateway, Requester};
use crate::identity::{PeerCertificate, TokenProblem, TokenVerifier, bearer};

/// How often an organisation may call: for a call too many, how long to wait.
pub type Rates = Arc<dyn Fn(&OrganisationId, Timestamp) -> Result<(), Duration> + Send + Sync>;

/// What stands between the outside and the gateway.
pub struct Edge {
    /// Judges tokens.
    pub tokens: Arc<TokenVerifier>,
    /// The time by which tokens and rates are judged: the system's, also where the gateway's clock can be set, so that
    /// setting it forward ends no token.
    pub clock: Arc<dyn Clock>,
    /// The least that must be sure about who the professional is.
    pub minimum_level: AuthenticationLevel,
    /// How often an organisation may call.
    pub rates: Rates,
    /// Who follows calls, if anybody.
    pub follower: Option<Follower>,
}

/// Who is calling, under the covenant of that moment.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) requester: Requester,
    pub(super) covenant: Arc<CovenantInForce>,
}

impl Edge {
    /// Who is calling. Whether they may is another question: [`Caller::may`].
    pub(super) fn identify(
        &self,
        gateway: &Gateway,
        trace: &TraceId,
        metadata: &MetadataMap,
        extensions: &Extensions,
    ) -> Result<Caller, Refusal> {
        let peer = extensions.get::<Arc<PeerCertificate>>().ok_or_else(|| {
            let text = "connect with mutual TLS, with the certificate of your organisation";
            Refusal::new(Code::Unauthenticated, "CERTIFICATE_MISSING", text)
        })?;
        let now = self.clock.now();
        // Before the token is looked at: to judge one costs as much as a call.
        (self.rates)(&peer.organisation, now).map_err(|after| {
            let text = "your organisation calls too often; wait as long as RetryInfo says";
            Refusal::new(Code::ResourceExhausted, "RATE_LIMITED", text).retry_after(after)
        })?;
        let authorization = only(metadata, "authorization")
            .map_err(|()| TokenProblem::Malformed("send exactly one `authorization`, in ASCII"))?;
        let token = self.tokens.verify(bearer(authorization)?, peer, now)?;
        let actor = Actor { requester: token.subject.clone(), hat: token.hat.clone(), level: token.level };
        Ok(Caller { requester: Requester { actor, trace: trace.clone() }, covenant: gateway.covenant() })
    }
}

impl Caller {
    pub(super) fn hat(&self) -> &Hat {
        &self.requester.actor.hat
    }

    pub(super) fn organisation(&self) -> &OrganisationId {
        &self.hat().organisation
    }

    pub(super) fn party(&self) -> Option<&Party> {
        self.covenant.covenant.parties.get(self.organisation())
    }

    pub(super) fn may_use_bsn(&self) -> bool {
        self.party().is_some_and(|party| party.may_use_bsn)
    }

    /// Whether this hat is in the covenant, is worn by somebody sure enough, and may do one of these (or anything, if
    /// nothing is named).
    pub(super) fn may(&self, minimum: AuthenticationLevel, one_of: &[Capability]) -> Result<(), Refusal> {
        let permitted = self.covenant.permits(&self.requester.actor, minimum, one_of);
        permitted.map_err(|denied| Refusal::new(Code::PermissionDenied, denied.code(), denied.to_string()))
    }
}

/// The one value of this name, if there is one; an error if there are more, or it is not ASCII.
pub(super) fn only<'a>(metadata: &'a MetadataMap, name: &str) -> Result<Option<&'a str>, ()> {
    let mut values = metadata.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}
