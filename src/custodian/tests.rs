use super::*;
use crate::domain::Purposes;

pub(crate) const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
pub(crate) const ORGANISATION: &str = "00000001234567890000";

pub(crate) fn catalogue() -> Arc<Catalogue> {
    let purposes = Purposes::parse(include_str!("../../policies/purposes.toml")).unwrap();
    Arc::new(Catalogue::parse(include_str!("../../policies/catalogue.toml"), &purposes).unwrap())
}

pub(crate) fn code(text: &str) -> FieldCode {
    FieldCode::parse(text).unwrap()
}

pub(crate) fn fetch(reference: &str, fields: &[&str]) -> Fetch {
    Fetch {
        reference: CustodianReference::parse(reference).unwrap(),
        birth_date: jiff::civil::date(2011, 3, 4),
        fields: fields.iter().map(|field| code(field)).collect(),
        catalogue: catalogue(),
        purpose_id: "housing".to_owned(),
        request: RequestId::parse("0192f0c1-7a53-7c3e-9a41-5a0f3c2e8d11").unwrap(),
        trace: TraceParent::parse(TRACE),
    }
}

pub(crate) fn organisation() -> OrganisationId {
    OrganisationId::parse(ORGANISATION).unwrap()
}

pub(crate) fn only(custodian: impl Custodian + 'static, deadline: Duration) -> Custodians {
    Custodians::new(HashMap::from([(organisation(), Arc::new(custodian) as Arc<dyn Custodian>)]), deadline, 2)
}

/// The failure, if that is what it is.
pub(crate) fn failed(fetched: Result<FetchedValues, CustodianFailure>) -> Option<CustodianFailure> {
    fetched.err()
}

const SOON: Duration = Duration::from_secs(10);

/// Answers yes to whatever is asked.
struct Yes;

impl Custodian for Yes {
    fn fetch<'a>(&'a self, fetch: &'a Fetch, _: Duration) -> Answering<'a> {
        let values = fetch.fields.iter().map(|&code| (code, Value::YesNo(true))).collect();
        Box::pin(std::future::ready(Ok(values)))
    }
}

struct Silent;

impl Custodian for Silent {
    fn fetch<'a>(&'a self, _: &'a Fetch, _: Duration) -> Answering<'a> {
        Box::pin(std::future::pending())
    }
}

struct Unasked;

impl Custodian for Unasked {
    fn fetch<'a>(&'a self, _: &'a Fetch, _: Duration) -> Answering<'a> {
        panic!("nobody was to be asked")
    }
}

#[tokio::test]
async fn where_nothing_is_permitted_nobody_is_asked() {
    let nothing = fetch("record-1", &[]);
    assert_eq!(failed(only(Unasked, SOON).fetch(&organisation(), &nothing).await), None);
}

#[tokio::test]
async fn an_organisation_without_a_system_is_unavailable() {
    let other = OrganisationId::parse("00000009999999990000").unwrap();
    let custodians = only(Unasked, SOON);
    assert!(custodians.serves(&organisation()) && !custodians.serves(&other));
    let fetched = custodians.fetch(&other, &fetch("record-1", &["B01"])).await;
    assert_eq!(failed(fetched), Some(CustodianFailure::CustodianUnavailable));
}

#[tokio::test]
async fn a_silent_custodian_is_waited_for_until_the_deadline_and_no_longer() {
    let deadline = Duration::from_millis(50);
    let start = std::time::Instant::now();
    let fetched = only(Silent, deadline).fetch(&organisation(), &fetch("record-1", &["B01"])).await;
    assert_eq!(failed(fetched), Some(CustodianFailure::CustodianTimeout));
    assert!((deadline..SOON).contains(&start.elapsed()));
}

#[tokio::test]
async fn every_answer_is_checked_against_the_catalogue() {
    let table = [("B01", None), ("C01", Some(CustodianFailure::CustodianAnswerInvalid))];
    for (field, expected) in table {
        let fetched = only(Yes, SOON).fetch(&organisation(), &fetch("record-1", &[field])).await;
        assert_eq!(failed(fetched), expected, "{field}");
    }
}
