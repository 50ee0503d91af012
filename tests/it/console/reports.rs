//! The officer's questions and the emergency reviews, asked and judged on the desk.

use serde_json::json;
use sluis::contract::v1::*;

use super::browser::{Browser, Page};
use super::pages::size;
use super::{Desk, desk};
use crate::emergency::{emergency, evidence, professional};
use crate::grounds::released_by_order;
use crate::harness::*;

/// All questions that there are, and what each must be told.
const QUESTIONS: [(&str, &[(&str, &str)]); 17] = [
    ("who-saw", &[("bsn", "1")]),
    ("professional", &[("professional", "medewerker-1")]),
    ("matrix", &[]),
    ("grounds", &[]),
    ("emergencies", &[]),
    ("sample", &[]),
    ("unusual", &[]),
    ("hygiene", &[]),
    ("withdrawals", &[]),
    ("denials", &[]),
    ("exposure", &[]),
    ("register", &[]),
    ("integrity", &[]),
    ("readers", &[]),
    ("monthly", &[]),
    ("notices", &[]),
    (
        "two-hats",
        &[("professional", "medewerker-1"), ("other", "medewerker-2"), ("other_organisation", ASSEN)],
    ),
];

/// A client who agreed, a release by that, a refusal, and an emergency.
pub async fn busy() -> (Desk, u64) {
    let desk = desk().await;
    let care = desk.gateway.party(ACCARE, "fact-behandelaar").await;
    consented(&care, &bsn(1), "acc-1", &["housing.wish"]).await;
    let municipality = desk.gateway.party(ASSEN, "wonen").await;
    for field in ["housing.wish", "money.worries"] {
        municipality.disclosures().disclose(ask(&bsn(1), ACCARE, "housing", &[field])).await.unwrap();
    }
    let crisis = professional(&desk.gateway, ASSEN, "wonen", "crisis-1").await;
    let broken = crisis.disclosures().disclose(emergency(&bsn(1), Some(evidence()))).await.unwrap();
    (desk, broken.into_inner().entry_index)
}

/// Asks it with its form's own days, and these fields.
pub async fn asks(officer: &mut Browser, question: &str, more: &[(&str, &str)]) -> Page {
    let at = format!("/reports/new/{question}");
    let form = officer.get(&at).await;
    assert_eq!(form.status, 200, "{question}: {}", form.body);
    let (secret, bsn) = (form.secret(), bsn(1));
    let (first, last) = (today().saturating_sub(jiff::ToSpan::days(30)).to_string(), today().to_string());
    let mut fields = vec![("secret", secret.as_str())];
    fields
        .extend(more.iter().map(|(name, value)| (*name, if *value == "1" { bsn.as_str() } else { *value })));
    for (name, value) in [("from", &first), ("until", &last)] {
        if form.body.contains(&format!("name=\"{name}\"")) && !more.iter().any(|(given, _)| *given == name) {
            fields.push((name, value));
        }
    }
    officer.post(&at, &fields).await
}

