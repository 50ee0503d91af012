//! Verdicts on the entries of a sample: by an officer of the own side, never on what that officer asked, and read by that side alone.

use sluis::contract::v1::*;
use sluis::report::Question;
use tonic::{Code, Status};

use crate::emergency::professional;
use crate::harness::*;
use crate::officer::{SUBJECT, after_a_story, answer, cells, question};

fn judge(entry_index: u64, verdict: SampleVerdict, follow_up: SampleFollowUp) -> JudgeSampleEntryRequest {
    JudgeSampleEntryRequest {
        entry_index,
        seed: "2026-11".into(),
        verdict: verdict.into(),
        follow_up: follow_up.into(),
        note_reference: "dossier/2026-31".into(),
    }
}

fn fine(entry_index: u64) -> JudgeSampleEntryRequest {
    let note_reference = String::new();
    let judgement = judge(entry_index, SampleVerdict::InOrder, SampleFollowUp::Nothing);
    JudgeSampleEntryRequest { note_reference, ..judgement }
}

async fn refused(caller: &Caller, request: JudgeSampleEntryRequest) -> Status {
    caller.audit().judge_sample_entry(request).await.err().unwrap()
}

async fn judged(caller: &Caller, request: JudgeSampleEntryRequest) -> u64 {
    caller.audit().judge_sample_entry(request).await.unwrap().into_inner().entry_index
}

async fn drawn(gateway: &TestGateway, organisation: &str) -> GetReportResponse {
    let request = GetReportRequest { seed: "2026-11".into(), ..question(Question::Sample) };
    answer(gateway, organisation, request).await
}

