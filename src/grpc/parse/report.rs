//! What an officer asks.

use std::sync::Arc;

use super::Input;
use super::audit::LONGEST_SUBJECT;
use crate::contract::v1;
use crate::domain::{Language, OrganisationId, RequesterRef, SampleSeed, Timestamp};
use crate::gateway::ReportRequest;
use crate::grpc::caller::Caller;
use crate::grpc::calls::bsn_not_allowed;
use crate::grpc::refusal::Refusal;
use crate::identity::PseudonymKey;
use crate::report::{FilledIn, Heads, Need, Question, Scope};

/// Reads a question, and in which language it is answered.
pub(in crate::grpc) fn report(
    pseudonyms: &PseudonymKey,
    caller: &Caller,
    wire: &v1::GetReportRequest,
    now: Timestamp,
) -> Result<(ReportRequest, Language), Refusal> {
    let v1::GetReportRequest {
        name,
        client_bsn,
        client_handle,
        requester_subject,
        organisation,
        purpose,
        from,
        until,
        language,
        other_subject,
        other_organisation,
        discovered,
        seed,
        count,
    } = wire;
    if !client_bsn.is_empty() && !caller.may_use_bsn() {
        return Err(bsn_not_allowed());
    }
    let side = caller.organisation();
    let mut input = Input::default();
    let question =
        input.need("name", Question::by_id(name), "REPORT_UNKNOWN", "is not a question; see the contract");
    let client = input.client(pseudonyms, side, client_bsn, client_handle);
    let scope = Scope {
        from: input.end("from", from, Timestamp::start_of),
        until: input.end("until", until, Timestamp::end_of),
        now,
        requester: input.subject("requester_subject", pseudonyms, side, requester_subject),
        organisation: input.id_if_present("organisation", organisation, OrganisationId::parse),
        purpose: input.purpose_if_present("purpose", purpose, &caller.covenant.covenant.purposes),
        other: input.other(pseudonyms, side, other_organisation, other_subject),
        discovered: input.end("discovered", discovered, Timestamp::start_of),
        seed: input.seed(seed),
        count: count.map(u64::from),
        heads: Heads::default(),
    };
    if let (Some(from), Some(until)) = (scope.from, scope.until)
        && from >= until
    {
        input.wrong("until", "PERIOD_EMPTY", "must be after `from`");
    }
    let filled = FilledIn {
        client: !client_bsn.is_empty() || !client_handle.is_empty(),
        professional: !requester_subject.is_empty(),
        other_hat: !other_subject.is_empty(),
        from: !from.is_empty(),
        until: !until.is_empty(),
        organisation: !organisation.is_empty(),
        purpose: !purpose.is_empty(),
    };
    for need in question.into_iter().flat_map(|question| question.unmet(filled)) {
        let (field, reason, text) = match need {
            Need::Client => {
                ("client_handle", "CLIENT_MISSING", "name the client: this question is about one")
            }
            Need::Professional => {
                let text = "name a professional of your organisation: this question is about one";
                ("requester_subject", "PROFESSIONAL_MISSING", text)
            }
            Need::OtherHat => ("other_subject", "PROFESSIONAL_MISSING", "name the other hat"),
            Need::Period => {
                let text = "say from when until when: this question is about a period";
                ("from", "PERIOD_MISSING", text)
            }
            Need::Everybody => {
                let text = "leave out all but the period: two such answers would tell a third";
                ("name", "NARROWED", text)
            }
        };
        input.wrong(field, reason, text);
    }
    let language = match language.as_str() {
        "" => Some(Language::Dutch),
        id => input.need("language", Language::parse(id), "LANGUAGE_UNKNOWN", "ask for nl or en"),
    };
    input.finish(|| {
        let request = ReportRequest {
            side: side.clone(),
            question: question?,
            client,
            scope,
            progress: Arc::default(),
            waits: false,
        };
        Some((request, language?))
    })
}

impl Input {
    /// A professional of this organisation, by the subject of their token.
    fn subject(
        &mut self,
        field: &str,
        pseudonyms: &PseudonymKey,
        organisation: &OrganisationId,
        subject: &str,
    ) -> Option<RequesterRef> {
        if subject.chars().count() > LONGEST_SUBJECT {
            self.wrong(field, "TOO_LONG", format!("has at most {LONGEST_SUBJECT} characters"));
        }
        (!subject.is_empty()).then(|| pseudonyms.requester(organisation, subject))
    }

    /// The other hat: a subject, at this organisation if no other is named.
    fn other(
        &mut self,
        pseudonyms: &PseudonymKey,
        own: &OrganisationId,
        organisation: &str,
        subject: &str,
    ) -> Option<RequesterRef> {
        let named = self.id_if_present("other_organisation", organisation, OrganisationId::parse);
        self.subject("other_subject", pseudonyms, named.as_ref().unwrap_or(own), subject)
    }

    /// What a sample is drawn by; it is shown again.
    fn seed(&mut self, text: &str) -> String {
        if !text.is_empty()
            && let Err(malformed) = SampleSeed::parse(text)
        {
            self.wrong("seed", "SEED_MALFORMED", malformed.to_string());
        }
        text.to_owned()
    }
}
