//! What is asked of the ledger.

use super::Input;
use crate::contract::v1;
use crate::domain::{Bsn, ClientRef, EventKind, OrganisationId};
use crate::gateway::{ExportRequest, page_token};
use crate::grpc::caller::Caller;
use crate::grpc::calls::bsn_not_allowed;
use crate::grpc::codes;
use crate::grpc::refusal::Refusal;
use crate::identity::PseudonymKey;
use crate::projection::Format;
use crate::store::EntryFilter;

const DEFAULT_PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;
const OTHER_QUESTION: &str = "is not from an answer to this question; begin again without it";
/// The longest subject of a token.
pub(super) const LONGEST_SUBJECT: usize = 128;

/// Which entries, and how many.
#[derive(Debug)]
pub(in crate::grpc) struct Page {
    pub(in crate::grpc) filter: EntryFilter,
    pub(in crate::grpc) size: u32,
}

/// Reads which entries are asked for.
pub(in crate::grpc) fn page(
    pseudonyms: &PseudonymKey,
    caller: &Caller,
    wire: &v1::ListEntriesRequest,
) -> Result<Page, Refusal> {
    let v1::ListEntriesRequest {
        client_bsn,
        client_handle,
        recipient,
        custodian,
        requester_subject,
        purpose,
        outcome,
        from,
        until,
        page_size,
        page_token,
        kind,
    } = wire;
    if !client_bsn.is_empty() && !caller.may_use_bsn() {
        return Err(bsn_not_allowed());
    }
    let mut input = Input::default();
    let organisation = caller.organisation();
    if requester_subject.chars().count() > LONGEST_SUBJECT {
        input.wrong("requester_subject", "TOO_LONG", format!("has at most {LONGEST_SUBJECT} characters"));
    }
    let mut filter = EntryFilter {
        client: input.client(pseudonyms, organisation, client_bsn, client_handle),
        recipient: input.id_if_present("recipient", recipient, OrganisationId::parse),
        custodian: input.id_if_present("custodian", custodian, OrganisationId::parse),
        requester: (!requester_subject.is_empty())
            .then(|| pseudonyms.requester(organisation, requester_subject)),
        purpose: input.purpose_if_present("purpose", purpose, &caller.covenant.covenant.purposes),
        outcome: None,
        kind: None,
        from: if from.is_empty() { None } else { input.moment("from", from) },
        until: if until.is_empty() { None } else { input.moment("until", until) },
        before: None,
        after: None,
    };
    if !outcome.is_empty() {
        let text = "is released, partial, withheld, failed or done";
        filter.outcome = input.need("outcome", codes::outcome(outcome), "OUTCOME_UNKNOWN", text);
    }
    if !kind.is_empty() {
        let text = "is disclosures, refusals, consents, registrations, follow-ups, readings, others or all-but-readings";
        filter.kind = input.need("kind", EventKind::parse(kind), "KIND_UNKNOWN", text);
    }
    let size = input.page_size(*page_size);
    if !page_token.is_empty() {
        let before = page_token::read(pseudonyms, organisation, &filter, page_token);
        filter.before = input.need("page_token", before, "PAGE_TOKEN", OTHER_QUESTION);
    }
    input.finish(|| Some(Page { filter, size }))
}

/// Reads which entries are exported, and how.
pub(in crate::grpc) fn export(
    pseudonyms: &PseudonymKey,
    caller: &Caller,
    wire: &v1::ExportEntriesRequest,
    origin: &str,
) -> Result<ExportRequest, Refusal> {
    let v1::ExportEntriesRequest { filter: listed, format, entry_index } = wire;
    let listed = listed.clone().unwrap_or_default();
    let Page { filter, .. } = page(pseudonyms, caller, &listed)?;
    let mut input = Input::default();
    if listed.page_size != 0 || !listed.page_token.is_empty() {
        let text = "leave out page_size and page_token: an export has no pages";
        input.wrong("filter.page_size", "PAGE_SIZE", text);
    }
    let text = "is nen7513, fhir, ldv, ldv-0.7, adl, csv, plain-nl or plain-en";
    let format = input.need("format", Format::by_id(format), "FORMAT_UNKNOWN", text);
    if format.is_some_and(Format::is_for_a_client) && filter.client.is_none() {
        let text = "name the client: this format is for one to read";
        input.wrong("filter.client_handle", "CLIENT_MISSING", text);
    }
    let (side, origin) = (caller.organisation().clone(), origin.to_owned());
    input.finish(|| Some(ExportRequest { side, filter, only: *entry_index, format: format?, origin }))
}

/// How many, and after which entry, of a list that is told by one question.
pub(in crate::grpc) fn part(
    pseudonyms: &PseudonymKey,
    question: &str,
    size: i32,
    token: &str,
) -> Result<(u32, Option<u64>), Refusal> {
    let mut input = Input::default();
    let size = input.page_size(size);
    let mut after = None;
    if !token.is_empty() {
        let opened = page_token::open(pseudonyms, question, token);
        after = input.need("page_token", opened, "PAGE_TOKEN", OTHER_QUESTION);
    }
    input.finish(|| Some((size, after)))
}

impl Input {
    fn page_size(&mut self, wire: i32) -> u32 {
        match u32::try_from(wire) {
            Ok(0) => DEFAULT_PAGE,
            Ok(size) => size.min(LARGEST_PAGE),
            Err(_) => {
                self.wrong("page_size", "PAGE_SIZE", "cannot be negative; leave it out for 50");
                DEFAULT_PAGE
            }
        }
    }

    pub(in crate::grpc) fn client(
        &mut self,
        pseudonyms: &PseudonymKey,
        organisation: &OrganisationId,
        bsn: &str,
        handle: &str,
    ) -> Option<ClientRef> {
        match (bsn, handle) {
            ("", "") => None,
            ("", handle) => {
                let known = pseudonyms.open_handle(handle, organisation);
                Some(known.unwrap_or_else(|| pseudonyms.stray(handle)))
            }
            (bsn, "") => {
                let text = "is not a BSN; check the digits";
                let bsn = self.need("client_bsn", Bsn::parse(bsn).ok(), "BSN_INVALID", text)?;
                Some(pseudonyms.client(&bsn))
            }
            _ => {
                let text = "name the client by client_bsn or by client_handle, not by both";
                self.need("client_handle", None, "CLIENT_TWICE", text)
            }
        }
    }
}
