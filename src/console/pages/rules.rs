//! The rules of the covenant that an entry names: what they rest on, and how they are written.

use std::collections::BTreeSet;

use crate::policy::{Covenant, InForce};

/// A rule to be read.
pub(super) struct RuleText {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) since: String,
    pub(super) text: String,
}

/// Those of this covenant with these names, in the order of the names.
pub(super) fn of<'a>(covenant: &Covenant, named: impl IntoIterator<Item = &'a str>) -> Vec<RuleText> {
    let named: BTreeSet<&str> = named.into_iter().collect();
    let rules = covenant.rules();
    let found = named.into_iter().filter_map(|id| rules.iter().find(|rule| *rule.id == *id));
    let written = found.map(|rule| RuleText {
        id: rule.id.to_string(),
        source: rule.source.clone().unwrap_or_default(),
        since: match rule.in_force {
            InForce::Days { from: Some(from), .. } => from.to_string(),
            InForce::Days { from: None, .. } | InForce::Never => String::new(),
        },
        text: rule.text.clone(),
    });
    written.collect()
}