/// Waits until it is made.
pub async fn made(officer: &mut Browser, at: &str) -> Page {
    for _ in 0..600 {
        let page = officer.get(at).await;
        assert_eq!(page.status, 200, "{}", page.body);
        if !page.body.contains("role=\"status\"") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the report is not made");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_is_answered_with_the_checkpoint_that_proves_it_and_names_nobody_in_its_address() {
    let (desk, _) = busy().await;
    let mut officer = desk.officer().await;
    let listed = officer.get("/reports").await.body;
    for (question, more) in QUESTIONS {
        assert!(listed.contains(&format!("/reports/new/{question}")), "{question}");
        let sent = asks(&mut officer, question, more).await;
        assert_eq!(sent.status, 303, "{question}: {}", sent.body);
        let at = sent.header("location").unwrap().to_owned();
        assert!(!at.contains(&bsn(1)) && !at.contains("medewerker"), "{at}");
        let page = made(&mut officer, &at).await;
        assert!(page.body.contains("Wat dit bewijst") && page.body.contains("<code>"), "{question}");
        assert!(!page.body.contains(&bsn(1)), "{question}");
        assert!(page.body.contains("<table") || page.body.contains("Niets gevonden"), "{question}");
    }
    // Each was recorded by its own name.
    let officer_calls = desk.gateway.party(ACCARE, "privacy-officer").await;
    let request = GetReportRequest { name: "readers".into(), ..GetReportRequest::default() };
    let readers = officer_calls.audit().get_report(request).await.unwrap().into_inner();
    let read: Vec<String> =
        readers.tables.iter().flat_map(|table| &table.rows).flat_map(|row| row.cells.clone()).collect();
    for (question, _) in QUESTIONS {
        assert!(read.iter().any(|cell| cell == question), "{question} is not recorded: {read:?}");
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_its_officers_alone_and_its_tables_go_into_a_spreadsheet() {
    let (desk, _) = busy().await;
    let mut officer = desk.officer().await;
    let sent = asks(&mut officer, "matrix", &[]).await;
    let at = sent.header("location").unwrap().to_owned();
    let page = made(&mut officer, &at).await;
    assert!(page.body.contains("<svg") && page.body.contains("id=\"matrix-title\""), "{}", page.body);
    let sheet = officer.get(&format!("{at}/released.csv")).await;
    assert_eq!((sheet.status, sheet.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    assert!(sheet.body.starts_with("\"field\",\"custodian\",\"recipient\""), "{}", sheet.body);
    assert!(sheet.body.contains("\"person.name\""), "{}", sheet.body);
    for other in [format!("{at}/other.csv"), format!("{at}/released"), "/reports/0".to_owned()] {
        assert_eq!(officer.get(&other).await.status, 404, "{other}");
    }
    let mut colleague = desk.browser();
    desk.arrives(&mut colleague, json!({ "sub": "iemand-anders" })).await;
    for foreign in [at.clone(), format!("{at}/released.csv")] {
        assert_eq!(colleague.get(&foreign).await.status, 404, "{foreign}");
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_filled_in_wrongly_is_named_and_not_repeated() {
    let (desk, _) = busy().await;
    let mut officer = desk.officer().await;
    for (question, more, says) in [
        ("who-saw", &[][..], "De cliënt ontbreekt"),
        ("who-saw", &[("bsn", "123456789")], "De cliënt klopt niet"),
        ("who-saw", &[("client", "x"), ("bsn", "1")], "De cliënt klopt niet"),
        ("matrix", &[("from", "2026-13-01")], "De eerste dag klopt niet"),
        ("matrix", &[("from", "2026-02-02"), ("until", "2026-02-01")], "De laatste dag ligt voor de eerste"),
        ("matrix", &[("organisation", "00000099000000009999")], "Deze organisatie is geen partij"),
        ("matrix", &[("purpose", "%3Cscript%3E")], "Dit doel is er niet"),
        ("sample", &[("count", "0")], "Het aantal is 1 tot en met 2000"),
        ("sample", &[("seed", "zaad-1")], ""),
        ("monthly", &[("purpose", "housing")], "Alleen de periode mag ingevuld zijn"),
        ("professional", &[], "De professional ontbreekt"),
    ] {
        let page = asks(&mut officer, question, more).await;
        if says.is_empty() {
            assert_eq!(page.status, 303, "{question} {more:?}");
            continue;
        }
        assert!(page.status == 400 && page.body.contains(says), "{question} {more:?}: {}", page.body);
        assert!(!page.body.contains("123456789") && !page.body.contains("<script>"), "{}", page.body);
    }
    let own_number = bsn(2);
    let page = asks(&mut officer, "sample", &[("seed", &own_number)]).await;
    assert!(
        page.status == 400 && !page.body.contains(&own_number),
        "a seed is kept, and may be nobody's number"
    );
    assert_eq!(officer.get("/reports/new/everything").await.status, 404);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_is_judged_once_with_a_reference_and_leaves_the_list() {
    let (desk, entry) = busy().await;
    let mut officer = desk.officer().await;
    let list = officer.get("/emergencies").await;
    assert!(list.body.contains(&format!("id=\"entry-{entry}\"")), "{}", list.body);
    let (secret, at) = (list.secret(), format!("/emergencies/{entry}"));
    let judge = |verdict: &'static str, note: &'static str| [("verdict", verdict), ("note", note)];
    for (verdict, note, says) in [
        ("", "dossier%2F2026-18", "Er is geen oordeel gekozen"),
        ("fine", "dossier%2F2026-18", "Er is geen oordeel gekozen"),
        ("justified", "", "De verwijzing naar het dossier klopt niet"),
        ("justified", "een+hele+zin", "De verwijzing naar het dossier klopt niet"),
    ] {
        let fields = [&[("secret", secret.as_str())][..], &judge(verdict, note)].concat();
        let page = officer.post(&at, &fields).await;
        assert!(page.status == 400 && page.body.contains(says), "{verdict} {note}: {}", page.body);
    }
    let right = [&[("secret", secret.as_str())][..], &judge("justified", "dossier%2F2026-18")].concat();
    let unknown = officer.post("/emergencies/0", &right).await;
    assert_eq!(unknown.status, 404, "{}", unknown.body);
    let done = officer.post(&at, &right).await;
    assert_eq!((done.status, done.header("location")), (303, Some(&*format!("/emergencies?done={entry}"))));
    let left = officer.get("/emergencies").await;
    assert!(!left.body.contains(&format!("id=\"entry-{entry}\"")), "{}", left.body);
    let all = officer.get("/emergencies?all=true").await;
    assert!(all.body.contains("terecht: het kon niet wachten"), "{}", all.body);
    let again = officer.post(&at, &right).await;
    assert!(again.status == 400 && again.body.contains("REVIEWED"), "{}", again.body);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_on_another_ground_is_on_no_list_of_emergencies_and_cannot_be_judged_as_one() {
    let desk = desk().await;
    let entry = released_by_order(&desk.gateway, &bsn(1)).await;
    let mut officer = desk.officer().await;
    assert!(officer.get(&format!("/entries/{entry}")).await.body.contains("R06"));
    let list = officer.get("/emergencies?all=true").await;
    assert!(!list.body.contains(&format!("id=\"entry-{entry}\"")), "{}", list.body);
    let secret = officer.get("/clients").await.secret();
    let filled = [("secret", secret.as_str()), ("verdict", "justified"), ("note", "dossier%2F2026-18")];
    let before = size(&desk.gateway).await;
    let refused = officer.post(&format!("/emergencies/{entry}"), &filled).await;
    assert!(refused.status == 400 && refused.body.contains("NOT_AN_EMERGENCY"), "{}", refused.body);
    for no_release in [0, entry - 1] {
        assert_eq!(officer.post(&format!("/emergencies/{no_release}"), &filled).await.status, 404);
    }
    assert_eq!(size(&desk.gateway).await, before, "nothing was recorded");
    desk.gateway.finish().await;
}
