//! Who looks, and whether they may.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::Console;
use super::problem::Problem;
use super::session::{Ends, Session};
use super::speech::language_of;
use crate::domain::{Capability, Language, OrganisationId, TraceId};
use crate::gateway::{CovenantInForce, Requester};

/// The cookie of a session: only over TLS, only for this host, out of reach of scripts (RFC 6265bis §4.1.3.2).
pub(super) const COOKIE: &str = "__Host-sluis";

/// A privacy officer who signed in, and may audit under the covenant of this moment. Only [`FromRequestParts`] makes one.
pub(super) struct Officer {
    /// Who asks, for the gateway to record.
    pub(super) requester: Requester,
    /// Under which covenant.
    pub(super) covenant: Arc<CovenantInForce>,
    /// Their session.
    pub(super) session: Arc<Session>,
    /// When it ends.
    pub(super) ends: Ends,
    /// In which language.
    pub(super) language: Language,
    /// The address that was asked, without its host: for links that come back here.
    pub(super) here: String,
}

impl Officer {
    /// Whose side of the ledger.
    pub(super) fn side(&self) -> &OrganisationId {
        &self.requester.actor.hat.organisation
    }

    /// Whether their organisation may use the BSN: only by law, never by consent (UAVG art. 46).
    pub(super) fn may_use_bsn(&self) -> bool {
        self.covenant.covenant.parties.get(self.side()).is_some_and(|party| party.may_use_bsn)
    }
}

impl FromRequestParts<Arc<Console>> for Officer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Problem> {
        let language = language_of(&parts.headers);
        let here = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let ticket = cookie(&parts.headers, COOKIE);
        let session =
            ticket.and_then(|ticket| Some((ticket, console.sessions.of(ticket, console.clock.now())?)));
        let not_signed_in = || Problem::not_signed_in(language, &parts.method, &here);
        let (ticket, (session, ends)) = session.ok_or_else(not_signed_in)?;
        let covenant = console.gateway.covenant();
        let permitted = covenant.permits(&session.actor, console.minimum_level, &[Capability::Audit]);
        permitted.map_err(|denied| {
            // Who may not any more has to sign in again should they be allowed once more.
            console.sessions.end(ticket);
            Problem::denied(language, denied)
        })?;
        let trace = TraceId::from_bytes(console.gateway.random());
        let requester = Requester { actor: session.actor.clone(), trace };
        Ok(Self { requester, covenant, session, ends, language, here })
    }
}

/// The value of the only cookie of this name; none if there are more.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut values = pairs.flat_map(|line| line.split(';')).filter_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then_some(value)
    });
    values.next().filter(|_| values.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_is_there_twice_is_none() {
        let headers = |lines: &[&str]| {
            lines.iter().map(|line| (header::COOKIE, line.parse().unwrap())).collect::<HeaderMap>()
        };
        for (lines, value) in [
            (vec!["__Host-sluis=a"], Some("a")),
            (vec!["taal=nl; __Host-sluis=a"], Some("a")),
            (vec!["taal=nl", "__Host-sluis=a"], Some("a")),
            (vec!["__Host-sluis=a; __Host-sluis=b"], None),
            (vec!["__Host-sluis=a", "__Host-sluis=a"], None),
            (vec!["x__Host-sluis=a"], None),
            (vec![], None),
        ] {
            assert_eq!(cookie(&headers(&lines), COOKIE), value, "{lines:?}");
        }
    }
}
