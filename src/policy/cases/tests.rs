use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("policies/cases")
}

fn covenant() -> Covenant {
    Covenant::load(&root().join("policies"), &root().join("policies").join(CAST)).unwrap()
}

fn cases() -> Vec<Case> {
    Case::read_all(&folder()).unwrap()
}

fn rows() -> Vec<Row> {
    Rows::parse(&fs::read_to_string(folder().join("rows.toml")).unwrap()).unwrap().row
}

#[test]
fn every_case_goes_as_it_says() {
    let covenant = covenant();
    let mut wrong = Vec::new();
    for case in cases() {
        let differences = case.run(&covenant).differences;
        if !differences.is_empty() {
            wrong.push(format!("{}/{}: {differences:?}", case.side.folder(), case.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The tables of the rules, and how many rows each has.
const TABLES: [(&str, usize, usize); 7] = [
    ("T1-", 2, 19),
    ("T1b-", 1, 8),
    ("R", 2, 15),
    ("T2c-", 1, 6),
    ("T3-", 1, 12),
    ("ruling-", 1, 29),
    ("vector-", 1, 24),
];

#[test]
fn the_list_of_rows_is_that_of_the_rules() {
    let table = |&(name, digits, count): &(&str, usize, usize)| {
        (1..=count).map(|n| format!("{name}{n:0digits$}")).collect::<Vec<_>>()
    };
    let expected: Vec<String> = TABLES.iter().flat_map(table).collect();
    assert_eq!(rows().into_iter().map(|row| row.id).collect::<Vec<_>>(), expected);
}

#[test]
fn a_case_names_only_rows_that_there_are() {
    let known: BTreeSet<String> = rows().into_iter().map(|row| row.id).collect();
    for case in cases() {
        for row in case.proves() {
            assert!(known.contains(row), "{}: {row}", case.name);
        }
    }
}

#[test]
fn every_row_ruling_and_vector_is_proved_by_a_case() {
    let cases = cases();
    assert!(cases.len() >= 200, "{} cases", cases.len());
    let proved: BTreeSet<&String> = cases.iter().flat_map(Case::proves).collect();
    let open: Vec<String> = rows().into_iter().map(|row| row.id).filter(|id| !proved.contains(id)).collect();
    assert!(open.is_empty(), "no case proves {open:?}");
}

/// The file of a test, and its name: `it::refusals::name` is in `tests/it/`, anything else in `src/`.
fn source_of(test: &str) -> (Vec<PathBuf>, String) {
    let mut parts: Vec<&str> = test.split("::").collect();
    let name = parts.pop().unwrap_or_default().to_owned();
    let base = if parts.first() == Some(&"it") { root().join("tests") } else { root().join("src") };
    let file = base.join(parts.join("/")).with_extension("rs");
    let above = base.join(parts[..parts.len() - 1].join("/")).with_extension("rs");
    (vec![file, above], name)
}

fn has_test(path: &Path, name: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|text| {
        text.match_indices(&format!("fn {name}(")).any(|(at, _)| {
            text[..at].lines().rev().take(3).any(|line| line.contains("test]") || line.contains("test("))
        })
    })
}

#[test]
fn a_test_that_a_case_names_exists() {
    for case in cases() {
        for test in case.proved_by() {
            let (files, name) = source_of(test);
            assert!(files.iter().any(|file| has_test(file, &name)), "{}: {test}", case.name);
        }
    }
}

#[test]
fn what_is_not_a_case_is_refused_with_its_file() {
    let good = "proves = [\"T1-09\"]\n[[consent]]\n[expected]\nall = \"released by R01\"\n";
    assert!(Case::parse(Side::Permit, "an-adult-agrees", good).is_ok());
    let table: [(Side, &str, &str, &str); 7] = [
        (Side::Permit, "An adult agrees", good, "lower case with hyphens"),
        (Side::Withhold, "an-adult-agrees", good, "belongs in permit/"),
        (Side::Permit, "an-adult-agrees", "proves = [\"T1-09\"]\ncolour = 1", "unknown field"),
        (Side::Permit, "an-adult-agrees", "proves = [\"T1-09\"]\n[client]\nbsn = 1", "unknown field"),
        (Side::Permit, "an-adult-agrees", "proves = []\n[expected]\nall = \"x\"", "say what it proves"),
        (Side::Permit, "an-adult-agrees", "proves = [\"T1-09\"]", "expect something"),
        (Side::Permit, "an-adult-agrees", "proves = [\"T1-09\"]\n[expected]\nall = \"x\"", "withhold/"),
    ];
    for (side, name, text, problem) in table {
        let refused = Case::parse(side, name, text).err().expect("refused").to_string();
        assert!(refused.contains(problem) && refused.contains(name), "{refused}");
    }
}

#[test]
fn a_case_that_says_otherwise_than_the_covenant_fails() {
    let covenant = covenant();
    let table = [
        ("[[consent]]\n[expected]\nall = \"NO_CONSENT by no-consent\"", "C01: expected NO_CONSENT"),
        ("[[consent]]\n[expected]\nC01 = \"released by R02\"", "it is released by R01"),
        ("[expected]\nA03 = \"OUTSIDE_PURPOSE by x\"", "A03 was not asked"),
        ("[[consent]]\nrefused = \"PERIOD_EMPTY\"", "it was recorded"),
        (
            "[[consent]]\nyes = [\"client\"]\nuntil = 2030-01-01\nrefused = \"CONSENT_ENDED\"",
            "PERIOD_TOO_LONG",
        ),
        ("[[consent]]\non = 2026-12-01\n[expected]\nall = \"NO_CONSENT by x\"", "after the request"),
        ("[[consent]]\nyes = [\"stranger\"]\n[expected]\nall = \"NO_CONSENT by x\"", "say as what"),
        ("[request]\nrecipient = \"nobody/wonen\"\n[expected]\nall = \"NO_CONSENT by x\"", "list of parties"),
    ];
    for (text, difference) in table {
        let case = Case::parse(Side::Withhold, "a-case", &format!("proves = [\"T1-07\"]\n{text}"));
        let case =
            case.or_else(|_| Case::parse(Side::Permit, "a-case", &format!("proves = [\"T1-07\"]\n{text}")));
        let said = case.unwrap().run(&covenant).differences.join("; ");
        assert!(said.contains(difference), "{text}: {said}");
    }
}
