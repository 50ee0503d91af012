use super::RecordProblem::*;
use super::*;
use crate::custodian::tests::{catalogue, code, fetch};

fn read(text: &str) -> Result<Records, RecordsFileError> {
    written::read(text.as_bytes(), &catalogue())
}

/// A records file of its own for each test, gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sluis-records-{}-{name}.json", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const GOOD: &str = r#"{"records": {
    "record-1": {
        "person.name": "Noor Voorbeeld",
        "person.birth-date": "2010-03-04",
        "support.in-care": true,
        "support.case-manager": {"name": "Wijkteam", "phone": "112"}
    },
    "record-2": {}
}}"#;

#[test]
fn a_record_gives_the_fields_that_are_asked_and_that_it_has() {
    let scratch = Scratch::new("fields", GOOD);
    let file = RecordsFile::open(&scratch.0, &catalogue()).unwrap();
    let reference = |text| CustodianReference::parse(text).unwrap();
    assert_eq!(file.count(), 2);
    let values = file.values(&reference("record-1"), &[code("B01"), code("A03"), code("C01")]).unwrap();
    let name = Value::Text(Content::from("Noor Voorbeeld".to_owned()));
    assert_eq!(values, [(code("A03"), name), (code("B01"), Value::YesNo(true))]);
    let kinds = file.values(&reference("record-1"), &[code("A04"), code("B02")]).unwrap();
    assert_eq!(kinds.iter().map(|(_, value)| value.kind()).collect::<Vec<_>>(), ["date", "contact"]);
    assert_eq!(file.values(&reference("record-2"), &[code("B01")]), Some(vec![]));
    assert_eq!(file.values(&reference("record-3"), &[code("B01")]), None);
}

#[tokio::test]
async fn a_record_that_is_not_there_is_unknown() {
    let scratch = Scratch::new("unknown", GOOD);
    let file = RecordsFile::open(&scratch.0, &catalogue()).unwrap();
    let answer = file.fetch(&fetch("record-3", &["B01"]), Duration::ZERO).await;
    assert_eq!(answer, Err(CustodianFailure::CustodianRecordUnknown));
}

