//! Reaching the systems that hold the data.
//!
//! A custodian is asked for permitted fields only, by the reference that it registered itself: it never gets a BSN. Its
//! answer is taken whole or not at all, within the deadline; whatever it does wrong becomes a [`CustodianFailure`], and
//! neither the answer nor the question is logged.

pub mod file;
pub mod grpc;
pub mod wire_value;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use crate::domain::{
    Catalogue, CustodianFailure, CustodianReference, FetchedValues, FieldCode, OrganisationId, RequestId,
    Value,
};

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
}

/// All custodians that can be reached.
pub struct Custodians {
    by_organisation: HashMap<OrganisationId, Arc<dyn Custodian>>,
    deadline: Duration,
}

impl Custodians {
    /// Each organisation's system, and how long any of them may take to answer.
    pub fn new(by_organisation: HashMap<OrganisationId, Arc<dyn Custodian>>, deadline: Duration) -> Self {
        Self { by_organisation, deadline }
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
        let answer = tokio::time::timeout(self.deadline, system.fetch(fetch, self.deadline))
            .await
            .map_err(|_| CustodianFailure::CustodianTimeout)??;
        FetchedValues::check(&fetch.fields, &fetch.catalogue, fetch.birth_date, answer)
    }
}

/// A date written as YYYY-MM-DD and in no other way that ISO 8601 allows.
pub(crate) fn calendar_day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|day| text.len() == 10 && day.to_string() == text)
}

#[cfg(test)]
pub(crate) mod tests;
