//! The covenants that were in force, and what an officer sees of the differences between two of them.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use sluis::ambient::{SystemClock, SystemRandomness};
use sluis::domain::{Clock as _, Entry, Event, LogFilter, LogRead, LogView};
use sluis::ledger::SigningKey;
use sluis::policy::Covenant;
use sluis::store::{Ledger, SealOutcome, Store, Submission};

use super::browser::{Browser, Page};
use super::{Desk, desk, desk_with, setting};
use crate::harness::Setting;

/// In which file, what stands there, and what will.
const CHANGES: [(&str, &str, &str); 5] = [
    ("parties.toml", "label = \"Medewerker wonen\"", "label = \"Medewerker <b>huisvesting</b>\""),
    ("policies/purposes.toml", "max_period = { months = 6 }", "max_period = { months = 7 }"),
    (
        "policies/catalogue.toml",
        "value = { type = \"text\", max = 120 }",
        "value = { type = \"text\", max = 90 }",
    ),
    ("policies/deadlines.toml", "delay_days = 31", "delay_days = 30"),
    (
        "policies/recipient.cedar",
        "unless { context.recipient_has_legal_basis };",
        "unless { context.recipient_has_legal_basis }; // zo",
    ),
];

/// The covenant in the files of a gateway.
pub fn covenant(setting: &Setting) -> Covenant {
    let folder = setting.path();
    Covenant::load(&folder.join("policies"), &folder.join("parties.toml")).unwrap()
}

/// Changes these files.
fn change(setting: &Setting, changes: &[(&str, &str, &str)]) {
    for (file, stands, becomes) in changes {
        let file = setting.path().join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(stands), "{}: {stands}", file.display());
        fs::write(file, text.replacen(stands, becomes, 1)).unwrap();
    }
}

/// A ledger that began longer ago than anything is kept: its covenant, and that somebody looked.
async fn began_long_ago(setting: &Setting) {
    let at = SystemClock.now().plus(-6 * 366 * 86_400_000);
    let covenant = covenant(setting);
    let key = fs::read_to_string(setting.path().join("ledger.key")).unwrap();
    let store = Store::open(&setting.store, 1).await.unwrap();
    let ledger = Ledger::start(&store, Arc::new(SigningKey::parse(key.trim()).unwrap()));
    let entry = |event| Entry::by_the_gateway(at, &SystemRandomness, covenant.digest.clone(), 1, event);
    let adopted = entry(Event::CovenantAdopted { parties: covenant.parties_digest.clone() });
    let read = LogRead { view: LogView::Listing, from: 0, until: 1, filter: LogFilter::default() };
    let read = Submission { entry: entry(Event::LogRead(Box::new(read))), spent: vec![] };
    for sealed in [ledger.adopt(adopted, covenant.files.clone()).await, ledger.seal(read).await] {
        assert!(matches!(sealed, Ok(SealOutcome::Sealed(_))));
    }
    drop(ledger);
    store.close().await;
}

/// The entries of the versions that are listed, newest first.
pub fn listed(page: &Page) -> Vec<u64> {
    let links = page.body.split("<th class=\"utrecht-table__cell\" scope=\"row\">").skip(1);
    let entry = |cell: &str| cell.split("/entries/").nth(1)?.split('"').next()?.parse().ok();
    links.filter_map(entry).collect()
}