#[test]
fn a_wrong_record_refuses_the_file_and_is_named_by_position_and_field() {
    let value = |field: &str, problem| FieldValue { field: field.to_owned(), problem };
    let long = format!(r#""housing.wish": "{}""#, "x".repeat(281));
    let deep = format!(r#""support.in-care": {}{}"#, "[".repeat(5000), "]".repeat(5000));
    let part = |field: &str| ContactPart(field.to_owned());
    let table = [
        (r#""care.diagnosis": "geheim""#, UnknownField("care.diagnosis".to_owned())),
        (r#""Noor Geheim": true"#, UnknownField("(not written like a field id)".to_owned())),
        (r#""123456782.geheim": true"#, UnknownField("(not written like a field id)".to_owned())),
        (r#""support.in-care": true, "support.in-care": false"#, FieldTwice("support.in-care".to_owned())),
        (r#""support.in-care": "geheim""#, value("support.in-care", ValueProblem::WrongType)),
        (r#""support.in-care": 1"#, value("support.in-care", ValueProblem::WrongType)),
        (r#""support.in-care": null"#, value("support.in-care", ValueProblem::WrongType)),
        (r#""support.in-care": [true]"#, value("support.in-care", ValueProblem::WrongType)),
        (r#""support.case-manager": "geheim""#, value("support.case-manager", ValueProblem::WrongType)),
        (r#""support.case-manager": {}"#, value("support.case-manager", ValueProblem::Empty)),
        (r#""support.case-manager": {"bsn": "geheim"}"#, part("support.case-manager")),
        (r#""support.case-manager": {"name": 1}"#, part("support.case-manager")),
        (r#""support.case-manager": {"name": "a", "name": "geheim"}"#, part("support.case-manager")),
        (r#""person.birth-date": "4 maart geheim""#, value("person.birth-date", ValueProblem::Implausible)),
        (r#""person.birth-date": "20100304""#, value("person.birth-date", ValueProblem::Implausible)),
        (r#""housing.situation": "geheim""#, value("housing.situation", ValueProblem::NotInList)),
        (r#""housing.wish": """#, value("housing.wish", ValueProblem::Empty)),
        (r#""housing.wish": "123456782""#, value("housing.wish", ValueProblem::ContainsIdentifier)),
        (deep.as_str(), value("support.in-care", ValueProblem::WrongType)),
        (long.as_str(), value("housing.wish", ValueProblem::TooLong)),
    ];
    for (fields, problem) in table {
        let text = format!(r#"{{"records": {{"record-1": {{}}, "record-2": {{{fields}}}}}}}"#);
        let error = read(&text).err().unwrap();
        assert!(!error.to_string().contains("eheim") && !error.to_string().contains("123456782"), "{error}");
        assert_eq!(error, RecordsFileError::Record { record: 2, problem }, "{fields}");
    }
}

#[test]
fn a_record_has_a_reference_of_its_own_that_is_not_a_bsn() {
    let table = [
        (r#""record-1": {}, "record-1": {}"#, 2, ReferenceTwice),
        (r#""123456782": {}"#, 1, Reference),
        (r#""": {}"#, 1, Reference),
        (r#""record-1": [], "record-2": {}"#, 1, NotAnObject),
        (r#""record-1": null"#, 1, NotAnObject),
    ];
    for (records, record, problem) in table {
        let error = read(&format!(r#"{{"records": {{{records}}}}}"#)).err();
        assert_eq!(error, Some(RecordsFileError::Record { record, problem }), "{records}");
    }
}

#[test]
fn a_file_of_another_shape_is_refused_without_repeating_it() {
    let deep = format!(r#"{{"records": {{"r": {{"a": {}1{}}}}}}}"#, r#"{"a":"#.repeat(500), "}".repeat(500));
    let table = [
        "",
        "{}",
        "[]",
        "\"geheim\"",
        r#"{"records": "geheim"}"#,
        r#"{"records": []}"#,
        r#"{"geheim": {}}"#,
        r#"{"records": {}, "records": {}}"#,
        r#"{"records": {}, "geheim": 1}"#,
        r#"{"records": {}} geheim"#,
        r#"{"records": {"record-1": {"housing.wish": "geheim"#,
        "{\"records\": {\"record-1\": {\"housing.wish\": \"ge\0heim\"}}}",
        deep.as_str(),
    ];
    for text in table {
        let error = read(text).err().unwrap();
        assert!(matches!(error, RecordsFileError::Syntax { .. }), "{text}");
        assert!(!error.to_string().contains("geheim"), "{error}");
    }
    assert!(matches!(
        RecordsFile::open("/nonexistent/records.json", &catalogue()).err(),
        Some(RecordsFileError::Unreadable(std::io::ErrorKind::NotFound))
    ));
}

#[test]
fn a_reload_takes_the_new_file_whole_or_keeps_the_old() {
    let scratch = Scratch::new("reload", GOOD);
    let file = RecordsFile::open(&scratch.0, &catalogue()).unwrap();
    std::fs::write(&scratch.0, r#"{"records": {"record-9": {}, "record-8": {"x": 1}}}"#).unwrap();
    assert!(file.reload(&catalogue()).is_err());
    assert_eq!(file.count(), 2);
    std::fs::write(&scratch.0, r#"{"records": {"record-9": {}}}"#).unwrap();
    assert_eq!(file.reload(&catalogue()), Ok(()));
    let known = |reference| file.values(&CustodianReference::parse(reference).unwrap(), &[]).is_some();
    assert!(known("record-9") && !known("record-1"));
}

#[test]
fn a_kept_field_takes_no_more_than_32_bytes_and_its_text() {
    assert!(size_of::<(FieldCode, Kept)>() <= 32);
}
