use jiff::civil::date;

use crate::domain::client::Capacity::*;
use crate::domain::consent::{Consent, Spent};
use crate::domain::entry::{Actor, AuthenticationLevel, Entry, EntryProblem, MAX_ENTRY_BYTES, Nonce};
use crate::domain::event::{DisclosureEvent, Event, Outcome, ReleasedFields, WithheldFields};
use crate::domain::ground::Ground;
use crate::domain::id::{
    ClientRef, ConsentId, CovenantDigest, EvidenceReference, FileDigest, RequesterRef, TraceId,
};
use crate::domain::lack::Lack;
use crate::domain::log_read::{ExportedFile, LogFilter, LogRead, LogView};
use crate::domain::resumption::LedgerResumed;
use crate::domain::ruling::{Because, CustodianFailure, Told};
use crate::domain::testing::*;

fn entry(event: Event) -> Entry {
    Entry {
        format: Entry::format(),
        at: today(),
        nonce: Nonce::new([1; 16]),
        trace: TraceId::from_bytes([2; 16]),
        covenant: CovenantDigest::parse(&"c0".repeat(32)).unwrap(),
        parties: 3,
        client: Some(ClientRef::from_bytes([4; 16])),
        revision: Some(5),
        actor: Some(Actor {
            requester: RequesterRef::from_bytes([6; 16]),
            hat: team(),
            level: AuthenticationLevel::Substantial,
        }),
        event,
    }
}

fn released() -> ReleasedFields {
    let consent = Some((ConsentId::from_bytes([1; 16]), 2));
    ReleasedFields { rule: "consent-covers".to_owned(), consent, fields: fields(&["C01"]) }
}

fn withheld() -> WithheldFields {
    let because = Because::Lack(Lack::HolderRefused);
    WithheldFields {
        rule: "consent-lacks".to_owned(),
        because,
        told: Told::NoConsent,
        fields: fields(&["C02", "D01"]),
    }
}

fn disclosure() -> DisclosureEvent {
    DisclosureEvent {
        request: request(1),
        repeat_of: Some(17),
        custodian: custodian(),
        purpose: purpose("CAS"),
        life_domains: vec![field("C01").domain()],
        ground: Ground::CONSENT,
        evidence: None,
        related: true,
        released: vec![released()],
        withheld: vec![withheld()],
        failure: None,
        spends: vec![ConsentId::from_bytes([1; 16]), ConsentId::from_bytes([2; 16])],
        answered_in: None,
        follow_up: None,
    }
}

fn consent() -> Consent {
    permit("CAS", &["C01", "G03"]).yes("client", Youth, days_ago(9)).yes_about(
        "mother",
        &["G03"],
        days_ago(8),
    )
}

fn registered() -> Event {
    let registration = born(date(2012, 2, 29))
        .with_parents()
        .with_order(always(), Some(in_place_of(&["father"], &["CAS"])))
        .with_member(team(), always())
        .judged(false, date(2026, 11, 1), Some("CAS"));
    Event::Registered { custodian: custodian(), registration }
}

fn read(view: LogView) -> LogRead {
    let filter = LogFilter {
        recipient: Some(team().organisation),
        custodian: Some(custodian()),
        requester: Some(RequesterRef::from_bytes([6; 16])),
        purpose: Some(purpose("CAS")),
        outcome: Some(Outcome::Partial),
        after: Some(days_ago(30)),
        before: Some(today()),
        kind: None,
    };
    LogRead { view, from: 0, until: 65_536, filter }
}

