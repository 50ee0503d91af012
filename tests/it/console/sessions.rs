//! A session lasts as long as it may, and no longer.

use std::time::Duration;

use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use serde_json::json;
use sluis::contract::v1::SetClockRequest;

use super::desk;
use crate::harness::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_used_ends_and_a_new_one_is_another() {
    let desk = desk().await;
    let mut officer = desk.officer().await;
    assert_eq!(officer.get("/").await.status, 200);
    let before = officer.cookies.clone();
    let care = desk.gateway.party(ACCARE, "fact-behandelaar").await;
    let later = Timestamp::now() + SignedDuration::from_mins(16);
    care.development().set_clock(SetClockRequest { now: later.to_string() }).await.unwrap();
    let page = officer.get("/").await;
    assert_eq!((page.status, page.header("location")), (303, Some("/sign-in?back=/")));
    assert_eq!(desk.arrives(&mut officer, json!({})).await.status, 303);
    assert_ne!(officer.cookies, before);
    assert_eq!(officer.get("/").await.status, 200);
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_again_leaves_the_session_before_and_nobody_chooses_its_name() {
    let desk = desk().await;
    let mut officer = desk.officer().await;
    let before = officer.cookies["__Host-sluis"].clone();
    assert_eq!(desk.arrives(&mut officer, json!({})).await.status, 303);
    assert_ne!(officer.cookies["__Host-sluis"], before);
    let mut old = desk.browser();
    old.cookies.insert("__Host-sluis".to_owned(), before);
    assert_eq!(old.get("/").await.status, 303, "the session before has ended");
    // A ticket that somebody made up is none, and stays none after signing in.
    let mut fixed = desk.browser();
    fixed.cookies.insert("__Host-sluis".to_owned(), "chosen".to_owned());
    assert_eq!(desk.arrives(&mut fixed, json!({})).await.status, 303);
    assert_ne!(fixed.cookies["__Host-sluis"], "chosen");
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_look_any_more_is_out_at_the_next_page() {
    let desk = desk().await;
    let mut officer = desk.officer().await;
    assert_eq!(officer.get("/").await.status, 200);
    let parties = shipped_parties().replacen("may = [\"audit\"]", "may = [\"ask\"]", 1);
    std::fs::write(desk.gateway.setting.path().join("parties.toml"), parties).unwrap();
    let out = async {
        loop {
            let page = officer.get("/").await;
            if page.status != 200 {
                return page;
            }
            tokio::task::yield_now().await;
        }
    };
    let page = tokio::time::timeout(Duration::from_mins(1), out).await.expect("the covenant is read again");
    assert!(page.status == 403 && page.body.contains("ROLE_MAY_NOT"), "{} {}", page.status, page.body);
    assert_eq!(officer.get("/").await.status, 303, "and the session has ended");
    desk.gateway.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_that_a_session_ends_keeps_it_and_what_was_filled_in() {
    let desk = desk().await;
    let mut officer = desk.officer().await;
    let care = desk.gateway.party(ACCARE, "fact-behandelaar").await;
    // To the minute, as it is told.
    let begun =
        Timestamp::now().round(TimestampRound::new().smallest(Unit::Minute).mode(RoundMode::Ceil)).unwrap();
    let later = async |minutes: i64| {
        let now = begun + SignedDuration::from_mins(minutes);
        care.development().set_clock(SetClockRequest { now: now.to_string() }).await.unwrap();
    };
    let form = officer.get("/clients").await;
    assert!(form.body.contains("role=\"alert\"") && form.body.contains("href=\"/session\""), "{}", form.body);
    let sheet = "/assets/warned-after-13.css";
    assert!(form.body.contains(sheet), "{}", form.body);
    let sheet = officer.get(sheet).await;
    assert_eq!((sheet.status, sheet.body.as_str()), (200, ":root { --sluis-warned-after: 780s; }"));

    later(13).await;
    let beside = officer.get("/session").await;
    let until = begun + SignedDuration::from_mins(13 + 15);
    let until = until.in_tz("Europe/Amsterdam").unwrap().strftime("%H:%M").to_string();
    assert!(
        beside.status == 200 && beside.body.contains(&until),
        "{until}: {} {}",
        beside.status,
        beside.body
    );
    later(26).await;
    let sent =
        officer.post("/clients", &[("secret", &form.secret()), ("bsn", ""), ("handle", "nobody")]).await;
    assert_eq!(sent.status, 404, "it is taken, thirteen minutes after that: {}", sent.body);

    for minutes in (39..480).step_by(13) {
        later(minutes).await;
        assert_eq!(officer.get("/session").await.status, 200, "{minutes}");
    }
    let last = officer.get("/clients").await;
    assert!(
        last.body.contains("role=\"alert\"") && !last.body.contains("href=\"/session\""),
        "{}",
        last.body
    );
    later(480).await;
    assert_eq!(officer.get("/session").await.header("location"), Some("/sign-in?back=/session"));
    desk.gateway.finish().await;
}
