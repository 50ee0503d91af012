//! What is said in `ConsentService` about consents.

use super::Input;
use super::moment::Ends;
use crate::contract::v1;
use crate::contract::v1::record_consent_request::Stance as Said;
use crate::domain::{
    Capacity, ClientRef, ConsentId, Evidence, EvidenceReference, FieldCode, Grantor, Objection,
    OrganisationId, Permit, PersonRef, Role, Stance, WithholdingId,
};
use crate::gateway::{GrantRequest, RecordRequest, WithdrawRequest};
use crate::grpc::caller::Caller;
use crate::grpc::codes;
use crate::grpc::refusal::Refusal;
use crate::policy::Covenant;

/// Reads a permit or objection to record.
pub(in crate::grpc) fn record(
    caller: &Caller,
    client: ClientRef,
    wire: &v1::RecordConsentRequest,
) -> Result<RecordRequest, Refusal> {
    let v1::RecordConsentRequest { client: _, stance, period, grantor, evidence } = wire;
    let covenant = &caller.covenant.covenant;
    let mut input = Input::default();
    let stance = match stance {
        Some(Said::Permit(permit)) => input.permit(permit, covenant).map(Stance::Permit),
        Some(Said::Objection(objection)) => Some(Stance::Objection(input.objection(objection, covenant))),
        None => input.need("stance", None, "STANCE_MISSING", "give a permit or an objection"),
    };
    let Ends { from, until } = input.ends("period", period.as_ref());
    let by = input.grantor(grantor.as_ref(), covenant);
    let evidence = input.evidence(evidence.as_ref(), caller);
    input.finish(|| {
        let (grantor, grantor_fields) = by?;
        let (stance, evidence) = (stance?, evidence?);
        Some(RecordRequest { client, stance, from, until, grantor, grantor_fields, evidence })
    })
}

/// Reads another person's agreement.
pub(in crate::grpc) fn grant(
    caller: &Caller,
    client: ClientRef,
    wire: &v1::AddGrantRequest,
) -> Result<GrantRequest, Refusal> {
    let v1::AddGrantRequest { client: _, consent_id, grantor } = wire;
    let mut input = Input::default();
    let consent = input.id("consent_id", consent_id, ConsentId::parse);
    let by = input.grantor(grantor.as_ref(), &caller.covenant.covenant);
    input.finish(|| {
        let (grantor, grantor_fields) = by?;
        Some(GrantRequest { client, consent: consent?, grantor, grantor_fields })
    })
}

/// Reads a withdrawal.
pub(in crate::grpc) fn withdrawal(
    caller: &Caller,
    client: ClientRef,
    wire: &v1::WithdrawConsentRequest,
) -> Result<WithdrawRequest, Refusal> {
    let v1::WithdrawConsentRequest { client: _, consent_id, person, fields } = wire;
    let mut input = Input::default();
    let consent = input.id("consent_id", consent_id, ConsentId::parse);
    let person = input.id("person", person, PersonRef::parse);
    let fields = input.fields_if_present("fields", fields, &caller.covenant.covenant.catalogue);
    input.finish(|| Some(WithdrawRequest { client, consent: consent?, person: person?, fields }))
}

/// Reads which withholding.
pub(in crate::grpc) fn withholding_id(text: &str) -> Result<WithholdingId, Refusal> {
    let mut input = Input::default();
    let id = input.id("withholding_id", text, WithholdingId::parse);
    input.finish(|| id)
}

/// Reads which consent.
pub(in crate::grpc) fn consent_id(text: &str) -> Result<ConsentId, Refusal> {
    let mut input = Input::default();
    let id = input.id("consent_id", text, ConsentId::parse);
    input.finish(|| id)
}

impl Input {
    pub(super) fn permit(&mut self, wire: &v1::Permit, covenant: &Covenant) -> Option<Permit> {
        let v1::Permit { recipient_organisation, recipient_role, purpose, fields } = wire;
        let recipient = self.hat(
            ("permit.recipient_organisation", recipient_organisation),
            ("permit.recipient_role", recipient_role),
        );
        let purpose = self.purpose("permit.purpose", purpose, &covenant.purposes);
        let mut fields = self.fields("permit.fields", fields, &covenant.catalogue);
        fields.sort_unstable();
        let purpose = purpose?;
        Some(Permit { recipient: recipient?, purpose: purpose.code, fields, single_use: purpose.single_use })
    }

    fn objection(&mut self, wire: &v1::Objection, covenant: &Covenant) -> Objection {
        let v1::Objection { recipient_organisation, recipient_role, purpose, fields } = wire;
        let organisation_field = "objection.recipient_organisation";
        let role_field = "objection.recipient_role";
        if recipient_organisation.is_empty() && !recipient_role.is_empty() {
            self.wrong(organisation_field, "RECIPIENT_MISSING", "name the organisation of this role");
        }
        let mut fields = self.fields_if_present("objection.fields", fields, &covenant.catalogue);
        if let Some(fields) = &mut fields {
            fields.sort_unstable();
        }
        Objection {
            recipient: self.id_if_present(organisation_field, recipient_organisation, OrganisationId::parse),
            role: self.id_if_present(role_field, recipient_role, Role::parse),
            purpose: self.purpose_if_present("objection.purpose", purpose, &covenant.purposes),
            fields,
        }
    }

    fn grantor(
        &mut self,
        wire: Option<&v1::Grantor>,
        covenant: &Covenant,
    ) -> Option<(Grantor, Option<Vec<FieldCode>>)> {
        let wire = self.need("grantor", wire, "GRANTOR_MISSING", "say who agrees or objects, and as what");
        let v1::Grantor { person, capacity, fields } = wire?;
        let person = self.id("grantor.person", person, PersonRef::parse);
        let capacity = codes::capacity(*capacity);
        let capacity = self.need("grantor.capacity", capacity, "CAPACITY_MISSING", "say in what capacity");
        let fields = self.fields_if_present("grantor.fields", fields, &covenant.catalogue);
        if fields.is_some() && capacity.is_some_and(|c| c != Capacity::DataSubject) {
            let text = "leave this out: only a data subject lists fields";
            self.wrong("grantor.fields", "GRANTOR_FIELDS_NOT_ALLOWED", text);
        }
        Some((Grantor { person: person?, capacity: capacity? }, fields))
    }

    fn evidence(&mut self, wire: Option<&v1::Evidence>, caller: &Caller) -> Option<Evidence> {
        let wire = self.need("evidence", wire, "EVIDENCE_INCOMPLETE", "say how people agreed");
        let v1::Evidence { channel, text_version, language, note_reference, refusal_explained } = wire?;
        let text = "say whether it was in writing, spoken or through a portal";
        let channel = self.need("evidence.channel", codes::channel(*channel), "EVIDENCE_INCOMPLETE", text);
        let text_version = self.id("evidence.text_version", text_version, EvidenceReference::parse);
        let language = self.id("evidence.language", language, EvidenceReference::parse);
        let note = self.id_if_present("evidence.note_reference", note_reference, EvidenceReference::parse);
        Some(Evidence {
            channel: channel?,
            text_version: text_version?,
            language: language?,
            note,
            recorded_by: caller.requester.actor.requester.clone(),
            refusal_explained: *refusal_explained,
        })
    }
}
