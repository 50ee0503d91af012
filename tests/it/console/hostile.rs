//! Answers and tokens as an attacker would make them: none signs anybody in.

use std::sync::atomic::Ordering;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sluis::ambient::SystemClock;
use sluis::domain::Clock;

use super::{desk, stand_in::StandIn};
use crate::harness::*;

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The same token with another header, and this signature.
fn with_header(token: &str, header: &Value, signature: &str) -> String {
    format!("{}.{}.{signature}", encoded(header), token.split('.').nth(1).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_the_providers_for_this_sign_in_is_refused_with_its_own_code() {
    let desk = desk().await;
    let now = SystemClock.now().0 / 1_000;
    for (but, code) in [
        (json!({ "nonce": "another" }), "TOKEN_NONCE"),
        (json!({ "nonce": null }), "TOKEN_NONCE"),
        (json!({ "aud": "another console" }), "TOKEN_AUDIENCE"),
        (json!({ "iss": desk.assen.issuer }), "TOKEN_ISSUER"),
        (json!({ "exp": now - 1 }), "TOKEN_EXPIRED"),
        (json!({ "auth_time": now - 30_000 }), "TOKEN_AUTH_TIME"),
        (json!({ "organisation": ASSEN }), "TOKEN_ORGANISATION"),
        (json!({ "sub": null }), "TOKEN_CLAIM"),
    ] {
        let mut browser = desk.browser();
        let page = desk.arrives(&mut browser, but.clone()).await;
        assert!(page.status == 403 && page.body.contains(code), "{but} {}", page.body);
        assert!(!browser.cookies.contains_key("__Host-sluis"), "{but}");
    }
    // Another organisation's provider speaks for its own organisation, whatever it says.
    let mut browser = desk.browser();
    let page = desk.arrives_at(&desk.assen, &mut browser, json!({ "organisation": ACCARE })).await;
    assert!(page.status == 403 && page.body.contains("TOKEN_ORGANISATION"), "{}", page.body);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_unsigned_or_signed_by_whoever_may_not_is_refused() {
    let desk = desk().await;
    let header = |alg: &str, kid: &Value| json!({ "alg": alg, "typ": "JWT", "kid": kid });
    for (what, forge, code) in [
        ("unsigned", 0, "TOKEN_ALGORITHM"),
        ("with a symmetric algorithm", 1, "TOKEN_ALGORITHM"),
        ("with the signature changed", 2, "TOKEN_SIGNATURE"),
        ("with an unknown key", 3, "TOKEN_KEY_UNKNOWN"),
        ("by another organisation's provider", 4, "TOKEN_KEY_UNKNOWN"),
        ("with a key that it brings itself", 5, "TOKEN_MALFORMED"),
        ("no token at all", 6, "TOKEN_MALFORMED"),
        ("of another type", 7, "TOKEN_MALFORMED"),
    ] {
        let mut browser = desk.browser();
        let sent = browser.get("/sign-in/accare").await;
        let asked = desk.accare.asked(sent.header("location").unwrap());
        let claims = desk.accare.claims(&asked, &json!({}));
        let good = desk.accare.sign(&claims);
        let parts: Vec<&str> = good.split('.').collect();
        let own: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
        let kid = &own["kid"];
        let token = match forge {
            0 => with_header(&good, &header("none", kid), ""),
            1 => with_header(&good, &header("HS256", kid), parts[2]),
            2 => format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode([7; 64])),
            3 => with_header(&good, &header("ES256", &json!("unknown")), parts[2]),
            4 => desk.assen.sign(&claims),
            5 => {
                with_header(&good, &json!({ "alg": "ES256", "typ": "JWT", "kid": kid, "jwk": {} }), parts[2])
            }
            6 => "x".to_owned(),
            _ => with_header(&good, &json!({ "alg": "ES256", "typ": "at+jwt", "kid": kid }), parts[2]),
        };
        let page = browser.get(&desk.accare.grants(&asked, &token)).await;
        assert!(page.status == 403 && page.body.contains(code), "{what}: {}", page.body);
        assert!(!browser.cookies.contains_key("__Host-sluis"), "{what}");
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_name_unknown_keys_do_not_make_the_providers_keys_be_read_again_and_again() {
    let desk = desk().await;
    desk.officer().await;
    for n in 0..5 {
        let mut browser = desk.browser();
        let sent = browser.get("/sign-in/accare").await;
        let asked = desk.accare.asked(sent.header("location").unwrap());
        let good = desk.accare.sign(&desk.accare.claims(&asked, &json!({})));
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": format!("unknown-{n}") });
        let forged = with_header(&good, &header, good.rsplit('.').next().unwrap());
        let page = browser.get(&desk.accare.grants(&asked, &forged)).await;
        assert!(page.body.contains("TOKEN_KEY_UNKNOWN"), "{}", page.body);
    }
    assert_eq!(desk.accare.key_reads.load(Ordering::SeqCst), 1, "once, when the officer signed in");
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_used_once_by_the_browser_that_asked_for_it() {
    let desk = desk().await;
    let good = |at: &StandIn, asked: &_| at.grants(asked, &at.sign(&at.claims(asked, &json!({}))));
    let (mut victim, mut attacker) = (desk.browser(), desk.browser());
    let sent = attacker.get("/sign-in/accare").await;
    let asked = desk.accare.asked(sent.header("location").unwrap());
    let answer = good(&desk.accare, &asked);
    // Somebody's own sign-in, put upon an officer: with no sign-in begun, and with another.
    for begun in [false, true] {
        if begun {
            victim.get("/sign-in/accare").await;
        }
        let page = victim.get(&answer).await;
        assert!(page.status == 400 && page.body.contains("SIGN_IN_UNKNOWN"), "{}", page.body);
        assert!(!victim.cookies.contains_key("__Host-sluis"));
    }
    // A false answer does not end the true sign-in.
    for state in ["", "x", "%00"] {
        let page = attacker.get(&format!("/sign-in/done?code=x&state={state}")).await;
        assert!(page.status == 400 && page.body.contains("SIGN_IN_UNKNOWN"), "{}", page.body);
    }
    let kept = attacker.cookies.clone();
    assert_eq!(attacker.get(&answer).await.status, 303);
    // The same answer again, with the cookie kept.
    attacker.cookies = kept;
    let page = attacker.get(&answer).await;
    assert!(page.status == 400 && page.body.contains("SIGN_IN_UNKNOWN"), "{}", page.body);

    // A code that was used, or is another's, in a sign-in of one's own.
    let mut browser = desk.browser();
    let sent = browser.get("/sign-in/accare").await;
    let again = desk.accare.asked(sent.header("location").unwrap());
    let used = answer.replace(&format!("&state={}", asked["state"]), &format!("&state={}", again["state"]));
    let page = browser.get(&used).await;
    assert!(page.status == 403 && page.body.contains("CODE_REFUSED"), "{}", page.body);
    let mut browser = desk.browser();
    let sent = browser.get("/sign-in/accare").await;
    let own = desk.accare.asked(sent.header("location").unwrap());
    let stolen = desk.accare.code(&again, &desk.accare.sign(&desk.accare.claims(&own, &json!({}))));
    let page = browser
        .get(&format!("/sign-in/done?code={stolen}&state={}&iss={}", own["state"], desk.accare.issuer))
        .await;
    assert!(page.status == 403 && page.body.contains("CODE_REFUSED"), "{}", page.body);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_say_who_gave_it_or_says_another_is_refused() {
    let desk = desk().await;
    for issuer in [String::new(), format!("&iss={}", desk.assen.issuer), "&iss=a&iss=b".to_owned()] {
        let mut browser = desk.browser();
        let sent = browser.get("/sign-in/accare").await;
        let asked = desk.accare.asked(sent.header("location").unwrap());
        let token = desk.accare.sign(&desk.accare.claims(&asked, &json!({})));
        let code = desk.accare.code(&asked, &token);
        let page = browser.get(&format!("/sign-in/done?code={code}&state={}{issuer}", asked["state"])).await;
        let refused = page.body.contains("PROVIDER_MIXED_UP") || page.body.contains("SIGN_IN_UNKNOWN");
        assert!(page.status >= 400 && refused, "{issuer} {}", page.body);
    }
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn script_in_a_name_is_text_on_the_page() {
    let desk = desk().await;
    let mut browser = desk.browser();
    let name = json!({ "name": "<script>alert(1)</script>\"'&" });
    assert_eq!(desk.arrives(&mut browser, name).await.status, 303);
    let page = browser.get("/").await;
    assert!(page.status == 200 && !page.body.contains("<script"), "{}", page.body);
    assert!(
        page.body.contains("script&#62;alert(1)") || page.body.contains("script&gt;alert(1)"),
        "{}",
        page.body
    );
    desk.gateway.finish().await;
}
