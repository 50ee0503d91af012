//! Which part of the ledger was opened to whom, a moment ago: one record covers many bundles.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::{Actor, Hat, RequesterRef, Timestamp};

/// Entries that one record opens: as many as 256 bundles.
const BLOCK: u64 = 65_536;
/// How long a record covers what is read, in milliseconds: as long as a token lives by default.
const COVERS: i64 = 15 * 60 * 1000;

/// The block that holds this entry: its first entry, and the first after it.
pub(super) fn block(entry: u64) -> (u64, u64) {
    let from = entry - entry % BLOCK;
    (from, from.saturating_add(BLOCK))
}

type Key = (RequesterRef, Hat, u64);

/// What was recorded a moment ago, by whom and block: until which entry, and when.
#[derive(Default)]
pub(super) struct Opened(Mutex<HashMap<Key, (u64, Timestamp)>>);

impl Opened {
    /// Whether a record covers these entries for this reader.
    pub(super) fn holds(&self, actor: &Actor, first: u64, end: u64, now: Timestamp) -> bool {
        let opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        opened.get(&key(actor, first)).is_some_and(|(until, at)| end <= *until && is_fresh(*at, now))
    }

    /// A record was sealed.
    pub(super) fn add(&self, actor: &Actor, from: u64, until: u64, now: Timestamp) {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(|_, (_, at)| is_fresh(*at, now));
        opened.insert(key(actor, from), (until, now));
    }
}

fn key(actor: &Actor, entry: u64) -> Key {
    (actor.requester.clone(), actor.hat.clone(), block(entry).0)
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now < at.plus(COVERS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AuthenticationLevel, OrganisationId, Role};

    fn actor(number: u8) -> Actor {
        let organisation = OrganisationId::parse("00000099000000001000").unwrap();
        Actor {
            requester: RequesterRef::from_bytes([number; 16]),
            hat: Hat { organisation, role: Role::parse("auditor").unwrap() },
            level: AuthenticationLevel::High,
        }
    }

    #[test]
    fn a_record_covers_its_reader_its_entries_and_a_quarter_of_an_hour() {
        let opened = Opened::default();
        let at = Timestamp(1_000_000);
        opened.add(&actor(1), 65_536, 70_000, at);
        let later = |ms: i64| at.plus(ms);
        for (who, first, end, now, covered) in [
            (1, 65_536, 65_792, at, true),
            (1, 69_888, 70_000, at, true),
            (1, 69_888, 70_001, at, false),
            (1, 65_280, 65_536, at, false),
            (1, 131_072, 131_073, at, false),
            (2, 65_536, 65_792, at, false),
            (1, 65_536, 65_792, later(COVERS - 1), true),
            (1, 65_536, 65_792, later(COVERS), false),
            (1, 65_536, 65_792, later(-1), false),
        ] {
            assert_eq!(opened.holds(&actor(who), first, end, now), covered, "{who} {first}..{end} {now:?}");
        }
        opened.add(&actor(2), 0, 10, later(COVERS));
        assert_eq!(opened.0.lock().unwrap().len(), 1, "what covers nothing any more is forgotten");
    }

    #[test]
    fn an_entry_lies_in_one_block() {
        assert_eq!(block(0), (0, 65_536));
        assert_eq!(block(65_535), (0, 65_536));
        assert_eq!(block(65_536), (65_536, 131_072));
        assert_eq!(block(u64::MAX).1, u64::MAX);
    }
}