fn every_event() -> Vec<Entry> {
    let (client, spent) =
        (aged(16), Spent { organisation: team().organisation, request: request(1), at: today() });
    let withdrawn =
        consent().withdraw(&person("client"), Some(&fields(&["C01"])), &client, terms(&catalogue()), today());
    let digest = CovenantDigest::parse(&"ab".repeat(32)).unwrap();
    let failed = DisclosureEvent {
        failure: Some(CustodianFailure::CustodianTimeout),
        withheld: vec![WithheldFields { because: Because::NoValue, ..withheld() }],
        spends: vec![],
        repeat_of: None,
        ..disclosure()
    };
    let by_rule = WithheldFields { because: Because::Rule(Told::OutsideAgenda), ..withheld() };
    let itself = |event| Entry { client: None, revision: None, actor: None, ..entry(event) };
    let reference = EvidenceReference::parse("incident-2026-7").unwrap();
    let resumed = |kept| Event::LedgerResumed(LedgerResumed { kept, reference: reference.clone() });
    let by_itself = [
        Event::CovenantAdopted { parties: digest },
        resumed(None),
        resumed(Some("sluis.example/ledger\n5\n".to_owned())),
    ];
    let events = [
        Event::Disclosure(disclosure()),
        Event::Disclosure(failed),
        Event::Disclosure(DisclosureEvent { withheld: vec![by_rule], ..disclosure() }),
        registered(),
        Event::ConsentRecorded(consent()),
        Event::ConsentRecorded(no("father", ParentAuthority, today(), to_all())),
        Event::ConsentRecorded(no("father", ParentAuthority, today(), to_exactly("CAS", &["C01"]))),
        Event::GrantAdded(consent().spend(spent)),
        Event::ConsentWithdrawn(withdrawn.unwrap()),
        Event::LogRead(Box::new(read(LogView::Export(ExportedFile {
            format: "fhir".to_owned(),
            records: 3,
            sha256: FileDigest::from_bytes([9; 32]),
        })))),
        Event::LogRead(Box::new(LogRead { filter: LogFilter::default(), ..read(LogView::Bundles) })),
    ];
    events.into_iter().map(entry).chain(by_itself.map(itself)).collect()
}

