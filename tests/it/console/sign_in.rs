//! Arriving at the desk: who comes in, who does not, and what they are told.

use serde_json::json;
use tokio::net::TcpListener;

use super::stand_in::StandIn;
use super::{Browser, begun, configured, desk, setting};
use crate::harness::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_signs_in_sees_the_overview_and_signs_out_again() {
    let desk = desk().await;
    let mut browser = desk.browser();
    let first = browser.get("/").await;
    assert_eq!((first.status, first.header("location")), (303, Some("/sign-in?back=/")));
    let choice = browser.get("/sign-in?back=/").await;
    assert!(
        choice.status == 200 && choice.body.contains("Accare") && choice.body.contains("Gemeente Assen"),
        "{}",
        choice.body
    );

    let sent = browser.get("/sign-in/accare?back=/").await;
    let asked = desk.accare.asked(sent.header("location").unwrap());
    let redirect = format!("{}/sign-in/done", browser.origin());
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", super::stand_in::CLIENT),
        ("redirect_uri", redirect.as_str()),
        ("scope", "openid profile"),
        ("code_challenge_method", "S256"),
        ("acr_values", "substantial high"),
        ("max_age", "28800"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    assert!(["state", "nonce", "code_challenge"].iter().all(|name| asked[*name].len() == 43));
    let flow = sent.set_cookies();
    assert!(flow.len() == 1 && flow[0].starts_with("__Host-sluis-sign-in="), "{flow:?}");
    assert!(flow[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"), "{flow:?}");

    let token = desk.accare.sign(&desk.accare.claims(&asked, &json!({})));
    let came = browser.get(&desk.accare.grants(&asked, &token)).await;
    assert_eq!((came.status, came.header("location")), (303, Some("/")), "{}", came.body);
    let cookies = came.set_cookies();
    assert!(
        cookies[0].starts_with("__Host-sluis=")
            && cookies[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax")
    );
    assert!(cookies[1].starts_with("__Host-sluis-sign-in=;") && cookies[1].contains("Max-Age=0"));

    let overview = browser.get("/").await;
    assert_eq!(overview.status, 200, "{}", overview.body);
    assert!(overview.body.contains("Testfunctionaris") && overview.body.contains("sluis.test/ledger"));
    let ticket = browser.cookies.clone();
    let out = browser.post("/sign-out", &[("secret", &overview.secret())]).await;
    assert_eq!((out.status, out.header("location")), (303, Some("/signed-out/accare")));
    let after = browser.get("/signed-out/accare").await;
    assert!(
        after.body.contains(&format!("{}/leave?client_id=sluis%20console", desk.accare.issuer)),
        "{}",
        after.body
    );
    // Whoever kept the cookie has nothing.
    browser.cookies = ticket;
    assert_eq!(browser.get("/").await.status, 303);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_look_into_the_record_is_told_why_and_gets_no_session() {
    let desk = desk().await;
    for (but, status, code) in [
        (json!({ "role": "fact-behandelaar" }), 403, "ROLE_MAY_NOT"),
        (json!({ "role": "burgemeester" }), 403, "ROLE_UNKNOWN"),
        (json!({ "role": [] }), 403, "ROLE_UNKNOWN"),
        (json!({ "acr": "low" }), 403, "AUTHENTICATION_LEVEL_TOO_LOW"),
        (json!({ "acr": "urn:unknown" }), 403, "AUTHENTICATION_LEVEL_TOO_LOW"),
        (json!({ "acr": null }), 403, "AUTHENTICATION_LEVEL_TOO_LOW"),
    ] {
        let mut browser = desk.browser();
        let page = desk.arrives(&mut browser, but.clone()).await;
        assert_eq!(page.status, status, "{but} {}", page.body);
        assert!(page.body.contains(code), "{but} {}", page.body);
        assert!(!browser.cookies.contains_key("__Host-sluis"));
    }
    // One of several roles that may look is enough; what is no role is passed over.
    let mut browser = desk.browser();
    let roles = json!({ "role": ["fact-behandelaar", "CN=Iedereen", "privacy-officer"] });
    assert_eq!(desk.arrives(&mut browser, roles).await.status, 303);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_says_no_is_repeated_to_nobody() {
    let desk = desk().await;
    for (error, code) in [
        ("access_denied", "SIGN_IN_REFUSED"),
        ("unmet_authentication_requirements", "AUTHENTICATION_LEVEL_TOO_LOW"),
        ("%3Cscript%3E", "SIGN_IN_REFUSED"),
    ] {
        let mut browser = desk.browser();
        let sent = browser.get("/sign-in/accare").await;
        let asked = desk.accare.asked(sent.header("location").unwrap());
        let said =
            format!("/sign-in/done?error={error}&error_description=%3Cscript%3E&state={}", asked["state"]);
        let page = browser.get(&said).await;
        assert!(
            page.status == 403 && page.body.contains(code) && !page.body.contains("script"),
            "{}",
            page.body
        );
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_stops_neither_the_start_nor_anybody_later() {
    let setting = setting();
    let address = free_address();
    let issuer = format!("https://localhost:{}/accare", address.port());
    let console = configured(&setting, "", &[("accare", ACCARE, &issuer)]);
    let gateway = begun(setting).await;
    let mut browser = Browser::new(&gateway.setting, console);
    // With one provider there is nothing to choose.
    let choice = browser.get("/sign-in").await;
    assert_eq!((choice.status, choice.header("location")), (303, Some("/sign-in/accare?back=/")));
    let page = browser.get("/sign-in/accare").await;
    assert!(page.status == 503 && page.body.contains("PROVIDER_UNREACHABLE"), "{}", page.body);

    let listener = TcpListener::bind(address).await.unwrap();
    let back = StandIn::on(listener, &gateway.setting, "accare", ACCARE);
    let sent = browser.get("/sign-in/accare?back=//elsewhere.example/").await;
    let asked = back.asked(sent.header("location").unwrap());
    let came = browser.get(&back.grants(&asked, &back.sign(&back.claims(&asked, &json!({}))))).await;
    assert_eq!((came.status, came.header("location")), (303, Some("/")), "nobody is sent elsewhere");
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_look_in_two_roles_is_not_given_one_of_them() {
    // A second role of Accare that may audit.
    let one =
        "{ role = \"privacy-officer\", label = \"Functionaris gegevensbescherming\", may = [\"audit\"] },";
    let two = format!("{one}\n    {}", one.replace("privacy-officer", "auditor"));
    let parties = shipped_parties().replacen(one, &two, 1);
    let setting = Setting::among(&parties, vec![]);
    let accare = StandIn::start(&setting, "accare", ACCARE).await;
    let console = configured(&setting, "", &[("accare", ACCARE, &accare.issuer)]);
    let gateway = begun(setting).await;
    for (roles, status) in [
        (json!(["privacy-officer", "auditor"]), 403),
        (json!(["privacy-officer", "privacy-officer", "auditor"]), 403),
        (json!(["auditor", "auditor"]), 303),
        (json!("auditor"), 303),
    ] {
        let mut browser = Browser::new(&gateway.setting, console);
        let sent = browser.get("/sign-in/accare").await;
        let asked = accare.asked(sent.header("location").unwrap());
        let token = accare.sign(&accare.claims(&asked, &json!({ "role": roles })));
        let page = browser.get(&accare.grants(&asked, &token)).await;
        assert_eq!(page.status, status, "{roles} {}", page.body);
        assert_eq!(page.body.contains("ROLES_SEVERAL"), status == 403);
    }
    gateway.finish().await;
}
