//! The rules of the covenant that an entry names: what they rest on, and how they are written.

use std::collections::BTreeSet;

use super::written;
use crate::console::naming::Naming;
use crate::policy::{Covenant, InForce};
use crate::projection::Phrase;

/// A rule to be read.
pub(super) struct RuleText {
    pub(super) id: String,
    pub(super) source: Phrase,
    pub(super) since: String,
    /// To stand among English.
    pub(super) text: Phrase,
}

/// Those of this covenant with these names, in the order of the names.
pub(super) fn of<'a>(
    naming: &Naming<'_>,
    covenant: &Covenant,
    named: impl IntoIterator<Item = &'a str>,
) -> Vec<RuleText> {
    let named: BTreeSet<&str> = named.into_iter().collect();
    let rules = covenant.rules();
    let found = named.into_iter().filter_map(|id| rules.iter().find(|rule| *rule.id == *id));
    let written = found.map(|rule| RuleText {
        id: rule.id.to_string(),
        source: naming.agreed(rule.source.as_deref().unwrap_or_default()),
        since: match rule.in_force {
            InForce::Days { from: Some(from), .. } => from.to_string(),
            InForce::Days { from: None, .. } | InForce::Never => String::new(),
        },
        text: written::text(&rule.text),
    });
    written.collect()
}
