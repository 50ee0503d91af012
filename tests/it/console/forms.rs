//! Forms that did not come from the officer's own page.

use super::desk;

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_elsewhere_or_without_the_sessions_own_secret_changes_nothing() {
    let desk = desk().await;
    let (mut officer, mut other) = (desk.officer().await, desk.officer().await);
    let (secret, another) = (officer.get("/").await.secret(), other.get("/").await.secret());
    assert_ne!(secret, another);
    let own = officer.origin();
    let right = format!("secret={secret}");
    for (what, origin, body) in [
        ("without a secret", Some(own.as_str()), String::new()),
        ("with an empty secret", Some(own.as_str()), "secret=".to_owned()),
        ("with another session's secret", Some(own.as_str()), format!("secret={another}")),
        ("with two secrets", Some(own.as_str()), format!("{right}&secret={another}")),
        ("from elsewhere", Some("https://elsewhere.example"), right.clone()),
        ("from another port", Some("https://localhost:1"), right.clone()),
        ("from nowhere", Some("null"), right.clone()),
        ("without an origin", None, right.clone()),
    ] {
        let headers: Vec<(&str, &str)> = origin.iter().map(|origin| ("origin", *origin)).collect();
        let page = officer.send("POST", "/sign-out", &headers, &body).await;
        assert!(
            page.status == 403 && page.body.contains("FORM_FORGED"),
            "{what}: {} {}",
            page.status,
            page.body
        );
        assert_eq!(officer.get("/").await.status, 200, "{what}");
    }
    let too_much = format!("{right}&more={}", "x".repeat(17 * 1024));
    let page = officer.send("POST", "/sign-out", &[("origin", &own)], &too_much).await;
    assert!(page.status == 400 && page.body.contains("FORM_UNREADABLE"), "{} {}", page.status, page.body);
    assert_eq!(officer.get("/").await.status, 200);
    assert_eq!(officer.post("/sign-out", &[("secret", &secret)]).await.status, 303);
    assert_eq!(officer.get("/").await.status, 303, "signed out");
    assert_eq!(other.get("/").await.status, 200, "the other is not");
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_a_session_says_that_nothing_was_changed() {
    let desk = desk().await;
    let page = desk.browser().post("/sign-out", &[("secret", "x")]).await;
    assert!(page.status == 401 && page.body.contains("SESSION_ENDED"), "{} {}", page.status, page.body);
    desk.gateway.finish().await;
}