/// Changes these files, and waits until the gateway decides by them.
pub async fn changed(desk: &Desk, officer: &mut Browser, changes: &[(&str, &str, &str)]) {
    change(&desk.gateway.setting, changes);
    let now = covenant(&desk.gateway.setting);
    let in_force = async {
        while !officer.get("/covenant").await.body.contains(now.digest.as_str()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), in_force).await.expect("the new covenant comes into force");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sees_which_covenants_were_in_force_and_what_became_different() {
    let desk = desk().await;
    let mut officer = desk.officer().await;
    let only = officer.get("/covenant/versions").await;
    assert_eq!((only.status, listed(&only).len()), (200, 1), "{}", only.body);
    assert!(only.body.contains("de eerste") && !only.body.contains("/covenant/differences"), "{}", only.body);

    changed(&desk, &mut officer, &CHANGES).await;

    let versions = officer.get("/covenant/versions").await;
    let entries = listed(&versions);
    let (newest, first) = (entries[0], *entries.last().unwrap());
    assert!(entries.len() > 1 && first == 0 && versions.body.contains("geldt nu"), "{}", versions.body);

    let path = format!("/covenant/differences?older={first}&newer={newest}");
    let page = officer.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    // That the officer looked is recorded: at which versions.
    let looked = listed(&officer.get("/entries").await)[0];
    let looked = officer.get(&format!("/entries/{looked}")).await;
    assert!(looked.body.contains(&format!("covenant-differences: {first} – {newest}")), "{}", looked.body);
    for says in [
        "<ins>Nieuw – Rol: Medewerker &#60;b&#62;huisvesting&#60;/b&#62; (wonen)</ins>",
        "<del>Weg – Rol: Medewerker wonen (wonen)</del>",
        "<ins>Nieuw – Langste toestemming: 7 maanden</ins>",
        "<del>Weg – Vorm: tekst, hoogstens 120</del>",
        "<summary>deadlines.toml</summary>",
        "weg: </span>delay_days = 31</del>",
        "nieuw: </span>delay_days = 30</ins>",
        "<summary>recipient.cedar</summary>",
    ] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    assert!(!page.body.contains("<b>"), "{}", page.body);
    let back = officer.get(&format!("/covenant/differences?older={newest}&newer={first}")).await;
    assert!(back.body.contains("<ins>Nieuw – Vorm: tekst, hoogstens 120</ins>"), "{}", back.body);
    let same = officer.get(&format!("/covenant/differences?older={newest}&newer={newest}")).await;
    assert!(same.status == 200 && same.body.contains("elk bestand is hetzelfde"), "{}", same.body);

    for wrong in [
        "older=1&newer=0",
        "older=999999&newer=0",
        "older=x&newer=0",
        "older=0",
        "",
        "older=0&newer=0&more=1",
    ] {
        let page = officer.get(&format!("/covenant/differences?{wrong}")).await;
        assert!(
            page.status == 404 && page.body.contains("NOT_FOUND"),
            "{wrong}: {} {}",
            page.status,
            page.body
        );
    }
    let (_, audit) = desk.gateway.finish().await;
    assert!(audit.size > newest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_covenant_that_retention_let_go_of_is_listed_and_cannot_be_compared_any_more() {
    let setting = setting();
    began_long_ago(&setting).await;
    change(&setting, &CHANGES[3..4]);
    let desk = desk_with(setting, "").await;
    let mut officer = desk.officer().await;
    let let_go = async {
        loop {
            let page = officer.get("/covenant/versions").await;
            if page.body.contains("niet meer bewaard") {
                return page;
            }
            tokio::task::yield_now().await;
        }
    };
    let versions = tokio::time::timeout(Duration::from_secs(30), let_go).await.expect("retention is over");
    let [newest, 0] = listed(&versions)[..] else { panic!("{}", versions.body) };
    assert!(versions.body.contains("niet meer na te gaan"), "{}", versions.body);
    assert!(!versions.body.contains("/covenant/differences"), "nothing is left to compare");
    let entry = officer.get("/entries/0").await;
    assert!(entry.status == 200 && entry.body.contains("covenant"), "{}", entry.body);
    for (older, newer) in [(0, newest), (newest, 0), (0, 0)] {
        let page = officer.get(&format!("/covenant/differences?older={older}&newer={newer}")).await;
        assert!(
            page.status == 400 && page.body.contains("COVENANT_NOT_KEPT"),
            "{older} {newer}: {}",
            page.body
        );
    }
    desk.gateway.finish().await;
}
