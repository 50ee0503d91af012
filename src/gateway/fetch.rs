//! Asking the custodian, for nothing but what was permitted.

use crate::custodian::Fetch;
use crate::domain::{CustodianFailure, FetchedValues, FieldCode};
use crate::gateway::{CovenantInForce, DisclosureRequest, Gateway, follow};
use crate::store::CustodianFile;

impl Gateway {
    /// Asks the custodian for what was permitted, and nothing else; nothing permitted, nothing asked.
    pub(super) async fn fetch(
        &self,
        in_force: &CovenantInForce,
        request: &DisclosureRequest,
        file: Option<&CustodianFile>,
        permitted: Vec<FieldCode>,
    ) -> Result<FetchedValues, CustodianFailure> {
        let Some(file) = file.filter(|_| !permitted.is_empty()) else { return Ok(FetchedValues::none()) };
        let purpose = in_force.covenant.purposes.get(request.purpose);
        let (asking, trace) = follow::question("ask the custodian", &request.custodian);
        let fetch = Fetch {
            reference: file.registration.reference.clone(),
            birth_date: file.registration.birth_date,
            fields: permitted,
            catalogue: in_force.covenant.catalogue.clone(),
            purpose_id: purpose.map(|p| p.id.clone()).unwrap_or_default(),
            request: request.id.clone(),
            trace,
        };
        let fetched = self.custodians.fetch(&request.custodian, &fetch).await;
        let outcome = fetched.as_ref().err().copied().map_or("answered", word);
        follow::ended(asking, outcome, fetched.is_err());
        fetched
    }
}

/// As the metric `sluis_custodian_failures_total` says it.
fn word(failure: CustodianFailure) -> &'static str {
    match failure {
        CustodianFailure::CustodianUnavailable => "unavailable",
        CustodianFailure::CustodianTimeout => "timeout",
        CustodianFailure::CustodianAnswerInvalid => "answer_invalid",
        CustodianFailure::CustodianRecordUnknown => "record_unknown",
    }
}
