//! How many connections an address or an organisation has, so that one does not take the places of all (threats.md T11).
//!
//! An IPv6 address counts as its /64: that is what one machine is given to choose from.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The shares of all that have one now.
#[derive(Debug)]
pub(super) struct Shares<Of: Hash + Eq> {
    most: usize,
    taken: Mutex<HashMap<Of, usize>>,
}

/// One connection's part of a share. Given back when dropped.
#[derive(Debug)]
pub(super) struct Share<Of: Hash + Eq + Clone> {
    shares: Arc<Shares<Of>>,
    of: Of,
}

impl<Of: Hash + Eq + Clone> Shares<Of> {
    /// So many for each.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default() })
    }

    /// One more for this one, if it may have it.
    pub(super) fn take(self: &Arc<Self>, of: Of) -> Option<Share<Of>> {
        let mut taken = self.taken();
        let count = taken.entry(of.clone()).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Share { shares: self.clone(), of })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<Of, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Of: Hash + Eq + Clone> Drop for Share<Of> {
    fn drop(&mut self) {
        if let Entry::Occupied(mut count) = self.shares.taken().entry(self.of.clone()) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// What counts as one address.
pub(super) fn network(address: IpAddr) -> IpAddr {
    const NETWORK_BITS: u128 = !0 << 64;
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & NETWORK_BITS).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_no_more_and_nothing_is_kept_of_one_that_left() {
        let shares = Shares::new(2);
        for (first, second, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("2001:db8::1", "2001:db8::ffff", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ] {
            let (first, second): (IpAddr, IpAddr) = (first.parse().unwrap(), second.parse().unwrap());
            let held = [shares.take(network(first)).unwrap(), shares.take(network(first)).unwrap()];
            assert_eq!(shares.take(network(second)).is_none(), same, "{first} {second}");
            drop(held);
            assert!(shares.take(network(second)).is_some());
            assert!(shares.taken().is_empty());
        }
    }
}
