//! A sample, judged on the desk entry by entry.

use serde_json::json;

use super::browser::Browser;
use super::desk;
use super::reports::{asks, busy, made};
use crate::emergency::{emergency, evidence, professional};
use crate::harness::*;

/// Draws it by this seed, and gives the address of its report.
async fn drawn(officer: &mut Browser, seed: &str) -> String {
    let sent = asks(officer, "sample", &[("seed", seed)]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    sent.header("location").unwrap().to_owned()
}

/// The page of an entry, as the report of the sample links to it.
fn link(report: &str, entry: u64) -> String {
    format!("/entries/{entry}?report={}", report.trim_start_matches("/reports/"))
}

/// What is filled in, by name.
type Filled<'a> = [(&'a str, &'a str); 4];

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_a_sample_is_judged_on_its_own_page_and_the_sample_drawn_again_shows_it() {
    let (desk, entry) = busy().await;
    let mut officer = desk.officer().await;
    let report = drawn(&mut officer, "zaad-1").await;
    let sample = made(&mut officer, &report).await;
    let here = link(&report, entry);
    assert!(sample.body.contains(&format!("href=\"{here}\"")), "{}", sample.body);
    assert!(sample.body.contains("nog niet alles is beoordeeld"), "{}", sample.body);
    let page = officer.get(&here).await;
    assert!(page.body.contains("<details open>") && page.body.contains("value=\"zaad-1\""), "{}", page.body);
    assert!(!page.body.contains("Oordelen over deze regel"), "nobody said anything yet");

    let (secret, at) = (page.secret(), format!("/entries/{entry}/verdict"));
    let id = report.trim_start_matches("/reports/");
    let form = |secret: &str, filled: Filled<'_>| {
        let fields = [&[("secret", secret), ("report", id)][..], &filled].concat();
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
    };
    let own = bsn(2);
    let seed = format!("zaad-{own}");
    let right = [
        ("verdict", "not_in_order"),
        ("follow_up", "breach_procedure"),
        ("note", "verslag-12"),
        ("seed", "zaad-1"),
    ];
    let but = |name: &str, value| right.map(|(known, was)| (known, if known == name { value } else { was }));
    for (filled, code) in [
        (but("verdict", ""), "VERDICT_UNKNOWN"),
        (but("verdict", "fine"), "VERDICT_UNKNOWN"),
        (but("verdict", "in_order"), "NOTHING_TO_FOLLOW_UP"),
        (but("follow_up", "revenge"), "FOLLOW_UP_UNKNOWN"),
        (but("note", ""), "NOTE_MISSING"),
        (but("note", "een+hele+zin"), "NOTE_INVALID"),
        (but("seed", ""), "SEED_MALFORMED"),
        (but("seed", &seed), "SEED_MALFORMED"),
    ] {
        let fields = form(&secret, filled);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let page = officer.post(&at, &fields).await;
        assert!(page.status == 400 && page.body.contains(code), "{filled:?}: {}", page.body);
        assert!(!page.body.contains(&own), "{}", page.body);
    }
    for (address, secret, status) in [
        (at.as_str(), "guessed", 403),
        ("/entries/0/verdict", secret.as_str(), 404),
        ("/entries/99999/verdict", secret.as_str(), 404),
        ("/entries/x/verdict", secret.as_str(), 404),
    ] {
        let fields = form(secret, right);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(officer.post(address, &fields).await.status, status, "{address}");
    }
    assert!(
        !officer.get(&here).await.body.contains("Oordelen over deze regel"),
        "nothing of it was recorded"
    );

    let fields = form(&secret, right);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = officer.post(&at, &fields).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let back = done.header("location").unwrap().to_owned();
    assert!(back.starts_with(&format!("{here}&done=")) && !back.contains("zaad"), "{back}");
    let page = officer.get(&back).await;
    for said in
        ["Uw oordeel is vastgelegd in regel", "niet in orde", "procedure datalekken", "verslag-12", "zaad-1"]
    {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    let verdict = back.rsplit_once('=').unwrap().1;
    let own_page = officer.get(&format!("/entries/{verdict}")).await;
    for said in ["Regel van een steekproef beoordeeld", "niet in orde", &format!("href=\"/entries/{entry}\"")]
    {
        assert!(own_page.body.contains(said), "{said}: {}", own_page.body);
    }
    assert!(!own_page.body.contains("Oordeel over deze regel") && !own_page.body.contains("Gegevens van<"));

    let again = drawn(&mut officer, "zaad-1").await;
    let again = made(&mut officer, &again).await;
    assert!(again.body.contains("procedure datalekken"), "{}", again.body);
    assert!(again.body.contains(&format!("href=\"/entries/{verdict}\"")), "{}", again.body);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_own_report_the_seed_is_filled_in_and_who_asked_judges_nothing() {
    let (desk, _) = busy().await;
    let team = professional(&desk.gateway, ACCARE, "fact-behandelaar", "dubbel-1").await;
    let asked = team.disclosures().disclose(emergency(&bsn(1), Some(evidence()))).await.unwrap();
    let entry = asked.into_inner().entry_index;
    let mut officer = desk.officer().await;
    let report = drawn(&mut officer, "zaad-1").await;
    made(&mut officer, &report).await;

    let mut colleague = desk.browser();
    desk.arrives(&mut colleague, json!({ "sub": "dubbel-1" })).await;
    let page = colleague.get(&link(&report, entry)).await;
    assert!(page.body.contains("U vroeg dit zelf") && !page.body.contains("zaad-1"), "{}", page.body);
    let secret = colleague.get("/clients").await.secret();
    let filled = [("verdict", "in_order"), ("follow_up", "nothing"), ("note", ""), ("seed", "zaad-1")];
    let fields = [&[("secret", secret.as_str())][..], &filled].concat();
    let refused = colleague.post(&format!("/entries/{entry}/verdict"), &fields).await;
    assert!(refused.status == 400 && refused.body.contains("OWN_REQUEST"), "{}", refused.body);

    let alone = officer.get(&format!("/entries/{entry}?done=x")).await;
    assert!(alone.body.contains("<details>") && !alone.body.contains("zaad-1"), "{}", alone.body);
    let secret = alone.secret();
    let fields = [&[("secret", secret.as_str())][..], &filled].concat();
    let done = officer.post(&format!("/entries/{entry}/verdict"), &fields).await;
    let back = done.header("location").unwrap().to_owned();
    assert!(back.starts_with(&format!("/entries/{entry}?done=")), "{back}");
    let seen = colleague.get(&format!("/entries/{entry}")).await;
    assert!(
        seen.body.contains("Oordelen over deze regel"),
        "whoever is of the own side reads it: {}",
        seen.body
    );
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_without_a_session_is_not_recorded() {
    let desk = desk().await;
    let page = desk.browser().post("/entries/1/verdict", &[("secret", "x")]).await;
    assert!(page.status == 401 && page.body.contains("SESSION_ENDED"), "{} {}", page.status, page.body);
    desk.gateway.finish().await;
}
