//! The lawyer's page: every rule of a covenant with its source, whether it is in force, and the cases that prove it.
//!
//! It is written from the covenant and its cases and never by hand (`docs/rules.md`), so it cannot say anything else than
//! what is decided by. The explanation of a rule is the comment above it.

mod tables;

use std::fmt::Write;
use std::path::Path;

use cedar_policy::{Effect, Policy, PolicySet};

use crate::policy::bundle::{Bundle, read_text};
use crate::policy::cases::{CAST, Case, CaseError, Rows};
use crate::policy::covenant::{Covenant, CovenantError};

const TOP: &str = "# De regels / The rules

*Dit blad wordt geschreven uit het convenant en zijn zaken, met `sluis policy document`. Verander het niet met de hand: verander
[policies/](../policies/). / This page is written from the covenant and its cases, by `sluis policy document`. Do not change it by hand:
change [policies/](../policies/).*

**NL** Per gegeven geldt: het gaat alleen als een regel het opent, geen regel het sluit, de ontvanger een eigen wettelijke
grondslag heeft voor het doel (poort B), en het doel het gegeven draagt. Bij elke regel staat waarop hij rust, of hij geldt, en welke zaken
hem bewijzen. Een zaak is één besluit, met de naam van de zin die zij toetst; `sluis policy test` speelt ze alle.

**EN** For every field: it goes only if a rule opens it, no rule closes it, the recipient has a legal basis of its own for the purpose
(gate B), and the purpose carries the field. With every rule stands what it rests on, whether it counts, and which cases prove it. A case
is one decision, named after the sentence that it tests; `sluis policy test` plays them all.
";

/// Why the page cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The covenant.
    #[error(transparent)]
    Covenant(#[from] CovenantError),
    /// A case.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A list beside the cases.
    #[error("{file}: {problem}")]
    List {
        /// Which file.
        file: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

/// What a lawyer must still settle (`cases/open-points.toml`).
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenPoints {
    point: Vec<OpenPoint>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenPoint {
    about: String,
    open: String,
    now: String,
}

/// Writes the page about the covenant in this folder.
pub fn document(folder: &Path) -> Result<String, DocumentError> {
    let bundle = Bundle::read(folder, &folder.join(CAST))?;
    let covenant = Covenant::from_bundle(&bundle)?;
    let cases = Case::read_all(&folder.join("cases"))?;
    let rows: Rows = list(folder, "cases/rows.toml")?;
    let points: OpenPoints = list(folder, "cases/open-points.toml")?;
    let mut page = TOP.to_owned();
    tables::ladder(&mut page, &cases);
    heading(&mut page, "De regels / The rules");
    for (file, text) in bundle.rules() {
        rules(&mut page, file, text, &cases)?;
    }
    tables::purposes(&mut page, &covenant);
    tables::fields(&mut page, &covenant);
    tables::rows(&mut page, &rows, &cases);
    heading(&mut page, "Open punten voor een jurist / Open points for a lawyer");
    page.push_str("| about | open | what the rules do now |\n|---|---|---|\n");
    for OpenPoint { about, open, now } in &points.point {
        line(&mut page, &format!("| {about} | {open} | {now} |"));
    }
    Ok(page)
}

fn list<T: serde::de::DeserializeOwned>(folder: &Path, file: &'static str) -> Result<T, DocumentError> {
    let problem = |problem: String| DocumentError::List { file, problem };
    let text = read_text(&folder.join(file)).map_err(|e| problem(e.to_string()))?;
    toml::from_str(&text).map_err(|e| problem(e.to_string()))
}

fn line(page: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(page, "{text}");
}

fn heading(page: &mut String, text: &str) {
    line(page, &format!("\n## {text}\n"));
}

/// The rules of one file, with the comment at its head.
fn rules(page: &mut String, file: &str, text: &str, cases: &[Case]) -> Result<(), DocumentError> {
    let syntax = |e: cedar_policy::ParseErrors| CovenantError::Syntax {
        file: file.to_owned(),
        line: 1,
        problem: e.to_string(),
    };
    let policies: PolicySet = text.parse().map_err(syntax)?;
    let place = |p: &Policy| p.annotation("id").and_then(|id| text.find(&format!("@id(\"{id}\")")));
    let mut written: Vec<(Option<usize>, &Policy)> = policies.policies().map(|p| (place(p), p)).collect();
    written.sort_by_key(|(place, _)| *place);
    line(page, &format!("### [{file}](../policies/{file})\n"));
    let head = text.lines().take_while(|line| line.starts_with("//"));
    line(page, &format!("{}\n", head.map(uncommented).collect::<Vec<_>>().join("\n")));
    for (place, policy) in written {
        let before = text.get(..place.unwrap_or_default()).unwrap_or_default();
        rule(page, before, policy, cases);
    }
    Ok(())
}

fn uncommented(line: &str) -> String {
    line.trim_start_matches('/').trim().to_owned()
}

fn rule(page: &mut String, before: &str, policy: &Policy, cases: &[Case]) {
    let annotation = |name: &str| policy.annotation(name).unwrap_or_default();
    let id = annotation("id");
    line(page, &format!("#### {id}\n"));
    let comment: Vec<&str> = before.lines().rev().take_while(|line| line.starts_with("//")).collect();
    let comment: Vec<String> = comment.into_iter().rev().map(uncommented).collect();
    if !comment.is_empty() {
        line(page, &format!("{}\n", comment.join("\n")));
    }
    let does = match policy.effect() {
        Effect::Permit => "opent / opens".to_owned(),
        Effect::Forbid => format!("sluit / closes, `{}`", annotation("reason")),
    };
    line(page, &format!("- {does}; {}", in_force(annotation("in_force_from"), annotation("in_force_until"))));
    if !annotation("source").is_empty() {
        line(page, &format!("- bron / source: {}", annotation("source")));
    }
    let by = format!("by {id}");
    let decides = |case: &&Case| case.expected().any(|said| said.ends_with(&by));
    let proof: Vec<String> = cases.iter().filter(decides).map(tables::link).collect();
    if proof.is_empty() {
        line(page, "- geen zaak: de regel doet nooit mee / no case: the rule never takes part\n");
    } else {
        line(page, &format!("- {} zaken / cases:\n", proof.len()));
        line(page, "<details><summary>zaken / cases</summary>\n");
        for case in &proof {
            line(page, &format!("- {case}"));
        }
        line(page, "\n</details>\n");
    }
}

fn in_force(from: &str, until: &str) -> String {
    match (from, until) {
        ("never", _) => "**geldt niet / not in force**".to_owned(),
        ("", "") => "geldt / in force".to_owned(),
        (from, "") => format!("geldt vanaf / in force from {from}"),
        ("", until) => format!("geldt tot en met / in force through {until}"),
        (from, until) => {
            format!("geldt van {from} tot en met {until} / in force from {from} through {until}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lawyers_page_is_current() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let page = document(&root.join("policies")).unwrap();
        let stored = std::fs::read_to_string(root.join("docs/rules.md")).unwrap_or_default();
        assert!(page == stored, "docs/rules.md is not current: sluis policy document > docs/rules.md");
    }

    #[test]
    fn a_rule_says_from_when_until_when_it_counts() {
        assert_eq!(in_force("never", ""), "**geldt niet / not in force**");
        assert_eq!(in_force("", ""), "geldt / in force");
        assert_eq!(in_force("2015-01-01", ""), "geldt vanaf / in force from 2015-01-01");
        assert!(in_force("2015-01-01", "2026-12-31").ends_with("from 2015-01-01 through 2026-12-31"));
    }
}
