//! Whether a gateway is one to try things on.

use super::LoadProblem;
use crate::cli::client::{Client, ClientProblem};
use crate::contract::v1::SetClockRequest;

/// Fails unless the gateway serves what only a gateway in development mode serves. Asked without a moment, it sets nothing.
pub(super) async fn only_a_test_deployment(client: &Client) -> Result<(), LoadProblem> {
    match client.set_clock(SetClockRequest::default()).await {
        Err(ClientProblem::Refused(refusal)) if refusal.code == "InvalidArgument" => Ok(()),
        Err(ClientProblem::Refused(refusal)) if refusal.code != "Unimplemented" => {
            Err(ClientProblem::Refused(refusal).into())
        }
        Err(ClientProblem::Refused(_)) | Ok(_) => Err(LoadProblem::NotATest),
        Err(problem) => Err(problem.into()),
    }
}
