//! What every answer says to the browser, and what a stranger may take of the desk.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{Browser, begun, configured, desk, setting};
use crate::harness::*;

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_hardened_also_one_that_refuses() {
    let desk = desk().await;
    let mut officer = desk.officer().await;
    let mut stranger = desk.browser();
    let mut pages = vec![
        (officer.get("/").await, 200),
        (officer.get("/none").await, 404),
        (officer.post("/", &[]).await, 404),
        (officer.post("/sign-out", &[]).await, 403),
        (officer.get("/language/xx").await, 404),
        (officer.get("/language/en?back=/").await, 303),
    ];
    pages.push((stranger.get("/").await, 303));
    pages.push((stranger.get("/sign-in").await, 200));
    pages.push((stranger.get("/sign-in/none").await, 404));
    pages.push((stranger.get("/sign-in/done?code=x&state=y").await, 400));
    pages.push((stranger.get("/sign-in/accare").await, 303));
    for (page, status) in pages {
        assert_eq!(page.status, status, "{}", page.body);
        let policy = page.header("content-security-policy").unwrap_or_default();
        for needed in
            ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(needed), "{status} {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), Some(value), "{status}");
        }
        assert!(
            page.header("strict-transport-security").is_some() && page.header("referrer-policy").is_some()
        );
    }
    // The choice of language was kept.
    assert!(officer.get("/none").await.body.contains("lang=\"en\""));
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_slow_is_shown_out_and_the_others_are_served() {
    let setting = setting();
    setting.configure("request_timeout_ms = 8000", "request_timeout_ms = 8000\nhandshake_timeout_ms = 300");
    let issuer = format!("https://localhost:{}", free_address().port());
    let console = configured(&setting, "", &[("accare", ACCARE, &issuer)]);
    let gateway = begun(setting).await;
    let mut browser = Browser::new(&gateway.setting, console);
    let soon = Duration::from_secs(30);

    let mut silent = TcpStream::connect(console).await.unwrap();
    let mut slow = browser.connect().await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: local").await.unwrap();
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(soon, silent.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "who never begins a handshake");
    let ended = tokio::time::timeout(soon, slow.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "who never ends the head of a request");
    let mut large = browser.connect().await.unwrap();
    let _ = large.write_all(format!("GET / HTTP/1.1\r\nx: {}", "y".repeat(100_000)).as_bytes()).await;
    let ended = tokio::time::timeout(soon, large.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "whose head has no end");
    assert_eq!(browser.get("/sign-in").await.status, 303);
    gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let setting = setting();
    let issuer = format!("https://localhost:{}", free_address().port());
    let console = configured(&setting, "", &[("accare", ACCARE, &issuer)]);
    setting.configure(
        "requests_per_second = 100000\nburst = 100000\n\n[[console",
        "requests_per_second = 1\nburst = 2\n\n[[console",
    );
    let gateway = begun(setting).await;
    let mut browser = Browser::new(&gateway.setting, console);
    let mut last = browser.get("/sign-in").await;
    for _ in 0..100 {
        last = browser.get("/sign-in").await;
        if last.status == 429 {
            break;
        }
    }
    assert_eq!(last.status, 429, "{}", last.body);
    assert!(last.header("retry-after").is_some() && last.header("content-security-policy").is_some());
    // And can read that as it is meant to look: what a page needs for it is never refused.
    let sheets =
        last.body.split("rel=\"stylesheet\" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let sheets: Vec<&str> = sheets.collect();
    assert!(sheets.contains(&"/assets/theme.css") && sheets.len() > 1, "{sheets:?}");
    for sheet in sheets.iter().cycle().take(20) {
        let answer = browser.get(sheet).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("text/css; charset=utf-8")),
            "{sheet}"
        );
        assert!(answer.header("content-security-policy").is_some(), "{sheet}");
    }
    // Those are not without end either.
    let mut refused = None;
    for _ in 0..100 {
        let mut many = JoinSet::new();
        for _ in 0..20 {
            let (mut browser, sheet) = (Browser::new(&gateway.setting, console), sheets[0].to_owned());
            many.spawn(async move { browser.get(&sheet).await });
        }
        refused = many.join_all().await.into_iter().find(|answer| answer.status == 429);
        if refused.is_some() {
            break;
        }
    }
    assert_eq!(refused.expect("a refusal").header("retry-after"), Some("1"));
    gateway.finish().await;
}