fn indexes(sample: &GetReportResponse) -> Vec<u64> {
    cells(sample, "sample", ["entry"]).iter().map(|[entry]| entry.parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_judged_entry_by_entry_and_its_report_says_how_far_it_is_also_that_nothing_was_found() {
    let gateway = after_a_story().await;
    let officer = professional(&gateway, ACCARE, "privacy-officer", "officer-2").await;
    let entries = indexes(&drawn(&gateway, ACCARE).await);
    let [first, second, rest @ ..] = entries.as_slice() else { panic!("{entries:?}") };
    let question =
        judged(&officer, judge(*first, SampleVerdict::FurtherQuestion, SampleFollowUp::Talk)).await;
    let found = judge(*second, SampleVerdict::NotInOrder, SampleFollowUp::BreachProcedure);
    let found = judged(&officer, found).await;
    let sample = drawn(&gateway, ACCARE).await;
    let seen = cells(&sample, "sample", ["verdict", "follow_up", "judged_in"]);
    let expected = [
        ["nadere vraag", "gesprek met de professional", &question.to_string()],
        ["niet in orde", "procedure datalekken", &found.to_string()],
        ["nog te beoordelen", "", ""],
    ];
    assert_eq!(seen[..3], expected);
    let left = rest.len().to_string();
    let counted = ["not_in_order", "further_question", "unjudged", "conclusion"];
    assert_eq!(cells(&sample, "verdicts", counted), [["1", "1", &*left, "nog niet alles is beoordeeld"]]);

    for entry in &entries {
        judged(&officer, fine(*entry)).await;
    }
    let done = drawn(&gateway, ACCARE).await;
    let all = entries.len().to_string();
    let counted = ["in_sample", "in_order", "not_in_order", "unjudged", "conclusion"];
    assert_eq!(
        cells(&done, "verdicts", counted),
        [[&*all, &*all, "0", "0", "geen bevindingen"]],
        "the newest verdict counts"
    );
    let request = GetReportRequest { seed: "2026-12".into(), ..crate::officer::question(Question::Sample) };
    let another = answer(&gateway, ACCARE, request).await;
    assert_eq!(cells(&another, "verdicts", ["unjudged"]), [[&*all]], "another sample is judged by itself");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_is_the_own_sides_and_the_other_side_neither_reads_it_nor_counts_it() {
    let gateway = after_a_story().await;
    let care = gateway.party(ACCARE, "privacy-officer").await;
    let city = professional(&gateway, ASSEN, "privacy-officer", "officer-2").await;
    let entries = indexes(&drawn(&gateway, ASSEN).await);
    let index = judged(&city, judge(entries[0], SampleVerdict::NotInOrder, SampleFollowUp::Talk)).await;
    let own = city.audit().get_entry(GetEntryRequest { index }).await.unwrap().into_inner().entry.unwrap();
    assert_eq!(
        (own.event.as_str(), own.about_entry, own.outcome.as_str()),
        ("sample-judged", entries[0], "done")
    );
    let written = String::from_utf8(own.entry).unwrap();
    for part in ["\"seed\":\"2026-11\"", "\"not_in_order\"", "\"talk\"", "\"dossier/2026-31\""] {
        assert!(written.contains(part), "{part}: {written}");
    }
    let status = care.audit().get_entry(GetEntryRequest { index }).await.err().unwrap();
    assert_eq!(status.code(), Code::NotFound);
    let [[unjudged]] = cells(&drawn(&gateway, ACCARE).await, "verdicts", ["unjudged"]).try_into().unwrap();
    assert_eq!(unjudged, indexes(&drawn(&gateway, ACCARE).await).len().to_string());
    let receipt = city.audit().get_receipt(GetReceiptRequest { index }).await.unwrap().into_inner();
    assert!(!receipt.receipt.is_empty());
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_judged_is_refused_without_telling_whether_it_is_there_and_nobody_judges_themselves()
{
    let gateway = after_a_story().await;
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let stranger = gateway.party(HOOGEVEEN, "privacy-officer").await;
    let entries = indexes(&drawn(&gateway, ACCARE).await);
    let asked = entries[0];
    let nothing = refused(&stranger, fine(99_999)).await;
    assert_eq!(refusal(&nothing).1, "NOT_FOUND");
    for (who, entry) in [(&stranger, asked), (&officer, 1), (&officer, 99_999), (&officer, u64::MAX)] {
        let status = refused(who, fine(entry)).await;
        assert_eq!((status.code(), status.message()), (nothing.code(), nothing.message()), "{entry}");
    }
    let emergency = cells(&drawn(&gateway, ASSEN).await, "sample", ["entry", "why"]);
    let [emergency, _] = emergency.iter().find(|[_, why]| why == "nood").unwrap();
    let same_person = professional(&gateway, ASSEN, "privacy-officer", SUBJECT).await;
    let own = refused(&same_person, fine(emergency.parse().unwrap())).await;
    assert_eq!((own.code(), refusal(&own).1.as_str()), (Code::PermissionDenied, "OWN_REQUEST"));
    for role in ["fact-behandelaar", "privacy-officer"] {
        let caller = gateway.party(ACCARE, role).await;
        let unknown = JudgeSampleEntryRequest { verdict: 0, ..fine(asked) };
        let status = refused(&caller, unknown).await;
        let expected = if role == "privacy-officer" { "VERDICT_UNKNOWN" } else { "ROLE_MAY_NOT" };
        assert!(format!("{status:?}").contains(expected), "{status:?}");
    }
    let told = |status: &Status| refusal(status).2;
    for (request, field) in [
        (JudgeSampleEntryRequest { follow_up: 0, ..fine(asked) }, "follow_up"),
        (JudgeSampleEntryRequest { follow_up: SampleFollowUp::Talk.into(), ..fine(asked) }, "follow_up"),
        (
            JudgeSampleEntryRequest { verdict: SampleVerdict::NotInOrder.into(), ..fine(asked) },
            "note_reference",
        ),
        (JudgeSampleEntryRequest { note_reference: "een hele zin".into(), ..fine(asked) }, "note_reference"),
        (JudgeSampleEntryRequest { seed: String::new(), ..fine(asked) }, "seed"),
        (JudgeSampleEntryRequest { seed: format!("zaad-{}", bsn(0)), ..fine(asked) }, "seed"),
    ] {
        let status = refused(&officer, request).await;
        assert_eq!((status.code(), told(&status)), (Code::InvalidArgument, vec![field.to_owned()]));
        assert!(!format!("{status:?}").contains(&bsn(0)));
    }
    let request = ListEntriesRequest { outcome: "withheld".into(), ..ListEntriesRequest::default() };
    let listed = officer.audit().list_entries(request).await.unwrap().into_inner().entries;
    let recorded = listed.iter().filter(|entry| entry.event == "refused" && entry.role == "privacy-officer");
    assert_eq!(recorded.count(), 7, "whoever tries is on record");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_judged_from_the_command_line_and_what_is_wrong_with_it_is_said_by_name() {
    let gateway = after_a_story().await;
    let entries = indexes(&drawn(&gateway, ACCARE).await);
    let [first, second, ..] = entries.as_slice() else { panic!("{entries:?}") };
    let judge = |entry: u64, arguments: &[&str]| {
        let mut officer = gateway.officer("client", ACCARE, "officer-2");
        ended(officer.args(["judge", &entry.to_string(), "--seed", "2026-11"]).args(arguments))
    };
    let with_a_note =
        ["--verdict", "not-in-order", "--follow-up", "breach-procedure", "--note", "dossier/2026-31"];
    let mut judged_in = Vec::new();
    for (entry, arguments) in [(first, &["--verdict", "in-order"][..]), (second, &with_a_note)] {
        let (code, said) = judge(*entry, arguments);
        let number = said.trim().strip_prefix("judged (entry ").and_then(|said| said.strip_suffix(')'));
        assert_eq!(code, Some(0), "{said}");
        judged_in.push(number.unwrap_or_else(|| panic!("{said}")).to_owned());
    }
    let seen = cells(&drawn(&gateway, ACCARE).await, "sample", ["verdict", "follow_up", "judged_in"]);
    assert_eq!(seen[0], ["in orde", "geen", &*judged_in[0]]);
    assert_eq!(seen[1], ["niet in orde", "procedure datalekken", &*judged_in[1]]);

    for (entry, arguments, says) in [
        (*first, &["--verdict", "fine"][..], "in-order, not-in-order or further-question"),
        (*first, &["--verdict", "not-in-order", "--follow-up", "revenge"], "nothing, talk, correction"),
        (*first, &["--verdict", "in-order", "--follow-up", "talk"], "follow_up"),
        (*first, &["--verdict", "not-in-order"], "note_reference"),
        (99_999, &["--verdict", "in-order"], "NOT_FOUND"),
    ] {
        let (code, said) = judge(entry, arguments);
        assert!(code != Some(0) && said.contains(says), "{arguments:?}: {said}");
    }
    gateway.finish().await;
}
