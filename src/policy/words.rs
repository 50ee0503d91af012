//! Which words of the schema the rules tell apart.
//!
//! A word that no rule names is to the rules like any other that none names: they can only compare it with what they
//! name. So such words are told as one, and the fields that differ in nothing else are one class, decided once.

use std::collections::BTreeSet;

use cedar_policy::{Policy, PolicySet};
use serde_json::Value;

use crate::domain::LifeDomain;
use crate::policy::facts::FieldFacts;

const SENSITIVITIES: [&str; 5] = ["K0", "K1", "K2", "K3", "KS"];

/// What the rules tell apart in the facts of a field.
#[derive(Debug)]
pub(super) struct Named {
    domains: Words,
    sensitivities: Words,
}

/// The words of one kind that rules name, and the one that stands in for all others.
#[derive(Debug)]
struct Words {
    named: Vec<&'static str>,
    other: Option<&'static str>,
}

impl Named {
    /// Every text in the rules counts as a name, of whatever kind it is. Rules that cannot be read so name everything.
    pub fn by(policies: &PolicySet) -> Self {
        let mut texts = BTreeSet::new();
        let mut collected = |policy: &Policy| policy.to_json().map(|rule| collect(&rule, &mut texts)).is_ok();
        let read = policies.policies().all(&mut collected);
        let among = |all: &[&'static str]| {
            let (named, others): (Vec<_>, Vec<_>) =
                all.iter().partition(|word| !read || texts.contains(**word));
            Words { named, other: others.first().copied() }
        };
        Self { domains: among(&LifeDomain::ALL.map(LifeDomain::id)), sensitivities: among(&SENSITIVITIES) }
    }

    /// The facts as far as the rules tell them apart.
    pub fn told_apart(&self, facts: FieldFacts) -> FieldFacts {
        FieldFacts {
            domain: self.domains.told(facts.domain),
            sensitivity: self.sensitivities.told(facts.sensitivity),
            ..facts
        }
    }
}

impl Words {
    fn told(&self, word: &'static str) -> &'static str {
        self.other.filter(|_| !self.named.contains(&word)).unwrap_or(word)
    }
}

fn collect(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            words.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(items) => items.values().for_each(|item| collect(item, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(rule: &str) -> Named {
        Named::by(&rule.parse().unwrap())
    }

    fn facts(domain: &'static str, sensitivity: &'static str) -> FieldFacts {
        FieldFacts {
            domain,
            sensitivity,
            membership: "member",
            direction: "agreed",
            on_agenda: true,
            coverage: "covered",
            is_objected: false,
            is_withheld_from_representative: false,
            others_agreed: true,
        }
    }

    #[test]
    fn words_that_no_rule_names_are_one() {
        let named =
            named("forbid (principal, action, resource) when { resource.domain == LifeDomain::\"money\" };");
        let [money, work, safety] =
            ["money", "work", "safety"].map(|domain| named.told_apart(facts(domain, "K1")));
        assert_eq!(work, safety);
        assert_ne!(money, work);
        assert_eq!(money, named.told_apart(facts("money", "KS")));
    }

    #[test]
    fn a_word_is_named_in_whatever_way_it_is_written() {
        for rule in [
            r#"permit (principal, action, resource) when { [Sensitivity::"\u{4b}S"].contains(resource.sensitivity) };"#,
            r#"permit (principal, action, resource == FieldClass::"KS");"#,
            r#"permit (principal, action, resource) unless { if true then context.word == "KS" else false };"#,
        ] {
            let named = named(rule);
            assert_ne!(
                named.told_apart(facts("work", "KS")),
                named.told_apart(facts("work", "K1")),
                "{rule}"
            );
        }
    }
}
