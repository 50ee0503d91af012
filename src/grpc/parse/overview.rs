//! Which overview, for whom.

use super::Input;
use crate::contract::v1;
use crate::domain::{ClientRef, PersonRef};
use crate::gateway::OverviewRequest;
use crate::grpc::refusal::Refusal;
use crate::projection::Format;

/// Reads who wants to read what.
pub(in crate::grpc) fn overview(
    client: ClientRef,
    wire: &v1::GetOwnOverviewRequest,
) -> Result<OverviewRequest, Refusal> {
    let v1::GetOwnOverviewRequest { client: _, reader, language, from, until } = wire;
    let mut input = Input::default();
    let format = match language.as_str() {
        "" | "nl" => Some(Format::PlainDutch),
        "en" => Some(Format::PlainEnglish),
        _ => input.need("language", None, "LANGUAGE_UNKNOWN", "ask for nl or en"),
    };
    let reader = input.id("reader", reader, PersonRef::parse);
    let from = if from.is_empty() { None } else { input.moment("from", from) };
    let until = if until.is_empty() { None } else { input.moment("until", until) };
    input.finish(|| Some(OverviewRequest { client, reader: reader?, format: format?, from, until }))
}
