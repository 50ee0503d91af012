//! Permits that somebody thinks about: drafts, and recorded ones by their id.

use super::Input;
use super::moment::Ends;
use crate::contract::v1;
use crate::contract::v1::describe_consent_request::Of;
use crate::domain::{ClientRef, ConsentId, Language};
use crate::gateway::{DescribeRequest, Thought};
use crate::grpc::caller::Caller;
use crate::grpc::codes;
use crate::grpc::refusal::Refusal;
use crate::policy::Covenant;

/// Reads which consent to put in words, for whom and in which language.
pub(in crate::grpc) fn describe(
    caller: &Caller,
    client: ClientRef,
    wire: &v1::DescribeConsentRequest,
) -> Result<DescribeRequest, Refusal> {
    let v1::DescribeConsentRequest { client: _, of, reader, language } = wire;
    let mut input = Input::default();
    let of = match of {
        Some(Of::Draft(draft)) => input.draft(draft, &caller.covenant.covenant),
        Some(Of::ConsentId(id)) => input.id("consent_id", id, ConsentId::parse).map(Thought::Recorded),
        None => input.need("of", None, "DRAFT_MISSING", "give a draft or the id of a consent"),
    };
    let reader = codes::capacity(*reader);
    let language = match language.as_str() {
        "" => Some(Language::Dutch),
        id => input.need("language", Language::parse(id), "LANGUAGE_UNKNOWN", "ask for nl or en"),
    };
    input.finish(|| Some(DescribeRequest { client, of: of?, reader, language: language? }))
}

impl Input {
    /// A permit and its period, neither recorded.
    pub(super) fn draft(&mut self, wire: &v1::ConsentDraft, covenant: &Covenant) -> Option<Thought> {
        let v1::ConsentDraft { permit, period } = wire;
        let permit = self.need("permit", permit.as_ref(), "PERMIT_MISSING", "say what would be permitted");
        let permit = permit.and_then(|permit| self.permit(permit, covenant));
        let Ends { from, until } = self.ends("period", period.as_ref());
        Some(Thought::Draft { permit: permit?, from, until })
    }
}
