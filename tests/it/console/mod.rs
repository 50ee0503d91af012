//! The privacy officer's desk, as a browser and a provider see it: the real gateway, real TLS, a provider that says what it is told.

pub mod browser;
mod covenant;
mod files;
mod forms;
mod hostile;
mod language;
mod pages;
mod pressure;
mod received;
mod reports;
mod samples;
mod sessions;
mod sign_in;
pub mod stand_in;
mod third_party;

use std::net::SocketAddr;

use serde_json::json;

use crate::harness::*;
use crate::records;
use browser::{Browser, Page};
use stand_in::StandIn;

/// A gateway with a console, and the providers of two parties.
pub struct Desk {
    pub gateway: TestGateway,
    pub console: SocketAddr,
    pub accare: StandIn,
    pub assen: StandIn,
}

/// Its configuration, with what is added to `[console]`.
pub fn configured(setting: &Setting, more: &str, providers: &[(&str, &str, &str)]) -> SocketAddr {
    let console = free_address();
    let mut text = format!(
        "[console]\nlisten = \"{console}\"\naddress = \"https://localhost:{}\"\nrequests_per_second = 100000\nburst = 100000\n{more}\n",
        console.port()
    );
    for (id, organisation, issuer) in providers {
        text.push_str(&format!(
            "[[console.provider]]\nid = \"{id}\"\norganisation = \"{organisation}\"\nissuer = \"{issuer}\"\n\
             client_id = \"{}\"\nclient_secret = \"console.secret\"\nca = \"ca/ca.pem\"\nalgorithms = [\"ES256\", \"RS256\"]\n",
            stand_in::CLIENT
        ));
    }
    std::fs::write(setting.path().join("console.secret"), stand_in::SECRET).unwrap();
    setting.add(&text);
    console
}

/// The setting of every test here.
pub fn setting() -> Setting {
    Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-1", "twee")])))])
}

/// A gateway whose console answers: it opens before the gateway lets anybody in.
pub async fn begun(setting: Setting) -> TestGateway {
    let gateway = TestGateway::start_adopting(setting).await;
    gateway.party(ACCARE, "privacy-officer").await;
    gateway
}

/// Starts it.
pub async fn desk() -> Desk {
    desk_with(setting(), "").await
}

/// Starts it, with what is added to `[console]`.
pub async fn desk_with(setting: Setting, more: &str) -> Desk {
    let accare = StandIn::start(&setting, "accare", ACCARE).await;
    let assen = StandIn::start(&setting, "assen", ASSEN).await;
    let providers = [("accare", ACCARE, accare.issuer.as_str()), ("assen", ASSEN, assen.issuer.as_str())];
    let console = configured(&setting, more, &providers);
    let gateway = begun(setting).await;
    Desk { gateway, console, accare, assen }
}

impl Desk {
    /// A browser that was nowhere yet.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.gateway.setting, self.console)
    }

    /// Somebody goes through the whole sign-in at Accare's provider, which says of them what is usual, but for this.
    pub async fn arrives(&self, browser: &mut Browser, but: serde_json::Value) -> Page {
        self.arrives_at(&self.accare, browser, but).await
    }

    /// The same at another's.
    pub async fn arrives_at(&self, at: &StandIn, browser: &mut Browser, but: serde_json::Value) -> Page {
        at.lets_in(browser, but).await
    }

    /// An officer of Accare who is signed in.
    pub async fn officer(&self) -> Browser {
        let mut browser = self.browser();
        let came = self.arrives(&mut browser, json!({})).await;
        assert_eq!((came.status, came.header("location")), (303, Some("/")), "{}", came.body);
        browser
    }
}
