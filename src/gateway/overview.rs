//! The client's own overview: what was done with a client's data on one organisation's side, as the client or somebody who
//! represents the client may know it (rules.md §5.2, §6). Each organisation hands out its own side.
//!
//! What is always true here:
//! 1. Who may read, what is left out and what is shown are decided on one revision of the client's file; the entry that records
//!    the reading is sealed on that same revision before anything is handed over. A decision to withhold that comes in between
//!    makes it all be done again.
//! 2. What is left out leaves no trace in the answer: no index, no count, no mark that there is more.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{
    ClientNotice, ClientRef, Consent, ConsentStatus, Event, LeftOut, LogView, OrganisationId, OverviewFilter,
    OverviewRefused, PersonRef, PurposeCode, Registration, Telling, Timestamp,
};
use crate::gateway::export::{reader, with_record};
use crate::gateway::{ATTEMPTS, Basis, ConsentError, CovenantInForce, Error, Gateway, Requester};
use crate::projection::{Days, Format, Line, consent_line};
use crate::store::{ClientFile, EntryFilter, EntryRow, Sealed};

/// How many entries are read at a time.
const PAGE: u32 = 100;

/// Which overview, for whom.
#[derive(Debug, Clone)]
pub struct OverviewRequest {
    /// About whom.
    pub client: ClientRef,
    /// Who reads it: the client, or somebody who represents the client.
    pub reader: PersonRef,
    /// In which language: [`Format::PlainDutch`] or [`Format::PlainEnglish`].
    pub format: Format,
    /// Only what happened not before.
    pub from: Option<Timestamp>,
    /// Only what happened before.
    pub until: Option<Timestamp>,
}

/// A consent or objection in an overview.
#[derive(Debug)]
pub struct OverviewConsent {
    /// What it says, as far as the reader may know.
    pub consent: Consent,
    /// How it stands now.
    pub status: ConsentStatus,
    /// In plain words.
    pub text: String,
}

/// A recipient's own legal basis for a purpose that the overview names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OverviewBasis {
    /// Whose.
    pub recipient: OrganisationId,
    /// For what.
    pub purpose: PurposeCode,
    /// The law.
    pub basis: String,
}

/// An overview that was recorded and may be handed over.
#[derive(Debug)]
pub struct Overview {
    /// What happened, oldest first.
    pub lines: Vec<Line>,
    /// Consents and objections, in force and past.
    pub consents: Vec<OverviewConsent>,
    /// The legal bases of the recipients that they name.
    pub bases: Vec<OverviewBasis>,
    /// The signed head that it was made on.
    pub checkpoint: String,
    /// The entry that records the reading.
    pub sealed: Sealed,
}

/// An entry that an overview leaves out.
#[derive(Debug)]
pub struct LeftOutEntry {
    /// Where it stands.
    pub row: EntryRow,
    /// Why.
    pub reason: LeftOut,
}

/// What one reading of a client's side found.
struct Found {
    at: Timestamp,
    covenant: Arc<CovenantInForce>,
    file: Arc<ClientFile>,
    size: u64,
    checkpoint: String,
    shown: Vec<EntryRow>,
    left_out: Vec<LeftOutEntry>,
    consents: Vec<(Consent, ConsentStatus)>,
}

impl From<OverviewRefused> for Error {
    fn from(refused: OverviewRefused) -> Self {
        Self::Overview(refused)
    }
}

impl Gateway {
    /// The overview of the caller's side, for this reader: recorded.
    pub async fn overview(
        &self,
        requester: &Requester,
        request: &OverviewRequest,
    ) -> Result<Overview, Error> {
        let (found, sealed) = self.recorded(requester, request, LogView::Overview).await?;
        let side = &requester.actor.hat.organisation;
        let covenant = &found.covenant.covenant;
        let reader = reader(side, "", &found.covenant);
        let (mut days, mut lines) = (Days::default(), Vec::new());
        for row in &found.shown {
            with_record(&self.pseudonyms, row, reader, |record| {
                lines.extend(days.take_lines(request.format, record));
            });
        }
        lines.extend(days.finish_lines());
        let named = found.shown.iter().filter_map(|row| match &row.entry.event {
            Event::Disclosure(d) if !d.released.is_empty() => {
                row.entry.actor.as_ref().map(|actor| (actor.hat.organisation.clone(), d.purpose))
            }
            _ => None,
        });
        let permitted = found.consents.iter().filter_map(|(consent, _)| consent.permit());
        let permitted = permitted.map(|permit| (permit.recipient.organisation.clone(), permit.purpose));
        let mut bases: Vec<OverviewBasis> = named
            .chain(permitted)
            .filter_map(|(recipient, purpose)| {
                let basis = covenant.parties.get(&recipient)?.legal_basis(purpose)?.to_owned();
                Some(OverviewBasis { recipient, purpose, basis })
            })
            .collect();
        bases.sort_unstable();
        bases.dedup();
        let consents = found.consents.into_iter().map(|(consent, status)| {
            let text = consent_line(&consent, status, &reader, request.format);
            OverviewConsent { consent, status, text }
        });
        Ok(Overview { lines, consents: consents.collect(), bases, checkpoint: found.checkpoint, sealed })
    }

