//! Reaching the systems that hold the data.
//!
//! A custodian is asked for permitted fields only, by the reference that it registered itself: it never gets a BSN. Its
//! answer is taken whole or not at all, within the deadline; whatever it does wrong becomes a [`CustodianFailure`], and
//! neither the answer nor the question is logged.

pub mod file;
pub mod grpc;
mod meters;
pub mod wire_value;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::domain::{
    Catalogue, CustodianFailure, CustodianReference, FetchedValues, FieldCode, OrganisationId, RequestId,
    TraceParent, Value,
};

use meters::Meters;

pub use file::{RecordProblem, RecordsFile, RecordsFileError};
pub use grpc::{GrpcCustodian, GrpcCustodianError, GrpcEndpoint};

/// The largest answer of a custodian, in bytes on the wire: several times the whole catalogue at its longest.
pub const ANSWER_LIMIT: usize = 256 * 1024;

/// What one custodian is asked about one client.
pub struct Fetch {
    /// How the custodian finds the record.
    pub reference: CustodianReference,
    /// What may not stand in free text. Never sent to the custodian.
    pub birth_date: Date,
    /// The permitted fields.
    pub fields: Vec<FieldCode>,
    /// The catalogue that the fields were permitted under.
    pub catalogue: Arc<Catalogue>,
    /// The readable id of the purpose, for the custodian's own log.
    pub purpose_id: String,
    /// The request that this answers, for the custodian's own log.
    pub request: RequestId,
    /// Under which trace, for the custodian's own.
    pub trace: Option<TraceParent>,
}

/// What a custodian answers: not checked yet.
pub type Answer = Result<Vec<(FieldCode, Value)>, CustodianFailure>;

/// An answer that is on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// A system that holds data.
pub trait Custodian: Send + Sync {
    /// Asks for the fields. A field without a value is left out. The caller stops waiting after the deadline; it is given
    /// so that the other side can stop as well.
    fn fetch<'a>(&'a self, fetch: &'a Fetch, deadline: Duration) -> Answering<'a>;

    /// Whether it can be reached now. What is read from a file always is.
    fn is_reachable(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(std::future::ready(true))
    }
}

/// All custodians that can be reached.
pub struct Custodians {
    by_organisation: HashMap<OrganisationId, System>,
    deadline: Duration,
}

/// One of them, and how many questions to it there may be at a time: one that is slow does not take the turns of all.
struct System {
    custodian: Arc<dyn Custodian>,
    places: Semaphore,
    meters: Meters,
}

impl Custodians {
    /// Each organisation's system, how long any of them may take to answer, and how many questions to one there may be at a
    /// time.
    pub fn new(
        by_organisation: HashMap<OrganisationId, Arc<dyn Custodian>>,
        deadline: Duration,
        questions: usize,
    ) -> Self {
        let system = |(organisation, custodian)| {
            let meters = Meters::of(&organisation, questions);
            (organisation, System { custodian, places: Semaphore::new(questions), meters })
        };
        Self { by_organisation: by_organisation.into_iter().map(system).collect(), deadline }
    }

    /// Which can be reached now, each asked beside the others.
    pub async fn reachable(&self) -> Vec<(OrganisationId, bool)> {
        let mut asking = JoinSet::new();
        for (organisation, system) in &self.by_organisation {
            let (organisation, custodian) = (organisation.clone(), system.custodian.clone());
            let deadline = self.deadline;
            asking.spawn(async move {
                let answer = tokio::time::timeout(deadline, custodian.is_reachable()).await;
                (organisation, answer.unwrap_or(false))
            });
        }
        let mut reached = Vec::new();
        while let Some(asked) = asking.join_next().await {
            let Ok((organisation, up)) = asked else { continue };
            if let Some(system) = self.by_organisation.get(&organisation) {
                system.meters.up.set(f64::from(u8::from(up)));
            }
            reached.push((organisation, up));
        }
        reached
    }

    /// Whether this organisation's system can be asked.
    pub fn serves(&self, custodian: &OrganisationId) -> bool {
        self.by_organisation.contains_key(custodian)
    }

    /// Fetches the permitted fields, and checks the answer. Where nothing is permitted nobody is asked.
    pub async fn fetch(
        &self,
        custodian: &OrganisationId,
        fetch: &Fetch,
    ) -> Result<FetchedValues, CustodianFailure> {
        if fetch.fields.is_empty() {
            return Ok(FetchedValues::none());
        }
        let fetched = self.ask(custodian, fetch).await;
        if let Err(failure) = &fetched {
            tracing::warn!(organisation = %custodian, ?failure, "a custodian failed");
        }
        fetched
    }

    async fn ask(
        &self,
        custodian: &OrganisationId,
        fetch: &Fetch,
    ) -> Result<FetchedValues, CustodianFailure> {
        let system = self.by_organisation.get(custodian).ok_or(CustodianFailure::CustodianUnavailable)?;
        let Ok(_place) = system.places.try_acquire() else {
            system.meters.too_busy();
            return Err(CustodianFailure::CustodianUnavailable);
        };
        let asking = system.meters.asking();
        let fetched = tokio::time::timeout(self.deadline, system.custodian.fetch(fetch, self.deadline))
            .await
            .unwrap_or(Err(CustodianFailure::CustodianTimeout))
            .and_then(|answer| {
                FetchedValues::check(&fetch.fields, &fetch.catalogue, fetch.birth_date, answer)
            });
        asking.answered(fetched.as_ref().err());
        fetched
    }
}

/// A date written as YYYY-MM-DD and in no other way that ISO 8601 allows.
pub(crate) fn calendar_day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|day| text.len() == 10 && day.to_string() == text)
}

#[cfg(test)]
pub(crate) mod tests;
