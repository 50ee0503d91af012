//! Permits that somebody thinks about: drafts, and recorded ones by their id.

use super::Input;
use super::moment::Ends;
use crate::contract::v1;
use crate::contract::v1::describe_consent_request::Of;
use crate::contract::v1::preview_request::Supposing;
use crate::domain::{ClientRef, ConsentId, Language, OrganisationId, PersonRef};
use crate::gateway::{DescribeRequest, SupposeRequest, Supposition, Thought};
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

/// Reads a preview of what would be, if. What follows from the consent is left out.
pub(in crate::grpc) fn suppose(
    serves: impl Fn(&OrganisationId) -> bool,
    caller: &Caller,
    client: ClientRef,
    wire: &v1::PreviewRequest,
) -> Result<SupposeRequest, Refusal> {
    let v1::PreviewRequest {
        client: _,
        custodian,
        recipient_organisation,
        recipient_role,
        purpose,
        life_domains,
        requested_fields,
        ground,
        evidence,
        supposing,
    } = wire;
    let mut input = Input::default();
    let follows = [
        ("recipient_organisation", recipient_organisation.is_empty()),
        ("recipient_role", recipient_role.is_empty()),
        ("purpose", purpose.is_empty()),
        ("requested_fields", requested_fields.is_empty()),
        ("ground", ground.is_empty()),
        ("evidence", evidence.is_none()),
    ];
    for (field, _) in follows.into_iter().filter(|(_, left_out)| !left_out) {
        input.wrong(field, "FOLLOWS_FROM_CONSENT", "leave this out: it is that of the consent");
    }
    let covenant = &caller.covenant.covenant;
    let custodian = input.custodian(custodian, serves, covenant);
    let life_domains = input.life_domains(life_domains);
    let supposing = match supposing {
        Some(Supposing::Draft(draft)) => input.draft(draft, covenant).map(Supposition::Agreed),
        Some(Supposing::ConsentId(id)) => {
            let id = input.id("consent_id", id, ConsentId::parse);
            id.map(|id| Supposition::Agreed(Thought::Recorded(id)))
        }
        Some(Supposing::Withdrawal(withdrawal)) => input.withdrawal(withdrawal, covenant),
        None => None,
    };
    input.finish(|| {
        Some(SupposeRequest { client, custodian: custodian?, life_domains, supposing: supposing? })
    })
}

impl Input {
    fn withdrawal(&mut self, wire: &v1::SupposedWithdrawal, covenant: &Covenant) -> Option<Supposition> {
        let v1::SupposedWithdrawal { consent_id, person, fields } = wire;
        let consent = self.id("withdrawal.consent_id", consent_id, ConsentId::parse);
        let person = self.id("withdrawal.person", person, PersonRef::parse);
        let fields = self.fields_if_present("withdrawal.fields", fields, &covenant.catalogue);
        Some(Supposition::Withdrawn { consent: consent?, person: person?, fields })
    }

    /// A permit and its period, neither recorded.
    pub(super) fn draft(&mut self, wire: &v1::ConsentDraft, covenant: &Covenant) -> Option<Thought> {
        let v1::ConsentDraft { permit, period } = wire;
        let permit = self.need("permit", permit.as_ref(), "PERMIT_MISSING", "say what would be permitted");
        let permit = permit.and_then(|permit| self.permit(permit, covenant));
        let Ends { from, until } = self.ends("period", period.as_ref());
        Some(Thought::Draft { permit: permit?, from, until })
    }
}