    /// What [`Gateway::overview`] leaves out for this reader, and why: for the officer who reviews it, and recorded.
    pub async fn left_out(
        &self,
        requester: &Requester,
        request: &OverviewRequest,
    ) -> Result<(Vec<LeftOutEntry>, Sealed), Error> {
        let view = LogView::Report("left-out-of-overview".to_owned());
        let (found, sealed) = self.recorded(requester, request, view).await?;
        Ok((found.left_out, sealed))
    }

    async fn recorded(
        &self,
        requester: &Requester,
        request: &OverviewRequest,
        view: LogView,
    ) -> Result<(Found, Sealed), Error> {
        let client = &request.client;
        let period = EntryFilter { from: request.from, until: request.until, ..EntryFilter::default() };
        for _ in 0..ATTEMPTS {
            let found = self.find(&requester.actor.hat.organisation, request).await?;
            let event = Event::LogRead(Box::new(period.read(view.clone(), 0, found.size)));
            let basis =
                Basis { at: found.at, covenant: &found.covenant, client, revision: found.file.revision };
            let entry = self.entry(requester, &basis, event);
            if let Some(sealed) = self.seal(client, entry).await? {
                return Ok((found, sealed));
            }
        }
        Err(Error::Contended)
    }

    async fn find(&self, side: &OrganisationId, request: &OverviewRequest) -> Result<Found, Error> {
        let OverviewRequest { client, reader, .. } = request;
        let (at, covenant) = (self.clock.decide_at()?, self.covenant());
        // Decided on what is stored, not on what is remembered.
        let file = self.register.anew(client).await?;
        let own = file.at(side).ok_or(ConsentError::NotRegistered)?;
        own.registration.may_read_overview(reader, at)?;
        let (size, checkpoint) = self.store.checkpoint().await?;
        let tellings = self.tellings(client, at).await?;
        let registrations = file.registrations();
        let mut filter = OverviewFilter::new(reader, &covenant.covenant.parties, registrations, &tellings);
        let (mut shown, mut left_out) = (Vec::new(), Vec::new());
        let in_period = |row: &EntryRow| {
            let entry_at = row.entry.at;
            request.from.is_none_or(|from| from <= entry_at)
                && request.until.is_none_or(|until| entry_at < until)
        };
        for row in self.history(side, client, size).await? {
            match filter.take(row.index, &row.entry) {
                _ if !in_period(&row) => {}
                Ok(entry) => shown.push(EntryRow { entry, ..row }),
                Err(reason) => left_out.push(LeftOutEntry { row, reason }),
            }
        }
        let terms = covenant.covenant.terms(side);
        let registration: &Registration = &own.registration;
        let known = own
            .consents
            .iter()
            .filter_map(|consent| Some((filter.consent(consent)?, consent.status(registration, terms, at))));
        let consents = known.collect();
        drop(filter);
        Ok(Found { at, covenant, file, size, checkpoint, shown, left_out, consents })
    }

    /// All entries of a client on a side, oldest first.
    async fn history(
        &self,
        side: &OrganisationId,
        client: &ClientRef,
        size: u64,
    ) -> Result<Vec<EntryRow>, Error> {
        let filter = EntryFilter { client: Some(client.clone()), ..EntryFilter::default() };
        let (mut rows, mut next): (Vec<EntryRow>, u64) = (Vec::new(), 0);
        loop {
            let page = self.store.entries_from(side, &filter, next, size, PAGE).await?;
            let full = u32::try_from(page.len()).is_ok_and(|count| count == PAGE);
            rows.extend(page);
            match rows.last().filter(|_| full) {
                Some(last) => next = last.index.saturating_add(1),
                None => return Ok(rows),
            }
        }
    }

    /// What became of telling about each release of this client without consent, whoever held the data.
    async fn tellings(&self, client: &ClientRef, at: Timestamp) -> Result<BTreeMap<u64, Telling>, Error> {
        let mut tellings = BTreeMap::new();
        for release in self.store.unconsented_releases_of(client).await? {
            let told = match release.told_in {
                Some(index) => self.store.entry(index).await?.and_then(|row| match row.entry.event {
                    Event::ClientNotified(notice) => Some(notice.told),
                    _ => None,
                }),
                None => None,
            };
            let delayed = release.delayed_in.is_some() || self.put_off_at_once(release.entry).await?;
            let put_off = release.told_in.is_none() && delayed && at < release.tell_by;
            let (custodian, ground) = (release.custodian, release.ground);
            tellings.insert(release.entry, Telling { custodian, ground, told, put_off });
        }
        Ok(tellings)
    }

    /// Whether the release itself says that the client is told later.
    async fn put_off_at_once(&self, release: u64) -> Result<bool, Error> {
        let row = self.store.entry(release).await?;
        let evidence = row.and_then(|row| match row.entry.event {
            Event::Disclosure(d) => d.evidence,
            _ => None,
        });
        Ok(evidence.is_some_and(|evidence| matches!(evidence.notice, Some(ClientNotice::Delayed { .. }))))
    }
}
