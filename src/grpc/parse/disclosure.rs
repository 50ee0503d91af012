//! What is asked in `DisclosureService`.

use super::Input;
use crate::contract::v1;
use crate::domain::{ClientRef, FieldCode, Ground, LifeDomain, OrganisationId, PurposeCode, RequestId};
use crate::gateway::{DisclosureRequest, PreviewRequest};
use crate::grpc::caller::Caller;
use crate::grpc::refusal::Refusal;
use crate::identity::PseudonymKey;
use crate::policy::Covenant;

/// The most life domains on the agenda of one case conference (ruling 13).
const MOST_LIFE_DOMAINS: usize = 3;

/// What both methods ask.
struct Question {
    custodian: Option<OrganisationId>,
    purpose: Option<PurposeCode>,
    life_domains: Vec<LifeDomain>,
    fields: Vec<FieldCode>,
    ground: Option<Ground>,
}

/// What both methods ask, as it came.
struct Asked<'a> {
    custodian: &'a str,
    purpose: &'a str,
    life_domains: &'a [String],
    fields: &'a [String],
    ground: &'a str,
}

/// Reads a request to disclose.
pub(in crate::grpc) fn disclosure(
    serves: impl Fn(&OrganisationId) -> bool,
    pseudonyms: &PseudonymKey,
    caller: &Caller,
    client: ClientRef,
    wire: &v1::DiscloseRequest,
) -> Result<DisclosureRequest, Refusal> {
    let v1::DiscloseRequest {
        request_id,
        client: _,
        custodian,
        purpose,
        life_domains,
        requested_fields,
        ground,
        evidence,
    } = wire;
    let mut input = Input::default();
    let id = input.id("request_id", request_id, RequestId::parse);
    let asked = Asked { custodian, purpose, life_domains, fields: requested_fields, ground };
    let question = input.question(&asked, serves, &caller.covenant.covenant);
    let evidence = input.ground_evidence(evidence.as_ref(), question.ground, pseudonyms, caller);
    input.finish(|| {
        Some(DisclosureRequest {
            id: id?,
            client,
            custodian: question.custodian?,
            purpose: question.purpose?,
            life_domains: question.life_domains,
            fields: question.fields,
            ground: question.ground?,
            evidence,
        })
    })
}

/// Reads a request to preview. Who would ask is the caller, unless another hat is named.
pub(in crate::grpc) fn preview(
    serves: impl Fn(&OrganisationId) -> bool,
    pseudonyms: &PseudonymKey,
    caller: &Caller,
    client: ClientRef,
    wire: &v1::PreviewRequest,
) -> Result<PreviewRequest, Refusal> {
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
        supposing: _,
    } = wire;
    let mut input = Input::default();
    let recipient = if recipient_organisation.is_empty() && recipient_role.is_empty() {
        Some(caller.hat().clone())
    } else {
        input.hat(("recipient_organisation", recipient_organisation), ("recipient_role", recipient_role))
    };
    let asked = Asked { custodian, purpose, life_domains, fields: requested_fields, ground };
    let question = input.question(&asked, serves, &caller.covenant.covenant);
    let evidence = input.ground_evidence(evidence.as_ref(), question.ground, pseudonyms, caller);
    input.finish(|| {
        Some(PreviewRequest {
            client,
            custodian: question.custodian?,
            recipient: recipient?,
            purpose: question.purpose?,
            life_domains: question.life_domains,
            fields: question.fields,
            ground: question.ground?,
            evidence,
        })
    })
}

const FIELD: &str = "life_domains";

impl Input {
    fn question(
        &mut self,
        asked: &Asked<'_>,
        serves: impl Fn(&OrganisationId) -> bool,
        covenant: &Covenant,
    ) -> Question {
        let custodian = self.custodian(asked.custodian, serves, covenant);
        let purpose = self.purpose("purpose", asked.purpose, &covenant.purposes);
        let life_domains = match purpose {
            Some(purpose) => self.agenda(asked.life_domains, purpose.agenda),
            None => Vec::new(),
        };
        let fields = self.fields("requested_fields", asked.fields, &covenant.catalogue);
        let text = "name the ground, R01 (consent) to R15";
        let ground = self.need("ground", Ground::parse(asked.ground), "GROUND_UNKNOWN", text);
        Question { custodian, purpose: purpose.map(|p| p.code), life_domains, fields, ground }
    }

    /// A custodian that can be asked.
    pub(super) fn custodian(
        &mut self,
        id: &str,
        serves: impl Fn(&OrganisationId) -> bool,
        covenant: &Covenant,
    ) -> Option<OrganisationId> {
        let custodian = OrganisationId::parse(id).ok();
        let custodian = custodian.filter(|id| serves(id) && covenant.parties.get(id).is_some());
        let text = "name a custodian that this gateway serves; see CatalogueService.ListParties";
        self.need("custodian", custodian, "CUSTODIAN_UNKNOWN", text)
    }

    /// One to three life domains, C to J, where the purpose has an agenda; otherwise none. In one order, so that a
    /// retry is recognised however it lists them.
    fn agenda(&mut self, ids: &[String], has_agenda: bool) -> Vec<LifeDomain> {
        let (least, most) = if has_agenda { (1, MOST_LIFE_DOMAINS) } else { (0, 0) };
        if !(least..=most).contains(&ids.len()) {
            let text = if has_agenda {
                "name one to three life domains for this purpose"
            } else {
                "leave this out: this purpose has no agenda"
            };
            self.wrong(FIELD, "AGENDA_INVALID", text);
            return Vec::new();
        }
        self.life_domains(ids)
    }

    /// Life domains that can be on an agenda, in one order.
    pub(super) fn life_domains(&mut self, ids: &[String]) -> Vec<LifeDomain> {
        let mut domains = Vec::with_capacity(ids.len());
        for (at, id) in ids.iter().enumerate() {
            let path = format!("{FIELD}[{at}]");
            match LifeDomain::by_id(id).filter(|domain| domain.is_agenda_item()) {
                Some(domain) if domains.contains(&domain) => {
                    self.wrong(&path, "LIFE_DOMAIN_DUPLICATE", "is named before; name each once");
                }
                Some(domain) => domains.push(domain),
                None => self.wrong(
                    &path,
                    "LIFE_DOMAIN_UNKNOWN",
                    "name one of housing, money, education, work, family, safety, residence, provisions",
                ),
            }
        }
        domains.sort_unstable();
        domains
    }
}
