//! The privacy officer's questions (rules.md §7), asked over a story by both sides, through the API and the command line.

use sluis::contract::v1::*;
use sluis::report::{Need, Question};
use tonic::Code;
use tonic_types::StatusExt;

use crate::emergency::{emergency, evidence, professional};
use crate::harness::*;
use crate::records;

pub const SUBJECT: &str = "professional-1";

/// Two clients: consent, releases, a withdrawal, and an ask that gets nothing after it; an emergency about the second; and somebody
/// asks about a stranger.
pub async fn after_a_story() -> TestGateway {
    let records = records::file(&[("acc-1", "één"), ("acc-2", "twee")]);
    let gateway = TestGateway::start(Setting::new(vec![(ACCARE, Custody::Records(records))])).await;
    let care = gateway.party(ACCARE, "fact-behandelaar").await;
    let municipality = gateway.party(ASSEN, "wijkteam").await;
    let asked = ["person.name", "housing.situation", "housing.eviction-threat"];
    for (client, reference) in [(bsn(0), "acc-1"), (bsn(1), "acc-2")] {
        let consent = consented(&care, &client, reference, &asked[..2]).await;
        municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &asked)).await.unwrap();
        care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
        municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &asked)).await.unwrap();
    }
    municipality.disclosures().disclose(ask(&bsn(2), ACCARE, "housing", &asked)).await.unwrap();
    let team = professional(&gateway, ASSEN, "wijkteam", SUBJECT).await;
    team.disclosures().disclose(emergency(&bsn(1), Some(evidence()))).await.unwrap();
    gateway
}

/// The question with what it needs.
pub fn question(question: Question) -> GetReportRequest {
    let has = |need| question.needs().contains(&need);
    GetReportRequest {
        name: question.id().into(),
        client_bsn: if has(Need::Client) { bsn(0) } else { String::new() },
        requester_subject: if has(Need::Professional) { SUBJECT.into() } else { String::new() },
        other_subject: if has(Need::OtherHat) { SUBJECT.into() } else { String::new() },
        other_organisation: if has(Need::OtherHat) { ASSEN.into() } else { String::new() },
        from: if has(Need::Period) { in_days(-1) } else { String::new() },
        until: if has(Need::Period) { in_days(0) } else { String::new() },
        ..GetReportRequest::default()
    }
}

pub async fn answer(
    gateway: &TestGateway,
    organisation: &str,
    request: GetReportRequest,
) -> GetReportResponse {
    let officer = gateway.party(organisation, "privacy-officer").await;
    officer.audit().get_report(request).await.unwrap().into_inner()
}

/// These columns of a table.
pub fn cells<const N: usize>(
    answer: &GetReportResponse,
    table: &str,
    columns: [&str; N],
) -> Vec<[String; N]> {
    let table = answer.tables.iter().find(|t| t.id == table).unwrap();
    let at = columns.map(|id| table.columns.iter().position(|c| c.id == id).unwrap());
    table.rows.iter().map(|row| at.map(|at| row.cells[at].clone())).collect()
}

