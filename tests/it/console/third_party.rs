//! The whole sign-in at a certified provider that nobody here wrote, through its own pages: `oidc-provider` of npm.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::browser::{Browser, Page};
use super::stand_in::{CLIENT, SECRET};
use super::{begun, configured, setting};
use crate::harness::*;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(setting: &Setting, port: u16, console: u16) -> Running {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/verifiers/oidc");
    let told = json!({
        "port": port, "folder": setting.path().join(GATEWAY), "certificate": "cert.pem", "key": "key.pem", "client": CLIENT,
        "secret": SECRET, "redirect": format!("https://localhost:{console}/sign-in/done"), "organisation": ACCARE,
    });
    let mut node = Command::new("node");
    node.arg("provider.mjs").arg(told.to_string()).current_dir(folder).stdout(Stdio::piped());
    let mut child = Running(node.spawn().expect("node"));
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let before: Vec<String> = lines.by_ref().take_while(|line| line != "listening").collect();
    assert!(child.0.try_wait().unwrap().is_none(), "the provider did not start: {before:#?}");
    // What it says later is read as well, or it could not say it.
    std::thread::spawn(move || lines.for_each(drop));
    child
}

/// Where a page leads, without its host.
fn path(location: &str) -> String {
    let rest = location.split_once("://").map_or(location, |(_, rest)| &rest[rest.find('/').unwrap()..]);
    rest.to_owned()
}

/// Follows the provider's own pages until they lead back to the console.
async fn through(provider: &mut Browser, first: &str, login: &str, console: &str) -> String {
    let mut page: Page = provider.get(&path(first)).await;
    for _ in 0..12 {
        if let Some(location) = page.header("location") {
            if location.starts_with(console) {
                return path(location);
            }
            page = provider.get(&path(location)).await;
            continue;
        }
        let action = page.body.split_once("action=\"").unwrap_or_else(|| panic!("{}", page.body)).1;
        let action = path(action.split_once('"').unwrap().0);
        page = if page.body.contains("value=\"login\"") {
            provider.post(&action, &[("prompt", "login"), ("login", login), ("password", "x")]).await
        } else {
            provider.post(&action, &[("prompt", "consent")]).await
        };
    }
    panic!("the provider never leads back: {} {}", page.status, page.body)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js and oidc-provider: tests/verifiers/oidc/run"]
async fn an_officer_signs_in_at_a_certified_provider_through_its_own_pages() {
    let setting = setting();
    let port = free_address().port();
    let issuer = format!("https://localhost:{port}");
    let console = configured(&setting, "", &[("accare", ACCARE, &issuer)]);
    let running = start(&setting, port, console.port());
    let gateway = begun(setting).await;
    for (login, code) in [
        ("privacy-officer.substantial", ""),
        ("privacy-officer.high", ""),
        ("privacy-officer.low", "AUTHENTICATION_LEVEL_TOO_LOW"),
        ("fact-behandelaar.high", "ROLE_MAY_NOT"),
    ] {
        let mut browser = Browser::new(&gateway.setting, console);
        let mut there = Browser::new(&gateway.setting, ([127, 0, 0, 1], port).into());
        let sent = browser.get("/sign-in/accare?back=/").await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        let back = through(&mut there, sent.header("location").unwrap(), login, &browser.origin()).await;
        let came = browser.get(&back).await;
        if code.is_empty() {
            assert_eq!((came.status, came.header("location")), (303, Some("/")), "{login}: {}", came.body);
            assert_eq!(browser.get("/").await.status, 200);
        } else {
            assert!(came.status == 403 && came.body.contains(code), "{login}: {} {}", came.status, came.body);
        }
        let again = browser.get(&back).await;
        assert!(again.body.contains("SIGN_IN_UNKNOWN"), "an answer is used once");
        println!("{login}: {}", if code.is_empty() { "signed in" } else { code });
    }
    drop(running);
    gateway.finish().await;
}
