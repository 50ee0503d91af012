//! The house in order: who may import whom, what may be in the tree, and how large a file may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

fn sources() -> Vec<(PathBuf, String)> {
    let read =
        |path: PathBuf| (path.strip_prefix(root()).unwrap().to_owned(), fs::read_to_string(&path).unwrap());
    files_below(&root().join("src"), ".rs").into_iter().map(read).collect()
}

/// A layer, and the layers that it may import. What is not listed is not allowed.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("ambient", &["domain"]),
    ("contract", &[]),
    ("ledger", &["domain"]),
    ("projection", &["domain"]),
    ("report", &["domain", "ledger", "projection"]),
    ("policy", &["domain"]),
    ("identity", &["domain", "ledger", "policy"]),
    ("custodian", &["domain", "contract"]),
    ("store", &["domain", "ledger", "policy"]),
    ("witness", &["domain", "ledger"]),
    ("gateway", &["domain", "ledger", "projection", "report", "policy", "store", "custodian", "identity"]),
    (
        "grpc",
        &[
            "domain",
            "ledger",
            "projection",
            "report",
            "policy",
            "store",
            "custodian",
            "identity",
            "gateway",
            "contract",
            "ambient",
        ],
    ),
    ("console", &["domain", "ledger", "projection", "report", "policy", "store", "identity", "gateway"]),
    ("tlog", &["domain", "ledger", "identity", "gateway"]),
    ("config", &["domain", "ledger", "policy", "store", "custodian", "identity", "witness"]),
    (
        "server",
        &[
            "domain",
            "ledger",
            "projection",
            "report",
            "policy",
            "store",
            "custodian",
            "identity",
            "gateway",
            "grpc",
            "console",
            "tlog",
            "contract",
            "config",
            "witness",
            "ambient",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "ledger",
            "projection",
            "report",
            "policy",
            "store",
            "custodian",
            "identity",
            "gateway",
            "grpc",
            "contract",
            "config",
            "server",
            "witness",
            "ambient",
        ],
    ),
];

/// A library, and the only layers that may name it.
const FENCES: &[(&str, &[&str])] = &[
    ("sqlx::", &["store"]),
    ("rusqlite::", &["store"]),
    ("cedar_policy::", &["policy"]),
    ("axum::", &["tlog", "console", "witness", "server"]),
    ("askama::", &["console"]),
    ("tonic::", &["grpc", "custodian", "contract", "server", "cli"]),
    ("prost::", &["grpc", "contract", "custodian", "cli"]),
    ("jsonwebtoken::", &["identity", "cli"]),
];

fn layer_of(path: &Path) -> String {
    let first = path.components().nth(1).unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn without_comments(text: &str) -> String {
    let code = text.lines().map(|line| line.find("//").map_or(line, |at| &line[..at]));
    code.collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_run_one_way() {
    let table: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let layer = layer_of(&path);
        if layer == "lib" || layer == "main" {
            continue;
        }
        let allowed =
            table.get(layer.as_str()).unwrap_or_else(|| panic!("{layer} is not in the table of layers"));
        let in_tests = path.to_string_lossy().contains("tests");
        for (at, _) in without_comments(&text).match_indices("crate::") {
            let code = without_comments(&text);
            let rest = &code[at + "crate::".len()..];
            let named: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if table.contains_key(named.as_str())
                && named != layer
                && !allowed.contains(&named.as_str())
                && !in_tests
            {
                broken.push(format!("{} imports {named}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn each_vocabulary_lives_in_its_own_folder() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let code = without_comments(&text);
        for (library, layers) in FENCES {
            let layer = layer_of(&path);
            if code.contains(library) && !layers.contains(&layer.as_str()) {
                broken.push(format!("{} names {library}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn no_file_holds_two_ideas() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(path, text)| text.lines().count() > 300 && !path.to_string_lossy().contains("tests"))
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn no_file_is_named_after_nothing() {
    const BANNED: [&str; 7] = ["utils", "common", "helpers", "manager", "models", "types", "services"];
    for (path, _) in sources() {
        let named =
            path.components().map(|c| c.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned());
        assert!(!named.into_iter().any(|name| BANNED.contains(&name.as_str())), "{}", path.display());
    }
}

#[test]
fn disclose_still_reads_as_the_whole_product() {
    let text = fs::read_to_string(root().join("src/gateway/disclose.rs")).unwrap();
    let start = text.find("pub async fn disclose(").unwrap();
    let body = &text[start..start + text[start..].find("\n    }\n").unwrap()];
    assert!(body.lines().count() <= 45, "{} lines", body.lines().count());
    let steps = [
        "clock.decide_at()",
        "register.current",
        "decide(",
        "fetch(",
        "Disclosure::release",
        "submit(Submission",
        "Stale",
    ];
    let places: Vec<usize> =
        steps.iter().map(|step| body.find(step).unwrap_or_else(|| panic!("no {step}"))).collect();
    assert!(places.is_sorted(), "the steps of design §4 are out of order: {places:?}");
}

#[derive(serde::Deserialize)]
struct Deny {
    bans: Bans,
    licenses: Licences,
}

#[derive(serde::Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(serde::Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(serde::Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
}

fn deny() -> Deny {
    toml::from_str(&fs::read_to_string(root().join("deny.toml")).unwrap()).unwrap()
}

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn no_banned_crate_is_in_what_is_built() {
    // `cargo tree` knows which optional dependencies are really built; `cargo metadata` does not.
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "all", "--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(
        names.contains("aws-lc-rs"),
        "the one crypto provider is missing: does this test still see the tree?"
    );
    for ban in deny().bans.deny {
        assert!(!names.contains(ban.name.as_str()), "{} is in the tree", ban.name);
    }
}

/// Whether a licence expression can be satisfied: every part of an AND, any part of an OR.
fn acceptable(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ");
    let all = split_outside_brackets(&expression, " AND ");
    if all.len() > 1 {
        return all.iter().all(|part| acceptable(part, allowed));
    }
    let any = split_outside_brackets(&expression, " OR ");
    if any.len() > 1 {
        return any.iter().any(|part| acceptable(part, allowed));
    }
    let bare = expression.trim();
    match bare.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inside) => acceptable(inside, allowed),
        None => allowed.contains(bare),
    }
}

fn split_outside_brackets(text: &str, by: &str) -> Vec<String> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 && text[at..].starts_with(by) && at >= start {
            parts.push(text[start..at].to_owned());
            start = at + by.len();
        }
    }
    parts.push(text[start..].to_owned());
    parts
}

#[test]
fn every_licence_in_the_tree_is_permissive() {
    let allowed = deny().licenses.allow;
    assert!(acceptable("(MIT OR GPL-3.0) AND ISC", &allowed) && !acceptable("MIT AND GPL-3.0", &allowed));
    let metadata = metadata();
    for package in metadata["packages"].as_array().unwrap() {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(acceptable(licence, &allowed), "{}: {licence}", package["name"]);
    }
}

#[test]
fn every_path_in_the_readme_exists() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut links = 0;
    for (at, _) in readme.match_indices("](") {
        let target: String = readme[at + 2..].chars().take_while(|c| *c != ')' && *c != '#').collect();
        if !target.is_empty() && !target.contains("://") {
            links += 1;
            assert!(root().join(&target).exists(), "{target}");
        }
    }
    assert!(links > 0, "the README links to nothing");
}
