//! Who is signed in: in memory, and nowhere else.
//!
//! What is always true here:
//! 1. A browser holds 256 random bits that mean nothing elsewhere; here only their SHA-256 is kept.
//! 2. A session ends when it was not used for a while, when it has lasted long enough, when its officer signs out, and when the
//!    gateway stops. One that ended is gone.
//! 3. There are at most [`MOST`]: beyond, the one that was used longest ago ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::{Actor, Timestamp};

/// Sessions at a time.
const MOST: usize = 10_000;

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct Lifetime {
    /// Without being used.
    pub unused: Duration,
    /// At the longest.
    pub longest: Duration,
}

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// Who, wearing which hat.
    pub(super) actor: Actor,
    /// How they are shown to themselves. From a token: it may say anything.
    pub(super) shown: String,
    /// What every form of this session holds.
    pub(super) secret: String,
}

struct Open {
    session: Arc<Session>,
    began: Timestamp,
    used: Timestamp,
}

/// When a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    /// Unless it is used before.
    pub(super) at: Timestamp,
    /// How long that is from now.
    pub(super) within: Duration,
    /// Whether using it changes nothing any more.
    pub(super) for_good: bool,
}

/// What a browser is given, in a cookie.
pub(super) struct Ticket(String);

impl Ticket {
    /// The value of the cookie.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

pub(super) type Digest = [u8; 32];

/// Everybody who is signed in.
pub(super) struct Sessions {
    lifetime: Lifetime,
    open: Mutex<HashMap<Digest, Open>>,
}

impl Sessions {
    pub(super) fn new(lifetime: Lifetime) -> Self {
        Self { lifetime, open: Mutex::default() }
    }

    /// Begins a session. `random` is fresh for each; the form's secret is made of other bits than the ticket.
    pub(super) fn begin(&self, actor: Actor, shown: String, random: [[u8; 16]; 4], now: Timestamp) -> Ticket {
        let [first, second, third, fourth] = random;
        let text = |bytes: [[u8; 16]; 2]| URL_SAFE_NO_PAD.encode(bytes.concat());
        let ticket = Ticket(text([first, second]));
        let session = Arc::new(Session { actor, shown, secret: text([third, fourth]) });
        let mut open = self.open();
        open.retain(|_, held| self.lasts(held, now));
        if open.len() >= MOST {
            let oldest = open.iter().min_by_key(|(_, held)| held.used).map(|(digest, _)| *digest);
            oldest.map(|digest| open.remove(&digest));
        }
        open.insert(digest_of(&ticket.0), Open { session, began: now, used: now });
        ticket
    }

    /// The session of this ticket, used now, and when it will end.
    pub(super) fn of(&self, ticket: &str, now: Timestamp) -> Option<(Arc<Session>, Ends)> {
        let (mut open, digest) = (self.open(), digest_of(ticket));
        if !self.lasts(open.get(&digest)?, now) {
            open.remove(&digest);
            return None;
        }
        let held = open.get_mut(&digest)?;
        held.used = held.used.max(now);
        let (unused, longest) = self.ends(held);
        let at = unused.min(longest);
        let within = Duration::from_millis(u64::try_from(at.0.saturating_sub(now.0)).unwrap_or(0));
        Some((held.session.clone(), Ends { at, within, for_good: longest <= unused }))
    }

    /// Ends it.
    pub(super) fn end(&self, ticket: &str) {
        self.open().remove(&digest_of(ticket));
    }

    fn lasts(&self, held: &Open, now: Timestamp) -> bool {
        let (unused, longest) = self.ends(held);
        now < unused.min(longest)
    }

