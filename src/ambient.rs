//! The ambient things that everything else gets injected: the system's clock and randomness, and the clock that an
//! integrator sets in development. The only file that may touch them.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::{Clock, Randomness, Timestamp};

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's time comes in")]
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that runs with the system's, from a moment that can be set forward: for development and tests.
#[derive(Debug, Default)]
pub struct DevelopmentClock {
    ahead: AtomicI64,
}

/// The development clock does not run backwards: a ledger in which time goes back proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clock can only be set forward")]
pub struct Backwards;

impl DevelopmentClock {
    /// Sets the clock to a moment that is not before the current one.
    pub fn set(&self, to: Timestamp) -> Result<(), Backwards> {
        let ahead = to.0 - SystemClock.now().0;
        self.ahead
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |current| (ahead >= current).then_some(ahead))
            .map(|_| ())
            .map_err(|_| Backwards)
    }
}

impl Clock for DevelopmentClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(self.ahead.load(Ordering::SeqCst))
    }
}

/// The system's randomness, through the one crypto provider.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        if aws_lc_rs::rand::fill(bytes).is_err() {
            // Without randomness there is no nonce and no key: nothing may go on.
            std::process::abort();
        }
    }
}
