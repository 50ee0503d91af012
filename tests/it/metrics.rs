//! What an operator sees: every metric of the dashboard, the alerts and the documentation is in a real scrape, and the other way
//! round; and no label says anything of a client.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use sluis::contract::v1::*;

use crate::harness::*;
use crate::overload::scrape;
use crate::records;

fn read(path: &str) -> String {
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Every name of a metric in a text, without what a histogram adds.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let metrics = words.filter(|word| word.starts_with("sluis_") || word.starts_with("process_"));
    metrics.map(|word| word.strip_suffix("_bucket").unwrap_or(word).to_owned()).collect()
}

/// The metrics of a scrape, by their TYPE lines, and every label with its values.
fn scraped(text: &str) -> (BTreeSet<String>, BTreeMap<String, BTreeSet<String>>) {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((_, rest)) = line.split_once('{') else { continue };
        let inside = rest.split_once('}').unwrap().0;
        for pair in inside.split("\",") {
            let (label, value) = pair.split_once("=\"").unwrap();
            labels.entry(label.to_owned()).or_default().insert(value.trim_end_matches('"').to_owned());
        }
    }
    (types.map(str::to_owned).collect(), labels)
}

#[tokio::test(flavor = "multi_thread")]
async fn dashboard_alerts_documentation_and_a_real_scrape_name_the_same_metrics_and_no_label_is_of_a_client()
{
    let setting = Setting::new(vec![(ACCARE, Custody::Records(records::file(&[("acc-160", "Kanarie160")])))]);
    let (metrics, tiles) = (free_address(), free_address());
    setting.configure(
        "[log]",
        &format!("[metrics]\nlisten = \"{metrics}\"\n\n[tiles]\nlisten = \"{tiles}\"\n\n[log]"),
    );
    setting.add(&format!(
        "[[logbook]]\norganisation = \"{ACCARE}\"\nendpoint = \"https://localhost:1\"\nca = \"ca/ca.pem\"\n\
         cursor = \"accare.cursor\"\n"
    ));
    let process = Process::start(&setting).unwrap();
    let care = Caller::connect(&setting, process.address, ACCARE, "fact-behandelaar").await;
    let municipality = Caller::connect(&setting, process.address, ASSEN, "wijkteam").await;
    let client = bsn(160);
    let consent = consented(&care, &client, "acc-160", &["person.name"]).await;
    municipality.disclosures().disclose(ask(&client, ACCARE, "housing", &["person.name"])).await.unwrap();
    care.consents().withdraw_consent(withdraw(&client, &consent, "client")).await.unwrap();
    // What is refused is counted as well, by a reason of ours and not of theirs.
    for wrong in [
        ask(&client, ACCARE, "housing", &["Kanarie.field"]),
        ask("Kanarie160", ACCARE, "Kanarie-purpose", &["person.name"]),
        DiscloseRequest { ground: "Kanarie".into(), ..ask(&client, "Kanarie", "housing", &["person.name"]) },
    ] {
        assert!(municipality.disclosures().disclose(wrong).await.is_err());
    }
    let no_token = municipality.with_token(Some("Kanarie.Kanarie.Kanarie".into()));
    assert!(
        no_token.disclosures().disclose(ask(&client, ACCARE, "housing", &["person.name"])).await.is_err()
    );
    get(&setting, tiles, ASSEN, None, "/checkpoint").await;
    get(&setting, tiles, ASSEN, None, "/Kanarie").await;
    process.says("a logbook is behind").await;

    let dashboard = read("deploy/grafana-dashboard.json");
    serde_json::from_str::<serde_json::Value>(&dashboard).expect("JSON");
    let shown: BTreeSet<String> =
        named(&dashboard).union(&named(&read("deploy/prometheus-alerts.yml"))).cloned().collect();
    // The page tells each metric in a table of its own.
    let page = read("docs/operating.md");
    let told: BTreeSet<String> =
        page.lines().filter(|line| line.starts_with("| `")).flat_map(named).collect();
    // Some are set by a task that has only just begun.
    let (found, labels, text) = loop {
        let text = tokio::task::spawn_blocking(move || scrape(metrics)).await.unwrap();
        let (found, labels) = scraped(&text);
        if shown.is_subset(&found) && found.contains("sluis_reviews_waiting") {
            break (found, labels, text);
        }
        let missing: Vec<_> = shown.difference(&found).collect();
        println!("not yet: {missing:?}");
        tokio::task::yield_now().await;
        assert!(
            !missing.iter().any(|name| name.starts_with("sluis_calls")),
            "these are always there: {missing:?}"
        );
    };
    assert_eq!(
        found, shown,
        "left: in a scrape; right: in deploy/grafana-dashboard.json or prometheus-alerts.yml"
    );
    assert_eq!(found, told, "left: in a scrape; right: in the table of docs/operating.md");
    for line in text.lines().filter(|line| line.starts_with("# TYPE sluis_")) {
        let name = line.split(' ').nth(2).unwrap();
        assert!(text.contains(&format!("# HELP {name} ")), "{name} says what it is");
    }

    let known =
        ["method", "code", "reason", "outcome", "cache", "pool", "organisation", "le", "version", "digest"];
    for (label, values) in &labels {
        assert!(known.contains(&label.as_str()), "{label}");
        assert!(values.len() <= 64, "{label} has {} values", values.len());
        for value in values {
            let bounded =
                value.len() <= 64 && value.chars().all(|c| c.is_ascii_alphanumeric() || "_.+-".contains(c));
            assert!(bounded, "{label}: {value}");
        }
    }
    let listed = read("deploy/parties.toml");
    assert!(labels["organisation"].iter().all(|organisation| listed.contains(organisation.as_str())));
    let pseudonyms = pseudonyms(&setting).await;
    assert!(!pseudonyms.is_empty());
    for needle in [client.as_str(), "Kanarie", "acc-160", "professional-1"]
        .into_iter()
        .chain(pseudonyms.iter().map(String::as_str))
    {
        assert!(!text.contains(needle), "{needle} is in the metrics");
    }
    process.kill();
}

/// Every pseudonym in the ledger: of the client, and of who asked.
pub async fn pseudonyms(setting: &Setting) -> BTreeSet<String> {
    let store = sluis::store::Store::open_to_verify(&setting.store).await.unwrap();
    let mut found = BTreeSet::new();
    let mut index = 0;
    while let Some(row) = store.entry(index).await.unwrap() {
        found.extend(row.entry.client.as_ref().map(ToString::to_string));
        found.extend(row.entry.actor.as_ref().map(|actor| actor.requester.to_string()));
        index += 1;
    }
    store.close().await;
    found
}
