//! What is said about a disclosure afterwards.

use jiff::civil::Date;

use super::Input;
use crate::contract::v1;
use crate::domain::{
    DelayReason, DestructionOutcome, EvidenceReference, PersonRef, ReviewVerdict, SampleJudgement,
    SampleSeed, ToldHow,
};
use crate::grpc::codes;
use crate::grpc::refusal::Refusal;

const NOTE: &str = "note_reference";

/// A verdict and where the file says why.
pub(in crate::grpc) fn review(
    wire: &v1::ReviewEmergencyRequest,
) -> Result<(ReviewVerdict, EvidenceReference), Refusal> {
    let v1::ReviewEmergencyRequest { entry_index: _, verdict, note_reference } = wire;
    let mut input = Input::default();
    let text = "is justified, not justified or needs follow-up";
    let verdict = input.need("verdict", codes::verdict(*verdict), "VERDICT_UNKNOWN", text);
    let note = input.id(NOTE, note_reference, EvidenceReference::parse);
    input.finish(|| Some((verdict?, note?)))
}

/// A verdict on an entry of a sample.
pub(in crate::grpc) fn judgement(wire: &v1::JudgeSampleEntryRequest) -> Result<SampleJudgement, Refusal> {
    let v1::JudgeSampleEntryRequest { entry_index, seed, verdict, follow_up, note_reference } = wire;
    let mut input = Input::default();
    let seed = input.id("seed", seed, SampleSeed::parse);
    let text = "is in order, not in order or a further question";
    let verdict = input.need("verdict", codes::sample_verdict(*verdict), "VERDICT_UNKNOWN", text);
    let text = "is nothing, a talk, a correction, the breach procedure or access adjusted";
    let follow_up = input.need("follow_up", codes::sample_follow_up(*follow_up), "FOLLOW_UP_UNKNOWN", text);
    let note = input.id_if_present(NOTE, note_reference, EvidenceReference::parse);
    input.finish(|| {
        Some(SampleJudgement {
            entry: *entry_index,
            seed: seed?,
            verdict: verdict?,
            follow_up: follow_up?,
            note,
        })
    })
}

/// Who was told, how, and where the file says so.
pub(in crate::grpc) fn notice(
    wire: &v1::NotifyClientRequest,
) -> Result<(PersonRef, ToldHow, EvidenceReference), Refusal> {
    let v1::NotifyClientRequest { entry_index: _, person, how, note_reference } = wire;
    let mut input = Input::default();
    let person = input.id("person", person, PersonRef::parse);
    let text = "is in a conversation, by telephone, by letter or in a portal";
    let how = input.need("how", codes::told_how(*how), "HOW_UNKNOWN", text);
    let note = input.id(NOTE, note_reference, EvidenceReference::parse);
    input.finish(|| Some((person?, how?, note?)))
}

/// Who asked for the file to be destroyed, what came of it, and where the file says so.
pub(in crate::grpc) fn destruction(
    wire: &v1::RecordDestructionRequest,
) -> Result<(PersonRef, DestructionOutcome, EvidenceReference), Refusal> {
    let v1::RecordDestructionRequest { client: _, person, outcome, note_reference } = wire;
    let mut input = Input::default();
    let person = input.id("person", person, PersonRef::parse);
    let text = "is destroyed, partly or refused";
    let outcome = input.need("outcome", codes::destruction_outcome(*outcome), "OUTCOME_UNKNOWN", text);
    let note = input.id(NOTE, note_reference, EvidenceReference::parse);
    input.finish(|| Some((person?, outcome?, note?)))
}

/// Why the client is not told yet, when it is looked at again, and where the file says more.
pub(in crate::grpc) fn delay(
    wire: &v1::DelayNoticeRequest,
) -> Result<(DelayReason, Date, EvidenceReference), Refusal> {
    let v1::DelayNoticeRequest { entry_index: _, reason, review_on, note_reference } = wire;
    let mut input = Input::default();
    let text = "name the reason for telling the client later; see DelayReason";
    let reason = input.need("reason", codes::delay_reason(*reason), "DELAY_REASON_UNKNOWN", text);
    let review_on = input.day("review_on", review_on);
    let note = input.id(NOTE, note_reference, EvidenceReference::parse);
    input.finish(|| Some((reason?, review_on?, note?)))
}
