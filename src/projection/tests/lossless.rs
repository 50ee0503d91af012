//! Every part of every entry is changed, one at a time: what the projection does not notice must stand in its list, and what
//! stands in its list it must not notice.

use serde_json::Value;

use super::samples::{Words, every_event};
use super::*;
use crate::domain::testing::custodian;

/// Other values that some part of an entry could have instead.
const OTHERS: &[&str] = &[
    "abcdefabcdefabcdefabcdefabcdefab",
    "c-abcdefabcdefabcdefabcdefabcdefab",
    "w-abcdefabcdefabcdefabcdefabcdefab",
    "dededededededededededededededededededededededededededededededede",
    "00000004444444440000",
    "0192f0c1-7a53-7c3e-9a41-000000000009",
    "2026-12-24",
    "WON",
    "D01",
    "R09",
    "money",
    "low",
    "CUSTODIAN_TIMEOUT",
    "OUTSIDE_PURPOSE",
    "YOUTH_REFUSED",
    "mentor",
    "portal",
    "document",
    "own_initiative",
    "damage",
    "out_of_reach",
    "harm_to_client",
    "needs_follow_up",
    "telephone",
    "trust_at_risk",
    "email",
    "considered_wish",
    "other-role",
    "destroyed",
    "further_question",
    "correction",
];

/// The events that the other side of a disclosure can see.
const TOLD: [&str; 4] = ["disclosure", "previewed", "refused", "log-read"];

/// Every scalar of a JSON value, with its path: members by name, items without a number.
fn scalars(value: &Value, path: &str, pointer: &str, found: &mut Vec<(String, String)>) {
    let join = |path: &str, key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                scalars(member, &join(path, key), &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                scalars(item, path, &format!("{pointer}/{at}"), found);
            }
        }
        Value::Null => {}
        _ => found.push((path.to_owned(), pointer.to_owned())),
    }
}

/// The entry with another value at this place, if there is one that can be.
fn changed(entry: &Entry, pointer: &str) -> Option<Entry> {
    let whole = serde_json::to_value(entry).unwrap();
    let old = whole.pointer(pointer).unwrap().clone();
    let others: Vec<Value> = match &old {
        Value::Bool(old) => vec![Value::from(!old)],
        Value::Number(old) => {
            let old = old.as_i64().unwrap();
            vec![Value::from(old.wrapping_add(86_400_000)), Value::from(old.wrapping_add(1))]
        }
        _ => OTHERS.iter().map(|other| Value::from(*other)).collect(),
    };
    others.into_iter().filter(|other| *other != old).find_map(|other| {
        let mut value = whole.clone();
        *value.pointer_mut(pointer).unwrap() = other;
        let changed: Entry = serde_json::from_value(value).ok()?;
        (changed != *entry).then_some(changed)
    })
}

/// Whether a path lies in what a pattern names: `*` is any one member, and whatever is below lies in it too.
fn lies_in(path: &str, pattern: &str) -> bool {
    let mut parts = path.split('.');
    pattern.split('.').all(|asked| parts.next().is_some_and(|part| asked == "*" || asked == part))
}

#[test]
fn what_a_projection_does_not_carry_stands_in_its_list_and_nothing_else_does() {
    let words = Words::new();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for entry in every_event() {
        let mut places = Vec::new();
        scalars(&serde_json::to_value(&entry).unwrap(), "", "", &mut places);
        // Another format is no entry, and whose side it is on is not a part that is carried.
        places.retain(|(path, _)| path != "format" && !path.ends_with("custodian"));
        let others: Vec<_> = places.iter().map(|(path, pointer)| (path, changed(&entry, pointer))).collect();
        let asker = entry.actor.as_ref().map(|actor| actor.hat.organisation.clone());
        let asker = asker.filter(|_| TOLD.contains(&entry.event_name()));
        let sides = [Some(custodian()), asker];
        for (side, format) in sides.iter().flatten().flat_map(|side| Format::ALL.map(|format| (side, format)))
        {
            let before = projected(&words, format, &entry, side);
            let whole = entry.client.is_none() || entry.custodian() == Some(side);
            let lists = |path: &str| format.drops(whole).iter().any(|pattern| lies_in(path, pattern));
            for (path, other) in &others {
                let Some(other) = other else {
                    wrong.push(format!("nothing else can stand at {path}"));
                    continue;
                };
                let other_side = other.actor.as_ref().map(|actor| &actor.hat.organisation);
                if *path == "actor.hat.organisation" && !whole && other_side != Some(side) {
                    continue;
                }
                tried += 1;
                // Where there is no record at all, the event as such is on the list.
                let relevant = before.is_some() || path.starts_with("event.");
                let carried = before != projected(&words, format, other, side);
                if relevant && carried == lists(path) {
                    let said = if carried { "is listed, and carried" } else { "is not carried, nor listed" };
                    wrong.push(format!(
                        "{} {}: {path} {said}",
                        format.id(),
                        if whole { "whole" } else { "told" }
                    ));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 3_000, "{tried}");
}

#[test]
fn the_ledgers_own_record_can_be_taken_out_of_the_forms_that_drop_nothing() {
    use base64::Engine as _;
    let words = Words::new();
    for entry in every_event() {
        let embedded = base64::engine::general_purpose::STANDARD.encode(entry.encode().unwrap());
        for format in [Format::Nen7513, Format::AuditEvent] {
            let text = projected(&words, format, &entry, &custodian()).unwrap();
            let whole = entry.client.is_none() || entry.custodian().is_some();
            assert_eq!(text.contains(&embedded), whole, "{format:?} of {}", entry.event_name());
        }
    }
}
