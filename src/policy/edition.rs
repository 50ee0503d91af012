//! The rules that count at a moment, and which of them have a say on a ground.
//!
//! Most rules begin by naming their grounds, and are false at once for any other. They are left out there: nothing that
//! is left out could have decided, or failed.

use std::collections::{BTreeSet, HashMap};

use cedar_policy::{Policy, PolicyId, PolicySet};
use serde_json::Value;

use crate::domain::{Ground, Timestamp};
use crate::policy::covenant::CovenantError;
use crate::policy::rule::Rule;
use crate::policy::words::Named;

/// The rules that count from a moment on, until the next such moment.
pub(super) struct Edition {
    /// From when.
    pub from: Timestamp,
    /// All of them.
    pub policies: PolicySet,
    /// The grounds that a rule of it opens.
    pub grounds: BTreeSet<Ground>,
    /// The words that its rules tell apart.
    pub named: Named,
    by_ground: HashMap<Ground, PolicySet>,
}

impl Edition {
    /// One from each moment at which any rule begins or ends to count.
    pub fn all(policies: &PolicySet, rules: &HashMap<PolicyId, Rule>) -> Result<Vec<Self>, CovenantError> {
        let mut moments: BTreeSet<Timestamp> =
            rules.values().flat_map(|rule| rule.in_force.changes()).collect();
        moments.insert(Timestamp(i64::MIN));
        let says: HashMap<&PolicyId, Say> = policies.policies().map(|p| (p.id(), Say::of(p))).collect();
        let edition = |from: Timestamp| {
            let counts = |id: &PolicyId| rules.get(id).filter(|rule| rule.in_force.contains(from));
            let counting = policies.policies().filter(|policy| counts(policy.id()).is_some()).cloned();
            let policies = set(counting)?;
            let grounds = policies.policies().filter_map(|policy| counts(policy.id())?.opens()).collect();
            let say = |ground: Ground| {
                let has = |policy: &&Policy| says.get(policy.id()).is_none_or(|say| say.is_on(ground));
                Ok((ground, set(policies.policies().filter(has).cloned())?))
            };
            let by_ground = Ground::all().map(say).collect::<Result<_, CovenantError>>()?;
            Ok(Self { from, grounds, named: Named::by(&policies), by_ground, policies })
        };
        moments.into_iter().map(edition).collect()
    }

    /// Those that have a say on this ground.
    pub fn on(&self, ground: Ground) -> &PolicySet {
        self.by_ground.get(&ground).unwrap_or(&self.policies)
    }
}

fn set(policies: impl Iterator<Item = Policy>) -> Result<PolicySet, CovenantError> {
    PolicySet::from_policies(policies).map_err(|_| CovenantError::NoRules)
}

/// On which grounds a rule has a say: on those that it names, if that is the first thing that its first `when` asks; otherwise on
/// any.
struct Say(Option<Vec<String>>);

impl Say {
    fn of(policy: &Policy) -> Self {
        let rule = policy.to_json().unwrap_or_default();
        Self(grounds_named_first(&rule).map(|named| named.into_iter().map(str::to_owned).collect()))
    }

    fn is_on(&self, ground: Ground) -> bool {
        self.0.as_ref().is_none_or(|named| named.contains(&ground.to_string()))
    }
}

fn grounds_named_first(rule: &Value) -> Option<Vec<&str>> {
    let condition =
        rule.get("conditions")?.get(0).filter(|c| c.get("kind").is_some_and(|kind| kind == "when"))?;
    let mut first = condition.get("body")?;
    while let Some(and) = first.get("&&") {
        first = and.get("left")?;
    }
    if let Some(equal) = first.get("==") {
        return is_the_ground(equal.get("left")?).then(|| Some(vec![ground(equal.get("right")?)?]))?;
    }
    let contains = first.get("contains").filter(|c| c.get("right").is_some_and(is_the_ground))?;
    contains.get("left")?.get("Set")?.as_array()?.iter().map(ground).collect()
}

/// Whether it reads `context.ground`.
fn is_the_ground(expression: &Value) -> bool {
    expression.get(".").is_some_and(|read| {
        read.get("attr").is_some_and(|attribute| attribute == "ground")
            && read.pointer("/left/Var").is_some_and(|variable| variable == "context")
    })
}

/// Which ground it writes out.
fn ground(expression: &Value) -> Option<&str> {
    let entity = expression.pointer("/Value/__entity")?;
    entity.get("type").filter(|kind| *kind == "Ground")?;
    entity.get("id")?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grounds(conditions: &str) -> String {
        let rule = format!("forbid (principal, action, resource) {conditions};");
        let policy = rule.parse::<Policy>().unwrap();
        let say = Say::of(&policy);
        let having = Ground::all().filter(|ground| say.is_on(*ground));
        having.map(|ground| ground.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_rule_that_begins_by_naming_grounds_has_a_say_on_those_alone() {
        let table = [
            (r#"when { context.ground == Ground::"R05" }"#, "R05"),
            (r#"when { context.ground == Ground::"R05" && context.x && context.y }"#, "R05"),
            (r#"when { [Ground::"R02", Ground::"R04"].contains(context.ground) && context.x }"#, "R02 R04"),
            (
                r#"when { [Ground::"R02", Ground::"R04"].contains(context.ground) } unless { context.x }"#,
                "R02 R04",
            ),
        ];
        for (conditions, expected) in table {
            assert_eq!(grounds(conditions), expected, "{conditions}");
        }
    }

    #[test]
    fn any_other_rule_has_a_say_on_every_ground() {
        let every = Ground::all().map(|ground| ground.to_string()).collect::<Vec<_>>().join(" ");
        for conditions in [
            "",
            "when { context.x }",
            r#"unless { context.ground == Ground::"R05" }"#,
            r#"when { context.ground != Ground::"R05" }"#,
            r#"when { context.x && context.ground == Ground::"R05" }"#,
            r#"when { context.ground == Ground::"R05" || context.x }"#,
            r#"when { resource.ground == Ground::"R05" }"#,
            "when { context.ground == context.other }",
            r#"when { context.x } when { context.ground == Ground::"R05" }"#,
        ] {
            assert_eq!(grounds(conditions), every, "{conditions}");
        }
    }
}
