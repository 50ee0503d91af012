//! Whether the cases notice: one rule, or one rung of the ladder of ages, is taken away or turned round, and at least one
//! case must fail.

use std::path::PathBuf;

use cedar_policy::{Effect, PolicySet};

use super::*;
use crate::domain::ladder::{changed, who_agrees};
use crate::domain::{LADDER, Rung, Who};
use crate::policy::{Bundle, CovenantError};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("policies")
}

fn bundle() -> Bundle {
    Bundle::read(&folder(), &folder().join(CAST)).unwrap()
}

fn cases() -> Vec<Case> {
    Case::read_all(&folder().join("cases")).unwrap()
}

/// The first case that fails, with those that name the rule before the others.
fn noticed_by<'a>(covenant: &Covenant, cases: &'a [Case], rule: &str) -> Option<&'a str> {
    let names_it = |case: &&Case| case.expected().any(|said| said.split(' ').any(|word| word == rule));
    let mut ordered: Vec<&Case> = cases.iter().filter(names_it).collect();
    ordered.extend(cases.iter().filter(|case| !names_it(case)));
    let fails = |case: &&Case| !case.run(covenant).differences.is_empty();
    ordered.into_iter().find(fails).map(|case| case.name.as_str())
}

/// What is done to a rule: nothing is left of it, or it says the opposite. One that is never in force is put in force.
fn mutants(effect: Effect, text: &str) -> Vec<(&'static str, String)> {
    let never = "@in_force_from(\"never\")";
    if text.contains(never) {
        return vec![("in force", text.replacen(never, "@in_force_from(\"2015-01-01\")", 1))];
    }
    let reason = text.find("@reason(\"").unwrap();
    let end = reason + text[reason..].find(')').unwrap() + 1;
    let (from, to, told) = match effect {
        Effect::Permit => ("permit", "forbid", "@reason(\"NO_CONSENT\")"),
        Effect::Forbid => {
            let permit = "@reason(\"RELEASED\") @source(\"none\") @in_force_from(\"2000-01-01\")";
            ("forbid", "permit", permit)
        }
    };
    let told = text.replacen(&text[reason..end], told, 1);
    vec![("deleted", String::new()), ("inverted", told.replacen(&format!("\n{from}"), &format!("\n{to}"), 1))]
}

#[test]
fn every_rule_that_is_deleted_or_inverted_makes_a_case_fail() {
    let (shipped, cases) = (bundle(), cases());
    assert_eq!(
        noticed_by(&Covenant::from_bundle(&shipped).unwrap(), &cases, ""),
        None,
        "the rules as they stand"
    );
    let mut unnoticed = Vec::new();
    let mut tried = 0;
    for (file, text) in shipped.rules() {
        let policies: PolicySet = text.parse().unwrap();
        for rule in policies.policies() {
            let id = rule.annotation("id").unwrap();
            let others = policies.policies().filter(|p| p.id() != rule.id()).map(ToString::to_string);
            let others = others.collect::<Vec<_>>().join("\n\n");
            for (what, mutant) in mutants(rule.effect(), &rule.to_string()) {
                tried += 1;
                assert_ne!(mutant, rule.to_string(), "{id} was not {what}");
                let mut changed = shipped.clone();
                changed.insert(file, format!("{others}\n\n{mutant}"));
                let covenant = match Covenant::from_bundle(&changed) {
                    Ok(covenant) => covenant,
                    // A purpose names the ground: that is noticed before any case is.
                    Err(CovenantError::GroundNotInForce(..)) => continue,
                    Err(problem) => panic!("{id} {what}: {problem}"),
                };
                if noticed_by(&covenant, &cases, id).is_none() {
                    unnoticed.push(format!("{id} {what}"));
                }
            }
        }
    }
    assert!(tried >= 20 && unnoticed.is_empty(), "of {tried}, no case notices: {unnoticed:#?}");
}

/// What a ladder says at every age, able and unable.
fn answers(ladder: &[Rung]) -> Vec<Option<Who>> {
    let ages = (0..100).flat_map(|age| [true, false].map(|able| (age, able)));
    changed::ladder(ladder.to_vec(), || ages.map(|(age, able)| who_agrees(age, able)).collect())
}

/// Everything that is done to one rung: taken away, another answer, the other competence, an age more or less.
fn changed_ladders(at: usize) -> Vec<(String, Vec<Rung>)> {
    let with = |rung: Rung| {
        let mut ladder = LADDER.to_vec();
        ladder[at] = rung;
        ladder
    };
    let rung = LADDER[at];
    let mut without = LADDER.to_vec();
    without.remove(at);
    let mut ladders = vec![("deleted".to_owned(), without)];
    for who in [Who::Legal, Who::ClientAndLegal, Who::Client, Who::Representatives] {
        if who != rung.who {
            ladders.push((format!("{who:?} instead of {:?}", rung.who), with(Rung { who, ..rung })));
        }
    }
    if let Some(able) = rung.able {
        ladders.push(("the other competence".to_owned(), with(Rung { able: Some(!able), ..rung })));
    }
    if rung.through < i16::MAX {
        ladders.push(("a year longer".to_owned(), with(Rung { through: rung.through + 1, ..rung })));
        ladders.push(("a year shorter".to_owned(), with(Rung { through: rung.through - 1, ..rung })));
    }
    if rung.from > 0 {
        ladders.push(("a year later".to_owned(), with(Rung { from: rung.from + 1, ..rung })));
    }
    // Where two rungs say the same, moving the line between them changes nothing.
    ladders.retain(|(_, ladder)| answers(ladder) != answers(&LADDER));
    ladders
}

#[test]
fn every_rung_of_the_ladder_that_is_deleted_or_changed_makes_a_case_fail() {
    let (covenant, cases) = (Covenant::from_bundle(&bundle()).unwrap(), cases());
    assert_eq!(noticed_by(&covenant, &cases, ""), None, "the ladder as it stands");
    let mut unnoticed = Vec::new();
    for (at, rung) in LADDER.iter().enumerate() {
        for (what, ladder) in changed_ladders(at) {
            if changed::ladder(ladder, || noticed_by(&covenant, &cases, "")).is_none() {
                unnoticed.push(format!("{} {what}", rung.rows));
            }
        }
    }
    assert!(unnoticed.is_empty(), "no case notices: {unnoticed:#?}");
}
