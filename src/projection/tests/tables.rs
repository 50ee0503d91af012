//! The interface tables of the two Logius standards, which publish no schema file: stated here, and checked field by field.
//!
//! Logboek Dataverwerkingen: `sections/specificaties.md` at 01340ad, and `sections/03-specificaties/02-component-logboek.md` at
//! 12d9011 for 0.7. Authorization Decision Log: `sections/specifications.md` at 0511b85.

use serde_json::Value;

use super::samples::{Words, disclosure, entry, every_event};
use super::*;
use crate::domain::testing::custodian;
use crate::domain::{CustodianFailure, DisclosureEvent, Event};

type Check = fn(&Value) -> bool;

fn hex_of(value: &Value, length: usize) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn one_of(value: &Value, allowed: &[&str]) -> bool {
    value.as_str().is_some_and(|text| allowed.contains(&text))
}

fn text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn uri(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("https://") || text.starts_with("urn:"))
}

/// Name, whether it must be there, what it must be.
const LDV: &[(&str, bool, Check)] = &[
    ("trace_id", true, |v| hex_of(v, 32)),
    ("span_id", true, |v| hex_of(v, 16)),
    ("status", true, |v| one_of(v, &["Unset", "Ok", "Error"])),
    ("name", true, text),
    ("start_time", true, Value::is_u64),
    ("end_time", true, Value::is_u64),
    ("parent_span_id", false, |v| hex_of(v, 16)),
    ("resource", false, |v| v["attributes"].is_object() && v.as_object().is_some_and(|o| o.len() == 1)),
    ("attributes", true, |v| complies(v, DPL)),
];
const DPL: &[(&str, bool, Check)] = &[
    ("dpl.core.processing_activity_id", true, uri),
    ("dpl.core.data_subject_id", true, text),
    ("dpl.core.data_subject_id_type", true, text),
    ("dpl.core.foreign_operation.processor", false, uri),
];
const LDV_0_7: &[(&str, bool, Check)] = &[
    ("trace_id", true, |v| hex_of(v, 32)),
    ("operation_id", true, |v| hex_of(v, 16)),
    ("status_code", true, |v| one_of(v, &["STATUS_CODE_UNKNOWN", "STATUS_CODE_OK", "STATUS_CODE_ERROR"])),
    ("name", true, text),
    ("start_time", true, Value::is_u64),
    ("end_time", true, Value::is_u64),
    ("parent_operation_id", false, |v| hex_of(v, 16)),
    ("resource", false, |v| v["attributes"].is_array()),
    ("attributes", true, |v| {
        let pairs = v.as_array().into_iter().flatten();
        let object = pairs.map(|pair| (pair["key"].as_str().unwrap().to_owned(), pair["value"].clone()));
        complies(&object.collect(), DPL)
    }),
];
const ADL: &[(&str, bool, Check)] = &[
    ("trace_id", true, |v| hex_of(v, 32)),
    ("span_id", true, |v| hex_of(v, 16)),
    ("parent_span_id", false, |v| hex_of(v, 16)),
    ("event_name", true, |v| {
        one_of(
            v,
            &[
                "adl.access_evaluation",
                "adl.access_evaluations",
                "adl.search_subject",
                "adl.search_action",
                "adl.search_resource",
            ],
        )
    }),
    ("timestamp", true, Value::is_u64),
    ("status", true, |v| one_of(v, &["Unset", "Ok", "Error"])),
    ("attributes", false, |v| complies(v, ADL_PLACES)),
    ("resource", false, Value::is_object),
    ("body", false, |v| complies(v, ADL_PLACES) && v["adl.core.response"].is_object()),
];
const ADL_PLACES: &[(&str, bool, Check)] = &[
    ("adl.core.request", false, Value::is_object),
    ("adl.core.response", false, Value::is_object),
    ("adl.core.policies", false, Value::is_object),
    ("adl.core.information", false, Value::is_object),
    ("adl.core.configuration", false, Value::is_object),
];

/// Whether an object has what it must have, nothing else, and all of it as it must be.
fn complies(value: &Value, table: &[(&str, bool, Check)]) -> bool {
    let Some(members) = value.as_object() else { return false };
    let known = |key: &String| table.iter().any(|(name, _, _)| name == key);
    members.keys().all(known)
        && table.iter().all(|(name, required, check)| match members.get(*name) {
            Some(member) => check(member),
            None => !required,
        })
}

fn records(format: Format) -> Vec<Value> {
    let words = Words::new();
    let failed = DisclosureEvent {
        released: vec![],
        failure: Some(CustodianFailure::CustodianTimeout),
        ..disclosure()
    };
    let entries = every_event().into_iter().chain([entry(Event::Disclosure(failed))]);
    let lines = entries.filter_map(|entry| projected(&words, format, &entry, &custodian()));
    lines.map(|line| serde_json::from_str(&line).unwrap()).collect()
}

#[test]
fn a_line_of_the_logboek_dataverwerkingen_has_the_fields_of_the_standard_and_no_others() {
    for (version, table) in [(Version::V1, LDV), (Version::V0_7, LDV_0_7)] {
        let lines = records(Format::ProcessingLog(version));
        let clients = every_event().iter().filter(|entry| entry.client.is_some()).count();
        assert_eq!(lines.len(), clients + 1, "all that are about a client, and the failure");
        for line in lines {
            assert!(complies(&line, table), "{line:#}");
        }
    }
    let statuses: Vec<_> =
        records(Format::ProcessingLog(Version::V1)).iter().map(|line| line["status"].clone()).collect();
    assert_eq!(statuses.iter().filter(|status| *status == "Error").count(), 1, "a refusal is no error");
}

#[test]
fn a_line_of_the_logboek_dataverwerkingen_holds_no_user() {
    for version in [Version::V1, Version::V0_7] {
        for line in records(Format::ProcessingLog(version)) {
            let line = line.to_string();
            assert!(!line.contains("6666") && !line.contains("wijkteam"), "{line}");
        }
    }
}

#[test]
fn a_decision_record_has_the_fields_of_the_standard_and_each_aspect_in_one_place() {
    let records = records(Format::DecisionLog);
    assert_eq!(records.len(), 4, "two disclosures, a failure and a preview");
    for record in records {
        assert!(complies(&record, ADL), "{record:#}");
        let (attributes, body) =
            (record["attributes"].as_object().unwrap(), record["body"].as_object().unwrap());
        assert!(attributes.keys().all(|key| !body.contains_key(key)), "{record:#}");
        let (asked, answered) =
            (&body["adl.core.request"]["evaluations"], &body["adl.core.response"]["evaluations"]);
        assert_eq!(asked.as_array().unwrap().len(), answered.as_array().unwrap().len());
        assert!(answered.as_array().unwrap().iter().all(|answer| answer["decision"].is_boolean()));
    }
}

#[test]
fn a_table_that_is_not_met_is_noticed() {
    let good = &records(Format::ProcessingLog(Version::V1))[0];
    for (field, value) in
        [("status", "Denied"), ("trace_id", "ABC"), ("span_id", "zz"), ("name", ""), ("user", "somebody")]
    {
        let mut bad = good.clone();
        bad[field] = value.into();
        assert!(!complies(&bad, LDV), "{field}");
    }
    let mut bad = good.clone();
    bad.as_object_mut().unwrap().remove("end_time");
    assert!(!complies(&bad, LDV));
}
