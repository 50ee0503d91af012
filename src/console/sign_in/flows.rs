//! Sign-ins that began and have not ended: in memory, each bound to one browser, each used once.
//!
//! A browser holds random bits in a cookie of its own, so an answer that another browser brings (somebody's own sign-in, put upon an
//! officer) finds nothing here. There are at most [`MOST`]: beyond, the oldest is forgotten.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::console::session::{Digest, digest_of};
use crate::domain::Timestamp;
use crate::identity::openid::Begun;

/// The cookie of a sign-in that began.
pub(super) const COOKIE: &str = "__Host-sluis-sign-in";
/// How long a sign-in may take, in milliseconds.
pub(super) const LONGEST: i64 = 600_000;
/// Sign-ins at a time.
const MOST: usize = 20_000;

/// A sign-in that began.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    /// At which provider, by its place.
    pub(super) provider: usize,
    /// What belongs to it alone.
    pub(super) begun: Begun,
    /// Where to go afterwards, within the console.
    pub(super) back: String,
    /// When it began.
    pub(super) at: Timestamp,
}

/// All of them.
#[derive(Default)]
pub(in crate::console) struct Flows(Mutex<HashMap<Digest, Flow>>);

impl Flows {
    /// Remembers one under the value of its cookie.
    pub(super) fn begin(&self, ticket: &str, flow: Flow) {
        let mut open = self.open();
        if open.len() >= MOST {
            open.retain(|_, other| lasts(other, flow.at));
        }
        if open.len() >= MOST {
            let oldest = open.iter().min_by_key(|(_, other)| other.at).map(|(digest, _)| *digest);
            oldest.map(|digest| open.remove(&digest));
        }
        open.insert(digest_of(ticket), flow);
    }

    /// The sign-in of this cookie, if the answer is to it; it is forgotten. One that is answered wrongly stays: who sends an officer a
    /// false answer cannot end the true one.
    pub(super) fn end(&self, ticket: &str, state: &str, now: Timestamp) -> Option<Flow> {
        let (mut open, digest) = (self.open(), digest_of(ticket));
        let flow = open.get(&digest)?;
        verify_slices_are_equal(flow.begun.state.as_bytes(), state.as_bytes()).ok()?;
        open.remove(&digest).filter(|flow| lasts(flow, now))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Digest, Flow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lasts(flow: &Flow, now: Timestamp) -> bool {
    now < flow.at.plus(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(state: &str, at: i64) -> Flow {
        let begun = Begun { state: state.to_owned(), nonce: "n".to_owned(), verifier: "v".to_owned() };
        Flow { provider: 0, begun, back: "/".to_owned(), at: Timestamp(at) }
    }

    #[test]
    fn a_sign_in_ends_once_in_the_browser_where_it_began_and_in_time() {
        let flows = Flows::default();
        flows.begin("mine", flow("s-1", 0));
        flows.begin("theirs", flow("s-2", 0));
        for (ticket, state, ends) in [
            ("mine", "s-2", false),
            ("mine", "", false),
            ("unknown", "s-1", false),
            ("mine", "s-1", true),
            ("mine", "s-1", false),
        ] {
            assert_eq!(flows.end(ticket, state, Timestamp(1)).is_some(), ends, "{ticket} {state}");
        }
        assert!(flows.end("theirs", "s-2", Timestamp(LONGEST)).is_none(), "too late");
    }

    #[test]
    fn beyond_the_most_the_oldest_is_forgotten() {
        let flows = Flows::default();
        for n in 0..=MOST {
            flows.begin(&n.to_string(), flow("s", i64::try_from(n).unwrap()));
        }
        assert_eq!(flows.open().len(), MOST);
        assert!(flows.end("0", "s", Timestamp(1)).is_none());
        assert!(flows.end("1", "s", Timestamp(2)).is_some());
    }
}