fn written(answer: &GetReportResponse) -> String {
    let rows = answer.tables.iter().flat_map(|table| &table.rows);
    rows.flat_map(|row| &row.cells).cloned().collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_is_answered_to_both_sides_and_tells_no_bsn_no_subject_and_no_value() {
    let gateway = after_a_story().await;
    for organisation in [ACCARE, ASSEN] {
        for asked in Question::ALL {
            let answer = answer(&gateway, organisation, question(asked)).await;
            assert!(!answer.tables.is_empty(), "{}", asked.id());
            for table in &answer.tables {
                let width = table.columns.len();
                assert!(table.rows.iter().all(|row| row.cells.len() == width), "{}", table.id);
            }
            let text = written(&answer);
            for secret in [bsn(0), bsn(1), bsn(2), SUBJECT.to_owned(), "één".to_owned(), "twee".to_owned()]
            {
                assert!(!text.contains(&secret), "{} tells {secret}: {text}", asked.id());
            }
            assert!(answer.checkpoint.contains("sluis"), "{}", answer.checkpoint);
        }
    }
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_saw_what_is_the_same_for_both_sides_and_the_fine_reason_is_the_custodians_own() {
    let gateway = after_a_story().await;
    for organisation in [ACCARE, ASSEN] {
        let seen = answer(&gateway, organisation, question(Question::WhoSaw)).await;
        let expected = [["een deel", "person.name housing.situation", "1"], ["niets", "", "3"]];
        assert_eq!(cells(&seen, "who_saw", ["outcome", "released", "withheld"]), expected);
        let denials = answer(&gateway, organisation, question(Question::Denials)).await;
        let reasons = cells(&denials, "withheld", ["fine_reason"]);
        assert_eq!(
            reasons.iter().any(|[fine]| fine == "CONSENT_WITHDRAWN"),
            organisation == ACCARE,
            "{reasons:?}"
        );
    }
    let other = answer(&gateway, HOOGEVEEN, question(Question::Matrix)).await;
    assert!(cells(&other, "released", ["field"]).is_empty(), "another municipality has no side in it");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_emergencies_and_withdrawals_is_told_to_whose_data_it_is() {
    let gateway = after_a_story().await;
    for (organisation, own) in [(ACCARE, true), (ASSEN, false)] {
        let emergencies = answer(&gateway, organisation, question(Question::Emergencies)).await;
        let expected = [["R09", "6/6", "nog niet", "nog te doen"]].map(|row| row.map(str::to_owned));
        let seen = cells(&emergencies, "emergencies", ["ground", "answers", "told", "review"]);
        assert_eq!(seen, if own { expected.to_vec() } else { vec![] });
        let notices = answer(&gateway, organisation, question(Question::Notices)).await;
        assert_eq!(cells(&notices, "notices", ["ground"]).len(), usize::from(own));
        let withdrawals = answer(&gateway, organisation, question(Question::Withdrawals)).await;
        let expected = if own { ["2", "2", "0"] } else { ["0", "0", "0"] };
        assert_eq!(cells(&withdrawals, "summary", ["withdrawals", "honoured", "releases_after"]), [expected]);
    }
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_drawn_again_by_its_seed_and_the_emergency_is_always_in_it() {
    let gateway = after_a_story().await;
    let draw = |seed: &str| {
        let request = GetReportRequest { seed: seed.into(), count: Some(2), ..question(Question::Sample) };
        answer(&gateway, ACCARE, request)
    };
    let first = draw("").await;
    let [[seed]] = cells(&first, "how", ["seed"]).try_into().unwrap();
    let again = draw(&seed).await;
    assert!(first.tables == again.tables, "{}", written(&again));
    let why = cells(&first, "sample", ["why"]);
    assert_eq!(why.iter().filter(|[why]| why == "nood").count(), 1);
    assert_eq!(why.iter().filter(|[why]| why == "getrokken").count(), 2);
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_is_recorded_first_and_is_in_its_own_answer() {
    let gateway = after_a_story().await;
    let seen = answer(&gateway, ACCARE, question(Question::WhoSaw)).await;
    let readers = answer(&gateway, ACCARE, question(Question::Readers)).await;
    let readings = cells(&readers, "readings", ["entry", "view"]);
    let expected = [(seen.entry_index, "who-saw"), (readers.entry_index, "readers")];
    assert_eq!(readings, expected.map(|(entry, view)| [entry.to_string(), view.to_owned()]));
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_officer_gets_no_answer_and_a_wrong_question_is_told() {
    let gateway = after_a_story().await;
    for (organisation, role) in [(ACCARE, "fact-behandelaar"), (ASSEN, "wijkteam")] {
        let caller = gateway.party(organisation, role).await;
        for asked in Question::ALL {
            let status = caller.audit().get_report(question(asked)).await.err().unwrap();
            assert_eq!(status.code(), Code::PermissionDenied, "{}", asked.id());
        }
    }
    let officer = gateway.party(ACCARE, "privacy-officer").await;
    let cases = [
        (GetReportRequest { name: "everything".into(), ..Default::default() }, "name"),
        (GetReportRequest { client_bsn: String::new(), ..question(Question::WhoSaw) }, "client_handle"),
        (GetReportRequest { from: "yesterday".into(), ..question(Question::Matrix) }, "from"),
        (
            GetReportRequest {
                from: "2026-11-02".into(),
                until: "2026-11-01".into(),
                ..question(Question::Matrix)
            },
            "until",
        ),
        (GetReportRequest { purpose: "housing".into(), ..question(Question::Monthly) }, "name"),
        (GetReportRequest { until: String::new(), ..question(Question::Sample) }, "from"),
        (
            GetReportRequest { requester_subject: String::new(), ..question(Question::Professional) },
            "requester_subject",
        ),
        (GetReportRequest { seed: "a b".into(), ..question(Question::Sample) }, "seed"),
        (GetReportRequest { language: "fr".into(), ..question(Question::Matrix) }, "language"),
    ];
    for (request, field) in cases {
        let status = officer.audit().get_report(request).await.err().unwrap();
        let fields = status.get_details_bad_request().unwrap().field_violations;
        let fields: Vec<_> = fields.into_iter().map(|violation| violation.field).collect();
        assert_eq!((status.code(), fields), (Code::InvalidArgument, vec![field.to_owned()]));
    }
    gateway.finish().await;
}

/// `sluis audit` as the officer of this organisation.
fn audit(gateway: &TestGateway, organisation: &str, arguments: &[&str]) -> (bool, String) {
    let (code, said) = ended(gateway.officer("audit", organisation, SUBJECT).args(arguments));
    (code == Some(0), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_answers_in_dutch_in_english_and_for_a_spreadsheet() {
    let gateway = after_a_story().await;
    let client = bsn(0);
    let cases: [(&[&str], &[&str]); 3] = [
        (&["who-saw", "--bsn", &client], &["Wie zag of vroeg", "gezien", "housing.situation", "een deel"]),
        (&["matrix", "--language", "en"], &["Never released", "field", "Gemeente Assen"]),
        (&["monthly", "--csv"], &["\"table\",\"month\",\"figure\",\"count\"", "\"<5\""]),
    ];
    for (arguments, parts) in cases {
        let (done, said) = audit(&gateway, ACCARE, arguments);
        assert!(done, "{said}");
        for part in parts {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains(&client) && !said.contains(SUBJECT), "{said}");
    }
    let (_, help) = audit(&gateway, ACCARE, &["--help"]);
    for asked in Question::ALL {
        let line = help.lines().find(|line| line.trim_start().starts_with(asked.id())).unwrap_or_default();
        assert!(line.contains(&format!("{}:", asked.number())), "{}: {help}", asked.id());
    }
    gateway.finish().await;
}
