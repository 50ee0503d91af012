//! What the custodians of the tests hold: fictional values, each of which must never be found anywhere else.

use serde_json::{Value, json};

/// One client's record at a care provider. Every text contains the mark, so that a leak can be found.
pub fn record(mark: &str) -> Value {
    json!({
        "person.name": format!("Testjongere {mark}"),
        "person.age-group": "16-17",
        "housing.situation": "with-parents",
        "housing.wish": format!("Een rustige plek {mark}"),
        "support.question": format!("Kan de gemeente meedenken {mark}"),
        "support.approach-advice": format!("Eerst appen, dan bellen {mark}"),
        "support.case-manager": { "name": format!("Regiehouder {mark}"), "role": "SPV", "phone": "050 123 45 67" },
    })
}

/// A records file with these references.
pub fn file(references: &[(&str, &str)]) -> String {
    let records: serde_json::Map<String, Value> =
        references.iter().map(|(reference, mark)| ((*reference).to_owned(), record(mark))).collect();
    json!({ "records": records }).to_string()
}
