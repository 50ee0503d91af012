//! `CatalogueService`: what can be shared, for what, and with whom.

use tonic::{Request, Response, Status};

use super::caller::Caller;
use super::calls::{ANYONE, Calls};
use super::parse::Input;
use super::refusal::Refusal;
use super::write::purpose_id;
use crate::contract::v1;
use crate::contract::v1::catalogue_service_server::CatalogueService;
use crate::domain::{
    Direction, Field, Party, PartyKind, PurposeCode, PurposeMembership, Purposes, Sensitivity, ValueType,
};
use crate::gateway::Gateway;

/// The service.
pub(super) struct Catalogues(pub(super) Calls);

#[tonic::async_trait]
impl CatalogueService for Catalogues {
    async fn list_fields(
        &self,
        request: Request<v1::ListFieldsRequest>,
    ) -> Result<Response<v1::ListFieldsResponse>, Status> {
        self.0
            .answer("ListFields", ANYONE, request, |caller, asked| async move { fields(&caller, &asked) })
            .await
    }

    async fn list_purposes(
        &self,
        request: Request<v1::ListPurposesRequest>,
    ) -> Result<Response<v1::ListPurposesResponse>, Status> {
        self.0.answer("ListPurposes", ANYONE, request, |caller, _| async move { Ok(purposes(&caller)) }).await
    }

    async fn list_parties(
        &self,
        request: Request<v1::ListPartiesRequest>,
    ) -> Result<Response<v1::ListPartiesResponse>, Status> {
        let gateway = &self.0.gateway;
        self.0
            .answer("ListParties", ANYONE, request, |caller, _| async move { Ok(parties(gateway, &caller)) })
            .await
    }
}

fn fields(caller: &Caller, asked: &v1::ListFieldsRequest) -> Result<v1::ListFieldsResponse, Refusal> {
    let covenant = &caller.covenant.covenant;
    let mut input = Input::default();
    let purpose = input.purpose_if_present("purpose", &asked.purpose, &covenant.purposes);
    let carried = |field: &&Field| {
        purpose.is_none_or(|purpose| field.in_purpose(purpose) != PurposeMembership::Outside)
    };
    input.finish(|| {
        let fields = covenant.catalogue.fields().filter(carried);
        let fields = fields.map(|known| field(known, &covenant.purposes)).collect();
        Some(v1::ListFieldsResponse { fields })
    })
}

fn field(field: &Field, purposes: &Purposes) -> v1::Field {
    let ids = |codes: &[PurposeCode]| codes.iter().map(|code| purpose_id(*code, purposes)).collect();
    let (value_type, max_length, codes) = match &field.value {
        ValueType::Text { max } => ("text", u32::from(*max), Vec::new()),
        ValueType::Code { terms } => ("code", 0, terms.iter().map(|term| term.code.clone()).collect()),
        ValueType::Date => ("date", 0, Vec::new()),
        ValueType::YesNo => ("yes-no", 0, Vec::new()),
        ValueType::Contact => ("contact", 0, Vec::new()),
    };
    v1::Field {
        id: field.id.clone(),
        code: field.code.to_string(),
        label_nl: field.label.nl.clone(),
        label_en: field.label.en.clone(),
        domain: field.domain().id().to_owned(),
        sensitivity: sensitivity(field.class).to_owned(),
        directions: field.directions.iter().map(|d| direction(*d).to_owned()).collect(),
        purposes: ids(&field.purposes),
        purposes_on_explicit_consent: ids(&field.on_explicit),
        value_type: value_type.to_owned(),
        max_length,
        codes,
    }
}

fn sensitivity(class: Sensitivity) -> &'static str {
    match class {
        Sensitivity::K0 => "K0",
        Sensitivity::K1 => "K1",
        Sensitivity::K2 => "K2",
        Sensitivity::K3 => "K3",
        Sensitivity::KS => "KS",
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::CareMunicipality => "care-municipality",
        Direction::MunicipalityCare => "municipality-care",
        Direction::CareSchool => "care-school",
        Direction::SchoolCare => "school-care",
    }
}

fn purposes(caller: &Caller) -> v1::ListPurposesResponse {
    let purpose = |purpose: &crate::domain::Purpose| v1::Purpose {
        id: purpose.id.clone(),
        code: purpose.code.to_string(),
        label_nl: purpose.label.nl.clone(),
        label_en: purpose.label.en.clone(),
        agenda: purpose.agenda,
        single_use: purpose.single_use,
    };
    v1::ListPurposesResponse { purposes: caller.covenant.covenant.purposes.all().map(purpose).collect() }
}

/// The other parties to which or from which a field may travel at all.
fn parties(gateway: &Gateway, caller: &Caller) -> v1::ListPartiesResponse {
    let covenant = &caller.covenant.covenant;
    let own = caller.party();
    let shares = |other: &&Party| {
        own.is_some_and(|own| {
            let tells =
                |from: PartyKind, to: PartyKind| from.direction_to(to).is_some() || from.tells_by_ceiling(to);
            own.id != other.id && (tells(own.kind, other.kind) || tells(other.kind, own.kind))
        })
    };
    let party = |party: &Party| v1::Party {
        id: party.id.to_string(),
        name: party.name.clone(),
        kind: party.kind.as_str().to_owned(),
        roles: party
            .roles
            .iter()
            .map(|role| v1::PartyRole { role: role.role.to_string(), label: role.label.clone() })
            .collect(),
        purposes: party.legal_bases.iter().map(|b| purpose_id(b.purpose, &covenant.purposes)).collect(),
        custodian: gateway.serves(&party.id),
    };
    v1::ListPartiesResponse { parties: covenant.parties.iter().filter(shares).map(party).collect() }
}
