//! What was recorded about clients at a moment in the past, folded from the entries before it.

use std::collections::HashMap;

use crate::domain::{ClientRef, Entry};
use crate::store::register::{ClientFile, CustodianFile};

/// Clients' files as they were after so many entries. Grows with the number of clients, not of entries.
#[derive(Debug, Default)]
pub(super) struct History(HashMap<ClientRef, ClientFile>);

impl History {
    /// The client's file as it is now, if anything was recorded about the client.
    pub fn file(&self, client: &ClientRef) -> Option<&ClientFile> {
        self.0.get(client)
    }

    /// Takes the next entry.
    pub fn take(&mut self, entry: &Entry) -> Result<(), &'static str> {
        let Some(client) = &entry.client else { return Ok(()) };
        let known = self.0.get(client).and_then(|file| file.revision);
        if entry.revision != known {
            return Err("was decided on another revision of the client");
        }
        if entry.changes_its_client() {
            self.0.entry(client.clone()).or_default().take(entry)?;
        }
        Ok(())
    }
}

impl ClientFile {
    fn take(&mut self, entry: &Entry) -> Result<(), &'static str> {
        if let Some((custodian, registration)) = entry.event.registration() {
            let registration = registration.clone();
            if let Some((_, file)) = self.custodians.iter_mut().find(|(id, _)| id == custodian) {
                file.registration = registration;
            } else {
                let file = CustodianFile { registration, consents: Vec::new() };
                self.custodians.push((custodian.clone(), file));
            }
        }
        if let Some(consent) = entry.event.consent() {
            let file = self.custodians.iter_mut().find(|(id, _)| *id == consent.custodian);
            let (_, file) = file.ok_or("records a consent where the client is not registered")?;
            // In the order of the ids, as the register reads them.
            match file.consents.binary_search_by(|c| c.id.as_str().cmp(consent.id.as_str())) {
                Ok(at) => file.consents.get_mut(at).into_iter().for_each(|c| c.clone_from(consent)),
                Err(at) => file.consents.insert(at, consent.clone()),
            }
        }
        let (ids, by) = entry.spends().map_or((&[][..], None), |(ids, by)| (ids, Some(by)));
        for id in ids {
            let mut consents = self.custodians.iter_mut().flat_map(|(_, file)| &mut file.consents);
            let consent = consents.find(|consent| consent.id == *id);
            let consent = consent.ok_or("spends a consent that was never recorded")?;
            if let Some(by) = &by {
                *consent = consent.spend(by.clone());
            }
        }
        self.revision = Some(self.revision.unwrap_or_default() + 1);
        Ok(())
    }
}
