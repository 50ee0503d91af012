//! Asking for a client in a way that cannot be answered is recorded too (NEN 7513: attempts).

use crate::domain::{ClientRef, Event};
use crate::gateway::{ATTEMPTS, Basis, Error, Gateway, Requester};

impl Gateway {
    /// Records that somebody asked for this client and was refused with this code.
    pub async fn record_refusal(
        &self,
        requester: &Requester,
        client: &ClientRef,
        method: &'static str,
        reason: &str,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            let covenant = self.covenant();
            let revision = self.register.current(client).await?.revision;
            let basis = Basis { at: self.clock.decide_at()?, covenant: &covenant, client, revision };
            let event = Event::Refused { method: method.to_owned(), reason: reason.to_owned() };
            if self.seal(client, self.entry(requester, &basis, event)).await?.is_some() {
                return Ok(());
            }
        }
        Err(Error::Contended)
    }
}