    /// When it ends unused, and when at the latest.
    fn ends(&self, held: &Open) -> (Timestamp, Timestamp) {
        let after = |since: Timestamp, time: Duration| {
            since.plus(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
        };
        (after(held.used, self.lifetime.unused), after(held.began, self.lifetime.longest))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Digest, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn digest_of(ticket: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, ticket.as_bytes()).as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AuthenticationLevel, Hat, OrganisationId, RequesterRef, Role};

    const MINUTE: i64 = 60_000;

    fn sessions() -> Sessions {
        Sessions::new(Lifetime { unused: Duration::from_mins(15), longest: Duration::from_hours(8) })
    }

    fn begin(sessions: &Sessions, seed: u8, now: i64) -> Ticket {
        let hat = Hat {
            organisation: OrganisationId::parse("00000099000000000101").unwrap(),
            role: Role::parse("privacy-officer").unwrap(),
        };
        let requester = RequesterRef::parse(&"a".repeat(32)).unwrap();
        let actor = Actor { requester, hat, level: AuthenticationLevel::High };
        let random = [[seed; 16], [1; 16], [2; 16], [seed; 16]];
        sessions.begin(actor, "F. Gegevens".to_owned(), random, Timestamp(now))
    }

    #[test]
    fn a_session_ends_when_it_is_not_used_and_when_it_has_lasted_long_enough() {
        let sessions = sessions();
        let ticket = begin(&sessions, 1, 0);
        let mut now = 0;
        while now + 14 * MINUTE < 480 * MINUTE {
            now += 14 * MINUTE;
            assert!(sessions.of(ticket.as_str(), Timestamp(now)).is_some(), "{now}");
        }
        assert!(sessions.of(ticket.as_str(), Timestamp(480 * MINUTE)).is_none(), "used all day, and over");

        let unused = begin(&sessions, 2, 0);
        assert!(sessions.of(unused.as_str(), Timestamp(15 * MINUTE)).is_none());
        assert!(sessions.of(unused.as_str(), Timestamp(0)).is_none(), "one that ended is gone");
    }

    #[test]
    fn it_is_known_when_a_session_ends_and_whether_that_can_be_helped() {
        let sessions = sessions();
        let ticket = begin(&sessions, 1, 0);
        let ends = |at: i64| sessions.of(ticket.as_str(), Timestamp(at * MINUTE)).unwrap().1;
        let mut shown = Vec::new();
        for now in (0..480).step_by(10) {
            let ends = ends(now);
            assert_eq!(
                ends.at,
                Timestamp(now * MINUTE).plus(i64::try_from(ends.within.as_millis()).unwrap())
            );
            shown.push((now, ends.within.as_secs() / 60, ends.for_good));
        }
        assert_eq!(shown[..2], [(0, 15, false), (10, 15, false)], "a quarter of an hour after the last page");
        assert_eq!(shown[46..], [(460, 15, false), (470, 10, true)], "and after eight hours");
    }

    #[test]
    fn a_session_is_its_officers_alone_until_they_sign_out() {
        let sessions = sessions();
        let (first, second) = (begin(&sessions, 1, 0), begin(&sessions, 2, 0));
        assert_ne!(first.as_str(), second.as_str());
        let secret = |ticket: &Ticket| sessions.of(ticket.as_str(), Timestamp(1)).unwrap().0.secret.clone();
        assert_ne!(secret(&first), secret(&second));
        assert!(!first.as_str().contains(&secret(&first)));
        sessions.end(first.as_str());
        assert!(sessions.of(first.as_str(), Timestamp(2)).is_none());
        assert!(sessions.of(second.as_str(), Timestamp(2)).is_some());
        assert!(sessions.of("", Timestamp(2)).is_none());
    }

    #[test]
    fn beyond_the_most_the_one_unused_longest_ends() {
        let sessions = sessions();
        let ticket = |n: usize| {
            let mut random = [[0; 16]; 4];
            random[0][..8].copy_from_slice(&n.to_be_bytes());
            let actor = sessions.of(begin(&sessions, 9, 0).as_str(), Timestamp(0)).unwrap().0.actor.clone();
            sessions.begin(actor, String::new(), random, Timestamp(i64::try_from(n).unwrap()))
        };
        let first = ticket(1);
        let rest: Vec<Ticket> = (2..=MOST + 1).map(ticket).collect();
        assert_eq!(sessions.open().len(), MOST);
        assert!(sessions.of(first.as_str(), Timestamp(20_000)).is_none());
        assert!(sessions.of(rest[MOST - 1].as_str(), Timestamp(20_000)).is_some());
    }
}