#[test]
fn every_event_is_read_back_as_it_was_written() {
    for entry in every_event() {
        let bytes = entry.encode().unwrap();
        assert_eq!(Entry::decode(&bytes), Ok(entry), "{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn another_writing_of_the_same_entry_is_not_an_entry() {
    let grant = String::from_utf8(entry(Event::ConsentWithdrawn(consent())).encode().unwrap()).unwrap();
    let text = String::from_utf8(entry(Event::Disclosure(disclosure())).encode().unwrap()).unwrap();
    let registered = String::from_utf8(entry(registered()).encode().unwrap()).unwrap();
    let at = format!("\"at\":{}", today().0);
    let struck = "\"struck\":{\"C01\":2,\"C02\":3}";
    let with_struck = grant.replacen("\"struck\":{}", struck, 1);
    assert!(Entry::decode(with_struck.as_bytes()).is_ok(), "the entry that the variants below are made of");
    let variants = [
        ("spaces", text.replacen(':', ": ", 1)),
        ("a line break at the end", format!("{text}\n")),
        ("reordered members", text.replacen(&format!("\"format\":1,{at}"), &format!("{at},\"format\":1"), 1)),
        ("an unknown member", text.replacen("\"format\":1", "\"format\":1,\"more\":1", 1)),
        ("an unknown member inside", text.replacen("\"ground\":", "\"more\":1,\"ground\":", 1)),
        ("an unknown member of a registration", registered.replacen("\"team\":", "\"more\":1,\"team\":", 1)),
        (
            "an unknown member of an order",
            registered.replacen("\"carried_out_by\":", "\"more\":1,\"carried_out_by\":", 1),
        ),
        ("another format", text.replacen("\"format\":1", "\"format\":2", 1)),
        ("a member twice", text.replacen(&at, &format!("{at},{at}"), 1)),
        ("a key twice", with_struck.replacen("{\"C01\":2", "{\"C01\":1,\"C01\":2", 1)),
        ("reordered keys", with_struck.replacen("{\"C01\":2,\"C02\":3}", "{\"C02\":3,\"C01\":2}", 1)),
        ("an absent member", text.replacen("\"repeat_of\":17,", "", 1)),
        ("a number written otherwise", text.replacen("\"repeat_of\":17", "\"repeat_of\":1.7e1", 1)),
        ("an escape", text.replacen("\"CAS\"", "\"\\u0043AS\"", 1)),
        ("another ground", text.replacen("\"R01\"", "\"R+1\"", 1)),
        ("half of it", text[..text.len() / 2].to_owned()),
        ("two of it", format!("{text}{text}")),
        ("nothing", String::new()),
    ];
    for (case, variant) in variants {
        assert!(variant != text && variant != registered && variant != with_struck, "{case}");
        assert_eq!(Entry::decode(variant.as_bytes()), Err(EntryProblem::NotCanonical), "{case}");
    }
}

#[test]
fn an_entry_that_is_too_large_is_refused_when_written_and_when_read() {
    let sized = |length: usize| {
        let rule = "r".repeat(length);
        entry(Event::Disclosure(DisclosureEvent {
            released: vec![ReleasedFields { rule, ..released() }],
            ..disclosure()
        }))
    };
    let frame = sized(0).encode().unwrap().len();
    assert_eq!(sized(MAX_ENTRY_BYTES - frame).encode().map(|b| b.len()), Ok(MAX_ENTRY_BYTES));
    let larger = sized(MAX_ENTRY_BYTES - frame + 1);
    assert_eq!(larger.encode(), Err(EntryProblem::TooLarge));
    assert!(Entry::decode(&serde_json::to_vec(&larger).unwrap()).is_err());
}

#[test]
fn the_birth_date_is_not_in_an_entry_as_people_write_it() {
    let text = String::from_utf8(entry(registered()).encode().unwrap()).unwrap();
    for written in ["2012-02-29", "29-02-2012", "20120229", "2012"] {
        assert!(!text.contains(written), "{written}");
    }
    assert!(text.contains("\"birth_date\":15399"), "days since 1970: {text}");
}

#[test]
fn an_entry_says_how_it_ended_and_what_it_spent() {
    let of = |event: DisclosureEvent| entry(Event::Disclosure(event));
    let failure = Some(CustodianFailure::CustodianTimeout);
    let table = [
        (of(disclosure()), Outcome::Partial),
        (of(DisclosureEvent { withheld: vec![], ..disclosure() }), Outcome::Released),
        (of(DisclosureEvent { released: vec![], ..disclosure() }), Outcome::Withheld),
        (of(DisclosureEvent { failure, ..disclosure() }), Outcome::Failed),
        (entry(registered()), Outcome::Done),
    ];
    for (entry, outcome) in table {
        assert_eq!(entry.outcome(), outcome);
    }
    let entry = of(disclosure());
    let spent = Spent { organisation: team().organisation, request: request(1), at: today() };
    let both = [ConsentId::from_bytes([1; 16]), ConsentId::from_bytes([2; 16])];
    assert_eq!(entry.spends(), Some((&both[..], spent)));
    assert_eq!(of(DisclosureEvent { spends: vec![], ..disclosure() }).spends(), None);
    let asked: Vec<_> = disclosure().asked().collect();
    assert_eq!(asked, fields(&["C01", "C02", "D01"]));
}

#[test]
fn a_reading_of_before_there_were_kinds_is_read_as_it_was_written_and_one_with_a_kind_says_it() {
    let entry = |kind| {
        let mut read = read(LogView::Listing);
        read.filter.kind = kind;
        Entry { event: Event::LogRead(Box::new(read)), ..every_event().remove(0) }.encode().unwrap()
    };
    let (without, with) = (entry(None), entry(Some(crate::domain::EventKind::AllButReadings)));
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert!(!text(&without).contains("kind"), "{}", text(&without));
    assert!(text(&with).contains("\"kind\":\"all-but-readings\""), "{}", text(&with));
    for bytes in [without, with] {
        assert_eq!(Entry::decode(&bytes).unwrap().encode().unwrap(), bytes);
    }
}
